"""A mail that somebody saved: its attachments and the log in its text are members of the input."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from sestriage.ingest.limits import Limits
from sestriage.ingest.walker import walk
from sestriage.model.source import InputNote

LOG = (
    "2026-11-24 09:13:04,118 ERROR [pool-1] c.h.MailAction - Failed to send e-mail\n"
    "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
    "\n"
    "\tat javax.mail.Service.connect(Service.java:366)\n"
)


def mail(text: str = "Hello,\n\nthe log is attached.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "jane@example.com", "support@example.org"
    message["Subject"], message["Date"] = "mail fails", "Tue, 24 Nov 2026 10:03:00 +0100"
    message["Message-ID"] = "<1@example.com>"
    message.set_content(text)
    return message


def members(message: EmailMessage, folder: Path) -> list[tuple[str | None, str, bytes]]:
    path = folder / "case.eml"
    path.write_bytes(message.as_bytes())
    notes: list[InputNote] = []
    found = []
    for member in walk([str(path)], Limits(), notes):
        with member.open() as stream:
            found.append((member.ref.member, member.kind, stream.read()))
    return found


@pytest.mark.parametrize("size", [0, 100_000])
def test_an_attached_log_is_a_member(size: int, tmp_path: Path) -> None:
    message = mail("x" * 70 + "\n" if not size else ("x" * 70 + "\n") * (size // 70))
    message.add_attachment(
        LOG.encode(), maintype="application", subtype="octet-stream", filename="sw-response-mgmt.log"
    )
    first, second = members(message, tmp_path)
    assert first[:2] == (None, "mail")
    assert first[2] == message.as_bytes()
    assert second == ("sw-response-mgmt.log", "log", LOG.encode())


def test_an_attached_archive_is_opened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("logs/app.log", LOG)
    message = mail()
    message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="../logs.zip")
    assert [(name, kind) for name, kind, _ in members(message, tmp_path)] == [
        (None, "mail"),
        ("logs.zip!/logs/app.log", "log"),
    ]


@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
def test_a_log_in_the_text_is_a_member(coding: str, tmp_path: Path) -> None:
    message = mail()
    message.set_content("Hello,\n\n" + LOG, cte=coding)
    name, kind, content = members(message, tmp_path)[1]
    assert (name, kind) == ("text.txt", "log")
    assert LOG.encode() in content


def test_the_page_beside_the_text_is_the_same_log(tmp_path: Path) -> None:
    message = mail(LOG)
    message.add_alternative(f"<html><body><pre>{LOG}</pre></body></html>", subtype="html")
    assert [name for name, *_ in members(message, tmp_path)] == [None, "text.txt"]


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    message = mail()
    for _ in range(2):
        message.add_attachment(LOG.encode(), maintype="text", subtype="x-log", filename="a.log")
    names = [name for name, *_ in members(message, tmp_path)]
    assert names[:2] == [None, "a.log"]
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nthe mail fails, please call.\n",
        "Alarm at 2026-11-24 09:13:04: High Concern Index, source 192.0.2.7\n",
        "2026-11-24 09:13:04,118 INFO [main] c.h.X - Started\n",
    ],
)
def test_a_mail_without_a_log_of_mail_is_a_mail(text: str, tmp_path: Path) -> None:
    assert [kind for _, kind, _ in members(mail(text), tmp_path)] == ["mail"]


def test_damaged_parts_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "case.eml"
    head = "From: a@example.com\nTo: b@example.org\nSubject: x\nMessage-ID: <1@example.com>\nMIME-Version: 1.0\n"
    body = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Disposition: attachment; filename="=?x?q?=FF?="\n'
    )
    path.write_text(head + body + "Content-Transfer-Encoding: base64\n\n%%%\n--b\nContent-Type: multipart/mixed\n\n")
    kinds = [member.kind for member in walk([str(path)], Limits(), [])]
    assert kinds[0] == "mail"
