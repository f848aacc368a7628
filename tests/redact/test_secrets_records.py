"""Logins in records: each line of the conversation is a value of its own JSON object."""

from __future__ import annotations

import json

import pytest

from growth import assert_even
from sestriage.redact import Redactor, strip_secrets
from sestriage.redact.stream import redact_lines

USER, PASSWORD = "QUtJQUlPU0ZPRE5ON0VYQU1QTEU=", "c2VjcmV0"
DIALOGUE = (
    "AUTH LOGIN",
    "334 VXNlcm5hbWU6",
    USER,
    "334 UGFzc3dvcmQ6",
    PASSWORD,
    "535 Authentication Credentials Invalid",
)
TIME = "2026-11-24T03:46:02.318000000Z"


def docker(line: str) -> str:
    return json.dumps({"log": line + "\n", "stream": "stdout", "time": TIME})


def compact(line: str) -> str:
    return json.dumps({"log": line + "\r\n", "stream": "stdout", "time": TIME}, separators=(",", ":"))


def logger(line: str) -> str:
    return json.dumps({"@timestamp": TIME, "message": line, "level": "DEBUG", "thread": "mail-1"})


def last(line: str) -> str:
    return json.dumps({"ts": TIME, "msg": line})


def nested(line: str) -> str:
    return json.dumps({"log": json.dumps({"message": line, "time": TIME}) + "\n", "time": TIME})


@pytest.mark.parametrize("record", [docker, compact, logger, last, nested])
@pytest.mark.parametrize("clean", [strip_secrets, Redactor().redact])
def test_only_the_answers_go(record, clean) -> None:  # type: ignore[no-untyped-def]
    text = "".join(f"{record(line)}\n" for line in DIALOGUE)
    wanted = text.replace(USER, "<secret>").replace(PASSWORD, "<secret>")
    assert clean(text) == wanted
    assert [bool(json.loads(line)) for line in clean(text).splitlines()] == [True] * len(DIALOGUE)


@pytest.mark.parametrize("record", [docker, compact, logger, last, nested])
def test_no_block_ends_between_a_challenge_and_its_answer(record) -> None:  # type: ignore[no-untyped-def]
    lines = [f"{record(line)}\n" for line in DIALOGUE]
    out = "".join(redact_lines(lines, strip_secrets, block_chars=1))
    assert PASSWORD not in out
    assert USER not in out
    assert out.count(TIME) == "".join(lines).count(TIME)


@pytest.mark.parametrize(
    "text",
    [
        f"{docker('334 VXNlcm5hbWU6')}\n{docker('535 no')}\n",
        f"{docker('took 334')}\n{docker('all of it done')}\n",
        f"{docker('334 VXNlcm5hbWU6')}\n",
        f'{{"code": "334", "time": "{TIME}"}}\n{{"code": "250", "time": "{TIME}"}}\n',
    ],
)
def test_what_is_no_answer_stays(text: str) -> None:
    assert strip_secrets(text) == text


@pytest.mark.parametrize(
    "hostile",
    ['"a":"334 x",', '"a":"', '334"}', '334 x\\n"},', '{"log":"334 VXNl\\n"}\n', "334 \\", '334 "\\n'],
)
def test_hostile_records_cost_linear_time(hostile: str) -> None:
    assert_even(lambda size: strip_secrets(hostile * (size // len(hostile))), 1 << 16)


@pytest.mark.parametrize(
    ("lead", "filling"),
    [
        ("334 VXNlcm5hbWU6\n", "a"),
        ("x password", " "),
        ("password=x", ">"),
        ("secret=", "\t"),
        ("SNI", " "),
        ("a_pass=>", "\t"),
    ],
)
def test_hostile_texts_cost_linear_time(lead: str, filling: str) -> None:
    assert_even(lambda size: Redactor().redact(lead + filling * size + "\x01"), 1 << 14)
