"""A word that a rule looks for means nothing where somebody else chose it: see `odd_words`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import slices
from rules.odd_words import samples, words
from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import EXAMPLE_SOURCE, fact_base
from sestriage.rules.ruleset import drop_superseded

RULES = load_rules()
WORDS = words(RULES.rules)
TOKENS = sorted({word for word in WORDS if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.+-]*[A-Za-z0-9]", word)})
PARTS = 4
PLAIN = "quarterly"

HEAD = "2026-11-20 09:12:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : "
UNKNOWN = "com.sun.mail.smtp.SMTPSendFailedException: 554 5.3.0 Error 17"
REFUSED = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 587; timeout 60000;\n"
    "  nested exception is:\n\tjava.net.ConnectException: Connection refused (Connection refused)\n"
    "\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java:2210)\n"
)


def logged(message: str, thrown: str = UNKNOWN, step: str = "finishData") -> FactBase:
    frame = "" if "\tat " in thrown else f"\n\n\tat com.sun.mail.smtp.SMTPTransport.{step}(SMTPTransport.java:965)\n"
    events = parse_text(f"{HEAD}{message}\n{thrown}{frame}", EXAMPLE_SOURCE)
    return fact_base({}, {"log.event": tuple(events)})


def replied(reply: str, step: str, kind: str = "SMTPSendFailedException") -> FactBase:
    name = "javax.mail." if kind.startswith("Auth") else "com.sun.mail.smtp."
    message = "Test Action failed: email action 'AWS' via mail.example.com:587"
    return logged(message, f"{name}{kind}: {reply}", step)


def captured(code: int, text: str, after: str) -> FactBase:
    replies = [{"code": code, "text": text, "after": after}]
    return fact_base({"smtp.dialogue": [{"greeting_code": 220, "replies": replies}]})


IN_A_REPLY: dict[str, tuple[int, str, str, str, str]] = {
    "a recipient": (
        550,
        "5.1.1 <{}@example.com>: Recipient address rejected: User unknown",
        "RCPT",
        "rcptTo",
        "Address",
    ),
    "a recipient's domain": (550, "5.1.1 <soc@{}.example.com>: User unknown", "RCPT", "rcptTo", "Address"),
    "a sender": (550, "5.7.1 <{}@example.com>: Sender address rejected: Access denied", "MAIL", "mailFrom", "Send"),
    "a user": (535, "5.7.8 <{}@example.com>: authentication failed", "AUTH", "authenticate", "Authentication"),
    "a file": (552, "5.7.0 The file {}.zip is not accepted here", ".", "finishData", "Send"),
    "a link": (554, "5.3.0 see https://help.example.net/{}/17", ".", "finishData", "Send"),
    "a header": (554, "5.6.0 X-{} is a header that is not wanted", ".", "finishData", "Send"),
    "a subject": (554, '5.7.1 Message refused: its subject "{}" is not wanted here', ".", "finishData", "Send"),
}
THROWN = {
    "Address": "SMTPAddressFailedException",
    "Send": "SMTPSendFailedException",
    "Authentication": "AuthenticationFailedException",
}
IN_A_LOG: dict[str, Callable[[str], FactBase]] = {
    "an action": lambda word: logged(f"Test Action failed: email action '{word}' via mail.example.com:587"),
    "an action, not reached": lambda word: logged(f"Test Action failed: email action '{word}'", REFUSED),
    "an alarm": lambda word: logged(f'Could not send alarm "{word}" to soc@example.com via mail.example.com:587'),
    "an alarm, not reached": lambda word: logged(f'Could not send alarm "{word}" via mail.example.com:587', REFUSED),
    "a subject": lambda word: logged(f"Mail to soc@example.com with subject='{word}' failed via mail.example.com:587"),
}


def held(facts: FactBase) -> dict[str, str]:
    found = drop_superseded(RULES.evaluate(facts))
    return {finding.rule: finding.confidence.value for finding in found if finding.severity != "warning"}


def changed(make: Callable[[str], FactBase], tried: list[str]) -> dict[str, dict[str, str]]:
    usual = held(make(PLAIN))
    assert usual
    return {word: got for word in tried if (got := held(make(word))) != usual}


def test_the_words_are_those_of_the_patterns() -> None:
    assert samples(r"user (is )?(un)?known|no such (user|mailbox)\b(?! here)") == (
        *("user known", "user unknown", "user is known", "user is unknown", "no such user", "no such mailbox"),
    )
    assert len(WORDS) > 1000
    assert {"spoof", "DMARC", "user unknown", "PKIX path building failed"} <= set(WORDS)


@pytest.mark.parametrize("place", IN_A_REPLY)
def test_a_word_that_a_reply_quotes_or_points_to(place: str) -> None:
    code, text, after, step, thrown = IN_A_REPLY[place]
    tried = slices.part(WORDS if place == "a subject" else TOKENS, PARTS)
    tried = [word for word in tried if not {'"', "'", "`"} & set(word)]

    def log(word: str) -> FactBase:
        return replied(f"{code} {text.format(word)}", step, THROWN[thrown])

    def wire(word: str) -> FactBase:
        return captured(code, text.format(word), after)

    assert changed(log, [word for word in tried if not _is_thrown(word)]) == {}
    assert changed(wire, tried) == {}


@pytest.mark.parametrize("place", IN_A_LOG)
def test_a_word_in_a_name_that_a_log_quotes(place: str) -> None:
    tried = [word for word in slices.part(WORDS, PARTS) if not {'"', "'", "`"} & set(word) and not _is_thrown(word)]
    assert changed(IN_A_LOG[place], tried) == {}


def _is_thrown(word: str) -> bool:
    """An exception with its message is read as one wherever it stands in a log."""
    return re.search(r"(Exception|Error|timeout)\b(?=:|$)|Exception|Error", word) is not None
