"""What a host name is, and which stand under a domain; pseudonyms of a redacted log read as what they stand for."""

from __future__ import annotations

import re

import pytest

from sestriage.model.known.hostnames import ADDRESS, HOST, NAME, is_under_domain


@pytest.mark.parametrize("name", ["mail.customer.example", "MAIL.X.DE", "a.b", "<host-1>", "<host-12345>"])
def test_under_a_domain(name: str) -> None:
    assert is_under_domain(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "mgr1",
        "10.1.2.3",
        "::1",
        "fe80::1.2.3.4",
        "x.localhost",
        "x.localdomain",
        "<hostname-1>",
        "<ip-1>",
        "<host->",
    ],
)
def test_not_under_a_domain(name: str) -> None:
    assert not is_under_domain(name)


@pytest.mark.parametrize("name", ["mgr1", "smtp_relay", "mail.customer.example", "<host-1>", "<hostname-7>"])
def test_a_printed_name(name: str) -> None:
    assert re.fullmatch(NAME, name)
    assert re.fullmatch(HOST, name)


@pytest.mark.parametrize("address", ["10.1.2.3", "2001:db8::1", "<ip-3>"])
def test_a_printed_address(address: str) -> None:
    assert re.fullmatch(ADDRESS, address)
    assert re.fullmatch(HOST, f"[{address}]")


@pytest.mark.parametrize("text", ["<host>", "<secret>", "<address-1>", "<name-1>", "-x", "a b", "<host-1>x"])
def test_no_printed_name(text: str) -> None:
    assert re.fullmatch(NAME, text) is None
    assert re.fullmatch(HOST, text) is None
