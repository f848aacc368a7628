"""What a case must be found to be: written from what was configured, never from what sestriage says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from cryptography import x509

from . import pki

#: The causes that Java's "found no path" leaves open when neither chain nor store is known.
PKIX_READINGS = (
    "tls-inspection",
    "self-signed-server-certificate",
    "incomplete-server-chain",
    "trust-anchor-key-mismatch",
    "ca-missing-from-trust-store",
)


@dataclass(frozen=True, slots=True)
class View:
    """The finding that one body of evidence allows. ``alternatives`` must be listed; more may be.

    ``proven`` are the steps that may be claimed to work, in the order of the ladder: no other one may be (passed.py).
    """

    outcome: str
    rule: str | None = None
    phase: str | None = None
    confidence: str | None = None
    alternatives: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()

    def because(self, *notes: str) -> View:
        """The same view with notes."""
        return replace(self, notes=self.notes + notes)


def failed(rule: str, phase: str, confidence: str, alternatives: Sequence[str] = ()) -> View:
    """A failure in ``phase`` for the cause ``rule``."""
    return View("failed", rule, phase, confidence, tuple(alternatives))


def accepted(confidence: str) -> View:
    """The mail was accepted."""
    return View("accepted", None, "accepted", confidence)


def undetermined(*notes: str) -> View:
    """The evidence does not say."""
    return View("undetermined", notes=notes)


#: A log that holds Java's PKIX text and nothing else to go by.
PKIX_LOG = failed("pkix-path-not-found", "certificate", "likely", PKIX_READINGS)
#: A capture in which every mail command is encrypted and the session ends in an orderly way.
ENCRYPTED_SESSION = undetermined(
    "the handshake ended well and the mail commands are encrypted: a 235, 535, 554 or 250 cannot be told apart"
)


@dataclass(frozen=True, slots=True)
class Alert:
    """A TLS alert: sender "client" or "server", description as the RFC names it."""

    sender: str
    description: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of the newest attempt's conversation; None where the case has no such thing."""

    host: str
    port: int
    tls_version: str | None = None
    cipher: str | None = None
    dh_bits: int | None = None
    sni: str | None = None
    certificates: tuple[str, ...] = ()
    alert: Alert | None = None
    hidden_alert: Alert | None = None  # encrypted: the key log shows it
    replies: tuple[int, ...] = ()  # of the whole conversation; where it is empty, nothing is said about them


@dataclass(frozen=True, slots=True)
class Expected:
    """The content of expected.json; a view is None where the case has no such file.

    ``keyed`` is what the capture gives together with the key log.
    """

    title: str
    configured: Mapping[str, object]
    whole: View
    log: View | None
    capture: View | None
    facts: Facts
    hand_made: tuple[str, ...] = ()
    keyed: View | None = None

    def to_json(self) -> str:
        """The text of expected.json."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def hashes(chain: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """SHA-256 of the certificates in the order in which they are served."""
    return tuple(pki.sha256(certificate) for certificate in chain)
