"""Evidence of all kinds, read and still apart.

`collect` (each piece to the reader of its kind), `inputs` (everything that was handed in), `pasted` (what was saved by
hand), `store_queue` (key stores wait, the cheapest first), `log_file` with `sieve`, `log_tail` and `aside` (a log; a
large one from its end, also where it can only be read forwards), `key_logs` (those that the user named, and those of
them that open nothing), `trace_watch` (TLS that the JVM traced into it), `rings` (files of one capture), `time_window`
(what the user wants to see), `lost` (pieces that a fault of ours took away), `fingerprint` (sizes and digests of the
files).
"""
