"""OpenSSL's error strings of 1.0, 1.1.1 and 3.x, in the forms that the library, Python and `s_client` print."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.formats.log.wording.text import compact

REASONS: dict[int, str] = {
    0x086: "certificate verify failed",
    0x09B: "https proxy request",
    0x09C: "http request",
    0x0B5: "no ciphers available",
    0x0B9: "no cipher match",
    0x0BF: "no protocols available",
    0x0C1: "no shared cipher",
    0x102: "unsupported protocol",
    0x10B: "wrong version number",
    0x126: "unexpected eof while reading",
    0x14D: "legacy sigalg disallowed or unsupported",
    0x174: "dh key too small",  # 1.0.x
    0x18A: "dh key too small",
    0x18D: "ca key too small",
    0x18E: "ca md too weak",
    0x18F: "ee key too small",
    0x410: "sslv3 alert handshake failure",
    0x412: "sslv3 alert bad certificate",
    0x415: "sslv3 alert certificate expired",
    0x416: "sslv3 alert certificate unknown",
    0x418: "tlsv1 alert unknown ca",
    0x42E: "tlsv1 alert protocol version",
    0x42F: "tlsv1 alert insufficient security",
    0x438: "tlsv1 alert internal error",
    0x458: "tlsv1 unrecognized name",
}
"""Reason numbers of libssl (openssl/sslerr.h); the same in 1.1.1 and 3.x."""

ALERTS: dict[int, str] = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
"""TLS alert descriptions (RFC 8446 section 6)."""

_HINTS = (
    "ssl",
    "error:",
    "tls",
    "too small",
    "ske_dhe",
    "version number",
    "md too weak",
    "no ciph",
    "no protoc",
    "_dhe",
)
"""In lower case: a text without any of these holds no OpenSSL error."""
_LIB_SSL = 20
_SYSTEM = 1 << 31
_STRING = re.compile(
    r"error:(?P<code>[0-9A-Fa-f]{8}):(?P<lib>[^:\n]{0,60}):(?P<func>[^:\n]{0,80}):(?P<reason>[^:\n;,)\]]{0,120})"
)
_CODE = re.compile(r"(?:error|errno|code)?[: ]?\b(?P<code>(?:1[0-9A-Fa-f]{7}|0A[0-9A-Fa-f]{6}))\b(?=:|\s|$)")
_NO_CODE = re.compile(r"SSL[ -][Rr]outin(?:es|en)\s*:(?P<func>[\w ]{0,60}):\s*(?P<reason>[^:\n;,)\]]{3,120})")
_PYTHON = re.compile(r"\[(?P<lib>SSL|X509|PEM)(?:: (?P<reason>[A-Z0-9_]{3,60}))?\](?: (?P<text>[a-z0-9 ]{3,80}))?")
_PYTHON_BARE = re.compile(r"\[(?P<reason>[A-Z][A-Z0-9]*_[A-Z0-9_]{3,60})\] (?P<text>[a-z0-9 ]{3,80})")
_NUMBERED = re.compile(r"^(?:reason\((\d{1,5})\)|\d{1,5})$")
_KNOWN = frozenset(REASONS.values())
_BY_UPPER = {reason.upper().replace(" ", "_"): reason for reason in _KNOWN}
_LOOSE = re.compile(
    r"\b(?P<reason>dh key too small|ee key too small|ca key too small|ca md too weak|wrong version number"
    r"|no protocols available"
    r"|no ciphers available|no cipher match|unsupported protocol(?= \(_ssl)|(?:sslv3"
    r"|tlsv1) alert [a-z ]{3,30}?)(?=$|[:\n.;,()]| SSL| error)"
)
_ALERT_NUMBER = re.compile(r"SSL alert number (?P<number>\d{1,3})\b")
_ALERT_REASON = re.compile(r"^(?:sslv3|tlsv1) (?:alert )?(?P<name>[a-z ]+)$")
_VERIFY = re.compile(r"(?:Verify return code: |verify error:num=)(?P<number>\d{1,3})\b")
_VERIFY_TEXT = re.compile(r"certificate verify failed: (?P<text>[^(\n]{3,80})")
VERIFY_TEXTS: dict[str, int] = {
    "unable to get issuer certificate": 2,
    "certificate is not yet valid": 9,
    "certificate has expired": 10,
    "self-signed certificate": 18,
    "self signed certificate": 18,
    "self-signed certificate in certificate chain": 19,
    "self signed certificate in certificate chain": 19,
    "unable to get local issuer certificate": 20,
    "unable to verify the first certificate": 21,
    "hostname mismatch": 62,
    "ee certificate key too weak": 66,
    "ca certificate key too weak": 67,
    "ca signature digest algorithm too weak": 68,
}
"""Verify codes by their text (openssl/x509_vfy.h), for messages that leave the number out."""


@dataclass(frozen=True, slots=True)
class OpenSslError:
    """An error of libssl. `code` is None when the text shows none, `function` when the version prints none."""

    reason: str
    function: str | None
    code: str | None

    @property
    def alert(self) -> str | None:
        """The TLS alert that was received, when that is the error."""
        match = _ALERT_REASON.match(self.reason)
        if match is None:
            return None
        name = match["name"].strip().replace(" ", "_")
        return name if name in ALERTS.values() else None


def reason_of(code: int) -> str | None:
    """The reason in a packed error code: 1.x packs library(8) function(12) reason(12), 3.x library << 23 and reason.

    None when the library is not libssl or the reason is not in the table.
    """
    if code & _SYSTEM:
        return None
    if code >> 23 == _LIB_SSL:
        return REASONS.get(code & 0x7FFFFF)
    if code >> 24 == _LIB_SSL:
        return REASONS.get(code & 0xFFF)
    return None


def find_error(text: str) -> OpenSslError | None:
    """The first libssl error in a text; None when there is none."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return None
    for match in _STRING.finditer(text):
        if found := _from_string(match):
            return found
    if python := _PYTHON.search(text) or _PYTHON_BARE.search(text):
        reason = _python_reason(python["reason"], python["text"])
        if reason is not None:
            return OpenSslError(reason, None, None)
    if bare := _NO_CODE.search(text):
        function = bare["func"].strip() or None
        return OpenSslError(_translated(bare["reason"].strip().lower(), function), function, None)
    if "ssl" in lowered or "error" in lowered:
        for match in _CODE.finditer(text):
            reason = reason_of(int(match["code"], 16))
            if reason is not None:
                return OpenSslError(reason, None, match["code"].upper())
    if loose := _LOOSE.search(text):
        return OpenSslError(loose["reason"].strip(), None, None)
    if "tls_process_ske_dhe" in compact(text):
        return OpenSslError("dh key too small", "tls_process_ske_dhe", None)
    return None


