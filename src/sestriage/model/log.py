"""Facts read from a log: events with their exception chains."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sestriage.model.known.own_words import said_in
from sestriage.model.known.ses import HostForm, host_form
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.vocabulary import ConnectionMode, EventOutcome, Perhaps, SuccessGrade, ThrowableRelation

MAX_QUOTE_CHARS = 600
"""Characters of a line that is cited: longer ones are cut around the words that decide."""


@dataclass(frozen=True, slots=True)
class Throwable:
    """One exception of a chain.

    `class_name` is as written (package included, German `…Ausnahme` kept); `simple_name` is the last part in its
    original Java form (`SMTPSendFailedException`). `message` may span lines. `relation` says how it hangs in the chain:
    `outer`, `caused-by`, `nested` (JavaMail's `nested exception is:` or Spring's), `wrapped-by`, or `suppressed`
    (never a cause). `frames` holds the qualified methods of its stack trace, innermost call first, bounded.
    """

    class_name: str
    simple_name: str
    message: str
    relation: ThrowableRelation
    line: int
    frames: tuple[str, ...] = ()

    def moved_down(self, lines: int) -> Throwable:
        """The exception so many lines further down in its file."""
        # not `replace`: this is done for every exception of an event that comes again
        line = self.line + lines
        return Throwable(self.class_name, self.simple_name, self.message, self.relation, line, self.frames)


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A server's reply as an exception, a trace or a capture quotes it (RFC 5321 section 4.2).

    `enhanced` is the enhanced status code (RFC 3463, `5.1.8`), None when there is none. `text` has the lines of a
    multi-line reply joined by newlines, codes removed.
    """

    code: int
    text: str
    enhanced: str | None = None


