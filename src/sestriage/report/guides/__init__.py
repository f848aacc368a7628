"""The printed way from nothing to a delivered alarm.

`guide` (its steps as text and Markdown), `words` (what its texts consist of), `sentences` (the texts).
"""
