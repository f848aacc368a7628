"""What `golden` runs: every command with every sample, in every format and language, with private data and without."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("en", "de")
FORMATS = ("text", "markdown", "json")
SHOWN = "--no-redact"
VARIANTS: Sequence[tuple[str, str, tuple[str, ...]]] = (
    *(("text", "en", ()), ("text", "de", ()), ("text", "en", (SHOWN,)), ("markdown", "de", ())),
    *(("markdown", "en", (SHOWN,)), ("json", "de", ()), ("json", "en", (SHOWN,))),
)
"""Format, language and options: every two of their values meet."""
_GROUPS: Mapping[str, Sequence[str]] = {
    "certs": ("show", "compare", "export"),
    "rules": ("list", "show", "lint", "test", "new", "catalogue", "facts", "why"),
    "config": ("show",),
}
_COMMANDS = (
    *("triage", "inspect", "explain", "rules", "redact", "settings", "credentials", "guide", "mail", "certs"),
    *("probe", "check", "history", "config", "schema"),
    "compare",
)
_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
"""The one of AWS's documentation."""
_PASSWORD = "BFxB8yjUFgYkvkTyTDRrhn5HjMUN0Q9QwVYzKrvVnfBC"


class Job(NamedTuple):
    """A run of one or several command lines, in which `{home}` is a folder that is empty at first and that they share.

    `stdin` is what each of them reads, `env` what the environment has besides.
    """

    name: str
    steps: Sequence[Sequence[str]]
    stdin: str = ""
    env: Mapping[str, str] = {}


def all_jobs(root: Path, only: str = "") -> list[Job]:
    """All runs whose names have the expression in them."""
    wanted = re.compile(only)
    return [job for job in (job for part in _PARTS for job in part(root)) if wanted.search(job.name)]


def _in(language: str) -> Mapping[str, str]:
    return {"SESTRIAGE_LANG": language} if language != "en" else {}


def _varied(name: str, words: Sequence[str], forms: Sequence[str], redaction: bool = True) -> Iterator[Job]:
    """A command line in every format and language, and with what `--no-redact` shows."""
    for form, language, options in VARIANTS:
        if form in forms and (redaction or not options):
            label = "/".join((name, form, language, *(word.lstrip("-") for word in options)))
            yield Job(label, [[*words, "--format", form, *options]], env=_in(language))


def samples(root: Path) -> list[str]:
    """The folders with evidence."""
    return sorted(f"samples/{file.parent.name}" for file in (root / "samples").glob("*/expected.json"))


def _evidence(root: Path, folder: str) -> list[str]:
    """The files of a sample that are handed in."""
    return sorted(f"{folder}/{p.name}" for p in (root / folder).iterdir() if p.name != "expected.json")


def _triage(root: Path) -> Iterator[Job]:
    for folder in samples(root):
        name, files = folder.removeprefix("samples/"), _evidence(root, folder)
        yield from _varied(f"triage/{name}", ["triage", *files], FORMATS)
        for file in files:
            yield Job(f"triage/{name}/{Path(file).name}", [["triage", "-v", file]])
        yield Job(f"triage/{name}/last", [["triage", *files], ["explain", "--last"]])
    for file in _texts(root):
        yield from _varied(f"triage/{Path(file).name}", ["triage", file], FORMATS, redaction=False)
    yield Job("triage/nothing", [["triage", "samples/absent"], ["triage"], ["triage", "-"]])
    yield Job("triage/settings", [["triage", "samples/success", "samples/settings/smtp.toml"]])
    yield Job("triage/mail", [["triage", "samples/success", "samples/mail/us-east-1-gmail.eml"]])
    for since in ("2000-01-01", "yesterday 09:30"):
        yield Job(f"triage/since/{since}", [["triage", "samples/several-attempts-failure", "--since", since]])


def _several(_root: Path) -> Iterator[Job]:
    """More than one report."""
    cases = [f"samples/{name}" for name in ("pkix-root-missing", "success", "dhe-512")]
    yield from _varied("triage/several", ["triage", *cases], FORMATS)
    yield from _varied("triage/summary", ["triage", "--summary", *cases], FORMATS)
    for one, other in zip(cases, [*cases[1:], cases[0]], strict=True):
        yield from _varied(f"compare/{Path(one).name}", ["compare", one, other], FORMATS)
    yield from _varied("compare/several", ["compare", "samples/bundle", "samples/mail"], FORMATS)


def _texts(root: Path) -> list[str]:
    """Logs and transcripts that lie with the tests."""
    folders = ("tests/formats/log/data", "tests/formats/transcript/recorded", "tests/formats/transcript/handmade")
    files = (path for folder in folders for path in (root / folder).iterdir())
    return sorted(str(path.relative_to(root)) for path in files if path.suffix in (".txt", ".log"))


