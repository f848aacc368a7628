"""A case: who serves, who asks, what is captured and what must come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509

from .capture import CaptureOptions
from .client import ClientSettings
from .expected import Expected
from .pki import Hierarchy
from .proxies import Proxy
from .server import Endpoint

#: Each role has its own address.
MANAGER, SES, RELAY, GATEWAY, PROXY, DNS, NOBODY = (
    "127.0.10.5",
    "127.0.20.25",
    "127.0.21.25",
    "127.0.30.1",
    "127.0.31.8",
    "127.0.53.53",
    "127.0.40.9",
)
SES_HOST = "email-smtp.us-east-1.amazonaws.com"
RELAY_HOST = "relay.example.com"


@dataclass(frozen=True, slots=True)
class Store:
    """The Manager's trust store; ``entries`` maps alias to certificate.

    ``kind`` is PKCS12, JKS, PEM (a folder), or LISTING: what ``keytool -list -v`` prints of a PKCS12 store, pasted.
    ``name`` is its name in the folder where it has one of its own.
    """

    kind: str
    entries: Mapping[str, x509.Certificate]
    name: str = ""

    @property
    def file_name(self) -> str:
        """File or folder name in the case."""
        return (
            self.name
            or {
                "PKCS12": "truststore.p12",
                "JKS": "truststore.jks",
                "PEM": "truststore",
                "LISTING": "truststore-listing.txt",
            }[self.kind]
        )


@dataclass(frozen=True, slots=True)
class Dns:
    """A tiny DNS server. ``answers`` maps names to addresses; other names get ``otherwise``."""

    answers: Mapping[str, str]
    otherwise: str = "NXDOMAIN"


@dataclass(frozen=True, slots=True)
class ByHand:
    """A command that somebody types on the Manager, with what it prints pasted behind it (``terminal.txt``).

    It is a line for a shell; ``early`` ones are typed before the Test Action, the others behind it.
    """

    line: str
    early: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One folder of samples.

    ``client`` gets the paths of the stores as PKCS#12 files: that of ``store`` under "manager", those of
    ``other_stores`` (used, but not published) under their own names. With ``keylog`` the server's TLS secrets are
    published (Java cannot write them). ``published`` is the store that lies in the folder where it is not ``store``:
    another service's, or one of another time. ``captured`` is the case of another Manager, whose capture lies beside
    this one's log.
    """

    client: Callable[[Mapping[str, str]], ClientSettings]
    expected: Expected
    endpoints: tuple[Endpoint, ...] = ()
    store: Store | None = None
    other_stores: Mapping[str, Mapping[str, x509.Certificate]] = field(default_factory=dict)
    capture: CaptureOptions | None = None
    docker: bool = False
    tls_ciphers: str | None = None
    deaf: tuple[str, int] | None = None
    dns: Dns | None = None
    keylog: bool = False
    by_hand: tuple[ByHand, ...] = ()
    published: tuple[Store, ...] = ()
    proxy: Proxy | None = None
    captured: Case | None = None


CaseMaker = Callable[[Hierarchy], Case]
