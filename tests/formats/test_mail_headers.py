"""Headers of delivered mails: the forms of the usual mail servers, and hostile ones."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import assert_even
from sestriage.formats.mail_headers import MAX_HOPS, looks_like_headers, parse_headers, read_mail
from sestriage.model.mail import Hop, MailHeaders, MethodResult
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("mail.eml")
SAMPLE = (SAMPLES / "mail" / "us-east-1-gmail.eml").read_bytes()
SES = "a8-30.smtp-out.amazonses.com"


def parse(text: str | bytes) -> MailHeaders:
    return parse_headers(text.encode() if isinstance(text, str) else text, SOURCE)


def hop(received: str) -> Hop:
    (found,) = parse(f"Received: {received}\nFrom: a@example.com\n").hops
    return found


FORMS = {
    "google": f"from {SES} ({SES}. [54.240.8.30])\n\tby mx.google.com with ESMTPS id x\n\tfor <a@b.example>; DATE",
    "postfix": f"from {SES} ({SES} [54.240.8.30])\n\t(using TLSv1.3 (256 bits))\n\tby mx.google.com (Postfix); DATE",
    "exim": f"from {SES} ([54.240.8.30]:4432 helo={SES}) by mx.google.com with esmtps (Exim 4.94) id 1; DATE",
    "exim-no-name": f"from [54.240.8.30] (helo={SES}) by mx.google.com with esmtps; DATE",
    "exchange": f"from {SES} (54.240.8.30) by mx.google.com (10.13.54.1) with Microsoft SMTP Server; DATE",
    "qmail": f"from unknown (HELO {SES}) (54.240.8.30) by mx.google.com with SMTP; DATE",
}


@pytest.mark.parametrize("form", FORMS)
def test_received_of_the_usual_servers(form: str) -> None:
    found = hop(FORMS[form].replace("DATE", "Fri, 27 May 2022 09:45:10 -0700 (PDT)"))
    assert (found.ip, found.by) == ("54.240.8.30", "mx.google.com")
    assert (found.ses_name, found.ses_region, found.ses_address) == (SES, "us-east-1", True)
    assert found.time == datetime(2022, 5, 27, 16, 45, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "region"),
    [
        (
            "from a.example (a27-201.smtp-out.us-west-2.amazonses.com [54.240.27.201]) by x",
            "us-west-2",
        ),
        (
            "from a.example (b224-2.smtp-out.eu-central-1.amazonses.com [69.169.224.2]) by x",
            "eu-central-1",
        ),
        ("from e226-11.smtp-out.us-east-2.amazonses.com ([23.251.226.11]) by x", "us-east-2"),
    ],
)
def test_regions_in_host_names(received: str, region: str) -> None:
    found = hop(received)
    assert (found.ses_region, found.ses_address) == (region, True)


@pytest.mark.parametrize(
    "received",
    [
        f"from {SES} (evil.example [203.0.113.9]) by mx.google.com",
        f"from {SES} (unknown [203.0.113.9]) by mx.google.com",
        f"from {SES} ([203.0.113.9]) by mx.google.com",
        f"from {SES} ([54.240.8.31]) by mx.google.com",
        f"from {SES} by mx.google.com",
    ],
)
def test_a_name_alone_proves_nothing(received: str) -> None:
    found = hop(received)
    assert found.ses_address is False


@pytest.mark.parametrize(
    "name",
    [
        "smtp-out.amazonses.com.evil.example",
        "a8-30.smtp-out.amazonses.com.evil.example",
        "xa8-30.smtp-out.amazonses.com",
    ],
)
def test_look_alike_names(name: str) -> None:
    assert hop(f"from {name} ({name} [54.240.8.30]) by mx.google.com").ses_name is None


def test_authentication_results_of_gmail() -> None:
    headers = parse(SAMPLE)
    (results,) = headers.results
    assert results.server == "mx.google.com"
    assert MethodResult("dkim", "pass", "@amazonses.com", "224i4yxa5dv7c2xz3womw6peuasteono") in results.results
    spf = next(result for result in results.results if result.method == "spf")
    assert spf.result == "pass"
    assert spf.identity is not None
    assert spf.identity.endswith("-000000@amazonses.com")
    (arc,) = headers.arc
    assert (arc.instance, arc.sealed_by, arc.validation, arc.complete) == (1, "google.com", "none", True)
    assert arc.results is not None
    assert arc.results.server == "mx.google.com"


def test_results_without_a_server_name() -> None:
    headers = parse(
        "Authentication-Results: spf=pass (sender IP is 54.240.7.18)\n smtp.mailfrom=x.example;"
        " dkim=pass header.d=amazonses.com\n"
    )
    (results,) = headers.results
    assert results.server == ""
    assert results.results == (MethodResult("spf", "pass", "x.example"), MethodResult("dkim", "pass", "amazonses.com"))


def test_lines_are_those_of_the_file() -> None:
    lines = SAMPLE.decode().split("\n")
    headers = parse(SAMPLE)
    for found in headers.hops:
        assert found.source.line is not None
        assert lines[found.source.line - 1].startswith("Received:")
    assert lines[(headers.place("message-id").line or 0) - 1].startswith("Message-ID:")


def summary(headers: MailHeaders) -> tuple[object, ...]:
    return headers.sender, headers.message_id, [h.ip for h in headers.hops], [s.domain for s in headers.signatures]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\n\n" + data,
        lambda data: b"From alarms@example.com Fri May 27 16:45:10 2022\n" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"),
        lambda data: b"".join(b"> " + line + b"\n" for line in data.split(b"\n\n")[0].split(b"\n")),
        lambda data: b"".join(b"    " + line + b"\n" for line in data.split(b"\n\n")[0].split(b"\n")),
    ],
)
def test_pasted_forms_say_the_same(change) -> None:  # type: ignore[no-untyped-def]
    assert summary(parse(change(SAMPLE))) == summary(parse(SAMPLE))


def test_encoded_words_and_folding() -> None:
    headers = parse("From: =?UTF-8?Q?Verd=C3=A4chtig?=\n <alarms@example.com>\nMessage-ID:\n <x@example.com>\n")
    assert (headers.sender, headers.message_id) == ("alarms@example.com", "x@example.com")


def test_the_standard_library_agrees_on_addresses() -> None:
    message = EmailMessage()
    message["From"] = "Ä, B <alarms@example.com>"
    assert parse(message.as_bytes()).sender == "alarms@example.com"


@pytest.mark.parametrize(
    "text",
    [
        b"From: =?bogus-charset?B?////?= <a@example.com>\n",
        b"From: =?utf-7?Q?+AGEAQA-?= <a@example.com>\n",
        b"From: =?UTF-8?B?" + b"A" * 20_000 + b"?= <a@example.com>\n",
        b"From: \xff\xfe\x80 <a@example.com>\n",
        b"From: " + b"(" * 5000 + b" <a@example.com>\n",
        b"From: " + b'"' * 5001 + b"<a@example.com>\n",
        b"Received: " + b"(" * 50_000 + b"\n",
        b"Received: from " + b"a." * 20_000 + b" ([1.2.3.4]) by x\n",
        b"Authentication-Results: " + b"x;" * 20_000 + b"\n",
        b"ARC-Seal: i=99999999999999999999; d=x\nARC-Seal: i=-1\n",
        b"Date: Fri, 99 Xxx 99999999999 99:99:99 +9999\nReceived: from x by y; nonsense\n",
        b"\0\0\0From: a@example.com\0\n",
        b": \n:\n",
        b"",
    ],
)
def test_hostile_headers(text: bytes) -> None:
    parse(text)


@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        ("From: =?UTF-8?B?", "A", "?= <a@example.com>"),
        ("From: ", "(", " <a@example.com>"),
        ("From: ", '"', "<a@example.com>"),
        ("Received: ", "(", ""),
        ("Received: from ", "a.", " ([1.2.3.4]) by x"),
        ("Authentication-Results: ", "x;", ""),
    ],
)
def test_long_headers_take_linear_time(head: str, unit: str, tail: str) -> None:
    assert_even(lambda size: parse(head + unit * (size // len(unit)) + tail + "\n"), 20_000)


def test_ten_thousand_received_lines() -> None:
    data = (
        b"Received: from a (b [203.0.113.9]) by c; Fri, 27 May 2022 09:45:10 -0700\n" * 10_000
        + b"From: a@example.com\n\n"
    )
    headers = read_mail(io.BytesIO(data), SOURCE)
    assert (len(headers.hops), headers.hop_count) == (MAX_HOPS, 10_000)
    assert any("10000 Received" in problem for problem in headers.problems)
    assert headers.sender == "a@example.com"


class Endless:
    """A mail whose body never ends; counts what is read of it."""

    def __init__(self, head: bytes, block: bytes) -> None:
        self._head, self._block, self.count = head, block, 0

    def read(self, size: int = -1) -> bytes:
        data, self._head = (self._head[:size], self._head[size:]) if self._head else (self._block[:size], b"")
        self.count += len(data)
        return data


def test_the_body_is_not_read() -> None:
    part = b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 1000
    stream = Endless(SAMPLE.split(b"\n\n")[0] + b"\nContent-Type: multipart/mixed; boundary=x\n\n", part)
    headers = read_mail(stream, SOURCE)  # type: ignore[arg-type]
    assert summary(headers) == summary(parse(SAMPLE))
    assert stream.count < 200_000


def test_headers_without_end_are_cut() -> None:
    stream = Endless(b"From: a@example.com\n", b"X-Filler: " + b"x" * 60_000 + b"\n")
    headers = read_mail(stream, SOURCE)  # type: ignore[arg-type]
    assert headers.sender == "a@example.com"
    assert any("bytes of the headers" in problem for problem in headers.problems)
    assert stream.count <= 4 << 20


def test_cut_at_every_byte() -> None:
    data = SAMPLE.split(b"\n\n")[0] + b"\n\n"
    for end in range(len(data)):
        read_mail(io.BytesIO(data[:end]), SOURCE)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    read_mail(io.BytesIO(data), SOURCE)
    looks_like_headers(data)


@given(
    st.sampled_from(
        ["Received", "Authentication-Results", "ARC-Seal", "DKIM-Signature", "From", "Return-Path", "Date"]
    ),
    st.text(max_size=300),
)
def test_any_value(name: str, value: str) -> None:
    parse(f"{name}: {value}\n".encode("utf-8", "replace"))
