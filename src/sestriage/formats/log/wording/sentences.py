"""What a sentence says of a mail, by the forms: what counts, what may, and which action is a mail action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sestriage.formats.log.wording import vocabulary as words
from sestriage.formats.log.wording.forms import (
    AFTER,
    CHANNEL,
    CLASSES,
    FORMS,
    PERHAPS,
    STATE_STARTS,
    TELLING,
    THINGS,
    VERBS,
    Form,
)
from sestriage.formats.log.wording.word_sets import Sentence, Words, sentence
from sestriage.model.vocabulary import EventOutcome, MailNews, Perhaps

MAX_SENTENCE = 1 << 11
"""Characters of a message that are held against the forms: what became of a mail is said in front."""
MAX_LINES = 8
"""Lines of a message that are."""
MANY = {"": "", "?": "?", "*": "{0,16}"}
"""How often a class of a form may follow itself: a bound, so that a run of fill words costs no more than its length."""
_NO_SUCCESS_LEVELS = frozenset({"ERROR", "FATAL"})
_BAD_LEVELS = frozenset({"ERROR", "FATAL", "WARN"})
_OBJECT = re.compile(
    r"(?:[^\s{]{1,120}\s{1,4}){0,12}[^\s{]{0,40}(?<![a-z] )\{\s?"
    r"\"(?:log|message|msg|@|time|level|stream|[\w.@-]{1,30}\"\s?:)"
)
"""A line that is, or ends in, a record of JSON: behind a wrapping, not behind a word of a sentence."""
_LOGFMT = re.compile(r"(?<![\w.\"])(?:msg|message)=\"(?P<said>(?:[^\"\\\n]|\\.){1,2000}+)\"")
"""The message of a `key=value` line: in quotes stands no name, but what the line says."""
_TOLD_OBJECT = re.compile(r"(?<=[a-z] )\{[^{}\n]{0,2000}\}")
"""An object behind a word of a sentence: it quotes what something else said."""
_QUOTED_CHANNEL = re.compile(
    r"\b(?:type|kind|channel|medium|transport|via)\s?[=:]\s?['\"](?:e-?mail|smtp)['\"]", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]+")
_ELEMENT = re.compile(r"<(?P<name>[A-Z]+)>(?P<many>[*?]?)")
_ADDRESS = re.compile(r"[\w.+%=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_DOTTED = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]{0,80}(?:\.[A-Za-z_$][\w$]{0,80}){2,12}(?![\w$])")
_ENDPOINT = re.compile(
    r"(?<![\w.@/-])[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?<!\.java)(?<!\.kt)(?<!\.scala):\d{2,5}(?![\w.:])"
)
"""A server and its port: `Email delivery to mx.example.com:465 failed`."""
_ATTRIBUTE = re.compile(r"(?<![\w.])(?:e-?)?mails?\s?=(?!=)\s?[^\s,;)\]]{0,200}", re.IGNORECASE)
"""`mail=*`: a field with that name, as directories and forms have; its name is no mail."""
_TRY = re.compile(
    r"[(\[](?:attempt|try|retry|Versuch)\W{0,3}\d{1,3}(?: ?/ ?| of | out of | von )\d{1,3}[)\]]", re.IGNORECASE
)
"""Which try of how many it was: `Email sent (attempt 3 of 3)` says no less than `Email sent`."""
_JSON = re.compile(r"\{[^{}\n]{0,2000}\}")
_CLAUSE = re.compile(
    r"[;|]|[.!?](?=\s|$)|,(?=\s)|\s[-–—]\s|(?<=\w):(?=\s)|\.{2,3}|\s[=-]>\s"
    r"|\s(?=(?:err|error|cause|reason)=)"
)
_MIXED = re.compile(r"\b(?=[^\W\d_]*\d)\w+")
"""A word with digits in it."""
_NUMBER = re.compile(r"\b\d+\b")
_CHANNEL = re.compile(CHANNEL, re.IGNORECASE)
_UNIT = Words("action*|responseaction*|aktion*|notification*|dispatch*|alarm*|delivery|message*|nachricht*|test|send*")
_ADMIN = Words(
    "update|updated|create|created|delete|deleted|remove|removed|save|saved|load|loaded|login|logout|edit|edited|import"
    "|imported|export|enable|enabled|disable|disabled|validate|validated|register|registered|configured|cache|queue"
    "|gespeichert|geladen|angelegt|aktiviert"
)
"""What is done to the action itself, not by it."""
_CONDITION = Words("if|when|unless|until|would|should|may|might|once|before|wenn|falls|sobald|bevor|would have")
_NO_START = Words(
    "not|no|never|disabled|skip*|stop*|would|if|when|next|will|dry run|instead of|before|after|until|unless|queue|batch"
    "|nicht|kein*|wenn|falls"
)
_NAMES_MAIL = re.compile(r"mail|smtp")
_MAIL_ACTION = re.compile(r"(?: e mail| email| mail| smtp) (?:response )?(?:action|aktion) (?:qname|num) ")
_KEYED_ACTION = re.compile(
    r"\b(?:action|aktion)(?:[_-]?(?:id|name))?\s?[=:#]\s?['\"]?(?:\d|[A-Za-z]{1,4}-?\d)|action\[(?:id|name)=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence says. `outcome` counts; `perhaps` may be of a mail (`success`, `failure`, `start`), or is
    `named`: the sentence shows that its action is a mail action."""

    outcome: EventOutcome = "other"
    perhaps: Perhaps | None = None


