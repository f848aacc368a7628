"""Bytes to the physical lines that are worth reading.

`physical` (blocks of whole lines), `gates` (the literals without one of which no line matters), `finder` (finds them),
`relevant_lines` (which lines that makes), `weigh` (the second gate: a line by itself), `whole_events`
(the same for the stack traces of other services), `scan` (the lines near a gate), `certain_header` (lines that begin an
event for certain), `split_lines` (lines that a container runtime split).
"""
