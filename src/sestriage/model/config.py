"""Facts about the Manager's configuration."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.model.ses import HostForm, host_form
from sestriage.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class CipherToken:
    """One token of an OpenSSL cipher list.

    `key_exchange`: `DHE`, `ECDHE`, `RSA`, `ANY` (a macro such as `HIGH` that includes DHE suites), `TLS13`, `PSK`,
    `other`. `operator`: empty, `!`, `-` or `+`.
    """

    text: str
    key_exchange: str
    operator: str = ""
    tls13: bool = False

    @property
    def allows_dhe(self) -> bool:
        """The token by itself switches DHE suites on (`+` only moves suites that are on already)."""
        return self.operator == "" and self.key_exchange in ("DHE", "ANY")


@dataclass(frozen=True, slots=True)
class CipherList:
    """The Manager's `tls-ciphers` file (OpenSSL cipher-list format, openssl-ciphers(1)).

    `suites` are the tokens that switch suites on; `dhe_allowed` takes the whole list into account (`!DHE` after
    `HIGH`). `without_dhe` is the same list with the DHE parts taken out, None when it is not needed. `empty`: no
    token at all.
    """

    source: SourceRef
    tokens: tuple[CipherToken, ...]
    dhe_allowed: bool
    without_dhe: str | None = None
    empty: bool = False
    problem: str | None = None

    @property
    def suites(self) -> tuple[CipherToken, ...]:
        """Tokens that switch suites on."""
        return tuple(t for t in self.tokens if t.operator == "")

    @property
    def dhe_tokens(self) -> tuple[str, ...]:
        """The tokens that switch DHE suites on, as written."""
        return tuple(t.text for t in self.tokens if t.allows_dhe)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The SMTP form of a Manager. None means: not given. The password is never kept, only its class."""

    source: SourceRef
    server: str | None = None
    port: int | None = None
    encryption: str | None = None
    """`starttls`, `smtps` or `none`."""
    sender: str | None = None
    user: str | None = None
    password_shape: str | None = None
    recipient: str | None = None
    verified_domains: tuple[str, ...] = ()
    sandbox: bool | None = None

    @property
    def host_form(self) -> HostForm | None:
        """What kind of AWS mail host `server` is by its name, for rules; None for any other name."""
        return host_form(self.server)
