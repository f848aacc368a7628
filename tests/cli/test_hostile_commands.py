"""Evidence that an attacker wrote, through whole triages: the commands that come out run what we meant, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.terminal import Run
from formats.capture.wire import Talk, alert, certificate, client_hello, message, pcap, record, server_hello
from sestriage.model.command import is_command
from shellstubs import Stubs, Words
from support import ROOT, SAMPLES

NAMES = (
    "a;touch${IFS}x;b --password abcd.amazonaws.com",
    "a';touch pwned;'b.example.com",
    '"$(touch pwned)".example.com',
    "-verify_return_error",
    "x`touch pwned`.customer.lan",
    "customer.lan;touch pwned #",
)
PROGRAMS = {
    *("aws", "cat", "cp", "date", "docker", "find", "getent", "grep", "ip", "keytool", "ls", "nc", "openssl", "ping"),
    *("sestriage", "tail", "tcpdump", "tracepath"),
}
"""What the program's own commands run; `touch` is not among them."""
FORMATS = ("text", "markdown", "json")


def capture_of(name: str) -> bytes:
    """A client that refuses the served chain, with that server name in its hello."""
    talk = Talk(server=("192.0.2.25", 465)).connect()
    talk.c(record(22, client_hello(name), 0x0301))
    chain = SAMPLES / "certs" / "leaf.der"
    der = chain.read_bytes() if chain.is_file() else _a_certificate()
    talk.s(record(22, server_hello(0xC02F)) + record(22, certificate(der)) + record(22, message(14, b"")))
    talk.c(record(21, alert(2, 46)))
    return pcap(talk.fin(True).frames())


def _a_certificate() -> bytes:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    start = datetime(2023, 11, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=300))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def commands_in(out: str, form: str) -> Iterator[str]:
    """Everything that a person could copy into a shell."""
    if form == "json":
        document = json.loads(out)
        steps = [*document.get("fixes", ()), *document.get("verdict", {}).get("needs", ())]
        steps += [fix for finding in document.get("findings", ()) for fix in finding["fixes"]]
        for step in steps:
            yield from [step["command"]] if step["command"] else []
            for key in ("verify", "undo"):
                yield from filter(is_command, (step.get(key) or "").split("\n"))
    elif form == "markdown":
        yield from re.findall(r"^ *`{3,}sh\n(.*?)\n *`{3,}$", out, re.DOTALL | re.MULTILINE)
    else:
        yield from (line.strip() for line in out.split("\n") if line.startswith("    ") and is_command(line.strip()))
        yield from (line.strip() for line in out.split("\n") if line.strip().startswith("timeout "))


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stubs, Stubs]:
    folder = tmp_path_factory.mktemp("stubs")
    return Stubs(folder / "bash", "bash"), Stubs(folder / "sh", "sh")


def programs(shells: tuple[Stubs, Stubs], out: str, form: str) -> tuple[set[str], list[Words]]:
    """What ran, the words of each included, with every variable set to a plain word."""
    found = [command.replace("/tmp/", "./tmp-") for command in dict.fromkeys(commands_in(out, form))]
    assert found, out
    names = set(re.findall(r"\$\{([A-Z0-9_]+):\?", out))
    ran, by_sh = (shell.run(found, dict.fromkeys(names, "SET")) for shell in shells)
    assert ran == by_sh
    words = [_run_by(each) for records in ran for each in records if each[0] != "left behind"]
    return {each[0] for each in words}, words


def _run_by(words: Words) -> Words:
    """The program that `timeout SECONDS` runs, with its words; of any other command, the same."""
    return words[2:] if words[0] == "timeout" else words


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_server_name_on_the_wire(run: Run, tmp_path: Path, shells: tuple[Stubs, Stubs], name: str, form: str) -> None:
    evidence = tmp_path / "test-action.pcap"
    evidence.write_bytes(capture_of(name))
    for options in ((), ("--no-redact",)):
        out = run("triage", "--no-save", "-v", "--format", form, *options, str(evidence)).out
        ran, words = programs(shells, out, form)
        assert ran <= PROGRAMS
        for each in words:
            if each[0] == "openssl":
                assert each[each.index("-connect") + 1] == "SET:465"


