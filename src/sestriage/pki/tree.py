"""The tree from the server's certificate up to what a store trusts, with the first broken link marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sestriage.model.certs import Link
from sestriage.model.message import Message, together
from sestriage.model.trust import Certificate, StoreEntry, TrustPath, TrustStore
from sestriage.model.vocabulary import LinkState
from sestriage.pki.graph import climbs, issued
from sestriage.pki.java import Anchors, SearchLimitError

MAX_LINKS = 60
"""Links drawn in one tree."""
MAX_ANCHORS_SHOWN = 3
"""Anchors drawn above one certificate."""

_REASONS = {
    "expired": Message("has expired"),
    "not-yet-valid": Message("is not valid yet (look at the clock first)"),
    "signature": Message("its signature does not fit its issuer's key"),
    "basic-constraints": Message("is no CA certificate"),
    "path-length": Message("stands deeper than its issuers allow"),
    "name-constraints": Message("has a name that its issuers do not allow"),
    "key-usage": Message("its key may not be used for this"),
    "extended-key-usage": Message("is not for TLS servers"),
    "critical-extension": Message("has a critical extension that Java does not know"),
    "weak-key": Message("its key is too short"),
    "weak-signature": Message("its signature uses a disabled hash"),
}


def first_part(name: str) -> str:
    """The value of the first attribute of an RFC 4514 name, as it stands there."""
    match = re.match(r"[^=]+=((?:[^,+\\]|\\.)*)", name)
    return match[1] if match else name


def short_label(certificate: Certificate) -> str:
    """The common name, else the most specific part of the subject, else the start of the fingerprint."""
    return certificate.common_name or first_part(certificate.subject) or certificate.label


def trust_tree(path: TrustPath, store: TrustStore) -> Link | None:
    """The tree for a decision; None without certificates, or where the store makes the search explode."""
    if not path.chain or not all(each.subject_name_id for each in path.chain):
        return None
    try:
        return _Tree(path, store).build()
    except SearchLimitError:
        return None


def _noted(*notes: str) -> str:
    return together(*notes, between="; ")


class _Tree:
    """One drawing: what is known about the store by name, and how many links are left."""

    def __init__(self, path: TrustPath, store: TrustStore) -> None:
        self._path = path
        self._anchors = Anchors(store.anchors)
        self._entries: dict[str, StoreEntry] = {e.certificate.sha256: e for e in reversed(store.entries)}
        self._left = MAX_LINKS
        self._marked = path.status in ("trusted", "undecided") and path.host_matches is not False

    def build(self) -> Link:
        ways = climbs(self._path.chain[0], self._path.chain)
        root = self._link(ways, 0)
        return root if self._marked else self._mark_top(root)

    def _link(self, ways: Sequence[tuple[Certificate, ...]], depth: int) -> Link:
        """The link of the certificate that all these ways share at `depth`."""
        self._left -= 1
        certificate = ways[0][depth]
        notes: list[str] = []
        broken = self._is_broken(certificate, depth, notes)
        anchor = self._as_anchor(certificate, depth)
        if anchor is not None:
            return Link(short_label(certificate), "anchor", certificate, _noted(*notes, anchor), broken)
        if depth and (wrong := self._wrong_key(certificate)) is not None:
            notes.append(wrong)
            if not self._marked and self._path.status == "no-path":
                broken = self._marked = True
        above = self._above(certificate, ways, depth)
        state: LinkState = "served"
        if not above and issued(certificate, certificate):
            state = "root"
            notes.append(Message("self-signed, and not in the store"))
        return Link(short_label(certificate), state, certificate, _noted(*notes), broken, above)

    def _is_broken(self, certificate: Certificate, depth: int, notes: list[str]) -> bool:
        if depth == 0 and self._path.host_matches is False:
            notes.append(Message("is not valid for {host}", host=self._path.host))
        culprit = self._path.culprit
        failed = culprit is not None and culprit.sha256 == certificate.sha256
        if failed:
            notes.append(_REASONS.get(self._path.reason or "", self._path.reason or Message("fails")))
        wrong_name = depth == 0 and self._path.status == "trusted" and self._path.host_matches is False
        if (failed or wrong_name) and not self._marked:
            self._marked = True
            return True
        return False

    def _alias(self, certificate: Certificate) -> str:
        entry = self._entries.get(certificate.sha256)
        return f"`{entry.alias}`" if entry is not None and entry.alias else Message("an entry")

    def _as_anchor(self, certificate: Certificate, depth: int) -> str | None:
        """Why Java's search ends here in trust; None when it does not. The leaf counts only as the very certificate."""
        if certificate.sha256 in self._anchors.by_digest:
            return Message("in the store as {alias}", alias=self._alias(certificate))
        for anchor in self._anchors.named(certificate.subject_name_id) if depth else ():
            if anchor.spki_sha256 == certificate.spki_sha256:
                alias = self._alias(anchor)
                return Message("in the store as {alias}: same name and key, another certificate", alias=alias)
        return None

    def _wrong_key(self, certificate: Certificate) -> str | None:
        named = self._anchors.named(certificate.subject_name_id)
        if not named:
            return None
        return self._other_key(named[0])

    def _other_key(self, other: Certificate) -> str:
        return Message(
            "the store has this name with ANOTHER KEY as {alias} (SHA-256 {digest}...)",
            alias=self._alias(other),
            digest=other.sha256[:16],
        )

    def _above(self, certificate: Certificate, ways: Sequence[tuple[Certificate, ...]], depth: int) -> tuple[Link, ...]:
        links: list[Link] = []
        nexts: dict[str, list[tuple[Certificate, ...]]] = {}
        for way in ways:
            if len(way) > depth + 1:
                nexts.setdefault(way[depth + 1].sha256, []).append(way)
        keys = {way[0][depth + 1].spki_sha256 for way in nexts.values()}
        for group in nexts.values():
            if self._left <= 0:
                return (*links, Link("...", "limit", note=Message("more is not drawn")))
            links.append(self._link(group, depth + 1))
        named = self._anchors.named(certificate.issuer_name_id)
        fitting = [each for each in named if each.spki_sha256 not in keys and issued(certificate, each)]
        if not issued(certificate, certificate):
            links += [self._stored(each) for each in fitting[:MAX_ANCHORS_SHOWN]]
            if not links:
                links.append(self._missing(certificate, named))
        return tuple(links)

    def _stored(self, anchor: Certificate) -> Link:
        self._left -= 1
        notes: list[str] = []
        broken = self._is_broken(anchor, 1, notes)
        return Link(
            short_label(anchor),
            "anchor",
            anchor,
            _noted(*notes, Message("not served; in the store as {alias}", alias=self._alias(anchor))),
            broken,
        )

    def _missing(self, child: Certificate, named: Sequence[Certificate]) -> Link:
        key = Message(", key identifier {id}", id=child.authority_key_id) if child.authority_key_id else ""
        label = child.issuer_common_name or first_part(child.issuer) or Message("an unnamed issuer")
        if named:
            note = _noted(Message("not served{key}", key=key), self._other_key(named[0]))
            broken = not self._marked and self._path.status == "no-path"
            self._marked = self._marked or broken
            return Link(label, "missing", None, note, broken)
        return Link(label, "missing", None, Message("neither served nor in the store{key}", key=key))

    def _mark_top(self, link: Link) -> Link:
        """Mark the top of the first way: nothing below it is broken."""
        if not link.above:
            return replace(link, broken=True)
        return replace(link, above=(self._mark_top(link.above[0]), *link.above[1:]))
