"""Whether an event is about mail, and what became of the attempt: the use of the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.formats.log import vocabulary as words
from sestriage.formats.log.phases import CERTIFICATE, TLS
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

    @property
    def chain_text(self) -> str:
        """Class names and messages of the chain."""
        return "\n".join(f"{t.class_name}: {t.message}" for t in self.chain)

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
    if words.HARMLESS.search(text):
        return Judgement("other", False)
    everything = f"{subject.origin}\n{text}\n{subject.frames}"
    strong = words.STRONG_MAIL.search(everything) is not None
    foreign = not strong and words.FOREIGN.search(everything) is not None
    if foreign:
        return Judgement("other", False)
    if accepted := words.ACCEPTED_REPLY.search(text):
        return Judgement("success", True, accepted["id"])
    mail = strong or words.WEAK_MAIL.search(everything) is not None or _tests_an_action(subject.message)
    if subject.chain or signs_of_failure:
        return _with_trouble(subject, mail, signs_of_failure)
    if not mail and not words.ACTION.search(subject.message):
        return Judgement("other", False)
    if not mail and words.OTHER_CHANNEL.search(f"{subject.origin} {subject.message}"):
        return Judgement("other", False)
    return Judgement(sentence_outcome(subject.message, subject.level), mail)


def sentence_outcome(message: str, level: str | None) -> str:
    """What a sentence about a mail or an action says of it: `success`, `failure`, `start` or `other`."""
    plain = words.NEUTRALISED.sub(" ", words.QUOTED.sub(" X ", message))
    state = next((outcome for outcome, pattern in words.STATES if pattern.search(plain)), None)
    if state is not None and not (state == "success" and level in _NO_SUCCESS_LEVELS):
        return state
    failed = (
        words.FAILED.search(plain) is not None
        or words.NONE_OF.search(plain) is not None
        or words.SUCCESS_FALSE.search(plain) is not None
    )
    delivered = words.DELIVERED.search(plain)
    succeeded = words.SUCCEEDED.search(plain)
    if failed:
        if level in _BAD_LEVELS:
            return "failure"
        rest = words.NEGATED.sub(" ", plain)
        two_stories = words.DELIVERED.search(rest) is not None or words.SUCCEEDED.search(rest) is not None
        return "other" if two_stories or words.NOT_AN_ATTEMPT.search(plain) else "failure"
    blocked = words.BLOCKS_SUCCESS.search(plain) is not None
    if level not in _NO_SUCCESS_LEVELS and not blocked:
        admin = words.NOT_AN_ATTEMPT.search(plain)
        if delivered is not None and (admin is None or admin.start() > delivered.start()):
            return "success"
        if succeeded is not None and admin is None:
            return "success"
    if words.STARTED.search(plain) and not words.NOT_AN_ATTEMPT.search(plain):
        return "start"
    return "other"


def _with_trouble(subject: Subject, mail: bool, signs_of_failure: bool) -> Judgement:
    """An event with an exception or another technical sign of failure."""
    if mail:
        return Judgement("failure", True)
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


def _tests_an_action(message: str) -> bool:
    return words.TEST_ACTION.search(message) is not None and words.OTHER_CHANNEL.search(message) is None
