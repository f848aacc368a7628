"""What a text leads to: every literal of docs/domain.md, short inputs, look-alikes, excerpts, and what is quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.test_packaged_literals import LITERALS
from rules.test_packaged_lookalikes import PAIRS, Side
from sestriage.engine.explain.rule import explain_rule
from sestriage.engine.explain.text import explain_text
from sestriage.formats.log import parse_text
from sestriage.formats.log.one_line import read_line
from sestriage.formats.log.wording.classnames import HEAD
from sestriage.model.explanation import Explanation
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.redact import Redactor
from sestriage.rules import load_rules

RULES = load_rules()


def explained(text: str) -> Explanation:
    return explain_text(text, "paste", RULES, (), Redactor().redact)


def ids(text: str) -> list[str]:
    return [match.rule for match in explained(text).matches]


def can_mean(word: str) -> list[str]:
    explanation = explained(word)
    assert (explanation.word, explanation.matches, explanation.leaflet) == (word, (), None)
    return [title.rule for title in explanation.nearest]


def test_a_class_name_that_rules_share_is_answered_with_the_list() -> None:
    for name in ("AuthenticationFailedException", "javax.mail.AuthenticationFailedException"):
        listed = can_mean(name)
        assert {"smtp-credentials-invalid", "authentication-temporary-failure", "starttls-required-by-server"} <= set(
            listed
        )
        assert "identity-not-verified" not in listed
    assert {"identity-not-verified", "ses-access-denied", "sending-paused"} <= set(can_mean("SMTPSendFailedException"))


@pytest.mark.parametrize(
    ("code", "among", "not_among"),
    [
        ("421", "too-many-connections", "bad-greeting"),
        ("454", "daily-quota-exceeded", "smtp-credentials-invalid"),
        ("535", "account-not-subscribed", "authentication-temporary-failure"),
        ("552", "message-too-long", "identity-not-verified"),
        ("554", "ses-access-denied", "message-too-long"),
    ],
)
def test_a_bare_code_is_answered_with_its_meaning_and_the_list(code: str, among: str, not_among: str) -> None:
    listed = can_mean(code)
    assert among in listed
    assert not_among not in listed


def test_a_bare_word_of_one_cause_leads_to_it() -> None:
    """Special cases of the same failure do not make its name ambiguous, nor does a number that is no reply."""
    assert ids("SunCertPathBuilderException")[0] == "pkix-path-not-found"
    assert explained("587").word == ""


def test_every_literal_leads_to_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [(text, rule, ids(text)) for text, rule in LITERALS if ids(text)[:1] != [rule]]
    with capsys.disabled():
        print(f"\nexplain: {len(LITERALS) - len(wrong)} of {len(LITERALS)} literals lead to their rule")  # noqa: T201
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("535 Authentication Credentials Invalid", "smtp-credentials-invalid"),
        ("dh key too small", "dh-key-too-small"),
        ("DH KEY TOO SMALL.", "dh-key-too-small"),
        ("dh Schlüssel zu klein", "dh-key-too-small"),
        ("141A318A", "dh-key-too-small"),
        ("0A00018A", "dh-key-too-small"),
        ("0a00018a", "dh-key-too-small"),
        ("14082174", "dh-key-too-small"),
        ("0A000086", "pkix-path-not-found"),
        ("SunCertPathBuilderException", "pkix-path-not-found"),
        ("SunCertPathBuilderAusnahme", "pkix-path-not-found"),
        ("Verify return code: 20", "pkix-path-not-found"),
        ("Verify return code: 20 (unable to get local issuer certificate)", "pkix-path-not-found"),
        ("handshake_failure", "no-common-cipher-suite"),
        ("protocol_version", "tls-version-rejected"),
        ("certificate_unknown", "client-certificate-rejected"),
        ("UnknownHostException", "dns-lookup-failed"),
        ("connect timed out", "connection-timed-out"),
        ("454 Temporary authentication failure", "authentication-temporary-failure"),
        ("AuthenticationFailedException: 454 Temporary authentication failure", "authentication-temporary-failure"),
        ("Could not generate DH keypair", "dh-prime-too-large-for-client"),
    ],
)
def test_short_inputs(text: str, rule: str) -> None:
    assert ids(text)[0] == rule


@pytest.mark.parametrize(
    "text",
    [
        "WARNING: Illegal reflective access by com.sun.mail.util.SocketFetcher",
        "2026-11-20 09:12:44.310 ERROR 7 --- [feed-1] c.l.slic.SlicFeedGetter : PKIX path building failed",
        "ldap.example.com:636: javax.naming.CommunicationException: PKIX path building failed",
        "wrote 535 bytes to /tmp/x",
        "250 Ok 0100018c0e1a2b3c-5f0c1d2e-0000-4444-8888-0123456789ab-000000",
        "something that nobody has seen before",
    ],
)
def test_what_must_lead_nowhere(text: str) -> None:
    assert ids(text) == []


@pytest.mark.parametrize(
    ("shown", "other"),
    [
        pytest.param(one, two, id=f"{name}: {one.rule} not {two.rule}")
        for name, left, right in PAIRS
        for one, two in ((left, right), (right, left))
        if one.log is not None and not one.facts
    ],
)
def test_look_alikes_stay_apart(shown: Side, other: Side) -> None:
    found = ids(shown.log or "")
    assert found[0] == shown.rule
    assert other.rule == shown.rule or other.rule not in found


def test_a_bare_code_lists_all_its_rules_and_proves_no_step() -> None:
    found = explained("454")
    rules = {title.rule for title in found.nearest}
    assert {"daily-quota-exceeded", "authentication-temporary-failure", "starttls-refused"} <= rules
    assert (found.matches, found.leaflet, found.phase) == ((), None, None)
    assert found.cleared == ()


TWO_ATTEMPTS = """
2026-11-20 09:12:44.310 ERROR 7 --- [a-1] c.x.EmailAction : Test Action failed: action 'SES' via relay.corp.example:587
javax.mail.MessagingException: Could not convert socket to TLS;
  nested exception is:
