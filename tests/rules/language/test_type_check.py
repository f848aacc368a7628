"""A condition that cannot be right is refused when the rule is read, with the place and the nearest name."""

from __future__ import annotations

import pytest

from sestriage.rules.language.grammar import ConditionError, parse_condition, parse_selection
from sestriage.rules.language.type_check import check_selection, check_verdict


@pytest.mark.parametrize(
    "text",
    [
        "log.event",
        'log.event where openssl_reason == "dh key too small" and not port in [465, 2465]',
        'log.event where phase == "tls"',
        'log.event where exceptions contains "SSLException"',
        "log.event where reply.code >= 500 and reply_code >= 500",
        'tls.handshake where key_exchange == "DHE" and dh_bits < 2048 and alert.sender == "client"',
        'tcp.stream where tls.leaf.issuer matches "O=Amazon" and count(tls.certificates) == 1',
        "config.tls_ciphers where any(suites, allows_dhe)",
        'tls.handshake where any(offered_versions, it == "TLSv1.2")',
        "smtp.dialogue where any(replies, code == 554) and unknown(message_id)",
        "tcp.stream where tcp.silent_since >= 5",
        "trust.path where unknown(gap)",
        'tls.handshake where encrypted_alerts contains "client" and certificates_visibility in ["clear", "decrypted"]',
    ],
)
def test_right_conditions_pass(text: str) -> None:
    check_selection(parse_selection(text))


@pytest.mark.parametrize(
    ("text", "message", "found"),
    [
        ("log.evnt where port == 1", "did you mean `log.event`", "log.evnt"),
        ('log.event where opensl_reason == "x"', "did you mean `openssl_reason`", "opensl_reason"),
        ('log.event where port == "587"', "a whole number", '"587"'),
        ("log.event where port", "compare it with something", "port"),
        ("log.event where text > 3", "needs a number", "3"),
        ('log.event where port contains "5"', "needs text", '"5"'),
        ("log.event where text startswith 5", "needs text in quotes", "5"),
        ("log.event where port in 5", "a list in brackets", "5"),
        ("log.event where port == [5]", "one value", "[5]"),
        ('log.event where phase == "tsl"', "did you mean `tls`", '"tsl"'),
        ('log.event where outcome == "failed"', "did you mean `failure`", '"failed"'),
        ('log.event where connection_mode in ["starttls", "smtps"]', "never 'smtps'", '["starttls", "smtps"]'),
        ('tls.handshake where any(alerts, sender == "manager")', "never 'manager'", '"manager"'),
        ('tls.handshake where encrypted_alerts contains "manager"', "never 'manager'", '"manager"'),
        ('log.event where text matches "(a+)+"', "repetition inside a repetition", '"(a+)+"'),
        ('log.event where text matches "("', "not a regular expression", '"("'),
        ("log.event where any(port, it == 1)", "not a list", "port"),
        ('log.event where throwables.message == "x"', "use any()", "throwables"),
        ("log.event where time == 5", "cannot compare", "5"),
        ('tls.handshake where alerts == "x"', "cannot compare", '"x"'),
        ("tls.handshake where completed > true", "needs a number", "true"),
        ("log.event where port == true", "True is not", "true"),
        ('log.event where reply.code.x == "a"', "has no field `x`", "reply"),
    ],
)
def test_wrong_conditions_are_refused_with_their_place(text: str, message: str, found: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check_selection(parse_selection(text))
    assert message in str(caught.value)
    assert text[caught.value.at :].startswith(found)


def test_verdicts_join_selections_only() -> None:
    names = ("logged", "weak")
    check_verdict(parse_condition("logged or (weak and not unknown(logged)) or holds(weak)"), names)
    for text, message in (
        ("logged or week", "did you mean `weak`"),
        ('logged == "x"', "comparisons belong into"),
        ("any(logged, weak)", "belong into"),
        ("unknown(other)", "no selection `other`"),
    ):
        with pytest.raises(ConditionError, match=message):
            check_verdict(parse_condition(text), names)
