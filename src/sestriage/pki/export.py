"""Which certificates to import, and under which file names: the fewest that keep mail going when AWS changes its chain.

The names follow Cisco's procedure (document 218118): the common name without blanks, and `.pem`. Names come from
certificates, so they are hostile: what reaches the file system is reduced to letters, digits and a few signs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sestriage import system
from sestriage.model.certs import ImportAdvice, ImportChoice
from sestriage.model.known.published import BY_KEY, BY_SUBJECT, PUBLISHED_ROOTS, PublishedRoot
from sestriage.model.message import Message, said_by
from sestriage.model.trust import Certificate, TrustPath, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.changed_world import real
from sestriage.pki.graph import climbs, issued
from sestriage.pki.java import Anchors, SearchLimitError, decide_as_java
from sestriage.pki.lasting import lasting_note
from sestriage.pki.openssl import openssl_verify
from sestriage.pki.published import private_ca

MAX_FILE_NAME = 80
MAX_TRIED = 40
"""Candidates for an import that are tried."""
DURABLE = ("Amazon Root CA 1", "Starfield Services Root CA - G2")
"""The two published roots of which either carries today's SES chains; both together survive a change of the chain."""

_KEPT = re.compile(r"[^A-Za-z0-9._@+-]+")

RootFinder = Callable[[PublishedRoot], tuple[Certificate, str] | None]
"""Finds a published root outside the evidence: the certificate and the bundle that holds it, None when none does."""

FINE = Message("Nothing to import: the store holds `{label}`, which stays when the server's own certificate changes.")
OWN_ISSUER = Message(
    "Nothing to import today: the store holds the server's own certificate `{label}`, which is its own issuer. It must "
    "be imported again when it changes."
)
LISTED = Message(
    "The chain is trusted by `{label}`. Whether another entry completes a path too does not show in a listing."
)
NO_HELP = Message("An import cannot help: {why}")
DATE = Message(
    "a certificate in the path has expired or is not valid yet. Check the clock of the Manager first, then the server."
)
FAILED = Message("a path to a trusted certificate exists, but `{label}` in it fails ({reason}).")
LEAF_ONLY = Message(
    "the server sent its own certificate without the one that issued it, and Java fetches nothing by itself: the "
    "server's owner must send the issuing CA `{issuer}` along (or that CA must be imported, got from its owner)."
)
NOT_THERE = Message(
    "Missing is the CA `{issuer}`{key}. It was not served and is none of the published roots that could be found here: "
    "get it from the owner of the server, and compare its fingerprint with them."
)


def file_stem(certificate: Certificate) -> str:
    """The common name without blanks, made safe; part of the fingerprint where nothing is left of it."""
    name = _KEPT.sub("_", "".join((certificate.common_name or "").split()))
    name = name.strip("._-")[:MAX_FILE_NAME].rstrip("._-")
    if not name or system.RESERVED_NAME.match(name):
        return f"certificate-{certificate.sha256[:16]}"
    return name


def file_names(certificates: Iterable[Certificate]) -> dict[str, str]:
    """SHA-256 to file name; two certificates never share one, not even on a disk that ignores case."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for certificate in certificates:
        stem = file_stem(certificate)
        if stem.lower() in taken:
            stem = f"{stem}-{certificate.sha256[:8]}"
        taken.add(stem.lower())
        names.setdefault(certificate.sha256, f"{stem}.pem")
    return names


def pem_text(certificate: Certificate) -> str:
    """The certificate as PEM (RFC 7468), nothing around it."""
    body = base64.b64encode(certificate.der).decode("ascii")
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 as openssl and browsers print it."""
    digest = certificate.sha256.upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def is_unpublished(certificate: Certificate) -> bool:
    """True if it bears the name of a published root over another key."""
    return certificate.published_name_other_key is True


