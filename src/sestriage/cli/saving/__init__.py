"""What is kept of reports.

`casefile` (`--case-file`), `saved` (reports as input), `pseudonyms` (what stands for private names).
"""
