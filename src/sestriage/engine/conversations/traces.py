"""TLS handshakes that the JVM traced (`-Djavax.net.debug`): which attempt each belongs to, and what is said of them.

A trace does not say for whom the handshake was. It belongs to the attempt whose result the same thread logged next;
where a form names no thread, to the one that failed with the same words. A trace alone is of a mail only if its host is
known as a mail server's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sestriage.engine.attempts import TERMINAL, AttemptDraft
from sestriage.engine.order import Timed
from sestriage.engine.reading.inputs import Inputs
from sestriage.engine.reading.trace_watch import MARKS
from sestriage.model.capture import Capture
from sestriage.model.known.servers import is_service_host
from sestriage.model.known.ses import host_form
from sestriage.model.log import LogEvent
from sestriage.model.message import Message, cut, together
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.source import SourceRef
from sestriage.model.transcript import TlsTrace
from sestriage.model.trust import Certificate

MAX_LINES: Final = 5000
"""Lines of a log between a handshake and what its thread logs of it."""
SOON: Final = timedelta(seconds=30)
"""Likewise in time."""
MAX_NOTES: Final = 6


@dataclass(frozen=True, slots=True)
class Traced:
    """The traces of a case: those of attempts, those that are attempts because nothing else is one, and the rest."""

    given: tuple[TlsTrace, ...] = ()
    rest: tuple[TlsTrace, ...] = ()
    attempts: list[AttemptDraft] = field(default_factory=list)

    @classmethod
    def of(cls, drafts: Sequence[AttemptDraft], collected: Inputs) -> Traced:
        """Adds each trace to the conversations of its attempt, unless a capture shows that one."""
        traces = [trace for log in (*collected.logs, *collected.other_logs) for trace in log.traces]
        if not traces:
            return cls()
        given = _given(drafts, traces)
        if not drafts:
            given = [trace for trace in traces if _is_mail_server(trace.stream.host)]
        rest = tuple(trace for trace in traces if trace not in given)
        return cls(tuple(given), rest, [] if drafts else [_attempt(trace) for trace in given])

    @property
    def captures(self) -> list[Capture]:
        """The conversations of attempts, for the report's pictures."""
        return [
            Capture(trace.source, (trace.stream,), started=trace.stream.started, ended=trace.stream.ended)
            for trace in self.given
        ]

    def notes(self) -> list[str]:
        """What the traces of attempts show, and that others are not shown to be of a mail."""
        shown = [_at(trace, note) for trace in self.given[-1:] for note in _shown(trace)]
        return shown + [_at(trace, _not_mail(trace)) for trace in self.rest[-MAX_NOTES:]]


def notes_of_text(text: str, name: str) -> list[str]:
    """What the traces of a pasted text show, whosever they are."""
    if not any(mark.decode() in text for mark in MARKS):
        return []
    from sestriage.formats.transcript.jsse import read_traces

    traces = read_traces(text.encode("utf-8", "replace"), SourceRef(name))
    return [_at(trace, note) for trace in traces[-MAX_NOTES:] for note in _shown(trace)]


def _is_mail_server(host: str | None) -> bool:
    """The name of SES's or another public service's SMTP server; that of an HTTPS API is none."""
    form = host_form(host)
    if form is not None:
        return form.is_endpoint or form.kind == "mail-manager"
    return host is not None and is_service_host(host.lower())


def _given(drafts: Sequence[AttemptDraft], traces: Sequence[TlsTrace]) -> list[TlsTrace]:
    given: list[TlsTrace] = []
    for draft in drafts:
        told = next((t.event for t in reversed(draft.events) if t.event.outcome in TERMINAL), None)
        if told is None or any(s.tls is not None and s.tls.client_hello_seen for s in draft.streams):
            continue
        fitting = [trace for trace in traces if trace not in given and _tells_of(trace, told)]
        if fitting:
            given.append(max(fitting, key=lambda trace: trace.source.line or 0))
            draft.streams.append(given[-1].stream)
    return given


def _attempt(trace: TlsTrace) -> AttemptDraft:
    """A handshake with a known mail server as an attempt, where the evidence tells of no other."""
    failed = [Timed(trace.failure, trace.failure.time)] if trace.failure is not None else []
    return AttemptDraft(failed, [trace.stream])


def _tells_of(trace: TlsTrace, event: LogEvent) -> bool:
    """The handshake is that of which the event tells the result."""
    threads = (trace.thread, event.thread)
    if None in threads:
        same = trace.failure is not None and _same_words(trace.failure, event)
    else:
        same = trace.thread == event.thread
    return same and _same_host(trace, event) and _near(trace, event) and _fits(trace, event)


