"""Every sample of every command gives the JSON that its schema says; every key of a schema is met in one of them."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import slices
from cli.terminal import Run
from golden_jobs import Job, all_jobs
from inprocess import ran
from sestriage.model.document.schemas import DOCUMENTS, schema
from support import ROOT

# jsonschema ships no types; the module is used as an untyped one on purpose.
VALIDATOR: Any = importlib.import_module("jsonschema").Draft202012Validator


def command_of(words: list[str]) -> str:
    """The name under which the document of a command line is published."""
    if words[0] == "triage" and "--summary" in words:
        return "triage summary"
    pair = " ".join(words[:2])
    return pair if pair in DOCUMENTS else words[0]


def keys_with_values(document: object, shape: Mapping[str, Any], whole: Mapping[str, Any], name: str) -> Iterator[str]:
    """`part.key` for every key that has a value: neither null nor empty."""
    for each in shape.get("anyOf", ()):
        if document is not None and each != {"type": "null"}:
            yield from keys_with_values(document, each, whole, name)
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        shape = whole["$defs"][name]
    if isinstance(document, list):
        for item in document:
            yield from keys_with_values(item, shape.get("items", {}), whole, name)
    if isinstance(document, dict):
        inner = shape.get("additionalProperties")
        for key, value in document.items():
            if "properties" in shape:
                if value not in (None, [], {}, ""):
                    yield f"{name}.{key}"
                yield from keys_with_values(value, shape["properties"][key], whole, name)
            elif isinstance(inner, dict):
                yield from keys_with_values(value, inner, whole, name)


def given(job: Job, home: Path, run: Run) -> Iterator[tuple[list[str], str]]:
    """The command lines of a job that print JSON, with what they printed; nothing where the input was refused."""
    for step in job.steps:
        words = [word.replace("{home}", str(home)) for word in step]
        if "json" in words and (out := printed(words, job.stdin.encode(), run)):
            yield words, out


def printed(words: list[str], stdin: bytes, run: Run) -> str:
    """What a command line prints; `check` writes to the descriptor of standard output, which has to be a file."""
    if words[0] != "check":
        return run(*words, stdin=stdin).out
    done = ran(*words)
    assert done.returncode in (0, 1, 3), done.stderr
    return done.stdout


def checked(words: list[str], out: str) -> Any:
    """The document, which its schema takes."""
    document = json.loads(out)
    found = [f"{list(e.path)}: {e.message}" for e in VALIDATOR(schema(command_of(words))).iter_errors(document)]
    assert found == [], words
    return document


JOBS = [
    job
    for job in all_jobs(ROOT)
    if any("json" in step for step in job.steps) and (not job.env or job.name.startswith("certs/export"))
]
"""Once each: JSON is English whatever the language."""
PARTS = 12
FAMILIES = sorted({job.name.partition("/")[0] for job in JOBS})


def test_every_command_but_those_of_the_network_and_of_an_extra_is_run() -> None:
    run = {command_of(list(step)) for job in JOBS for step in job.steps if "json" in step}
    assert set(DOCUMENTS) - run == {"probe", "fleet report"}, "run in tests/cli/test_probe.py and test_fleet.py"


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_every_sample_gives_what_the_schema_says(
    family: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    documents = 0
    of_family = [job for job in JOBS if job.name.partition("/")[0] == family]
    for number, job in enumerate(slices.part(of_family, PARTS) or of_family):
        home = tmp_path / str(number)
        home.mkdir()
        for words, out in given(job, home, run):
            checked(words, out)
            documents += 1
    assert documents


# --- the other direction: nothing is described that is never printed -------------------------------------------------

TRANSCRIPTS = "tests/formats/transcript/recorded"
WITNESSES: tuple[tuple[str, ...], ...] = (
    *(("triage", f"samples/{name}") for name in ("bundle", "dh-openssl", "tls-inspection", "same-name-other-key")),
    *(("triage", f"samples/{name}") for name in ("smtps-on-587", "starttls-on-465", "refused", "dns-servfail")),
    *(("triage", f"samples/{name}") for name in ("tls13-535-keylog", "double-connect", "several-attempts-success")),
    *(("triage", f"samples/{name}") for name in ("success-debug", "pkix-root-missing", "expired", "timed-out")),
    ("triage", f"{TRANSCRIPTS}/tls12-starttls-showcerts.txt", "samples/dh-openssl/truststore.p12"),
    ("triage", "{home}/managers"),
    ("triage", "{home}/empty"),
    ("triage", "{home}/cut"),
    ("triage", "--key-file", "{home}/key", "--rules", "{home}/site", "samples/pkix-root-missing", "{home}/smtp.toml"),
    ("triage", "--summary", "samples/pkix-root-missing", "samples/success", "samples/unknown-host"),
    ("triage", "--summary", "samples/pkix-root-missing/sw-response-mgmt.log"),
    (
        *("forecast", "samples/stores/class-2-alone/chain.pem", "--without", "Starfield Class 2", "--at", "2030-01-01"),
        *("--store", "samples/stores/class-2-alone/truststore.p12"),
    ),
    (
        *("forecast", "samples/stores/class-2-alone/chain.pem", "--to", "{home}/import"),
        *("--store", "samples/stores/class-2-alone/truststore.p12"),
    ),
    ("forecast", "samples/stores/empty/truststore.jks"),
    ("compare", "samples/pkix-root-missing", "samples/success"),
    ("compare", "samples/success", "samples/pkix-root-missing"),
    ("compare", "samples/bundle", "samples/refused"),
    ("compare", "{home}/managers", "samples/refused"),
    ("inspect", "samples/bundle", "samples/tls13-keylog", "{home}/cut", "{home}/jumps.log"),
    ("inspect", "samples/success-docker", "{home}/utf16.log"),
    ("explain", "-"),
    ("explain", "ca-missing-from-trust-store"),
    ("explain", "--search", "handshake"),
    ("explain", "login-refused"),
    ("explain", "dh-key-too-small"),
    ("explain", "no such thing at all"),
    ("explain", "javax.mail.MessagingException"),
    ("explain", f"{TRANSCRIPTS}/dhe-1024-refused.txt"),
    ("certs", "compare", "samples/pkix-root-missing"),
    ("certs", "compare", "samples/same-name-other-key", "samples/expired/test-action.pcap"),
    ("certs", "compare", "samples/expired", "--store", "{home}/cut/truststore.p12"),
    ("certs", "compare", "samples/hostname-mismatch"),
    ("certs", "compare", "samples/success", "samples/tls13/test-action.pcap"),
    ("certs", "show", "samples/bundle", "samples/dh-jsse", "{home}/cut"),
    ("certs", "export", "samples/tls-inspection", "--all", "--to", "{home}/import"),
    ("settings", "{home}/smtp.toml"),
    ("settings", "--server", "email-smtp.us-east-1.amazonaws.co", "--port", "465", "--encryption", "starttls"),
    *(("mail", f"samples/mail/{name}") for name in ("us-east-1-gmail.eml", "copied-ses-headers.eml")),
    ("mail", "samples/mail/us-west-2-own-dkim-missing.eml", "--settings", "samples/settings/smtp.toml"),
    ("rules", "list"),
    ("rules", "facts", "samples/dh-openssl"),
    ("rules", "facts", "samples/bundle", "--attempt", "1"),
    ("rules", "why", "dh-key-too-small", "samples/dh-openssl"),
    ("rules", "why", "unclassified-error", "samples/dh-openssl"),
    ("check", "--log", "{home}/two.log", "--state", "{home}/state", "--since", "2000-01-01", "--grace", "0s"),
    ("check", "--log", "{home}/failed.log", "--state", "{home}/other", "--since", "2000-01-01", "--grace", "0s"),
    ("check", "--log", "{home}/absent.log", "--state", "{home}/absent"),
    ("history", "--log", "{home}/two.log", "--state", "{home}/state"),
    ("config", "show"),
)
"""Command lines (without `--format json`) that together print a value for nearly every key."""


PASTED = b"""2026-11-24 03:31:33,247 ERROR [x] Test action 'Mail' failed
javax.mail.MessagingException: Could not convert socket to TLS;
  nested exception is:
	javax.net.ssl.SSLHandshakeException: Could not generate DH keypair
