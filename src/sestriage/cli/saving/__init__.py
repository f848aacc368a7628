"""What is kept of reports.

`outfile` (files that are written), `casefile` (`--case-file`), `saved` (reports as input), `pseudonyms` (what stands
for private names).
"""
