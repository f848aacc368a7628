"""JKS and JCEKS."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.certs.keystores import PASSWORD, jks, keytool, keytool_key, made_certificates
from seslab.stores import KEYTOOL
from sestriage.formats.certs.jks import JCEKS_MAGIC, read_jks

ONE, TWO = made_certificates(2)
STORE = jks({"one": ONE, "two": TWO})


@pytest.mark.parametrize("kind", ["JKS", "JCEKS"])
def test_as_keytool_writes_it(kind: str, tmp_path: Path) -> None:
    data = keytool(tmp_path / "store", kind, {"one": ONE, "zwei ä": TWO})
    store = read_jks(data, ["wrong", PASSWORD])
    assert store.format == kind.lower()
    assert {entry.alias: entry.certificate for entry in store.entries} == {"one": ONE, "zwei ä": TWO}
    assert (store.integrity, store.problem) == (True, None)


def test_a_key_entry_gives_its_certificate_and_no_key(tmp_path: Path) -> None:
    data = keytool_key(tmp_path / "store", "JKS")
    store = read_jks(data, [PASSWORD])
    (entry,) = store.entries
    assert (entry.alias, entry.is_key, store.problem) == ("mine", True, None)
    assert data.count(entry.certificate) == 1


def test_a_secret_key_hides_only_what_follows(tmp_path: Path) -> None:
    import subprocess

    path = tmp_path / "store"
    keytool(path, "JCEKS", {"one": ONE})
    command = [*KEYTOOL, "-genseckey", "-alias", "s", "-keyalg", "AES", "-keysize", "128", "-keystore", str(path)]
    subprocess.run([*command, "-storetype", "JCEKS", "-storepass", PASSWORD], check=True, capture_output=True)
    store = read_jks(path.read_bytes(), [PASSWORD])
    assert store.integrity is True
    assert store.problem_kind == "partial"
    assert "secret key" in str(store.problem)


@pytest.mark.parametrize("version", [1, 2])
def test_versions(version: int) -> None:
    store = read_jks(jks({"one": ONE}, version=version), [PASSWORD])
    assert ([entry.certificate for entry in store.entries], store.integrity) == ([ONE], True)


def test_another_password_leaves_integrity_open() -> None:
    store = read_jks(STORE, ["wrong"])
    assert (len(store.entries), store.integrity, store.problem) == (2, None, None)
    assert read_jks(STORE, []).integrity is None


def test_passwords_beyond_ascii() -> None:
    assert read_jks(jks({"one": ONE}, password="pässwörd€"), ["pässwörd€"]).integrity is True


def test_a_changed_byte_is_noticed() -> None:
    changed = bytearray(STORE)
    changed[STORE.index(ONE) + 300] ^= 1
    store = read_jks(bytes(changed), [PASSWORD])
    assert (len(store.entries), store.integrity, store.problem) == (2, None, None)


def test_java_finds_names_in_lower_case_only() -> None:
    found = read_jks(jks({"One": ONE, "two": TWO}), []).entries
    assert [(entry.certificate, entry.visible) for entry in found] == [(ONE, False), (TWO, True)]


def test_the_last_of_two_entries_of_one_name_counts() -> None:
    body = jks({"one": ONE, "two": TWO}).replace(b"\0\x03two", b"\0\x03one")
    assert [entry.certificate for entry in read_jks(body, []).entries] == [TWO]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xfe\xed\xfe\xed\0\0\0\x09" + bytes(30), "version 9"),
        (b"\xfe\xed\xfe\xed\0\0\0\x02\xff\xff\xff\xff" + bytes(30), "entries are announced"),
        (b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x07" + bytes(30), "unknown kind"),
        (STORE[:-20] + b"more" + STORE[-20:], "4 bytes too many"),
        (JCEKS_MAGIC, "announced"),
    ],
)
def test_damage_is_told(data: bytes, words: str) -> None:
    store = read_jks(data, [PASSWORD])
    assert words in str(store.problem)
    assert store.problem_kind == "damaged"


def test_cut_anywhere() -> None:
    for end in range(4, len(STORE)):
        store = read_jks(STORE[:end], [PASSWORD])
        assert store.problem_kind == "damaged", end
        assert store.integrity is None
        assert [entry.certificate for entry in store.entries] in ([], [ONE])


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    for magic in (b"\xfe\xed\xfe\xed", JCEKS_MAGIC):
        store = read_jks(magic + data, [PASSWORD])
        assert store.problem is None or store.problem.isprintable()
