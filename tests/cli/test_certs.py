"""`sestriage certs`: a served chain against a store, what is in a store, and the files to import."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Run
from pki.certgen import CN, Name, Spec, certificate, ec_key
from pki.test_path import FULL, ROWS, SPECS, encoded
from seslab.stores import KEYTOOL
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.known.published import PUBLISHED_ROOTS
from support import ROOT, SAMPLES, need_foreign_captures, need_tool

MISSING, WRONG_KEY, GOOD = (SAMPLES / name for name in ("pkix-root-missing", "same-name-other-key", "success"))
HOST = "email-smtp.us-east-1.amazonaws.com"
JUDGED_AT = "2024-06-01"
"""The moment for which the certificates of tests/pki/test_path.py are made."""
TRANSCRIPTS = ROOT / "tests" / "formats" / "transcript" / "recorded"
REAL_CHAIN = "ndpi__tls_multiple_synack_different_seq.pcapng"
"""A foreign capture in which a server of Amazon sends its chain with both cross-certificates."""


def pem(encoded_certificate: bytes) -> str:
    body = base64.encodebytes(encoded_certificate).decode().replace("\n", "")
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def write_chain(folder: Path, roles: Sequence[str]) -> Path:
    """One file each, named so that an alphabetical order is the wrong one."""
    folder.mkdir()
    for number, role in enumerate(reversed(roles)):
        (folder / f"{number}.pem").write_text(pem(encoded(role, False)))
    return folder


def write_store(path: Path, roles: Sequence[str]) -> Path:
    path.write_text("".join(pem(encoded(role, False)) for role in roles))
    return path


def compared(run: Run, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("certs", "compare", *arguments, "--format", "json")
    assert result.err == ""
    document = json.loads(result.out)
    return result.status, document


def broken_links(link: dict[str, Any]) -> list[str]:
    found = [link["label"]] if link["broken"] else []
    return found + [label for above in link["above"] for label in broken_links(above)]


# --- compare -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("pkix-root-missing", 1),
        ("same-name-other-key", 1),
        ("leaf-only-chain", 1),
        ("tls-inspection", 1),
        ("self-signed", 1),
        ("expired", 1),
        ("hostname-mismatch", 1),
        ("success", 0),
        ("bundle", 0),
        ("tls13", 3),
        ("smtps-on-587", 2),
    ],
)
def test_exit_status_of_the_samples(run: Run, case: str, status: int) -> None:
    assert run("certs", "compare", str(SAMPLES / case)).status == status


@pytest.mark.parametrize(("served", "stored", "java", "openssl", "partial"), ROWS)
def test_the_observed_answers_stand_side_by_side(
    run: Run, tmp_path: Path, served: tuple[str, ...], stored: tuple[str, ...], java: bool, openssl: str, partial: str
) -> None:
    """The table of what JavaMail and OpenSSL did, from files on disk to the report."""
    chain, store = write_chain(tmp_path / "served", served), write_store(tmp_path / "store.pem", stored)
    status, document = compared(run, str(chain), "--store", str(store), "--at", JUDGED_AT, "--host", HOST)
    [held] = document["results"]
    assert (status == 0) is java
    assert (held["java"]["message"] is None) is java
    assert held["openssl"]["default"].startswith(openssl)
    assert held["openssl"]["partial_chain"].startswith(partial)
    differ = [java is not answer.startswith("ok") for answer in (openssl, partial)]
    assert len(held["differences"]) == sum(differ)
    assert [c["sha256"] for c in held["comparison"]] == [c["sha256"] for c in held["chain"]["certificates"]]


@pytest.mark.parametrize(
    ("served", "stored", "broken"),
    [
        (FULL, ("old leaf",), ["Starfield Class 2 Certification Authority"]),
        (FULL, ("false A1",), ["Amazon Root CA 1"]),
        (FULL, ("false M",), ["Amazon RSA 2048 M01"]),
        (("leaf",), ("A1",), ["Amazon RSA 2048 M01"]),
        (("leaf", "M", "A1"), ("old leaf",), ["Amazon Root CA 1"]),
        (("leaf", "M", "expired A1x", "G2x"), ("G2",), ["Amazon Root CA 1"]),
        (FULL, ("A1",), []),
        (("leaf", "M"), ("A1",), []),
    ],
)
def test_the_first_broken_link_is_marked(
    run: Run, tmp_path: Path, served: tuple[str, ...], stored: tuple[str, ...], broken: list[str]
) -> None:
    chain, store = write_chain(tmp_path / "served", served), write_store(tmp_path / "store.pem", stored)
    arguments = [str(chain), "--store", str(store), "--at", JUDGED_AT]
    _, document = compared(run, *arguments)
    assert broken_links(document["results"][0]["tree"]) == broken
    text = run("certs", "compare", *arguments).out
    marked = [line for line in text.splitlines() if "<== first broken link" in line]
    assert [name in line for name, line in zip(broken, marked, strict=True)] == [True] * len(broken)


def test_a_wrong_name_breaks_at_the_leaf(run: Run) -> None:
    status, document = compared(run, str(GOOD), "--host", "email-smtp.eu-west-1.amazonaws.com")
    [held] = document["results"]
    assert status == 1
    assert held["java"]["status"] == "trusted"
    assert held["host"]["message"] == (
        "No subject alternative DNS name matching email-smtp.eu-west-1.amazonaws.com found."
    )
    assert broken_links(held["tree"]) == [HOST]


def test_the_store_s_alias_and_its_other_key_are_told(run: Run) -> None:
    result = run("certs", "compare", str(WRONG_KEY))
    assert "OTHER KEY as amazonrootca1" in result.out
    assert "ANOTHER KEY as `amazonrootca1`" in result.out


def test_the_moment_can_be_given(run: Run) -> None:
    sample = str(SAMPLES / "expired")
    assert run("certs", "compare", sample).status == 1
    assert run("certs", "compare", sample, "--at", "2023-06-01T12:00:00+02:00").status == 0
    wrong = run("certs", "compare", sample, "--at", "yesterday")
    assert (wrong.status, wrong.out) == (2, "")


def test_a_certificate_that_expired_since_is_judged_for_the_capture(run: Run) -> None:
    _, document = compared(run, str(MISSING))
    [held] = document["results"]
    assert held["at_basis"] == "capture"
    assert held["at"] == held["chain"]["time"]


def test_each_store_is_judged_by_itself(run: Run) -> None:
    stores = [str(MISSING / "truststore.p12"), str(SAMPLES / "leaf-only-chain" / "truststore")]
    status, document = compared(
        run, str(MISSING / "test-action.pcap"), "--store", stores[0], "--store", stores[1], "--no-redact"
    )
    assert status == 1
    assert {Path(held["store"]["path"]).name: held["trusted"] for held in document["results"]} == {
        "truststore.p12": False,
        "truststore": True,
    }


def test_transcript_archive_and_standard_input_give_the_same(run: Run, tmp_path: Path) -> None:
    transcript = (TRANSCRIPTS / "tls12-starttls-showcerts.txt").read_bytes()
    (tmp_path / "chain.txt").write_bytes(transcript)
    with tarfile.open(tmp_path / "case.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("case/chain.txt")
        member.size = len(transcript)
        archive.addfile(member, io.BytesIO(transcript))
    store = ["--store", str(MISSING / "truststore.p12"), "--format", "json"]
    results = [
        run("certs", "compare", str(tmp_path / "chain.txt"), *store),
        run("certs", "compare", str(tmp_path / "case.tar.gz"), *store),
        run("certs", "compare", "-", *store, stdin=transcript),
    ]
    served = [json.loads(result.out)["results"][0]["comparison"] for result in results]
    assert len(served[0]) == 2
    assert served[0] == served[1] == served[2]


def test_the_files_of_cisco_s_procedure_are_the_served_chain(run: Run, tmp_path: Path) -> None:
    """Split behind each certificate and named by the common name, with the lines of s_client still in them."""
    text = (TRANSCRIPTS / "tls12-starttls-showcerts.txt").read_text()
    end = "-----END CERTIFICATE-----\n"
    first, second, _ = text.split(end)
    (tmp_path / "b.pem").write_text(first + end)
    (tmp_path / "a.pem").write_text(second + end)
    arguments = [str(tmp_path), "--store", str(MISSING / "truststore.p12")]
    _, document = compared(run, *arguments)
    [held] = document["results"]
    assert [c["subject"] for c in held["chain"]["certificates"]] == [
        "CN=email-smtp.us-east-1.amazonaws.com,O=Example Trust,C=US",
        "CN=Example RSA 2048 M01,O=Example Trust,C=US",
    ]
    as_store = run("certs", "compare", str(MISSING / "test-action.pcap"), "--store", str(tmp_path))
    assert (as_store.status, "2 entries" in " ".join(as_store.out.split())) == (1, True)


def test_an_unreadable_certificate_is_named_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    chain = write_chain(tmp_path / "served", FULL)
    broken = bytes([0x30, 0x82, 0xFF, 0xFF]) + encoded("C2", False)[4:]
    (chain / "broken.pem").write_text(pem(broken))
    store = write_store(tmp_path / "store.pem", ("A1",))
    with store.open("a") as file:
        file.write(pem(broken))
    result = run("certs", "compare", str(chain), "--store", str(store), "--at", JUDGED_AT)
    assert result.status == 0
    assert hashlib.sha256(broken).hexdigest() in result.out
    shown = run("certs", "show", str(store)).out
    assert "UNREADABLE" in shown
    assert hashlib.sha256(broken).hexdigest() in shown


def test_a_transcript_without_the_chain_is_not_judged(run: Run, tmp_path: Path) -> None:
    text = (TRANSCRIPTS / "tls12-starttls-showcerts.txt").read_text()
    first_end = text.index("-----END CERTIFICATE-----") + len("-----END CERTIFICATE-----")
    second = text.index("-----BEGIN CERTIFICATE-----", first_end)
    second_end = text.index("-----END CERTIFICATE-----", second) + len("-----END CERTIFICATE-----")
    (tmp_path / "chain.txt").write_text(text[:second] + text[second_end:])
    result = run("certs", "compare", str(tmp_path / "chain.txt"), "--store", str(MISSING / "truststore.p12"))
    assert result.status == 3
    assert "-showcerts" in result.out


def test_files_with_two_server_certificates_need_a_name(run: Run, tmp_path: Path) -> None:
    chain = write_chain(tmp_path / "served", ("leaf", "M"))
    other = Spec(((CN, "other.example.com"),), SPECS["M"].subject, ec_key("other leaf"), SPECS["M"].key, ca=False)
    (chain / "other.pem").write_text(pem(certificate(replace(other, dns=("other.example.com",)))))
    arguments = ["certs", "compare", str(chain), "--store", str(write_store(tmp_path / "s.pem", ("A1",)))]
    undecided = run(*arguments, "--at", JUDGED_AT)
    assert undecided.status == 2
    assert "--host" in undecided.err
    assert run(*arguments, "--at", JUDGED_AT, "--host", HOST).status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([str(MISSING / "test-action.pcap")], "--store"),
        ([str(MISSING / "truststore.p12")], "no served chain"),
        ([str(MISSING / "sw-response-mgmt.log"), "--store", str(MISSING / "truststore.p12")], "no served certificate"),
        ([str(MISSING / "test-action.pcap"), "--store", str(MISSING / "sw-response-mgmt.log")], "no trust store"),
        (["no-such-file"], "no-such-file"),
    ],
)
def test_what_is_missing_is_said(run: Run, arguments: list[str], says: str) -> None:
    result = run("certs", "compare", *arguments)
    assert (result.status, result.out) == (2, "")
    assert says in result.err


def test_an_unreadable_store_gives_3_and_still_the_import(run: Run, tmp_path: Path) -> None:
    cut = tmp_path / "cut.p12"
    cut.write_bytes((GOOD / "truststore.p12").read_bytes()[:300])
    status, document = compared(run, str(GOOD / "test-action.pcap"), "--store", str(cut))
    [held] = document["results"]
    assert (status, held["trusted"], held["store"]["readable"]) == (3, None, False)
    assert [c["certificate"]["subject"] for c in held["import"]["certificates"]] != []


def test_a_store_made_to_explode_the_search_ends_without_an_answer(run: Run, tmp_path: Path) -> None:
    impostors = [replace(SPECS["false A1"], serial=number) for number in range(700)]
    (tmp_path / "store.pem").write_text("".join(pem(certificate(spec)) for spec in impostors))
    chain = write_chain(tmp_path / "served", FULL)
    status, document = compared(run, str(chain), "--store", str(tmp_path / "store.pem"), "--at", JUDGED_AT)
    assert (status, document["results"][0]["java"]["status"]) == (3, "undecided")


@pytest.mark.parametrize("file", ["test-action.pcap", "truststore.p12"])
def test_cut_files_never_break(run: Run, tmp_path: Path, file: str) -> None:
    data = (GOOD / file).read_bytes()
    cut = tmp_path / file
    other = {"test-action.pcap": "truststore.p12", "truststore.p12": "test-action.pcap"}[file]
    for size in range(0, len(data), max(1, len(data) // 60)):
        cut.write_bytes(data[:size])
        paths = [str(cut), str(GOOD / other)]
        evidence, store = paths if file == "test-action.pcap" else reversed(paths)
        result = run("certs", "compare", evidence, "--store", store)
        assert result.status in (0, 1, 2, 3), (size, result.err)
        assert "internal error" not in result.err


def test_hosts_of_the_customer_get_pseudonyms(run: Run) -> None:
    sample = str(SAMPLES / "self-signed")
    assert "relay.example.com" not in run("certs", "compare", sample).out
    assert "relay.example.com" not in run("certs", "compare", sample, "--format", "json").out
    assert "relay.example.com" in run("certs", "compare", sample, "--no-redact").out


# --- show --------------------------------------------------------------------------------------------------------


def test_show_lists_entries_with_what_matters(run: Run, tmp_path: Path) -> None:
    store = write_store(tmp_path / "store.pem", ("expired A1", "C2", "leaf"))
    lines = run("certs", "show", str(store), "--no-redact").out.splitlines()
    [expired] = [line for line in lines if "Amazon Root CA 1" in line]
    assert "EXPIRED" in expired
    assert parse_certificate(encoded("expired A1", False)).sha256 in expired
    [leaf] = [line for line in lines if HOST in line]
    assert "no CA" in leaf


def test_show_picks_and_limits(run: Run) -> None:
    need_tool("update-ca-certificates", "ca-certificates")
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    root = next(root for root in PUBLISHED_ROOTS if root.name == "Amazon Root CA 1")
    picked = json.loads(run("certs", "show", bundle, "--find", root.sha256.upper(), "--format", "json").out)
    [entry] = picked["stores"][0]["entries"]
    assert entry["published_as"] == "Amazon Root CA 1"
    limited = run("certs", "show", bundle, "--limit", "3")
    assert limited.out.count("self-signed") == 3
    assert "more are not shown" in limited.out


def test_show_tells_a_store_that_java_reads_as_empty(run: Run, tmp_path: Path) -> None:
    need_tool("openssl", "openssl")
    root = write_store(tmp_path / "root.pem", ("A1",))
    command = ["openssl", "pkcs12", "-export", "-nokeys", "-in", str(root), "-out", str(tmp_path / "s.p12")]
    subprocess.run([*command, "-passout", "pass:changeit"], check=True, capture_output=True)
    result = run("certs", "show", str(tmp_path / "s.p12"))
    assert "NOT TRUSTED by Java" in result.out


def test_a_password_can_be_given_and_is_never_shown(run: Run, tmp_path: Path) -> None:
    need_tool("keytool", "default-jdk-headless")
    root = write_store(tmp_path / "root.pem", ("A1",))
    command = [*KEYTOOL, "-importcert", "-noprompt", "-alias", "a1", "-file", str(root), "-storetype", "PKCS12"]
    command += ["-keystore", str(tmp_path / "s.p12"), "-storepass", "Tr0ub4dor-and-3"]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "password").write_text("Tr0ub4dor-and-3\n")
    closed = run("certs", "show", str(tmp_path / "s.p12"))
    opened = run("certs", "show", str(tmp_path / "s.p12"), "--store-password-file", str(tmp_path / "password"))
    assert "Amazon Root CA 1" not in closed.out
    assert "Amazon Root CA 1" in opened.out
    assert "Tr0ub4dor" not in closed.out + opened.out


# --- export ------------------------------------------------------------------------------------------------------


def exported(run: Run, folder: Path, *arguments: str) -> dict[str, bytes]:
    """The PEM files that an export made, by name."""
    result = run("certs", "export", *arguments, "--to", str(folder))
    assert result.status == 0, result.out + result.err
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_export_names_files_as_cisco_s_procedure_does(run: Run, tmp_path: Path) -> None:
    files = exported(run, tmp_path / "import", str(MISSING), "--allow-unpublished")
    assert set(files) == {
        "AmazonRootCA1.pem",
        "StarfieldServicesRootCertificateAuthority-G2.pem",
        "SHA-256.txt",
    }
    everything = exported(run, tmp_path / "all", str(MISSING), "--all", "--allow-unpublished")
    assert set(everything) - set(files) == {f"{HOST}.pem", "AmazonRSA2048M01.pem"}


def test_a_self_signed_server_is_exported_under_the_name_that_is_printed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "import"
    result = run("certs", "export", str(SAMPLES / "self-signed"), "--to", str(folder))
    assert result.status == 0
    assert f"{folder / 'relay.example.com.pem'}" in result.out
    assert (folder / "relay.example.com.pem").is_file()
    assert "owner of the server" in result.out


def test_the_list_holds_the_fingerprints_that_openssl_prints(run: Run, tmp_path: Path) -> None:
    need_tool("openssl", "openssl")
    folder = tmp_path / "import"
    files = exported(run, folder, str(MISSING), "--allow-unpublished")
    listed = files["SHA-256.txt"].decode()
    for name in set(files) - {"SHA-256.txt"}:
        command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(folder / name)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        digest = printed.strip().partition("=")[2]
        assert f"{digest}  {name}  (friendly name: {name.removesuffix('.pem')})\n" in listed


def test_a_published_name_over_another_key_is_not_saved_unasked(run: Run, tmp_path: Path) -> None:
    result = run("certs", "export", str(MISSING), "--to", str(tmp_path / "import"))
    assert result.status == 1
    assert "--allow-unpublished" in result.out
    assert not (tmp_path / "import").exists()


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "import"
    first = exported(run, folder, str(MISSING), "--allow-unpublished")
    again = run("certs", "export", str(MISSING), "--allow-unpublished", "--to", str(folder))
    assert again.status == 0
    assert "left alone" in again.out
    (folder / "StarfieldServicesRootCertificateAuthority-G2.pem").write_text("mine\n")
    (folder / "AmazonRootCA1.pem").unlink()
    refused = run("certs", "export", str(MISSING), "--allow-unpublished", "--to", str(folder))
    assert refused.status == 2
    assert "StarfieldServicesRootCertificateAuthority-G2.pem exists" in refused.err
    assert sorted(path.name for path in folder.iterdir()) == sorted(set(first) - {"AmazonRootCA1.pem"})


def test_a_link_in_the_way_is_not_followed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "import"
    folder.mkdir()
    (folder / "AmazonRootCA1.pem").symlink_to(tmp_path / "elsewhere")
    result = run("certs", "export", str(MISSING), "--allow-unpublished", "--to", str(folder))
    assert result.status == 2
    assert not (tmp_path / "elsewhere").exists()


HOSTILE = [
    "../../../etc/cron.d/x",
    "/etc/passwd",
    "\x1b]0;owned\x07\x1b[2J",
    "a\nb\r\nc\x00d",
    "CON",
    "nul.pem",
    "-rf",
    ".bashrc",
    "$(reboot)`reboot`;|&",
    "\u202egnp.exe",
    "x" * 16_000,
    "   ",
    "Ümläut \U0001f600",
    "*.email-smtp.us-east-1.vpce.amazonaws.com",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_reach_neither_disk_nor_terminal(run: Run, tmp_path: Path, name: str) -> None:
    subject: Name = ((CN, name),)
    root = Spec(subject, subject, ec_key("hostile"), ec_key("hostile"), ca=True, usage=("keyCertSign",))
    leaf = Spec(((CN, HOST),), subject, ec_key("hostile leaf"), ec_key("hostile"), ca=False, dns=(HOST,))
    chain = tmp_path / "chain"
    chain.mkdir()
    (chain / "a.pem").write_text(pem(certificate(leaf)))
    (chain / "b.pem").write_text(pem(certificate(root)))
    folder = tmp_path / "in" / "import"
    result = run("certs", "export", str(chain), "--to", str(folder), "--at", JUDGED_AT)
    assert result.status == 0, result.err
    shown = run("certs", "show", str(chain))
    for text in (result.out, shown.out):
        assert not [char for char in text if ord(char) < 32 and char != "\n"]
        assert text.isascii()
    names = [path.name for path in folder.iterdir()]
    assert len(names) == 2
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["import"]
    for file in names:
        assert file.isascii()
        assert file.replace("-", "").replace(".", "").replace("_", "").replace("@", "").replace("+", "").isalnum()
        assert not file.startswith((".", "-"))
        assert len(file) <= 84
        assert file.split(".")[0].upper() not in ("CON", "NUL")


def test_names_that_differ_only_in_case_get_files_of_their_own(run: Run, tmp_path: Path) -> None:
    upper: Name = ((CN, "Root CA"),)
    lower: Name = ((CN, "root ca"),)
    root = Spec(upper, upper, ec_key("upper"), ec_key("upper"), ca=True, usage=("keyCertSign",))
    middle = Spec(lower, upper, ec_key("lower"), ec_key("upper"), ca=True, usage=("keyCertSign",))
    leaf = Spec(((CN, HOST),), lower, ec_key("leaf"), ec_key("lower"), ca=False, dns=(HOST,))
    (tmp_path / "chain.pem").write_text("".join(pem(certificate(spec)) for spec in (leaf, middle, root)))
    files = exported(run, tmp_path / "import", str(tmp_path / "chain.pem"), "--all", "--at", JUDGED_AT)
    assert len(files) == 4
    assert len({name.lower() for name in files}) == 4


def test_an_import_that_cannot_help_is_not_offered(run: Run, tmp_path: Path) -> None:
    for case, word in (("expired", "expired"), ("leaf-only-chain", "without the one that issued it")):
        result = run("certs", "export", str(SAMPLES / case), "--to", str(tmp_path / "import"))
        assert result.status == 1
        assert word in result.out
    assert not (tmp_path / "import").exists()


def test_a_pinned_store_is_told_to_take_the_root(run: Run, tmp_path: Path) -> None:
    chain = write_chain(tmp_path / "served", FULL)
    for stored in ("leaf", "M", "C2"):
        store = write_store(tmp_path / "store.pem", (stored,))
        status, document = compared(run, str(chain), "--store", str(store), "--at", JUDGED_AT)
        advice = document["results"][0]["import"]
        assert status == 0
        assert [choice["file_name"] for choice in advice["certificates"]][:1] == ["AmazonRootCA1.pem"]
        assert advice["text"] == document["results"][0]["warning"]
        told = run("certs", "compare", str(chain), "--store", str(store), "--at", JUDGED_AT).out
        assert " ".join(told.split()).count("trusts the server only by") == 1
    store = write_store(tmp_path / "store.pem", ("A1",))
    _, document = compared(run, str(chain), "--store", str(store), "--at", JUDGED_AT)
    assert document["results"][0]["import"]["certificates"] == []


def test_java_trusts_the_store_once_the_files_are_in_it(run: Run, tmp_path: Path) -> None:
    exported(run, tmp_path / "import", str(WRONG_KEY), "--allow-unpublished")
    after = run("certs", "compare", str(WRONG_KEY / "test-action.pcapng"), "--store", str(tmp_path / "import"))
    assert after.status == 0


# --- published roots ---------------------------------------------------------------------------------------------


def test_the_real_roots_come_from_the_bundle_of_the_machine(run: Run, tmp_path: Path) -> None:
    """A real chain of Amazon: the roots are not served, and are taken from the system's CA bundle."""
    need_tool("update-ca-certificates", "ca-certificates")
    capture = need_foreign_captures() / REAL_CHAIN
    files = exported(run, tmp_path / "import", str(capture))
    wanted = {root.name: root.sha256 for root in PUBLISHED_ROOTS}
    saved = {name: sha256_of(files[name].decode()) for name in files if name.endswith(".pem")}
    assert saved == {
        "AmazonRootCA1.pem": wanted["Amazon Root CA 1"],
        "StarfieldServicesRootCertificateAuthority-G2.pem": wanted["Starfield Services Root CA - G2"],
    }