_RETRY = re.compile(
    r"\b(?:attempt|try|retry|Versuch)\W{0,3}(\d{1,3})(?: ?/ ?| of | out of | von )(\d{1,3})\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One logged event: a header line with all that belongs to it (message lines, stack trace, causes).

    `time` is aware when the line carries a zone (or the wrapping does), naive when it does not, None when there is no
    time stamp. Unless said otherwise None means: the event does not say.
    """

    source: SourceRef
    time: datetime | None
    level: str | None
    logger: str | None
    thread: str | None
    message: str
    """The logged message without stack trace; may span lines."""
    throwables: tuple[Throwable, ...]
    """The chain in the order of the text, suppressed ones included (see `Throwable.relation`)."""
    text: str
    """Message and all messages of the chain (suppressed ones left out), normalised for matching: NFKC, straight quotes,
    HTML entities decoded, zero-width characters removed, lines kept, names in quotes blanked (`own_words`). Never for
    quoting."""
    quote: str
    """The decisive line of the event as it stands in the file, for citing; bounded in length. Not redacted."""

    quote_line: int | None = None
    """The line that `quote` stands in; None: the event's first line."""
    outcome: EventOutcome = "other"
    """`failure` (an attempt to send mail failed), `success` (accepted; evidence as docs/architecture.md, section 3),
    `start` (an attempt begins), or `other`. Events of other services (threat feed, LDAP) are `other` even when they
    hold TLS errors."""
    mail: bool = False
    """The event is about sending mail: a mail class, mail host or mail action is in it."""
    perhaps: Perhaps | None = None
    """The possible meaning of an event that does not count: `success`, `failure` or `start` of an action or a message
    of which it is not shown that it is one; `named`: it shows that the action it names is a mail action; `foreign`:
    trouble with TLS of another service. None for events that count, and for all that is no news of a mail."""
    success_grade: SuccessGrade | None = None
    """For successes: `confirmed` (`250 Ok <id>` after DATA) or `likely` (a sentence that says so)."""
    phase: Phase | None = None
    """The phase of the ladder at which it failed, if the event itself proves it."""
    phases: tuple[Phase, ...] = ()
    """The phases that remain possible when `phase` is None (`Exception reading response` without frames)."""
    exceptions: tuple[str, ...] = ()
    """Simple names of the chain, outermost first, suppressed left out, repeats left out."""
    root_exception: str | None = None
    """Simple name of the innermost cause."""
    root_message: str | None = None
    """Message of the innermost cause."""
    smtp_step: str | None = None
    """The step at which the client was, from the frames of JavaMail's SMTPTransport or of Python's smtplib: `greeting`,
    `ehlo`, `starttls`, `auth`, `mail`, `rcpt`, `data`, `quit`, `connect`."""
    connection_mode: ConnectionMode | None = None
    """`starttls` or `wrapper`, when the text proves it (`Could not convert socket to TLS` / `Could not connect to SMTP
    host` around a TLS error)."""
    reply: SmtpReply | None = None
    """The SMTP reply that the event quotes, if any."""
    openssl_reason: str | None = None
    """Reason of an OpenSSL error in lower case (`dh key too small`), from the text or from the code."""
    openssl_function: str | None = None
    openssl_code: str | None = None
    """Eight hexadecimal digits, upper case."""
    alert: str | None = None
    """TLS alert that was *received* (`handshake_failure`)."""
    verify_code: int | None = None
    """OpenSSL verify code (`Verify return code: 20`)."""
    host: str | None = None
    """The mail server's host name (or address) that the event names, lower case."""
    port: int | None = None
    action: str | None = None
    """Name of the mail action or rule that the event names, when the layout shows one."""
    message_id: str | None = None
    """The SES message id of a `250 Ok …`."""
    region: str | None = None
    """AWS region that the event names, lower case (`us-east-1`)."""
    identities: tuple[str, ...] = ()
    """Identities that failed SES's check (`554 Message rejected: Email address is not verified …`)."""
    not_after: datetime | None = None
    """Date in a `NotAfter:` message, aware."""
    not_before: datetime | None = None
    answered: tuple[Phase, ...] = ()
    """For a failure: the steps that the server's replies before it show to have worked, where the log holds the SMTP
    dialogue (`SERVER -> CLIENT: 220 …`) in which it happened."""
    user_shape: str | None = None
    """The form of the user name that the client sent, where a logged dialogue holds the login: as `user_shape` of the
    settings (`access-key-id`, `iam-user-name`, …)."""
    greeting: str | None = None
    """The first line of the server's greeting, with its code, in the logged dialogue that the event belongs to."""
    program: str | None = None
    """For a failure: the mail program other than the Manager's mail service that wrote the line, where its form shows
    one (`Postfix`, `Exim`, `Sendmail`, `msmtp`), or the language of another program, where its words show that
    (`Python`, `Ruby`, `Node.js`, `PHP`, `.NET`, `Go`, `Rust`). None does not mean that the Manager's wrote it."""
    occurrences: int = 1
    """How many equal copies of this event the input holds (the same lines in two files count once)."""
    wrapping: str | None = None
    """How the lines were wrapped (`docker-json`, `json`, …), None for plain lines."""
    clock_ahead: timedelta | None = None
    """The offset from UTC of the line's own time stamp, which has no zone: a whole number of quarter-hours, known where
    a wrapping says the time with its zone; else None."""
    year_lent: bool = False
    """The time stamp names no year; that of `time` was lent."""
    day_unsure: bool = False
    """The time stamp (`05/10/2026`) does not show whether day or month stands first; `time` takes the month first."""
    near: datetime | None = None
    """For an event without a time stamp: that of the nearest line before it, whatever that is about; None when there is
    none nearby. With or without a zone, as `time`."""

    @property
    def retry(self) -> tuple[int, int] | None:
        """Which try it tells of, and of how many (`attempt 1 of 2`); None when it does not say."""
        match = _RETRY.search(self.message[:400])
        number, total = (int(match[1]), int(match[2])) if match else (0, 0)
        return (number, total) if 1 <= number <= total else None

    @property
    def when(self) -> datetime | None:
        """The time of the event, else that of the line before it."""
        return self.time if self.time is not None else self.near

    def with_times(self, change: Callable[[datetime], datetime | None]) -> LogEvent:
        """The event with its times changed, as its zone becomes known."""
        if self.time is not None:
            time = change(self.time)
            return self if time is self.time else replace(self, time=time)
        near = change(self.near) if self.near is not None else None
        return self if near is self.near else replace(self, near=near)

    @property
    def words(self) -> tuple[str, str]:
        """Equal for events that say the same, the names in them included."""
        return self.message, self.text

    @property
    def host_form(self) -> HostForm | None:
        """The kind of AWS mail host that `host` names, for rules; None for any other name."""
        return host_form(self.host)

    @property
    def quote_source(self) -> SourceRef:
        """The place of `quote`."""
        line = self.quote_line if self.quote_line is not None else self.source.line
        return self.source if line is None else self.source.at_line(line)

    def moved_down(self, lines: int) -> LogEvent:
        """The event so many lines further down in its file: it was read as a part that begins there."""
        source = self.source
        return replace(
            self,
            source=replace(
                source,
                line=None if source.line is None else source.line + lines,
                end_line=None if source.end_line is None else source.end_line + lines,
            ),
            quote_line=None if self.quote_line is None else self.quote_line + lines,
            throwables=tuple(each.moved_down(lines) for each in self.throwables),
        )

    @property
    def reply_code(self) -> int | None:
        """Code of the reply, for rules."""
        return self.reply.code if self.reply else None

    @property
    def reply_text(self) -> str | None:
        """Text of the reply, for rules."""
        return self.reply.text if self.reply else None

    @property
    def said(self) -> str | None:
        """What the server said, for rules: the enhanced status code and the words of the reply, as a capture has them
        in the `said` of a reply, in one line. Unlike `text` it holds nothing that the log says on its own. None without
        a reply."""
        if self.reply is None:
            return None
        words = said_in(self.reply.text)
        return f"{self.reply.enhanced} {words}" if self.reply.enhanced else words

    @property
    def reply_decoded(self) -> str | None:
        """What the base64 word in the reply stands for: the JSON of a refused token (`334 eyJ…`, RFC 7628), or a
        server's prompt (`UGFzc3dvcmQ6` is `Password:`). None when the reply has no such word."""
        from sestriage.model.known.base64_reply import decoded

        return decoded(self.reply.text) if self.reply else None