@dataclass(frozen=True, slots=True)
class _Question:
    """A decision, and what is needed to try what an import would change."""

    path: TrustPath
    store: TrustStore
    ways: Sequence[tuple[Certificate, ...]]
    at: datetime
    jdk: str

    def answer_with(self, certificate: Certificate) -> str:
        """Java's answer with the certificate in the store: `trusted` or the exception's text."""
        try:
            answer = decide_as_java(self.path.chain, Anchors([*self.store.anchors, certificate]), self.at, self.jdk)
        except SearchLimitError as error:
            return said_by(error)
        return Message("trusted") if answer.message is None else answer.message

    def openssl_with(self, certificate: Certificate) -> str:
        """What `openssl verify` says with it; empty for a chain that is not wholly at hand."""
        if not all(map(real, self.path.chain)):
            return ""
        return openssl_verify(self.path.chain, [*self.store.anchors, certificate], self.at)


def recommend(
    path: TrustPath, store: TrustStore, at: datetime, find_root: RootFinder, jdk: str = DEFAULT_JDK
) -> ImportAdvice:
    """The minimal durable import for a decision of `pki.path.decide`. Never raises.

    A published root that was not served is asked of `find_root`; it counts only when it has the published fingerprint
    and its key made a signature in the served chain. Every certificate that is recommended was tried: with it alone
    added, Java trusts the chain.
    """
    if not path.chain or not all(each.subject_name_id for each in path.chain):
        return ImportAdvice(Message(NO_HELP, why=Message("the served certificates cannot be read.")))
    question = _Question(path, store, climbs(path.chain[0], path.chain), at, jdk)
    if path.status == "invalid":
        return ImportAdvice(Message(NO_HELP, why=_why_invalid(path)))
    choices = _choices(question, find_root)
    if path.status == "trusted":
        return _when_trusted(path, choices)
    if choices:
        return ImportAdvice(_text(path, choices), choices)
    return ImportAdvice(_nothing_found(path, question))


def _why_invalid(path: TrustPath) -> str:
    if path.reason in ("expired", "not-yet-valid"):
        return DATE
    label = path.culprit.label if path.culprit else Message("a certificate")
    return Message(FAILED, label=label, reason=path.reason)


def _when_trusted(path: TrustPath, choices: tuple[ImportChoice, ...]) -> ImportAdvice:
    note = lasting_note(path)
    if note is not None:
        return ImportAdvice(note, choices)
    root = next((key.certificates[0] for key in path.rests_on if key.kind == "root"), None)
    if root is None:
        label = path.anchor.label if path.anchor else Message("the root")
        return ImportAdvice(Message(LISTED, label=label), choices)
    if root.sha256 == path.chain[0].sha256:
        return ImportAdvice(Message(OWN_ISSUER, label=root.label))
    return ImportAdvice(Message(FINE, label=root.label))


def _nothing_found(path: TrustPath, question: _Question) -> str:
    top = question.ways[0][-1]
    if path.only_leaf_served:
        return Message(NO_HELP, why=Message(LEAF_ONLY, issuer=top.issuer))
    key = Message(", key identifier {id}", id=top.authority_key_id) if top.authority_key_id else ""
    return Message(NOT_THERE, issuer=top.issuer, key=key)


def _text(path: TrustPath, choices: tuple[ImportChoice, ...]) -> str:
    if path.leaf_self_signed:
        return Message(
            "Import the server's own certificate: it is its own issuer. When the server gets another, import that one."
        )
    top = choices[0].certificate
    if not top.self_issued and top.subject not in BY_SUBJECT and top.spki_sha256 not in BY_KEY:
        return Message(
            "Import the topmost CA that the server sends, not the server's own certificate, which changes with every "
            "renewal. Its issuer `{issuer}` would last longer still: ask its owner for it.",
            issuer=top.issuer,
        )
    if len(choices) > 1:
        return Message(
            "Import the root, not the server's own certificate, which changes with every renewal. Each of these alone"
            " makes a path today; both together survive a change of the served chain."
        )
    return Message(
        "Import the root, not the server's own certificate, which changes with every renewal; this one makes a path."
    )


def _choices(question: _Question, find_root: RootFinder) -> tuple[ImportChoice, ...]:
    """The durable roots on the way, else the topmost served CA, else a self-signed leaf; each tried."""
    durable = _tried(question, _durable(question, find_root))[:2]
    if durable:
        return _named(durable)
    return _named(_tried(question, _topmost(question))[:1])


