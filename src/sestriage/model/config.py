"""Facts about the Manager's configuration."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.model.known.address import SIMULATOR_DOMAIN, address_problem, is_covered
from sestriage.model.known.ses import FIPS_REGIONS, PORT_MODES, host_form
from sestriage.model.known.ses_names import bare_kind, is_elsewhere, nearest_endpoint, region_status, server_kind
from sestriage.model.message import Message, together
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
        """True if the token by itself switches DHE suites on (`+` only moves suites that are on already)."""
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
class FieldOrigin:
    """Where one value of the settings was given: the field's name here, and the place (a line of a file, an option)."""

    field: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Something in the settings that cannot be used. `kind`: `value` (not what the field takes), `key` (no such field),
    `conflict` (given twice, differently), `secret` (a password stands readable in the file), `file` (not readable)."""

    kind: str
    key: str
    text: str
    source: SourceRef


@dataclass(frozen=True, slots=True)
class EmailAction:
    """An e-mail action of Response Management. `recipients` is its To field, `recipients_given` False when unknown.

    Identities and sandbox are those of the SES account (see `SmtpSettings`): To is judged by them.
    """

    source: SourceRef
    name: str | None = None
    recipients: tuple[str, ...] = ()
    recipients_given: bool = False
    enabled: bool | None = None
    verified_domains: tuple[str, ...] = ()
    sandbox: bool | None = None
    origins: tuple[FieldOrigin, ...] = ()

    @property
    def malformed(self) -> tuple[str, ...]:
        """Recipients that are no plain address."""
        return tuple(to for to in self.recipients if address_problem(to) is not None)

    @property
    def malformed_reason(self) -> str | None:
        """The fault of the first malformed recipient; None if there is none."""
        return next((problem for to in self.recipients if (problem := address_problem(to))), None)

    @property
    def outside(self) -> tuple[str, ...]:
        """Recipients that no verified identity covers and that are not of the mailbox simulator; empty when the
        verified identities are not known."""
        if not self.verified_domains:
            return ()
        allowed = (*self.verified_domains, SIMULATOR_DOMAIN)
        return tuple(to for to in self.recipients if address_problem(to) is None and not is_covered(to, allowed))


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The SMTP form of a Manager. None means: not given. The password is never kept, only its class.

    `verified_domains` are the identities (domains or single addresses) verified in SES, in the region
    `verified_region`; `sandbox` whether the account is in the sandbox of that region; `iam_user` the IAM user's name
    as typed in the console; `on_ec2` whether the Manager runs on EC2.
    """

    source: SourceRef
    server: str | None = None
    port: int | None = None
    encryption: str | None = None
    """`starttls`, `smtps` or `none`."""
    sender: str | None = None
    user: str | None = None
    """As given, empty for an empty field; None also when what was given there is itself a secret (see
    `user_shape`)."""
    password_shape: str | None = None
    """`current`, `old-signature`, `iam-secret`, … (formats/smtp_password.py)."""
    recipient: str | None = None
    """The first recipient of the e-mail action (all of them: `action`)."""
    verified_domains: tuple[str, ...] = ()
    sandbox: bool | None = None
    user_shape: str | None = None
    """`access-key-id`, `temporary`, `iam-user-name`, … (formats/smtp_password.py)."""
    verified_region: str | None = None
    iam_user: str | None = None
    on_ec2: bool | None = None
    action: EmailAction | None = None
    problems: tuple[SettingsProblem, ...] = ()
    origins: tuple[FieldOrigin, ...] = ()

    @property
    def server_kind(self) -> str | None:
        """The kind of the server's name (`known.ses_names.server_kind`); None when it is not given."""
        return server_kind(self.server) if self.server else None

    @property
    def server_nearest(self) -> str | None:
        """The endpoint that was probably meant."""
        return nearest_endpoint(self.server) if self.server else None

    @property
    def server_region(self) -> str | None:
        """The region in the server's name."""
        form = host_form(self.server)
        return form.region if form else None

    @property
    def region_status(self) -> str | None:
        """`smtp`, `no-smtp`, `unverified` or `misspelt`; None when the server's name has no region."""
        return region_status(self.server_region) if self.server_region else None

    @property
    def fips_seen(self) -> bool:
        """True if a FIPS endpoint is known for the server's region."""
        return self.server_region in FIPS_REGIONS

    @property
    def for_ses(self) -> bool:
        """True if the settings seem to be meant for SES: no server is given, its name is (or resembles) one of AWS, or
        it is an address with a login of SES, or a name of another domain with such a login or identities of SES. Rules
        about SES's own ports and logins do not hold for another relay, nor for an ingress endpoint of Mail Manager."""
        if not self.server:
            return self.user_shape != "ingress-user"
        kind = bare_kind(self.server)
        if kind == "misspelt" and is_elsewhere(self.server):
            return self.ses_login or bool(self.verified_domains)
        return self.ses_login if kind == "ip-address" else kind not in ("other", "mail-manager")

    @property
    def ses_shown(self) -> bool:
        """True if something shows that the settings are meant for SES: the server's name is one of AWS, the login has a
        form that only SES has, or the name resembles an endpoint's and identities verified in SES are given (without a
        name they are given for Mail Manager, too). Without any of these `for_ses` is the usual case, not a fact; nor is
        it one for a name that only resembles an endpoint's."""
        name = self.server
        named = bool(name and (bare_kind(name) != "misspelt" or self.verified_domains or host_form(name)))
        return self.for_ses and (named or self.ses_login)

    @property
    def ses_login(self) -> bool:
        """True if user name or password has a form that only SMTP credentials of SES have."""
        return self.user_shape in SES_USERS or self.password_shape in SES_PASSWORDS

    @property
    def port_mode(self) -> str | None:
        """`starttls` or `wrapper` as SES serves the port, `not-served` for any other port."""
        return None if self.port is None else PORT_MODES.get(self.port, "not-served")

    @property
    def login(self) -> bool | None:
        """A user name is set; None when that is not known."""
        if self.user is None:
            return True if self.user_shape else None
        return self.user != ""

    @property
    def sender_problem(self) -> str | None:
        """Why From is no plain address."""
        return None if self.sender is None else address_problem(self.sender)

    @property
    def sender_covered(self) -> bool | None:
        """From belongs to a verified identity; None when either is not known, or From is malformed."""
        if self.sender is None or not self.verified_domains or self.sender_problem is not None:
            return None
        return is_covered(self.sender, self.verified_domains)

    @property
    def region_differs(self) -> bool | None:
        """The identities are verified in another region than the server's; None when one of both is not known, as in a
        misspelt name."""
        if self.server_region is None or not self.verified_region or self.region_status == "misspelt":
            return None
        return self.server_region != self.verified_region

    @property
    def iam_user_problem(self) -> str | None:
        """The part of the IAM user's name that the AWS console refuses; None if it takes the name."""
        if self.iam_user is None:
            return None
        if not 1 <= len(self.iam_user) <= MAX_IAM_USER:
            return Message(
                "it has {count} characters, 1 to {most} are allowed", count=len(self.iam_user), most=MAX_IAM_USER
            )
        strange = sorted({c for c in self.iam_user if not (c.isascii() and c.isalnum()) and c not in IAM_USER_SYMBOLS})
        if strange:
            blank = Message("blank")
            shown = (blank if c == " " else c if c.isprintable() else f"U+{ord(c):04X}" for c in strange)
            return Message("not allowed in it: {characters}", characters=together(*shown))
        return None


SES_USERS = frozenset({"access-key-id", "temporary", "damaged-key-id"})
SES_PASSWORDS = frozenset({"current", "old-signature"})
"""Classes of formats/smtp_password.py that are no chance: a form with fixed characters."""
MAX_IAM_USER = 64
IAM_USER_SYMBOLS = "+=,.@-_"
"""IAM user guide, "IAM identifiers": letters, digits and these."""
