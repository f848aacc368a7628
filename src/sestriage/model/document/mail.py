"""The document of `sestriage mail`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import Contradiction, Evidence, FindingWithFixes, Need, ReadHead
from sestriage.model.document.words import ConfidenceWord, Number, OneOf, Size, Time


class Sign(Evidence):
    """A sign that the mail went through SES."""

    weight: Annotated[Literal["strong", "weak"], "`weak`: anyone can copy it."]


class MailVerdict(TypedDict):
    """The answer."""

    through_ses: Annotated[str, OneOf(("yes", "no", "unproven")), "The mail went through SES."]
    confidence: Annotated[ConfidenceWord | None, "How sure that is; null for `unproven` without any sign."]
    evidence: Annotated[list[Sign], "What speaks for SES."]
    contradictions: Annotated[list[Contradiction], "Headers that do not go together."]
    needs: Annotated[list[Need], "Evidence that is missing."]
    notes: Annotated[list[str], "Further sentences."]


class Derived(TypedDict):
    """What the message id of SES tells. AWS does not document its layout: it is derived from public samples."""

    message_id: Annotated[str, "The id."]
    region: Annotated[str | None, "The region; null for a code that was not seen yet."]
    code: Annotated[str, "The code of the region in it."]
    accepted_at: Annotated[Time | None, "When SES took the mail."]


class Hop(TypedDict):
    """A `Received` header."""

    number: Annotated[Number, "From 1 at the top, the newest."]
    line: Annotated[Number | None, "Its line."]
    helo: Annotated[str | None, "How the sender called itself."]
    rdns: Annotated[str | None, "The name that the receiver found for the sender's address."]
    ip: Annotated[str | None, "That address."]
    by: Annotated[str | None, "The receiver."]
    time: Annotated[Time | None, "When it took the mail."]
    ses_name: Annotated[str | None, "The sender's name where it is one of SES's outgoing hosts."]
    ses_region: Annotated[str | None, "The region in that name."]


class Signature(TypedDict):
    """A DKIM signature."""

    domain: Annotated[str, "Who signed."]
    selector: Annotated[str | None, "With which selector."]
    line: Annotated[Number | None, "Its line."]


class MethodResult(TypedDict):
    """A result of authentication."""

    method: Annotated[str, "`dkim`, `spf`, `dmarc`, `arc`, ..."]
    result: Annotated[str, "`pass`, `fail`, ..."]
    identity: Annotated[str | None, "What was checked."]
    selector: Annotated[str | None, "The selector of a DKIM signature."]


class Results(TypedDict):
    """The results that one server recorded."""

    server: Annotated[str, "The server."]
    line: Annotated[Number | None, "Their line."]
    results: Annotated[list[MethodResult], "The results."]


class ArcStep(TypedDict):
    """A step of an ARC chain."""

    instance: Annotated[int, "Its number."]
    sealed_by: Annotated[str | None, "Who sealed it."]
    validation: Annotated[str | None, "The seal's `cv`: `none`, `pass`, `fail`."]
    complete: Annotated[bool, "All three headers are there."]
    results: Annotated[Results | None, "The results that it keeps."]


_MessageStart = TypedDict(
    "_MessageStart", {"from": Annotated[str | None, "The address of From."]}
)  # `from` cannot be the name of a field in a class


class MessageHeaders(_MessageStart):
    """The headers, reduced to what tells the way of the mail."""

    path: Annotated[str, "The file."]
    member: Annotated[str | None, "The path inside an archive."]
    envelope_sender: Annotated[str | None, "Return-Path; empty for a bounce."]
    message_id: Annotated[str | None, "Message-ID."]
    date: Annotated[Time | None, "Date."]
    own_dkim: Annotated[str, "The result for a signature of the sender's own domain; `none`, `unknown`."]
    ses_dkim: Annotated[str, "The result for the signature of amazonses.com."]
    spf: Annotated[str | None, "The result of SPF."]
    dmarc: Annotated[str | None, "The result of DMARC."]
    received_hop: Annotated[Hop | None, "The hop by which it reached the recipient's servers."]
    hop_count: Annotated[Size, "All `Received` headers; `hops` is bounded."]
    hops: Annotated[list[Hop], "The `Received` headers."]
    signatures: Annotated[list[Signature], "The DKIM signatures."]
    results: Annotated[list[Results], "The results of authentication."]
    arc: Annotated[list[ArcStep], "The ARC chain."]
    problems: Annotated[list[str], "What is wrong with the headers."]


class Mail(ReadHead):
    """What `sestriage mail --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    verdict: Annotated[MailVerdict, "The answer."]
    region: Annotated[str | None, "The region of SES that sent it."]
    derived: Annotated[Derived | None, "What the message id tells; null without one of SES."]
    message: Annotated[MessageHeaders, "The headers."]
    findings: Annotated[list[FindingWithFixes], "What is wrong, the worst first."]