def alert_number(text: str) -> str | None:
    """Name of the alert in `SSL alert number 40`, None when there is none or it is not assigned."""
    match = _ALERT_NUMBER.search(text)
    return ALERTS.get(int(match["number"])) if match is not None else None


def verify_code(text: str) -> int | None:
    """The verify code that a text reports, from its number or its words; None when there is none.

    `Verify return code: 0 (ok)` counts only when the text does not also say that no certificate came.
    """
    if "erif" not in text:
        return None
    codes = [int(match["number"]) for match in _VERIFY.finditer(text)]
    bad = [code for code in codes if code]
    if bad:
        return bad[0]
    if match := _VERIFY_TEXT.search(text):
        return VERIFY_TEXTS.get(match["text"].strip().lower())
    return 0 if codes and "no peer certificate available" not in text else None


def _from_string(match: re.Match[str]) -> OpenSslError | None:
    code = match["code"].upper()
    packed = reason_of(int(code, 16))
    library = match["lib"].strip().lower()
    if packed is None and not library.startswith("ssl") and library not in ("lib(20)", ""):
        return None
    function = match["func"].strip()
    if not function or function.startswith("func("):
        function = ""
    written = match["reason"].strip().lower()
    if not written or _NUMBERED.match(written) or (packed is not None and written not in _KNOWN):
        written = packed or written
    return OpenSslError(written, function or None, code) if written else None


def _python_reason(name: str | None, text: str | None) -> str | None:
    if name is not None and name in _BY_UPPER:
        return _BY_UPPER[name]
    if text is not None:
        return text.strip()
    return name.lower().replace("_", " ") if name is not None else None


def _translated(reason: str, function: str | None) -> str:
    """The English reason of a translated text: the function that says it is the anchor that survives translation."""
    if reason in _KNOWN or not (function and "ske_dhe" in function):
        return reason
    return "dh key too small" if reason.startswith("dh") or not reason.isascii() else reason
