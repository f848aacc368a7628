"""Logs in a form of somebody else: exports of collectors, pages and documents, output of tools that read lines.

`arranged` decides by the first bytes whether a log has to be put in lines, or in order, before it is read:
`json_document` (answers of servers, objects over many lines), `table` (CSV), `markup` (pages, Word, Excel),
`upside_down` (the newest line first), `folded` (lines broken at a width). Line by line: `numbered` (grep, nl, pagers),
`marked` (diffs, quotations, services of one word), `joined` (lines that lost their ends).
"""
