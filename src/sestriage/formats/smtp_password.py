"""SMTP passwords of Amazon SES: derived from an IAM secret, and told apart by their form alone.

Source: SES developer guide, "Obtaining Amazon SES SMTP credentials" (the algorithm, version 4; its predecessor is
version 2). A password is base64 of a version byte and an HMAC-SHA256 over constants and the region: it is bound to one
region, and the secret cannot be computed back from it. Nothing here keeps, prints or logs a secret.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sestriage.model.known.ses import REGIONS_WITHOUT_SMTP, SMTP_REGIONS
from sestriage.model.known.ses_names import DIRECTIONS, PREFIXES

V4 = 0x04
V2 = 0x02
_STEPS = (b"11111111", None, b"ses", b"aws4_request", b"SendRawEmail")
"""The messages of the HMACs, in turn; None stands for the region."""

PASSWORD_LENGTH = 44
SECRET_LENGTH = 40

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_ONE_CASE = re.compile(r"[0-9a-z]*|[0-9A-Z]*")
"""A token of 40 hexadecimal digits, as other mail services give them: in a secret of AWS letters of both cases mix."""
_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}")
_LIKE_A_KEY_ID = re.compile(r"AKIA[A-Za-z0-9]|(?i:AKIA[A-Z0-9]{12})|ASIA[A-Z0-9]{8}")
"""The beginning of a damaged one. Akia and Asia begin names of users, too: there the letters must be capitals, or an
AKIA… nearly as long as a key id."""
_QUOTES = "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Origin:
    """The purpose that a password was made for: `version` 4 with its region, or version 2, which has none."""

    version: int
    region: str | None


def derive(secret: str, region: str) -> str:
    """The SMTP password (version 4) of an IAM secret access key for a region."""
    key = ("AWS4" + secret).encode()
    for step in _STEPS:
        key = hmac.digest(key, region.encode() if step is None else step, "sha256")
    return base64.b64encode(bytes((V4,)) + key).decode()


def derive_old(secret: str) -> str:
    """The SMTP password as consoles made it before 2019-01-10 (version 2), the same for every region."""
    return base64.b64encode(bytes((V2,)) + hmac.digest(secret.encode(), b"SendRawEmail", "sha256")).decode()


def possible_regions() -> Iterator[str]:
    """Every region of the tables first, then all further names that a region of AWS could bear."""
    known = sorted(SMTP_REGIONS) + sorted(REGIONS_WITHOUT_SMTP)
    yield from known
    for prefix in sorted(PREFIXES):
        for direction in sorted(DIRECTIONS):
            for number in range(1, 10):
                name = f"{prefix}-{direction}-{number}"
                if name not in known:
                    yield name


def identify(secret: str, password: str, regions: Iterable[str] | None = None) -> Origin | None:
    """The version and region for which a password was derived from a secret.

    None: it does not belong to this secret, or to a region that is not among `regions` (default:
    `possible_regions()`).
    """
    wanted = password.encode("utf-8", "replace")
    if hmac.compare_digest(derive_old(secret).encode(), wanted):
        return Origin(2, None)
    for region in possible_regions() if regions is None else regions:
        if hmac.compare_digest(derive(secret, region).encode(), wanted):
            return Origin(4, region)
    return None


def password_shape(text: str) -> str:
    """Classify a password by its form: only the class may ever be kept.

    `current` (44 characters of base64, first byte 4), `old-signature` (first byte 2), `other-version` (another first
    byte), `iam-secret` (40 characters: an AWS secret access key), `access-key-id` (a user name), `stray-blank` (a
    blank, line end or invisible character in or around it), `quoted`, `padded` (with `=`), `truncated` or `too-long`
    (base64 of another length that begins like an SMTP password), `empty`, else `other`.
    """
    if not text:
        return "empty"
    if any(c.isspace() or c in _INVISIBLE or not c.isprintable() for c in text):
        return "stray-blank"
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        return "quoted"
    if _KEY_ID.fullmatch(text):
        return "access-key-id"
    if not text.isascii() or not _BASE64.fullmatch(text):
        return "other"
    if len(text) == PASSWORD_LENGTH and "=" not in text:
        return {V4: "current", V2: "old-signature"}.get(_first_byte(text), "other-version")
    if len(text) == SECRET_LENGTH and "=" not in text:
        # a truncated SMTP password could have 40 characters too, but the secret is the far more frequent reason
        return "other" if _ONE_CASE.fullmatch(text) else "iam-secret"
    if len(text) < 4 or _first_byte(text) not in (V4, V2):
        return "other"
    if "=" in text:
        return "padded"
    return "truncated" if len(text) < PASSWORD_LENGTH else "too-long"


def shape_of_beginning(length: int, start: str) -> str:
    """The class of a password of which only the number of characters and the first two are known, as `password_shape`
    names it; what depends on the others (a blank in it, `=` at its end) cannot be seen."""
    if not length:
        return "empty"
    if start[:1] in _QUOTES:
        return "quoted"
    if length == len("AKIA") + 16 and start in ("AK", "AS"):
        return "access-key-id"
    version = _first_byte(start + "AA") if len(start) == 2 and _BASE64.fullmatch(start) else -1
    if length == PASSWORD_LENGTH:
        return {V4: "current", V2: "old-signature", -1: "other"}.get(version, "other-version")
    if length == SECRET_LENGTH:
        return "iam-secret" if version >= 0 else "other"
    if version not in (V4, V2):
        return "other"
    return "truncated" if length < PASSWORD_LENGTH else "too-long"


def _first_byte(text: str) -> int:
    try:
        return base64.b64decode(text[:4].rstrip("=") + "====")[0]
    except (binascii.Error, IndexError):
        return -1


def user_shape(text: str) -> str:
    """Classify the text in the USER NAME field.

    `access-key-id` (right), `temporary` (ASIA…: SMTP does not take these), `damaged-key-id` (begins like one, but
    length, letters or case are not right), `iam-unique-id` (AIDA…, AROA…), `arn`, `mail-address`, `stray-blank`,
    `ingress-user` (inp-…: of an ingress endpoint of Mail Manager), `empty`, `iam-user-name` (anything else), or a
    secret that must not stand there: `smtp-password`, `iam-secret`.
    """
    if not text:
        return "empty"
    if any(c.isspace() or c in _INVISIBLE or not c.isprintable() for c in text):
        return "stray-blank"
    if _KEY_ID.fullmatch(text):
        return "temporary" if text.startswith("ASIA") else "access-key-id"
    if re.fullmatch(r"inp-[a-z0-9]{10,40}", text):
        return "ingress-user"
    if _LIKE_A_KEY_ID.match(text) and len(text) < SECRET_LENGTH and text.isalnum():
        return "damaged-key-id"
    if re.fullmatch(r"A(?:IDA|ROA|NPA|GPA|CCA)[A-Z0-9]{12,}", text):
        return "iam-unique-id"
    if text.lower().startswith("arn:"):
        return "arn"
    if password_shape(text) in ("current", "old-signature", "truncated", "too-long", "padded") and len(text) >= 30:
        return "smtp-password"
    if len(text) == SECRET_LENGTH and "=" not in text and _BASE64.fullmatch(text):
        return "iam-secret"  # or another token: it is not to be shown
    return "mail-address" if "@" in text else "iam-user-name"


SECRET_USER_SHAPES = frozenset({"smtp-password", "iam-secret", "stray-blank"})
"""Shapes of a USER NAME that is, or may hide, a secret: the value is not kept."""
