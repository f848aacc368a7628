"""The certificates part of a report for people: comparison table and what the path search says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sestriage.model.trust import Certificate, Comparison, Gap, TrustPath
from sestriage.model.verdict import Report
from sestriage.report.blocks import Block, Lines, Prose, Section, Table
from sestriage.report.common import clock, comparisons, iso_time

SHORT_FINGERPRINT = 16
"""Hex digits of a SHA-256 in tables; the JSON report has all of them."""


def certificate_blocks(report: Report, words: Mapping[str, str], *, tree: bool = False) -> Iterator[Block]:
    """The comparison table, once for each store, and the path decisions; nothing without certificates. `tree` draws the
    served chain as one, too."""
    table = comparisons(report)
    if not table and not report.paths:
        return
    yield Section(words["certificates"])
    for store in dict.fromkeys(c.store.file for c in table):
        yield Prose(store, words["store"])
        rows = tuple(_row(c, words) for c in table if c.store.file == store)
        yield Table(tuple(words[c] for c in ("certificate", "sha256", "valid-until", "in-store")), rows)
        for path in report.paths:
            if path.store.file == store:
                yield from _path(path, words)
                if tree and path.chain:
                    yield chain_tree(path, words)
                break  # the first decision is that of the newest conversation
    for path in report.paths:
        if not path.comparisons:
            yield Prose(path.store.file, words["store"])
            yield from _path(path, words)


def chain_tree(path: TrustPath, words: Mapping[str, str]) -> Block:
    """The way from the server's certificate up, each with its place in the store: the picture of the page in letters,
    the end of the way first."""
    relations = {each.certificate.sha256: each.relation for each in path.comparisons}
    way = list(path.path or _climbed(path.chain))
    lines = [(each.label, relations.get(each.sha256, "absent")) for each in way]
    if path.anchor and path.path:
        lines.append((path.anchor.label, "present"))
    elif path.gap and path.gap.served is None and way[-1] == path.gap.child:
        lines.append((path.gap.issuer, "absent"))
    drawn = [f"{label} ({words['in-store']} {words.get(how, how)})" for label, how in reversed(lines)]
    return Lines(tuple(f"{'   ' * (depth - 1)}{'`- ' if depth else ''}{line}" for depth, line in enumerate(drawn)))


def _climbed(chain: Sequence[Certificate]) -> Iterator[Certificate]:
    """From the first certificate to its issuer among the served ones, and so on, by their names."""
    here: Certificate | None = chain[0]
    rest = list(chain[1:])
    while here is not None:
        yield here
        wanted = "" if here.self_issued else here.issuer_name_id
        here = next((each for each in rest if wanted and each.subject_name_id == wanted), None)
        if here is not None:
            rest.remove(here)


def _row(comparison: Comparison, words: Mapping[str, str]) -> tuple[str, ...]:
    certificate = comparison.certificate
    until = iso_time(certificate.not_after)
    return (
        certificate.label,
        certificate.sha256[:SHORT_FINGERPRINT],
        until[:10] if until else "-",
        words.get(comparison.relation, comparison.relation),
    )


def _path(path: TrustPath, words: Mapping[str, str]) -> Iterator[Block]:
    reason = _gap(path.gap, words) if path.gap else path.java_message or ""
    if path.status == "invalid":
        failing = words.get(f"reason-{path.reason}", path.reason or "")
        reason = f"{failing}{f', {path.culprit.label}' if path.culprit else ''}"
    anchor = path.anchor.label if path.anchor else "-"
    yield Prose(words.get(f"path-{path.status}", path.status).format(anchor=anchor, reason=reason))
    if path.gap and path.gap.published:
        yield Prose(words["gap-published"].format(name=path.gap.published))
        yield Prose(f"    {path.gap.published_sha256}")
    if path.host_matches is False:
        yield Prose(words["host-mismatch"].format(host=path.host))
    if path.at:
        time = clock(path.at)
        basis = words.get(f"basis-{path.at_basis}", path.at_basis)
        yield Prose(words["judged"].format(time=time, basis=basis))


def _gap(gap: Gap, words: Mapping[str, str]) -> str:
    sentences = [words["gap"].format(child=gap.child.label, issuer=gap.issuer)]
    if gap.wrong_entry:
        sentences.append(words["gap-wrong"].format(alias=gap.wrong_entry.alias or "-"))
    return " ".join(sentences)
