"""`sestriage probe` where it cannot know: no answer is given that was not seen, and each doubt has its sentence."""

from __future__ import annotations

import itertools
import json
import shlex
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

import mailserver as ms
from sestriage import triage
from sestriage.cli.main import cli
from sestriage.cli.probe import parse_target
from sestriage.errors import InputError
from sestriage.probe.save import save_case


@pytest.fixture(scope="module")
def pki() -> ms.Pki:
    return ms.make_pki(dns_name="localhost")


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["probe", "--timeout", "5", *arguments], standalone_mode=False)


def points(result: Result) -> dict[str, dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)["points"]
    return {str(point["topic"]): point for point in found}


def root(folder: Path, pki: ms.Pki) -> str:
    file = folder / "root.pem"
    file.write_bytes(pki.root)
    return str(file)


def only_once(handler: ms.Handler, then: ms.Handler) -> ms.Handler:
    """A server that has enough of a client after one connection."""
    count = itertools.count()
    return lambda sock: (handler if next(count) == 0 else then)(sock)


def says(data: bytes) -> ms.Handler:
    def handle(sock: socket.socket) -> None:
        sock.sendall(data)
        sock.recv(1000)

    return handle


def answers(data: bytes) -> ms.Handler:
    def handle(sock: socket.socket) -> None:
        sock.recv(5000)
        sock.sendall(data)
        sock.recv(1000)

    return handle


def alert(code: int) -> bytes:
    return bytes([0x15, 3, 3, 0, 2, 2, code])


