"""Computed fix steps: what they say for which evidence, and that the commands do what they promise, run in a shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rules.excerpts import pasted
from sestriage.model.facts import FactBase
from sestriage.model.known.appliance import CIPHERS_PATH
from sestriage.model.verdict import FixStep
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.fixes.commands import PUBLISHED_LIST

RULES = load_rules()
DH = "javax.mail.MessagingException: x;\n  nested exception is:\n\tSSLException: SSL routines::dh key too small\n"
PKIX = "javax.mail.MessagingException: x;\n  nested exception is:\n\tSSLException: PKIX path building failed\n"
WITH_DHE: dict[str, object] = {
    "source": {"path": "tls-ciphers"},
    "tokens": [
        {"text": "ECDHE-RSA-AES128-GCM-SHA256", "key_exchange": "ECDHE"},
        {"text": "DHE-RSA-AES128-GCM-SHA256", "key_exchange": "DHE"},
    ],
    "dhe_allowed": True,
    "without_dhe": "ECDHE-RSA-AES128-GCM-SHA256",
}
WITHOUT_DHE: dict[str, object] = {
    "source": {"path": "tls-ciphers"},
    "tokens": [{"text": "ECDHE-RSA-AES128-GCM-SHA256", "key_exchange": "ECDHE"}],
}


def evidence(log: str, facts: dict[str, object]) -> FactBase:
    return fact_base(facts, dict(pasted(log).facts))


def fixes(rule: str, log: str, facts: dict[str, object]) -> tuple[FixStep, ...]:
    findings = {finding.rule: finding for finding in RULES.evaluate(evidence(log, facts))}
    return findings[rule].fixes


def cipher_fix(ciphers: dict[str, object] | None) -> FixStep:
    facts: dict[str, object] = {} if ciphers is None else {"config.tls_ciphers": [ciphers]}
    return fixes("dh-key-too-small", DH, facts)[0]


def run(command: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command with the Manager's file in a folder of the test, and `docker` as a program that notes its call."""
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/docker.log\n', encoding="utf-8")
    docker.chmod(0o755)
    local = command.replace(CIPHERS_PATH, str(tmp_path / "tls-ciphers"))
    path = f"{docker.parent}:/usr/bin:/bin"
    return subprocess.run(["bash", "-c", local], env={"PATH": path}, capture_output=True, text=True, check=False)


def test_the_manager_s_own_list_loses_only_its_dhe_suites(tmp_path: Path) -> None:
    step = cipher_fix(WITH_DHE)
    assert "DHE-RSA-AES128-GCM-SHA256" in step.text
    (tmp_path / "tls-ciphers").write_text("ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256\n", encoding="utf-8")
    assert step.command is not None
    result = run(str(step.command), tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "tls-ciphers").read_text(encoding="utf-8") == "ECDHE-RSA-AES128-GCM-SHA256\n"
    assert (tmp_path / "docker.log").read_text(encoding="utf-8") == "restart sw-response-mgmt\n"


def test_a_macro_stays_and_is_not_said_to_be_taken_out() -> None:
    """`HIGH:DHE-RSA-AES128-SHA` becomes `HIGH:!kDHE:!kEDH`."""
    ciphers: dict[str, object] = {
        "source": {"path": "tls-ciphers"},
        "tokens": [{"text": "HIGH", "key_exchange": "ANY"}, {"text": "DHE-RSA-AES128-SHA", "key_exchange": "DHE"}],
        "dhe_allowed": True,
        "without_dhe": "HIGH:!kDHE:!kEDH",
    }
    text = cipher_fix(ciphers).text
    assert "Removed from the supplied list (tls-ciphers): DHE-RSA-AES128-SHA." in text
    assert "keeps HIGH, which" in text
    del ciphers["tokens"][1:]  # type: ignore[attr-defined]
    alone = cipher_fix(ciphers).text
    assert "keeps HIGH, which" in alone
    assert "Taken out" not in alone


def test_a_list_of_dhe_alone_is_replaced_and_the_text_says_so() -> None:
    ciphers: dict[str, object] = {
        "source": {"path": "tls-ciphers"},
        "tokens": [{"text": "DHE-RSA-AES128-SHA", "key_exchange": "DHE"}],
        "dhe_allowed": True,
    }
    step = cipher_fix(ciphers)
    assert "contains only DHE suites" in step.text
    assert step.command is not None
    assert PUBLISHED_LIST in str(step.command)


