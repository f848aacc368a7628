"""Every regular expression of the program: where it stands, and how it is used.

A run in an own process: `re` is watched while all modules are imported, so that patterns of tables, classes and loops
are seen as they are composed; calls inside functions are found in the source, and their pattern is worked out there.
`_unseen` holds what neither can see: patterns composed of values that are known at run time only.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from support import ROOT

SOURCE = ROOT / "src"
SCANS = frozenset(("finditer", "findall", "sub", "subn", "split"))
METHODS = frozenset(("match", "fullmatch", "search")) | SCANS
CALLS = METHODS | {"compile"}


def _unseen() -> dict[str, Iterable[tuple[str | bytes, str]]]:
    """`module.function` to patterns and modes: what its calls look like once the values are there."""
    from sestriage.formats.log.lines import gates
    from sestriage.formats.log.wording import forms, sentences
    from sestriage.model.known import inspection, servers

    return {
        # the owner's own pattern, over the name of a bundle
        "cli.fleet.run._pattern": [(r"smc-(\d{1,3}\.\d{1,3})", "search")],
        "fleet.rows.release_of": [(r"smc-(\d{1,3}\.\d{1,3})", "search")],
        "engine.explain.ambiguous.names": [
            (r"(?m)(?<!\S)535[ -]", "search"),
            (r"(?m)(?<![\w$])SSLHandshakeException(?![\w$])", "search"),
        ],
        "formats.log.lines.finder._compiled": [
            (pattern.bounded or pattern.text, "finditer")
            for value in vars(gates).values()
            if isinstance(value, tuple)
            for pattern in value
            if isinstance(pattern, gates.Pattern)
        ],
        "formats.log.shipped.Shippers._learned": [
            (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)\ ecs/app/\da\db\ ", "match")
        ],
        "formats.log.wording.sentences._compiled": [
            (sentences.translate(form.words), "search") for form in (*forms.FORMS, *forms.PERHAPS, *forms.TELLING)
        ],
        "formats.log.wording.smtp_reply._collect": [(r"\s*535(?P<sep>[ -])(?P<rest>.*)", "match")],
        "formats.log.wording.smtp_reply._continued": [(r"\s*535[ -]", "match")],
        "formats.settings_values._Builder._take_list": [(r"[,;]", "finditer"), (r"[,;\s]+", "finditer")],
        "formats.smtp_settings._Places._within": [(r"(?<![\w.-])[\"']?server[\"']?\s*[:=]", "search")],
        "model.known.inspection.inspection_product": [(product.issuer, "search") for product in inspection.PRODUCTS],
        "model.known.servers.is_service_host": [(row.hosts, "fullmatch") for row in servers._KNOWN if row.hosts],
        "model.known.servers.server_of": [(row.hosts, "fullmatch") for row in servers._KNOWN if row.hosts],
        "model.known.servers._by_text": [
            (pattern, "search") for row in servers._KNOWN for pattern in (row.greeting, row.reply) if pattern
        ],
        "redact.redactor.Redactor._protected_places": [(r"Amazon\ RSA|Starfield", "finditer")],
        "redact.redactor._pattern_of": [(r"(?i)(?<![^\W_])(?:mail\.customer\.net|smc1)(?![^\W_])", "finditer")],
        "rules.authoring.lint_aliases._in_any": [(r"(?<!\w)certificate\ unknown(?!\w)", "search")],
        "rules.texts.rule_summary._in_shared": [(r"(?m)^name[ \t]*=[ \t]*['\"]+([a-z_.]+)", "search")],
        "rules.language.regex_guard._compiled": [],  # those of the rules are taken from the rules
        "rules.language.regex_guard.check_pattern": [],  # compiled to be refused, and held against nothing
        "watch.settings._place": [
            (r"(?m)^[ \t]*(?:(?:mail\s*\.\s*)?[\"']?to[\"']?\s*=|\[+\s*(?:mail\s*\.\s*)?[\"']?to[\"']?\s*\])", "search")
        ],
    }


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in use. `place` is `module:line`, `modes` are `match`, `fullmatch`, `search` or `finditer`.

    `name` is that of the constant or of the function, `most` how many characters it is held against at the most (None:
    as many as the input has). `latin` says that the pattern is one of bytes; its text is then their Latin-1 form.
    """

    place: str
    text: str
    flags: int
    latin: bool
    modes: tuple[str, ...]
    name: str
    most: int | None = None

    def compiled(self) -> re.Pattern[Any]:
        """The pattern as the program has it."""
        flags = self.flags & ~re.UNICODE if self.latin else self.flags
        return re.compile(self.text.encode("latin-1") if self.latin else self.text, flags)