def _inspect(root: Path) -> Iterator[Job]:
    for folder in samples(root):
        yield from _varied(f"inspect/{folder.removeprefix('samples/')}", ["inspect", folder], ("text", "json"))
    yield from _varied("inspect/texts", ["inspect", *_texts(root)], ("text", "json"))
    yield from _varied("inspect/mail", ["inspect", "samples/mail", "samples/settings"], ("text", "json"))
    yield Job("inspect/nothing", [["inspect", "samples/absent"], ["inspect", "-"]])


def _rule_files(root: Path) -> list[Path]:
    return sorted((root / "rules").glob("*/*.toml"))


def _explain(root: Path) -> Iterator[Job]:
    for file in (file for file in _rule_files(root) if file.parent.name not in LANGUAGES):
        table = tomllib.loads(file.read_text("utf-8"))
        yield from _varied(f"explain/{file.stem}", ["explain", file.stem], FORMATS, redaction=False)
        for number, example in enumerate(table.get("example", ())):
            if log := example.get("log"):
                lines = [["explain", "-", "--format", "json"], ["triage", "-"]]
                yield Job(f"example/{file.stem}-{number}", lines, log, _in(LANGUAGES[number % 2]))
        for alias in table.get("aliases", ())[:1]:
            yield Job(f"explain/alias/{file.stem}", [["explain", alias]], env=_in("de"))
    for folder in samples(root):
        log = f"{folder}/sw-response-mgmt.log"
        if (root / log).is_file():
            yield from _varied(f"explain/log/{folder.removeprefix('samples/')}", ["explain", log], ("text",))
    for word in ("no such thing", "0A00018A", "dh-key-to-small", "250 Ok", ""):
        yield from _varied(f"explain/word/{word}", ["explain", word], ("text", "json"))


def _certs(root: Path) -> Iterator[Job]:
    for folder in samples(root):
        name = folder.removeprefix("samples/")
        captures = [file for file in _evidence(root, folder) if ".pcap" in file or "keys" in file]
        stores = [file for file in _evidence(root, folder) if "truststore" in file]
        if not captures:
            continue
        stored = [word for store in stores for word in ("--store", store)]
        yield from _varied(f"certs/compare/{name}", ["certs", "compare", *captures, *stored], ("text", "json"))
        export = ["certs", "export", *captures, *stored, "--to", "{home}/import"]
        yield Job(f"certs/export/{name}", [export, [*export, "--all", "--format", "json"]], env=_in("de"))
        yield from _varied(f"certs/show/{name}", ["certs", "show", *captures, *stores], ("json",))
        yield Job(f"certs/show/{name}", [["certs", "show", *captures, *stores]])
        yield Job(f"certs/compare/{name}/8", [["certs", "compare", *captures, *stored, "--jdk", "8"]])
    yield Job("certs/nothing", [["certs", "show", "samples/mail"], ["certs", "compare", "samples/success/tls"]])


def _forecast(root: Path) -> Iterator[Job]:
    for folder in sorted((root / "samples" / "stores").iterdir()):
        chain = [f"samples/stores/{folder.name}/chain.pem"] if (folder / "chain.pem").is_file() else []
        for store in sorted(folder.rglob("truststore.*")):
            line = ["forecast", *chain, "--store", str(store.relative_to(root))]
            yield from _varied(f"forecast/{store.parent.relative_to(folder.parent)}", line, ("text", "json"))


def _settings(root: Path) -> Iterator[Job]:
    file = "samples/settings/smtp.toml"
    wrong = [
        "--server",
        "email-smtp.us-east-1.amazonaws.co",
        "--port",
        "465",
        "--encryption",
        "starttls",
        "--user",
        "x",
    ]
    yield from _varied("settings/file", ["settings", file], FORMATS)
    yield from _varied("settings/wrong", ["settings", *wrong], FORMATS)
    yield from _varied("settings/sandbox", ["settings", file, "--sandbox", "--to", "a@b@c"], FORMATS)
    yield Job("settings/nothing", [["settings", "absent"], ["settings", "samples/README.md"], ["settings", "-"]])
    for mail in sorted((root / "samples/mail").glob("*.eml")):
        command = ["mail", f"samples/mail/{mail.name}"]
        yield from _varied(f"mail/{mail.stem}", command, ("text", "json"))
        yield from _varied(f"mail/{mail.stem}/settings", [*command, "--settings", file], ("text", "json"))
    yield Job("mail/nothing", [["mail", "absent"], ["mail", "-"], ["mail", "samples/success/sw-response-mgmt.log"]])
    for option in ([], ["--region", "us-east-1"], ["--region", "eu-west-1", "--from", "a@example.com"], [file]):
        yield from _varied(f"guide/{' '.join(option)}", ["guide", *option], ("text", "markdown"), redaction=False)
    yield Job("guide/wrong", [["guide", "--region", "us-east"], ["guide", "--from", "none"]])


