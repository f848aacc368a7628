"""Watching a growing, rotating log: where reading stopped, what was found, what was said about it.

Modules, in the order of the work: `settings` (what a user can set, and where each value came from), `family` (the log
and its rotated kin), `cursor` (the place up to which all was read), `tail` (new bytes, cut before an unfinished event),
`zone` (times without zone), `incidents` (attempts to incidents), `state` (SQLite), `deliver` (each report once), and
the forms of the report: `text`, `plugin`, `prometheus`, `document`. `run` puts them together. Nothing heavy is imported
while the log has nothing new.
"""