# --- what was not answered -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [says(b"421 4.7.0 too many connections\r\n"), lambda sock: None])
def test_questions_that_the_server_did_not_let_us_ask_stay_open(then: ms.Handler, pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(only_once(ms.smtp(ms.tls_context(tmp_path, pki)), then)) as port:
        result = ask(f"localhost:{port}", "-4", "--trust-store", root(tmp_path, pki), "--format", "json")
    found = points(result)
    assert found["TLS"]["good"] is True
    assert {found[topic]["good"] for topic in ("TLS 1.2", "Logjam", "certificate")} == {None}
    assert result.return_value == 3


def test_a_dialogue_that_is_cut_in_the_answer_to_starttls() -> None:
    def handle(sock: socket.socket) -> None:
        for part in (b"220 mail.example.com ESMTP\r\n", b"250-mail.example.com\r\n250 STARTTLS\r\n", b"220 Ready"):
            sock.sendall(part)
            sock.recv(1000)

    with ms.serving(handle) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json", "--timeout", "0.5")
    assert points(result)["TLS"]["good"] is False
    assert result.return_value == 1


@pytest.mark.parametrize(("code", "good"), [(80, None), (49, None), (112, None), (40, True), (70, True)])
def test_only_an_alert_about_suites_says_that_there_is_no_dhe(
    code: int, good: bool | None, pki: ms.Pki, tmp_path: Path
) -> None:
    """internal_error, access_denied, unrecognized_name; handshake_failure, protocol_version (RFC 5246 7.2.2)."""
    tls = ms.smtp(ms.tls_context(tmp_path, pki), wrapper=True)
    with ms.serving(only_once(tls, answers(alert(code)))) as port:
        result = ask(f"localhost:{port}", "-4", "--mode", "wrapper", "--format", "json")
    assert points(result)["Logjam"]["good"] is good


def test_a_server_that_refuses_every_offer_says_nothing_of_dhe() -> None:
    with ms.serving(answers(alert(40))) as port:
        result = ask(f"localhost:{port}", "-4", "--mode", "wrapper", "--format", "json")
    assert points(result)["Logjam"]["good"] is None
    assert result.return_value == 1


def test_a_server_that_speaks_tls_1_0_whatever_is_offered() -> None:
    """Such servers know no supported_versions: they answer the usual offer with TLS 1.0 instead of refusing it."""
    hello = b"\x03\x01" + bytes(32) + b"\x00" + b"\x00\x2f" + b"\x00"
    flight = b"\x02" + len(hello).to_bytes(3, "big") + hello + b"\x0b\0\0\3\0\0\0" + b"\x0e\0\0\0"
    with ms.serving(answers(b"\x16\x03\x01" + len(flight).to_bytes(2, "big") + flight)) as port:
        result = ask(f"localhost:{port}", "-4", "--mode", "wrapper", "--format", "json")
    found = points(result)
    assert (found["TLS"]["good"], found["TLS 1.2"]["good"]) == (False, False)
    assert found["TLS"]["rule"] == "tls-version-rejected"


def test_a_server_that_asks_for_a_client_certificate(pki: ms.Pki, tmp_path: Path) -> None:
    context = ms.tls_context(tmp_path, pki)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(root(tmp_path, pki))
    with ms.serving(ms.smtp(context)) as port:
        result = ask(f"localhost:{port}", "-4", "--trust-store", root(tmp_path, pki), "--format", "json")
    assert points(result)["client certificate"]["good"] is None
    assert result.return_value == 3


def test_a_server_with_two_certificates(pki: ms.Pki, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    encoded = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "ec.pem").write_bytes(encoded + private)
    context = ms.tls_context(tmp_path, pki, ciphers="ECDHE+AESGCM:DHE+AESGCM", dh_bits=2048)
    context.load_cert_chain(tmp_path / "ec.pem")
    with ms.serving(ms.smtp(context)) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    point = points(result)["certificate"]
    assert point["good"] is None
    leaf = x509.load_pem_x509_certificate(pki.leaf)
    assert leaf.fingerprint(hashes.SHA256()).hex()[:16] in str(point["text"])


def test_what_the_time_did_not_suffice_for_was_not_asked(pki: ms.Pki, tmp_path: Path) -> None:
    tls = ms.smtp(ms.tls_context(tmp_path, pki))

    def slow(sock: socket.socket) -> None:
        sock.settimeout(5)
        sock.recv(100)

    with ms.serving(only_once(tls, slow)) as port:
        result = ask(f"localhost:{port}", "-4", "--total", "1", "--format", "json")
    assert "could not be asked" in str(points(result)["TLS 1.2"]["text"])
    assert "--total" in str(points(result)["Logjam"]["text"])


def test_dhe_alone_may_be_all_that_the_server_has(pki: ms.Pki, tmp_path: Path) -> None:
    context = ms.tls_context(tmp_path, pki, ciphers="DHE+AESGCM", maximum=ssl.TLSVersion.TLSv1_2, dh_bits=1024)
    with ms.serving(ms.smtp(context)) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    assert "may have nothing else" in str(points(result)["Logjam"]["text"])


def test_a_chain_of_one_is_remarked_without_a_store(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, served=pki.leaf))) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    assert "its own certificate only" in str(points(result)["trust"]["text"])


def test_who_answers_in_the_place_of_ses_is_seen_without_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspecting = ms.make_pki()
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, inspecting))) as port:
        resolves_to(monkeypatch, "127.0.0.1")
        ses = ask(f"{ms.HOST}:{port}", "--format", "json")
        relay = ask(f"relay.example.com:{port}", "--format", "json")
    assert (points(ses)["trust"]["good"], points(ses)["trust"]["rule"]) == (None, "tls-inspection")
    assert (points(relay)["trust"]["good"], points(relay)["trust"]["rule"]) == (None, None)


@pytest.mark.parametrize(
    ("dns_name", "days", "topic", "rule"),
    [
        ("elsewhere.example", 90, "host name", "hostname-mismatch"),
        ("localhost", -1, "certificate", "certificate-expired"),
    ],
)
def test_the_rules_are_asked_of_name_and_dates(dns_name: str, days: int, topic: str, rule: str, tmp_path: Path) -> None:
    wrong = ms.make_pki(common="x.example", dns_name=dns_name, days=days)
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, wrong))) as port:
        point = points(ask(f"localhost:{port}", "-4", "--format", "json"))[topic]
    assert (point["good"], point["rule"]) == (False, rule)
    assert point["fixes"]