def test_a_real_root_that_did_not_sign_the_chain_is_not_offered(run: Run, tmp_path: Path) -> None:
    """The lab's chain bears Amazon's names; the real roots are on this machine and must not be taken for it."""
    files = exported(run, tmp_path / "import", str(MISSING), "--allow-unpublished")
    real = {root.sha256 for root in PUBLISHED_ROOTS}
    assert not real & {sha256_of(text.decode()) for name, text in files.items() if name.endswith(".pem")}


def sha256_of(text: str) -> str:
    body = text.split("-----")[2]
    return parse_certificate(base64.b64decode(body)).sha256


def test_a_bundle_is_taken_only_with_fingerprint_and_signature(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sestriage.engine.certs import public_roots
    from sestriage.pki import export

    made = parse_certificate(encoded("A1", False))
    root = replace(PUBLISHED_ROOTS[0], sha256=made.sha256, spki_sha256=made.spki_sha256)
    monkeypatch.setattr(export, "PUBLISHED_ROOTS", (root,))
    monkeypatch.setattr(export, "BY_SUBJECT", {root.subject: root})
    monkeypatch.setattr(export, "BY_KEY", {root.spki_sha256: root})
    monkeypatch.setattr(public_roots, "SYSTEM_BUNDLES", ())
    chain = str(write_chain(tmp_path / "served", ("leaf", "M")))

    def choose(*roles: str) -> list[str]:
        bundle = write_store(tmp_path / "bundle.pem", roles)
        folder = tmp_path / f"import {' '.join(roles)}"
        command = ["certs", "export", chain, "--bundle", str(bundle), "--to", str(folder), "--at", JUDGED_AT]
        assert run(*command).status == 0
        return [path.name for path in sorted(folder.glob("*.pem"))]

    assert choose("C2", "A1") == ["AmazonRootCA1.pem"]
    assert choose("C2") == ["AmazonRSA2048M01.pem"]
    assert choose("false A1", "expired A1") == ["AmazonRSA2048M01.pem"]
    # the same fingerprint in the table, but another chain: its key signed nothing here
    other = replace(root, subject=parse_certificate(encoded("C2", False)).subject)
    monkeypatch.setattr(export, "PUBLISHED_ROOTS", (other,))
    shutil.rmtree(tmp_path / "import C2 A1")
    assert choose("C2", "A1") == ["AmazonRSA2048M01.pem"]


def test_validity_is_that_of_the_moment(run: Run, tmp_path: Path) -> None:
    """The moment decides, not the clock of the machine that runs the test."""
    chain, store = write_chain(tmp_path / "served", FULL), write_store(tmp_path / "store.pem", ("A1",))
    end = SPECS["leaf"].not_after
    before, after = (end + timedelta(seconds=seconds) for seconds in (-1, 1))
    for moment, status in ((before, 0), (after, 1)):
        text = moment.astimezone(UTC).isoformat()
        assert run("certs", "compare", str(chain), "--store", str(store), "--at", text).status == status
    assert end < datetime(2100, 1, 1, tzinfo=UTC)
