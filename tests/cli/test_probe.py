"""The command `sestriage probe`, against servers on loopback."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import mailserver as ms
from cli.test_documents import checked
from german import english_words
from sestriage import triage
from sestriage.cli.main import cli
from sestriage.cli.probe import parse_target
from sestriage.engine.certs.compare import CertOptions
from sestriage.engine.certs.forecast import ForecastOptions, forecast_files
from sestriage.engine.probe.points import outlook
from sestriage.model.probe import Probe
from sestriage.model.verdict import Outcome
from sestriage.rules import load_rules


@pytest.fixture(scope="module")
def pki() -> ms.Pki:
    return ms.make_pki(dns_name="localhost")


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["probe", "--timeout", "5", *arguments], standalone_mode=False)


def points(result: Result) -> dict[str, bool | None]:
    document = checked(["probe"], result.stdout)
    return {point["topic"]: point["good"] for point in document["points"]}


def root(folder: Path, pki: ms.Pki) -> str:
    file = folder / "root.pem"
    file.write_bytes(pki.root)
    return str(file)


def test_a_server_that_a_manager_gets_on_with(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        result = ask(f"localhost:{port}", "-4", "--trust-store", root(tmp_path, pki), "--format", "json")
    assert result.return_value == 0
    assert set(points(result).values()) == {True}
    document = json.loads(result.stdout)
    assert document["good"] is True
    assert [talk["offer"] for talk in document["conversations"]] == ["default", "tls12", "dhe"]
    assert document["conversations"][1]["tls"]["certificates"] == [c["sha256"] for c in document["chain"]]


def test_the_report_is_german_and_json_is_not(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        text = ask(f"localhost:{port}", "-4", "--lang", "de")
        english = ask(f"localhost:{port}", "-4", "--format", "json")
        other = ask(f"localhost:{port}", "-4", "--format", "json", "--lang", "de")
    assert "Was ein Manager anträfe" in text.stdout
    assert english_words(text.stdout) == []
    assert json.loads(other.stdout)["points"] == json.loads(english.stdout)["points"]


def test_without_a_store_trust_stays_open(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    assert result.return_value == 3
    assert points(result)["trust"] is None


def test_the_wrong_store_fails_with_the_rule_s_steps(pki: ms.Pki, tmp_path: Path) -> None:
    other = ms.make_pki()
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        arguments = (f"localhost:{port}", "-4", "--trust-store", root(tmp_path, other))
        result = ask(*arguments, "--format", "json")
        text = ask(*arguments)
    assert result.return_value == 1
    (trust,) = [point for point in json.loads(result.stdout)["points"] if point["topic"] == "trust"]
    assert (trust["good"], trust["rule"]) == (False, "trust-anchor-key-mismatch")
    assert trust["fixes"]
    assert "A Manager would fail at this server" in text.stdout
    assert "(rule trust-anchor-key-mismatch)" in text.stdout


def test_a_server_that_takes_dhe_with_1024_bits(pki: ms.Pki, tmp_path: Path) -> None:
    only = ms.tls_context(tmp_path, pki, ciphers="DHE+AESGCM", maximum=ssl.TLSVersion.TLSv1_2, dh_bits=1024)
    with ms.serving(ms.smtp(only)) as port:
        result = ask(f"localhost:{port}", "-4", "--format", "json")
    assert result.return_value == 1
    found = {point["topic"]: point for point in json.loads(result.stdout)["points"]}
    assert found["Logjam"]["good"] is False
    assert found["Logjam"]["rule"] == "dh-key-too-small"


def test_dhe_1024_that_is_not_chosen_depends_on_the_manager(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, dh_bits=1024))) as port:
        result = ask(f"localhost:{port}", "-4", "--trust-store", root(tmp_path, pki), "--format", "json")
    assert points(result)["Logjam"] is None
    assert result.return_value == 3


def test_wrong_name(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        result = ask(f"127.0.0.1:{port}", "--format", "json")
    assert points(result)["host name"] is False


@pytest.mark.parametrize(
    ("handler", "topic"),
    [
        (ms.smtp(None, capabilities=("relay", "Ok")), "STARTTLS"),
        (ms.smtp(None, starttls="454 TLS not available"), "STARTTLS"),
        (ms.smtp(None, banner="554 no"), "STARTTLS"),
        (lambda sock: None, "STARTTLS"),
    ],
)
def test_no_way_to_tls(handler: ms.Handler, topic: str) -> None:
    with ms.serving(handler) as port:
        result = ask(f"127.0.0.1:{port}", "--format", "json")
    assert result.return_value == 1
    assert points(result)[topic] is False


def test_a_hostile_banner_stays_visible_text(pki: ms.Pki) -> None:
    with ms.serving(ms.smtp(None, banner="220 \x1b[31mred\x1b]0;x\x07 ESMTP", capabilities=("a", "Ok"))) as port:
        text = ask(f"127.0.0.1:{port}").stdout
        data = ask(f"127.0.0.1:{port}", "--format", "json").stdout
    assert "\x1b" not in text + data
    assert "\x07" not in text + data


def test_saved_files_are_read_by_triage(pki: ms.Pki, tmp_path: Path) -> None:
    case, certs = tmp_path / "case.tar.gz", tmp_path / "certs"
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, minimum=ssl.TLSVersion.TLSv1_3))) as port:
        result = ask(f"localhost:{port}", "-4", "--save-case", str(case), "--save-certs", str(certs))
    assert result.return_value == 3
    assert sorted(path.name for path in certs.iterdir()) == ["ExampleRSA2048M01.pem", f"{ms.HOST}.pem"]
    report = triage([str(case), root(tmp_path, pki)])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert report.paths[0].status == "trusted"
    assert len(report.stores) == 1  # the saved chain is none
    assert any("sestriage probe is not the Manager's own client" in note for note in report.verdict.notes)


def test_a_saved_case_gives_the_forecast_its_chain(pki: ms.Pki, tmp_path: Path) -> None:
    case = tmp_path / "case.tar.gz"
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, minimum=ssl.TLSVersion.TLSv1_3))) as port:
        ask(f"localhost:{port}", "-4", "--save-case", str(case))
    (found,) = forecast_files([str(case)], CertOptions(stores=(root(tmp_path, pki),)), ForecastOptions()).forecasts
    assert (found.ground, found.steps[0].trusted) == ("served", True)
    assert found.chain is not None
    assert found.chain.origin == "transcript"


def test_a_case_of_a_refused_connection(tmp_path: Path) -> None:
    case = tmp_path / "case.tar.gz"
    with ms.serving(lambda sock: None) as port:
        pass
    assert ask(f"127.0.0.1:{port}", "--save-case", str(case)).return_value == 1
    report = triage([str(case)])
    assert report.verdict.outcome is Outcome.UNDETERMINED  # a test by hand, not an attempt of the Manager
    assert [finding.rule for test in report.tests for finding in test.findings] == ["connection-refused"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    case = tmp_path / "case.tar.gz"
    case.write_text("mine")
    result = ask("127.0.0.1:9", "--save-case", str(case))
    assert result.exception is not None
    assert "exists already" in str(result.exception)
    assert case.read_text() == "mine"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("mail.example.com", ("mail.example.com", 587)),
        ("mail.example.com:465", ("mail.example.com", 465)),
        ("192.0.2.1:25", ("192.0.2.1", 25)),
        ("2001:db8::1", ("2001:db8::1", 587)),
        ("[2001:db8::1]:2465", ("2001:db8::1", 2465)),
        ("[2001:db8::1]", ("2001:db8::1", 587)),
    ],
)
def test_targets(target: str, expected: tuple[str, int]) -> None:
    assert parse_target(target) == expected


@pytest.mark.parametrize("target", ["", "a b", "a:", "a:0", "a:65536", "a:123456789", "https://a", "user@a", "[::1"])
def test_wrong_targets(target: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_target(target)


@pytest.mark.parametrize(
    ("host", "port", "good", "told"),
    [
        ("abcdefgh1234.hkph.mail-manager-smtp.amazonaws.com", 587, True, "action Send to internet"),
        ("abcdefgh1234.fips.wmjb.mail-manager-smtp.amazonaws.com", 465, False, "on port 587 with a login, or on 25"),
        ("email-smtp.us-east-1.amazonaws.com", 465, None, None),
        ("mail.example.com", 587, None, None),
    ],
)
def test_an_ingress_endpoint_of_mail_manager(host: str, port: int, good: bool | None, told: str | None) -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    probe = Probe(host, port, "starttls", now, now, unresolved="no such name")
    found = {point.topic: point for point in outlook(probe, (), (), (), load_rules(()))}
    assert ("Mail Manager" in found) is (told is not None)
    if told is not None:
        assert told in found["Mail Manager"].text
        assert found["Mail Manager"].good is good
