"""Finds and loads rules.

Search order: folders that the user names, `/etc/sestriage/rules.d`, the packaged rules. A rule found earlier replaces
one with the same id found later. A broken file is reported and skipped; the others work. A broken local rule does not
fall back silently: its problem is reported, and the packaged rule of the same id is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sestriage.errors import RuleError, reason_of
from sestriage.model.message import Message
from sestriage.rules import files
from sestriage.rules.compiled import FILE_NAME, MAX_FILE, CompiledIndex, digest
from sestriage.rules.packs import Pack, read_pack
from sestriage.rules.parsed import ParsedRule, build
from sestriage.rules.schema import MAX_RULE_FILE, Rule
from sestriage.rules.shared import PREFIX, Shared, read_shared

if TYPE_CHECKING:
    from sestriage.rules.language.evaluate import Selector
    from sestriage.rules.ruleset import RuleSet

SITE_FOLDER = Path(files.SITE_FOLDER)
KEPT_SETS = 4
"""Sets of rules whose selections stay ready to run in a process that loads them again."""
DIGEST_DIGITS = 12
"""Of the digest of a rule set: enough to tell sets apart that people use."""


def packaged_folder() -> Path:
    """The rules that come with sestriage: inside an installed package, else those of the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """All folders of rules that exist, in search order; folders that the user names are listed in any case."""
    return (*extra, *(folder for folder in (SITE_FOLDER, packaged_folder()) if folder.is_dir()))


