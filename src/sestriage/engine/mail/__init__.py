"""Did a delivered mail go through Amazon SES.

`route` (where the sender's record ends and the recipient's begins), `check` (what the headers prove).
"""