@dataclass(frozen=True, slots=True)
class Call:
    """A use of `re` in the source: `line` to `end`, the attribute of `re`, and the pattern where it can be told."""

    module: str
    line: int
    end: int
    method: str
    function: str | None
    pattern: ast.expr | None
    flags: ast.expr | None


@cache
def all_patterns() -> tuple[Pattern, ...]:
    """All patterns of the program and of its rules, by place."""
    run = subprocess.run(
        [sys.executable, "-c", "from patterns.collect import report; report()"],
        env={"PYTHONPATH": ":".join(map(str, (SOURCE, ROOT / "tests"))), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return read(run.stdout)


def written(patterns: Iterable[Pattern]) -> str:
    """For another process: one line of JSON for each."""
    return "".join(json.dumps(dataclasses.asdict(pattern)) + "\n" for pattern in patterns)


def read(text: str) -> tuple[Pattern, ...]:
    """What `written` wrote."""
    return tuple(Pattern(**{**row, "modes": tuple(row["modes"])}) for row in map(json.loads, text.splitlines()))


def report() -> None:
    """Writes one line of JSON for each pattern; raises ValueError for a call whose pattern is not known."""
    seen = _watched_imports()
    found = [*_of_calls(seen), *_of_rules()]
    sys.stdout.write(written(sorted(set(found), key=lambda p: (p.place, p.text, p.modes))))


# --- at run time -------------------------------------------------------------------------------------------------


def _watched_imports() -> dict[tuple[str, int], list[re.Pattern[Any]]]:
    """Imports all modules; what each line of the program compiled meanwhile, by file and line."""
    seen: dict[tuple[str, int], list[re.Pattern[Any]]] = {}
    compiled = re._compile  # type: ignore[attr-defined]

    def watched(pattern: Any, flags: Any) -> Any:
        result = compiled(pattern, flags)
        frame = sys._getframe(1)
        while frame.f_code.co_filename == re.__file__ and frame.f_back:
            frame = frame.f_back
        seen.setdefault((frame.f_code.co_filename, frame.f_lineno), []).append(result)
        return result

    re._compile = watched  # type: ignore[attr-defined]
    import sestriage

    for info in pkgutil.walk_packages(sestriage.__path__, "sestriage."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)
    re._compile = compiled  # type: ignore[attr-defined]
    return seen


# --- in the source -----------------------------------------------------------------------------------------------


@cache
def trees() -> dict[str, tuple[Path, ast.Module]]:
    """The syntax tree of each module by its name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        found[name] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a tree: it is asked several things, and a walk costs more than each of them."""
    return tuple(ast.walk(tree))


def calls_of(module: str, tree: ast.Module) -> Iterator[Call]:
    """Every use of a function of `re`, also one that is handed on without a call (`map(re.compile, …)`)."""
    called: dict[int, ast.Call] = {id(node.func): node for node in nodes_of(tree) if isinstance(node, ast.Call)}
    for node in nodes_of(tree):
        extra = _names_imported(node) - {"_constants", "_parser"}
        if extra:
            raise ValueError(f"{module}: import re as a whole, not {extra}: its calls are looked for")
        if isinstance(node, ast.Import) and any(alias.name == "re" and alias.asname for alias in node.names):
            raise ValueError(f"{module}:{node.lineno}: import re under its own name: its calls are looked for")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "re":
            if node.attr not in CALLS:
                continue
            call = called.get(id(node))
            args = call.args if call else []
            end = (call.end_lineno if call else node.end_lineno) or node.lineno
            flags = next((kw.value for kw in call.keywords if kw.arg == "flags"), None) if call else None
            if (
                flags is None
                and node.attr in ("compile", *METHODS - SCANS)
                and len(args) > (node.attr != "compile") + 1
            ):
                flags = args[-1]
            owner = _owners(tree).get(id(node))
            yield Call(module, node.lineno, end, node.attr, owner, args[0] if args else None, flags)


def _names_imported(node: ast.AST) -> set[str]:
    """The names that a statement takes out of `re`."""
    return {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) and node.module == "re" else set()


@cache
def _owners(tree: ast.Module) -> dict[int, str]:
    """The dotted name of the function (outermost) in which a node stands."""
    owners: dict[int, str] = {}

    def note(node: ast.AST, prefix: str, function: str | None) -> None:
        for child in ast.iter_child_nodes(node):
            inside = function
            below = prefix
            if isinstance(child, ast.FunctionDef):
                inside = function or f"{prefix}{child.name}"
            elif isinstance(child, ast.ClassDef) and function is None:
                below = f"{prefix}{child.name}."
            if inside:
                owners[id(child)] = inside
            note(child, below, inside)

    note(tree, "", None)
    return owners


def _of_calls(seen: dict[tuple[str, int], list[re.Pattern[Any]]]) -> Iterator[Pattern]:
    uses = _uses()
    unseen = _unseen()
    unknown = []
    for module, (path, tree) in trees().items():
        names = _names_of(tree)
        for call in calls_of(module, tree):
            ran = [p for line in range(call.line, call.end + 1) for p in seen.get((str(path), line), ())]
            worked_out = [] if ran else _worked_out(call)
            place = f"{module.removeprefix('sestriage.')}:{call.line}"
            if not ran and not worked_out:
                listed = unseen.get(f"{module.removeprefix('sestriage.')}.{call.function}")
                if listed is None:
                    unknown.append(f"{place} {call.function}")
                for text, mode in listed or ():
                    yield _made(place, re.compile(text), (mode,), call.function or "")
            for pattern in ran or worked_out:
                name = names.get(call.line) or ""
                modes = (_mode(call.method),) if call.method != "compile" else uses.get((module, name), ANY)
                if modes == ANY:
                    modes = TABLES.get(module.removeprefix("sestriage."), ANY)
                yield _made(place, pattern, modes, name if call.method == "compile" else call.function or "")
    if unknown:
        raise ValueError(f"patterns that are not known: give an example of each in _unseen: {', '.join(unknown)}")


ANY = ("finditer", "match")

TABLES: dict[str, tuple[str, ...]] = {
    "engine.explain.ambiguous": ("fullmatch",),
    "formats.log.wording.facts_in_text": ("search",),
    "formats.log.wording.phases": ("search",),
    "formats.log.timestamp": ("match", "search"),
    "formats.tls_ciphers": ("fullmatch",),
    "formats.transcript.keytool": ("match",),
    "formats.transcript.s_client": ("match",),
    "model.known.ses": ("fullmatch",),
    "redact.forms.keyed": ("match",),
    "redact.secrets": ("finditer",),
    "redact.private": ("finditer",),
}
"""How a module uses those of its patterns that stand in tables or are looped over."""

BOUNDED = {
    "redact.forms.keys._TAIL": 130,
    "redact.private._QUOTED_LOCAL": 130,
    "redact.private._VERSION_BEFORE": 12,
    "redact.stream._OPEN_END": 200,
}
"""Patterns that are held against a short piece of text, with its characters (a slice where the pattern is used)."""


def _made(place: str, pattern: re.Pattern[Any], modes: tuple[str, ...], name: str) -> Pattern:
    latin = isinstance(pattern.pattern, bytes)
    text = pattern.pattern.decode("latin-1") if latin else pattern.pattern
    full = f"{place.rpartition(':')[0]}.{name}" if name else ""
    return Pattern(place, text, pattern.flags, latin, modes, name, BOUNDED.get(full))


def _mode(method: str) -> str:
    return "finditer" if method in SCANS else method


def _worked_out(call: Call) -> list[re.Pattern[Any]]:
    """The pattern of a call in a function, when it is made of constants of its module only."""
    if call.pattern is None:
        return []
    module: ModuleType = importlib.import_module(call.module)
    try:
        text, flags = (
            eval(compile(ast.Expression(part), call.module, "eval"), vars(module)) if part else 0
            for part in (call.pattern, call.flags)
        )
        return [re.compile(text, flags if isinstance(flags, int) else 0)]
    except (NameError, TypeError):
        return []


def _names_of(tree: ast.Module) -> dict[int, str]:
    """The name that each line of an assignment gives its value to, in modules, classes and functions."""
    names = {}
    for node in nodes_of(tree):
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign)
            else node.target
            if isinstance(node, ast.AnnAssign)
            else None
        )
        name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else None
        if name and isinstance(node, ast.Assign | ast.AnnAssign):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                names[line] = name
    return names


