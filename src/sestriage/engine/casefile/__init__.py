"""A case in one file for a specialist: what was read, redacted, so that it is judged again without the evidence itself.

`packed` (the facts and their form), `excerpts` (the same for people: what was logged around each attempt, the
certificates, the settings), `pack` (the zip).
"""
