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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sestriage.formats.smtp_password import SECRET_USER_SHAPES, password_shape, user_shape
from sestriage.model.config import EmailAction, FieldOrigin, SettingsProblem, SmtpSettings
from sestriage.model.known.ses_names import is_possible_region
from sestriage.model.known.spelling import typos
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

MAX_TEXT = 256 * 1024
"""Characters of a settings file that are read."""
MAX_VALUE = 2000
"""Characters of one value."""
MAX_PROBLEMS = 20
MAX_LIST = 200

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

_ACTION_FIELDS = frozenset(("recipients", "action_name", "action_enabled", "verified_domains", "sandbox"))
_FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_ENCRYPTIONS = {
    "starttls": "starttls",
    "smtps": "smtps",
    "ssl": "smtps",
    "tlswrapper": "smtps",
    "none": "none",
    "unencrypted": "none",
    "plain": "none",
}
_TRUTHS = {"true": True, "yes": True, "ja": True, "1": True, "false": False, "no": False, "nein": False, "0": False}
_PLACEHOLDER = re.compile(r"<[A-Za-z][A-Za-z0-9 _-]{0,40}>")
"""A word in the place of a value: `<host-1>` of a redacted file, `<your server>` of a template."""
_MASKED = re.compile(
    r".{0,6}[*\u2022\u25cf\u2219\u2026]{3,}.{0,6}|[xX.-]{3,}|[\[(*]*(?:redacted|hidden|masked|removed)[\])*]*",
    re.IGNORECASE,
)
"""A value of which a form or a person shows stars or dots instead."""
_SECRETS = frozenset(("user", "password"))
_ASSIGNMENT = re.compile(r"""^[\s,{]*(["']?)([A-Za-z][A-Za-z0-9_. *-]{0,40}?)\1[ \t*]*[:=](.*)$""")


@dataclass(frozen=True, slots=True)
class GivenValue:
    """One given value. `value` is text, a number, true or false, or a list of these."""

    field: str
    value: object
    source: SourceRef


