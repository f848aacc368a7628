"""Watching a growing, rotating log: where reading stopped, what was found, what was said about it.

`run` puts it together: `settings` (what a user can set), `state` with `state_rows` (SQLite), `lock` (one run at a
time), `rotation` (the log and its rotated files), `cursor` (the place up to which all was read), `shortcuts` (nothing
new, or only chatter),
`first_run` (where a large log is begun), `tail` (new bytes, cut before an unfinished event), `pending` (events that the
next run needs), `reading` with `judge` (bytes to attempts), `news` (what was new), `incidents` (attempts to incidents),
`conditions`, `certificates`, `forecasts` (the surroundings), `result` (what a run found), `outbox` (reports until they
are written). `output` has the forms of what is said; `install` writes unit files. Nothing heavy is imported while the
log has nothing new.
"""
