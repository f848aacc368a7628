"""Our answers held against the JDK's own trust manager and host name checker, case by case and word by word."""

from __future__ import annotations

from collections import Counter
from itertools import islice, permutations
from pathlib import Path

import pytest

from pki.certgen import CN, Spec, certificate, ec_key
from pki.probe import ask_java, javas, joined
from pki.trustcases import Case, generate
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.source import SourceRef
from sestriage.model.trust import StoreEntry, TrustPath, TrustStore
from sestriage.pki.hostname import java_refusal
from sestriage.pki.path import decide

SEED, COUNT = 20, 640
SOURCE = SourceRef("case")
EMPTY = "the trustAnchors parameter must be non-empty"


def decided(case: Case, store: list[bytes], jdk: str) -> TrustPath:
    chain = [parse_certificate(each, SOURCE) for each in case.served]
    entries = tuple(StoreEntry(parse_certificate(each, SOURCE)) for each in store)
    return decide(chain, TrustStore(SOURCE, "pem", entries), case.at, "capture", None, jdk)


def same(path: TrustPath, java: str) -> bool:
    """Accept or refuse, and the very text."""
    if java == "OK":
        return path.status == "trusted" and path.java_message is None
    if java == EMPTY:
        return path.status == "empty-store" and str(path.java_message).endswith(EMPTY)
    return path.status != "trusted" and path.java_message == java


def agrees(case: Case, java: str, jdk: str) -> bool:
    """For some order of the store: Java keeps anchors in a hash set, whose order nobody knows."""
    return any(same(decided(case, list(order), jdk), java) for order in islice(permutations(case.store), 24))


def told_apart(case: Case, jdk: str) -> bool:
    """JDK 11.0.13 reads name constraints differently (a leading dot is refused, and an anchor's own count)."""
    return jdk != "11" or not any("name constraints" in note for note in case.notes)


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_every_case_has_javas_answer(jdk: str, java: str, tmp_path: Path) -> None:
    cases = [case for case in generate(SEED, COUNT) if told_apart(case, jdk)]
    lines = [
        f"{each.name}\t{int(each.at.timestamp()) * 1000}\t{joined(each.served)}\t{joined(each.store)}" for each in cases
    ]
    answers = ask_java(java, lines, tmp_path)
    assert set(answers) == {case.name for case in cases}
    wrong = [case for case in cases if not agrees(case, answers[case.name], jdk)]
    if wrong:
        kept = tmp_path / "disagreements.txt"
        kept.write_text("\n".join(line for line in lines if line.split("\t")[0] in {each.name for each in wrong}))
        told = [
            f"{each.name} {each.notes}\n  java: {answers[each.name]}\n"
            f"  ours: {decided(each, each.store, jdk).java_message}"
            for each in wrong
        ]
        pytest.fail(f"{len(wrong)} of {len(cases)} differ; kept in {kept}\n" + "\n".join(told[:10]))
    kinds = Counter(answer if answer == "OK" else answer.partition(" failed")[0] for answer in answers.values())
    assert kinds["OK"] > 100, "the cases must exercise both answers"
    assert kinds["PKIX path building"] > 50
    assert kinds["PKIX path validation"] > 50


HOSTS = (
    "mail.example.com",
    "MAIL.example.com",
    "a.b.example.com",
    "example.com",
    "xmail.example.com",
    "mail-1.example.com",
    "mail.example.org",
    "192.0.2.7",
    "192.0.2.8",
    "2001:db8::7",
    "2001:0db8:0:0:0:0:0:7",
    "localhost",
    "-bad.example.com",
    "under_score.example.com",
)
TEMPLATES: tuple[tuple[str, tuple[str, ...], tuple[bytes, ...]], ...] = (
    ("mail.example.com", (), ()),
    ("*.example.com", (), ()),
    ("Example Server", (), ()),
    ("192.0.2.7", (), ()),
    ("other.example.com", ("mail.example.com",), ()),
    ("mail.example.com", ("other.example.com",), ()),
    ("x", ("*.example.com",), ()),
    ("x", ("*.EXAMPLE.com",), ()),
    ("x", ("mail*.example.com",), ()),
    ("x", ("*l.example.com", "m*l.example.com"), ()),
    ("x", ("*.*.example.com",), ()),
    ("x", ("a.*.example.com",), ()),
    ("x", ("*",), ()),
    ("x", ("*.",), ()),
    ("x", ("*com",), ()),
    ("x", ("*.com",), ()),
    ("x", ("xn--bcher-kva.example.com",), ()),
    ("x", ("192.0.2.7",), ()),
    ("mail.example.com", (), (bytes([192, 0, 2, 7]),)),
    ("x", (), (bytes.fromhex("20010db8000000000000000000000007"),)),
    ("x", ("mail.example.com",), (bytes([192, 0, 2, 8]),)),
    ("x", ("under_score.example.com", "localhost"), ()),
)


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_host_names_match_as_java_matches_them(jdk: str, java: str, tmp_path: Path) -> None:
    key = ec_key("host")
    pairs = {}
    for number, (common_name, dns, ips) in enumerate(TEMPLATES):
        name = ((CN, common_name),)
        made = certificate(Spec(name, name, key, key, dns=dns, ips=ips))
        for host in HOSTS:
            pairs[f"{number}/{host}"] = (made, host)
    answers = ask_java(java, [f"{name}\t{joined([made])}\t{host}" for name, (made, host) in pairs.items()], tmp_path)
    ours = {
        name: java_refusal(parse_certificate(made, None), host, jdk) or "OK" for name, (made, host) in pairs.items()
    }
    differing = {
        f"{host} against {TEMPLATES[int(name.partition('/')[0])]}": (answers[name], ours[name])
        for name, (_, host) in pairs.items()
        if ours[name] != answers[name]
    }
    assert differing == {}
