"""Two reports of one case, held against each other, in this order.

`names` (whether the names of two reports can be compared), `changes` (what differs), `steps` (whether the printed fix
was done and worked), `pair` (which cases belong together, and the whole comparison).
"""
