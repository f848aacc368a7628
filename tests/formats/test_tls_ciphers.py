"""Cipher lists, checked against the real `openssl ciphers`."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.tls.dhe_suites import DHE_SUITES
from sestriage.formats.tls_ciphers import dhe_suites, looks_like_cipher_list, parse_cipher_list
from sestriage.model.config import CipherList
from sestriage.model.source import SourceRef
from support import need_tool

SOURCE = SourceRef("tls-ciphers")

PUBLISHED = (
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:AES256-GCM-SHA384"
)
"""The list of the Cisco document: without DHE."""


def parse(text: str | bytes) -> CipherList:
    return parse_cipher_list(text, SOURCE)


def test_the_published_list_has_no_dhe() -> None:
    ciphers = parse(PUBLISHED + "\n")
    assert not ciphers.dhe_allowed
    assert ciphers.without_dhe is None
    assert [token.key_exchange for token in ciphers.tokens] == ["TLS13"] * 4 + ["ECDHE"] * 2 + ["RSA"] + [
        "ECDHE"
    ] * 4 + ["RSA"]
    assert len(ciphers.suites) == 12


ALLOWED = [
    # list, the same without DHE
    ("ECDHE-RSA-AES128-SHA:DHE-RSA-AES128-SHA:AES128-SHA", "ECDHE-RSA-AES128-SHA:AES128-SHA"),
    ("EDH-RSA-DES-CBC3-SHA:AES128-SHA", "AES128-SHA"),
    ("kEDH+AESGCM:kRSA", "kRSA"),
    ("ECDHE:EDH:kRSA", "ECDHE:kRSA"),
    ("ECDHE:DH:ADH:kRSA", "ECDHE:kRSA"),
    ("TLS_DHE_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    ("DHE-RSA-AES128-SHA AES128-SHA", "AES128-SHA"),
    ("HIGH", "HIGH:!kDHE:!kEDH"),
    ("HIGH:!aNULL:@STRENGTH", "HIGH:!aNULL:@STRENGTH:!kDHE:!kEDH"),
    ("DEFAULT:@SECLEVEL=0", "DEFAULT:@SECLEVEL=0:!kDHE:!kEDH"),
    ("ALL;-DHE-RSA-AES128-SHA", "ALL;-DHE-RSA-AES128-SHA;!kDHE;!kEDH"),
    ("HIGH:-DHE:AES128", "HIGH:-DHE:AES128:!kDHE:!kEDH"),
    ("AESGCM:DHE-RSA-AES128-SHA:+HIGH", "AESGCM:+HIGH:!kDHE:!kEDH"),
    ("PROFILE=SYSTEM", "PROFILE=SYSTEM:!kDHE:!kEDH"),
]


@pytest.mark.parametrize(("text", "without"), ALLOWED)
def test_dhe_is_taken_out_and_the_order_kept(text: str, without: str) -> None:
    ciphers = parse(text)
    assert ciphers.dhe_allowed
    assert ciphers.without_dhe == without
    again = parse(without)
    assert not again.dhe_allowed
    assert again.without_dhe is None


@pytest.mark.parametrize(
    "text",
    [
        "HIGH:!DHE", "HIGH:!kDHE", "HIGH:!EDH", "HIGH:!kEDH", "ALL:!DH", "HIGH:-DHE", "DHE:!DHE", "!DHE:DHE",
        "DHE-RSA-AES128-SHA:!DHE-RSA-AES128-SHA", "ECDHE", "ECDHE-RSA-AES128-SHA", "kRSA+AES", "+DHE:kRSA",
        "ECDHE+AESGCM:ECDHE+CHACHA20", "PSK", "DHE-PSK-AES128-GCM-SHA256", "aECDSA", "AES128-SHA", "nonsense",
    ],
)  # fmt: skip
def test_lists_without_dhe(text: str) -> None:
    ciphers = parse(text)
    assert not ciphers.dhe_allowed
    assert ciphers.without_dhe is None


def test_key_exchange_of_single_tokens() -> None:
    expected = {
        "DHE": "DHE", "EDH": "DHE", "kDHE": "DHE", "kEDH": "DHE", "DH": "DHE", "ADH": "DHE", "ADH-AES128-SHA": "DHE",
        "kEDH+AESGCM": "DHE", "ECDHE-RSA-AES128-SHA": "ECDHE", "EECDH": "ECDHE", "AECDH": "ECDHE", "ECDHE+AES": "ECDHE",
        "HIGH": "ANY", "ALL": "ANY", "AES": "ANY", "aRSA": "ANY", "AES128-SHA": "RSA", "kRSA": "RSA",
        "TLS_RSA_WITH_AES_128_CBC_SHA": "RSA", "TLS_AES_128_GCM_SHA256": "TLS13", "PSK-AES128-CBC-SHA": "PSK",
        "RSA-PSK-AES128-CBC-SHA": "PSK", "@STRENGTH": "other", "eNULL": "other", "foo": "other",
        "TLS_DH_anon_WITH_AES_128_CBC_SHA": "DHE", "EXP-EDH-RSA-DES-CBC-SHA": "DHE",
    }  # fmt: skip
    assert {name: parse(name).tokens[0].key_exchange for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "ECDHE:DHE:kRSA\r\n", "ECDHE\nDHE\nkRSA\n", "# comment: DHE-RSA-AES128-SHA\nECDHE:DHE:kRSA", '"ECDHE:DHE:kRSA"',
        "\ufeffECDHE:DHE:kRSA", "\u201cECDHE:DHE:kRSA\u201d", "ECDHE::DHE:,kRSA:", "'ECDHE' 'DHE' 'kRSA'",
    ],
)  # fmt: skip
def test_forms_of_one_list(text: str) -> None:
    for form in (text, text.encode(), text.encode("utf-16")):
        ciphers = parse(form)
        assert [token.text for token in ciphers.tokens] == ["ECDHE", "DHE", "kRSA"]
        assert ciphers.problem is None


@pytest.mark.parametrize("text", ["", "\n", "  \r\n", "# only a comment\n", '""'])
def test_empty(text: str) -> None:
    ciphers = parse(text)
    assert ciphers.empty
    assert not ciphers.dhe_allowed
    assert not ciphers.tokens
    assert ciphers.problem == "holds no cipher token at all"  # "no DHE in it" would be read as "already applied"


def test_nothing_left() -> None:
    ciphers = parse("DHE-RSA-AES128-SHA:DHE-RSA-AES256-SHA:!aNULL")
    assert ciphers.dhe_allowed
    assert ciphers.without_dhe is None
    assert ciphers.problem is not None
    assert "nothing would be left" in ciphers.problem


def test_only_tls13_left_is_said() -> None:
    ciphers = parse("TLS_AES_128_GCM_SHA256:DHE-RSA-AES128-SHA")
    assert ciphers.without_dhe == "TLS_AES_128_GCM_SHA256"
    assert ciphers.problem == "without DHE only suites of TLS 1.3 would be left"


def test_foreign_words_are_named_safely() -> None:
    problem = parse("ECDHE:\x1b[31mred\x07:kRSA").problem
    assert problem is not None
    assert problem.isprintable()
    assert "1 of 3 words" in problem


@pytest.mark.parametrize(
    "head",
    [
        PUBLISHED,
        "HIGH:!aNULL",
        "DHE-RSA-AES128-SHA",
        '"ECDHE+AESGCM,!DHE"',
        "DEFAULT:@SECLEVEL=1",
        "# x\nHIGH:MEDIUM\n",
    ],
)
def test_recognised(head: str) -> None:
    assert looks_like_cipher_list(head.encode())


@pytest.mark.parametrize(
    "head",
    [
        "",
        "HIGH",
        "hello world",
        "a:b:c",
        "ALL MEN ARE MORTAL",
        "INFO:HIGH: load",
        "x" * 70_000,
        "\x7fELF",
        "RSA",
        "true",
    ],
)
def test_not_recognised(head: str) -> None:
    assert not looks_like_cipher_list(head.encode())


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    looks_like_cipher_list(data)
    ciphers = parse(data)
    assert ciphers.problem is None or ciphers.problem.isprintable()


def test_huge_input_is_bounded() -> None:
    ciphers = parse("DHE:" * 1_000_000)
    assert ciphers.problem is not None
    assert "longer than" in ciphers.problem


# --- against the real thing --------------------------------------------------------------------------------------

VOCABULARY = sorted(
    {"ALL", "HIGH", "MEDIUM", "DHE", "EDH", "kDHE", "kEDH", "ADH", "DH", "ECDHE", "kRSA", "AES", "AES128", "AES256"}
    | {"AESGCM", "AESCCM", "CHACHA20", "CAMELLIA", "ARIA", "SHA", "SHA1", "SHA256", "aRSA", "aDSS", "aNULL", "SSLv3"}
    | {"TLSv1.2", "COMPLEMENTOFDEFAULT", "eNULL", "PSK", "kEDH+AESGCM", "AES+aRSA", "DHE+AES128+SHA256", "FOO"}
    | {"DHE-RSA-AES128-SHA", "DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "AES128-SHA", "kEDH+FOO"}
)


def openssl_dhe(text: str) -> frozenset[str]:
    """Suites with Kx=DH that openssl makes of the list, with nothing filtered by its security level."""
    program = need_tool("openssl", "openssl")
    done = subprocess.run(
        [program, "ciphers", "-v", "--", f"{text}:@SECLEVEL=0"], capture_output=True, text=True, check=False
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return frozenset(words[0] for words in lines if "Kx=DH" in words)


def is_openssl_3() -> bool:
    program = need_tool("openssl", "openssl")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    return version.startswith("OpenSSL 3.")


TOKENS = st.tuples(st.sampled_from(["", "", "", "!", "-", "+"]), st.sampled_from(VOCABULARY)).map("".join)
LISTS = st.tuples(st.sampled_from(["", "", "DEFAULT:"]), st.lists(TOKENS, min_size=1, max_size=6).map(":".join)).map(
    "".join
)


@settings(max_examples=80, deadline=None)
@given(LISTS)
def test_the_same_suites_as_openssl(text: str) -> None:
    if not is_openssl_3():
        pytest.skip("the words of other releases mean other suites")
    known = openssl_dhe("ALL:COMPLEMENTOFALL")
    ours = dhe_suites(parse(text).tokens, anonymous=True)
    theirs = openssl_dhe(text)
    if text.startswith("DEFAULT"):  # what it leaves out can't be added later in OpenSSL 3; older ones leave out less
        assert ours & known >= theirs
    else:
        assert ours & known == theirs


@settings(max_examples=40, deadline=None)
@given(LISTS)
def test_without_dhe_openssl_finds_none(text: str) -> None:
    without = parse(text).without_dhe
    if without is not None:
        assert openssl_dhe(without) == frozenset()


def test_the_table_holds_every_dhe_suite_of_openssl() -> None:
    assert openssl_dhe("ALL:COMPLEMENTOFALL") <= set(DHE_SUITES)


@pytest.mark.parametrize(("text", "without"), ALLOWED)
def test_the_shortened_lists_work_in_openssl(text: str, without: str) -> None:
    assert openssl_dhe(without) == frozenset(), text
