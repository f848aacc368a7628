"""A reply means the same wherever its lines end: servers fold long ones (RFC 5321, 4.2.1)."""

from __future__ import annotations

import re

import pytest

from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import EXAMPLE_SOURCE, fact_base
from sestriage.rules.ruleset import drop_superseded

RULES = load_rules()
REPLIES: dict[str, tuple[int, str, str, str, str]] = {
    "a client on a list": (
        550,
        "5.7.1 Service unavailable; client [192.0.2.7] blocked using lists.example.net, see there",
        "client-address-blocked",
        "MAIL",
        "mailFrom",
    ),
    "no relaying": (
        554,
        "5.7.1 Recipient address rejected: Relay access denied for this client",
        "relaying-denied",
        "RCPT",
        "rcptTo",
    ),
    "no proof of the sender": (
        550,
        "5.7.26 This mail has been blocked because the sender is unauthenticated. All senders must pass SPF or DKIM",
        "sender-domain-not-authorised",
        ".",
        "finishData",
    ),
    "lines of the message": (
        550,
        "5.6.0 The message contains bare linefeeds, which are not taken here",
        "message-structure-faulty",
        ".",
        "finishData",
    ),
    "connections": (
        421,
        "4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel",
        "too-many-connections",
        "MAIL",
        "mailFrom",
    ),
}


def held(facts: FactBase) -> dict[str, str]:
    found = drop_superseded(RULES.evaluate(facts))
    return {finding.rule: finding.confidence.value for finding in found if finding.severity != "warning"}


def logged(code: int, lines: list[str], step: str) -> FactBase:
    reply = "\n".join(f"{code}{' ' if line is lines[-1] else '-'}{line}" for line in lines)
    kind = "SMTPAddressFailedException" if step == "rcptTo" else "SMTPSendFailedException"
    text = f"com.sun.mail.smtp.{kind}: {reply}\n\n\tat com.sun.mail.smtp.SMTPTransport.{step}(SMTPTransport.java:965)\n"
    return fact_base({}, {"log.event": tuple(parse_text(text, EXAMPLE_SOURCE))})


def captured(code: int, lines: list[str], after: str) -> FactBase:
    replies = [{"code": code, "text": "\n".join(lines), "after": after}]
    return fact_base({"smtp.dialogue": [{"greeting_code": 220, "replies": replies}]})


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_means_the_same_wherever_its_lines_end(name: str) -> None:
    code, text, rule, after, step = REPLIES[name]
    enhanced, words = text.split(" ", 1)
    whole = held(logged(code, [text], step))
    assert rule in whole
    assert rule in held(captured(code, [text], after))
    for gap in re.finditer(" ", words):
        lines = [f"{enhanced} {part}" for part in (words[: gap.start()], words[gap.end() :])]
        assert held(logged(code, lines, step)) == whole, lines
        assert held(captured(code, lines, after)) == held(captured(code, [text], after)), lines
