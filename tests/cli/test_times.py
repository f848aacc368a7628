"""`triage --since --until --tz`, as typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.terminal import Run

HEAD = "{time} ERROR 7 --- [worker-1] com.harbor.response.action.EmailActionExecutor : E-mail action failed\n"
FAILURE = HEAD + "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Failures at 04:00, 05:00 and 06:00 of a day, without zone."""
    path = tmp_path / "x.log"
    path.write_text("".join(FAILURE.format(time=f"2026-03-02 0{hour}:00:00.001") for hour in (4, 5, 6)))
    return str(path)


def attempts(run: Run, *arguments: str) -> list[str]:
    result = run("triage", "--no-save", "--format", "json", *arguments)
    assert result.err == ""
    return [attempt["started"] for attempt in json.loads(result.out)["attempts"]]


def test_a_window(run: Run, log: str) -> None:
    assert attempts(run, "--since", "2026-03-02 05:00", "--until", "2026-03-02 05:00", log) == [
        "2026-03-02T05:00:00.001000"
    ]
    assert len(attempts(run, "--until", "2026-03-02", log)) == 3
    assert attempts(run, "--since", "2026-03-02 06:00:00.002", log) == []
    assert len(attempts(run, "--since", "02/Mar/2026:05:00:00", log)) == 2


def test_so_long_ago(run: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = tmp_path / "x.log"
    ages = (timedelta(days=3), timedelta(hours=5), timedelta(minutes=5))
    path.write_text("".join(FAILURE.format(time=(now - age).isoformat(timespec="milliseconds")) for age in ages))
    assert [len(attempts(run, "--since", since, str(path))) for since in ("7d", "24h", "1h", "1s")] == [3, 2, 1, 0]
    assert len(attempts(run, "--since", "4d", "--until", "4h", str(path))) == 2


@pytest.mark.parametrize(
    "zone", [("--tz", "Europe/Berlin"), ("--tz", "+01:00"), ("--utc-offset", "+01:00"), ("--utc-offset", "1")]
)
def test_a_zone(run: Run, log: str, zone: tuple[str, str]) -> None:
    assert attempts(run, *zone, log) == [f"2026-03-02T0{hour}:00:00.001000Z" for hour in (3, 4, 5)]
    assert attempts(run, *zone, "--since", "2026-03-02T05:00Z", log) == ["2026-03-02T05:00:00.001000Z"]


def test_an_unknown_zone_is_that_of_the_log(run: Run, log: str) -> None:
    assert attempts(run, "--tz", "auto", log) == attempts(run, log)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "soon"], "neither a span"),
        (["--until", "2026-02-30"], "neither a span"),
        (["--tz", "Mars/Olympus"], "no time zone"),
        (["--utc-offset", "Berlin"], "not an offset such as"),
        (["--tz", "UTC", "--utc-offset", "+01:00"], "give one of them"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "the second time lies before the first"),
        (["--since", "1h", "--until", "2h"], "the second time lies before the first"),
    ],
)
def test_wrong_usage(run: Run, log: str, arguments: list[str], words: str) -> None:
    result = run("triage", *arguments, log)
    assert result.status == 2
    assert words in " ".join(result.err.split())
    assert result.out == ""


def test_the_help_says_what_counts(run: Run) -> None:
    text = " ".join(run("triage", "--help").out.split())
    for words in ("--until 2026-11-24 includes that day", "Both ends belong to the window", "those of --tz"):
        assert words in text
