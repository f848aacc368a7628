"""The ports of Amazon SES; apart from `ses.py` because commands are built from them at every start."""

from __future__ import annotations

from sestriage.model.vocabulary import ConnectionMode

PORT_MODES: dict[int, ConnectionMode] = {
    25: "starttls",
    587: "starttls",
    2587: "starttls",
    465: "wrapper",
    2465: "wrapper",
}
"""The ports of an SES SMTP endpoint, with what is spoken there first: clear SMTP with STARTTLS, or TLS at once."""

PROXY_PORTS = frozenset({1080, 3128, 8080})
"""Usual ports of SOCKS and HTTP proxies: behind one, the proxy looks the name up."""
