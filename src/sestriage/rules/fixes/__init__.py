"""Steps and commands that rules propose.

`case` (server and port of the case), `commands` (as they are without a case), `builtins` (computed from evidence),
`import_ca` (which certificate to import).
"""
