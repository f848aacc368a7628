"""The parts that the documents of several commands share: one name and one form each."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from sestriage.model.document.words import (
    Argv,
    ConfidenceWord,
    Digest,
    Number,
    PhaseWord,
    SeverityWord,
    Sha256,
    Size,
    Time,
)


class InputFile(TypedDict):
    """A file that was handed in."""

    path: Annotated[str, "The file as it was named; `-` for standard input."]
    size: Annotated[Size | None, "Bytes; null where it is not known."]
    modified: Annotated[Time | None, "When the file was last written (UTC)."]
    sha256: Annotated[Sha256 | None, "SHA-256 of its content; null where the file could not be read again."]
    sampled: Annotated[
        bool, "True: `sha256` is that of the first MiB followed by the last MiB, not of the whole file (see --hash)."
    ]


class Head(TypedDict):
    """How every document begins."""

    version: Annotated[str | None, "The version of sestriage that wrote the document."]
    exit_status: Annotated[int, "The exit status of the command; docs/options.md has the meaning of each."]
    analysed: Annotated[Time | None, "When the document was made (UTC)."]


class ReadHead(Head):
    """How the document of a command that reads files begins."""

    files: Annotated[list[InputFile], "The files that were handed in, those of folders included."]
    files_left_out: Annotated[Size, "How many further files of folders `files` does not list."]


class Place(TypedDict):
    """A place in the evidence."""

    path: Annotated[str, "The file as it was named; `-` for standard input."]
    member: Annotated[str | None, "The path inside an archive, joined with `!/` where archives nest; null for a file."]
    line: Annotated[Number | None, "The line, from 1; null where it does not apply."]
    frame: Annotated[Number | None, "The frame of a capture, from 1; null where it does not apply."]
    end_line: NotRequired[Annotated[Number, "The last line; only where a place has several."]]
    sha256: NotRequired[Annotated[Sha256, "The certificate that is meant; only where a place is one."]]


class Evidence(Place):
    """A piece of evidence: what stands at a place."""

    quote: Annotated[str, "What stands there, in one short line; private data hidden."]
    kind: Annotated[str | None, "The kind of fact (`log.event`, docs/facts.md); null for what is no fact of a rule."]


class GeneralFix(TypedDict):
    """One thing to do, by a rule without a case."""

    text: Annotated[str, "What to do."]
    command: Annotated[str | None, "Exactly what to type; null for what is done in a menu."]
    argv: Annotated[
        Argv,
        "The words of each program of `command`, redirections left out; null where the shell has more to do, or there"
        " is no command. A word that must be set first stands as ${NAME}.",
    ]
    risk: Annotated[str | None, "What it may break; null where nothing is said of that."]
    verify: Annotated[str | None, "How to check that it worked: sentences and commands, a line each."]
    undo: Annotated[str | None, "How to go back: sentences and commands, a line each."]


class Fix(GeneralFix):
    """One thing to do."""

    rule: Annotated[str, "The rule that advises it."]
    verify_argv: Annotated[list[Argv], "One pipeline for each command among the lines of `verify`, in order."]
    undo_argv: Annotated[list[Argv], "One pipeline for each command among the lines of `undo`, in order."]
    variables: Annotated[
        dict[str, str], "What must be set before the commands run: name of the shell variable to what it is."
    ]


class GeneralNeed(TypedDict):
    """Evidence that is missing, by a rule without a case."""

    evidence: Annotated[str, "What to collect."]
    why: Annotated[str, "What it would show."]
    command: Annotated[str, "How to collect it: a command, or sentences and commands, a line each."]
    argv: Annotated[Argv, "As `argv` of a fix; null where `command` is more than one pipeline."]


class Need(GeneralNeed):
    """Evidence that is missing."""

    variables: Annotated[dict[str, str], "As `variables` of a fix."]


class Reference(TypedDict):
    """A document that has a link."""

    title: Annotated[str, "What it is called."]
    url: Annotated[str, "Where it stands."]


class Contradiction(TypedDict):
    """Pieces of evidence that do not go together."""

    text: Annotated[str, "What that usually means."]
    evidence: Annotated[list[Evidence], "The pieces."]


class Finding(TypedDict):
    """A rule that holds."""

    rule: Annotated[str, "The id of the rule, for `sestriage explain`."]
    title: Annotated[str, "What it found, in one sentence."]
    phase: Annotated[PhaseWord | None, "The step at which the attempt failed by this rule; null where that is unknown."]
    severity: Annotated[SeverityWord, "How bad it is; a warning never becomes the primary cause."]
    confidence: Annotated[ConfidenceWord, "How sure it is."]
    evidence: Annotated[list[Evidence], "What speaks for it."]
    explanation: Annotated[str, "What happens, and why."]
    conflicts: Annotated[list[Evidence], "What speaks against it."]
    alternatives: Annotated[list[str], "Rules that the same evidence may also fit."]
    needs: Annotated[list[Need], "Evidence that would settle it."]
    caution: Annotated[str | None, "What to know before acting."]
    references: Annotated[list[str], "The titles of the documents that it rests on."]
    reference_links: Annotated[list[Reference], "Those of the documents that have a link."]


class FindingWithFixes(Finding):
    """A rule that holds, with what to do about it."""

    fixes: Annotated[list[Fix], "What to do, in this order."]


class Certificate(TypedDict):
    """A certificate (RFC 5280). One that cannot be parsed has `sha256` and `problem` only, the rest empty or null."""

    sha256: Annotated[Digest, "SHA-256 of the certificate; empty where a listing by keytool does not have it."]
    subject: Annotated[str, "Its subject (RFC 4514)."]
    issuer: Annotated[str, "Its issuer (RFC 4514)."]
    serial: Annotated[str | None, "Its serial number, lower-case hex."]
    not_before: Annotated[Time | None, "Valid from."]
    not_after: Annotated[Time | None, "Valid until."]
    spki_sha256: Annotated[
        Sha256 | None,
        "SHA-256 of its SubjectPublicKeyInfo: names the key, whatever certificates it has; null where it is unknown.",
    ]
    ski: Annotated[str | None, "Its subject key identifier, lower-case hex; null without one."]
    aki: Annotated[str | None, "Its authority key identifier, the `ski` of its issuer, lower-case hex; null without."]
    key: Annotated[str | None, "Kind and size of its key in one text: `RSA 2048`."]
    key_type: Annotated[str | None, "Kind of its key: `RSA`, `EC`, ..."]
    key_bits: Annotated[int | None, "Bits of its key."]
    signature_algorithm: Annotated[str | None, "How it is signed."]
    is_ca: Annotated[bool | None, "What its basic constraints say; null without them."]
    dns_names: Annotated[list[str], "The host names of its subject alternative names."]
    ip_addresses: Annotated[list[str], "The addresses of its subject alternative names."]
    published_as: Annotated[str | None, "The published root of Amazon or Starfield whose key it has."]
    problem: Annotated[str | None, "Why it could not be read whole."]


class Entry(Certificate):
    """An entry of a trust store."""

    alias: Annotated[str | None, "Its alias; null where the format has none."]
    trusted: Annotated[bool, "Java takes it as a trust anchor."]


class InputNote(TypedDict):
    """A file or archive member, and what became of it."""

    path: Annotated[str, "The file as it was named."]
    member: Annotated[str | None, "The path inside an archive."]
    kind: Annotated[str, "What it is: `log`, `capture`, `trust-store`, `transcript`, `archive`, ..."]
    problem: Annotated[str | None, "What could not be used, and where; null when all of it was."]
    used: Annotated[bool, "It gave at least one fact."]
