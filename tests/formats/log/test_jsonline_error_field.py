"""Loggers with the error in a field of its own (zap, zerolog, logrus, slog): it belongs to the message."""

from __future__ import annotations

import json

import pytest

from sestriage.formats.log import parse_text
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef


def event(**fields: object) -> LogEvent:
    record = {"ts": "2026-11-20T09:12:44Z", "level": "error", "logger": "mailer", **fields}
    (found,) = parse_text(json.dumps(record) + "\n", SourceRef("app.log"))
    return found


@pytest.mark.parametrize("key", ["error", "err"])
def test_the_reply_in_the_error_field_is_read(key: str) -> None:
    found = event(msg="failed to send mail", **{key: "535 5.7.8 Authentication failed"})
    assert (found.outcome, found.reply_code) == ("failure", 535)


def test_it_is_not_said_twice() -> None:
    assert event(msg="failed to send mail: EOF", error="EOF").message == "failed to send mail: EOF"


def test_an_error_field_that_is_no_text_adds_nothing() -> None:
    assert event(msg="failed to send mail", error={"code": 1}).message == "failed to send mail"