def _compiled(forms: tuple[Form, ...]) -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return tuple((form, re.compile(translate(form.words))) for form in forms)


def translate(text: str) -> str:
    """The regular expression of a form, over a sentence's words with single blanks between and around."""
    out: list[str] = []
    for part in _split(text):
        if part == "$":
            out.append(f"(?=(?:{'|'.join(AFTER)}|\\|) |$)")
            continue
        whole = _ELEMENT.fullmatch(part)
        inner = _ELEMENT.sub(lambda m: f"(?:{CLASSES[m['name']]})", part if whole is None else f"<{whole['name']}>")
        many = MANY[whole["many"]] if whole is not None else ""
        out.append(f"(?:(?:{inner}) ){many}" if many else f"(?:{inner}) ")
    return "(?<= )" + "".join(out)


def _split(text: str) -> list[str]:
    """The parts of a form: words and groups between blanks outside parentheses."""
    parts, depth, begin = [], 0, 0
    for at, letter in enumerate(text + " "):
        depth += (letter == "(") - (letter == ")")
        if letter == " " and depth == 0:
            if at > begin:
                parts.append(text[begin:at])
            begin = at + 1
    return parts


@cache
def _forms() -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return _compiled(FORMS)


@cache
def _perhaps() -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return _compiled(PERHAPS)


@cache
def _telling() -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return _compiled(TELLING)


def plain(message: str) -> str:
    """A message without what says nothing of its own: names, subjects, addresses, objects, links, counts of others."""
    text = words.without_urls(message[:MAX_SENTENCE])
    text = _ADDRESS.sub(" addr ", text) if "@" in text else text
    text = _ENDPOINT.sub(" qname ", text) if ":" in text else text
    text = _DOTTED.sub(" dotted ", text) if "." in text else text
    text = _ATTRIBUTE.sub(" attribute ", text) if "=" in text else text
    text = _TRY.sub(" ", text)
    text = _JSON.sub(" json ", text) if "{" in text else text
    return words.NEUTRALISED.sub(" ", words.QUOTED.sub(" qname ", text))


def clauses(text: str) -> str:
    """The words of a plain text, in lower case, with single blanks between and around; `|` between clauses."""
    said = " | ".join(" ".join(sentence(part).tokens) for part in _CLAUSE.split(text))
    return f" {_NUMBER.sub('num', said)} "


def read_sentence(message: str, level: str | None) -> Said:
    """What a message says of a mail: the first of its lines that says something."""
    for line in message.split("\n", MAX_LINES)[:MAX_LINES]:
        said = _read_line(line, level)
        if said != Said():
            return said
    return Said()


def _read_line(message: str, level: str | None) -> Said:
    if not _holds_words(message):
        return Said()
    text = plain(message)
    said = sentence(text)
    if _CHANNEL.search(text) is not None or _QUOTED_CHANNEL.search(message) is not None:
        return _of_mail_action(text, said, level)
    run = clauses(text)
    found = _first(_forms(), run)
    if found is not None:
        outcome = _weighed(found, text, run, said, level)
        return Said(outcome) if outcome is not None else Said(perhaps="named" if _MAIL_ACTION.search(run) else None)
    if _MAIL_ACTION.search(run) is not None:
        return Said(perhaps="named")
    return Said(perhaps=_possibly(text, run, said, level))


def _holds_words(message: str) -> bool:
    """A thing that may be a mail and a word that says something of it are in a message, or its channel is."""
    lowered = message[:MAX_SENTENCE].lower()
    tokens = frozenset(_LETTERS.findall(lowered))
    if THINGS.isdisjoint(tokens):
        return _CHANNEL.search(lowered) is not None
    return (
        not VERBS.isdisjoint(tokens)
        or any(token.startswith(STATE_STARTS) for token in tokens)
        or bool(_CHANNEL.search(lowered) or _MAIL_ACTION.search(clauses(plain(message))))
    )


