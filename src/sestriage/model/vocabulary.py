"""The closed vocabularies of facts and findings: the only words that a field can hold."""

from __future__ import annotations

from typing import Literal

ConnectionMode = Literal["starttls", "wrapper"]
"""How TLS begins: by STARTTLS in a clear conversation, or with the first byte (SMTPS)."""

EventOutcome = Literal["failure", "success", "start", "other"]
"""The outcome of an attempt to send, by a log event; see `LogEvent.outcome`."""

MailNews = Literal["failure", "success", "start"]
"""An outcome that is news of an attempt."""

Perhaps = Literal["failure", "success", "start", "named", "foreign"]
"""The possible meaning of an event that does not count; see `LogEvent.perhaps`."""

SuccessGrade = Literal["confirmed", "likely"]
"""How sure a success is: `250 Ok <id>` after DATA, or a sentence that says so."""

ThrowableRelation = Literal["outer", "caused-by", "nested", "wrapped-by", "suppressed"]
"""How an exception relates to the one before it in the text; see `Throwable`."""

Severity = Literal["critical", "error", "warning"]
"""How bad the cause is that a rule finds; a warning never becomes the primary cause."""

StoreRelation = Literal["present", "same-key", "same-name-other-key", "absent"]
"""How a served certificate relates to a store; see `Comparison`."""

TrustStatus = Literal["trusted", "no-path", "invalid", "empty-store", "undecided"]
"""Java's answer for a chain and a store; see `TrustPath`."""

Side = Literal["client", "server"]
"""A side of a captured conversation; see `TlsAlert.sender`."""

Visibility = Literal["clear", "encrypted", "decrypted", "absent", "truncated"]
"""How the served chain of a TLS session can be seen; see `TlsSession.certificates_visibility`."""

LinkState = Literal["served", "anchor", "missing", "root", "limit"]
"""The state of a certificate in the tree of a chain; see `Link`."""
