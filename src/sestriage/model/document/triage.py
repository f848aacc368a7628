"""The document of `sestriage triage`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.capture import Capture
from sestriage.model.document.parts import (
    Contradiction,
    Evidence,
    Finding,
    Fix,
    InputNote,
    Need,
    Place,
    ReadHead,
)
from sestriage.model.document.trust import Trust
from sestriage.model.document.words import (
    ConfidenceWord,
    GroundWord,
    Number,
    OutcomeWord,
    PhaseWord,
    Size,
    Socket,
    Time,
)
from sestriage.model.verdict import NothingToJudge, Proof


class Alternative(TypedDict):
    """Another reading of the same evidence."""

    rule: Annotated[str, "The id of the rule."]
    title: Annotated[str, "What it says."]
    why: Annotated[str, "The evidence that would settle it; empty where more of what is there already would."]


class Proven(TypedDict):
    """A step that worked."""

    phase: Annotated[PhaseWord, "The step."]
    ground: Annotated[GroundWord, "`observed`: it was seen; `implied`: the protocol implies it in the mode known."]
    proof: Annotated[Proof, "What shows it."]
    source: Annotated[str, "File and place of what shows it, in one text."]


class Verdict(TypedDict):
    """The answer, about the newest attempt."""

    outcome: Annotated[OutcomeWord, "How the attempt ended."]
    confidence: Annotated[ConfidenceWord | None, "How sure that is; null for `undetermined`."]
    evidence: Annotated[list[Evidence], "What shows it."]
    primary: Annotated[Finding | None, "The cause; null unless the outcome is `failed`."]
    alternatives: Annotated[list[Alternative], "Other readings of the same evidence."]
    contributing: Annotated[list[Finding], "Further rules that hold: warnings, and causes behind the first."]
    cleared: Annotated[list[PhaseWord], "The steps that worked."]
    proven: Annotated[list[Proven], "The ground of each step in `cleared`."]
    not_used: Annotated[list[PhaseWord], "Steps that the session is seen to have gone without."]
    contradictions: Annotated[list[Contradiction], "Evidence that does not go together."]
    needs: Annotated[list[Need], "Evidence that is missing, the cheapest first."]
    notes: Annotated[list[str], "Further sentences that a reader must know."]
    nothing_to_judge: Annotated[
        NothingToJudge | None,
        "Why there was nothing to judge: no file at all, no file of a known kind, or no attempt in the window of time;"
        " null when there was, or when only the attempt is missing.",
    ]


class StreamName(Place):
    """A conversation by its place and its ends."""

    client: Annotated[Socket, "address:port of the client."]
    server: Annotated[Socket, "address:port of the server."]


class Attempt(TypedDict):
    """An attempt of the Manager to send a mail, put together from log and captures."""

    started: Annotated[Time | None, "When it began; without a zone where none is known."]
    ended: Annotated[Time | None, "When it ended."]
    outcome: Annotated[OutcomeWord, "How it ended."]
    confidence: Annotated[ConfidenceWord | None, "How sure that is."]
    phase: Annotated[PhaseWord | None, "The step that failed, or that it came to."]
    rule: Annotated[str | None, "The rule that names the cause; null unless it failed."]
    host: Annotated[str | None, "The mail server."]
    port: Annotated[int | None, "Its port."]
    sources: Annotated[list[Place], "All places that tell of it."]
    evidence: Annotated[list[Evidence], "What shows how it ended."]
    streams: Annotated[list[StreamName], "Its conversations."]


class HandMadeTest(TypedDict):
    """A run of another client (openssl, the probe): what it shows of the server. Never an attempt of the Manager."""

    program: Annotated[str, "The client."]
    source: Annotated[str, "File and place of the run, in one text."]
    host: Annotated[str | None, "The server that it was told to ask."]
    port: Annotated[int | None, "Its port."]
    started: Annotated[Time | None, "When it was made."]
    proven: Annotated[list[Proven], "The steps that worked in it."]
    findings: Annotated[list[Finding], "Rules that hold for what it shows; empty beside an attempt of the Manager."]
    notes: Annotated[list[str], "What it shows, and what it does not."]


class CipherList(TypedDict):
    """A `tls-ciphers` file of the Manager."""

    path: Annotated[str, "The file."]
    member: Annotated[str | None, "The path inside an archive."]
    line: Annotated[Number | None, "The line of the list."]
    tokens: Annotated[list[str], "The tokens of the list, as written."]
    dhe_allowed: Annotated[bool, "The list as a whole allows DHE suites."]
    without_dhe: Annotated[str | None, "The same list without DHE; null when it allows none."]
    problem: Annotated[str | None, "What is wrong with the list."]


class SmtpForm(TypedDict):
    """An SMTP form with its e-mail action; of user name and password only the form."""

    path: Annotated[str, "The file."]
    member: Annotated[str | None, "The path inside an archive."]
    server: Annotated[str | None, "SMTP SERVER."]
    port: Annotated[int | None, "PORT."]
    encryption: Annotated[str | None, "`starttls`, `smtps` or `none`."]
    sender: Annotated[str | None, "FROM EMAIL."]
    user_shape: Annotated[str | None, "The form of the user name, never the name."]
    password_shape: Annotated[str | None, "The form of the password, never the password."]
    recipients: Annotated[list[str], "The e-mail action's To."]
    verified_identities: Annotated[list[str], "Domains and addresses that are verified in SES."]
    verified_region: Annotated[str | None, "The region in which they are."]
    sandbox: Annotated[bool | None, "The SES account is in the sandbox."]


class Config(TypedDict):
    """The Manager's configuration in the evidence."""

    tls_ciphers: Annotated[list[CipherList], "Its cipher lists."]
    smtp: Annotated[list[SmtpForm], "Its SMTP forms, as they were written down."]


