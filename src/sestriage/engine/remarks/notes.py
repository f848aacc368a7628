"""What a reader must know beside the cause: contradictions between pieces of evidence, and notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.clock import Alignment, other_zone
from sestriage.engine.conversations.notes import capture_notes
from sestriage.engine.decide import Decision
from sestriage.engine.facts import delivered_mails
from sestriage.engine.join import is_bystander
from sestriage.engine.lasting import lasting_notes
from sestriage.engine.message_ids import tie_contradictions, tie_notes
from sestriage.engine.other_clients import STORES_OF_JAVA, transcript_notes
from sestriage.engine.reading.collect import Inputs
from sestriage.engine.remarks.against import failure_against_stores, failure_against_wire, far_clocks
from sestriage.engine.remarks.second_faults import second_faults, second_faults_note
from sestriage.engine.settings import settings_contradictions
from sestriage.engine.stream_phase import accepted, failing_phase, is_mail, left_unused
from sestriage.model.capture import Stream
from sestriage.model.known.hostnames import is_address, is_host_name
from sestriage.model.known.relays import RELAYS
from sestriage.model.message import Message, together
from sestriage.model.phase import TLS_STEPS
from sestriage.model.trust import TrustPath
from sestriage.model.verdict import Attempt, Contradiction, Evidence, Outcome
from sestriage.rules.fixes.case import other_program
from sestriage.rules.texts.cite_facts import store_answer

if TYPE_CHECKING:
    from sestriage.model.capture import Stream


def contradictions_of(decision: Decision, collected: Inputs) -> tuple[Contradiction, ...]:
    """Evidence about the newest attempt that does not go together."""
    found = [
        Contradiction(
            finding.contradiction or together(finding.rule, _CONFLICT_READING, between=": "), finding.conflicts
        )
        for finding in decision.findings
        if finding.conflicts
    ]
    found += _success_against_wire(decision)
    found += _success_against_stores(decision)
    apart = failure_against_wire(decision)
    found += apart or failure_against_stores(decision.attempt, decision.paths)
    found += _stores_disagree(decision.paths)
    found += settings_contradictions(collected.settings, decision.attempt)
    found += tie_contradictions(decision.attempt)
    return tuple(found)


_CONFLICT_READING = Message(
    "the log and the supplied configuration do not agree; usual reasons are that the file is not the one the "
    "service uses, that the container was not restarted after a change, or that the log is of another service"
)


def _success_against_wire(decision: Decision) -> list[Contradiction]:
    attempt = decision.attempt
    broken = [s for s in attempt.streams if failing_phase(s) is not None]
    if attempt.outcome is not Outcome.ACCEPTED or not broken or any(accepted(s) for s in attempt.streams):
        return []
    evidence = (
        *attempt.outcome_evidence,
        *(Evidence(s.source, Message("this conversation broke off")) for s in broken),
    )
    text = Message("the log reports success, but the conversation of the same time broke off")
    return [Contradiction(text, evidence)]


def _success_against_stores(decision: Decision) -> list[Contradiction]:
    attempt, paths = decision.attempt, decision.paths
    if attempt.outcome is not Outcome.ACCEPTED or not paths or any(p.status != "no-path" for p in paths):
        return []
    stores = (Evidence(p.store, store_answer(p), "trust.path") for p in paths)
    text = Message(
        "the mail was accepted, but the supplied trust store does not lead to the served chain: it is not the"
        " store that the service used, or was changed since, or this release does not check the certificate"
    )
    return [Contradiction(text, (*attempt.outcome_evidence, *stores))]


def _stores_disagree(paths: Sequence[TrustPath]) -> list[Contradiction]:
    good = [p for p in paths if p.status == "trusted"]
    bad = [p for p in paths if p.status in ("no-path", "invalid", "empty-store")]
    if not good or not bad:
        return []
    evidence = tuple(Evidence(p.store, store_answer(p), "trust.path") for p in (*good, *bad))
    text = Message("the trust stores supplied disagree; find out which one the mail service uses")
    return [Contradiction(text, evidence)]


def notes_of(
    decision: Decision,
    decisions: Sequence[Decision],
    collected: Inputs,
    alignment: Alignment | None,
) -> tuple[str, ...]:
    """Sentences on what the verdict rests on and what it cannot say."""
    notes: list[str] = []
    notes += _zone_note(decision, collected, alignment)
    notes += _year_note(decision)
    notes += _day_note(decision)
    notes += far_clocks(decisions)
    notes += _no_host_name_note(decision)
    notes += _other_program_note(decision, collected)
    notes += _second_connect_note(decision)
    notes += second_faults_note(second_faults(decision.attempt, decision.paths)) or _hidden_cause_note(decision)
    notes += _unused_session_note(decision)
    notes += _hidden_alert_note(decision.attempt)
    notes += capture_notes(decision.attempt.streams, collected.captures)
    notes += transcript_notes(decision.attempt, decision.paths, collected)
    notes += lasting_notes(decision.paths)
    notes += tie_notes(decision.attempt, delivered_mails(collected))
    notes += unread_notes(collected)
    return tuple(notes)


def _zone_note(decision: Decision, collected: Inputs, alignment: Alignment | None) -> list[str]:
    if alignment is None or not collected.captures:
        return []
    if alignment.found:
        return [Message("The log has no time zone; its times fit the captures as {offset}.", offset=alignment.text)]
    return [Message("The log has no time zone and no offset makes it fit the captures; its times are taken as UTC.")]


def _year_note(decision: Decision) -> list[str]:
    if not any(event.year_lent for event in decision.attempt.events):
        return []
    return [
        Message(
            "The time stamps of the log name no year. The year shown is the latest in which they do not lie after the"
            " day on which the file was last written (today, where that is not known)."
        )
    ]


def _day_note(decision: Decision) -> list[str]:
    if not any(event.day_unsure for event in decision.attempt.events):
        return []
    return [
        Message(
            "The dates of the log do not show whether day or month stands first (as in 05/10/2026). The dates shown"
            " take the month first; it may be the other way around."
        )
    ]


def zone_doubts(collected: Inputs, streams: Sequence[Stream], zone: tzinfo | None) -> tuple[str, ...]:
    """A zone that the user gave and that separates what belongs together."""
    found = other_zone([event for log in collected.logs if log.placed for event in log.events], streams)
    if zone is None or found is None:
        return ()
    return (
        Message(
            "With the given time zone no logged attempt falls on a captured conversation; with {offset} they meet"
            " (--utc-offset {value}).",
            offset=found.text,
            value=found.text[3:9],
        ),
    )


def _no_host_name_note(decision: Decision) -> list[str]:
    name = decision.attempt.host
    if not name or is_host_name(name) or is_address(name):
        return []
    return [
        Message(
            "What stands for the server's name in the evidence is no host name. The commands below leave it out: set"
            " SMTP_SERVER before you run one."
        )
    ]


def _other_program_note(decision: Decision, collected: Inputs) -> list[str]:
    program = other_program(decision.attempt.events)
    if program is None:
        return []
    relay = RELAYS.get(program)
    notes: list[str] = [
        Message(
            "A program in {language} wrote these lines, not the Manager's mail service. Where a step names the SMTP"
            " Configuration, the Trust Store or the machine of the Manager, look at the settings, the trusted CAs and"
            " the machine of that program; where it names the mail action or a Test Action, at a mail that it sends.",
            language=program,
        )
        if relay is None
        else Message(
            "{program} wrote these lines, not the Manager's mail service. Where a step names the SMTP Configuration,"
            " the Trust Store or the machine of the Manager, look at those of {program} ({settings}); where it names"
            " the mail action, at the mail that {program} was given; where it names a Test Action, send a mail through"
            " {program}.",
            program=program,
            settings="; ".join((relay.server, relay.trusted_cas)),
        )
    ]
    store = next((store for store in collected.stores if store.readable and store.format in STORES_OF_JAVA), None)
    if store is not None:
        notes.append(
            Message(
                "{program} does not check with a key store of Java: {place} was not compared with what it was served.",
                program=program,
                place=str(store.source),
            )
        )
    return notes


def _second_connect_note(decision: Decision) -> list[str]:
    if not decision.dropped_log:
        return []
    places = ", ".join(str(event.source) for event in decision.dropped_log)
    return [
        Message(
            "The client connected twice within a second (JavaMail falls back to the default socket factory). The logged"
            " exception ({places}) belongs to the second connection, which used another trust store;"
            " the first connection is the one that counts.",
            places=places,
        )
    ]


def bystander_notes(drafts: Sequence[AttemptDraft], streams: Sequence[Stream]) -> list[str]:
    """The newest session without a command that no logged attempt has, where there are logged attempts."""
    joined = {id(stream) for draft in drafts for stream in draft.streams}
    left = [stream for stream in streams if id(stream) not in joined and is_mail(stream) and is_bystander(stream)]
    if not left or not any(draft.events for draft in drafts):
        return []
    return [
        Message(
            "A TLS session was opened and left without a command ({place}), and no attempt in the log has it: a test by"
            " hand, or a monitor. It is not judged.",
            place=str(left[-1].source),
        )
    ]


def _hidden_alert_note(attempt: Attempt) -> list[str]:
    """A handshake of TLS 1.3 that the client broke off: that it did is seen, and why is not."""
    stream = attempt.streams[-1] if attempt.streams and attempt.outcome is Outcome.UNDETERMINED else None
    tls = stream.tls if stream is not None else None
    if stream is None or tls is None or tls.version != "TLSv1.3" or tls.client_finished or tls.alerts:
        return []
    if tls.encrypted_alerts != ("client",) or stream.tcp.missing_bytes or stream.tcp.one_sided:
        return []
    frame = next((each.frame for each in reversed(tls.messages) if each.name == "Alert"), None)
    return [
        Message(
            "The client ended the TLS handshake with an alert before it had finished ({place}). TLS 1.3 encrypts the"
            " reason, and the certificates: whether it refused the certificate cannot be seen here.",
            place=str(stream.source.at_frame(frame)),
        )
    ]


def _unused_session_note(decision: Decision) -> list[str]:
    """What a session without a command may be, where the certificate bears the name that was asked for."""
    attempt = decision.attempt
    unused = next((s for s in attempt.streams if left_unused(s) and s.leaf_fits_host), None)
    if unused is None or attempt.outcome is Outcome.ACCEPTED or attempt.finding is not None:
        return []
    notes: list[str] = [
        Message(
            "The client finished the TLS handshake and closed without a command ({place}); the certificate has the"
            " name. That is no refused certificate: a second connection of the same attempt, a test by hand (openssl"
            " s_client with its input at an end), or a client that gave up for a reason of its own.",
            place=str(unused.source),
        )
    ]
    bad = [path for path in decision.paths if path.status in ("no-path", "invalid", "empty-store")]
    if bad and len(bad) == len(decision.paths):
        notes.append(
            Message(
                "The trust store at hand ({place}) does not lead to that chain: whoever finished this handshake did not"
                " check with it.",
                place=str(bad[0].store),
            )
        )
    return notes


_BEFORE_ANY_KEY = frozenset(
    {"smtps-on-starttls-port", "plaintext-in-handshake", "client-cannot-offer-tls", "own-certificate-too-weak"}
)
"""Failures of the TLS phase in which no key exchange and no certificate was looked at yet."""
_AFTER_BOTH = re.compile(
    r"certificate[_ ]required|verify identity of server|Server identity does not match|Server is not trusted: "
    r"|TLS connection established to "
)
"""What is said when the key exchange and the certificate check are over: the alert of a TLS 1.3 server that got no
certificate; JavaMail's own checks (the name, its list of trusted servers), which follow the handshake; and what Postfix
says of a finished one."""


def _hidden_cause_note(decision: Decision) -> list[str]:
    attempt = decision.attempt
    finished = any(s.tls is not None and s.tls.client_finished for s in attempt.streams)
    cause = attempt.finding
    told = cause is not None and (cause.caution or cause.of_server or cause.rule in _BEFORE_ANY_KEY)
    behind = any(_AFTER_BOTH.search(text) for event in attempt.events for text in (event.text, event.alert or ""))
    if attempt.phase not in TLS_STEPS or finished or told or behind:
        return []
    return [
        Message(
            "A second problem may be hidden: this attempt may not have reached both the certificate check and the key"
            " exchange. Run the Test Action again after the fix."
        )
    ]


def unread_notes(collected: Inputs) -> list[str]:
    """That files of a known kind could not be used: they could change the verdict."""
    unread = [note for note in collected.notes if note.problem and not note.used and note.kind != "other"]
    if not unread:
        return []
    if len(unread) == 1:
        file, problem = unread[0].source.file, unread[0].problem
        return [Message("Not all input could be used: {file} ({problem}).", file=file, problem=problem)]
    names = ", ".join(note.source.file for note in unread[:5]) + (" …" if len(unread) > 5 else "")
    return [Message("Not all input could be used: {names}.", names=names)]


MAX_MAILS = 3


def mail_notes(collected: Inputs) -> tuple[str, ...]:
    """What the mails among the files are good for, where nothing else tells of an attempt."""
    return tuple(
        Message(
            "{source} has an empty Return-Path, as bounces have. If it has a part message/delivery-status, a server"
            " took the mail it is about; that part says what became of it, and why (Diagnostic-Code).",
            source=mail.source,
        )
        if mail.envelope_sender == ""
        else Message(
            "{source} is a mail that was delivered: `sestriage mail` tells whether it went through Amazon SES.",
            source=mail.source,
        )
        for mail in collected.mails[:MAX_MAILS]
    )
