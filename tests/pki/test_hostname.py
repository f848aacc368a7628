"""Host names where no JDK is at hand, and JavaMail's own check against JavaMail."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pki.certgen import CN, Spec, certificate, ec_key
from pki.probe import joined
from pki.test_java import HOSTS, TEMPLATES
from seslab.stores import QUICK
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.trust import Certificate
from sestriage.pki.hostname import java_refusal, javamail_matches
from support import in_ci, need_tool

JAVAMAIL = Path("/usr/share/java/javax.mail.jar")
KEY = ec_key("host")


def server(common_name: str, *dns: str, ips: tuple[bytes, ...] = ()) -> bytes:
    name = ((CN, common_name),)
    return certificate(Spec(name, name, KEY, KEY, dns=dns, ips=ips))


def read(common_name: str, *dns: str, ips: tuple[bytes, ...] = ()) -> Certificate:
    return parse_certificate(server(common_name, *dns, ips=ips), None)


@pytest.mark.parametrize(
    ("certificate_", "host", "message"),
    [
        (read("x", "*.example.com"), "mail.example.com", None),
        (read("x", "*.example.com"), "mail.example.com.", None),
        (
            read("x", "*.example.com"),
            "a.b.example.com",
            "No subject alternative DNS name matching a.b.example.com found.",
        ),
        (read("mail.example.com"), "mail.example.com", None),
        (read("other"), "mail.example.com", "No name matching mail.example.com found"),
        (
            read("x", "mail.example.com"),
            "192.0.2.1",
            "No subject alternative names matching IP address 192.0.2.1 found",
        ),
        (read("192.0.2.1"), "192.0.2.1", "No subject alternative names present"),
        (read("x", ips=(bytes([192, 0, 2, 1]),)), "192.0.2.1", None),
        (read("x", "xn--bcher-kva.example.com"), "bücher.example.com", None),
        (read("x", "a.example.com"), "not a host", "Illegal given domain name: not a host"),
    ],
)
def test_javas_messages(certificate_: Certificate, host: str, message: str | None) -> None:
    assert java_refusal(certificate_, host) == message


def test_newer_jdks_want_the_wildcard_in_front() -> None:
    odd = read("x", "mail.*.example.com")
    assert java_refusal(odd, "mail.eu.example.com", "17") is None
    assert java_refusal(odd, "mail.eu.example.com", "21") is not None


def test_javamail_is_more_lenient() -> None:
    wild = read("x", "*.example.com")
    assert javamail_matches(wild, "a.b.example.com")
    assert java_refusal(wild, "a.b.example.com") is not None
    assert not javamail_matches(read("x", ips=(bytes([192, 0, 2, 1]),)), "192.0.2.1")
    assert javamail_matches(read("192.0.2.1"), "192.0.2.1")


def test_as_javamail_answers(tmp_path: Path) -> None:
    if not JAVAMAIL.exists():
        reason = "needs JavaMail (Debian package libmail-java)"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)
    source = Path(__file__).with_name("java") / "mail" / "MailProbe.java"
    javac, java = (need_tool(tool, "default-jdk-headless") for tool in ("javac", "java"))
    subprocess.run([javac, *QUICK, "-cp", JAVAMAIL, "-d", tmp_path, source], check=True, capture_output=True)
    asked = [(server(name, *dns, ips=ips), host, dns or name) for name, dns, ips in TEMPLATES for host in HOSTS]
    cases = tmp_path / "cases"
    cases.write_text("".join(f"{joined([made])}\t{host}\n" for made, host, _ in asked), encoding="ascii")
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", f"{tmp_path}:{JAVAMAIL}", "MailProbe", str(cases)]
    answers = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert len(answers) == len(asked)
    assert set(answers) == {"true", "false"}
    differing = [
        (host, names, answer)
        for (made, host, names), answer in zip(asked, answers, strict=True)
        if javamail_matches(parse_certificate(made, None), host) is not (answer == "true")
    ]
    assert differing == []
