"""Redact a whole report: walk its dataclasses and rebuild what changes; unchanged parts are shared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache, lru_cache
from operator import is_
from typing import Any, TypeVar, cast

from sestriage.model.capture import DnsLookup, Endpoint, Stream, TlsAlert, TlsMessage, TlsSession, WireCommand
from sestriage.model.command import Command, Instructions
from sestriage.model.config import SmtpSettings
from sestriage.model.log import LogEvent, SmtpReply, Throwable
from sestriage.model.message import Cut, Message
from sestriage.model.reference import Reference
from sestriage.model.source import SourceRef
from sestriage.model.transcript import NameAnswer
from sestriage.model.trust import Certificate, Gap, TrustPath
from sestriage.model.verdict import Attempt, Finding, HandMadeTest, Report
from sestriage.redact.certificates import learn_certificate, redact_certificate
from sestriage.redact.commands import hide_in_command
from sestriage.redact.redactor import Redactor
from sestriage.redact.secrets import strip_secrets

Clean = Callable[[str], str]

KEPT = frozenset(
    (
        *("sha256", "spki_sha256", "serial", "subject_key_id", "authority_key_id", "published", "published_sha256"),
        *("subject_name_id", "issuer_name_id", "cipher", "offered_ciphers", "kind", "rule", "version", "rcode"),
        *("rules_digest", "rule_packs", "nothing"),
    )
)
"""Fields that hold identifiers of public things; they are left as they are, so that no detector can misread them."""

MAX_REMEMBERED = 4096
"""Texts without secrets that are remembered."""
_FIXED = frozenset({TlsMessage, TlsAlert})
"""Types without any text of the evidence: their words are those of registries."""

_T = TypeVar("_T")


def redact_report(report: Report, redactor: Redactor | None = None) -> Report:
    """The report without secrets, with pseudonyms for private data in every string.

    The case's own host names and addresses are learned first and replaced wherever they stand. Paths of the evidence
    stay (without secrets), and so do the names of CAs.
    """
    redactor = redactor or Redactor()
    _learn(report, redactor)
    return _Walker(redactor).walk(report)


def redact_facts(facts: _T, redactor: Redactor) -> _T:
    """Any tree of facts, as `redact_report` does it with a report."""
    _learn(facts, redactor)
    return _Walker(redactor).walk(facts)


def strip_report(report: Report) -> Report:
    """The report without secrets; private data stays. For `--no-redact`."""
    return strip_secrets_of(report)


def strip_secrets_of(node: _T) -> _T:
    """A tree of frozen dataclasses and tuples without secrets in any text; the very same object where there is none."""
    return _Walker(None).walk(node)


def redact_about(result: _T, facts: object, *, private: bool) -> _T:
    """A result without secrets, and without `private` data: the names in the facts that it is about get pseudonyms."""
    if not private:
        return _Walker(None).walk(result)
    redactor = Redactor()
    _learn(facts, redactor)
    return _Walker(redactor).walk(result)


# --- learning ----------------------------------------------------------------------------------------------------


def _learn(facts: object, redactor: Redactor) -> None:
    certificates: set[str] = set()
    for node in _nodes(facts, set()):
        match node:
            case Endpoint(ip=ip):
                redactor.learn("ip", (ip,))
            case DnsLookup():
                redactor.learn("host", (node.name,))
                redactor.learn("ip", node.addresses)
            case NameAnswer():
                redactor.learn("host", (node.name,))
                redactor.learn("ip", node.addresses)
            case LogEvent() | Attempt() | HandMadeTest() | TrustPath():
                redactor.learn("host", (node.host,))
            case Stream():
                redactor.learn("host", (node.server_name,))
            case TlsSession():
                redactor.learn("host", (node.sni,))
            case SmtpSettings():
                redactor.learn("host", (node.server,))
            case WireCommand(verb="EHLO" | "HELO", argument=name):
                redactor.learn("host", (name.strip("[]"),))
            case Gap(issuer=name):
                redactor.protect((name,))
            case Certificate() if node.sha256 not in certificates:
                certificates.add(node.sha256)
                learn_certificate(node, redactor)


def _nodes(node: object, seen: set[int]) -> Iterator[object]:
    """All dataclass instances in a tree, each once."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += reversed(node)
        elif _names(type(node)) and id(node) not in seen:
            seen.add(id(node))
            yield node
            for name in reversed(_branches(type(node))):
                value = getattr(node, name)
                kind = type(value)
                if (kind is tuple and value) or (kind not in _NAMELESS and _names(kind)):
                    waiting.append(value)


_PLAIN = re.compile(r"(?:(?:int|float|bool|bytes|datetime|timedelta|Phase|Ground|Proof|None)(?: \| |\Z))+")
"""Types of fields in which there is no text."""
_TEXTS = re.compile(r"(?:(?:str|None|tuple\[str, \.\.\.\])(?: \| |\Z))+")
"""Types of fields that hold nothing but texts."""
_NAMELESS = frozenset({str, SourceRef, Finding, Throwable, SmtpReply})
"""Types that name nothing of the case's own as such, and hold nothing that does."""


def _find_names(kind: type) -> tuple[str, ...]:
    found = fields(kind) if is_dataclass(kind) and kind not in _FIXED else ()
    return tuple(field.name for field in found if not _PLAIN.fullmatch(str(field.type)))


def _find_branches(kind: type) -> tuple[str, ...]:
    names = _names(kind)
    found = fields(kind) if names else ()
    return tuple(field.name for field in found if field.name in names and not _TEXTS.fullmatch(str(field.type)))


