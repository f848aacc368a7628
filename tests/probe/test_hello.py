"""Our own ClientHellos, read back by the reader of captures, and by tshark where it is there."""

from __future__ import annotations

import pytest

from sestriage.formats.tls.handshake import parse_client_hello
from sestriage.formats.tls.registry import suite
from sestriage.probe.hello import SUITES, client_hello


@pytest.mark.parametrize("offer", SUITES)
def test_reads_back(offer: str) -> None:
    record = client_hello(offer, "email-smtp.us-east-1.amazonaws.com")
    assert record[:3] == b"\x16\x03\x01"
    assert int.from_bytes(record[3:5], "big") == len(record) - 5
    assert int.from_bytes(record[6:9], "big") == len(record) - 9
    hello = parse_client_hello(record[9:])
    assert hello.problem is None
    assert hello.sni == "email-smtp.us-east-1.amazonaws.com"
    assert hello.ciphers == (*SUITES[offer], 0x00FF)
    assert hello.versions == ((0x0304, 0x0303) if offer == "default" else ())


def test_the_dhe_offer_holds_dhe_only() -> None:
    assert {suite(number).key_exchange for number in SUITES["dhe"]} == {"DHE"}
    assert all("EXPORT" not in suite(number).name for number in SUITES["dhe"])


def test_no_ffdhe_group_is_offered() -> None:
    """With one, a server would take it instead of its own parameters (RFC 7919)."""
    for offer in SUITES:
        groups = parse_client_hello(client_hello(offer, "a")[9:]).groups
        assert not [group for group in groups if 0x0100 <= group <= 0x01FF]


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_an_address_is_no_server_name(address: str) -> None:
    assert parse_client_hello(client_hello("tls12", address)[9:]).sni is None


def test_two_hellos_differ() -> None:
    assert client_hello("tls12", "a") != client_hello("tls12", "a")


def test_names_beyond_ascii_and_beyond_length() -> None:
    assert parse_client_hello(client_hello("tls12", "bücher.example")[9:]).sni == "xn--bcher-kva.example"
    assert parse_client_hello(client_hello("tls12", "a" * 300)[9:]).sni is None