def load_rules(extra: Sequence[Path] = (), language: str = "en", about: str | None = None) -> RuleSet:
    """Loads all rules, to speak a language of `i18n.LANGUAGES`.

    With `about`, a kind of facts, rules that select none of that kind may be left out.

    Never raises for a broken rule or folder: see `RuleSet.problems`.
    """
    from sestriage.model.verdict import RulePack
    from sestriage.rules.ruleset import RuleSet

    rules: dict[str, Rule] = {}
    digests: dict[str, bytes] = {}
    problems: list[RuleError] = []
    packs: list[RulePack] = []
    packaged = packaged_folder()
    for folder in folders(extra):
        read = _packaged(folder, about) if folder == packaged else _read(folder, about)
        problems += read.problems
        if read.digests and folder != packaged:
            packs.append(RulePack(read.pack.name, read.pack.version, _digest(read.digests)[:DIGEST_DIGITS]))
        rules = {**read.rules, **rules}
        digests = {**read.digests, **digests}
    whole = _digest(digests)
    ready = _selectors(whole, tuple(rule.folder for rule in rules.values()))
    return RuleSet(dict(sorted(rules.items())), tuple(problems), language, whole[:DIGEST_DIGITS], tuple(packs), ready)


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder of rules holds, by id; `digests` are those of the files."""

    pack: Pack
    rules: Mapping[str, Rule]
    digests: Mapping[str, bytes]
    problems: tuple[RuleError, ...]


def _read(folder: Path, about: str | None) -> _Folder:
    found: dict[str, Rule] = {}
    hashed: dict[str, bytes] = {}
    problems: list[RuleError] = []
    pack = Pack(folder.name)
    try:
        pack = read_pack(folder)
        paths = list(rule_files(folder))
    except RuleError as error:
        return _Folder(pack, found, hashed, (error,))
    for path in paths:
        try:
            raw = read_bytes(path)
            if about is not None and about.encode() not in raw and PREFIX.encode() not in raw:
                continue
            rule = load_file(path, folder, raw)
            if rule.id in found:
                known = found[rule.id].path
                raise RuleError(str(path), Message("`{id}` is already defined in {path}", id=rule.id, path=known), 1, 1)
            found[rule.id] = rule
            hashed[rule.id] = hashlib.sha256(raw.replace(b"\r\n", b"\n")).digest()
        except RuleError as error:
            problems.append(error)
    return _Folder(pack, found, hashed, tuple(problems))


_packaged = cache(_read)
"""The packaged rules are read once in a process, which may judge a hundred thousand bundles; what a site adds is read
each time, since it may be edited meanwhile."""


def _digest(digests: Mapping[str, bytes]) -> str:
    """One digest of all rules that are in use, whatever folders they come from."""
    whole = hashlib.sha256()
    for rule_id, digest_of_file in sorted(digests.items()):
        whole.update(f"{rule_id}\0".encode() + digest_of_file)
    return whole.hexdigest()


@lru_cache(maxsize=KEPT_SETS)
def _selectors(whole: str, homes: tuple[str | None, ...]) -> dict[str, Mapping[str, Selector]]:
    """Where sets of the very same rules keep what is made of their selections, each when it is first asked for.

    `whole` is the digest of all their files, `homes` the folders that these lie in: shared selections are theirs.
    """
    return {}


def load_rule(rule_id: str, extra: Sequence[Path] = ()) -> Rule | None:
    """Loads one rule by its id, reading no other rule file; None when there is none.

    Raises:
        RuleError: the file of that name is broken, or its pack needs another version.
    """
    for folder in folders(extra):
        for path in rule_files(folder):
            if path.stem == rule_id:
                read_pack(folder)
                return load_file(path, folder)
    return None


def rule_files(folder: Path) -> Iterator[Path]:
    """The rule files below a folder, by name; links to folders are not followed.

    Raises:
        RuleError: the folder cannot be read, holds too many files, or others may write to it.
    """
    return map(Path, files.rule_files(str(folder)))


def load_file(path: Path, folder: Path | None = None, raw: bytes | None = None) -> Rule:
    """Loads one rule file (its bytes are `raw`, if they were read); a packaged one from its current compiled form.

    Raises:
        RuleError: the file cannot be read, or is broken.
    """
    return _rule(read_bytes(path) if raw is None else raw, path, folder)


@lru_cache(maxsize=files.MAX_RULES)
def _rule(raw: bytes, path: Path, folder: Path | None) -> Rule:
    """A process that judges several inputs makes its rules once, for as long as their files say the same."""
    shared = shared_for(folder)
    named = None if folder is None else str(folder)
    rule = _compiled(raw, shared, path, named) if folder is not None and _is_packaged(folder) else None
    rule = rule if rule is not None else build(_parse(raw, path, shared), str(path), named)
    if rule.id != path.stem:
        raise RuleError(str(path), Message("the id `{id}` is not the name of the file", id=rule.id), 1, 1)
    return rule


def _compiled(raw: bytes, shared: Shared, path: Path, folder: str | None) -> Rule | None:
    """The rule by the compiled form of its file; None when there is none, or it lacks something."""
    parsed = _index().get(digest(raw, shared))
    try:
        return None if parsed is None else build(parsed, str(path), folder)
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
        return None


@cache
def _is_packaged(folder: Path) -> bool:
    return folder.resolve() == packaged_folder()


def _parse(raw: bytes, path: Path, shared: Shared) -> ParsedRule:
    from sestriage.rules.reader import parse_source  # costs more than loading all compiled rules

    return parse_source(raw, str(path), shared)


def read_bytes(path: Path) -> bytes:
    """The bytes of a rule file.

    Raises:
        RuleError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_RULE_FILE + 1)
    except OSError as error:
        raise RuleError(str(path), Message("cannot be read: {reason}", reason=reason_of(error))) from None


@cache
def shared_for(folder: Path | None) -> Shared:
    """The shared selections that rules of a folder see: the packaged ones, and its own."""
    return read_shared(packaged_folder(), *([folder] if folder is not None else []))


@cache
def _index() -> CompiledIndex:
    """The compiled form of the packaged rules. A file of that name in any other folder is not believed: it would say
    other than the rules that a site reads there."""
    try:
        with (packaged_folder() / FILE_NAME).open("rb") as stream:
            return CompiledIndex(stream.read(MAX_FILE).decode("utf-8", "replace"))
    except OSError:
        return CompiledIndex()
