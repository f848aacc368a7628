"""Facts as evidence: the right place, and one line that says what decides."""

from __future__ import annotations

import pytest

from sestriage.model.facts import FactBase
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.fixes.case import CaseFacts
from sestriage.rules.texts.cite import cite

SHELLO = {"sender": "server", "name": "ServerHello", "frame": 11}
WEAK = {
    "source": {"path": "a.pcap", "frame": 3},
    "client": {"ip": "192.0.2.1", "port": 50000},
    "server": {"ip": "192.0.2.25", "port": 587},
    "tls": {
        "source": {"path": "a.pcap", "frame": 9},
        "server_hello_seen": True,
        "version": "TLSv1.2",
        "cipher": "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "dh_bits": 1024,
        "messages": [SHELLO],
        "alerts": [{"sender": "client", "level": "fatal", "code": 40, "description": "handshake_failure", "frame": 14}],
    },
}


def quotes(kind: str, facts: FactBase) -> list[tuple[int | None, str]]:
    return [(e.source.frame, e.quote) for fact in facts.of(kind) for e in cite(kind, fact, facts)]


@pytest.mark.parametrize("kind", ["tcp.stream", "tls.handshake"])
def test_a_refused_handshake_cites_hello_and_alert(kind: str) -> None:
    assert quotes(kind, fact_base({"tcp.stream": [WEAK]})) == [
        (11, "ServerHello TLSv1.2 TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, DH prime 1024 bits"),
        (14, "TLS alert from the client: fatal handshake_failure"),
    ]


@pytest.mark.parametrize(
    ("tcp", "words"),
    [
        ({"refused": True}, "SYN answered by RST (refused)"),
        ({"unanswered": True, "syn_count": 4}, "4 SYN without any answer"),
        ({"icmp": "host-unreachable"}, "ICMP host-unreachable"),
        ({"established": True, "closed_by": "server"}, "connected, no greeting, closed by the server after nothing"),
        ({"established": True, "waiting_for": "server"}, "silent, waiting for the server"),
    ],
)
def test_a_connection_says_how_it_ended(tcp: dict[str, object], words: str) -> None:
    stream = {"source": {"path": "a.pcap", "frame": 3}, "server": {"ip": "192.0.2.25", "port": 587}, "tcp": tcp}
    facts = fact_base({"tcp.stream": [stream]})
    ((frame, quote),) = quotes("tcp.stream", facts)
    assert frame == 3
    assert words in quote
    assert quotes("tcp.connection", facts) == [(frame, quote)]


EHLO = {"code": 250, "text": "lab", "frame": 21, "after": "EHLO", "decrypted": True}
DENIED = {"code": 535, "text": "Authentication Credentials Invalid", "frame": 25, "after": "AUTH", "decrypted": True}
TAKEN = {"code": 250, "text": "Ok 0100", "frame": 31, "after": ".", "decrypted": True}
CLEAR = {**{key: WEAK[key] for key in ("source", "client", "server")}, "tcp": {"established": True}}


@pytest.mark.parametrize("kind", ["tcp.stream", "smtp.dialogue"])
@pytest.mark.parametrize(
    ("smtp", "quote"),
    [
        ({"replies": [EHLO, DENIED]}, (25, "reply to AUTH: 535 Authentication Credentials Invalid")),
        ({"replies": [EHLO, TAKEN], "accepted": True}, (31, "reply to the data: 250 Ok 0100")),
        ({"replies": [{**DENIED, "code": 554, "after": ""}]}, (25, "greeting or reply: 554 Authentication")),
    ],
)
@pytest.mark.parametrize("stream", [WEAK, CLEAR], ids=["after the handshake", "in clear"])
def test_the_reply_that_decides_is_quoted_with_its_own_frame(
    kind: str, smtp: dict[str, object], quote: tuple[int, str], stream: dict[str, object]
) -> None:
    found = quotes(kind, fact_base({"tcp.stream": [{**stream, "smtp": smtp}]}))
    frame, words = quote
    assert [f for f, q in found if q.startswith(words)] == [frame]
    assert sum(words.split(": ")[1] in q for _, q in found) == 1
    assert not any("250 lab" in q for _, q in found)


def test_of_many_refusals_the_newest_are_quoted() -> None:
    replies = [{**DENIED, "code": 550, "frame": frame, "after": "RCPT"} for frame in range(40, 50)]
    found = quotes("smtp.dialogue", fact_base({"tcp.stream": [{**WEAK, "smtp": {"replies": replies}}]}))
    assert [frame for frame, quote in found if "550" in quote] == [47, 48, 49]


def test_other_kinds_cite_their_place() -> None:
    path = {"path": "store.p12"}
    facts = fact_base(
        {
            "dns.lookup": [{"source": {"path": "a.pcap", "frame": 2}, "name": "mail.example.com", "rcode": "NXDOMAIN"}],
            "trust.path": [
                {
                    "store": path,
                    "status": "no-path",
                    "gap": {
                        "child": {"subject": "CN=M01"},
                        "issuer": "CN=Root",
                        "authority_key_id": "0a",
                    },
                }
            ],
            "trust.store": [{"source": path, "format": "pkcs12", "problem": "wrong password"}],
            "config.tls_ciphers": [{"source": {"path": "tls-ciphers"}, "empty": True}],
            "config.smtp": [{"source": {"path": "settings"}, "server": "mail.example.com", "port": 25}],
        }
    )
    found = {
        kind: [(e.source.path, e.quote) for e in cite(kind, fact, facts)]
        for kind in facts.facts
        for fact in facts.of(kind)
    }
    assert found["dns.lookup"] == [("a.pcap", "DNS A mail.example.com: NXDOMAIN")]
    assert found["trust.path"] == [
        ("store.p12", "no path: `CN=M01` needs the issuer `CN=Root` (key id 0a), not an anchor here")
    ]
    assert found["trust.store"] == [("store.p12", "trust store (pkcs12): wrong password")]
    assert found["config.tls_ciphers"] == [("tls-ciphers", "tls-ciphers: the list is empty")]
    assert found["config.smtp"] == [("settings", "SMTP settings: server mail.example.com, port 25")]


def test_the_case_knows_server_port_and_mode() -> None:
    case = CaseFacts.of(fact_base({"tcp.stream": [WEAK | {"server_name": "mail.example.com"}]}))
    assert (case.host, case.port, case.mode) == ("mail.example.com", 587, "starttls")
    name = "mail.example.com"
    assert str(case.s_client) == f"timeout 20 openssl s_client -starttls smtp -connect {name}:587 -servername {name}"


def test_a_wrapper_port_needs_no_starttls() -> None:
    facts = fact_base({"log.event": [{"host": "email-smtp.eu-west-1.amazonaws.com", "port": 465}]})
    case = CaseFacts.of(facts)
    assert case.region == "eu-west-1"
    assert "-starttls" not in str(case.s_client)
    assert "port 465" in str(case.tcpdump)


@pytest.mark.parametrize("name", ["x;reboot\n", "mail.exa\u200bmple.com", "reboot_now.example.com", "-reboot"])
def test_a_name_that_is_no_host_name_is_asked_for(name: str) -> None:
    case = CaseFacts.of(fact_base({"log.event": [{"host": name}]}))
    assert "reboot" not in str(case.s_client)
    assert "example" not in str(case.s_client)
    assert '-connect "${SMTP_SERVER:?set it to the SMTP server}":587' in str(case.s_client)
