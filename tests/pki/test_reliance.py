"""On which keys of a store the trust in a chain rests: each that alone completes a path, whoever signed it."""

from __future__ import annotations

import pytest

from pki.test_path import FULL, KEYS, NOW, judged, read, store_of
from sestriage.pki.reliance import trusted_keys


@pytest.mark.parametrize(
    ("served", "stored", "rests_on"),
    [
        (FULL, ("C2",), {"C2": "starfield-class-2"}),
        (FULL, ("G2",), {"G2": "root"}),
        (FULL, ("A1",), {"A1": "root"}),
        (FULL, ("A1", "A1x"), {"A1": "root"}),
        (FULL, ("A1x", "G2x"), {"A1": "root", "G2": "root"}),
        (FULL, ("leaf", "M"), {"leaf": "server", "M": "issuing-ca"}),
        (FULL, ("M", "A1", "G2", "C2"), {"M": "issuing-ca", "A1": "root", "G2": "root", "C2": "starfield-class-2"}),
        (("leaf", "M", "A1x"), ("G2", "C2"), {"G2": "root"}),
        (("leaf", "M", "A1x"), ("C2",), {}),
        (("leaf", "M"), ("A1", "G2", "C2"), {"A1": "root"}),
        (FULL, ("A1", "false A1"), {"A1": "root"}),
        (FULL, ("M", "false M"), {"M": "issuing-ca"}),
        (FULL, ("old leaf", "G2"), {"G2": "root"}),
        (("leaf", "M", "expired A1x"), ("G2", "M"), {"M": "issuing-ca"}),
        (("leaf", "M", "expired A1x"), ("expired A1",), {"A1": "root"}),
        (FULL, (), {}),
    ],
)  # fmt: skip
def test_each_key_that_alone_completes_a_path(
    served: tuple[str, ...], stored: tuple[str, ...], rests_on: dict[str, str]
) -> None:
    names = {read(role)[0].spki_sha256: role for role in KEYS if role not in ("other", "other M")}
    keys = trusted_keys(read(*served), store_of(read(*stored)), NOW)
    assert {names[key.spki_sha256]: key.kind for key in keys} == rests_on
    assert judged(served, stored).rests_on == keys


def test_all_certificates_of_a_key_are_named() -> None:
    (key,) = judged(FULL, ("A1x", "A1")).rests_on
    assert list(key.certificates) == read("A1x", "A1")
