"""Key logs: TLS 1.3 and 1.2 by a real OpenSSL, opened again; nothing of AUTH comes out."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

import pytest

from formats.capture.wire import CCS, Talk, ethernet, pcapng, read
from formats.tls.tlspeer import Spoken, Turns, speak
from sestriage.formats.tls.decrypt12 import prf
from sestriage.formats.tls.decrypt13 import expand_label
from sestriage.formats.tls.keylog import looks_like_keylog, parse_keylog
from sestriage.model.capture import Stream

PLAIN = (
    b"220 email-smtp.amazonaws.com ESMTP x\r\n",
    b"EHLO smc\r\n",
    b"250-x\r\n250 STARTTLS\r\n",
    b"STARTTLS\r\n",
    b"220 go\r\n",
)
SECRET = base64.b64encode(b"\0AKIAIOSFODNN7EXAMPLE\0TheSmtpPasswordEXAMPLE")
INVALID = b"535 Authentication Credentials Invalid\r\n"
REJECTED = (
    b"554 Message rejected: Email address is not verified. The following identities failed the check in region X: a\r\n"
)

BAD_LOGIN: Turns = [
    (True, b"EHLO smc\r\n"),
    (False, b"250-x\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n"),
    (True, b"AUTH PLAIN " + SECRET + b"\r\n"),
    (False, INVALID),
    (True, b"QUIT\r\n"),
    (False, b"221 Bye\r\n"),
]
REFUSED_MAIL: Turns = [
    (True, b"EHLO smc\r\n"),
    (False, b"250-x\r\n250 AUTH LOGIN\r\n"),
    (True, b"AUTH LOGIN\r\n"),
    (False, b"334 VXNlcm5hbWU6\r\n"),
    (True, SECRET + b"\r\n"),
    (False, b"235 Authentication successful.\r\n"),
    (True, b"MAIL FROM:<a@example.com>\r\n"),
    (False, b"250 Ok\r\n"),
    (True, b"RCPT TO:<b@example.com>\r\n"),
    (False, b"250 Ok\r\n"),
    (True, b"DATA\r\n"),
    (False, b"354 End data with <CR><LF>.<CR><LF>\r\n"),
    (True, b"Subject: x\r\n\r\n" + b"text of the mail\r\n" * 2000 + b".\r\n"),
    (False, REJECTED),
]

TLS13_SUITES = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
)
TLS12_SUITES = {
    "ECDHE-RSA-AES128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "AES128-CCM": "TLS_RSA_WITH_AES_128_CCM",
    "AES256-CCM8": "TLS_RSA_WITH_AES_256_CCM_8",
    "ECDHE-RSA-AES128-SHA": "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "ECDHE-RSA-AES256-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "AES128-SHA256": "TLS_RSA_WITH_AES_128_CBC_SHA256",
}


BOTH = [("TLSv1_3", TLS13_SUITES[0]), ("TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256")]


@cache
def spoken(version: str, suite: str, mail: bool = False, verify: bool = False) -> Spoken:
    turns = REFUSED_MAIL if mail else BAD_LOGIN
    if version == "TLSv1_3":
        return speak(version, turns, suites13=suite, verify=verify)
    return speak(version, turns, suites12=suite, verify=verify)


def told(said: Spoken) -> Talk:
    """STARTTLS in clear, then the TLS conversation."""
    talk = Talk().connect()
    for number, line in enumerate(PLAIN):
        talk.says(number % 2 == 1, line)
    for from_client, data in said.wire:
        talk.says(from_client, data)
    return talk


def check_bad_login(stream: Stream) -> None:
    smtp = stream.smtp
    assert smtp is not None
    assert [(r.code, r.after, r.decrypted) for r in smtp.replies] == [
        (220, "", False),
        (250, "EHLO", False),
        (220, "STARTTLS", False),
        (250, "EHLO", True),
        (535, "AUTH", True),
        (221, "QUIT", True),
    ]
    assert smtp.replies[4].text == "Authentication Credentials Invalid"
    assert [(c.verb, c.decrypted) for c in smtp.commands] == [
        ("EHLO", False),
        ("STARTTLS", False),
        ("EHLO", True),
        ("AUTH", True),
        ("QUIT", True),
    ]
    assert smtp.starttls_offered
    assert smtp.auth_offered == ("PLAIN", "LOGIN")
    assert not smtp.auth_in_clear
    assert smtp.secret_in_clear is None
    assert SECRET.decode() not in repr(stream)


@pytest.mark.parametrize("suite", TLS13_SUITES)
def test_tls13_with_keys(suite: str) -> None:
    said = spoken("TLSv1_3", suite)
    stream = told(said).stream(said.keylog)
    check_bad_login(stream)
    assert stream.tls is not None
    assert (stream.tls.version, stream.tls.cipher) == ("TLSv1.3", suite)
    assert stream.tls.certificates_visibility == "decrypted"
    assert [c.sha256 for c in stream.tls.certificates] == [hashlib.sha256(said.leaf).hexdigest()]
    assert stream.tls.completed
    assert stream.tls.authentication == "RSA"
    names = [f"{m.sender[0]}:{m.name}" for m in stream.tls.messages]
    assert names.index("s:Certificate") < names.index("s:Finished") < names.index("c:Finished")


@pytest.mark.parametrize("suite", TLS13_SUITES)
def test_tls13_without_keys(suite: str) -> None:
    said = spoken("TLSv1_3", suite)
    stream = told(said).stream()
    assert stream.tls is not None
    assert stream.tls.certificates_visibility == "encrypted"
    assert stream.tls.certificates == ()
    assert stream.tls.client_finished
    assert stream.tls.application_data
    assert stream.tls.encrypted_alerts == ()
    # with an 8 or 16 byte tag and the type byte taken off, the lengths are those of the text
    assert stream.tls.client_application_bytes == sum(len(d) for c, d in BAD_LOGIN if c)
    assert stream.smtp is not None
    assert stream.smtp.reply_codes == (220, 250, 220)


def test_tls13_openssl_refuses_in_clear() -> None:
    """OpenSSL's client has no write keys yet when it dislikes the certificate: its alert can be read without keys."""
    said = spoken("TLSv1_3", TLS13_SUITES[0], verify=True)
    assert said.refused
    stream = told(said).fin(True).stream()
    assert stream.tls is not None
    assert [(a.sender, a.description, a.decrypted) for a in stream.tls.alerts] == [("client", "unknown_ca", False)]
    assert not stream.tls.client_finished
    assert stream.tls.certificates_visibility == "encrypted"
    assert stream.tcp.closed_after == "client:Alert"


