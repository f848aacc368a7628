"""samples/README.md: one table row a case, from the expected.json files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HEAD = """# Samples

Real evidence, made by the lab in `lab/` (see `lab/README.md`): real JavaMail and logback, a real TLS handshake with a
scripted SMTP server, captured with tcpdump. `expected.json` is written from what was configured, never from what
sestriage printed. This file is written by `lab/build.py`.

What is not real in every case: the server plays Amazon SES, the CAs bear the public names with throw-away keys, the
program that sends the mail is the lab's (its names, wordings and chatter differ from case to case because those of the
appliance are unknown), and addresses are of 127/8. Store password: `changeit`. User name and SMTP password are AWS's
published examples.

Columns: what the whole folder, the log alone and the capture alone must give: rule or outcome, and confidence.

| case | what it is | whole | log alone | capture alone | log layout, zone | hand-made |
| --- | --- | --- | --- | --- | --- | --- |
"""


STORES_HEAD = """
## Stores

`stores/` is for `sestriage forecast`: twelve trust stores, each with the chain that is served today (`chain.pem`) and
the one that the lab's keys have signed for the change that matters (`proof/then.pem`), which the tests give to Java on
that day. `expected.json` is written from what is in each store, with the reason. CAs have the names and dates of the
real ones, keys are throw-away. Judged as of 2026-12-01: `sestriage forecast chain.pem --store STORE`.

| case | what is true of it | verdict | by |
| --- | --- | --- | --- |
"""


def _store_rows(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*/expected.json")):
        expected = json.loads(file.read_text())
        for store in expected["stores"]:
            told = f"{store['event'] or '-'} {store['by'] or ''}".strip()
            yield f"| `{file.parent.name}/{store['path']}` | {store['why']} | {store['verdict']} | {told} |\n"


def _view(view: dict[str, Any] | None) -> str:
    if view is None:
        return "-"
    words = view["rule"] or view["outcome"]
    return f"{words} ({view['confidence']})" if view["confidence"] else str(words)


def _row(name: str, expected: dict[str, Any]) -> str:
    configured = expected["configured"]
    cells = [
        f"`{name}`",
        expected["title"],
        *(_view(expected[view]) for view in ("whole", "log", "capture")),
        f"{configured['log_layout']}, {configured['log_zone']}",
        "; ".join(expected["hand_made"]) or "-",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def write_readme(samples: Path, names: Sequence[str]) -> None:
    """Writes README.md over the cases that are there, in the order of ``names``."""
    rows = [
        _row(name, json.loads((samples / name / "expected.json").read_text()))
        for name in names
        if (samples / name / "expected.json").exists()
    ]
    (samples / "README.md").write_text(HEAD + "".join(rows) + STORES_HEAD + "".join(_store_rows(samples / "stores")))
