"""Redaction of our own sentences: values go, prose stays."""

from __future__ import annotations

import pytest

from redact.planted import all_planted
from sestriage.model.message import Message, together
from sestriage.redact import Redactor, strip_secrets


def test_values_get_pseudonyms_and_the_sentence_stays_a_message() -> None:
    said = Message("the settings name the server {server}, the log {host}", server="10.1.2.3", host="mail.corp.example")
    redacted = Redactor().redact(said)
    assert redacted == "the settings name the server <ip-1>, the log <host-1>"
    assert isinstance(redacted, Message)
    assert redacted.text == said.text


@pytest.mark.parametrize(
    "prose",
    [
        "no password: the PASSWORD field of the form is empty",
        "RFC 5321 section 4.5.3.1 has the limit",
        "printf 'EHLO client.example' is what the client says",
        "name@domain is the form of an address",
    ],
)
def test_our_own_prose_is_never_damaged(prose: str) -> None:
    assert Redactor().redact(Message(prose)) == prose
    assert Redactor().redact(Message(prose + " ({host})", host="10.1.2.3")) == prose + " (<ip-1>)"
    assert strip_secrets(Message(prose)) == prose


def test_words_of_the_sentence_help_to_see_what_a_value_is() -> None:
    said = Message("password: {value}", value="hunter2hunter2")
    assert Redactor().redact(said) == "password: <secret>"
    assert strip_secrets(said) == "password: <secret>"


def test_values_of_sentences_within_a_sentence() -> None:
    inner = Message("{count} mails to {address}", count=2, address="jane@corp.example")
    said = together("10.1.2.3", inner, between=": ")
    redacted = Redactor().redact(said)
    assert redacted == "<ip-1>: 2 mails to <address-1>"
    assert isinstance(redacted, Message)
    assert isinstance(redacted.values["part1"], Message)


def test_a_secret_at_the_end_of_the_evidence_goes_though_our_sentence_goes_on() -> None:
    """A form may say that it ends with its line: within a sentence each value is such a line."""
    looked_at = 0
    for planted in all_planted(7):
        if "\n" in planted.text:
            continue
        gone = [secret for secret in planted.secrets if secret not in strip_secrets(planted.text)]
        said = Message("answered ({said}): it had trouble", said=planted.text)
        nested = together("The server", said)
        for secret in gone:
            looked_at += 1
            assert secret not in strip_secrets(said), planted.text
            assert secret not in Redactor().redact(nested), planted.text
    assert looked_at > 500


def test_a_message_and_its_text_are_told_apart() -> None:
    redactor = Redactor()
    text = "RFC 5321 section 4.5.3.1"
    assert redactor.redact(text) != redactor.redact(Message(text)) == text