"""


def inputs(home: Path) -> None:
    """What the witnesses read beside the samples."""
    failed = (ROOT / "samples/dh-openssl/sw-response-mgmt.log").read_bytes()
    accepted = (ROOT / "samples/success/sw-response-mgmt.log").read_bytes()
    (home / "two.log").write_bytes(failed.replace(b"2026-11-2", b"2026-11-1") + accepted)
    (home / "jumps.log").write_bytes(accepted + failed.replace(b"2026-11-2", b"2026-11-1") + b"\n\x00\xff")
    (home / "failed.log").write_bytes(failed)
    (home / "site").mkdir()
    (home / "site" / "pack.toml").write_text('name = "site"\nversion = "1"\n', encoding="utf-8")
    shutil.copy(ROOT / "tests/upgrade/v0_1_0/late/corp-relay-quota.toml", home / "site")
    (home / "utf16.log").write_bytes(failed.decode().encode("utf-16"))
    (home / "empty").mkdir()
    for name, sample in (("one", "dh-openssl"), ("other", "success")):
        logs = home / "managers" / name / "lancope/var/logs/containers"
        logs.mkdir(parents=True)
        shutil.copy(ROOT / "samples" / sample / "sw-response-mgmt.log", logs)
    (home / "cut").mkdir()
    for name in ("sw-response-mgmt.log", "test-action.pcap", "truststore.p12"):
        whole = (ROOT / "samples/dh-openssl" / name).read_bytes()
        (home / "cut" / name).write_bytes(whole[:-40])
    settings = (ROOT / "samples/settings/smtp.toml").read_text(encoding="utf-8")
    (home / "smtp.toml").write_text(f'password = "too short"\n{settings}', encoding="utf-8")


def parts_of(command: str) -> Iterator[tuple[str, Any]]:
    whole = schema(command)
    yield command, whole
    yield from whole["$defs"].items()


ELSEWHERE = {
    f"{name}.{key}"
    for command in ("probe", "fleet report")
    for name, part in parts_of(command)
    for key in part["properties"]
}
"""What a probe and a fleet's report print is held against its schema where servers are asked (tests/cli/test_probe.py),
and where the extra is needed (tests/cli/test_fleet.py)."""
RARE: Mapping[str, str] = {
    "alternative.why": "no rule says yet what would settle another reading",
    **dict.fromkeys(
        ("case.captures", "case.fixes", "case.tests", "case.pseudonyms", "case.rule_packs"),
        "the other Manager of the witness has a log only",
    ),
    **dict.fromkeys(
        ("certs_gap.published", "certs_gap.published_sha256", "gap.published", "gap.published_sha256"),
        "needs a chain of Amazon: the samples have authorities of the lab",
    ),
    **dict.fromkeys(
        ("entry.dns_names", "entry.ip_addresses", "entry.problem", "entry.published_as"),
        "the stores of the samples hold sound authorities of the lab",
    ),
    **dict.fromkeys(
        ("certs compare.notes", "certs export.problem", "certs export.refused", "compared.differences"),
        "tests/engine/certs makes such chains",
    ),
    **dict.fromkeys(("compared.warning", "java_answer.culprit", "java_answer.reason"), "tests/pki makes such chains"),
    **dict.fromkeys(
        ("exported_file.java_with_it", "exported_file.openssl_with_it", "exported_file.warning"),
        "the witness exports a chain whole, without judging what helps",
    ),
    **dict.fromkeys(("changed_incident.scope", "incident.scope", "check.notes", "first_fix.argv"), "tests/watch"),
    **dict.fromkeys(("cipher_list.line", "cipher_list.problem"), "tests/formats/test_tls_ciphers.py"),
    **dict.fromkeys(
        ("clock_jump.line", "clock_jump.seconds_back", "log_content.clock_jumps", "inspected_item.problem"),
        "tests/cli/test_inspect.py",
    ),
    **dict.fromkeys(
        ("dns_question.addresses", "stream.server_name", "tcp_connection.icmp", "tcp_connection.reset_after"),
        "the lab is spoken to by address, over a network without faults",
    ),
    **dict.fromkeys(
        ("tcp_connection.reset_by", "tls_session.malformed", "smtp_dialogue.secret_in_clear"),
        "the servers of the lab keep to the protocols, and clients to TLS",
    ),
    "smtp_dialogue.message_id": "needs a mail that is accepted in clear, or its TLS secrets",
    **dict.fromkeys(("explained_test.server", "hand_made_test.host", "hand_made_test.port"), "the run does not say it"),
    "hand_made_test.findings": "beside no attempt of the Manager only",
    "explained.not_translated": "JSON is English",
    "rules why.replaced_by": "tests/cli/test_rulecase.py",
    **dict.fromkeys(
        ("forecast.saved", "saved_file.path", "saved_file.written", "forecast.notes"),
        "needs the roots of the lab in a CA bundle: tests/cli/test_forecast.py",
    ),
    **dict.fromkeys(
        ("forecast_change.earliest", "store_forecast.lacks", "store_forecast.until"),
        "depends on the store: tests/cli/test_forecast.py walks all of the samples",
    ),
    "scope.servers": "depends on the rule that is explained",
    **dict.fromkeys(
        (
            *("finding.conflicts", "verdict.contradictions"),
            *(f"finding_with_fixes.{key}" for key in ("alternatives", "caution", "conflicts", "needs")),
        ),
        "depends on the rule that holds; tests/engine has such evidence",
    ),
    **dict.fromkeys(("message_headers.member", "message_headers.problems"), "`mail` reads a plain, sound message here"),
    "capture_content.passed_over": "needs a capture of more than 100 conversations: tests/formats/capture",
    "place.sha256": "no place of a witness is a certificate",
    "smtp_form.member": "the settings of the witness lie in no archive",
    "triage_input.fault": "needs a fault of sestriage itself",
}
"""Keys that no witness gives a value, and why."""


@pytest.mark.slow
def test_every_key_is_met(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    inputs(tmp_path)
    met: set[str] = set()
    for line in WITNESSES:
        words = [word.replace("{home}", str(tmp_path)) for word in line]
        document = checked(words, printed([*words, "--format", "json"], PASTED, run))
        whole = schema(command_of(words))
        met |= set(keys_with_values(document, whole, whole, command_of(words)))
    assert (described() - met - ELSEWHERE) ^ set(RARE) == set()


def described() -> set[str]:
    """`part.key` for every key of every schema."""
    parts = [(name, part["properties"]) for command in DOCUMENTS for name, part in parts_of(command)]
    place = next(keys.keys() for name, keys in parts if name == "place")
    return {
        f"{name}.{key}"
        for name, keys in parts
        for key in keys
        if not (key in place and keys.keys() > place)  # a place in a larger part has what fits there
    }
