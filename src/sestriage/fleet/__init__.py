"""Fleets: many bundles, one answer.

One bundle: `task` (what travels to a worker and back), `bundle` (the function), `inner` (bundles inside bundles),
`remote` (URLs), `rows` with `trust_rows` and `signatures` (from a report to rows), `lines` (rows as they are kept),
`tables` (the schema). All of them: `sources` (which there are), `pool` with `confine` and `warm` (processes on this
machine), `cluster` with `remote_worker` (Dask), `run` (what is still to be read), `index` (what was), `parts` and
`folder` (where results are kept). Asking: `views` (the tables, and nothing else), `queries` (questions by name),
`report`, `export`.
"""
