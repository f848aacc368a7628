"""What key derivation may cost."""

from __future__ import annotations

import pytest

from formats.hostile import encrypted, mac_data, pkcs12
from sestriage.formats.certs.derivation import (
    MAX_KDF_ITERATIONS,
    RC2_BLOCK_UNITS,
    VARIABLE,
    DerivationBudget,
    DerivationLimitError,
    from_environment,
)
from sestriage.formats.certs.pkcs12 import declared_cost, read_pkcs12


def test_a_budget_is_spent_and_then_refuses() -> None:
    budget = DerivationBudget(100)
    budget.spend(60)
    with pytest.raises(DerivationLimitError, match=r"one takes 41 .* 40 of the 100 .*--max-kdf-iterations"):
        budget.spend(41)
    assert (budget.spent, budget.left) == (60, 40)
    budget.spend(40)
    assert budget.left == 0


def test_what_is_kept_for_others_is_not_spent() -> None:
    budget = DerivationBudget(100, reserved=30)
    with pytest.raises(DerivationLimitError):
        budget.spend(71)
    budget.reserved = 0
    budget.spend(71)


@pytest.mark.parametrize(
    ("text", "total"), [("5", 5), ("", MAX_KDF_ITERATIONS), ("-1", MAX_KDF_ITERATIONS), ("9" * 40, MAX_KDF_ITERATIONS)]
)
def test_the_environment_sets_it(monkeypatch: pytest.MonkeyPatch, text: str, total: int) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert from_environment().total == total


def test_cost_is_what_the_file_declares_for_each_password() -> None:
    assert declared_cost(pkcs12(), ["a", "b"]) == 0
    one = pkcs12(mac=mac_data(1000))
    assert declared_cost(one, ["a"]) == 1000
    assert declared_cost(one, ["a", "b", "a"]) == 2000
    assert declared_cost(one, [""]) == 2000  # an empty password has two forms
    # RC2: a key of 5 bytes and a vector of 8, one SHA-1 each; then its blocks, once
    assert declared_cost(pkcs12(encrypted(500, bytes(800))), ["a", "b"]) == 2 * 2 * 500 + 100 * RC2_BLOCK_UNITS


def test_the_cost_that_is_declared_is_never_exceeded() -> None:
    for data in (
        pkcs12(mac=mac_data(70)),
        pkcs12(encrypted(30, bytes(80)), mac=mac_data(7)),
        pkcs12(encrypted(9, b"")),
    ):
        budget = DerivationBudget()
        read_pkcs12(data, ["a", "", "b"], budget)
        assert 0 < budget.spent <= declared_cost(data, ["a", "", "b"])


def test_a_wrong_password_costs_two_blocks_of_rc2_not_all() -> None:
    budget = DerivationBudget()
    store = read_pkcs12(pkcs12(encrypted(1, bytes(80_000))), ["a", "b"], budget)
    assert store.problem_kind == "wrong-password"
    assert budget.spent == 4


def test_layers_in_the_clear_are_read_although_the_mac_is_too_dear() -> None:
    store = read_pkcs12(pkcs12(mac=mac_data(1000)), ["a"], DerivationBudget(999))
    assert store.problem_kind == "unsupported"
    assert store.opened
    assert store.integrity is None