def _tried(question: _Question, choices: Iterable[ImportChoice]) -> list[ImportChoice]:
    known = {(each.subject_name_id, each.spki_sha256) for each in question.store.anchors}
    found: list[ImportChoice] = []
    for choice in choices:
        certificate = choice.certificate
        if (certificate.subject_name_id, certificate.spki_sha256) in known:
            continue
        answer = question.answer_with(certificate)
        if answer == "trusted":
            found.append(replace(choice, answer=answer, openssl=question.openssl_with(certificate)))
    return found


def _named(choices: Sequence[ImportChoice]) -> tuple[ImportChoice, ...]:
    names = file_names(choice.certificate for choice in choices)
    named = [(choice, names[choice.certificate.sha256]) for choice in choices]
    return tuple(replace(c, file_name=name, friendly_name=name.removesuffix(".pem")) for c, name in named)


def _durable(question: _Question, find_root: RootFinder) -> list[ImportChoice]:
    """Published roots that stand above the leaf, by key or (then with a warning) by name only."""
    on_way = list({each.sha256: each for way in question.ways for each in way[:MAX_TRIED]}.values())
    found: list[ImportChoice] = []
    for root in sorted((r for r in PUBLISHED_ROOTS if r.recommended), key=lambda r: r.name not in DURABLE):
        from_bundle = _from_bundle(root, on_way, find_root)
        if from_bundle is not None:
            found.append(from_bundle)
            continue
        served = [each for each in on_way if each.subject == root.subject and each.is_ca and real(each)]
        served.sort(key=lambda each: (each.spki_sha256 != root.spki_sha256, not each.self_issued))
        found += [served_choice(each) for each in served[:1]]
    return found


def _from_bundle(root: PublishedRoot, on_way: Sequence[Certificate], find_root: RootFinder) -> ImportChoice | None:
    """The published root itself, when it signed a certificate on the way (or is the key of one)."""
    children = [each for each in on_way if each.issuer == root.subject]
    if not children and all(each.spki_sha256 != root.spki_sha256 for each in on_way):
        return None
    hit = find_root(root)
    if hit is None or hit[0].sha256 != root.sha256 or not any(issued(child, hit[0]) for child in children):
        return None
    reason = Message("the published root itself: fingerprint as published, and its key signed the served chain")
    if not any(map(real, children)):
        reason = Message("the published root itself: fingerprint as published, and a chain as published ends at it")
    return ImportChoice(hit[0], reason, "", "", origin=hit[1])


def served_choice(certificate: Certificate) -> ImportChoice:
    """A served certificate to import, with what speaks against that."""
    if is_unpublished(certificate):
        warning = Message(
            "bears the name of a public root, but NOT its published key: a TLS inspection device, a test CA, or an "
            "attack. Ask where it comes from before you import it."
        )
        reason = Message("served, and above the leaf")
        return ImportChoice(certificate, reason, "", "", warning=warning, unpublished=True)
    if certificate.self_issued:
        return ImportChoice(certificate, Message("served by the server: the root itself"), "", "")
    reason = Message("served by the server; Java takes it as an anchor although another CA signed it")
    return ImportChoice(certificate, reason, "", "")


def _topmost(question: _Question) -> list[ImportChoice]:
    """Served CAs from the top of the longest way down; a self-signed leaf where there is no CA."""
    if question.path.leaf_self_signed and real(question.path.chain[0]):
        leaf = question.path.chain[0]
        ask = Message("compare its fingerprint with the owner of the server before you import it")
        reason = Message("the server's certificate is its own issuer")
        return [ImportChoice(leaf, reason, "", "", warning=ask)]
    way = question.ways[0]
    candidates = [each for each in reversed(way[1:MAX_TRIED]) if (each.is_ca or each.self_issued) and real(each)]
    warning: str | None = None
    if private_ca(question.path.chain):
        warning = Message(
            "a private CA, not Amazon's: a TLS inspection device or a relay of your own. Compare its fingerprint with "
            "its administrators; with it, the Manager trusts everything that this CA signs."
        )
    return [replace(served_choice(each), warning=served_choice(each).warning or warning) for each in candidates]
