"""`sestriage guide`: complete in both languages, values filled in, and commands that do what the text says.

The commands of the guide are run in bash against the lab's server: an SMTP server with the names of Amazon's
certificate chain.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cli.terminal import Run
from seslab import pki
from seslab.server import Endpoint, Tls, serving
from sestriage.engine.guide import build_guide
from sestriage.i18n import LANGUAGES
from sestriage.model.guide import GuideValues
from sestriage.report.guides.sentences import WORDS
from sestriage.report.guides.words import in_language
from sestriage.rules import load_rules
from support import need_tool

DHE = "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"


def commands(markdown: str, section: str) -> list[str]:
    """The shell commands of the section whose title holds a word."""
    part = next(text for text in re.split(r"(?m)^## ", markdown)[1:] if section in text.splitlines()[0])
    return re.findall(r"(?ms)^```sh\n(.*?)\n```$", part)


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    need_tool("bash", "bash")
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@dataclass(frozen=True)
class Lab:
    port: int
    markdown: str


@pytest.fixture(scope="module")
def hierarchy() -> pki.Hierarchy:
    return pki.Hierarchy()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture(params=["starttls", "smtps"])
def lab(request: pytest.FixtureRequest, run: Run, hierarchy: pki.Hierarchy) -> Iterator[Lab]:
    need_tool("openssl", "openssl")
    port = free_port()
    tls = Tls(hierarchy.ses("us-east-1"), ciphers=DHE, small_dh=True)
    arguments = ("guide", "--server", "localhost", "--port", str(port), "--encryption", request.param)
    markdown = run(*arguments, "--format", "markdown").out
    with serving(Endpoint("127.0.0.1", port, tls, wrapper=request.param == "smtps")):
        yield Lab(port, markdown)


def test_the_certificate_commands(lab: Lab, tmp_path: Path, hierarchy: pki.Hierarchy) -> None:
    steps = commands(lab.markdown, "Collect the certificates")
    assert len(steps) == 5
    result = bash("\n".join(steps), tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    (folder,) = tmp_path.iterdir()
    names = sorted(path.name for path in folder.glob("*.pem"))
    assert names == [
        "1-email-smtp.us-east-1.amazonaws.com.pem",
        "2-AmazonRSA2048M01.pem",
        "3-AmazonRootCA1.pem",
        "4-StarfieldServicesRootCertificateAuthority-G2.pem",
    ]
    shown = result.stdout.replace(":", "").lower()
    for certificate in (hierarchy.m01_issued, hierarchy.a1_cross, hierarchy.g2_cross):
        assert pki.sha256(certificate) in shown
    assert result.stdout.rstrip().endswith(str(folder))


def test_a_second_run_overwrites_nothing(lab: Lab, tmp_path: Path) -> None:
    script = "\n".join(commands(lab.markdown, "Collect the certificates"))
    bash(f"({script})\nsleep 1.1\n({script})", tmp_path)
    assert [len(list(folder.glob("[0-9]*.pem"))) for folder in tmp_path.iterdir()] == [4, 4]


def test_the_network_commands(lab: Lab, tmp_path: Path) -> None:
    resolve, connect, clock = commands(lab.markdown, "See that the Manager reaches")
    assert "localhost" in bash(resolve, tmp_path).stdout
    answer = bash(connect, tmp_path)
    assert answer.returncode == 0
    assert answer.stdout.startswith(("220 ", "connected"))
    assert bash(clock, tmp_path).returncode == 0


def test_the_network_command_fails_on_a_closed_port(run: Run, tmp_path: Path) -> None:
    markdown = run("guide", "--server", "localhost", "--port", str(free_port()), "--format", "markdown").out
    assert bash(commands(markdown, "See that the Manager reaches")[1], tmp_path).returncode != 0


def test_the_dhe_probe_sees_a_small_key(lab: Lab, tmp_path: Path) -> None:
    probe = commands(lab.markdown, "Rule out the DH key")[0]
    assert "-tls1_2" in probe
    shown = bash(probe, tmp_path).stdout
    assert re.search(r"Temp Key: DH, 1024 bits|dh key too small", shown), shown


def test_the_dhe_probe_sees_a_server_without_dhe(run: Run, tmp_path: Path, hierarchy: pki.Hierarchy) -> None:
    port = free_port()
    markdown = run("guide", "--server", "localhost", "--port", str(port), "--format", "markdown").out
    probe = commands(markdown, "Rule out the DH key")[0]
    with serving(Endpoint("127.0.0.1", port, Tls(hierarchy.ses("us-east-1")))):
        shown = bash(probe, tmp_path).stdout
    assert "handshake failure" in shown
    assert "DH," not in shown
    assert "errno" in bash(probe, tmp_path).stdout  # nobody listens any more


def test_the_backup_survives_a_second_run(run: Run, tmp_path: Path) -> None:
    markdown = run("guide", "--region", "us-east-1", "--format", "markdown").out
    _, backup, change, back = (
        step.replace("/lancope/services/swos-compliance/security/tls-ciphers", str(tmp_path / "tls-ciphers"))
        for step in commands(markdown, "Rule out the DH key")
    )
    original = "DHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384\n"
    file = tmp_path / "tls-ciphers"
    file.write_text(original, encoding="ascii")
    file.chmod(0o640)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "docker").write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/docker.log\n', encoding="ascii")
    (tools / "docker").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    for _ in range(2):
        assert bash(f"{backup}\n{change}", tmp_path, PATH=path).returncode == 0
        changed = file.read_text(encoding="ascii")
        assert "ECDHE-RSA-AES256-GCM-SHA384" in changed
        assert not re.search(r"(^|:)(E?DHE|EDH)-", changed)
    assert (tmp_path / "tls-ciphers.orig").read_text(encoding="ascii") == original
    assert file.stat().st_mode & 0o777 == 0o640
    assert bash(back, tmp_path, PATH=path).returncode == 0
    assert file.read_text(encoding="ascii") == original
    assert (tmp_path / "docker.log").read_text(encoding="ascii").splitlines() == ["restart sw-response-mgmt"] * 3


def test_no_change_without_a_backup(run: Run, tmp_path: Path) -> None:
    markdown = run("guide", "--region", "us-east-1", "--format", "markdown").out
    change = commands(markdown, "Rule out the DH key")[2].replace(
        "/lancope/services/swos-compliance/security/tls-ciphers", str(tmp_path / "tls-ciphers")
    )
    (tmp_path / "tls-ciphers").write_text("DHE-RSA-AES256-GCM-SHA384\n", encoding="ascii")
    assert bash(change, tmp_path).returncode != 0
    assert (tmp_path / "tls-ciphers").read_text(encoding="ascii") == "DHE-RSA-AES256-GCM-SHA384\n"


def test_the_settings_command_finds_no_fault(run: Run) -> None:
    import shlex

    arguments = (
        "--region",
        "eu-west-1",
        "--from",
        "alarms@example.com",
        "--to",
        "soc@example.com",
        "--format",
        "markdown",
    )
    (command,) = commands(run("guide", *arguments).out, "Check the values")
    program, *rest = shlex.split(command)
    assert program == "sestriage"
    assert run(*rest).status == 0


VALUES = GuideValues("email-smtp.us-east-1.amazonaws.com", 587, "starttls", "us-east-1", "a@example.com")


def test_every_step_names_rules_that_exist() -> None:
    known = set(load_rules().rules)
    for step in build_guide(VALUES).steps:
        assert step.rules, step.key
        assert set(step.rules) <= known, step.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_its_words(language: str) -> None:
    words = in_language(WORDS, language)
    steps = build_guide(VALUES).steps
    ingress = build_guide(replace(VALUES, server="abcdef123456.hkph.mail-manager-smtp.amazonaws.com")).steps
    assert {step.key for step in (*steps, *ingress)} == set(words.steps)
    for step in (*steps, *ingress):
        said = words.steps[step.key]
        assert len(said.captions) == len(step.commands), step.key
        assert all((said.title, said.text, said.check)), step.key


def test_both_languages_say_as_much() -> None:
    english, german = (in_language(WORDS, language) for language in LANGUAGES)
    assert english.value_names.keys() == german.value_names.keys()
    for key, said in english.steps.items():
        other = german.steps[key]
        assert (len(said.text), len(said.captions), len(said.after)) == (
            len(other.text),
            len(other.captions),
            len(other.after),
        )
        english_code = re.findall(r"`[^`]*`", " ".join((*said.text, *said.after)))
        german_code = re.findall(r"`[^`]*`", " ".join((*other.text, *other.after)))
        translated = {"FILE": "DATEI"}
        expected = sorted(re.sub("FILE", translated["FILE"], code) for code in english_code)
        assert sorted(german_code) == expected, key


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_to_fill_in(run: Run, form: str, language: str) -> None:
    result = run(
        "guide",
        "--region",
        "us-east-1",
        "--from",
        "a@example.com",
        "--to",
        "b@example.com",
        "--format",
        form,
        "--lang",
        language,
    )
    assert (result.status, result.err) == (0, "")
    assert not re.search(r"\{[a-z_]+\}", result.out)
    assert result.out.count(in_language(WORDS, language).fill_in.strip("()")) == 2  # user name and password only
    assert "email-smtp.us-east-1.amazonaws.com" in result.out


def test_the_corrections_of_the_document(run: Run) -> None:
    for arguments in ((), ("--encryption", "smtps")):
        out = run("guide", "--region", "us-east-1", *arguments).out
        assert "/lancope/var/logs/containers/sw-response-mgmt.log" in out
        assert "iancope" not in out
        assert "reponse" not in out
        assert "ls -t" not in out
        assert "amazonses.com" in out
        assert "amazon.es" not in out
        assert "- cipher" not in out
        assert ("-starttls smtp" in out) is (not arguments)
        assert (":465" in out, ":587" in out) == ((True, False) if arguments else (False, True))


def test_german_menus(run: Run) -> None:
    out = run("guide", "--region", "us-east-1", "--lang", "de").out
    for term in ("Response Management (Antwortmanagement)", "Actions (Aktionen)", "To (An)"):
        assert term in " ".join(out.split())
    assert "\\u" not in out


def test_the_language_of_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESTRIAGE_LANG", "de")
    assert "Checkliste" in run("guide", "--region", "us-east-1").out


def test_values_from_a_settings_file(run: Run) -> None:
    from support import SAMPLES

    sample = str(SAMPLES / "settings" / "smtp.toml")
    out = run("guide", sample).out
    assert "soc@example.com" in out
    assert "ses-stealthwatch-smtp-user" in out
    other = run("guide", sample, "--region", "eu-west-1", "--port", "2465", "--encryption", "smtps").out
    assert "email-smtp.eu-west-1.amazonaws.com:2465" in other
    assert "us-east-1" not in other


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--region"),
        (("--region", "us-esat-1"), "did you mean us-east-1"),
        (("--region", "af-south-1"), "no SMTP endpoint"),
        (("--region", "us-east-1", "--port", "465", "--encryption", "starttls"), "SMTPS"),
        (("--region", "us-east-1", "--port", "587", "--encryption", "smtps"), "STARTTLS"),
        (("--server", "x; rm -rf /"), "no host name"),
        (("--server", "$(id)"), "no host name"),
        (("--region", "us-east-1", "--from", "x"), "no @"),
        (("--region", "us-east-1", "--to", "a@b"), "full stop"),
        (("--region", "us-east-1", "--verified-domain", "`id`"), "malformed"),
        (("--region", "us-east-1", "--iam-user", "a b"), "blank"),
    ],
)
def test_values_that_cannot_be(run: Run, arguments: tuple[str, ...], words: str) -> None:
    result = run("guide", *arguments)
    assert (result.status, result.out) == (2, "")
    assert words in result.err


def test_values_are_quoted_in_commands(run: Run) -> None:
    import shlex

    address = "a$HOME${IFS}'`id`b@example.com"
    result = run("guide", "--region", "us-east-1", "--from", address, "--format", "markdown")
    assert result.status == 0
    (command,) = commands(result.out, "Check the values")
    assert address in shlex.split(command)


def test_the_guide_of_an_ingress_endpoint_knows_mail_manager(run: Run) -> None:
    text = " ".join(run("guide", "--server", "abcdef123456.hkph.mail-manager-smtp.amazonaws.com").out.split())
    assert "Send to internet" in text
    assert "inp-" in text
    assert "20 characters, begins with AKIA" not in text
    classic = " ".join(run("guide", "--region", "us-east-1").out.split())
    assert "Create IAM credentials" in classic
    assert "Send to internet" not in classic
    assert run("guide", "--server", "abcdef123456.hkph.mail-manager-smtp.amazonaws.com", "--port", "465").status == 2