# --- the way ---------------------------------------------------------------------------------------------------------


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def answer(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (a, port, 0, 0))
            if ":" in a
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.parametrize(("dead", "good"), [("127.0.0.2", None), ("::1", True)])
def test_an_address_that_is_dead_is_told(
    dead: str, good: bool | None, pki: ms.Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JavaMail takes the first address of a name and no other; Java puts IPv4 first unless it was told otherwise."""
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        resolves_to(monkeypatch, dead, "127.0.0.1")
        result = ask(f"localhost:{port}", "--format", "json")
    point = points(result)["connection"]
    assert point["good"] is good
    assert f"{dead}: " in str(point["text"])


def test_no_address_of_the_wanted_kind_is_no_fault_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    case = tmp_path / "case.tar.gz"
    result = ask("mail.example.com", "-6", "--format", "json", "--save-case", str(case))
    assert result.return_value == 3
    assert points(result)["name"]["good"] is None
    assert triage([str(case)]).verdict.primary is None


def test_a_source_address_that_is_none_of_this_machine() -> None:
    with pytest.raises(click.BadParameter, match="no address of this machine"):
        cli.main(["probe", "localhost", "--from-ip", "192.0.2.77"], standalone_mode=False)


def test_a_name_with_umlauts_fits_a_certificate_with_its_a_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idn = ms.make_pki(dns_name="xn--mnchen-3ya.example")
    resolves_to(monkeypatch, "127.0.0.1")
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, idn))) as port:
        result = ask(f"M\u00dcNCHEN.example:{port}", "--format", "json")
    assert points(result)["host name"]["good"] is True


def test_a_name_as_it_comes_in_the_c_locale() -> None:
    assert parse_target("m\udcc3\udcbcnchen.example:25") == ("xn--mnchen-3ya.example", 25)
    with pytest.raises(click.BadParameter):
        parse_target("m\udcfcnchen.example")


# --- before TLS ------------------------------------------------------------------------------------------------------


def ehlo(answer: bytes) -> ms.Handler:
    def handle(sock: socket.socket) -> None:
        sock.sendall(b"220 mail.example.com ESMTP\r\n")
        sock.recv(1000)
        sock.sendall(answer)
        sock.recv(1000)

    return handle


@pytest.mark.parametrize(
    ("handler", "words", "rule"),
    [
        (says(b"421 4.7.0 later\r\n"), ("421 4.7.0 later", "for the moment"), "bad-greeting"),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), ("SSH-2.0-OpenSSH_9.2",), None),
        (ehlo(b"502 5.5.1 no such command\r\n"), ("EHLO is refused", "502 5.5.1 no such command"), None),
        (ehlo(b"250-x\r\n250-XXXXXXXA\r\n250 8BITMIME\r\n"), ("device on the way",), "starttls-stripped"),
        (
            ms.smtp(None, starttls="454 4.7.0 no TLS now"),
            ("454 4.7.0 no TLS now", "for the moment"),
            "starttls-refused",
        ),
    ],
)
def test_why_there_is_no_starttls(handler: ms.Handler, words: tuple[str, ...], rule: str | None) -> None:
    with ms.serving(handler) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    point = points(result)["STARTTLS"]
    assert point["good"] is False
    assert all(word in str(point["text"]) for word in words)
    assert rule is None or point["rule"] == rule


@pytest.mark.parametrize("answer", [b"450 4.7.1 <x>: Helo command rejected\r\n", b"550 5.7.1 Access denied\r\n"])
def test_a_server_that_dislikes_the_probe_s_name_may_like_a_manager_s(answer: bytes, tmp_path: Path) -> None:
    """Postfix does so with reject_unknown_helo_hostname."""
    case = tmp_path / "case.tar.gz"
    with ms.serving(ehlo(answer)) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json", "--save-case", str(case))
    point = points(result)["STARTTLS"]
    assert point["good"] is None
    assert answer.decode().strip() in str(point["text"])
    assert result.return_value == 3
    primary = triage([str(case)]).verdict.primary
    assert primary is None or primary.rule == "unclassified-error"


def test_the_other_mode_is_named(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        result = ask(f"localhost:{port}", "-4", "--mode", "wrapper", "--format", "json")
    assert "--mode starttls" in str(points(result)["TLS"]["text"])
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki), wrapper=True)) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json", "--timeout", "0.5")
    assert "--mode wrapper" in str(points(result)["STARTTLS"]["text"])


# --- the trust store -------------------------------------------------------------------------------------------------


def test_a_store_that_does_not_open_was_given_all_the_same(pki: ms.Pki, tmp_path: Path) -> None:
    store, wrong, none = tmp_path / "store.p12", tmp_path / "password", tmp_path / "empty.pem"
    encryption = serialization.BestAvailableEncryption(b"the right one")
    ca = x509.load_pem_x509_certificate(pki.root)
    store.write_bytes(pkcs12.serialize_key_and_certificates(b"ca", None, None, [ca], encryption))
    wrong.write_text("another one\n")
    none.write_bytes(b"")
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        arguments = (f"localhost:{port}", "-4", "--format", "json")
        closed = ask(*arguments, "--trust-store", str(store), "--store-password-file", str(wrong))
        empty = ask(*arguments, "--trust-store", str(none))
    assert (closed.return_value, empty.return_value) == (3, 3)
    assert "--store-password-file" in str(points(closed)["trust"]["text"])
    assert "no trust store was found" in str(points(empty)["trust"]["text"])


# --- files -----------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_when_the_case_exists(tmp_path: Path) -> None:
    case = tmp_path / "case.tar.gz"
    case.write_text("mine")
    calls: list[int] = []
    with ms.serving(lambda sock: calls.append(1)) as port:
        result = ask(f"localhost:{port}", "-4", "--save-case", str(case))
    assert isinstance(result.exception, InputError)
    assert calls == []


@pytest.mark.parametrize("option", ["--save-case", "--save-certs"])
def test_the_answers_are_told_although_they_cannot_be_saved(option: str, pki: ms.Pki, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        result = ask(f"localhost:{port}", "-4", option, str(tmp_path / "file/inner"))
    assert isinstance(result.exception, InputError)
    assert "Served chain" in result.stdout


def test_half_a_file_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sestriage.model.probe import Probe

    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None: ...

        def write(self, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    now = datetime.now(UTC)
    monkeypatch.setattr("sestriage.probe.save.os.fdopen", lambda *_: Full())
    with pytest.raises(InputError, match="No space left"):
        save_case(Probe("localhost", 587, "starttls", now, now), (), str(tmp_path / "case.tar.gz"))
    assert not (tmp_path / "case.tar.gz").exists()


@pytest.mark.parametrize("option", ["--save-case", "--save-certs", None])
def test_the_command_of_the_steps_reads_what_was_saved(option: str | None, pki: ms.Pki, tmp_path: Path) -> None:
    place = str(tmp_path / "kept")
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        arguments = [f"localhost:{port}", "-4", "--trust-store", root(tmp_path, ms.make_pki("x"))]
        arguments += [option, place] if option else []
        text = ask(*arguments).stdout
        document = ask(f"localhost:{port}", "-4", *arguments[2:4], "--format", "json")
    export = next(line for line in text.splitlines() if "sestriage certs export" in line)
    named = shlex.split(export)[3]
    if option:
        assert Path(named).exists()
    else:
        assert f"ask again with --save-case {named}" in text
    step = json.loads(document.stdout)["points"][-1]["fixes"][0]
    assert step["verify"]
    assert step["undo"]


def test_certificates_that_are_encrypted_are_not_counted_as_none(pki: ms.Pki, tmp_path: Path) -> None:
    case = tmp_path / "case.tar.gz"
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        ask(f"localhost:{port}", "-4", "--save-case", str(case))
    notes = [note for test in triage([str(case)]).tests for note in test.notes]
    (first,) = [note for note in notes if "conversation 1 " in note]
    assert "encrypted" in first
    assert "0 certificate" not in first
