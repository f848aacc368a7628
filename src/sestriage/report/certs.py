"""What `sestriage certs` found, as blocks for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sestriage.model.certs import (
    CompareReport,
    ExportReport,
    Held,
    ImportAdvice,
    ImportChoice,
    Link,
    ServedChain,
    ShowReport,
)
from sestriage.model.command import Command, joined, s_client
from sestriage.model.known.ports import PORT_MODES
from sestriage.model.source import InputNote
from sestriage.model.trust import Certificate, Comparison, StoreEntry, TrustPath, TrustStore
from sestriage.report.blocks import Block, Headline, Prose, Section, Step
from sestriage.report.common import clock
from sestriage.report.safe import one_line, visible

SHORT = 16
"""Hex digits of a SHA-256 in tables; JSON and the lists have all of them."""
VERBATIM = "    "

RELATIONS = {
    "present": "yes{alias}",
    "same-key": "same key{alias}",
    "same-name-other-key": "OTHER KEY{alias}",
    "absent": "no",
}
"""How a served certificate is found in the store, short enough for a table."""
MAX_ALIAS = 24
MAX_SHOWN_NAME = 60
FEW = 20
"""Entries up to which whole fingerprints are shown."""
BASES = {
    "capture": "time of the capture",
    "transcript": "time of the transcript",
    "given": "--at",
    "now": "now: the evidence has no time",
}
VERDICTS = {
    "trusted": ("Java {jdk} trusts the chain of {leaf}", "good"),
    "no-path": ("Java {jdk} finds no path from {leaf} to a trusted certificate", "bad"),
    "invalid": ("Java {jdk} refuses the chain of {leaf}: {reason}", "bad"),
    "empty-store": ("Java {jdk} finds no trusted certificate in the store", "bad"),
    "undecided": ("nothing can be said about {leaf}", "open"),
}
ORIGINS = {
    "capture": "served, in the capture",
    "transcript": "served, in the transcript",
    "files": "certificate files, put in order",
}


def _shown(command: Command) -> Command:
    return command


def compare_blocks(
    report: CompareReport, *, ascii_only: bool = True, hide: Callable[[Command], Command] = _shown
) -> Iterator[Block]:
    """`certs compare`: the answer, the table, the tree, who says what, what to import; for each chain and store.

    `ascii_only` is what the text will be drawn with: lines that are not wrapped must know it beforehand. `hide` takes
    private values out of commands.
    """
    for held in report.held:
        yield from _held(held, report.jdk, ascii_only)
    for chain in report.unseen:
        yield Headline(f"{_host(chain)}: the served chain cannot be judged", "open")
        yield Prose(f"{chain.source}: {chain.problem}.")
        yield from _how_to_see(chain, hide)
    for note in report.notes:
        yield Prose(note, "Note")
    yield from _inputs(report.inputs)


def _how_to_see(chain: ServedChain, hide: Callable[[Command], Command]) -> Iterator[Block]:
    port = chain.port or 587
    client = s_client(chain.host, port, PORT_MODES.get(port, "starttls"))
    command = joined(client, " -showcerts </dev/null > chain.txt")
    yield Step(1, "This shows it; hand in the file then:", hide(command))


def _host(chain: ServedChain) -> str:
    name = chain.host or (chain.certificates[0].label if chain.certificates else "a server")
    return f"{name}:{chain.port}" if chain.port else name


def _held(held: Held, jdk: str, ascii_only: bool) -> Iterator[Block]:
    path = held.path
    leaf = path.chain[0].label if path.chain else "the server"
    text, tone = VERDICTS[path.status]
    if path.status == "trusted" and path.host_matches is False:
        text, tone = "Java {jdk} trusts the chain, but the certificate is not valid for {host}", "bad"
    yield Headline(text.format(jdk=jdk, leaf=leaf, reason=path.reason, host=path.host), tone)
    yield Prose(
        f"{held.chain.source} ({ORIGINS[held.chain.origin]}; {_count(len(path.chain), 'certificate')})", "Chain"
    )
    yield Prose(_store_line(held.store), "Store")
    if held.warning:
        yield Prose(held.warning, "Will not last")
    if path.at:
        yield Prose(f"{clock(path.at)} ({BASES.get(path.at_basis, path.at_basis)})", "Judged for")
    titles = ("#", "Certificate", "SHA-256", "Valid until", "In the store")
    yield _columns(titles, [_row(number, each, ascii_only) for number, each in enumerate(path.comparisons)])
    if held.tree is not None:
        yield Section("From the server's certificate up")
        yield Prose("\n".join(VERBATIM + visible(line, ascii_only=ascii_only) for line in tree_lines(held.tree)))
    if path.status != "undecided":
        yield Section("Who says what")
        for judge, answer in _answers(held, path, jdk):
            yield Prose(answer, judge)
        for sentence in held.differences:
            yield Prose(sentence, "Differs")
    yield Section("What to import")
    yield from _advice(held.advice)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _store_line(store: TrustStore) -> str:
    line = f"{store.source.file} ({store.format}, {_entries(len(store.entries))}"
    if store.anchor_count != len(store.entries):
        line += f", {store.anchor_count} of them trusted by Java"
    return f"{line})" + (f"; {store.problem}" if store.problem else "")


def _row(number: int, comparison: Comparison, ascii_only: bool) -> tuple[str, ...]:
    certificate, entry = comparison.certificate, comparison.entry
    alias = f" as {_cut(entry.alias, MAX_ALIAS)}" if entry is not None and entry.alias else ""
    relation = RELATIONS[comparison.relation].format(alias=alias)
    if entry is not None and not entry.trusted:
        relation += ", not trusted"
    return (
        str(number),
        _cell(certificate.label, ascii_only),
        certificate.sha256[:SHORT],
        _day(certificate.not_after),
        visible(one_line(relation), ascii_only=ascii_only),
    )


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "-"


def tree_lines(link: Link, indent: str = "", *, first: bool = True) -> Iterator[str]:
    """The tree as lines of text; the first broken link carries `X` and an arrow."""
    mark = "X " if link.broken else "+ " if link.state == "anchor" else "? " if link.state == "missing" else "- "
    note = f"  ({one_line(link.note)})" if link.note else ""
    end = "   <== first broken link" if link.broken else ""
    yield f"{indent}{'' if first else '`-- '}{mark}{one_line(link.label)}{note}{end}"
    for above in link.above:
        yield from tree_lines(above, indent + ("" if first else "    "), first=False)


def _answers(held: Held, path: TrustPath, jdk: str) -> Iterator[tuple[str, str]]:
    anchor = f", by `{path.anchor.label}`" if path.anchor else ""
    yield f"Java {jdk}", path.java_message or f"trusted{anchor}"
    yield "openssl verify", path.openssl_status or "-"
    yield "openssl verify -partial_chain", path.openssl_partial_status or "-"
    if path.host is not None:
        yield "Java's check of the name", held.host_message or f"{path.host} fits"
        fits = {True: f"{path.host} fits", False: f"Can't verify identity of server: {path.host}", None: "-"}
        yield "JavaMail's own check of the name", fits[path.javamail_host_matches]


def _advice(advice: ImportAdvice) -> Iterator[Block]:
    yield Prose(advice.text)
    for number, choice in enumerate(advice.choices, 1):
        yield Step(number, _choice_text(choice), None, _details(choice))


def _choice_text(choice: ImportChoice) -> str:
    certificate = choice.certificate
    return f"`{certificate.label}`, SHA-256 {certificate.sha256}"


def _details(choice: ImportChoice) -> tuple[tuple[str, str], ...]:
    where = choice.reason if choice.origin == "served" else f"{choice.reason}; from {choice.origin}"
    details = [("Why this one", where)]
    if choice.answer:
        details.append(("With it", f"Java: {choice.answer}; openssl verify: {choice.openssl}"))
    if choice.warning:
        details.append(("WARNING", choice.warning))
    return tuple(details)


def _inputs(notes: tuple[InputNote, ...]) -> Iterator[Block]:
    for note in notes:
        yield Prose(f"{note.source.file}: {note.problem}", "Input")


def show_blocks(report: ShowReport, *, ascii_only: bool = True) -> Iterator[Block]:
    """`certs show`: every store and served chain, one line an entry; `ascii_only` as in `compare_blocks`."""
    for store in report.stores:
        yield Section(_store_line(store))
        if store.integrity is not None:
            yield Prose("checked with the password" if store.integrity else "DOES NOT FIT the password", "Integrity")
        yield from _lines(store.entries, report.now, ascii_only)
    for chain in report.chains:
        yield Section(f"{chain.source} ({ORIGINS[chain.origin]} of {_host(chain)})")
        if chain.problem:
            yield Prose(chain.problem, "Note")
        yield from _lines(tuple(StoreEntry(each) for each in chain.certificates), report.now, ascii_only)
    if report.hidden:
        yield Prose(
            f"{_entries(report.hidden)} more are not shown: --find TEXT picks some, --limit 0 or --format json all."
        )
    yield from _inputs(report.inputs)


def _lines(entries: tuple[StoreEntry, ...], now: datetime, ascii_only: bool) -> Iterator[Block]:
    """The entries in columns; lines are not wrapped, so that thousands of them can be searched with grep."""

    digits = SHORT if len(entries) > FEW else 64
    rows = [
        (
            str(number),
            _digest(entry.certificate, digits),
            _day(entry.certificate.not_after),
            _cell(entry.alias or "-", ascii_only),
            _cell(entry.certificate.label, ascii_only),
            visible(one_line("; ".join(remarks(entry, now))), ascii_only=ascii_only),
        )
        for number, entry in enumerate(entries, 1)
    ]
    if rows:
        yield _columns(("#", "SHA-256", "Until", "Alias", "Certificate", "Remarks"), rows)


def _digest(certificate: Certificate, digits: int) -> str:
    """The SHA-256, or the SHA-1 where a listing has nothing better."""
    return certificate.sha256[:digits] or f"SHA-1 {certificate.sha1}"


def _columns(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Block:
    """A table of lines that are never wrapped."""
    lines = [titles, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles) - 1)]
    return Prose("\n".join(VERBATIM + "  ".join([*map(str.ljust, line, widths), line[-1]]) for line in lines))


def _cell(text: str, ascii_only: bool) -> str:
    return _cut(visible(one_line(text), ascii_only=ascii_only), MAX_SHOWN_NAME)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def remarks(entry: StoreEntry, now: datetime) -> list[str]:
    """What is worth knowing of an entry, in a few words."""
    certificate = entry.certificate
    if certificate.problem and not certificate.subject_name_id:
        return [f"UNREADABLE: {certificate.problem}"]
    if not certificate.subject_name_id:
        return ["known by its fingerprint only"]
    words = [_kind(certificate)]
    if certificate.published_as:
        words.append(f"the key of {certificate.published_as}")
    if not entry.trusted:
        words.append("NOT TRUSTED by Java (no trusted entry)")
    if certificate.not_after and certificate.not_after < now:
        words.append("EXPIRED")
    if certificate.not_before and certificate.not_before > now:
        words.append("NOT YET VALID")
    if certificate.problem:
        words.append(certificate.problem)
    return words


def _kind(certificate: Certificate) -> str:
    key = f"{certificate.key_type or '?'} {certificate.key_bits or ''}".strip()
    issued_by = (
        "self-signed" if certificate.self_issued else f"by {certificate.issuer_common_name or certificate.issuer}"
    )
    if certificate.key_type is None and certificate.is_ca is None:  # a listing without -v
        return issued_by
    return f"{'CA' if certificate.is_ca else 'no CA'}, {key}, {issued_by}"


def export_blocks(report: ExportReport) -> Iterator[Block]:
    """`certs export`: what was written where, and what to do with it."""
    if report.problem:
        yield Headline("no certificate was saved: the served chain cannot be seen", "open")
        yield Prose(report.problem)
        return
    if not report.files:
        yield Headline("no certificate was saved", "open")
        yield Prose(report.advice.text)
    else:
        yield Headline(f"{_count(len(report.files), 'certificate')} to import in {report.folder}", "good")
        yield Prose(report.advice.text)
        rows = tuple(_file_row(file.path, file.choice) for file in report.files)
        yield _columns(("File", "Friendly name"), rows)
        for number, file in enumerate(report.files, 1):
            yield Step(number, _choice_text(file.choice), None, _details(file.choice))
        yield Prose(f"{report.list_file} holds the fingerprints; compare them before you save in Central Management.")
        if not all(file.written for file in report.files):
            yield Prose("Files that were there already, with this very content, were left alone.")
    for choice in report.refused:
        yield Prose(
            f"`{choice.certificate.label}` (SHA-256 {choice.certificate.sha256}): {choice.warning} "
            "Use --allow-unpublished when its owner has confirmed the fingerprint.",
            "NOT SAVED",
        )


def _file_row(path: str, choice: ImportChoice) -> tuple[str, str]:
    return path, choice.friendly_name
