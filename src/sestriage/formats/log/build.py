"""From the collected lines of an event to a LogEvent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sys import intern
from typing import TYPE_CHECKING

from sestriage.formats.log.chain import FRAME, MORE, NESTED, BodyLine, ExceptionChain, parse_chain
from sestriage.formats.log.limits import MAX_EVENT_CHARS
from sestriage.formats.log.wording.facts_in_text import action_in, named_in
from sestriage.formats.log.wording.named_step import class_step, command_step
from sestriage.formats.log.wording.openssl_error import OpenSslError, alert_number, find_error, verify_code
from sestriage.formats.log.wording.outcome import Judgement, Subject, in_due_handshake, judge
from sestriage.formats.log.wording.phases import CERTIFICATE, TLS, PhaseClue, in_handshake, in_tls, place
from sestriage.formats.log.wording.postfix import relay_step
from sestriage.formats.log.wording.programs import language_of, program_of
from sestriage.formats.log.wording.python_trace import PythonFrame, smtplib_step, without_traceback
from sestriage.formats.log.wording.ruby_trace import net_smtp_step
from sestriage.formats.log.wording.smtp_reply import reply_after_response, reply_at_start, reply_in
from sestriage.formats.log.wording.text import shorten
from sestriage.formats.log.wording.vocabulary import ACCEPTED_REPLY, ONLY_CLOSING
from sestriage.model.known.own_words import own_words, without_names
from sestriage.model.known.ses import host_form
from sestriage.model.log import MAX_QUOTE_CHARS, LogEvent, SmtpReply, Throwable
from sestriage.model.message import Cut
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.vocabulary import ConnectionMode

if TYPE_CHECKING:
    from sestriage.formats.log.grouping import EventDraft
    from sestriage.formats.log.maildebug import Talk

_ALERT = re.compile(r"Received fatal alert: (?P<name>[a-z_]{3,40})")
_MECHANISM = r"(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|SCRAM-SHA-\d{1,3}|OAUTHBEARER)"
_AUTH_SECRET = re.compile(
    rf"(?P<keep>\bAUTH {_MECHANISM}\s+)(?!command|succeeded|failed|mechanism|trace|{_MECHANISM}(?![A-Za-z0-9+/=]))"
    r"[A-Za-z0-9+/=]{4,}",
    re.IGNORECASE,
)
"""What is sent behind a mechanism; another mechanism there is the server's offer."""
_AFTER_334 = re.compile(
    r"(?P<keep>\b334 \S*\s*(?:\n(?:[^\n]{0,120}?[\s:>])?|\s>> ))[A-Za-z0-9+/]{4,}={0,2}(?=\s*(?:\n|$)|\s<< )"
)
_NOT_ACCEPTED = re.compile(r"\bx509: (?:certificate|cannot validate)|\bPeer certificate CN=.{1,260} did not match")
_SES_NAME = "email-smtp"
_REPLYING = frozenset(
    (
        *(
            "AuthenticationFailedException",
            "SMTPSendFailedException",
            "SMTPAddressFailedException",
            "SMTPSenderFailedException",
        ),
        *("MessagingException", "MailSendException", "MailAuthenticationException", "SendFailedException"),
    )
)
"""Exceptions whose message is the server's reply, or begins with it."""


@dataclass(frozen=True, slots=True)
class _Technical:
    """The technical signs in the text."""

    reply: SmtpReply | None
    openssl: OpenSslError | None
    alert: str | None
    verify: int | None
    not_accepted: bool
    """Go's or PHP's words for a certificate that is not accepted."""

    @property
    def failing(self) -> bool:
        """At least one of them says that something failed."""
        return (
            (self.reply is not None and self.reply.code >= 400)
            or self.openssl is not None
            or self.alert is not None
            or bool(self.verify)
            or self.not_accepted
        )


