"""Logs whose long lines were broken at a width, by a mail program or by a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sestriage.formats.log.exports.folded import may_be_folded, unfold
from sestriage.formats.log.reader import parse_text
from sestriage.model.source import SourceRef
from support import SAMPLES

LINES = [
    "2026-11-24 09:13:04,118 INFO  [main] c.h.n.Loader - Configuration revision 208 of the notification service loaded",
    "2026-11-24 09:13:05,201 ERROR [scheduler-1] c.h.n.MailSender - The message of the e-mail action could not be sent",
    "javax.mail.MessagingException: Could not connect to SMTP host: email-smtp.us-east-1.amazonaws.com, port: 587;",
    "  nested exception is:",
    "\tjava.net.ConnectException: Connection refused (Connection refused)",
    "\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java:2211)",
    "\tat com.sun.mail.smtp.SMTPTransport.protocolConnect(SMTPTransport.java:722)",
    "2026-11-24 09:13:06,118 INFO  [main] c.h.n.Loader - The queue of the notification service holds 1, 0 are late",
]


def between_words(line: str, width: int) -> list[str]:
    """As a mail program does it: a longer word keeps a line to itself."""
    return textwrap.wrap(line.expandtabs(4), width, break_long_words=False, break_on_hyphens=False) or [""]


def at_the_column(line: str, width: int) -> list[str]:
    """As a terminal does it."""
    return [line[at : at + width] for at in range(0, len(line), width)] or [""]


Fold = Callable[[str, int], list[str]]


@pytest.mark.parametrize("width", [64, 72, 78, 80, 100])
@pytest.mark.parametrize("fold", [between_words, at_the_column])
def test_whole_lines_with_the_number_of_their_first(fold: Fold, width: int) -> None:
    folded: list[str] = []
    first = []
    for line in LINES:
        first.append(len(folded) + 1)
        folded += fold(line, width)
    found = unfold(folded)
    assert found is not None
    assert [(number, " ".join(text.split())) for number, text in found] == [
        (number, " ".join(line.split())) for number, line in zip(first, LINES, strict=True)
    ]


@pytest.mark.parametrize("around", ["{}", "Hi,\n\nthe log of the Manager:\n\n{}\n\nBest regards\nAnna\n"])
@pytest.mark.parametrize("mark", ["", "> ", ">> "])
@pytest.mark.parametrize("fold", [between_words, at_the_column])
def test_in_a_letter_and_quoted(fold: Fold, mark: str, around: str) -> None:
    letter = around.format("\n".join(part for line in LINES for part in fold(line, 76))).split("\n")
    found = unfold([mark + line if line else mark.rstrip() for line in letter])
    assert found is not None
    texts = [" ".join(text.split()) for _, text in found]
    assert [" ".join(line.split()) for line in LINES] == [
        text for text in texts if text in map(" ".join, map(str.split, LINES))
    ]


@pytest.mark.parametrize("width", [72, 78, 80])
@pytest.mark.parametrize("fold", [between_words, at_the_column])
def test_a_failure_in_a_folded_log_is_the_failure(fold: Fold, width: int) -> None:
    text = "\n".join(part for line in LINES for part in fold(line, width))
    (event,) = [event for event in parse_text(text, SourceRef("x.log")) if event.outcome == "failure"]
    assert (event.host, event.port) == ("email-smtp.us-east-1.amazonaws.com", 587)
    assert event.source.line == len([part for line in LINES[:1] for part in fold(line, width)]) + 1


_CHATTER = "took a message from the queue of the notification service, and hands it on"
_CERTIFICATE = [f"{'MIIDQTCCAimgAwIBAgITBmyfz5m' * 3:.64}"] * 9
_DIALOGUE = [
    "EHLO smc.example.com",
    "250-smtp.example.com at your service; what it offers follows in the next lines",
    "250 SIZE",
]


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        [*LINES, "the message is kept", "and sent again later"],
        [f"{number}: {line}" for number, line in enumerate(LINES)],
        [f"[{1764000000 + number}] worker {number} {_CHATTER}" for number in range(9)],
        ["-----BEGIN CERTIFICATE-----", *_CERTIFICATE, "rqXRfboQnoZsG4q5WTP468SQ", "-----END CERTIFICATE-----"] * 2,
        _DIALOGUE * 9,
        [],
        ["one line"],
    ],
    ids=["whole", "two-short-lines", "numbered", "unknown-header", "base64", "dialogue", "empty", "one"],
)
def test_other_texts_are_left_as_they_are(lines: list[str]) -> None:
    assert not may_be_folded("\n".join(lines))


@pytest.mark.parametrize("log", sorted(SAMPLES.glob("*/sw-response-mgmt.log")), ids=lambda log: log.parent.name)
def test_no_log_of_the_samples_is_folded(log: Path) -> None:
    assert unfold(log.read_text(encoding="utf-8", errors="replace").split("\n")) is None
