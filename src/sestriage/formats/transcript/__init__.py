"""What engineers paste instead of a capture or a store.

`detect` (what a text is), `s_client` and `build` (runs of `openssl s_client`: lines, then facts), `printed_name`
(names in them), `keytool` (listings),
`runs` (one reader for each kind of run), `by_hand` (sessions of swaks, telnet, netcat, curl and smtplib),
`answers` with `spoken`, `resolved` and `terminal` (short outputs of other commands that a report prints),
`jsse` with `jsse_lines`, `jsse_free` and `jsse_handshake` (traces of `-Djavax.net.debug`: facts, its two forms, what is
gathered), `scan` with `scan_lines` (what scanners of TLS print),
`pieces` (the PEM files into which Cisco's procedure splits such a run), `probe` with `packets` (cases of `sestriage
probe`).
"""

from sestriage.formats.transcript.detect import looks_like_transcript as looks_like_transcript