def test_a_second_run_keeps_the_original_and_undo_brings_it_back(tmp_path: Path) -> None:
    original = "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256\n"
    target = tmp_path / "tls-ciphers"
    target.write_text(original, encoding="utf-8")
    target.chmod(0o640)
    step = cipher_fix(WITH_DHE)
    assert step.command is not None
    assert step.undo is not None
    for _ in range(2):
        assert run(str(step.command), tmp_path).returncode == 0
    assert original in {copy.read_text(encoding="utf-8") for copy in tmp_path.glob("tls-ciphers.orig-*")}
    assert target.stat().st_mode & 0o777 == 0o640
    assert run(str(step.undo), tmp_path).returncode == 0
    assert target.read_text(encoding="utf-8") == original


def test_without_the_file_nothing_is_written_and_nothing_restarted(tmp_path: Path) -> None:
    step = cipher_fix(WITH_DHE)
    assert step.command is not None
    assert run(str(step.command), tmp_path).returncode != 0
    assert not (tmp_path / "tls-ciphers").exists()
    assert not (tmp_path / "docker.log").exists()


def test_without_evidence_the_published_list_is_used() -> None:
    step = cipher_fix(None)
    assert step.command is not None
    assert PUBLISHED_LIST in str(step.command)
    assert "not in the evidence" in step.text
    assert len(PUBLISHED_LIST.split(":")) == 12
    assert not any(token.startswith(("DHE", "EDH")) for token in PUBLISHED_LIST.split(":"))


def test_a_list_without_dhe_asks_for_the_restart() -> None:
    step = cipher_fix(WITHOUT_DHE)
    assert "Nothing to remove" in step.text
    assert step.command is not None
    assert "docker inspect -f '{{.State.StartedAt}}' sw-response-mgmt" in str(step.command)


def test_a_hostile_list_cannot_become_a_command(tmp_path: Path) -> None:
    evil = WITH_DHE | {"without_dhe": "A'; touch owned; echo '$(touch owned2)"}
    step = cipher_fix(evil)
    (tmp_path / "tls-ciphers").write_text("x\n", encoding="utf-8")
    assert step.command is not None
    run(f"cd {tmp_path} && {step.command}", tmp_path)
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {"bin", "docker", "tls-ciphers"}


def test_the_check_forces_tls_1_2() -> None:
    step = cipher_fix(None)
    assert step.verify is not None
    assert all("-tls1_2" in line for line in str(step.verify).splitlines() if line.startswith("timeout"))
    assert str(step.verify).count("openssl s_client") == 2


ROOT_1 = {
    "sha256": "aa" * 32,
    "common_name": "Amazon Root CA 1",
    "subject": "CN=Amazon Root CA 1,O=Amazon,C=US",
    "published_as": "Amazon Root CA 1",
}
G2 = {
    "sha256": "bb" * 32,
    "common_name": "Starfield Services Root Certificate Authority - G2",
    "published_as": "Starfield Services Root Certificate Authority - G2",
}
M01 = {"sha256": "cc" * 32, "common_name": "Amazon RSA 2048 M01"}


def gap(**fields: object) -> dict[str, object]:
    child = {"subject": "CN=Amazon RSA 2048 M01"}
    return {"trust.path": [{"status": "no-path", "gap": {"child": child, "issuer": "CN=Amazon Root CA 1", **fields}}]}


def test_the_durable_served_certificates_are_named_with_their_fingerprints() -> None:
    steps = fixes("ca-missing-from-trust-store", PKIX, gap(importable=[G2, ROOT_1, M01]))
    text = " ".join(step.text for step in steps)
    assert "aa" * 32 in text
    assert "bb" * 32 in text
    assert "cc" * 32 not in text
    assert "General > Trust Store > Add New" in text
    assert any(step.command and "-showcerts" in str(step.command) for step in steps)


def test_a_published_root_is_named_by_its_published_fingerprint() -> None:
    steps = fixes("ca-missing-from-trust-store", PKIX, gap(published="Amazon Root CA 1", published_sha256="8e" * 32))
    text = " ".join(step.text for step in steps)
    assert "`Amazon Root CA 1` (SHA-256 " + "8e" * 32 in text
    assert "Starfield Services Root Certificate Authority - G2" in text


def test_no_root_is_named_beside_itself() -> None:
    steps = fixes("ca-missing-from-trust-store", PKIX, gap(published="Starfield Services Root CA - G2"))
    text = " ".join(step.text for step in steps)
    assert "Amazon Root CA 1 beside it" in text
    assert "Starfield Services Root Certificate Authority - G2" not in text


def test_a_root_that_amazon_does_not_publish_is_not_looked_for_there() -> None:
    steps = fixes("ca-missing-from-trust-store", PKIX, gap(published="Starfield Class 2 CA"))
    text = " ".join(step.text for step in steps)
    assert "`Starfield Class 2 CA`, which its owner publishes" in text
    assert "amazontrust" not in text


