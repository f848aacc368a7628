"""The second gate loses nothing: whatever sentence of a form, in whatever line, is weighed as worth reading."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from re import _parser as parser  # type: ignore[attr-defined]  # the standard library's only reader of patterns

import pytest

import chatter
from formats.log.lines.test_scan import LOGS, fast, hot_lines, slow
from sestriage.formats.log.lines.finder import python_finder
from sestriage.formats.log.wording.forms import FORMS, PERHAPS, TELLING, THINGS, VERBS, Form
from sestriage.formats.log.wording.sentences import Said, read_sentence, translate

LINES: dict[str, Callable[[str], str]] = {
    "spring": lambda text: f"2026-11-24 03:31:33.244 INFO [main] c.h.response.Runner - {text}",
    "pipes": lambda text: f"24-Nov-2026 00:46:10.395 | INFO  | channel-2 | OutboundChannel | {text}",
    "bare": lambda text: text,
    "json": lambda text: json.dumps({"@timestamp": "2026-11-24T03:46:16.701Z", "message": text, "level": "INFO"}),
    "docker": lambda text: json.dumps({"log": f"03:31:33.244 [main] INFO x.Y - {text}\n", "stream": "stdout"}),
    "logfmt": lambda text: f'time="2026-11-24T03:46:16Z" level=info msg="{text}" n=1',
    "rsyslog": lambda text: f"2026-11-24T03:31:33.123456+00:00 mgr sw-response-mgmt[7]: INFO x.Y - {text}",
}


def expand(parsed: object, rng: random.Random) -> str:
    """Some text that a parsed pattern finds; what it looks at around itself is left out."""
    out = ""
    for kind, value in parsed:  # type: ignore[attr-defined]
        name = str(kind)
        if name == "LITERAL":
            out += chr(value)
        elif name == "BRANCH":
            out += expand(rng.choice(value[1]), rng)
        elif name == "SUBPATTERN":
            out += expand(value[-1], rng)
        elif name == "MAX_REPEAT":
            low, high, inner = value
            out += "".join(expand(inner, rng) for _ in range(rng.randint(low, min(int(high), low + 2))))
        elif name == "IN":
            out += rng.choice("abz")
        else:
            assert name in ("ASSERT", "AT"), name
    return out


def sentences(form: Form, count: int) -> list[str]:
    """Sentences of a form: alternatives of each of its classes, and numbers of what may stand between."""
    rng = random.Random(form.name)
    parsed = parser.parse(translate(form.words))
    found = [" ".join(expand(parsed, rng).split()) for _ in range(count)]
    for word, shown in (("qname", "'Mail to SOC'"), ("addr", "a@b.example"), ("num", "2")):
        found = [re.sub(rf"\b{word}\b", shown, text) for text in found]
    return found


def matters(text: str) -> bool:
    return read_sentence(text, "INFO") != Said()


@pytest.mark.campaign(3)
@pytest.mark.parametrize("form", [*FORMS, *PERHAPS], ids=lambda form: form.name)
def test_every_sentence_of_a_form_is_worth_reading(form: Form) -> None:
    rng = random.Random(form.name)
    said = 0
    for text in sentences(form, 60):
        sentence = rng.choice((str, str.capitalize, str.upper))(text) + rng.choice(("", ".", ": no", " (3 ms)"))
        if not matters(sentence):
            continue  # a word in it takes the meaning away
        said += 1
        for line in LINES.values():
            assert hot_lines((line(sentence) + "\n").encode(), python_finder()) == {0}, line(sentence)
    assert said > 5


@pytest.mark.parametrize("channel", ["type=EMAIL", "(EMAIL)", "kind: mail", "[smtp]", "channel='e-mail'"])
@pytest.mark.parametrize("form", TELLING, ids=lambda form: form.name)
def test_a_line_that_shows_its_channel_is_worth_reading(form: Form, channel: str) -> None:
    for verb in sentences(form, 20):
        sentence = f"Action 'X' {channel} {verb}"
        assert matters(sentence)
        for line in LINES.values():
            assert hot_lines((line(sentence) + "\n").encode(), python_finder()) == {0}, line(sentence)


@pytest.mark.parametrize("form", [*FORMS, *PERHAPS], ids=lambda form: form.name)
def test_every_form_has_a_thing_and_a_verb(form: Form) -> None:
    """By which sentences are told from chatter before they are held against the forms."""
    for text in sentences(form, 200):
        words = set(re.findall(r"[^\W\d_]+", text.lower()))
        assert words & THINGS, text
        assert words & VERBS, text


@pytest.mark.parametrize("look", [chatter.spring, chatter.json_lines], ids=["spring", "json"])
@pytest.mark.parametrize("family", chatter.FAMILIES)
def test_random_mixes_are_read_as_they_are_line_by_line(
    family: str, look: chatter.Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(family)
    begin = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    lines: list[str] = []
    for number in range(4):
        at = begin + timedelta(minutes=number)
        lines += chatter.lines(family, 60, number, at, timedelta(milliseconds=700), look)
        lines += rng.choice(LOGS).read_text(encoding="utf-8").splitlines()
    data = ("\n".join(lines) + "\n").encode()
    assert fast(data) == slow(data, monkeypatch)


@pytest.mark.parametrize("look", [chatter.spring, chatter.json_lines], ids=["spring", "json"])
@pytest.mark.parametrize("family", [name for name in chatter.FAMILIES if name not in ("healthy", "services", "loud")])
def test_chatter_is_not_worth_reading(family: str, look: chatter.Look) -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    lines = chatter.lines(family, 300, 5, at, timedelta(seconds=1), look)
    hot = hot_lines(("\n".join(lines) + "\n").encode(), python_finder())
    assert [lines[number] for number in hot] == []
