"""Whether an event is about mail, and what became of the attempt: the use of the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.formats.log import vocabulary as words
from sestriage.formats.log.phases import CERTIFICATE, TLS, smtp_step
from sestriage.formats.log.words import Sentence, any_of, sentence
from sestriage.model.log import Throwable

_BAD_LEVELS = frozenset({"ERROR", "FATAL", "WARN"})
_NO_SUCCESS_LEVELS = frozenset({"ERROR", "FATAL"})


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

    @property
    def chain_text(self) -> str:
        """Class names and messages of the chain."""
        return "\n".join(f"{t.class_name} {t.simple_name}: {t.message}" for t in self.chain)

    @property
    def frames(self) -> str:
        """All frames, one a line."""
        return "\n".join(frame for t in self.chain for frame in t.frames)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`outcome` and `mail` as in LogEvent; `confirmed_id` is the message id of a `250 Ok …`."""

    outcome: str
    mail: bool
    confirmed_id: str | None = None


def judge(subject: Subject, signs_of_failure: bool) -> Judgement:
    """Decide outcome and mail. `signs_of_failure`: the text holds an SMTP reply of 4xx/5xx, an OpenSSL error, a
    received alert or a verify code other than 0."""
    text = f"{subject.message}\n{subject.chain_text}"
    if words.HARMLESS.found(text, text.lower()):
        return Judgement("other", False)
    trouble = bool(subject.chain) or signs_of_failure
    everything = f"{subject.origin}\n{text}\n{subject.frames}"
    lowered = everything.lower()
    strong = subject.refused_by_server or words.STRONG_MAIL.found(everything, lowered)
    if not strong and _foreign(everything, lowered, trouble):
        return Judgement("other", False)
    if "250" in text and (accepted := words.ACCEPTED_REPLY.search(text)):
        return Judgement("success", True, accepted["id"])
    said = sentence(subject.message)
    mail = strong or words.WEAK_MAIL.found(everything, lowered) or _tests_an_action(said)
    if trouble:
        return _with_trouble(subject, mail, signs_of_failure)
    if not mail and (
        not words.ACTION.found(said) or words.OTHER_CHANNEL.found(sentence(f"{subject.origin} {subject.message}"))
    ):
        return Judgement("other", False)
    outcome = sentence_outcome(subject.message, subject.level)
    if outcome in ("success", "start") and not _about_sending(said):
        outcome = "other"
    return Judgement(outcome, mail)


def _foreign(everything: str, lowered: str, trouble: bool) -> bool:
    """Another service is named; a web address in a plain sentence names none (a link to the alarm)."""
    if not trouble and "://" in lowered:
        everything = words.URL.sub(" ", everything)
        lowered = everything.lower()
    return words.FOREIGN.found(everything, lowered)


def sentence_outcome(message: str, level: str | None) -> str:
    """What a sentence about a mail or an action says of it: `success`, `failure`, `start` or `other`."""
    plain = words.NEUTRALISED.sub(" ", words.QUOTED.sub(" X ", message))
    if "=" in plain or ":" in plain:
        state = next((outcome for outcome, pattern in words.STATES if pattern.search(plain)), None)
        if state is not None and not (state == "success" and level in _NO_SUCCESS_LEVELS):
            return state
    parts = words.PARTLY.search(plain)
    some, whole = (int(parts["some"]), int(parts["all"])) if parts is not None else (1, 1)
    if some == 0 < whole or words.SUCCESS_FALSE.search(plain):
        return "failure"
    said = sentence(plain)
    if words.FAILED.found(said):
        return _failed(said, level)
    if level not in _NO_SUCCESS_LEVELS and some >= whole and _succeeded(said):
        return "success"
    return "start" if _started(said) else "other"


def _started(said: Sentence) -> bool:
    """A sentence that neither succeeds nor fails says that an attempt begins."""
    if words.BEGUN.found(said) and words.SENDING_NOUN.found(said) and not words.NO_ATTEMPT_BEGUN.found(said):
        return not words.NOT_AN_ATTEMPT.found(words.BEGUN.without(said))
    return words.STARTED.found(said) and not words.NOT_AN_ATTEMPT.found(said)


def _failed(said: Sentence, level: str | None) -> str:
    """A sentence with a failure word: a failure, unless it also tells of a success or of something else."""
    if level in _BAD_LEVELS:
        return "failure"
    rest = sentence(words.NEGATED.sub(" ", said.text))
    two_stories = words.DELIVERED.found(rest) or words.SUCCEEDED.found(rest)
    return "other" if two_stories or words.NOT_AN_ATTEMPT.found(said) else "failure"


def _succeeded(said: Sentence) -> bool:
    """A sentence without failure word says that a mail left, or that an action went well."""
    delivered = words.DELIVERED.first(said)
    if delivered is None and not words.SUCCEEDED.found(said):
        return False
    if words.FINISHED_SENDING.search(said.text):
        return True
    if words.BLOCKS_SUCCESS.found(said):
        return False
    admin = words.NOT_AN_ATTEMPT.first(said)
    if delivered is not None and (admin is None or admin > delivered):
        return True
    return words.SUCCEEDED.found(said) and admin is None


def _about_sending(said: Sentence) -> bool:
    """The sentence itself is about a mail or an action, or says that something was sent: its logger's name is not
    enough (`MailService: cache warmed up successfully`)."""
    return (
        any_of((words.TEST_ACTION, words.ACTION, words.DELIVERED), said)
        or words.WEAK_MAIL.found(said.text, said.text.lower())
        or words.STRONG_MAIL.found(said.text, said.text.lower())
    )


def _with_trouble(subject: Subject, mail: bool, signs_of_failure: bool) -> Judgement:
    """An event with an exception or another technical sign of failure."""
    if mail:
        closing = smtp_step(subject.chain) == "quit" and words.CLOSING.found(sentence(subject.message))
        return Judgement("other" if closing else "failure", True)
    text = f"{subject.message}\n{subject.chain_text}"
    if CERTIFICATE.search(text) or TLS.search(text) or signs_of_failure:
        return Judgement("failure", False)
    if not subject.headed and subject.chain and _is_network(subject.chain):
        return Judgement("failure", False)
    return Judgement("other", False)


def _is_network(chain: Sequence[Throwable]) -> bool:
    names = {
        "UnknownHostException",
        "ConnectException",
        "SocketTimeoutException",
        "NoRouteToHostException",
        "SocketException",
    }
    return any(throwable.simple_name in names for throwable in chain)


def _tests_an_action(said: Sentence) -> bool:
    return words.TEST_ACTION.found(said) and not words.OTHER_CHANNEL.found(said)