class RulePack(TypedDict):
    """A folder of site rules that were used."""

    name: Annotated[str, "As its `pack.toml` says, else the folder's name."]
    version: Annotated[str | None, "As its `pack.toml` says."]
    digest: Annotated[str, "Names its rules: equal rules have equal digests."]


class Pseudonyms(TypedDict):
    """Keyed fingerprints of what stands behind the pseudonyms, by which `sestriage compare` knows equal names again."""

    key_id: Annotated[str, "Equal for reports that were made with one key."]
    fingerprints: Annotated[dict[str, str], "Pseudonym to fingerprint."]


class TriageInput(InputNote):
    """A file or archive member, and what became of it."""

    fault: Annotated[str | None, "The code of a fault of sestriage itself that lost something of it."]
    size: Annotated[Size | None, "Bytes."]
    detail: Annotated[str | None, "What is worth knowing of it."]


class CaseBlock(TypedDict):
    """A few lines for a ticket; null for what is not known or does not apply."""

    outcome: Annotated[str | None, "The outcome with its confidence."]
    cause: Annotated[str | None, "The cause, its rule, and the step that failed."]
    attempt: Annotated[str | None, "Time and server of the attempt."]
    evidence: Annotated[str | None, "The piece of evidence that counts most, with its place."]
    next_step: Annotated[str | None, "What to do first."]
    missing: Annotated[str | None, "The evidence that would help most."]
    read: Annotated[str | None, "The files that were handed in."]
    made_by: Annotated[str | None, "Version, digest of the rules and time."]


class Case(ReadHead):
    """The report on one Manager."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    case: Annotated[str | None, "The name of the Manager, where the input holds several."]
    verdict: Annotated[Verdict, "The answer."]
    fixes: Annotated[list[Fix], "What to do, in this order."]
    attempts: Annotated[list[Attempt], "All attempts, the oldest first; the verdict is about the last."]
    tests: Annotated[list[HandMadeTest], "Runs of other clients."]
    captures: Annotated[list[Capture], "The captures."]
    trust: Annotated[Trust, "Certificates and trust stores."]
    config: Annotated[Config, "Files of the Manager's configuration."]
    inputs: Annotated[list[TriageInput], "Every file and archive member, and what became of it."]
    rules_digest: Annotated[str | None, "Names the rules that were used: equal rules have equal digests."]
    rule_packs: Annotated[list[RulePack], "Site rules beside or instead of the packaged ones, in search order."]
    case_block: Annotated[CaseBlock, "A few lines for a ticket."]
    pseudonyms: Annotated[
        Pseudonyms | None, "With --key-file or --map; null without a key, and in a report that is not redacted."
    ]


class Triage(Case):
    """What `sestriage triage --format json` prints."""

    other_cases: Annotated[list[Case], "The reports on further Managers in the same input."]