@pytest.mark.parametrize("name", NAMES)
def test_a_server_of_a_settings_file(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "smtp.toml"
    file.write_text(f"server = {json.dumps(name)}\nport = 25\nencryption = 'starttls'\n", encoding="utf-8")
    seen: list[str] = []
    for command in ("settings", "triage"):
        for options in ((), ("--no-redact",)):
            shown = run(
                command, *(["--no-save"] if command == "triage" else []), "--format", "json", *options, str(file)
            )
            seen += commands_in(shown.out, "json")
    assert seen
    assert not [found for found in seen if "touch" in found or "--password" in found]


def test_names_of_files(run: Run, tmp_path: Path, shells: tuple[Stubs, Stubs]) -> None:
    capture = tmp_path / "x --password abcd1234.pcap"
    capture.write_bytes(capture_of("mail.example.com"))
    store = tmp_path / "y;touch${IFS}x;z --password abcd.p12"
    sample = next(iter(sorted(SAMPLES.rglob("*.p12"))))
    store.write_bytes(sample.read_bytes())
    for options in ((), ("--no-redact",)):
        for form in FORMATS:
            out = run("triage", "--no-save", "--format", form, *options, str(capture), str(store)).out
            assert programs(shells, out, form)[0] <= PROGRAMS
            assert "abcd1234" not in out


def test_an_odd_path_is_typed_as_it_is(
    run: Run, tmp_path: Path, shells: tuple[Stubs, Stubs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-o'brien & co.pcap").write_bytes(capture_of("mail.example.com"))
    out = run("triage", "--no-save", "--format", "json", "--", "-o'brien & co.pcap").out
    exports = [words for words in programs(shells, out, "json")[1] if words[:3] == ("sestriage", "certs", "export")]
    assert all(words[3] == "./-o'brien & co.pcap" for words in exports)


def test_the_capture_that_lies_beside_the_checkout(run: Run, shells: tuple[Stubs, Stubs]) -> None:
    attack = ROOT.parent / "shared" / "attack" / "sni-inject.pcap"
    if not attack.is_file():
        pytest.skip("needs ../shared/attack beside the checkout")
    for form in FORMATS:
        out = run("triage", "--no-save", "-v", "--format", form, str(attack)).out
        assert programs(shells, out, form)[0] <= PROGRAMS


def test_what_stood_there_is_told(run: Run, tmp_path: Path) -> None:
    evidence = tmp_path / "test-action.pcap"
    evidence.write_bytes(capture_of(NAMES[1]))
    out = run("triage", "--no-save", "--no-redact", str(evidence)).out
    assert "is no host name" in " ".join(out.split())
    assert NAMES[1] in out


REFUSED = (
    "2026-01-02 10:00:00,000 ERROR [EmailAction] Test action failed\n"
    "javax.mail.MessagingException: Could not connect to SMTP host: {host}, port: 587;\n"
    "  nested exception is:\n\tjava.net.ConnectException: Connection refused\n"
)


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize("host", ["relay.customer.lan", "10.1.2.3", "email-smtp.eu-west-1.amazonaws.com"])
def test_explain_hides_what_triage_hides(run: Run, shells: tuple[Stubs, Stubs], host: str, form: str) -> None:
    text = REFUSED.format(host=host).encode()
    for options, shown in (((), host.endswith(".amazonaws.com")), (("--no-redact",), True)):
        out = run("explain", *options, "--format", form, "-", stdin=text).out
        words = [each for each in programs(shells, out, form)[1] if each[0] == "openssl"]
        assert words
        assert {each[each.index("-connect") + 1] for each in words} == {f"{host if shown else 'SET'}:587"}


def test_no_command_holds_a_pseudonym(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(REFUSED.format(host="relay.customer.lan"), encoding="utf-8")
    for form in ("json", "markdown"):
        out = run("triage", "--no-save", "--format", form, str(log)).out
        found = list(commands_in(out, form))
        assert found
        assert not [command for command in found if "<host" in command or "customer" in command]
        assert any("${SMTP_SERVER:?set it to the SMTP server}" in command for command in found)


def test_what_to_run_where_the_chain_is_not_to_be_seen(run: Run, tmp_path: Path, shells: tuple[Stubs, Stubs]) -> None:
    evidence = tmp_path / "test-action.pcap"
    talk = Talk(server=("192.0.2.25", 465)).connect().c(record(22, client_hello(NAMES[1]), 0x0301))
    evidence.write_bytes(pcap(talk.s(record(22, server_hello(0xC02F))).fin(False).frames()))
    out = run("certs", "compare", "--no-redact", str(evidence), "--store", str(next(SAMPLES.rglob("*.p12")))).out
    assert programs(shells, out, "text")[0] == {"openssl"}
