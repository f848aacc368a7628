"""TLS from bytes to facts, of one connection.

`records` (bytes to records), `handshake` (messages to fields), `registry`, `suites`, `openssl_names`, `dhe_suites`
(numbers and names), `session` with its `parts` (both directions to a session); with a key log: `keylog` (its lines),
`session_keys`, `decrypt` (which keys open which session), `decrypt12`, `decrypt13` (records opened).
"""