@dataclass(slots=True)
class GivenValues:
    """The content of a file: entries in their order, and those that could not be used."""

    entries: list[GivenValue] = field(default_factory=list)
    problems: list[SettingsProblem] = field(default_factory=list)

    def problem(self, kind: str, key: str, text: str, source: SourceRef) -> None:
        """Note a problem; more than `MAX_PROBLEMS` are not kept."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(SettingsProblem(kind, key[:60], text, source))


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
    try:
        data: object = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
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
    if isinstance(data, dict):
        yield from _flattened(data, "", places, 0)


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


# --- values ------------------------------------------------------------------------------------------------------


def build_settings(given: GivenValues, source: SourceRef) -> SmtpSettings:
    """The settings of all entries; where a field is given more than once, the last one counts."""
    builder = _Builder(given)
    last = {entry.field: entry for entry in given.entries}
    for entry in last.values():
        builder.take(entry)
    return builder.result(source)


def _is_withheld(name: str, text: str) -> bool:
    """The value was left out of the file on purpose: it is not given."""
    return _PLACEHOLDER.fullmatch(text) is not None or (name in _SECRETS and _MASKED.fullmatch(text) is not None)


class _Builder:
    """Turns entries into typed values, or into problems."""

    def __init__(self, given: GivenValues) -> None:
        self._out = GivenValues(problems=list(given.problems))
        self._text: dict[str, str] = {}
        self._lists: dict[str, tuple[str, ...]] = {}
        self._truths: dict[str, bool] = {}
        self._port: int | None = None
        self._shapes: dict[str, str] = {}
        self._origins: list[FieldOrigin] = []
        self._takers = {
            "port": self._take_port,
            "encryption": self._take_encryption,
            "password": self._take_password,
            "verified_region": self._take_region,
            "user": self._take_user,
            "recipients": self._take_list,
            "verified_domains": self._take_list,
            "sandbox": self._take_truth,
            "on_ec2": self._take_truth,
            "action_enabled": self._take_truth,
            "password_file": self._ignore,
        }

    def take(self, entry: GivenValue) -> None:
        if isinstance(entry.value, str) and _is_withheld(entry.field, entry.value):
            return
        if entry.field == "password" and entry.value == "" and entry.source.line is not None:
            return  # a form that is copied has nothing there, and a file should have nothing
        self._takers.get(entry.field, self._take_text)(entry)

    def result(self, source: SourceRef) -> SmtpSettings:
        text, truths = self._text, self._truths
        recipients = self._lists.get("recipients", ())
        domains = self._lists.get("verified_domains", ())
        origins = tuple(self._origins)
        action = None
        if "recipients" in self._lists or "action_enabled" in truths or "action_name" in text:
            at = next((o.source for o in origins if o.field in ("recipients", "action_enabled", "action_name")), source)
            action = EmailAction(
                source=at,
                name=text.get("action_name"),
                recipients=recipients,
                recipients_given="recipients" in self._lists,
                enabled=truths.get("action_enabled"),
                verified_domains=domains,
                sandbox=truths.get("sandbox"),
                origins=tuple(o for o in origins if o.field in _ACTION_FIELDS),
            )
        return SmtpSettings(
            source=source,
            server=text.get("server"),
            port=self._port,
            encryption=text.get("encryption"),
            sender=text.get("sender"),
            user=text.get("user"),
            password_shape=self._shapes.get("password"),
            recipient=recipients[0] if recipients else None,
            verified_domains=domains,
            sandbox=truths.get("sandbox"),
            user_shape=self._shapes.get("user"),
            verified_region=text.get("verified_region") or None,
            iam_user=text.get("iam_user"),
            on_ec2=truths.get("on_ec2"),
            action=action,
            problems=tuple(self._out.problems),
            origins=origins,
        )

    def _refuse(self, entry: GivenValue, expected: str) -> None:
        # a long text in the wrong field may be a secret
        short = not isinstance(entry.value, list | dict) and len(str(entry.value)) <= 20
        text = Message("`{field}` must be {expected}", field=entry.field, expected=expected)
        if short:
            text = Message(
                "`{field}` must be {expected}, not `{value}`", field=entry.field, expected=expected, value=entry.value
            )
        self._out.problem("value", entry.field, text, entry.source)

    def _string(self, entry: GivenValue) -> str | None:
        """The value as text; None (and a problem) when it is none."""
        value = entry.value
        if isinstance(value, bool | list | dict) or value is None:
            self._refuse(entry, Message("text"))
            return None
        text = str(value)
        if len(text) > MAX_VALUE:
            said = Message("`{field}` has {count} characters", field=entry.field, count=len(text))
            self._out.problem("value", entry.field, said, entry.source)
            return None
        return text

    def _set(self, entry: GivenValue) -> None:
        self._origins.append(FieldOrigin(entry.field, entry.source))

    def _ignore(self, entry: GivenValue) -> None:
        """A path is for the command that reads the file; here it is not followed."""

    def _take_text(self, entry: GivenValue) -> None:
        text = self._string(entry)
        if text is not None:
            self._text[entry.field] = text
            self._set(entry)

    def _take_port(self, entry: GivenValue) -> None:
        text = self._string(entry)
        if text is None:
            return
        if re.fullmatch(r"[0-9]{1,5}", text.strip()) and 1 <= int(text) <= 65535:
            self._port = int(text)
            self._set(entry)
        else:
            self._refuse(entry, Message("a port, 1 to 65535"))

    def _take_region(self, entry: GivenValue) -> None:
        name = (self._string(entry) or "").strip().lower()
        if name and not is_possible_region(name):
            self._refuse(entry, Message("the name of a region of AWS, such as eu-west-1"))
        elif name:
            self._take_text(GivenValue(entry.field, name, entry.source))

    def _take_encryption(self, entry: GivenValue) -> None:
        text = self._string(entry)
        if text is None:
            return
        known = _ENCRYPTIONS.get(re.sub(r"[^a-z]", "", text.lower()))
        if known is None:
            self._refuse(entry, Message("SMTPS, STARTTLS or UN-ENCRYPTED"))
            return
        self._text["encryption"] = known
        self._set(entry)

    def _take_password(self, entry: GivenValue) -> None:
        """Only the class is kept. A password in a file that gets passed around is a problem by itself."""
        if not isinstance(entry.value, str):
            self._out.problem(
                "value",
                "password",
                Message("`{field}` must be {expected}", field="password", expected=Message("text")),
                entry.source,
            )
            return
        self._shapes["password"] = password_shape(entry.value)
        self._set(entry)
        if entry.source.line is not None and entry.value:
            text = Message("the password stands readable in the file; name a file with `password_file` instead")
            self._out.problem("secret", "password", text, entry.source)

    def _take_user(self, entry: GivenValue) -> None:
        text = self._string(entry)
        if text is None:
            return
        shape = user_shape(text)
        self._shapes["user"] = shape
        if shape not in SECRET_USER_SHAPES:
            self._text["user"] = text
        self._set(entry)

    def _take_list(self, entry: GivenValue) -> None:
        value = entry.value
        parts: Sequence[object] = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str) for part in parts) or len(parts) > MAX_LIST:
            self._refuse(entry, Message("text, or a list of texts"))
            return
        names: list[str] = []
        for part in parts:
            separators = r"[,;]" if entry.field == "recipients" else r"[,;\s]+"
            names += [piece.strip() for piece in re.split(separators, str(part)[: MAX_VALUE * 10])]
        given = [name for name in names if not _PLACEHOLDER.fullmatch(name)]
        if names and not given:
            return
        names = given
        self._lists[entry.field] = tuple(name[:MAX_VALUE] for name in names if name)[:MAX_LIST]
        self._set(entry)

    def _take_truth(self, entry: GivenValue) -> None:
        value = entry.value
        known = value if isinstance(value, bool) else _TRUTHS.get(str(value).strip().lower())
        if known is None:
            self._refuse(entry, Message("true or false"))
            return
        self._truths[entry.field] = known
        self._set(entry)
