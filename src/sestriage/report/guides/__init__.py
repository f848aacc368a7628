"""The printed way from nothing to a delivered alarm.

`guide` (its steps as blocks), `words`, `english`, `german` (its texts).
"""