def test_a_root_that_is_not_in_the_evidence_is_named_and_not_invented() -> None:
    steps = fixes("ca-missing-from-trust-store", PKIX, gap(issuer="CN=Example Root", authority_key_id="0102"))
    text = " ".join(step.text for step in steps)
    assert "`CN=Example Root`, key identifier 0102" in text
    assert "SHA-256" not in text


def test_a_served_ca_whose_import_makes_no_path_is_not_said_to_be_unserved() -> None:
    root = {"sha256": "dd" * 32, "common_name": "Example Root", "subject": "CN=Example Root"}
    served = fixes("ca-missing-from-trust-store", PKIX, gap(issuer="CN=Example Root", served=root))[0].text
    unserved = fixes("ca-missing-from-trust-store", PKIX, gap(issuer="CN=Example Root"))[0].text
    assert "The server sent it" in served
    assert "not served" not in served
    assert "It was not served" in unserved


def test_without_a_chain_the_command_shows_it() -> None:
    steps = fixes("pkix-path-not-found", PKIX, {})
    assert all(step.command is None or "-showcerts" in str(step.command) for step in steps)
    assert sum(step.command is not None for step in steps) >= 1


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("email-smtp.us-eats-1.amazonaws.com", "the nearest one is `us-east-1`"),
        ("email-smtp.eu-west-1.amazonaws.com", "the name has the right form"),
        ("mail.example.com", "email-smtp.REGION.amazonaws.com"),
        ("email-smtp-fips.us-east-1.amazonaws.com", "the name has the right form"),
        ("email-smtp-fips.eu-west-1.amazonaws.com", "email-smtp.REGION.amazonaws.com"),
    ],
)
def test_a_host_name_is_judged_by_its_form(host: str, words: str) -> None:
    log = f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {host}, 587; timeout -1;\n"
    log += f"  nested exception is:\n\tjava.net.UnknownHostException: {host}\n"
    assert words in fixes("dns-lookup-failed", log, {})[0].text


@pytest.mark.parametrize("region", ["eu-west-1", "af-south-1"])
def test_the_form_of_a_vpc_endpoints_name_says_nothing_of_its_id(region: str) -> None:
    host = f"vpce-0a1b2c3d4e5f-abcdefgh.email-smtp.{region}.vpce.amazonaws.com"
    log = f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {host}, 587; timeout -1;\n"
    log += f"  nested exception is:\n\tjava.net.UnknownHostException: {host}\n"
    text = fixes("dns-lookup-failed", log, {})[0].text
    assert "right form" not in text
    assert "nearest" not in text


def test_a_region_without_an_endpoint_is_not_taken_for_a_misspelt_one() -> None:
    host = "email-smtp.af-south-1.amazonaws.com"
    connect = f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {host}, 587"
    lookup = {"name": host, "rcode": "SERVFAIL"}
    text = " ".join(step.text for step in fixes("dns-lookup-failed", connect, {"dns.lookup": [lookup]}))
    assert "`af-south-1` is not among the regions known to have an SMTP endpoint" in text
    assert "nearest" not in text


REJECTED = (
    "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following"
    " identities failed the check in region US-EAST-1: {}\n"
)
SETTINGS: dict[str, object] = {"config.smtp": [{"sender": "alerts@example.com", "recipient": "ops@example.org"}]}


@pytest.mark.parametrize(
    ("identity", "settings", "sender", "recipient"),
    [
        ("alerts@example.com", SETTINGS, True, False),
        ("ops@example.org", SETTINGS, False, True),
        ("alerts@example.com, ops@example.org", SETTINGS, True, True),
        ("alerts@example.com", {}, True, True),
    ],
)
def test_sender_and_sandboxed_recipient_are_told_apart(
    identity: str, settings: dict[str, object], sender: bool, recipient: bool
) -> None:
    text = " ".join(step.text for step in fixes("identity-not-verified", REJECTED.format(identity), settings))
    assert ("If the sender is meant" in text) is sender
    assert ("If a recipient is meant" in text) is recipient
    assert "in another region" in text


def test_every_command_of_every_rule_is_a_shell_command() -> None:
    from rules.examples import examples_of
    from sestriage.rules.authoring.examples import example_facts

    checked = 0
    for rule in RULES.rules.values():
        for example in examples_of(rule.path):
            for finding in RULES.evaluate(example_facts(example)):
                commands = [step.command for step in finding.fixes] + [need.command for need in finding.needs]
                for command in {str(command) for command in commands if command}:
                    result = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True, check=False)
                    assert result.returncode == 0, (rule.id, command, result.stderr)
                    checked += 1
    assert checked > 100