def _uses() -> dict[tuple[str, str], tuple[str, ...]]:
    """How the pattern of a name is used, by module and name; a name that is handed on may be used in any way."""
    found: dict[tuple[str, str], set[str]] = {}
    for module, (_, tree) in trees().items():
        homes = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in nodes_of(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        read: set[int] = set()
        for node in nodes_of(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                name = _name(node.value)
                if name:
                    read.add(id(node.value))
                    found.setdefault(_home(node.value, name, homes, module), set()).add(_mode(node.attr))
            if (
                isinstance(node, ast.Call)
                and _name(node.func) == "matches"
                and node.args
                and (name := _name(node.args[0]))
            ):
                read.add(id(node.args[0]))
                found.setdefault(homes.get(name, (module, name)), set()).add("finditer")
        for node in nodes_of(tree):
            loaded = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            if loaded and id(node) not in read and isinstance(node, ast.expr) and (name := _name(node)):
                found.setdefault(homes.get(name, (module, name)), set()).add("?")
    return {key: tuple(sorted(modes - {"?"} if modes != {"?"} else ANY)) for key, modes in found.items()}


def _home(node: ast.expr, name: str, homes: dict[str, tuple[str, str]], module: str) -> tuple[str, str]:
    """The module and name of a pattern, where it may be read from another module (`words.MARK`, or imported)."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in homes:
        return ".".join(homes[node.value.id]), name
    return homes.get(name, (module, name))


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


# --- of the rules ------------------------------------------------------------------------------------------------


def _of_rules() -> Iterator[Pattern]:
    """The regular expressions of `matches` in the rules' conditions: searched, letters of either case."""
    from sestriage.rules.language import regex_guard
    from sestriage.rules.loader import load_rules

    for rule in load_rules().rules.values():
        for text in _matched(rule):
            compiled = regex_guard._compiled(text)
            yield Pattern(f"rules/{rule.id}", text, compiled.flags, False, ("search",), "")


def _matched(value: object) -> Iterator[str]:
    from sestriage.rules.language.conditions import Compare

    if isinstance(value, Compare) and value.operator == "matches":
        yield str(value.value)
    if dataclasses.is_dataclass(value):
        for member in dataclasses.fields(value):
            yield from _matched(getattr(value, member.name))
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in _matched(part))
    elif isinstance(value, tuple | list | frozenset | set):
        yield from (text for part in value for text in _matched(part))