def may_tell(line: str) -> bool:
    """Some part of a line, its header and wrapping included, may be a sentence of which `read_sentence` says something.

    Names and objects are left as they are: within the quotes of a JSON line stands the whole message.
    """
    if _CHANNEL.search(words.without_urls(line)) is not None or _any_form(plain(line)):
        return True
    if (logged := _LOGFMT.search(line) if '="' in line else None) is not None and _any_form(plain(logged["said"])):
        return True
    if not _OBJECT.match(line):
        return False
    line = _TOLD_OBJECT.sub(" json ", line)
    inside = line.replace('\\"', "'").replace('"', " ").replace("{", " ").replace("}", " ")
    return _any_form(plain(inside)) or _any_form(line)


def _any_form(text: str) -> bool:
    return _KEYED_ACTION.search(text) is not None or _is_of_a_form(_MIXED.sub("num", clauses(text)))


def _is_of_a_form(run: str) -> bool:
    if _MAIL_ACTION.search(run) is not None:
        return True
    return _first(_forms(), run) is not None or _first(_perhaps(), run) is not None


def _first(forms: tuple[tuple[Form, re.Pattern[str]], ...], run: str) -> tuple[Form, re.Match[str]] | None:
    for form, pattern in forms:
        match = pattern.search(run)
        if match is not None:
            return form, match
    return None


def _weighed(
    found: tuple[Form, re.Match[str]], text: str, run: str, said: Sentence, level: str | None
) -> MailNews | None:
    """The outcome of a sentence of a form; None where other words of it take the meaning away."""
    form, match = found
    if not _NAMES_MAIL.search(match[0]) and words.OTHER_CHANNEL.found(said):
        return None
    if form.outcome == "success":
        return _success(text, said, level)
    if form.outcome == "start":
        if words.FINISHED_SENDING.search(text):
            return _success(text, said, level)
        before = sentence(run[: match.end()])
        return None if _NO_START.found(before) or level in _NO_SUCCESS_LEVELS else "start"
    if level in _BAD_LEVELS:
        return "failure"
    clause = sentence(run[run.rfind("|", 0, match.start()) + 1 : match.start()])
    if _CONDITION.found(clause) or words.STATISTICS.found(said):
        return None
    rest = run[: match.start()] + run[match.end() :]
    again = _first(tuple(f for f in _forms() if f[0].outcome == "success"), f" {rest.strip()} ")
    return None if again is not None else "failure"


def _success(text: str, said: Sentence, level: str | None) -> MailNews | None:
    parts = words.PARTLY.search(text)
    some, whole = (int(parts["some"]), int(parts["all"])) if parts is not None else (1, 1)
    if some == 0 < whole or words.SUCCESS_FALSE.search(text):
        return "failure"
    if level in _NO_SUCCESS_LEVELS or some < whole:
        return None
    if words.FINISHED_SENDING.search(text):
        return "success"
    return None if words.BLOCKS_SUCCESS.found(said) else "success"


def _of_mail_action(text: str, said: Sentence, level: str | None) -> Said:
    """A sentence that shows that its action is a mail action: a field or a verb says what became of it."""
    if not _UNIT.found(said) or _ADMIN.found(said) or words.OTHER_CHANNEL.found(said):
        return Said(perhaps="named")
    state = next((outcome for outcome, pattern in words.STATES if pattern.search(text)), None)
    if state is not None:
        return Said(perhaps="named") if state == "success" and level in _NO_SUCCESS_LEVELS else Said(state)
    found = _first(_telling(), clauses(text))
    outcome = _weighed(found, text, clauses(text), said, level) if found is not None else None
    return Said(outcome) if outcome is not None else Said(perhaps="named")


def _possibly(text: str, run: str, said: Sentence, level: str | None) -> MailNews | None:
    """What a sentence may say of a mail that it does not show to be one."""
    if words.OTHER_CHANNEL.found(said):
        return None
    if _KEYED_ACTION.search(text) is not None and not _ADMIN.found(said):
        state = next((outcome for outcome, pattern in words.STATES if pattern.search(text)), None)
        if state is not None:
            return None if state == "success" and level in _NO_SUCCESS_LEVELS else state
    found = _first(_perhaps(), run)
    if found is None or (found[0].outcome != "failure" and _ADMIN.found(said)):
        return None
    return _weighed(found, text, run, said, level)