def _credentials(_root: Path) -> Iterator[Job]:
    lines = f"{_SECRET}\n{_PASSWORD}\n"
    for language in LANGUAGES:
        for region in ("us-east-1", "eu-west-1", "us-east", ""):
            for check in ([], ["--check"]):
                words = ["credentials", *check, *(["--region", region] if region else [])]
                yield Job(f"credentials/{region}{'/check' if check else ''}/{language}", [words], lines, _in(language))
        yield Job(f"credentials/argument/{language}", [["credentials", "secret"]], "", _in(language))


def _rules(root: Path) -> Iterator[Job]:
    for words in (["list"], ["list", "--format", "json"], ["catalogue"], ["lint"], ["test"], ["new", "x-y"]):
        for language in LANGUAGES:
            yield Job(f"rules/{' '.join(words)}/{language}", [["rules", *words]], env=_in(language))
    yield Job("rules/forms", [["rules", "lint", "--format", "sarif"], ["rules", "test", "--format", "junit"]])
    yield Job("schema", [["schema"], ["schema", "triage"], ["schema", "certs"], ["schema", "triag"]])
    for folder in samples(root)[::8]:
        for words in (["facts", folder], ["why", "dh-key-too-small", folder], ["why", "login-refused", folder]):
            yield from _varied(f"rules/{'/'.join(words)}", ["rules", *words], ("text", "json"))
    for file in _rule_files(root)[::10]:
        yield Job(f"rules/show/{file.stem}", [["rules", "show", file.stem]])
    yield Job(
        "rules/nothing", [["rules", "show", "absent"], ["rules", "lint", "samples"], ["rules", "list", "--phase"]]
    )


def _redact(root: Path) -> Iterator[Job]:
    logs = [f"{folder}/sw-response-mgmt.log" for folder in samples(root)]
    for file in (*(log for log in logs if (root / log).is_file()), *_texts(root)):
        yield Job(f"redact/{file}", [["redact", file]])
    yield Job("redact/map", [["redact", "--map", "{home}/map", log] for log in logs[2:4]])
    yield Job("redact/nothing", [["redact", "absent"], ["redact"], ["redact", "samples/success/test-action.pcap"]])


def _check(root: Path) -> Iterator[Job]:
    for folder in samples(root):
        log = f"{folder}/sw-response-mgmt.log"
        if not (root / log).is_file():
            continue
        state = ["--state", "{home}/state", "--log", log]
        first = ["check", *state, "--since", "2000-01-01", "--grace", "0s"]
        name = folder.removeprefix("samples/")
        yield Job(f"check/{name}", [first, ["check", *state], ["history", *state]], env=_in(LANGUAGES[len(name) % 2]))
        yield Job(f"check/{name}/json", [[*first, "--format", "json"], ["history", *state, "--format", "json"]])
    for form in ("plugin", "prometheus"):
        yield Job(f"check/{form}", [[*first, "--format", form]])
    for language in LANGUAGES:
        for words in (["check", "--print-unit"], ["check", "--print-cron"], ["config", "show"], ["history"]):
            yield Job(f"{' '.join(words)}/{language}", [words], env=_in(language))
    yield Job("config/json", [["config", "show", "--format", "json"], ["config", "show", "--config", "absent"]])
    yield Job("check/nothing", [["check", "--log", "absent", "--state", "{home}/state"], ["check", "--since", "never"]])


def _help(_root: Path) -> Iterator[Job]:
    lines = [[], *([name] for name in _COMMANDS), *([name, sub] for name, subs in _GROUPS.items() for sub in subs)]
    for words, language in product(lines, LANGUAGES):
        yield Job(f"help/{' '.join(words)}/{language}", [[*words, "--help"]], env=_in(language))
    for words in lines:
        yield Job(f"usage/{' '.join(words)}", [[*words, "--no-such-option"]])
    yield Job("usage/other", [["--version"], ["no-such-command"], ["probe"], ["probe", "a b"]])


_PARTS = (
    _triage,
    _several,
    _inspect,
    _explain,
    _certs,
    _forecast,
    _settings,
    _credentials,
    _rules,
    _redact,
    _check,
    _help,
)
