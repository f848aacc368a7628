"""How a person names times.

`spans` (`90s`, `7d`), `zone` (times without a zone), `named` (a moment: a time, a day, so long ago, a stamp out of a
log), `window` (since, until, and what lies in it).
"""
