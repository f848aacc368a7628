"""Whether an event is about mail, and what became of the attempt: only what the event itself shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sestriage.formats.log.wording import vocabulary as words
from sestriage.formats.log.wording.phases import CERTIFICATE, TLS, smtp_step
from sestriage.formats.log.wording.sentences import Said, read_sentence
from sestriage.formats.log.wording.word_sets import sentence
from sestriage.model.known.own_words import own_words
from sestriage.model.log import Throwable
from sestriage.model.vocabulary import EventOutcome, Perhaps

TLS_TRACE = "javax.net.ssl "
"""The logger of `-Djavax.net.debug`, with the blank before the thread."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the event is judged by: the logged message, who logged it, the chain and its frames."""

    message: str
    origin: str
    level: str | None
    chain: tuple[Throwable, ...]
    headed: bool
    refused_by_server: bool = False
    """The text quotes an SMTP reply of 4xx or 5xx."""
    called: tuple[str, ...] = ()
    """Methods of Python's smtplib in a traceback, and frames of an exception whose own line is not in the log."""

    @property
    def text(self) -> str:
        """The message, and class names and messages of the chain."""
        return "\n".join((self.message, *(f"{t.class_name} {t.simple_name}: {t.message}" for t in self.chain)))

    @property
    def frames(self) -> str:
        """All frames, one a line."""
        return "\n".join((*self.called, *(frame for t in self.chain for frame in t.frames)))


@dataclass(frozen=True, slots=True)
class Judgement:
    """`outcome`, `mail` and `perhaps` as in LogEvent; `confirmed_id` is the message id of a `250 Ok …`, and `accepted`
    says that the text quotes a server's acceptance."""

    outcome: EventOutcome
    mail: bool
    confirmed_id: str | None = None
    perhaps: Perhaps | None = None
    accepted: bool = False


def judge(subject: Subject, signs_of_failure: bool) -> Judgement:
    """Decide outcome and mail. `signs_of_failure`: the text holds an SMTP reply of 4xx/5xx, an OpenSSL error, a
    received alert or a verify code other than 0."""
    text = subject.text
    if _is_harmless(text) and _is_harmless(own_words(text)):
        return Judgement("other", False)
    if "250" in text and not subject.refused_by_server:
        if accepted := words.ACCEPTED_REPLY.search(text):
            return Judgement("success", True, accepted["id"], accepted=True)
        if words.QUEUED_REPLY.search(text):
            return Judgement("success", True, accepted=True)
    if "stat=Sent (" in text and not subject.refused_by_server and (sent := words.SENT_ON.search(text)):
        return Judgement("success", True, sent["id"], accepted=True)
    if f"MailSendException: {words.ONLY_CLOSING}" in text:
        return Judgement("success", True)
    if subject.chain and _LISTENING.search(subject.frames) and smtp_step(subject.chain) is None:
        return Judgement("other", False)  # a server of the program's own
    if _said_by_a_client(subject.message):
        return Judgement("failure", True)
    said = read_sentence(subject.message, subject.level)
    if subject.chain or signs_of_failure:
        return _with_trouble(subject, text, said, signs_of_failure)
    perhaps = None if said.perhaps and words.OTHER_LOGGER.search(subject.origin) else said.perhaps
    return Judgement(said.outcome, said.outcome != "other", perhaps=perhaps)


_LISTENING = re.compile(r"(?:^|\n)(?:[\w.]+/)?java\.net\.ServerSocket\.(?:impl)?[aA]ccept")
_BROKEN_HANDSHAKE = re.compile(
    r"enable_crypto\(\)|SSL_(?:connect|do_handshake)|\bSSL: |\b(?:TLS|SSL) (?:handshake|negotiation|startup|alert)"
    r"|\bx509: |\btls: |[Hh]andshake fail|ECONNRESET|\bwrong version number"
    r"|\bcertificate\b.{0,80}\b(?:not trusted|invalid|expired|unknown|verif|signed by)",
)
"""How clients of any language say that a TLS handshake failed; other services' clients do, too."""


def in_due_handshake(judgement: Judgement, subject: Subject) -> Judgement:
    """The judgement of an event right behind a server's `220 Ready to start TLS`: its trouble with TLS is mail's."""
    text = subject.text
    if judgement.outcome == "failure":
        return replace(judgement, mail=True)
    if judgement.outcome != "other" or judgement.perhaps == "foreign" or _of_another_service(subject, text):
        return judgement
    if CERTIFICATE.search(text) or TLS.search(text) or _BROKEN_HANDSHAKE.search(text):
        return Judgement("failure", True)
    return judgement


