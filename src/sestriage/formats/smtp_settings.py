"""The SMTP form of a Manager and its e-mail action, from a TOML file, JSON, or `key = value` lines.

    [smtp]
    server = "email-smtp.us-east-1.amazonaws.com"
    port = 587
    encryption = "STARTTLS"            # SMTPS, STARTTLS or UN-ENCRYPTED, as the form names them
    from = "alarms@example.com"
    user = "AKIA…"                     # the SMTP user name
    password_file = "smtp-password"    # never the password itself; read by `sestriage settings` only

    [action]
    name = "AWS SES Test"
    to = ["soc@example.com"]
    enabled = true

    [ses]
    verified_domains = ["example.com"]
    verified_region = "us-east-1"
    sandbox = false
    iam_user = "ses-smtp-user"
    on_ec2 = false

Every field may be left out; the tables may be left out, too. Nothing here raises: what cannot be used becomes a
`SettingsProblem`. A password that does stand in the file is reduced to its class at once.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

from sestriage.formats.settings_values import MAX_LIST, GivenValue, GivenValues, build_settings
from sestriage.model.config import SmtpSettings
from sestriage.model.known.spelling import typos
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

MAX_TEXT = 256 * 1024
"""Characters of a settings file that are read."""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "server": ("server", "smtp_server", "host", "smtp_host", "endpoint", "smtp_endpoint"),
    "port": ("port", "smtp_port"),
    "encryption": ("encryption", "encryption_type", "security"),
    "sender": ("from", "from_email", "from_address", "sender", "mail_from"),
    "user": ("user", "user_name", "username", "smtp_user", "smtp_username"),
    "password": ("password", "smtp_password"),
    "password_file": ("password_file",),
    "recipients": ("to", "recipient", "recipients", "action_to"),
    "verified_domains": ("verified_domains", "verified_domain", "verified_identities"),
    "verified_region": ("verified_region", "region", "ses_region"),
    "sandbox": ("sandbox",),
    "iam_user": ("iam_user", "iam_user_name"),
    "on_ec2": ("on_ec2", "ec2"),
    "action_name": ("action_name",),
    "action_enabled": ("action_enabled", "enabled"),
}
"""Field to the names under which it may be given, normalised (lower case, `_` for everything else)."""

_FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_ASSIGNMENT = re.compile(r"""^[\s,{]*(["']?)([A-Za-z][A-Za-z0-9_. *-]{0,40}?)\1[ \t*]*[:=](.*)$""")


def looks_like_settings(head: bytes) -> bool:
    """True if the text gives a server and at least one more field of the form, and is mostly made of such lines."""
    if len(head) > 64 * 1024 or b"\0" in head:
        return False
    text = head.decode("utf-8", "replace")
    found = {_FIELD_OF[key] for _, key, _ in _assignments(text) if key in _FIELD_OF}
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return "server" in found and len(found) >= 2 and len(found) * 4 >= len(lines)


def parse_settings(text: str, source: SourceRef) -> SmtpSettings:
    """The settings of a file. Never raises; `SmtpSettings.problems` says what could not be used."""
    return build_settings(read_entries(text, source), source)


def read_entries(text: str, source: SourceRef) -> GivenValues:
    """The values of a file, not yet put together (options of a command line may follow them)."""
    out = GivenValues()
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_TEXT:
        out.problem("file", "file", Message("only the first {count} characters were read", count=MAX_TEXT), source)
        text = text[:MAX_TEXT]
    for table, key, value, at in _values(text, source, out):
        name = _field_name(table, key)
        if name is None:
            out.problem("key", key, _no_field(key), at)
            continue
        earlier = next((e for e in out.entries if e.field == name), None)
        if earlier is not None and earlier.value != value:
            out.problem("conflict", key, _twice(key), at)
        out.entries.append(GivenValue(name, value, at))
    if not out.entries and not out.problems:
        out.problem("value", "file", Message("no field of the SMTP form is in it"), source)
    return out


def _normal(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")


def _field_name(table: str, key: str) -> str | None:
    name = _normal(key)
    if name == "name" and table == "action":
        return "action_name"
    return _FIELD_OF.get(name)


def _no_field(key: str) -> Message:
    best = min(_FIELD_OF, key=lambda known: typos(_normal(key)[:40], known))
    if typos(_normal(key)[:40], best) <= 2:
        return Message("there is no field `{key}` (did you mean `{nearest}`?)", key=key, nearest=best)
    return Message("there is no field `{key}`", key=key)


def _twice(key: str) -> Message:
    return Message("`{key}` is given twice, with different values; the last one counts", key=key)


def _values(text: str, source: SourceRef, out: GivenValues) -> Iterator[tuple[str, str, object, SourceRef]]:
    """Table, key, value and place of every value, by TOML, else by JSON, else line by line."""
    places = _Places(text, source)
    again: list[str] = []
    try:
        data: object = _json(text, again) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = str(error).split("\n")[0][:120] or type(error).__name__
        out.problem(
            "file",
            "file",
            Message("not valid TOML or JSON ({reason}); read line by line instead", reason=reason),
            source,
        )
        for line, key, value in _assignments(text):
            yield "", key, value, source.at_line(line)
        return
    for key in [key for key in dict.fromkeys(again) if _field_name("", key) is not None]:
        out.problem("conflict", key, _twice(key), places.of(key))
    if isinstance(data, dict):
        yield from _flattened(data, "", places, 0)


def _json(text: str, again: list[str]) -> object:
    """The value of a JSON text; `again` gets the keys of one object that it gives once more, with another value, which
    JSON allows (RFC 8259 section 4)."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if found.setdefault(key, value) != value:
                again.append(key)
            found[key] = value
        return found

    return json.loads(text, object_pairs_hook=once)


def _flattened(
    data: Mapping[str, object], table: str, places: _Places, depth: int
) -> Iterator[tuple[str, str, object, SourceRef]]:
    for key, value in list(data.items())[:MAX_LIST]:
        if isinstance(value, dict) and depth < 3:
            yield from _flattened(value, _normal(str(key)), places, depth + 1)
        else:
            yield table, str(key), value, places.of(str(key))


class _Places:
    """Finds the line of a key: TOML readers do not give it."""

    def __init__(self, text: str, source: SourceRef) -> None:
        self._source = source
        self._text = text
        self._lines: dict[str, int] = {}
        for line, key, _ in _assignments(text):
            self._lines.setdefault(key, line)

    def of(self, key: str) -> SourceRef:
        line = self._lines.get(_normal(key)) or self._within(key)
        return self._source if line is None else self._source.at_line(line)

    def _within(self, key: str) -> int | None:
        """The line in which a key stands behind others, as in `{"server": "…", "password": "…"}`."""
        inside = re.compile(rf"(?<![\w.-])[\"']?{re.escape(key[:100])}[\"']?\s*[:=]")
        lines = enumerate(self._text.splitlines()[:5000], 1)
        return next((number for number, line in lines if inside.search(line[:4000])), None)


def _assignments(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, normalised key and value of `key = value`, `key: value`, `"key": value` lines."""
    for number, line in enumerate(text.splitlines()[:5000], 1):
        match = _ASSIGNMENT.match(line[:4000])
        if match is not None:
            yield number, _normal(match[2]), match[3].strip().rstrip(",").strip("\"'")
