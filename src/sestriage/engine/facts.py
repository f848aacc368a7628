"""The facts that the rules are held against, for one attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.reading.inputs import Inputs
from sestriage.engine.reading.lost import note_lost
from sestriage.formats.guard import Guard
from sestriage.model.facts import FactBase
from sestriage.model.log import LogEvent

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.config import SmtpSettings
    from sestriage.model.known.servers import MailServer
    from sestriage.model.mail import DeliveredMail
    from sestriage.model.transcript import Transcript
    from sestriage.model.trust import Certificate, TrustPath

READABLE = ("clear", "decrypted")
"""Visibilities of a served chain that can be judged."""


_HANDED_IN_WITH_A_FACT = (
    *("dns.answer", "trust.store", "trust.path", "config.tls_ciphers", "tls.certificate"),
    *("config.smtp", "config.action", "mail.delivered"),
)
"""Kinds that count as handed in when there is a fact of them."""


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What is judged of one attempt: its streams (only the first of a double connect), events, and trust decisions."""

    streams: tuple[Stream, ...]
    events: tuple[LogEvent, ...]
    paths: tuple[TrustPath, ...]


def trust_paths(
    draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs, now: datetime
) -> tuple[TrustPath, ...]:
    """Java's decision on each served chain of the attempt, for each store that could be read.

    Validity is judged at the time of the conversation, else of the log, else now. An attempt that shows no chain
    borrows the one that another client was served (`engine.other_clients`).
    """
    if not collected.stores:
        return ()
    from sestriage.engine.other_clients import stores_for

    stores = stores_for(draft, collected)
    from sestriage.pki.keytool_listing import decide_with

    paths: list[TrustPath] = []
    for stream in streams:
        tls = stream.tls
        if tls is None or not tls.certificates or tls.certificates_visibility not in READABLE:
            continue
        at, basis = _moment(stream, draft, now)
        host = _expected_host(stream, draft)
        for store in stores:
            with Guard(partial(note_lost, collected, store.source, "trust-store")):
                paths.append(decide_with(tls.certificates, store, at, basis, host))
    if paths or not collected.transcripts:
        return tuple(paths)
    from sestriage.engine.other_clients import borrowed_paths

    return tuple(borrowed_paths(draft, streams, collected, now))


def _moment(stream: Stream, draft: AttemptDraft, now: datetime) -> tuple[datetime, str]:
    if stream.started is not None:
        return stream.started, "capture"
    if draft.log_ended is not None:
        return draft.log_ended, "log"
    return now.astimezone(UTC), "now"


def _expected_host(stream: Stream, draft: AttemptDraft) -> str | None:
    """The name that the client compares with the certificate: the configured host, else what SNI or DNS show."""
    from_log = next((t.event.host for t in reversed(draft.events) if t.event.host), None)
    return from_log or stream.host


def build(judged: AttemptFacts, draft: AttemptDraft, collected: Inputs) -> FactBase:
    """The fact base of one attempt. A kind is handed in when readable evidence of it covers this attempt."""
    streams = (*judged.streams, *_key_exchanges(draft, judged.streams, collected))
    sessions = tuple(s.tls for s in streams if s.tls is not None)
    borrowed = _borrowed_chain(draft, judged.streams, collected)
    certificates = _served(judged.streams if borrowed is None else (borrowed.stream,))
    facts: dict[str, tuple[object, ...]] = {
        "log.event": judged.events,
        "dns.lookup": tuple(draft.lookups),
        "dns.answer": tuple(answer for answer in collected.answers if answer.name == draft.host),
        "tcp.stream": streams,
        "tcp.connection": tuple(s.tcp for s in streams),
        "smtp.dialogue": tuple(s.smtp for s in streams if s.smtp is not None),
        "tls.handshake": sessions,
        "tls.certificate": certificates,
        "server.chain": () if borrowed is None else (_as_of(borrowed.stream, draft),),
        "trust.path": judged.paths,
        "trust.store": tuple(collected.stores),
        "config.tls_ciphers": tuple(collected.cipher_lists),
        "mail.delivered": delivered_mails(collected),
        **_settings(collected.settings),
    }
    handed_in = {kind for kind in _HANDED_IN_WITH_A_FACT if facts.get(kind)}
    if judged.events or not streams:
        handed_in.add("log.event")
    if streams or _covered(draft, collected):
        handed_in |= {"tcp.stream", "tcp.connection", "smtp.dialogue", "tls.handshake"}
    if draft.lookups or any(capture.dns for capture in collected.captures):
        handed_in.add("dns.lookup")
    return _without_ses_answers(FactBase.about(facts, handed_in))


def _without_ses_answers(base: FactBase) -> FactBase:
    """What somebody found out about credentials or an account of SES says nothing where another server was spoken
    to: settings that name no server and nothing else of the form are such an answer."""
    if all(server.may_be_ses for server in cast("tuple[MailServer, ...]", base.of("smtp.server"))):
        return base
    settings = cast("tuple[SmtpSettings, ...]", base.of("config.smtp"))
    kept = tuple(each for each in settings if each.server or each.user is not None or each.sender or each.port)
    facts = {kind: found for kind, found in base.facts.items() if kind != "config.smtp"}
    return replace(base, facts=facts | _settings(kept), handed_in=base.handed_in - {"config.smtp"} | _kinds(kept))


def _kinds(settings: Sequence[SmtpSettings]) -> set[str]:
    return set(_settings(settings))


def delivered_mails(collected: Inputs) -> tuple[DeliveredMail, ...]:
    """The mails in the evidence, compared with the settings in it."""
    if not collected.mails:
        return ()
    from sestriage.engine.mail.check import Known, assess

    settings = collected.settings[0] if len(collected.settings) == 1 else None
    mails: list[DeliveredMail] = []
    for headers in collected.mails:
        with Guard(partial(note_lost, collected, headers.source, "mail")):
            mails.append(assess(headers, Known.of(settings)))
    return tuple(mails)


def _settings(settings: Sequence[SmtpSettings]) -> dict[str, tuple[object, ...]]:
    if not settings:
        return {}
    from sestriage.engine.settings import settings_facts

    return settings_facts(settings)


def _key_exchanges(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> tuple[Stream, ...]:
    if not collected.transcripts:
        return ()
    from sestriage.engine.other_clients import dialogues_for, key_exchanges_for

    shown = (
        *key_exchanges_for(draft, streams, collected),
        *(_as_of(stream, draft) for stream in dialogues_for(draft, streams, collected)),
    )
    return tuple({id(stream): stream for stream in shown}.values())


def _borrowed_chain(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> Transcript | None:
    if not collected.transcripts:
        return None
    from sestriage.engine.other_clients import leaf_for

    return leaf_for(draft, streams, collected)


def _as_of(stream: Stream, draft: AttemptDraft) -> Stream:
    """A conversation of another client, as far as it speaks for the attempt: its names and dates are held against the
    attempt's server and time where the run does not tell its own."""
    return replace(stream, server_name=stream.server_name or draft.host, started=stream.started or draft.ended)


def _served(streams: Sequence[Stream]) -> tuple[Certificate, ...]:
    return tuple(
        certificate
        for stream in streams
        if stream.tls is not None and stream.tls.certificates_visibility in READABLE
        for certificate in stream.tls.certificates
    )


def _covered(draft: AttemptDraft, collected: Inputs) -> bool:
    """A capture ran while the attempt took place, although it holds no conversation of it."""
    at = draft.log_ended
    return at is not None and any(
        capture.started is not None and capture.ended is not None and capture.started <= at <= capture.ended
        for capture in collected.captures
    )
