"""What somebody else chose is no word of the text: names in quotes, and what a reply quotes or points to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.model.known.own_words import in_one_line, own_words, without_names


@pytest.mark.parametrize(
    "text",
    [
        "Test Action failed: email action 'Connection refused'",
        'could not send alarm "Connection refused" (attempt 1 of 3)',
        "Rule `Connection refused' could not be run",
        '{"subject":"Connection refused"}',
        "alarmName: 'Connection refused'",
        "Aktion 'Connection refused' fehlgeschlagen",
        "mail with subject=Connection refused, host=smtp.example.com",
        "EmailAction[name=Connection refused, id=17]",
        'sending \\"alert\\":\\"Connection refused\\"',
        "email 'it's Connection refused' not sent",
        'eventName="Connection refused"',
        "event 'Connection refused' raised",
    ],
)
def test_a_name_is_blanked(text: str) -> None:
    blanked = without_names(text)
    assert "refused" not in blanked
    assert len(blanked) == len(text)
    assert all(b in (a, "_") for a, b in zip(text, blanked, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "error: 'Connection refused'",
        "TLS alert 'handshake failure'",
        'fatal alert "handshake_failure"',
        "transaction 'Connection refused'",
        'message="Connection refused"',
        'event="send failed: Connection refused"',
        '{"notification": "send failed: Connection refused"}',
        "subject=CN = smtp.example.com",
        "subject=/C=US/O=Amazon/CN=Amazon Root CA 1",
        "certificate is not valid for 'smtp.example.com'",
        "No name matching smtp.example.com found",
        "don't send the action's mail",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert without_names(text) == text


@pytest.mark.parametrize(
    ("reply", "gone", "kept"),
    [
        ("<dmarc@example.com>: user unknown", "dmarc", ">: user unknown"),
        ("<alarms@spf.example.com>: user unknown", "spf", ">: user unknown"),
        ("the file virus.zip is not accepted", "virus", "is not accepted"),
        ("see https://help.example.net/spam/17 for more", "spam", "https://help.example.net"),
        ("see https://help.example.net/q?why=spam", "spam", "https://help.example.net"),
        ("the header X-Spam-Flag is not wanted", "Spam", "is not wanted"),
        ("its subject 'quota exceeded' is not wanted", "quota", "is not wanted"),
    ],
)
def test_what_a_reply_quotes_is_not_its_own_word(reply: str, gone: str, kept: str) -> None:
    said = own_words(reply)
    assert gone not in said
    assert kept in said
    assert len(said) == len(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org",
        "https://support.google.com/mail/?p=BadCredentials x1-abc - gsmtp",
        "Duplicate header 'DKIM-Signature'",
        "5.7.1 Missing final '@domain'",
        "User `arn:aws:iam::123456789012:user/x' is not authorized to perform `ses:SendRawEmail'",
    ],
)
def test_the_server_s_own_words_stay(reply: str) -> None:
    kept = own_words(reply)
    assert [word for word in reply.split() if word not in kept.split() and "/mail/" not in word] == []


@given(st.text(alphabet="aX-@.:/'\"`=?<>[] \n_subjectmail", max_size=200))
def test_any_text_keeps_its_length_and_its_lines(text: str) -> None:
    said = own_words(text)
    assert len(said) == len(text)
    assert said.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (
            "5.7.1 Client host blocked\n5.7.1 using lists.example.net",
            "5.7.1 Client host blocked using lists.example.net",
        ),
        ("Client host blocked \n  using a list", "Client host blocked using a list"),
        ("5.7.1 Blocked:\n4.7.1.9 is a source", "5.7.1 Blocked: 4.7.1.9 is a source"),
        ("5.7.26 Not wanted\n5.7.26", "5.7.26 Not wanted "),
        ("5.7.1 One line", "5.7.1 One line"),
    ],
)
def test_the_lines_of_a_reply_are_joined(reply: str, line: str) -> None:
    assert in_one_line(reply) == line
