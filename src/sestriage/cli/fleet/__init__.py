"""`sestriage fleet`: `command` (the group), `run` with `bar` (its progress), `report` (report, query, export), `extra`
(what is not installed, and why the command is told so).
"""
