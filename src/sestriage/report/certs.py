"""What `sestriage certs` found, as blocks for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sestriage.i18n import LANGUAGES, translated
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
from sestriage.model.message import Message, together
from sestriage.model.source import InputNote
from sestriage.model.trust import REASONS, Certificate, Comparison, StoreEntry, TrustPath, TrustStore
from sestriage.report.blocks import Block, Headline, Lines, Prose, Section, Step, Table
from sestriage.report.common import clock
from sestriage.report.language import in_language
from sestriage.report.safe import one_line, visible

SHORT = 16
"""Hex digits of a SHA-256 in tables; JSON and the lists have all of them."""

RELATIONS = {
    "present": Message("yes{alias}"),
    "same-key": Message("same key{alias}"),
    "same-name-other-key": Message("OTHER KEY{alias}"),
    "absent": Message("no"),
}
"""How a served certificate is found in the store, short enough for a table."""
MAX_ALIAS = 24
MAX_SHOWN_NAME = 60
FEW = 20
"""Entries up to which whole fingerprints are shown."""
BASES = {
    "capture": Message("time of the capture"),
    "transcript": Message("time of the transcript"),
    "given": "--at",
    "now": Message("now: the evidence has no time"),
}
VERDICTS = {
    "trusted": (Message("Java {jdk} trusts the chain of {leaf}"), "good"),
    "no-path": (Message("Java {jdk} finds no path from {leaf} to a trusted certificate"), "bad"),
    "invalid": (Message("Java {jdk} refuses the chain of {leaf}: {reason}"), "bad"),
    "empty-store": (Message("Java {jdk} finds no trusted certificate in the store"), "bad"),
    "undecided": (Message("nothing can be said about {leaf}"), "open"),
}
ORIGINS = {
    "capture": Message("served, in the capture"),
    "transcript": Message("served, in the transcript"),
    "files": Message("certificate files, put in order"),
}


def _shown(command: Command) -> Command:
    return command


def compare_blocks(
    report: CompareReport,
    *,
    ascii_only: bool = True,
    hide: Callable[[Command], Command] = _shown,
    language: str = LANGUAGES[0],
) -> Iterator[Block]:
    """`certs compare`: the answer, the table, the tree, who says what, what to import; for each chain and store.

    `ascii_only` is what the text will be drawn with: lines that are not wrapped must know it beforehand, and they are
    in `language` already; all other sentences are messages. `hide` takes private values out of commands.
    """
    for held in report.held:
        yield from _held(held, report.jdk, ascii_only, language)
    for chain in report.unseen:
        yield Headline(Message("{host}: the served chain cannot be judged", host=_host(chain)), "open")
        yield Prose(Message("{source}: {problem}.", source=chain.source, problem=chain.problem))
        yield from how_to_see(chain, hide)
    for note in report.notes:
        yield Prose(note, Message("Note"))
    yield from input_blocks(report.inputs)


def how_to_see(chain: ServedChain, hide: Callable[[Command], Command]) -> Iterator[Block]:
    """The command that shows the served chain."""
    port = chain.port or 587
    client = s_client(chain.host, port, PORT_MODES.get(port, "starttls"))
    command = joined(client, " -showcerts </dev/null > chain.txt")
    yield Step(1, Message("This shows it; hand in the file then:"), hide(command))


def _host(chain: ServedChain) -> str:
    name = chain.host or (chain.certificates[0].label if chain.certificates else Message("a server"))
    return Message("{name}:{port}", name=name, port=chain.port) if chain.port else name


def _held(held: Held, jdk: str, ascii_only: bool, language: str) -> Iterator[Block]:
    path = held.path
    leaf = path.chain[0].label if path.chain else Message("the server")
    text, tone = VERDICTS[path.status]
    if path.status == "trusted" and path.host_matches is False:
        text, tone = Message("Java {jdk} trusts the chain, but the certificate is not valid for {host}"), "bad"
    reason = REASONS.get(path.reason or "", path.reason)
    yield Headline(Message(text, jdk=jdk, leaf=leaf, reason=reason, host=path.host), tone)
    yield Prose(
        Message(
            "{source} ({origin}; {certificates})",
            source=held.chain.source,
            origin=ORIGINS[held.chain.origin],
            certificates=_certificates(len(path.chain)),
        ),
        Message("Chain"),
    )
    yield Prose(store_line(held.store), Message("Store"))
    if held.warning:
        yield Prose(held.warning, Message("Will not last"))
    if path.at:
        basis = BASES.get(path.at_basis, path.at_basis)
        yield Prose(Message("{time} ({basis})", time=clock(path.at), basis=basis), Message("Judged for"))
    titles = ("#", Message("Certificate"), "SHA-256", Message("Valid until"), Message("In the store"))
    rows = [_row(number, each, ascii_only, language) for number, each in enumerate(path.comparisons)]
    yield _columns(in_language(titles, language), rows)
    if held.tree is not None:
        yield Section(Message("From the server's certificate up"))
        tree = tree_lines(held.tree, language)
        yield Lines(tuple(visible(line, ascii_only=ascii_only) for line in tree))
    if path.status != "undecided":
        yield Section(Message("Who says what"))
        for judge, answer in _answers(held, path, jdk):
            yield Prose(answer, judge)
        for sentence in held.differences:
            yield Prose(sentence, Message("Differs"))
    yield Section(Message("What to import"))
    yield from advice_blocks(held.advice, held.warning)


def _certificates(number: int) -> Message:
    return Message("1 certificate") if number == 1 else Message("{count} certificates", count=number)


def _entries(number: int) -> Message:
    return Message("1 entry") if number == 1 else Message("{count} entries", count=number)


def store_line(store: TrustStore) -> str:
    """The store with its format, how much it holds, and what is wrong with it."""
    told = {"file": store.source.file, "format": store.format, "entries": _entries(len(store.entries))}
    line = Message("{file} ({format}, {entries})", **told)
    if store.anchor_count != len(store.entries):
        line = Message(
            "{file} ({format}, {entries}, {count} of them trusted by Java)", count=store.anchor_count, **told
        )
    return together(line, store.problem or "", between="; ")


def _row(number: int, comparison: Comparison, ascii_only: bool, language: str) -> tuple[str, ...]:
    certificate, entry = comparison.certificate, comparison.entry
    named = entry is not None and entry.alias
    alias = Message(" as {alias}", alias=_cut(named, MAX_ALIAS)) if named else ""
    relation = Message(RELATIONS[comparison.relation], alias=alias)
    if entry is not None and not entry.trusted:
        relation = Message("{relation}, not trusted", relation=relation)
    return (
        str(number),
        _cell(certificate.label, ascii_only),
        certificate.sha256[:SHORT],
        _day(certificate.not_after),
        visible(one_line(translated(relation, language)), ascii_only=ascii_only),
    )


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "-"


def tree_lines(link: Link, language: str = LANGUAGES[0], indent: str = "", *, first: bool = True) -> Iterator[str]:
    """The tree as lines of text; the first broken link carries `X` and an arrow."""
    mark = "X " if link.broken else "+ " if link.state == "anchor" else "? " if link.state == "missing" else "- "
    note = f"  ({one_line(translated(link.note, language))})" if link.note else ""
    end = "   <== " + translated(Message("first broken link"), language) if link.broken else ""
    label = one_line(translated(link.label, language))
    yield f"{indent}{'' if first else '`-- '}{mark}{label}{note}{end}"
    for above in link.above:
        yield from tree_lines(above, language, indent + ("" if first else "    "), first=False)


def _answers(held: Held, path: TrustPath, jdk: str) -> Iterator[tuple[str, str]]:
    trusted = Message("trusted, by `{anchor}`", anchor=path.anchor.label) if path.anchor else Message("trusted")
    yield f"Java {jdk}", path.java_message or trusted
    yield "openssl verify", path.openssl_status or "-"
    yield "openssl verify -partial_chain", path.openssl_partial_status or "-"
    if path.host is not None:
        good = Message("{host} fits", host=path.host)
        yield Message("Java's check of the name"), held.host_message or good
        fits: dict[bool | None, str] = {True: good, False: f"Can't verify identity of server: {path.host}", None: "-"}
        yield Message("JavaMail's own check of the name"), fits[path.javamail_host_matches]


def advice_blocks(advice: ImportAdvice, said: str | None = None) -> Iterator[Block]:
    """What to import; `said` is not said again."""
    if advice.text != said:
        yield Prose(advice.text)
    for number, choice in enumerate(advice.choices, 1):
        yield Step(number, _choice_text(choice), None, _details(choice))


def _choice_text(choice: ImportChoice) -> str:
    certificate = choice.certificate
    return Message("`{label}`, SHA-256 {digest}", label=certificate.label, digest=certificate.sha256)


def _details(choice: ImportChoice) -> tuple[tuple[str, str], ...]:
    where = choice.reason
    if choice.origin != "served":
        where = Message("{reason}; from {origin}", reason=choice.reason, origin=choice.origin)
    details: list[tuple[str, str]] = [(Message("Why this one"), where)]
    if choice.answer:
        answers = Message("Java: {java}; openssl verify: {openssl}", java=choice.answer, openssl=choice.openssl)
        if not choice.openssl:
            answers = Message("Java: {java}", java=choice.answer)
        details.append((Message("With it"), answers))
    if choice.warning:
        details.append((Message("WARNING"), choice.warning))
    return tuple(details)


def input_blocks(notes: tuple[InputNote, ...]) -> Iterator[Block]:
    """What could not be used of the evidence."""
    for note in notes:
        yield Prose(together(note.source.file, note.problem or "", between=": "), Message("Input"))


def show_blocks(report: ShowReport, *, ascii_only: bool = True, language: str = LANGUAGES[0]) -> Iterator[Block]:
    """`certs show`: every store and served chain, a line an entry; `ascii_only` and `language` as in
    `compare_blocks`."""
    for store in report.stores:
        yield Section(store_line(store))
        if store.integrity is not None:
            fits = Message("checked with the password")
            yield Prose(fits if store.integrity else Message("DOES NOT FIT the password"), Message("Integrity"))
        yield from _lines(store.entries, report.now, ascii_only, language)
    for chain in report.chains:
        yield Section(
            Message(
                "{source} ({origin} of {host})", source=chain.source, origin=ORIGINS[chain.origin], host=_host(chain)
            )
        )
        if chain.problem:
            yield Prose(chain.problem, Message("Note"))
        yield from _lines(tuple(StoreEntry(each) for each in chain.certificates), report.now, ascii_only, language)
    if report.hidden:
        yield Prose(
            Message(
                "{entries} more are not shown: --find TEXT picks some, --limit 0 or --format json all.",
                entries=_entries(report.hidden),
            )
        )
    yield from input_blocks(report.inputs)


def _lines(entries: tuple[StoreEntry, ...], now: datetime, ascii_only: bool, language: str) -> Iterator[Block]:
    """The entries in columns; lines are not wrapped, so that thousands of them can be searched with grep."""

    digits = SHORT if len(entries) > FEW else 64
    rows = [
        (
            str(number),
            _digest(entry.certificate, digits),
            _day(entry.certificate.not_after),
            _cell(entry.alias or "-", ascii_only),
            _cell(entry.certificate.label, ascii_only),
            visible(one_line("; ".join(in_language(remarks(entry, now), language))), ascii_only=ascii_only),
        )
        for number, entry in enumerate(entries, 1)
    ]
    if rows:
        titles = ("#", "SHA-256", Message("Until"), Message("Alias"), Message("Certificate"), Message("Remarks"))
        yield _columns(in_language(titles, language), rows)


def _digest(certificate: Certificate, digits: int) -> str:
    """The SHA-256, or the SHA-1 where a listing has nothing better."""
    return certificate.sha256[:digits] or f"SHA-1 {certificate.sha1}"


def _columns(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Block:
    return Table(titles, tuple(rows), unwrapped=True)


def _cell(text: str, ascii_only: bool) -> str:
    return _cut(visible(one_line(text), ascii_only=ascii_only), MAX_SHOWN_NAME)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def remarks(entry: StoreEntry, now: datetime) -> tuple[str, ...]:
    """What is worth knowing of an entry, in a few words."""
    certificate = entry.certificate
    if certificate.problem and not certificate.subject_name_id:
        return (Message("UNREADABLE: {problem}", problem=certificate.problem),)
    if not certificate.subject_name_id:
        return (Message("known by its fingerprint only"),)
    words = [_kind(certificate)]
    if certificate.published_as:
        words.append(Message("the key of {root}", root=certificate.published_as))
    if not entry.trusted:
        words.append(Message("NOT TRUSTED by Java (no trusted entry)"))
    if certificate.not_after and certificate.not_after < now:
        words.append(Message("EXPIRED"))
    if certificate.not_before and certificate.not_before > now:
        words.append(Message("NOT YET VALID"))
    if certificate.problem:
        words.append(certificate.problem)
    return tuple(words)


def _kind(certificate: Certificate) -> str:
    key = f"{certificate.key_type or '?'} {certificate.key_bits or ''}".strip()
    issued_by = Message("self-signed")
    if not certificate.self_issued:
        issued_by = Message("by {issuer}", issuer=certificate.issuer_common_name or certificate.issuer)
    if certificate.key_type is None and certificate.is_ca is None:  # a listing without -v
        return issued_by
    kind = Message("CA") if certificate.is_ca else Message("no CA")
    return Message("{kind}, {key}, {issued_by}", kind=kind, key=key, issued_by=issued_by)


def export_blocks(report: ExportReport, *, language: str = LANGUAGES[0]) -> Iterator[Block]:
    """`certs export`: what was written where, and what to do with it; `language` as in `compare_blocks`."""
    if report.problem:
        yield Headline(Message("no certificate was saved: the served chain cannot be seen"), "open")
        yield Prose(report.problem)
        return
    if not report.files:
        yield Headline(Message("no certificate was saved"), "open")
        yield Prose(report.advice.text)
    else:
        told = {"certificates": _certificates(len(report.files)), "folder": report.folder}
        yield Headline(Message("{certificates} to import in {folder}", **told), "good")
        yield Prose(report.advice.text)
        rows = tuple(_file_row(file.path, file.choice) for file in report.files)
        yield _columns(in_language((Message("File"), Message("Friendly name")), language), rows)
        for number, file in enumerate(report.files, 1):
            yield Step(number, _choice_text(file.choice), None, _details(file.choice))
        yield Prose(
            Message(
                "{file} holds the fingerprints; compare them before you save in Central Management.",
                file=report.list_file,
            )
        )
        if not all(file.written for file in report.files):
            yield Prose(Message("Files that were there already, with this very content, were left alone."))
    for choice in report.refused:
        yield Prose(
            Message(
                "`{label}` (SHA-256 {digest}): {warning} Use --allow-unpublished when its owner has confirmed the"
                " fingerprint.",
                label=choice.certificate.label,
                digest=choice.certificate.sha256,
                warning=choice.warning,
            ),
            Message("NOT SAVED"),
        )


def _file_row(path: str, choice: ImportChoice) -> tuple[str, str]:
    return path, choice.friendly_name
