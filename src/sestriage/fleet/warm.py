"""Imported once by the process from which all workers are forked: what every triage needs is then ready in each of
them, also in those that follow one that was killed."""

from __future__ import annotations

import io
from contextlib import suppress

from sestriage.engine.triage import triage_inputs
from sestriage.fleet import bundle as bundle

_LOG = (
    b"2026-11-24 03:47:55,617 ERROR [mail] Test Action failed: javax.mail.MessagingException: Could not connect to SMTP"
    b" host: mail.example.com, port: 587\nCaused by: java.net.ConnectException: Connection refused\n"
)

with suppress(Exception):
    triage_inputs(("-",), stdin=io.BytesIO(_LOG))
