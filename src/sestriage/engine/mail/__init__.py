"""Did a delivered mail go through Amazon SES.

`route` (where the sender's record ends and the recipient's begins), `signs` (what speaks for SES, and who
wrote it), `check` (what the headers prove).
"""
