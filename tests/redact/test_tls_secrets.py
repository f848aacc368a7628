"""Secrets of TLS sessions go, and what the diagnosis needs of a session stays."""

from __future__ import annotations

import pytest

from sestriage.redact import strip_secrets

KEY = "0F" * 48
RANDOM = "ab" * 32


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"    Master-Key: {KEY}\n", "    Master-Key: <secret>\n"),
        (f"    Session-ID: {KEY[:64]}\n    Session-ID-ctx: \n", "    Session-ID: <secret>\n    Session-ID-ctx: \n"),
        (
            f"    Resumption PSK: {KEY[:64]}\n    PSK identity: None\n",
            "    Resumption PSK: <secret>\n    PSK identity: None\n",
        ),
        (f"CLIENT_RANDOM {RANDOM} {KEY}\n", f"CLIENT_RANDOM {RANDOM} <secret>\n"),
        (f"SERVER_TRAFFIC_SECRET_0 {RANDOM} {KEY}\n", f"SERVER_TRAFFIC_SECRET_0 {RANDOM} <secret>\n"),
        (
            "Master Secret:\n0000: 0F 1A 2B 3C 4D 5E 6F 70  81 92 A3 B4 C5 D6 E7 F8  ..+<M^op\n%% Cached",
            "Master Secret:\n0000: <secret>\n%% Cached",
        ),
        (
            "    TLS session ticket:\n    0000 - 0f 1a 2b 3c 4d 5e 6f 70-81 92 a3 b4 c5 d6 e7 f8   ..+<\n\n    Start Time: 1",  # noqa: E501
            "    TLS session ticket:\n    0000 - <secret>\n\n    Start Time: 1",
        ),
        (f"EARLY_EXPORTER_SECRET {RANDOM} {KEY}\n", f"EARLY_EXPORTER_SECRET {RANDOM} <secret>\n"),
        (f"CLIENT_HANDSHAKE_TRAFFIC_SECRET {RANDOM} {KEY}\n", f"CLIENT_HANDSHAKE_TRAFFIC_SECRET {RANDOM} <secret>\n"),
        ('  "ticket" : "C8 66 A3 11 22 33 44 55 66",\n', '  "ticket" : "<secret>",\n'),
        (
            '"ticket" : {\n  0000: C8 66 A3 11 22 33 44 55   66 77 88 99 AA BB CC DD  .f..\n}\n',
            '"ticket" : {\n  0000: <secret>\n}\n',
        ),
        ('  "identity": "C8 66 A3 11 22 33 44 55 66"\n', '  "identity": "<secret>"\n'),
        (
            "Client Nonce:\n0000: 52 3D 3F 1A 2B 3C 4D 5E   6F 70 81 92 A3 B4 C5 D6  R=?.\n",
            "Client Nonce:\n0000: 52 3D 3F 1A 2B 3C 4D 5E   6F 70 81 92 A3 B4 C5 D6  R=?.\n",
        ),
        ("Server write IV:\n0000: 03 03 8F 1A        ....\n... done\n", "Server write IV:\n0000: <secret>\n... done\n"),
        ("TLS session ticket lifetime hint: 7200 (seconds)\n", "TLS session ticket lifetime hint: 7200 (seconds)\n"),
        ('  "ticket_nonce" : "01",\n', '  "ticket_nonce" : "01",\n'),
        ("Cipher    : ECDHE-RSA-AES128-GCM-SHA256\n", "Cipher    : ECDHE-RSA-AES128-GCM-SHA256\n"),
        (f"CLIENT_RANDOM {RANDOM} <secret>\n", f"CLIENT_RANDOM {RANDOM} <secret>\n"),
    ],
)
def test_only_the_secret_goes(text: str, left: str) -> None:
    assert strip_secrets(text) == left
