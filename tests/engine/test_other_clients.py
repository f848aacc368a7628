"""Pasted runs of openssl, keytool listings and saved chains in a triage: what they add, and what they must not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sestriage import triage
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.reading.pasted import Roles
from sestriage.engine.triage import TriageOptions
from sestriage.model.phase import Phase
from sestriage.model.verdict import Confidence, Outcome, Report

TEXTS = Path(__file__).resolve().parents[1] / "formats" / "transcript"
RECORDED, HANDMADE = TEXTS / "recorded", TEXTS / "handmade"
HOST = "email-smtp.us-east-1.amazonaws.com"

START = "2026-12-01 03:46:04.324  INFO 7 --- [mail-1] c.x.r.EmailActionExecutor : Executing test action 'SOC' (EMAIL)"
FAILED = (
    "2026-12-01 03:46:04.620 ERROR 7 --- [mail-1] c.x.r.EmailActionExecutor : Test Action failed: email action 'SOC'"
    " via {host}:587\njavax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: {message}\n"
)
PKIX = (
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
    " certification path to requested target"
)
SMALL = "error:0A00018A:SSL routines::dh key too small"


def write_log(folder: Path, message: str, host: str = HOST) -> str:
    file = folder / "sw-response-mgmt.log"
    file.write_text(f"{START}\n{FAILED.format(host=host, message=message)}")
    return str(file)


def recorded(name: str) -> str:
    return str(RECORDED / f"{name}.txt")


def handmade(name: str) -> str:
    return str(HANDMADE / f"{name}.txt")


def notes(report: Report) -> str:
    return "\n".join((*report.verdict.notes, *(note for test in report.tests for note in test.notes)))


def rules(report: Report) -> set[str]:
    primary = report.verdict.primary
    found = (*report.verdict.contributing, *(f for test in report.tests for f in test.findings))
    return {f.rule for f in found} | ({primary.rule} if primary else set())


# --- alone ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tls12-starttls-showcerts", "tls13-starttls-showcerts", "dhe-1024-seclevel-0"])
def test_a_good_run_decides_nothing(name: str) -> None:
    report = triage([recorded(name)])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert report.verdict.primary is None
    assert report.verdict.cleared == ()  # nothing of it is the Manager's
    (test,) = report.tests
    worked = {step.phase for step in test.proven}
    assert {Phase.TCP, Phase.STARTTLS, Phase.TLS} <= worked
    assert Phase.CERTIFICATE not in worked
    assert "is not the Manager's own client" in notes(report)
    assert "sw-response-mgmt.log" in str(report.verdict.needs[0].command)


@pytest.mark.parametrize(
    ("file", "rule", "confidence"),
    [
        (recorded("dhe-1024-refused"), "dh-key-too-small", Confidence.LIKELY),
        (handmade("1.0.1-small-dh-refused"), "dh-key-too-small", Confidence.LIKELY),
        (recorded("refused"), "connection-refused", Confidence.CONFIRMED),
    ],
)
def test_a_refusal_of_a_test_is_told_as_the_test_s_and_is_no_failure_of_the_manager(
    file: str, rule: str, confidence: Confidence
) -> None:
    report = triage([file])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert (report.attempts, report.verdict.primary) == ((), None)
    (test,) = report.tests
    primary = test.findings[0]
    assert (primary.rule, primary.confidence) == (rule, confidence)
    assert "is not the Manager's own client" in notes(report)
    assert all(evidence.source.frame is None for evidence in primary.evidence)
    lines = Path(file).read_text().splitlines()
    first = primary.evidence[0]
    assert first.source.line is not None
    assert first.quote.split("…")[0][:40] in lines[first.source.line - 1]


def test_a_test_with_the_wrong_mode_is_told_as_the_tester_s_mistake() -> None:
    report = triage([recorded("wrapper-on-plain-port")])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert "smtps-on-starttls-port" not in rules(report)


QUIET = """$ openssl s_client -crlf -quiet -connect mail.example:465
depth=1 C = XX, O = Example Trust, CN = Example Root
verify error:num=20:unable to get local issuer certificate
220 mail.example ESMTP ready
421 4.4.2 closing, nothing was said
"""


def test_a_quiet_run_is_a_test_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "quiet.txt"
    file.write_text(QUIET)
    report = triage([str(file)])
    assert (report.verdict.outcome, report.attempts) == (Outcome.UNDETERMINED, ())
    (test,) = report.tests
    assert Phase.TLS in {step.phase for step in test.proven}
    assert (test.host, test.port) == ("mail.example", 465)


def test_a_quoted_run_is_the_same_run(tmp_path: Path) -> None:
    plain = (RECORDED / "tls12-starttls-showcerts.txt").read_text()
    file = tmp_path / "quoted.txt"
    file.write_text("".join(f"> {line}\n" for line in plain.splitlines()))
    (quoted,), (whole,) = triage([str(file)]).tests, triage([recorded("tls12-starttls-showcerts")]).tests
    assert [step.phase for step in quoted.proven] == [step.phase for step in whole.proven]
    assert (quoted.host, quoted.port) == (whole.host, whole.port)


def test_starttls_not_offered() -> None:
    """s_client went on and succeeded: STARTTLS is not missing for sure, and the outcome stays open."""
    assert triage([recorded("no-starttls")]).verdict.outcome is Outcome.UNDETERMINED


def test_a_leaf_alone_is_a_fault_of_the_server() -> None:
    report = triage([recorded("leaf-only")])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert "incomplete-server-chain" in rules(report)


def test_the_store_of_the_host_is_not_the_manager_s() -> None:
    report = triage([recorded("tls12-starttls-showcerts")])
    assert "verify code 20 (unable to get local issuer certificate) is about the list of CAs" in notes(report)
    assert rules(report) == set()
    trusted = notes(triage([recorded("tls12-with-ca")]))
    assert "the Manager's store is another one" in trusted


@pytest.mark.parametrize("name", ["dhe-not-offered", "wrapper-on-plain-port", "closed-at-once"])
def test_0_ok_without_a_certificate_is_said_to_mean_nothing(name: str) -> None:
    report = triage([recorded(name)])
    assert "a verify return code of 0 (ok) in it means nothing" in notes(report)
    assert "trusts the chain" not in notes(report)


def test_the_trap_of_dhe_without_tls1_2_and_the_good_refusal() -> None:
    report = triage([handmade("1.1.1-two-runs")])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert "-cipher DHE restricts TLS 1.2 and older only" in notes(report)
    assert "asked for DHE only, that is the good answer" in notes(report)


def test_small_dh_that_openssl_took() -> None:
    assert "the server's DH key has 1024 bits" in notes(triage([handmade("1.0.2-starttls-showcerts")]))


# --- beside a log ---------------------------------------------------------------------------------------------------


def test_the_chain_of_a_run_is_held_against_the_store(tmp_path: Path) -> None:
    log = write_log(tmp_path, PKIX)
    store = str(RECORDED / "listed-root.pem")  # the right name, but of another making than the run's chain
    run = recorded("tls13-starttls-showcerts")
    report = triage([log, run, store])
    assert report.verdict.outcome is Outcome.FAILED
    (path,) = report.paths
    assert (path.status, path.anchor_key_mismatch) == ("no-path", True)
    assert (path.at_basis, path.host) == ("log", HOST)
    assert path.frame_source is not None
    assert path.frame_source.path == run
    assert f"the chain from {run}:1 was held against the trust store" in notes(report)
    primary = report.verdict.primary
    assert primary is not None
    assert primary.rule == "tls-inspection"  # no Amazon CA issued what was served for an SES name


def test_a_run_against_another_host_does_not_stand_in(tmp_path: Path) -> None:
    log = write_log(tmp_path, PKIX, host="email-smtp.eu-west-1.amazonaws.com")
    report = triage([log, recorded("tls13-starttls-showcerts"), str(RECORDED / "listed-root.pem")])
    assert report.paths == ()
    assert "was held against" not in notes(report)


def test_a_run_without_the_whole_chain_does_not_stand_in(tmp_path: Path) -> None:
    log = write_log(tmp_path, PKIX)
    report = triage([log, recorded("dhe-1024-seclevel-0"), str(RECORDED / "listed-root.pem")])
    assert report.paths == ()
    assert "again with -showcerts" in notes(report)


def test_the_size_of_the_dh_key_confirms_the_log(tmp_path: Path) -> None:
    log = write_log(tmp_path, SMALL)
    alone = triage([log]).verdict.primary
    assert alone is not None
    assert (alone.rule, alone.confidence) == ("dh-key-too-small", Confidence.LIKELY)
    with_run = triage([log, handmade("1.0.2-starttls-showcerts")]).verdict.primary
    assert with_run is not None
    assert (with_run.rule, with_run.confidence) == ("dh-key-too-small", Confidence.CONFIRMED)


@pytest.mark.parametrize("scanner", ["sslscan", "nmap", "testssl"])
def test_the_size_of_the_dh_key_by_a_scan_beside_the_log(tmp_path: Path, scanner: str) -> None:
    scan = TEXTS / "scans" / f"{scanner}-dhe-1024.txt"
    text = re.sub(r"\b(?:127\.0\.0\.1|localhost)\b", HOST, scan.read_text())
    (tmp_path / "scan.txt").write_text(text)
    report = triage([write_log(tmp_path, SMALL), str(tmp_path / "scan.txt")])
    primary = report.verdict.primary
    assert primary is not None
    assert (primary.rule, primary.confidence) == ("dh-key-too-small", Confidence.CONFIRMED)
    assert len(report.attempts) == 1


@pytest.mark.parametrize("scanner", ["sslscan", "nmap", "testssl"])
def test_a_scan_alone_is_a_test_by_hand(scanner: str) -> None:
    report = triage([str(TEXTS / "scans" / f"{scanner}-old.txt")])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert report.verdict.primary is None
    assert "the server takes TLSv1.0, TLSv1.1, by this scan" in notes(report)
    assert "finds no version in common" in notes(report)
    new = triage([str(TEXTS / "scans" / f"{scanner}-tls13.txt")])
    assert "the server takes TLSv1.3, by this scan" in notes(new)
    assert "finds no version in common" not in notes(new)


def test_another_key_exchange_of_another_client_contradicts_nothing(tmp_path: Path) -> None:
    report = triage([write_log(tmp_path, SMALL), recorded("tls13-starttls-showcerts")])
    primary = report.verdict.primary
    assert primary is not None
    assert (primary.rule, primary.confidence) == ("dh-key-too-small", Confidence.LIKELY)
    assert report.verdict.contradictions == ()


def test_a_run_never_becomes_an_attempt_beside_a_log(tmp_path: Path) -> None:
    report = triage([write_log(tmp_path, PKIX), recorded("refused"), recorded("dhe-1024-refused")])
    assert len(report.attempts) == 1
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "pkix-path-not-found"


def test_log_and_run_pasted_into_one_text(tmp_path: Path) -> None:
    log = Path(write_log(tmp_path, PKIX)).read_text()
    file = tmp_path / "ticket.txt"
    file.write_text(log + (RECORDED / "tls13-starttls-showcerts.txt").read_text() + log.replace("03:46", "03:50"))
    report = triage([str(file)])
    assert len(report.attempts) == 2
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "tls-inspection"  # the run shows an issuer that is not Amazon's


# --- files of certificates -------------------------------------------------------------------------------------------


@pytest.fixture
def cisco(tmp_path: Path) -> Path:
    """The folder as the document leaves it, with the transcript still in it."""
    folder = tmp_path / "certs"
    folder.mkdir()
    text = (RECORDED / "cisco-stdout-only.txt").read_text()
    (folder / "mycertfile.crt").write_text(text)
    parts = re.split(r"(?<=-----END CERTIFICATE-----\n)", text)
    (folder / f"{HOST}.pem").write_text(parts[0])
    (folder / "ExampleRSA2048M01.pem").write_text(parts[1])
    return folder


def test_split_files_are_the_served_chain(cisco: Path) -> None:
    collected = collect([str(cisco)], Options())
    assert collected.stores == []
    assert len(collected.transcripts) == 1  # the files say the same as the transcript
    details = {note.source.name: note.detail for note in collected.notes if note.kind == "certificates"}
    assert all(detail is not None and "--store" in detail for detail in details.values())
    assert len(details) == 2


def test_split_files_without_their_transcript(cisco: Path, tmp_path: Path) -> None:
    (cisco / "mycertfile.crt").unlink()
    collected = collect([str(cisco)], Options())
    assert collected.stores == []
    (chain,) = collected.transcripts
    assert chain.whole_chain
    report = triage([write_log(tmp_path, PKIX), str(cisco), str(RECORDED / "listed-root.pem")])
    assert [path.status for path in report.paths] == ["no-path"]


def test_told_otherwise_they_are_a_store(cisco: Path) -> None:
    collected = collect([str(cisco)], Options(roles=Roles(stores=(str(cisco),))))
    (store,) = collected.stores
    assert [entry.certificate.common_name for entry in store.entries] != []
    assert len({entry.certificate.sha256 for entry in store.entries}) == 2


def test_bare_files_of_the_chain_beside_its_transcript(cisco: Path) -> None:
    """Without the lines of s_client, but with nothing in them that the transcript has not."""
    for path in cisco.glob("*.pem"):
        path.write_text(path.read_text()[path.read_text().index("-----BEGIN") :])
    assert collect([str(cisco)], Options()).stores == []
    shutil.copy(RECORDED / "listed-root.pem", cisco / "root.pem")
    (store,) = collect([str(cisco)], Options()).stores
    assert [entry.certificate.common_name for entry in store.entries] == ["Example Root CA 1"]


def test_a_plain_pem_file_can_be_called_the_chain(tmp_path: Path) -> None:
    chain = tmp_path / "served.pem"
    chain.write_bytes((RECORDED / "listed-leaf.pem").read_bytes() + (RECORDED / "listed-issuing.pem").read_bytes())
    log, store = write_log(tmp_path, PKIX), str(RECORDED / "listed-root.pem")
    options = TriageOptions(reading=Options(roles=Roles(stores=(store,), chains=(str(chain),))))
    report = triage([log], options)  # named paths are read without being named twice
    (path,) = report.paths
    assert path.status == "trusted"
    assert [certificate.common_name for certificate in path.chain] == [HOST, "Example RSA 2048 M01"]


def test_a_keytool_listing_is_a_store(tmp_path: Path) -> None:
    chain = tmp_path / "served.pem"
    chain.write_bytes((RECORDED / "listed-leaf.pem").read_bytes() + (RECORDED / "listed-issuing.pem").read_bytes())
    options = TriageOptions(reading=Options(roles=Roles(chains=(str(chain),))))
    report = triage([write_log(tmp_path, PKIX), recorded("keytool-list-v")], options)
    (path,) = report.paths
    assert path.status == "trusted"  # the issuing CA is in it, by its fingerprint
    (note,) = [note for note in report.inputs if note.kind == "trust-store"]
    assert note.problem is not None
    assert "SHA-256" in note.problem


def test_certificates_that_a_run_does_not_print_were_served_all_the_same() -> None:
    said = notes(triage([str(RECORDED / "brief.txt")]))
    assert "the served certificates are not in the text: run it again with -showcerts, without -brief" in said
    assert "0 certificate(s)" not in said


def test_a_run_without_its_command_line_proves_no_starttls(tmp_path: Path) -> None:
    """A real run of openssl s_client -tls1_3 against a wrapper that knows TLS 1.2 only."""
    file = tmp_path / "run.txt"
    file.write_text(
        "4087740A427F0000:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:"
        "../ssl/record/rec_layer_s3.c:1601:SSL alert number 70\nCONNECTED(00000003)\n---\n"
        "no peer certificate available\n---\nNo client certificate CA names sent\n---\n"
        "SSL handshake has read 7 bytes and written 268 bytes\nVerification: OK\n---\n"
        "New, (NONE), Cipher is (NONE)\nVerify return code: 0 (ok)\n---\n"
    )
    (test,) = triage([str(file)]).tests
    assert [step.phase for step in test.proven] == [Phase.TCP]
