"""Which evidence is missing, why it would help, and the command that collects it."""

from __future__ import annotations

from dataclasses import replace

from sestriage.engine.alternatives import speaks_tls_first
from sestriage.engine.decide import Decision
from sestriage.engine.reading.collect import Inputs
from sestriage.model.capture import TcpConnection
from sestriage.model.command import joined, literal, mail_capture, s_client
from sestriage.model.known.appliance import LOG_PATH
from sestriage.model.known.proxy import proxy_port
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.message import Message
from sestriage.model.phase import Phase
from sestriage.model.verdict import Attempt, Confidence, Need, Outcome
from sestriage.model.vocabulary import ConnectionMode
from sestriage.rules.fixes.case import other_program

CAPTURE_FILE = "test-action.pcap"
"""What all commands for a capture write, and what tells them from others."""

NEED_LOG = Need(
    Message("the response-management log of the Manager, with one failed Test Action in it"),
    Message("it names the exception or the server's reply that stopped the mail"),
    literal(f"tail -n 2000 {LOG_PATH} > sw-response-mgmt.log"),
)
NEED_CAPTURE = Need(
    Message("a packet capture of one Test Action, taken on the Manager"),
    Message("it shows how far the connection got, who ended it and, without TLS 1.3, which certificates were served"),
    mail_capture(CAPTURE_FILE),
)
"""Its command is made for the server of the attempt, where one is known."""
NEED_CAPTURE_THERE = replace(
    NEED_CAPTURE, evidence=Message("a packet capture of one attempt, taken on the machine of the mail program")
)
"""For another mail program than the Manager's."""
WHO_ENDED_IT = Message(
    "it shows who ended the connection, and when; with TLS the mail commands and replies in it are encrypted"
)
"""What a capture is good for where the session came as far as the login."""
NEED_DEBUG = Need(
    Message("the log lines of the same moment as the capture"),
    Message("the conversation is encrypted: only the Manager's log says how it went on"),
    literal(f"tail -n 2000 {LOG_PATH} > sw-response-mgmt.log"),
)

NEED_REASON = replace(
    NEED_DEBUG,
    why=Message("the captured session ends in a way that no rule knows: the Manager's log may say why"),
)
"""For a session in clear text."""

NEED_REST = replace(
    NEED_DEBUG,
    why=Message("the capture does not have the whole conversation: the Manager's log says how it went on"),
)
"""For one of which only one direction, or only the first bytes of each packet, was captured."""
ONE_DIRECTION = Message(
    "a packet capture of one Test Action with both directions of the connection (the present one has only one)"
)
CUT_OFF = Message("a packet capture of one Test Action with whole packets (those of the present one are cut off)")

NEED_SECRETS = Need(
    Message("a run of openssl against the same server, captured, with its TLS secrets (hand in all three files)"),
    Message(
        "TLS 1.3 hides the certificates, the client's alert and the mail dialogue; the Manager's Java writes no"
        " secrets, openssl does, and is served the same chain"
    ),
    literal(""),
)
"""Its command is made for the server of the attempt."""


def needs_of(decision: Decision | None, collected: Inputs) -> tuple[Need, ...]:
    """The cheapest missing evidence first; nothing when the verdict is confirmed or the mail was accepted.

    Without any attempt the log comes first: a capture is asked for where a log tells of none, or once it is seen what
    the log leaves open (a proxy that was not reached leaves nothing in a capture that is read as mail).
    """
    if decision is None:
        return (NEED_LOG, NEED_CAPTURE) if collected.logs and not collected.captures else (NEED_LOG,)
    attempt = decision.attempt
    if attempt.outcome is Outcome.ACCEPTED:
        return ()
    needs: list[Need] = list(attempt.finding.needs) if attempt.finding is not None else []
    if attempt.finding is not None and attempt.finding.of_server:
        return (*needs, NEED_LOG)
    if attempt.outcome is Outcome.UNDETERMINED:
        needs.append(_beside_capture(attempt) if attempt.streams and not attempt.events else NEED_LOG)
        needs += _captured_again(attempt) if attempt.streams else [_capture(attempt)]
        needs += _secrets(attempt)
    elif attempt.finding is None or attempt.finding.confidence is not Confidence.CONFIRMED:
        needs += [] if attempt.events or _asks_for(needs, "sw-response-mgmt.log") else [NEED_LOG]
        seen = attempt.streams or _asks_for(needs, "tcpdump") or _stopped_at_proxy(attempt) or _was_answered(attempt)
        needs += [] if seen or _stopped_by_client(attempt) else [_capture(attempt)]
    return tuple(dict.fromkeys(need for need in needs if not _is_there(need, attempt)))


