"""Short outputs of commands that a report prints: read for what they are, alone or as copied from a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.engine.triage import TriageOptions, triage
from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.answers import looks_like_answer, read_answers
from sestriage.formats.transcript.terminal import sections
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Report

SOURCE = SourceRef("a.txt")
X509 = (
    "subject=CN = email-smtp.eu-west-1.amazonaws.com\n"
    "issuer=C = US, O = Amazon, CN = Amazon RSA 2048 M01\n"
    "notBefore=Nov  9 00:00:00 2026 GMT\nnotAfter=Dec 19 09:33:39 2026 GMT\n"
)
OLD_X509 = "subject= /CN=mail.example.com\nissuer= /C=US/O=Example/CN=Example CA\n"
SAN = (
    "        Subject: CN = email-smtp.eu-west-1.amazonaws.com\n"
    "                DNS:email-smtp.eu-west-1.amazonaws.com, DNS:other.example.com, IP Address:192.0.2.7\n"
)
SPOKEN = (
    "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGH abc\n250-email-smtp.amazonaws.com\n"
    "250-8BITMIME\n{starttls}250-AUTH PLAIN LOGIN\n250 Ok\n221 Bye\n"
)
COMMAND = (
    "[root@smc ~]# timeout 30 bash -c 'exec 3<>\"/dev/tcp/$0/$1\" || exit; r' email-smtp.us-east-1.amazonaws.com 587\n"
)


def test_a_certificate_by_names_and_dates() -> None:
    (transcript,) = read_answers(X509.encode(), SOURCE).transcripts
    assert transcript.stream.tls is not None
    leaf = transcript.stream.tls.leaf
    assert leaf is not None
    assert leaf.subject == "CN=email-smtp.eu-west-1.amazonaws.com"
    assert leaf.issuer == "CN=Amazon RSA 2048 M01,O=Amazon,C=US"
    assert (leaf.issuer_organization, leaf.not_after) == ("Amazon", datetime(2026, 12, 19, 9, 33, 39, tzinfo=UTC))
    assert leaf.problem is not None, "its names for hosts are not known"
    assert transcript.printed_leaf
    assert not transcript.whole_chain


def test_the_form_of_openssl_1_0() -> None:
    (transcript,) = read_answers(OLD_X509.encode(), SOURCE).transcripts
    assert transcript.printed == (("CN=mail.example.com", "CN=Example CA,O=Example,C=US"),)


def test_alternative_names() -> None:
    (transcript,) = read_answers(SAN.encode(), SOURCE).transcripts
    assert transcript.stream.tls is not None
    leaf = transcript.stream.tls.leaf
    assert leaf is not None
    assert leaf.dns_names == ("email-smtp.eu-west-1.amazonaws.com", "other.example.com")
    assert leaf.ip_addresses == ("192.0.2.7",)
    assert leaf.problem is None


def test_identities_and_sandbox() -> None:
    text = "# aws sesv2 list-email-identities --region eu-west-1 && aws sesv2 get-account\n"
    text += '{"EmailIdentities": [{"IdentityName": "Example.org", "VerificationStatus": "SUCCESS"},'
    text += ' {"IdentityName": "b.example", "VerificationStatus": "PENDING"}]}\nfalse\n'
    (settings,) = read_answers(text.encode(), SOURCE).settings
    assert (settings.verified_domains, settings.verified_region, settings.sandbox) == (
        ("example.org",),
        "eu-west-1",
        True,
    )


@pytest.mark.parametrize(
    ("starttls", "offered", "masked"),
    [("250-STARTTLS\n", True, False), ("", False, False), ("250-XXXXXXXA\n", False, True)],
)
def test_a_mail_session_by_hand(starttls: str, offered: bool, masked: bool) -> None:
    text = COMMAND + SPOKEN.format(starttls=starttls) + "[root@smc ~]# \n"
    assert looks_like_transcript(text.encode()) == "answer"
    (transcript,) = read_answers(text.encode(), SOURCE).transcripts
    smtp = transcript.stream.smtp
    assert smtp is not None
    assert (smtp.greeting_code, smtp.starttls_offered, smtp.starttls_masked) == (220, offered, masked)
    assert (transcript.host, transcript.stream.port) == ("email-smtp.us-east-1.amazonaws.com", 587)
    assert [reply.after for reply in smtp.replies] == ["", "EHLO", "QUIT"]


def judged(tmp_path: Path, answer: str) -> Report:
    log = "2026-11-24 10:00:00,123 ERROR [m] Test Action failed via email-smtp.us-east-1.amazonaws.com:587\n"
    log += "javax.mail.MessagingException: STARTTLS is required but host does not support STARTTLS\n"
    (tmp_path / "sw-response-mgmt.log").write_text(log, encoding="utf-8")
    (tmp_path / "answer.txt").write_text(answer, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("sw-response-mgmt.log", "answer.txt")]
    return triage(paths, TriageOptions(now=datetime(2026, 11, 25, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("starttls", "confidence"), [("250-STARTTLS\n", "likely"), ("", "confirmed"), ("250-XXXXXXXA\n", "confirmed")]
)
def test_it_lifts_the_verdict_where_it_shows_the_same(starttls: str, confidence: str, tmp_path: Path) -> None:
    for answer in (SPOKEN.format(starttls=starttls), COMMAND + SPOKEN.format(starttls=starttls)):
        verdict = judged(tmp_path, answer).verdict
        assert verdict.primary is not None
        assert (verdict.primary.rule, str(verdict.confidence)) == ("starttls-stripped", confidence)
        assert confidence == "likely" or not verdict.needs


def test_prompts_divide() -> None:
    text = "[root@smc ~]# date -u\nTue Nov 24 10:05:00 UTC 2026\n[root@smc ~]# cat /x/tls-ciphers\nAES128-SHA\n$ \n"
    assert [(s.command, [line.text for line in s.lines]) for s in sections(text.encode())] == [
        ("date -u", ["Tue Nov 24 10:05:00 UTC 2026"]),
        ("cat /x/tls-ciphers", ["AES128-SHA"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        X509 + "and then it failed\n",
        "220 mail.example.com ESMTP\n",  # a greeting alone tells nothing of EHLO
        "535 of 554 done\n250 left\n",
        "2026-11-24 10:00:00 INFO subject=CN = a\n",
        "Tue Nov 24 10:05:00 UTC 2026\n",
        "# cat tls-ciphers\nhello world\n",
    ],
)
def test_look_alikes(text: str) -> None:
    assert not looks_like_answer(text.encode())


@given(st.binary(max_size=200))
def test_any_bytes_do(data: bytes) -> None:
    for head in (b"", b"subject=", b"220 a ESMTP\n250-", b'{"EmailIdentities": [', b"# cat tls-ciphers\n", b"length "):
        looks_like_answer(head + data)
        read_answers(head + data, SOURCE)