_names: Callable[[type], tuple[str, ...]] = cache(_find_names)
"""The fields of a dataclass in which there may be something to redact; none of any other type."""
_branches: Callable[[type], tuple[str, ...]] = cache(_find_branches)
"""Those of the fields in which there may be further dataclasses."""


# --- rebuilding --------------------------------------------------------------------------------------------------


class _Walker:
    """Rebuilds a tree of frozen dataclasses. Without a redactor only secrets are removed."""

    def __init__(self, redactor: Redactor | None) -> None:
        self._redactor = redactor
        self._remembered: Clean = lru_cache(maxsize=MAX_REMEMBERED)(strip_secrets)  # paths and names come often
        self._clean: Clean = redactor.redact if redactor else self._strip
        self._done: dict[int, tuple[object, object]] = {}
        """By identity: the node (kept, so that its id is not reused) and what it became."""
        self._plans: dict[type, tuple[tuple[str, Clean | None], ...]] = {}
        self._files: dict[tuple[str, str | None], tuple[str, str | None]] = {}
        """Files as they are named, and without secrets."""
        self._public: set[str] = set()
        """Certificates in which nothing changes, by SHA-256: they are served again and again."""
        self._special: Mapping[tuple[type, str], Clean] = self._special_fields(redactor) if redactor else {}

    def _special_fields(self, redactor: Redactor) -> dict[tuple[type, str], Clean]:
        """Fields whose content is known to be of one kind, whatever it looks like."""
        host, ip, strip = redactor.host, redactor.ip, self._strip
        return {
            (Endpoint, "ip"): ip,
            (DnsLookup, "name"): host,
            (DnsLookup, "addresses"): ip,
            (NameAnswer, "name"): host,
            (NameAnswer, "addresses"): ip,
            (LogEvent, "host"): host,
            (LogEvent, "identities"): redactor.identity,
            (Attempt, "host"): host,
            (HandMadeTest, "host"): host,
            (TrustPath, "host"): host,
            (Stream, "server_name"): host,
            (TlsSession, "sni"): host,
            (SmtpSettings, "server"): host,
            (Gap, "issuer"): strip,
        }

    def walk(self, node: _T) -> _T:
        """The node redacted; the very same object when nothing in it changes."""
        return cast(_T, self._walk(node))

    def _strip(self, text: str) -> str:
        """The text without secrets. A message and a cut text are equal to another's text, but not to what it holds."""
        return self._remembered(text) if type(text) is str else strip_secrets(text)

    def _walk(self, node: object) -> object:
        kind = type(node)
        if kind is str or kind is Message or kind is Cut:  # no enum such as Phase
            cleaned = self._clean(node)  # type: ignore[arg-type]
            return node if cleaned == node else cleaned
        if kind is Command:  # its text is quoted for a shell, and nobody's to search
            return hide_in_command(node, self._redactor)  # type: ignore[arg-type]
        if kind is Instructions:
            return Instructions(cast("tuple[str | Command, ...]", self._walk(node.lines)))  # type: ignore[attr-defined]
        if isinstance(node, tuple):
            if kind is Reference:
                return self._reference(node)  # type: ignore[arg-type]
            items = tuple(map(self._walk, node))
            return node if all(map(is_, items, node)) else items
        if kind is SourceRef:
            return self._place(node)  # type: ignore[arg-type]
        if not _names(kind):
            return node
        done = self._done.get(id(node))
        if done is None:
            done = self._done[id(node)] = (node, self._record(node))
        return done[1]

    def _plan(self, kind: type) -> tuple[tuple[str, Clean | None], ...]:
        """The fields of a type that are looked at, with what cleans them where their content is of one kind."""
        plan = self._plans.get(kind)
        if plan is None:
            names = [name for name in _names(kind) if name not in KEPT]
            plan = self._plans[kind] = tuple((name, self._special.get((kind, name))) for name in names)
        return plan

    def _record(self, node: Any) -> object:
        kind = type(node)
        if self._redactor and kind is Certificate:
            return self._certificate(node, self._redactor)
        changes: dict[str, Any] = {}
        for name, special in self._plan(kind):
            value = getattr(node, name)
            if value is None or value is False or value is True:
                continue
            new = self._apply(special, value) if special else self._walk(value)
            if new is not value:
                changes[name] = new
        if self._redactor and kind is WireCommand:
            changes |= _greeting(node, self._redactor)
        return replace(node, **changes) if changes else node

    def _reference(self, node: Reference) -> Reference:
        """A public document stays: `section 4.1.2.5` of an RFC is no address."""
        url = node.url and self._clean(node.url)
        return node if url and url == node.url else Reference(self._clean(node.title), url)

    def _place(self, node: SourceRef) -> SourceRef:
        """A place in the evidence: there are many in one file."""
        file = (node.path, node.member)
        clean = self._files.get(file)
        if clean is None:
            clean = self._files[file] = (self._strip(node.path), node.member and self._strip(node.member))
        return node if clean == file else replace(node, path=clean[0], member=clean[1])

    def _certificate(self, node: Certificate, redactor: Redactor) -> Certificate:
        if node.sha256 in self._public:
            return node
        redacted = redact_certificate(node, redactor)
        if redacted is node:
            self._public.add(node.sha256)
        return redacted

    def _apply(self, clean: Clean, value: object) -> object:
        if isinstance(value, str):
            new = clean(value)
            return value if new == value else new
        if isinstance(value, tuple):
            items = tuple(self._apply(clean, item) for item in value)
            return items if items != value else value
        return value


def _greeting(command: WireCommand, redactor: Redactor) -> dict[str, str]:
    """The name by which a client greets is a host name, dotted or not."""
    name = command.argument.strip("[]")
    if command.verb not in ("EHLO", "HELO") or not name:
        return {}
    return {"argument": command.argument.replace(name, redactor.host(name))}