_CLIENT_SIGNS = (
    *(" to", "status=", "greeting", "connect E", "TLS ", "msmtp: ", " failed for "),
    *(
        "SMTP server requires",
        "not verified",
        " with host ",
        "stat=Deferred",
        "command: '",
        "lettre::",
        " defer (",
        "net/smtp.rb:",
    ),
)


def _is_harmless(text: str) -> bool:
    return words.HARMLESS.found(text, text.lower())


def _said_by_a_client(message: str) -> bool:
    """A sentence that only a client of mail servers says: JavaMail's of its connection, or Postfix's of a delivery."""
    if not any(sign in message for sign in _CLIENT_SIGNS):
        return False
    return words.RELAY.search(message) is not None or words.CLIENT_SAID.search(message) is not None


def _with_trouble(subject: Subject, text: str, said: Said, signs_of_failure: bool) -> Judgement:
    """An event with an exception or another technical sign of failure."""
    if said.outcome == "other" and _only_looked_for(subject):
        return Judgement("other", False)
    if _shows_mail(subject, text) or said.outcome != "other":
        closing = smtp_step(subject.chain) == "quit" and words.CLOSING.found(sentence(subject.message))
        return Judgement("other" if closing else "failure", True)
    technical = CERTIFICATE.search(text) is not None or TLS.search(text) is not None or signs_of_failure
    if subject.origin.startswith(TLS_TRACE):
        # the JDK's own trace: any client of the process may have met it
        return Judgement("other", False, perhaps="foreign" if technical else None)
    if _of_another_service(subject, text):
        return Judgement("other", False, perhaps="foreign" if technical else said.perhaps)
    if technical or (not subject.headed and _is_network(subject.chain)):
        return Judgement("failure", False)
    return Judgement("other", False, perhaps=said.perhaps)


_QUIET_LEVELS = frozenset({"DEBUG", "TRACE", "FINE", "FINER", "FINEST", "INFO"})


def _only_looked_for(subject: Subject) -> bool:
    """A program looked for a class that it can do without: it says so below a warning."""
    quiet = (subject.level or "").upper() in _QUIET_LEVELS
    return quiet and bool(subject.chain) and all(t.simple_name == "ClassNotFoundException" for t in subject.chain)


def _shows_mail(subject: Subject, text: str) -> bool:
    """A class, a frame, a reply, a host, a port or a word of the protocol shows that mail was being sent."""
    inside = f"{text}\n{subject.frames}"
    lowered = inside.lower()
    receiving = words.RECEIVING.found(inside, lowered)
    if subject.refused_by_server or (words.MAIL_CLASS.found(inside, lowered) and not receiving):
        return True
    if receiving:
        return "smtptransport" in lowered or " smtp host: " in lowered
    if words.MAIL_PLACE.found(inside, lowered):
        plain = words.without_urls(text)
        return not words.FOREIGN.found(plain, plain.lower()) and not words.SIGNS_OF_OTHERS.found(plain, plain.lower())
    caller = _caller(subject.chain)
    return caller is not None and words.MAIL_FRAME.search(caller) is not None


def _of_another_service(subject: Subject, text: str) -> bool:
    """Something names another service: what it says, who says it, who called, or the part of a server in TLS."""
    everything = f"{subject.origin}\n{text}\n{subject.frames}"
    lowered = everything.lower()
    if words.FOREIGN.found(everything, lowered) or words.RECEIVING.found(everything, lowered):
        return True
    without_frames = f"{subject.origin}\n{text}"
    return (
        words.SIGNS_OF_OTHERS.found(without_frames, without_frames.lower())
        or words.OTHER_CHANNEL.found(sentence(subject.message))
        or _caller(subject.chain) is not None
    )


def _caller(chain: Sequence[Throwable]) -> str | None:
    """The code that used the JDK where it failed: the first frame outside of it, of the innermost cause with one."""
    for throwable in reversed(chain):
        for frame in throwable.frames:
            if not words.JDK_FRAME.match(frame):
                return frame
    return None


def _is_network(chain: Sequence[Throwable]) -> bool:
    names = {
        "UnknownHostException",
        "ConnectException",
        "SocketTimeoutException",
        "NoRouteToHostException",
        "SocketException",
    }
    return any(throwable.simple_name in names for throwable in chain)
