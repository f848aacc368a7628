"""Secrets in what people write and programs say: `credentials: joe / …`, `use … as password`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import in_lines
from sestriage.redact.forms.words import is_harmless, looks_made
from sestriage.redact.spans import Span

_WHO = r"[\"']?[\w.@+\\<>-]{1,80}[\"']?"
_V = r"[\"'„“«「]?(?P<bare>[^\s\"'„“”«»「」<>\\]{5,100})"
_PAIR = re.compile(
    r"\b(?:zugangsdaten|anmeldedaten|identifiants?|credenciales|credenziali|credenciais|creds?|credentials?|log-?in|logon|account|user/pass(?:word)?)"
    rf"(?: (?:with|mit|as))?[ \t]{{0,4}}[:=]?[ \t]{{0,4}}{_WHO}[ \t]{{0,4}}[/:|,][ \t]{{0,4}}{_V}",
    re.IGNORECASE,
)
_PAIR_WORDS = ("zugangsdaten", "anmeldedaten", "identifiant", "creden", "cred", "login", "log-in", "logon", "user/pass")
_OTHER_PAIR = re.compile(
    rf"(?:認証情報|ログイン情報|凭据|凭证|登录信息|계정 ?정보|로그인 ?정보)[ \t]{{0,4}}[:：]?[ \t]{{0,4}}{_WHO}[ \t]{{0,4}}[/:|,／][ \t]{{0,4}}{_V}"  # noqa: E501
)
_OTHER_WORDS = ("認証情報", "ログイン情報", "凭据", "凭证", "登录信息", "계정", "로그인")
_FAILED = re.compile(rf" for {_WHO}:{_V}")
_FAILED_WORDS = (" for ",)
_LOGS_IN = re.compile(r"auth|log|sign", re.IGNORECASE)
_AS = re.compile(
    rf"(?<![^\s\"'„“«「]){_V}[\"'“”»」]?[ \t]{{1,4}}(?:as|als|comme|como|come)[ \t]{{1,4}}(?:(?:the|a|das|mot de|le|la|smtp)[ \t]{{1,4}}){{0,2}}"  # noqa: E501
    r"(?:passw|passe\b|pwd|pw\b|kennwort|contrase|clave|senha)",
    re.IGNORECASE,
)
_AS_WORDS = (" as ", " als ", " comme ", " como ", " come ")
_SET_TO = re.compile(
    rf"(?:passwor[dt]|passwd|pwd|secret|kennwort)[ \t](?:is[ \t])?(?:(?:was|wurde|now)[ \t])?(?:set|changed|reset|updated|auf|gesetzt|geändert|zurückgesetzt)[ \t](?:to|auf)[ \t]?:?[ \t]?{_V}",  # noqa: E501
    re.I,
)
_SET_WORDS = (" set to", " changed to", " reset to", " updated to", " auf ")
_CODE = re.compile(
    r"(?:sms|one[- ]time|verification|security|confirmation|log-?in|2fa|mfa|bestätigungs|einmal|sicherheits)[- ]?"
    r"(?:code|pin|tan|pass(?:word|code))"
    r"(?: (?:is|ist|lautet))?[ \t]{0,4}[:=]?[ \t]{0,4}(?P<bare>\d{4,8})(?![\w.-])",
    re.IGNORECASE,
)
_CODE_WORDS = ("code", "pin", "tan", "passcode", "password")
_FORMS = (
    (_PAIR, _PAIR_WORDS),
    (_OTHER_PAIR, _OTHER_WORDS),
    (_FAILED, _FAILED_WORDS),
    (_AS, _AS_WORDS),
    (_SET_TO, _SET_WORDS),
    (_CODE, _CODE_WORDS),
)


def spoken_spans(text: str, lowered: str) -> Iterator[Span]:
    """All secrets in sentences whose form tells where the secret stands; only values that look made."""
    for pattern, words in _FORMS:
        for match in in_lines(pattern, text, lowered, words):
            if pattern is _CODE:
                yield Span(match.start("bare"), match.end("bare"), "secret")
                continue
            value = match["bare"].rstrip(".,;:!?)")
            if pattern is _FAILED and not _LOGS_IN.search(text, max(0, match.start() - 60), match.start()):
                continue
            if looks_made(value) and not is_harmless(value):
                yield Span(match.start("bare"), match.start("bare") + len(match["bare"].rstrip(",;)")), "secret")
