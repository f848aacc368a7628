"""Recognise a file by its content. The name decides only `tls-ciphers`, which may be empty, and the log of response
management, which may begin with anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sestriage.ingest.roles import is_cipher_file, is_response_name
from sestriage.model.message import Message

FACTS_START: Final = b'{"sestriage_facts":'
"""The facts of a case file, as they are written (`engine.casefile`)."""
_UNSUPPORTED: Final = (
    (b"7z\xbc\xaf\x27\x1c", Message("a 7z archive")),
    (b"Rar!\x1a\x07", Message("a RAR archive")),
    (b"070701", Message("a cpio archive")),
    (b"070707", Message("a cpio archive")),
    (b"\xc7\x71", Message("a cpio archive")),
    (b"\x04\x22\x4d\x18", Message("compressed with lz4")),
    (b"\x1f\x9d", Message("compressed with compress(1)")),
    (b"LZIP\x01", Message("compressed with lzip")),
    (b"MSCF\0\0\0\0", Message("a Windows cabinet")),
    (b"Salted__", Message("encrypted with `openssl enc`")),
)
"""Containers that are recognised and not opened (magic number, what to call it)."""

_ARMOR: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*-----BEGIN PGP (?:MESSAGE|SIGNED MESSAGE)")
_SECRET_LINE: Final = re.compile(
    rb"(?m)^(?:CLIENT_RANDOM [0-9A-Fa-f]{64} [0-9A-Fa-f]{96}"
    rb"|RSA (?:Session-ID:)?(?:[0-9A-Fa-f]++(?: (?:Master-Key:)?|Master-Key:)[0-9A-Fa-f]++|[0-9A-Fa-f]{2,}+)"
    rb"|(?:CLIENT|SERVER)_(?:HANDSHAKE_TRAFFIC_SECRET|TRAFFIC_SECRET_0) [0-9A-Fa-f]{64} [0-9A-Fa-f]{64,96}"
    rb"|(?:EARLY_)?EXPORTER_SECRET [0-9A-Fa-f]{64} [0-9A-Fa-f]{64,96}"
    rb"|CLIENT_EARLY_TRAFFIC_SECRET [0-9A-Fa-f]{64} [0-9A-Fa-f]{64,96})\s*$"
)
_TRANSCRIPT: Final = re.compile(rb"(?m)^(?:CONNECTED\([0-9A-Fa-f]{8}\)|Connecting to \S+\r?\nCONNECTED)")
_TRANSCRIPT_PART: Final = re.compile(rb"(?m)^(?:---|SSL-Session:|Certificate chain|no peer certificate available)\r?$")
_OWN: Final = re.compile(rb"\s{0,9}\{\s{0,9}\"schema_version\"")
"""A document of sestriage (docs/json.md). What it quotes is evidence that it was made from, told once more."""
_PEM: Final = re.compile(rb"(?m)^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_MAIL_HEADER: Final = re.compile(
    rb"(?mi)^(return-path|received|from|to|subject|date|message-id|mime-version|delivered-to|dkim-signature|reply-to"
    rb"|authentication-results|arc-seal|feedback-id|x-ses-outgoing|content-type|sender|received-spf)[ \t]*:[ \t]"
)
_HEADER_LINE: Final = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]+\S")
"""A header field, or the continuation of one (RFC 5322, 2.2)."""
_SETTING: Final = re.compile(
    rb"(?mi)(?:^|[{,])[\s{,]{0,40}[\"']?(?:[\w.-]{0,60}[._-])?(server|host|port|encryption(?:[_-]?type)?|from(?:[_-]?email)?|sender|user"
    rb"(?:[_-]?name)?|password|recipient|to)[\"']?\s{0,40}[:=]\s{0,40}\S"
)
_SMTP_WORD: Final = re.compile(rb"(?i)smtp|amazonaws\.com|starttls")
_SETTINGS_MOST: Final = 16 * 1024
_PRINTABLE: Final = bytes(range(32, 127)) + b"\t\r\n\f\b\x1b" + bytes(range(128, 256))


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a member as `Member.kind` names it; `format` and `problem` where there is more to say."""

    name: str
    format: str | None = None
    problem: str | None = None


def sniff(head: bytes, name: str, complete: bool) -> Kind:
    """Recognise a file by its first bytes. `complete`: the head is the whole content."""
    if not head:
        return Kind("tls-ciphers" if is_cipher_file(name) else "other")
    return _binary(head) or _text(head, name, complete)


def _binary(head: bytes) -> Kind | None:
    from sestriage.formats.capture import looks_like_capture

    if looks_like_capture(head):
        return Kind("capture")
    if is_openpgp(head):
        return Kind("openpgp", problem=Message("encrypted or signed with OpenPGP: decrypt it first (`gpg --decrypt`)"))
    for magic, what in _UNSUPPORTED:
        if head.startswith(magic):
            return Kind("other", problem=Message("{what}: unpack it first", what=what))
    return None