def build(
    draft: EventDraft, source: SourceRef, reference: datetime | None = None, *, keep_all: bool = True
) -> tuple[LogEvent | None, str]:
    """Everything that the lines of an event say, and the words by which the quoted line was found (empty: none were).

    None for chatter unless `keep_all`. `reference` as for `stamp_at`.
    """
    body = draft.body(reference)
    chain = parse_chain(body)
    ordered = chain.ordered
    told, python = without_traceback(chain.message)
    message = _scrub(told)
    whole = _scrub(_text(message, ordered))
    text, plain = without_names(whole), own_words(whole)
    technical = _technical(plain, whole, chain)
    if draft.spoken is not None and technical.reply is None and draft.spoken.outcome == "failure":
        technical = replace(technical, reply=reply_at_start(whole))  # its place in the dialogue tells that it is one
    header = draft.header(reference)
    subject = Subject(
        message=without_names(message),
        origin=f"{(header.logger if header else None) or ''} {(header.thread if header else None) or ''}",
        level=header.level if header else None,
        chain=ordered,
        headed=header is not None,
        called=(
            *(f"smtplib.SMTP.{frame.function}" for frame in python if frame.file == "smtplib.py"),
            *_frames_above(body, ordered),
        ),
        refused_by_server=technical.reply is not None and technical.reply.code >= 400,
    )
    judgement = judge(subject, technical.failing)
    talk = _talk_of(draft, reference)
    due = talk is not None and talk.handshake_due
    if due:
        judgement = in_due_handshake(judgement, subject)
    if not keep_all and draft.spoken is None and _is_chatter(judgement, text, technical, chain):
        return None, ""
    spoken = draft.spoken
    failing = judgement.outcome == "failure" or spoken is not None
    where, step = (
        _place(draft, ordered, plain, technical, _called(plain, python)) if failing else (PhaseClue(None), None)
    )
    if due and failing and where.phase is None:
        where = PhaseClue(Phase.TLS, (), "starttls")
    named = named_in(whole, technical.reply, message)
    quote, quote_line, needle = _quote(draft, body, ordered, technical)
    if spoken is not None:
        judgement = Judgement(spoken.outcome, True, spoken.message_id)
    success = judgement.outcome == "success"
    confirmed = success and (judgement.accepted or (spoken is not None and spoken.reply is not None))
    failure = judgement.outcome == "failure"
    said = spoken or (talk if failure and judgement.mail else None)
    if said is talk and talk is not None and talk.host and named.host not in (None, talk.host):
        said = None  # of another server
    host = (spoken.host if spoken is not None else None) or named.host or (said.host if said is not None else None)
    event = LogEvent(
        source=source.at_line(draft.first.number, draft.end if draft.end != draft.first.number else None),
        time=draft.time(reference),
        clock_ahead=draft.clock_ahead(reference),
        year_lent=year_lent(draft, reference),
        day_unsure=day_unsure(draft, reference),
        level=subject.level,
        logger=intern(header.logger) if header is not None and header.logger is not None else None,
        thread=intern(header.thread) if header is not None and header.thread is not None else None,
        message=message,
        throwables=chain.throwables,
        text=text,
        quote=quote,
        quote_line=quote_line,
        outcome=judgement.outcome,
        mail=judgement.mail,
        perhaps=judgement.perhaps,
        success_grade=("confirmed" if confirmed else "likely") if success else None,
        phase=Phase.ACCEPTED if confirmed else where.phase if failure else None,
        phases=where.phases if failure else (),
        exceptions=tuple(dict.fromkeys(t.simple_name for t in ordered)),
        root_exception=ordered[-1].simple_name if ordered else None,
        root_message=ordered[-1].message if ordered else None,
        smtp_step=step,
        connection_mode=(said.mode if said is not None else None) or _mode(text, ordered, step),
        reply=technical.reply,
        openssl_reason=technical.openssl.reason if technical.openssl else None,
        openssl_function=technical.openssl.function if technical.openssl else None,
        openssl_code=technical.openssl.code if technical.openssl else None,
        alert=technical.alert,
        verify_code=technical.verify,
        host=host,
        port=(said.port if said is not None and host == said.host else None) or named.port,
        action=named.action or _record_action(draft) or action_in(message),
        message_id=judgement.confirmed_id,
        region=named.region or _host_region(host),
        identities=named.identities,
        not_after=named.not_after,
        not_before=named.not_before,
        answered=said.answered if said is not None and failure else (),
        user_shape=said.user_shape if said is not None and (said is spoken or where.phase is Phase.AUTH) else None,
        greeting=said.greeting if said is not None else None,
        program=_program(quote, message, draft, chain) if failure else None,
        wrapping=draft.first.wrapping,
    )
    return event, needle