def _same_words(one: LogEvent, other: LogEvent) -> bool:
    return bool(one.root_message) and str(one.root_message) in other.text


def _same_host(trace: TlsTrace, event: LogEvent) -> bool:
    host = trace.stream.host
    return host is None or event.host is None or host.rstrip(".") == event.host.rstrip(".")


def _near(trace: TlsTrace, event: LogEvent) -> bool:
    """The event stands behind the handshake, in its file or (both with a zone) at its time."""
    begun, ended, time = trace.stream.started, trace.stream.ended, event.time
    timed = False
    if begun is not None and ended is not None and time is not None and time.tzinfo is not None:
        if not begun - timedelta(seconds=1) <= time <= ended + SOON:
            return False
        timed = True
    if trace.source.file != event.source.file:
        return timed and trace.thread is not None
    first, last = trace.source.line or 0, trace.source.end_line or 0
    line = event.source.end_line or event.source.line or 0
    return first < line and (event.source.line or 0) - last <= MAX_LINES


def _fits(trace: TlsTrace, event: LogEvent) -> bool:
    """A handshake that failed is not that of a later step, and one that was finished not of a failed handshake."""
    tls = trace.stream.tls
    finished = tls is not None and tls.completed
    if event.outcome == "success":
        return finished
    if event.phase is None:
        return True
    if event.phase in TLS_STEPS:
        return not finished
    return finished and event.phase.rank > Phase.CERTIFICATE.rank


# --- what is said of them ------------------------------------------------------------------------------------------


def _at(trace: TlsTrace, note: str) -> str:
    return together(str(trace.source), note, between=": ")


def _not_mail(trace: TlsTrace) -> str:
    host = trace.stream.host
    return Message(
        "a TLS handshake {to}, traced by javax.net.debug: {end}. Nothing shows that it was made for a mail, so it does"
        " not count.",
        to=Message("to {host}", host=host) if host else Message("to a server that it does not name"),
        end=_end(trace),
    )


def _end(trace: TlsTrace) -> str:
    tls = trace.stream.tls
    if trace.failure is not None:
        return Message("it failed (`{quote}`)", quote=cut(trace.failure.quote, 200))
    if tls is not None and tls.completed:
        return Message("it was finished")
    return Message("its end is not there")


def _shown(trace: TlsTrace) -> Iterator[str]:
    tls = trace.stream.tls
    if tls is None:
        return
    if tls.server_hello_seen:
        parts = (tls.version, tls.cipher, f"DH {tls.dh_bits} bits" if tls.dh_bits else tls.group)
        yield Message(
            "the trace of this handshake (javax.net.debug) shows what the server chose: {how}.",
            how=", ".join(part for part in parts if part),
        )
    else:
        yield Message(
            "the trace of this handshake (javax.net.debug) shows no ServerHello. The client offered {versions} and"
            " {count} cipher suites.",
            versions=", ".join(tls.offered_versions) or Message("versions that it does not show"),
            count=len(tls.offered_ciphers),
        )
    if tls.certificates:
        yield Message("the server sent: {chain}.", chain=together(*map(_printed, tls.certificates[:5]), between="; "))
    for alert in tls.alerts:
        if alert.level == "fatal":
            sender = Message("the client") if alert.sender == "client" else Message("the server")
            yield Message("{sender} sent the alert {alert}.", sender=sender, alert=alert.description)
    yield from _trust(trace)


def _trust(trace: TlsTrace) -> Iterator[str]:
    if trace.decision == "trusted":
        yield Message("the client's trust manager accepted the chain.")
    elif trace.decision == "refused":
        yield Message("the client's trust manager refused the chain.")
    if trace.store is not None and trace.store_size is not None:
        yield Message(
            "the JVM had read the trust store `{store}`: {count} trusted certificate(s).",
            store=trace.store,
            count=trace.store_size,
        )
    elif trace.store is not None:
        yield Message("the JVM had read the trust store `{store}`.", store=trace.store)


def _printed(certificate: Certificate) -> str:
    dates = f", {certificate.not_before:%Y-%m-%d} - {certificate.not_after:%Y-%m-%d}" if _dated(certificate) else ""
    names = ", ".join(certificate.dns_names[:5])
    return Message(
        "`{subject}`, issued by `{issuer}` (serial number {serial}{dates}{names})",
        names=Message(", valid for {names}", names=names) if names else "",
        subject=certificate.subject or "?",
        issuer=certificate.issuer or "?",
        serial=certificate.serial or "?",
        dates=dates,
    )


def _dated(certificate: Certificate) -> bool:
    return certificate.not_before is not None and certificate.not_after is not None
