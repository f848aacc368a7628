"""Find faults of the documents that rules name: the form of links, and one name for one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.model.reference import Reference
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.schema import Rule

MAX_TITLE = 120
"""Characters of a title: it stands in a line of a report."""

_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9./_~%?=&+:-]*(?:#[A-Za-z0-9./_~-]+)?")
"""An absolute link with TLS: no user, no port, nothing that a report or a shell could take for more than a link."""


def check_references(sources: Sequence[Linted], rules: Mapping[str, Rule]) -> Iterator[RuleError]:
    """The faults of form, documents that a rule names twice, and those that rules name in different ways."""
    own = {source.rule.id for source in sources}
    others = [reference for rule in rules.values() if rule.id not in own for reference in rule.references]
    titles, urls = _Names(others), _Names(_turned(others))
    for source in sources:
        seen: set[str] = set()
        for reference in source.rule.references:
            for message in _faults(reference, seen, titles, urls):
                yield source.problem(message, key="references")


class _Names:
    """The first statement about each name."""

    def __init__(self, pairs: Iterable[tuple[str, str | None]]) -> None:
        self._said: dict[str, str | None] = {}
        for name, value in pairs:
            self.first(name, value)

    def first(self, name: str, value: str | None) -> str | None:
        return self._said.setdefault(name, value)


def _turned(references: Iterable[Reference]) -> Iterator[tuple[str, str | None]]:
    for title, url in references:
        if url is not None:
            yield url, title


def _faults(reference: Reference, seen: set[str], titles: _Names, urls: _Names) -> Iterator[str]:
    title, url = reference
    if len(title) > MAX_TITLE or not title.isprintable() or title != title.strip():
        yield Message(
            "the title of a reference is one line of at most {most} characters: {title:.60}",
            most=MAX_TITLE,
            title=repr(title),
        )
    if url is not None and not _URL.fullmatch(url):
        yield Message("no link that begins with https:// and a host: {url:.80}", url=repr(url))
    if title in seen or (url is not None and url in seen):
        yield Message("named twice: {title:.60}", title=repr(title))
    seen.update(name for name in reference if name is not None)
    if (known := titles.first(title, url)) != url:
        yield Message("another rule links `{title}` to {url}", title=title, url=known or "-")
    if url is not None and (named := urls.first(url, title)) != title:
        yield Message("another rule calls {url} `{named}`", url=url, named=named)