def year_lent(draft: EventDraft, reference: datetime | None) -> bool:
    """The time of an event is that of a stamp without a year."""
    time = draft.time(reference)
    if time is None or time is draft.first.time:
        return time is not None and draft.first.lent
    header = draft.header(reference)
    return header is not None and header.stamp is not None and header.stamp.lent


def day_unsure(draft: EventDraft, reference: datetime | None) -> bool:
    """The time of an event is that of a stamp whose day and month may be the other way around."""
    if (record := draft.first.record) is not None:
        return record.either and draft.time(reference) is record.time
    header = draft.header(reference)
    stamp = header.stamp if header is not None else None
    return stamp is not None and stamp.either and draft.time(reference) is stamp.when


def _called(text: str, python: tuple[PythonFrame, ...]) -> str | None:
    """What another client than JavaMail was doing, by what it names itself."""
    return class_step(text) or smtplib_step(python) or net_smtp_step(text) or command_step(text) or relay_step(text)


def _frames_above(body: Sequence[BodyLine], ordered: Sequence[Throwable]) -> list[str]:
    """Frames in front of the first exception: of one whose own line the log has lost, which the first one caused."""
    if not ordered or not body or FRAME.match(body[0].text) is None:
        return []
    first = min(throwable.line for throwable in ordered)
    return [part.text.strip() for part in body if part.number < first and FRAME.match(part.text)][:40]


def _talk_of(draft: EventDraft, reference: datetime | None) -> Talk | None:
    """The dialogue near which the event was logged, if nothing shows that it is another thread's."""
    talk = draft.talk
    if talk is None:
        return None
    header = draft.header(reference)
    thread = header.actor if header is not None else None
    return talk if thread is None or talk.thread in (None, thread) else None


def _is_chatter(judgement: Judgement, text: str, technical: _Technical, chain: ExceptionChain) -> bool:
    return judgement.outcome == "other" and judgement.perhaps is None and not _matters(text, technical, chain)


def _matters(text: str, technical: _Technical, chain: ExceptionChain) -> bool:
    """Whether anybody downstream can use an event that is neither start nor end of an attempt: trouble with TLS or
    certificates (of another service), or a mail server's name."""
    if technical.failing or _SES_NAME in text.lower():
        return True
    return bool(chain.throwables) and (CERTIFICATE.search(text) is not None or TLS.search(text) is not None)


def _text(message: str, ordered: Sequence[Throwable]) -> str:
    parts = [message] if message else []
    parts.extend(f"{t.class_name}: {t.message}" if t.message else t.class_name for t in ordered)
    return "\n".join(parts)[:MAX_EVENT_CHARS]


def _scrub(text: str) -> str:
    """Without what was sent to log in: base64 after AUTH, and the answers to a 334."""
    if "AUTH" in text:
        text = _AUTH_SECRET.sub(r"\g<keep>***", text)
    if "334 " in text:
        text = _AFTER_334.sub(r"\g<keep>***", text)
    return text


def _technical(text: str, whole: str, chain: ExceptionChain) -> _Technical:
    openssl = find_error(text)
    received = _ALERT.search(text)
    alert = received["name"] if received else (openssl.alert if openssl else None) or alert_number(text)
    return _Technical(
        _reply(text, whole, chain), openssl, alert, verify_code(text), _NOT_ACCEPTED.search(text) is not None
    )


def _reply(text: str, whole: str, chain: ExceptionChain) -> SmtpReply | None:
    """The reply that decides: of the innermost exception that quotes one, else one that the text quotes. `whole` is the
    text with its names, as long."""
    for throwable in reversed(chain.ordered):
        if throwable.simple_name in _REPLYING:
            reply = reply_at_start(throwable.message) or reply_after_response(throwable.message)
            if reply is not None:
                return reply
    if "250" in text and (accepted := ACCEPTED_REPLY.search(text)):
        return reply_at_start(whole[accepted.start() :])
    return reply_in(text, whole)


def _place(
    draft: EventDraft, ordered: Sequence[Throwable], text: str, technical: _Technical, step: str | None
) -> tuple[PhaseClue, str | None]:
    """Where a failure, or what was spoken, stands on the ladder, and what the client was doing (`step`: of another than
    JavaMail)."""
    spoken = draft.spoken
    if spoken is not None:
        return PhaseClue(spoken.phase), spoken.step
    where = place(ordered, text, technical.reply, technical.openssl.reason if technical.openssl else None, step)
    if where.phase is None and technical.alert is not None:
        where = PhaseClue(Phase.TLS, (), where.step)
    if where.phase is None and technical.verify:
        where = PhaseClue(Phase.CERTIFICATE, (), where.step)
    return where, where.step


