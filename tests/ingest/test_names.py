"""Names: what is shown, what is refused, which role and age they tell."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.ingest import by_folder, folder_of, is_response_log, role, rotation_key
from sestriage.ingest.names import decode_name, identity, member_name, refusal, safe_name
from sestriage.model.source import SourceRef


@given(st.binary(max_size=80))
def test_a_shown_name_is_printable(raw: bytes) -> None:
    shown = member_name(decode_name(raw))
    assert shown.isprintable()
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain/ä €.log", "plain/ä €.log"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b", "a\\u2028b"),
        (decode_name(b"gr\xfcn"), "gr\\xfcn"),
    ],
)
def test_escapes(name: str, shown: str) -> None:
    assert safe_name(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [("./a/b", "a/b"), (".//a", "a"), ("././a", "a"), ("./.a", ".a"), (".a", ".a"), ("./", "./")]
)
def test_the_dot_of_tar_is_not_shown(name: str, shown: str) -> None:
    assert member_name(name) == shown


@pytest.mark.parametrize("name", ["a", "./a", "a/b.log", "..a/b..", "a/...", "ä/ö", "lancope\\var\\x.log", "a b"])
def test_fine_names(name: str) -> None:
    assert refusal(name, 4096) is None


@pytest.mark.parametrize(
    "name",
    [
        "/a",
        "\\a",
        "C:x",
        "c:\\x",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a\\..\\b",
        "a\nb",
        "a\x7f",
        "",
        ".",
        "/",
        "a" * 4097,
    ],
)
def test_refused_names(name: str) -> None:
    assert refusal(name, 4096)


def test_length_is_counted_in_bytes() -> None:
    assert refusal("ä" * 2049, 4096)
    assert refusal("ä" * 2048, 4096) is None


def test_identity_folds_case_and_form() -> None:
    assert identity("./A//b\\C") == identity("a/B/c")
    assert identity("a/b") != identity("a/c")


SERIES = {
    "numbered": ["x.log.10.gz", "x.log.2.gz", "x.log.1", "x.log"],
    "numbered before the suffix": ["x.3.log.gz", "x.1.log", "x.log"],
    "dateext": ["x.log-20231231.gz", "x.log-20240101.gz", "x.log-20240102", "x.log"],
    "dateext with hour": ["x.log-2024010108.gz", "x.log-2024010123.gz", "x.log-20240102", "x.log"],
    "daily": ["x.log.2023-12-31", "x.log.2024-01-01", "x.log"],
    "logback": ["x.2024-01-01.0.gz", "x.2024-01-01.1.gz", "x.2024-01-01.10.gz", "x.2024-01-02.0.gz", "x"],
    "logback, suffix last": ["x.2024-01-01.0.log.gz", "x.2024-01-01.2.log.gz", "x.2024-01-02.0.log", "x.log"],
    "date before the suffix": ["x-20240101.log.gz", "x-20240102.log", "x.log"],
    "epoch": ["x.log-1704067200.gz", "x.log-1704153600", "x.log"],
    "other compressions": ["x.log.3.zst", "x.log.2.xz", "x.log.1.bz2", "x.log"],
    "two ways": ["x.log-20240101", "x.log.1", "x.log"],
}


@pytest.mark.parametrize("kind", SERIES)
def test_rotation_order(kind: str) -> None:
    refs = [SourceRef("b.tgz", f"lancope/{name}") for name in SERIES[kind]]
    shuffled = refs.copy()
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert sorted(shuffled, key=rotation_key) == refs
    assert len({rotation_key(ref)[0] for ref in refs}) == 1


def test_two_managers_stay_apart() -> None:
    one, two = SourceRef("b.tgz", "m1/x.log"), SourceRef("b.tgz", "m2/x.log.1")
    assert rotation_key(one)[0] != rotation_key(two)[0]


@pytest.mark.parametrize(
    "name",
    [
        "sw-response-mgmt.log", "sw-response-mgmt.log.2.gz", "sw-reponse-mgmt.log", "SW-RESPONSE-MGMT.LOG",
        "stack_sw-response-mgmt_1.log", "sw-response-mgmt-20240101.log", "sw-response-mgmt/console.log",
    ],
)  # fmt: skip
def test_response_names(name: str) -> None:
    assert is_response_log(SourceRef("bundle", f"lancope/var/{name}"))
    assert role(SourceRef("bundle", name)) == "response"


@pytest.mark.parametrize(
    "name", ["smc-core.log", "svc-central-management.log", "mysw-response-mgmtx.log", "sw-response-mgmt/smc-core.log"]
)
def test_other_names(name: str) -> None:
    assert not is_response_log(SourceRef("bundle", name))
    assert role(SourceRef("bundle", name)) == "other-service"


def test_a_named_log_is_the_response_log_whatever_its_name() -> None:
    assert role(SourceRef("pasted.txt"), named=True) == "response"
    assert role(SourceRef("smc-core.log"), named=True) == "response"
    assert role(SourceRef("smc-core.log"), named=True, alone=False) == "other-service"
    assert role(SourceRef("pasted.txt"), named=True, alone=False) == "response"
    assert role(SourceRef("folder/pasted.txt")) == "other-service"


def test_role_of_cipher_lists() -> None:
    assert role(SourceRef("x", "a/tls-ciphers"), "tls-ciphers") == ""
    for name in ("tls-ciphers.bak", "tls-ciphers.orig", "tls-ciphers.2024-01-01", "tls-ciphers~"):
        assert role(SourceRef("x", f"a/{name}"), "tls-ciphers") == "backup"


def test_folders() -> None:
    assert folder_of(SourceRef("a/b/c.pem")) == SourceRef("a/b")
    assert folder_of(SourceRef("c.pem")) == SourceRef(".")
    assert folder_of(SourceRef("/c.pem")) == SourceRef("/")
    assert folder_of(SourceRef("t.tgz", "d/c.pem")) == SourceRef("t.tgz", "d")
    assert folder_of(SourceRef("t.tgz", "c.pem")) == SourceRef("t.tgz")
    assert folder_of(SourceRef("t.tgz", "i.zip!/c.pem")) == SourceRef("t.tgz", "i.zip")
    refs = [SourceRef("t", "d/1"), SourceRef("t", "e/2"), SourceRef("t", "d/3")]
    assert by_folder(refs) == {SourceRef("t", "d"): (refs[0], refs[2]), SourceRef("t", "e"): (refs[1],)}