\tjavax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small
2026-11-20 09:40:44.310 ERROR 7 --- [a-1] c.x.EmailAction : Test Action failed: action 'SES' via relay.corp.example:587
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid
"""


def test_the_newest_attempt_of_an_excerpt_comes_first() -> None:
    found = explained(TWO_ATTEMPTS)
    assert [(match.rule, match.earlier) for match in found.matches] == [
        ("smtp-credentials-invalid", False),
        ("dh-key-too-small", True),
    ]
    assert found.phase is Phase.AUTH
    assert found.cleared == (Phase.DNS, Phase.TCP, Phase.GREETING)  # this relay may take a login in clear text
    best = found.matches[0]
    assert (best.place, best.quote) == (
        "paste:7",
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
    )


def test_quotes_and_commands_are_redacted() -> None:
    text = "554 Message rejected: Email address is not verified. The following identities failed: soc@corp.example"
    found = explained(f"javax.mail.MessagingException: {text}\nHost: mail.corp.example password=Hunter22x")
    shown = str(found)
    assert "identity-not-verified" in shown
    assert "corp.example" not in shown
    assert "Hunter22x" not in shown


def test_words_of_a_site_rule_are_no_excuse_to_show_them(tmp_path: Path) -> None:
    source = SITE_RULE.replace("MESSAGE", "refused for soc@corp.example at mail.corp.example")
    (tmp_path / "site-rule.toml").write_text(source, encoding="utf-8")
    rules = load_rules([tmp_path])
    text = "refused for soc@corp.example at mail.corp.example"
    found = explain_text(text, "paste", rules, [str(tmp_path)], Redactor().redact)
    assert found.matches[0].rule == "site-rule"
    assert found.matches[0].quote == "refused for <address-1> at <host-1>"


SITE_RULE = """
schema = 1
id = "site-rule"
title = "The site's own"
phase = "auth"
severity = "error"
aliases = ["our own words"]
why = "Because."
[select]
logged = 'log.event where outcome == "failure" and text contains "MESSAGE"'
[verdict]
when = "logged"
[[fix]]
text = "Do something."
"""


def test_a_rule_of_the_site_replaces_the_packaged_one(tmp_path: Path) -> None:
    source = SITE_RULE.replace("site-rule", "dh-key-too-small")
    (tmp_path / "dh-key-too-small.toml").write_text(source, encoding="utf-8")
    found = explain_rule("dh-key-too-small", [str(tmp_path)])
    assert found is not None
    assert found.leaflet is not None
    assert found.leaflet.title == "The site's own"
    assert found.leaflet.phase is Phase.AUTH


def test_a_broken_rule_of_the_site_is_named_and_the_packaged_one_explained(tmp_path: Path) -> None:
    (tmp_path / "dh-key-too-small.toml").write_text("schema = 1\nid = x\n", encoding="utf-8")
    found = explain_rule("dh-key-too-small", [str(tmp_path)])
    assert found is not None
    assert found.leaflet is not None
    assert "DH key is too small" in found.leaflet.title
    assert len(found.notes) == 1
    assert "dh-key-too-small.toml:2:" in found.notes[0]
    assert found.notes[0].endswith("; skipped")


def test_no_match_names_the_closest_and_what_a_support_case_needs() -> None:
    found = explained("dh-key-to-small")
    assert found.matches == ()
    assert found.nearest[0].rule == "dh-key-too-small"
    assert any("sw-response-mgmt.log" in need.command for need in found.attach)


@pytest.mark.parametrize(
    "text", sorted({text for text, _ in LITERALS if HEAD.match(text) and "\n" not in text.strip()})
)
def test_one_line_is_read_as_the_log_reader_reads_it(text: str) -> None:
    source = SourceRef("paste")
    assert read_line(text.strip(), source) == parse_text(text.strip(), source)[0]


def test_what_is_no_exception_is_not_read_as_one_line() -> None:
    assert read_line("535 Authentication Credentials Invalid", SourceRef("paste")) is None
    assert read_line("java.io.IOException: x\n\tat a.B.c(B.java:1)", SourceRef("paste")) is None