def _mode(text: str, ordered: Sequence[Throwable], step: str | None) -> ConnectionMode | None:
    """How the connection was made, where the text around a TLS error, or a frame of TLS, proves it."""
    if "Could not convert socket to TLS" in text or "Exception in startTLS" in text:
        return "starttls"
    if "Could not connect to SMTP host: " in text and (
        CERTIFICATE.search(text) or TLS.search(text) or in_handshake(ordered)
    ):
        return "wrapper"
    if step == "greeting" and in_tls(ordered):  # STARTTLS comes later
        return "wrapper"
    return None


def _host_region(host: str | None) -> str | None:
    form = host_form(host)
    return form.region if form is not None else None


def _program(quote: str, message: str, draft: EventDraft, chain: ExceptionChain) -> str | None:
    found = program_of(quote, message)
    if found is not None or draft.spoken is not None:
        return found
    said = "\n".join((quote, chain.message, *(f"{each.class_name}: {each.message}" for each in chain.throwables)))
    return language_of(said, (each.class_name for each in chain.throwables))


def _record_action(draft: EventDraft) -> str | None:
    return draft.first.record.action if draft.first.record is not None else None


def _quote(
    draft: EventDraft, body: Sequence[BodyLine], ordered: Sequence[Throwable], technical: _Technical
) -> tuple[str, int, str]:
    """The line that decides, as it stands in the file, its number, and the words by which it was found: the reply, the
    TLS error, or the root cause."""
    needle, number = _decisive(draft, body, ordered, technical)
    line = draft.lines[quoted_place(draft, number, needle)]
    raw = line.raw
    if line.record is not None and (len(raw) > MAX_QUOTE_CHARS or "\n" in raw):
        texts = [part.text for part in body]
        raw = next((text for text in texts if needle and needle in text), texts[0] if texts else raw)
    return quoted(raw, needle), line.number, needle


def quoted_place(draft: EventDraft, number: int | None, needle: str) -> int:
    """Which line of an event is quoted: of those with this number in the file the first that holds the words, else the
    first of them; that of the event where none has the number."""
    there = [index for index, line in enumerate(draft.lines) if line.number == number] or [0]
    return next((index for index in there if needle in draft.lines[index].raw), there[0])


def quoted(raw: str, needle: str) -> str:
    """A line for citing: bounded around the words by which it was found, without what was sent to log in."""
    at = raw.find(needle) if needle else 0
    shown = shorten(raw.strip(), MAX_QUOTE_CHARS, max(at, 0))
    return shown.with_shown(_scrub(shown.shown)) if isinstance(shown, Cut) else _scrub(shown)


def _decisive(
    draft: EventDraft, body: Sequence[BodyLine], ordered: Sequence[Throwable], technical: _Technical
) -> tuple[str, int]:
    candidates: list[str] = []
    if ordered and ordered[0].message.startswith(ONLY_CLOSING):
        candidates.append(ONLY_CLOSING)
    if technical.reply is not None:
        candidates.append(f"{technical.reply.code} {technical.reply.text[:20]}".split("\n", 1)[0].strip())
    if technical.openssl is not None:
        candidates.append(technical.openssl.code or technical.openssl.reason)
    if ordered:
        root = ordered[-1]
        said = (_nested_words(body) if len(ordered) == 1 else "") or root.message.split("\n", 1)[0][:80]
        # a message may stand in other lines too (a host name): the line that has the class as well goes first
        candidates.extend((f"{root.class_name}: {said}", said, root.class_name) if said else (root.class_name,))
    for needle in candidates:
        for part in body:
            if needle and needle in part.text and not (FRAME.match(part.text) or MORE.match(part.text)):
                return needle, part.number
    return "", draft.first.number


def _nested_words(body: Sequence[BodyLine]) -> str:
    """What stands behind `nested exception is:` where nothing there has a class of Java: the words of another library
    (Go, GnuTLS). Empty where nothing does."""
    lines = iter(body)
    for line in lines:
        if (match := NESTED.match(line.text)) and not match["rest"]:
            after = next(lines, None)
            return after.text.strip()[:80] if after is not None else ""
    return ""