def _capture(attempt: Attempt) -> Need:
    """A capture of the server that the attempt was for."""
    proxies = [port for event in attempt.events if (port := proxy_port(event)) is not None]
    need = NEED_CAPTURE if other_program(attempt.events) is None else NEED_CAPTURE_THERE
    if attempt.phase is not None and attempt.phase.rank >= Phase.AUTH.rank:
        need = replace(need, why=WHO_ENDED_IT)
    return replace(need, command=mail_capture(CAPTURE_FILE, attempt.host, attempt.port, proxies))


def _captured_again(attempt: Attempt) -> list[Need]:
    """Another capture, where what is missing in this one would show how the attempt ended."""
    wanted = _partly(attempt)
    return [] if wanted is None else [replace(_capture(attempt), evidence=wanted)]


def _partly(attempt: Attempt) -> Message | None:
    """The capture that is wanted where those of an attempt have only a part of its conversation; None where they have
    all of it."""
    if any(stream.tcp.one_sided for stream in attempt.streams):
        return ONE_DIRECTION
    cut = any(stream.tcp.truncated_frames and stream.tcp.missing_bytes for stream in attempt.streams)
    return CUT_OFF if cut else None


def _stopped_at_proxy(attempt: Attempt) -> bool:
    """The log shows that the proxy itself was not reached: a capture has nothing of it that is read as mail."""
    return attempt.phase is Phase.TCP and any(proxy_port(event) is not None for event in attempt.events)


def _stopped_by_client(attempt: Attempt) -> bool:
    """The log shows that the client gave up over its own settings: nothing of it is in a capture."""
    return bool(attempt.events) and attempt.finding is not None and attempt.finding.phase is Phase.CONFIG


def _was_answered(attempt: Attempt) -> bool:
    """The log quotes the server's refusal of a login or of a later command: a capture of it holds no more, and within
    TLS less."""
    failures = [event for event in attempt.events if event.outcome == "failure"]
    event = failures[-1] if failures else None
    if event is None or event.reply is None or event.reply.code < 400:
        return False
    late = event.phase is not None and event.phase.rank >= Phase.AUTH.rank
    return late or speaks_tls_first(event)


def _is_there(need: Need, attempt: Attempt) -> bool:
    """A capture of this attempt shows its whole conversation from the beginning: none is asked for again."""
    whole = any(_is_whole(stream.tcp) for stream in attempt.streams)
    return whole and CAPTURE_FILE in str(need.command) and "tcpdump" in str(need.command)


def _is_whole(tcp: TcpConnection) -> bool:
    return tcp.syn_seen and not (tcp.missing_bytes or tcp.truncated_frames or tcp.one_sided)


def _beside_capture(attempt: Attempt) -> Need:
    """The log beside a conversation that does not show how it ended."""
    if _partly(attempt) is not None:
        return NEED_REST
    hellos = (s.tls.client_hello_seen or s.tls.server_hello_seen for s in attempt.streams if s.tls is not None)
    return NEED_DEBUG if any(hellos) else NEED_REASON


def _secrets(attempt: Attempt) -> list[Need]:
    """How to see what TLS 1.3 hides in the capture of an attempt; nothing where it hides nothing."""
    for stream in attempt.streams:
        if stream.tls is not None and stream.tls.certificates_visibility == "encrypted":
            mode: ConnectionMode = "starttls" if stream.tls.started_by == "starttls" else "wrapper"
            if stream.tls.started_by == "unknown":
                mode = PORT_MODES.get(stream.port, mode)
            client = s_client(stream.host, stream.port, mode)
            command = joined(client, " -showcerts -keylogfile tls-keys.txt </dev/null > s_client.txt 2>&1")
            return [replace(NEED_SECRETS, command=command)]
    return []


def _asks_for(needs: list[Need], word: str) -> bool:
    """A command with that word in it collects the evidence already."""
    return any(word in str(need.command) for need in needs)