@pytest.mark.parametrize("padding", [0, 16])
@pytest.mark.parametrize("suite", TLS13_SUITES[:2])
def test_tls13_an_encrypted_refusal(suite: str, padding: int) -> None:
    """Java encrypts it, and pads it by 16 bytes: without keys the length tells, with keys it is read."""
    said = spoken("TLSv1_3", suite, verify=True)
    client_alert = encrypted_alert(said, suite, bytes([2, 46]), padding)
    talk = told(Spoken([*said.wire[:2], (True, CCS + client_alert)], said.keylog, True, said.leaf)).fin(True)
    hidden = talk.stream()
    assert hidden.tls is not None
    assert hidden.tls.encrypted_alerts == ("client",)
    assert not hidden.tls.client_finished
    assert hidden.tcp.closed_after == "client:Alert"
    opened = talk.stream(said.keylog)
    assert opened.tls is not None
    assert [(a.sender, a.description, a.decrypted) for a in opened.tls.alerts] == [
        ("client", "certificate_unknown", True)
    ]
    assert not opened.tls.client_finished
    assert opened.tls.certificates_visibility == "decrypted"


def encrypted_alert(said: Spoken, suite: str, body: bytes, padding: int) -> bytes:
    """What a client would send whose handshake keys are in the key log (RFC 8446 5.2)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    line = next(x for x in said.keylog.splitlines() if x.startswith(b"CLIENT_HANDSHAKE_TRAFFIC_SECRET"))
    secret = bytes.fromhex(line.split()[2].decode())
    digest = "sha384" if suite.endswith("384") else "sha256"
    key = expand_label(secret, "key", 32 if "AES_256" in suite else 16, digest)
    inner = body + bytes([21]) + bytes(padding)
    header = bytes([23, 3, 3]) + (len(inner) + 16).to_bytes(2, "big")
    return header + AESGCM(key).encrypt(expand_label(secret, "iv", 12, digest), inner, header)


@pytest.mark.parametrize("suite", TLS12_SUITES)
def test_tls12_with_keys(suite: str) -> None:
    said = spoken("TLSv1_2", suite)
    stream = told(said).stream(said.keylog)
    check_bad_login(stream)
    assert stream.tls is not None
    assert stream.tls.cipher == TLS12_SUITES[suite]
    assert stream.tls.certificates_visibility == "clear"
    assert stream.tls.completed


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_older_versions_with_keys(version: str) -> None:
    said = spoken(version, "AES128-SHA")
    stream = told(said).stream(said.keylog)
    check_bad_login(stream)
    assert stream.tls is not None
    assert stream.tls.version == {"TLSv1": "TLSv1.0", "TLSv1_1": "TLSv1.1"}[version]


@pytest.mark.parametrize(
    ("version", "suite"), [("TLSv1_3", TLS13_SUITES[0]), ("TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256")]
)
def test_a_554_is_read_behind_the_mail(version: str, suite: str) -> None:
    said = spoken(version, suite, mail=True)
    stream = told(said).stream(said.keylog)
    assert stream.smtp is not None
    last = stream.smtp.replies[-1]
    assert (last.code, last.after, last.decrypted) == (554, ".", True)
    assert last.text.startswith("Message rejected: Email address is not verified.")
    assert SECRET.decode() not in repr(stream)
    assert "text of the mail" not in repr(stream)


def test_smtps_with_keys() -> None:
    turns: Turns = [(False, PLAIN[0]), *BAD_LOGIN]
    said = speak("TLSv1_3", turns)
    talk = Talk(server=("192.0.2.25", 465)).connect()
    for from_client, data in said.wire:
        talk.says(from_client, data)
    smtp = talk.stream(said.keylog).smtp
    assert smtp is not None
    assert smtp.banner == PLAIN[0].decode().strip()
    assert smtp.reply_codes == (220, 250, 535, 221)
    assert talk.stream().smtp is None


def test_a_key_log_of_another_session_opens_nothing() -> None:
    said, other = spoken("TLSv1_3", TLS13_SUITES[0]), spoken("TLSv1_3", TLS13_SUITES[1])
    tls = told(said).stream(other.keylog).tls
    assert tls is not None
    assert tls.certificates_visibility == "encrypted"
    assert tls.client_finished


@pytest.mark.parametrize("version", ["TLSv1_3", "TLSv1_2"])
def test_wrong_secrets_open_nothing(version: str) -> None:
    said = spoken(version, TLS13_SUITES[0] if version == "TLSv1_3" else "ECDHE-RSA-AES128-SHA")
    lines = [line.rsplit(b" ", 1) for line in said.keylog.splitlines() if not line.startswith(b"#")]
    false = b"\n".join(head + b" " + hashlib.sha384(value).hexdigest().encode()[: len(value)] for head, value in lines)
    smtp = told(said).stream(false).smtp
    assert smtp is not None
    assert smtp.reply_codes == (220, 250, 220)


def test_secrets_inside_the_pcapng() -> None:
    said = spoken("TLSv1_3", TLS13_SUITES[0])
    frames = [ethernet(p) for p in told(said).packets]
    (stream,) = read(pcapng(frames, secrets=said.keylog)).streams
    check_bad_login(stream)


@pytest.mark.parametrize(
    ("version", "suite"), [("TLSv1_3", TLS13_SUITES[0]), ("TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256")]
)
def test_a_lost_segment_costs_its_records_only(version: str, suite: str) -> None:
    """The client's EHLO is missing from the capture: the 535 is read all the same."""
    said = spoken(version, suite)
    talk = told(said)
    wire = said.wire
    first_data = next(i for i, (c, d) in enumerate(wire) if c and d[0] == 23 and len(d) < 60 and i > 2)
    segments = sum(-(-len(d) // 1400) for _, d in wire[:first_data])
    del talk.packets[3 + len(PLAIN) + segments]
    smtp = talk.stream(said.keylog).smtp
    assert smtp is not None
    assert 535 in smtp.reply_codes
    assert "AUTH" in [c.verb for c in smtp.commands]


def test_key_log_lines() -> None:
    text = (
        b"# a comment\r\n\r\nCLIENT_RANDOM "
        + b"ab" * 32
        + b" "
        + b"CD" * 48
        + b"\r\nnonsense\nSERVER_TRAFFIC_SECRET_0 zz 00\n"
    )
    assert parse_keylog(text) == {(b"CLIENT_RANDOM", b"\xab" * 32): b"\xcd" * 48}
    assert looks_like_keylog(text)
    assert not looks_like_keylog(b"# a comment\nCLIENT_RANDOM is a word\n")
    assert not looks_like_keylog(b"")
    session = b"RSA Session-ID:0102 Master-Key:" + b"11" * 48
    assert parse_keylog(session) == {(b"SESSION_ID", b"\1\2"): b"\x11" * 48}


def test_expand_label_of_rfc_8448() -> None:
    """RFC 8448 section 3: the server's handshake traffic secret gives its write key and IV."""
    secret = bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    assert expand_label(secret, "key", 16, "sha256").hex() == "3fce516009c21727d0f2e4e86ee403bc"
    assert expand_label(secret, "iv", 12, "sha256").hex() == "5d313eb2671276ee13000b30"


def test_prf_of_tls12() -> None:
    """The published test vector of the SHA-256 PRF (IETF TLS list, 2009: "Test vectors for TLS 1.2 PRF")."""
    secret = bytes.fromhex("9bbe436ba940f017b17652849a71db35")
    seed = bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c")
    out = prf(0x0303, secret, b"test label", seed, 100, "sha256")
    assert out.hex().startswith("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a")
