"""The usual runs, told before all else loads.

`nothing_new` (nothing is due), `chatter` (new bytes that do not matter).
"""
