"""Mail programs other than the Manager's mail service that hand a mail on: what a user sets in them.

postconf(5); Exim's specification (the smtp transport); Sendmail's operation guide (STARTTLS); msmtp(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """The names of a program's settings, as its documentation writes them.

    `server` are those for the server that it hands mail to, its TLS and its login; `trusted_cas` those with the CAs
    that it trusts as a client.
    """

    server: str
    trusted_cas: str


RELAYS: Mapping[str, RelaySettings] = {
    "Postfix": RelaySettings(
        "relayhost = [server]:587, smtp_tls_security_level = encrypt, smtp_sasl_password_maps (postconf -e)",
        "smtp_tls_CAfile, smtp_tls_CApath",
    ),
    "Exim": RelaySettings("hosts_require_tls, hosts_require_auth, client_send", "tls_verify_certificates"),
    "Sendmail": RelaySettings("SMART_HOST, authinfo", "CACertFile, CACertPath"),
    "msmtp": RelaySettings("host, port, tls, tls_starttls, auth, user, passwordeval", "tls_trust_file"),
}
"""By the program as a log event names it (`LogEvent.program`)."""
