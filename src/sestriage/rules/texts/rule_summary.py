"""A rule in words, read without compiling it: what `sestriage explain` and the catalogue say of it.

Conditions are not parsed; of them only the kinds of facts that they rest on are told. Nothing heavy is imported here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from sestriage.errors import RuleError, reason_of
from sestriage.model.command import Command, literal, s_client
from sestriage.model.explanation import Advice, Proof, RuleSummary, Title, Wanted
from sestriage.model.message import Message, said_by
from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.scope import Scope
from sestriage.rules.files import SHARED_FILE, packaged_folder
from sestriage.rules.fixes import commands as generic
from sestriage.rules.texts import command_text
from sestriage.rules.texts.placeholders import PLACEHOLDER

MAX_BYTES = 256 * 1024
"""Of one rule file; the reader of rules has the same limit."""

_CASE: Mapping[str, Command] = {
    "s_client": s_client(),
    "dialogue": generic.dialogue(),
    "tcpdump": generic.tcpdump(),
    "trust_stores": generic.trust_stores(),
}
"""The values of `{case.…}` without a case."""

_TITLE = re.compile(rb"^title[ \t]*=[ \t]*\"((?:[^\"\\\n])*)\"", re.MULTILINE)
_WORD = re.compile(r"[a-z_][a-z0-9_]*|[()]")

TomlTable = Mapping[str, object]


def read(path: str, folder: str, listing: Mapping[str, Sequence[tuple[str, str]]], language: str = "en") -> RuleSummary:
    """The leaflet of a rule file in a folder of rules. `listing` gives the files of the rules that it names.

    In another language than English its texts are those of the overlay. Where that is missing or broken, they stay
    English, and `RuleSummary.not_translated` says why.

    Raises:
        RuleError: the file cannot be read, or is no rule.
    """
    data = _load(path)
    try:
        phase = Phase(str(data.get("phase")))
    except ValueError:
        raise RuleError(path, Message("`phase` is no step: {value:.40}", value=repr(data.get("phase"))), 1, 1) from None
    for key in ("id", "title", "severity", "why"):
        if not isinstance(data.get(key), str):
            raise RuleError(path, Message("lacks the key `{key}`, or it is no text", key=key), 1, 1)
    rule_id = str(data["id"])
    data, not_translated = _translated(data, folder, language)
    verdict = _table(data.get("verdict"))
    kinds = _kinds(_table(data.get("select")), folder)
    return RuleSummary(
        rule=rule_id,
        title=_fill(data["title"]) or rule_id,
        phase=phase,
        severity=str(data["severity"]),
        why=_fill(data["why"]) or "",
        caution=_fill(data.get("caution")),
        steps=tuple(step for fix in _tables(data.get("fix")) for step in _steps(fix, kinds)),
        needs=tuple(_needs(data)),
        proofs=tuple(_proofs(verdict, kinds)),
        against=_fill(verdict.get("contradiction")),
        alternatives=tuple(titles(_readings(data.get("alternatives"), rule_id, folder), listing, language)),
        references=_references(data.get("references")),
        path=path,
        applies=Scope.of(data.get("applies")),
        not_translated=not_translated,
        any_step=data.get("any_step") is True,
    )


def _translated(data: TomlTable, folder: str, language: str) -> tuple[TomlTable, str | None]:
    """The rule with the texts of its overlay, and why it has them in English after all."""
    if language == "en":
        return data, None
    from sestriage.rules.texts.overlays import merged, overlay_path, read_overlay

    path = overlay_path(folder, language, str(data["id"]))
    try:
        return merged(data, read_overlay(path), path), None
    except RuleError as error:
        return data, said_by(error)


def titles(
    rule_ids: Sequence[str], listing: Mapping[str, Sequence[tuple[str, str]]], language: str = "en"
) -> Iterator[Title]:
    """The titles of rules, as they stand in their files or overlays; rules that are not there are left out."""
    for rule_id in rule_ids:
        for path, folder in listing.get(rule_id, ())[:1]:
            title = _title_in(language, rule_id, folder) or _title(path)
            if title is not None:
                yield Title(rule_id, title)


def _title_in(language: str, rule_id: str, folder: str) -> str | None:
    """The title in an overlay; None for English, and where there is none."""
    if language == "en":
        return None
    from sestriage.rules.texts.overlays import overlay_path

    return _title(overlay_path(folder, language, rule_id))


def _title(path: str) -> str | None:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  (pathlib costs a tenth of the whole run)
            raw = stream.read(4096)
    except OSError:
        return None
    if found := _TITLE.search(raw):
        return _fill(found[1].decode("utf-8", "replace"))
    try:
        return _fill(_load(path).get("title"))
    except RuleError:
        return None


def _load(path: str) -> TomlTable:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RuleError(path, Message("cannot be read: {reason}", reason=reason_of(error))) from None
    if len(raw) > MAX_BYTES:
        raise RuleError(path, Message("the file is larger than {most} bytes", most=MAX_BYTES), 1, 1)
    try:
        return tomllib.loads(raw.decode("utf-8").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            from sestriage.rules.toml_places import toml_error_place

            reason, line, column = toml_error_place(str(error))
            raise RuleError(path, Message("not TOML: {reason}", reason=reason), line, column) from None
        raise RuleError(path, Message("not TOML: not UTF-8 text, or nested too deeply"), 1, 1) from None


# --- texts -------------------------------------------------------------------------------------------------------


def _fill(text: object) -> str | None:
    """A text with what its placeholders are without a case; None for no text."""
    if not isinstance(text, str):
        return None
    return PLACEHOLDER.sub(_value, text).strip() if "{" in text else text.strip()


def _value(match: re.Match[str]) -> str:
    path, default = match[2], match[3]
    return default if default is not None else f"<{path[1:].replace('_', ' ')}>"


def _command(text: object) -> Command | None:
    """A command in which every value is asked for; None for no text."""
    return command_text.without_case(text, _CASE) if isinstance(text, str) else None


def _lines(text: object) -> str | None:
    """Sentences and commands in which every value is asked for; None for no text."""
    return str(command_text.lines_without_case(text, _CASE, _fill)) if isinstance(text, str) else None


def _steps(fix: TomlTable, kinds: Mapping[str, str]) -> tuple[Advice, ...]:
    """The steps of a `[[fix]]`. One that only some evidence calls for says so: nothing here shows that evidence."""
    text, when = _fill(fix.get("text")) or "", fix.get("when")
    if isinstance(when, str) and all(_asked_for(when, kinds)):
        text = Message("If the evidence shows it: {step}", step=text)
    given, command = fix.get("command"), _command(fix.get("command"))
    builtin = given.removeprefix("builtin:") if isinstance(given, str) and given.startswith("builtin:") else None
    step = Advice(
        text,
        None if builtin is not None or command is None else str(command),
        _fill(fix.get("risk")),
        _lines(fix.get("verify")),
        _lines(fix.get("undo")),
        None if builtin is not None or command is None else command.argv,
    )
    computed = generic.GENERIC_STEPS.get(builtin) if builtin is not None else None
    return (step,) if computed is None else computed(step)


def _references(value: object) -> tuple[Reference, ...]:
    """As `build.references`, which would load all that rules are made of."""
    tables = [item if isinstance(item, dict) else {"title": item} for item in value] if isinstance(value, list) else []
    pairs = [(table.get("title"), table.get("url")) for table in tables]
    return tuple(
        Reference(title, url)
        for title, url in pairs
        if isinstance(title, str) and (url is None or isinstance(url, str))
    )


def _needs(data: TomlTable) -> Iterator[Wanted]:
    for need in _tables(data.get("need")):
        evidence, why = _fill(need.get("evidence")), _fill(need.get("why"))
        if evidence:
            command = _command(need.get("command")) or literal("")
            yield Wanted(evidence, why or "", str(command), command.argv)


# --- proofs ------------------------------------------------------------------------------------------------------


def _kinds(selections: TomlTable, folder: str) -> dict[str, str]:
    """The kind of fact of each selection, by its name."""
    kinds: dict[str, str] = {}
    for name, text in selections.items():
        if isinstance(text, str):
            first, _, rest = text.strip().partition(" ")
            kinds[name] = _shared_kind(rest.strip(), folder) if first == "shared" else first
    return kinds


def _shared_kind(name: str, folder: str) -> str:
    return _in_shared(rf"^{re.escape(name)}[ \t]*=[ \t]*['\"]+([a-z_.]+)", folder)


def _readings(value: object, rule_id: str, folder: str) -> list[str]:
    """The other readings of a rule: those that it names, and the other members of the families that it names."""
    found: dict[str, None] = {}
    for text in _texts(value):
        first, _, rest = text.strip().partition(" ")
        if first == "family":
            members = re.findall(
                r"[a-z0-9-]+", _in_shared(rf"^{re.escape(rest.strip())}[ \t]*=[ \t]*\[([^\]]*)\]", folder)
            )
            found.update(dict.fromkeys(member for member in members if member != rule_id))
        else:
            found[text] = None
    return list(found)


def _in_shared(pattern: str, folder: str) -> str:
    """The first group of a pattern in the shared file of a folder, else in the packaged one; empty when in neither."""
    for place in (folder, packaged_folder()):
        try:
            with open(f"{place}/{SHARED_FILE}", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
                found = re.search(pattern, stream.read(MAX_BYTES), re.M)
        except OSError:
            continue
        if found:
            return found[1]
    return ""


_Sets = list[frozenset[str]]


def _proofs(verdict: TomlTable, kinds: Mapping[str, str]) -> Iterator[Proof]:
    when = verdict.get("when")
    for confidence, key in (("confirmed", "confirmed"), ("likely", "likely"), ("suspected", "when")):
        condition = verdict.get(key)
        if not isinstance(condition, str):
            continue
        # a grade is that of a rule that is met: what only the grade asks for is not enough
        met = _asked_for(when, kinds) if isinstance(when, str) and key != "when" else [frozenset()]
        if ways := _ways([left | right for left in met for right in _asked_for(condition, kinds)]):
            yield Proof(confidence, ways)


def _ways(sets: _Sets) -> tuple[tuple[str, ...], ...]:
    """The sets of kinds of which each is enough, smallest first; names under a `not` ask for no evidence."""
    smallest = [one for one in sets if not any(other < one for other in sets)]
    ordered = sorted({tuple(sorted(one)) for one in smallest if one}, key=lambda one: (len(one), one))
    return tuple(ordered)


def _asked_for(condition: str, kinds: Mapping[str, str]) -> _Sets:
    """The kinds that each alternative of a condition asks for; an empty set asks for no evidence."""
    return _either(_WORD.findall(condition), 0, kinds)[0]


def _either(words: Sequence[str], at: int, kinds: Mapping[str, str]) -> tuple[_Sets, int]:
    found, at = _both(words, at, kinds)
    while at < len(words) and words[at] == "or":
        more, at = _both(words, at + 1, kinds)
        found = (found + more)[:64]
    return found, at


def _both(words: Sequence[str], at: int, kinds: Mapping[str, str]) -> tuple[_Sets, int]:
    found, at = _one(words, at, kinds)
    while at < len(words) and words[at] == "and":
        more, at = _one(words, at + 1, kinds)
        found = [left | right for left in found for right in more][:64]
    return found, at


def _one(words: Sequence[str], at: int, kinds: Mapping[str, str]) -> tuple[_Sets, int]:
    if at >= len(words):
        return [frozenset()], at
    word = words[at]
    if word in ("not", "unknown"):
        _, at = _one(words, at + 1, kinds)
        return [frozenset()], at
    if word == "holds":
        return _one(words, at + 1, kinds)
    if word == "(":
        found, at = _either(words, at + 1, kinds)
        return found, at + (at < len(words) and words[at] == ")")
    kind = kinds.get(word, "")
    return [frozenset({kind} if kind else ())], at + 1


# --- shapes ------------------------------------------------------------------------------------------------------


def _table(value: object) -> TomlTable:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[TomlTable]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