def _text(head: bytes, name: str, complete: bool) -> Kind:
    from sestriage.formats.certs.stores import looks_like_store
    from sestriage.formats.transcript import looks_like_transcript

    if is_cipher_file(name) and is_text(head):
        return Kind("tls-ciphers")
    if head.startswith(FACTS_START):
        return Kind("case-facts")
    if _SECRET_LINE.search(head):
        return Kind("keylog")
    transcript = looks_like_transcript(head)
    if transcript is not None and (complete or not _is_log(head)):
        return Kind("transcript", transcript)
    if _OWN.match(head) is not None:
        return Kind("other")
    if is_mail(head):
        return Kind("mail")
    store = looks_like_store(head)
    if store is not None and not (store == "pem" and _is_log_with_pem(head)):
        return Kind("certificates" if store in ("pem", "der") else "store", store)
    from sestriage.formats.tls_ciphers import looks_like_cipher_list

    if complete and looks_like_cipher_list(head):
        return Kind("tls-ciphers")
    if _is_log(head):
        return Kind("log")
    if complete and is_settings(head):
        return Kind("settings")
    if is_response_name(name) and is_text(head):
        return Kind("log")
    return Kind("text" if is_text(head) else "other")


def _is_log(head: bytes) -> bool:
    """True if it is a log. Asked last: the code that tells is slow to load."""
    from sestriage.formats.log import looks_like_log

    return looks_like_log(head)


def _is_log_with_pem(head: bytes) -> bool:
    """True for a log in which a certificate was pasted: it has more text before the first certificate than a PEM file
    has."""
    match = _PEM.search(head)
    return match is not None and match.start() > 0 and _is_log(head[: match.start()])


def is_text(head: bytes) -> bool:
    """True if nearly all bytes are printable in some 8-bit encoding, or the text is UTF-16 with its mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    strange = len(head.translate(None, _PRINTABLE))
    return strange * 50 <= len(head) and not _looks_random(head)


def _looks_random(head: bytes) -> bool:
    """True if the bytes are compressed data rather than Latin-1 text, which has mostly ASCII."""
    high = sum(byte > 127 for byte in head[:4096])
    if high * 3 <= len(head[:4096]):
        return False
    try:
        head[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < len(head[:4096]) - 4
    return False


def is_mail(head: bytes) -> bool:
    """True if all lines up to the first blank one are headers of a message (RFC 5322), three known ones among them.

    A log of JavaMail's debug output holds whole messages too, but other lines before.
    """
    block = re.split(rb"\r?\n\r?\n", head.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    lines = block.splitlines()
    if lines and lines[0].startswith((b"From ", b">From ")):  # an mbox file
        del lines[0]
    if not lines or not all(map(_HEADER_LINE.match, lines)):
        return False
    return len({match.lower() for match in _MAIL_HEADER.findall(block)}) >= 3


def is_settings(head: bytes) -> bool:
    """True for a few `key = value` or `"key": value` lines of an SMTP form: a server, one more field, and a word about
    mail."""
    if len(head) > _SETTINGS_MOST or not _SMTP_WORD.search(head):
        return False
    keys = {match.lower() for match in _SETTING.findall(head)}
    lines = [line for line in head.splitlines() if line.strip()]
    return bool(keys & {b"server", b"host"}) and len(keys) >= 2 and len(keys) * 6 >= len(lines)


def is_openpgp(head: bytes) -> bool:
    """True for an OpenPGP message (RFC 9580): armoured, or beginning with the session key packet of an encrypted
    one."""
    return _ARMOR.match(head) is not None or _is_session_key_packet(head)


_PUBLIC_KEY_SESSION: Final = 1
_SYMMETRIC_SESSION: Final = 3
_VERSIONS: Final = {_PUBLIC_KEY_SESSION: (2, 3, 6), _SYMMETRIC_SESSION: (4, 5, 6)}


def _is_session_key_packet(head: bytes) -> bool:
    """True if tag and version fit: a first byte alone would take many a binary file for OpenPGP."""
    if len(head) < 12 or not head[0] & 0x80:
        return False
    if head[0] & 0x40:  # new format: length of 1, 2 or 5 bytes
        tag, first = head[0] & 0x3F, head[1]
        body = 2 if first < 192 else 3 if first < 224 else 6
        length = first if first < 192 else ((first - 192) << 8) + head[2] + 192 if first < 224 else 0
    else:
        tag, kind = head[0] >> 2 & 0x0F, head[0] & 3
        if kind == 3:
            return False
        body = 1 + (1 << kind)
        length = int.from_bytes(head[1:body], "big")
    return tag in _VERSIONS and head[body] in _VERSIONS[tag] and 0 < length < 2048
