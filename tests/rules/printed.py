"""The commands that rules print: as `explain` shows them without a case, and as `triage` does, with its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rules.examples import examples_of
from sestriage.model.command import Command, Instructions, is_command, s_client
from sestriage.model.known.appliance import CIPHERS_PATH
from sestriage.rules.authoring.examples import example_facts
from sestriage.rules.files import listing
from sestriage.rules.fixes.commands import dialogue, tcpdump, trust_stores
from sestriage.rules.loader import load_rules, packaged_folder
from sestriage.rules.ruleset import RuleSet
from sestriage.rules.texts.rule_summary import read

RULES = load_rules().rules


@cache
def files() -> dict[str, tuple[tuple[str, str], ...]]:
    """Rule to its files."""
    return {name: tuple(paths) for name, paths in listing().items()}


def lines_of(text: str | Instructions | None) -> Iterator[str]:
    """The lines of a check or an undo that are commands."""
    yield from (line.strip() for line in str(text or "").splitlines() if is_command(line.strip()))


@cache
def explained(rule_id: str, language: str = "en") -> tuple[str, ...]:
    """What `sestriage explain ID` prints."""
    return tuple(_explained(rule_id, language))


def _explained(rule_id: str, language: str) -> Iterator[str]:
    path, _ = files()[rule_id][0]
    leaflet = read(path, str(packaged_folder()), files(), language)
    assert leaflet.not_translated is None
    for step in leaflet.steps:
        yield from filter(None, (step.command, *lines_of(step.verify), *lines_of(step.undo)))
    yield from (need.command for need in leaflet.needs if need.command)


@cache
def found_by_triage(rule_id: str) -> tuple[Command, ...]:
    """The commands of the findings of a rule's own examples, with the values of their evidence."""
    return tuple(_found_by_triage(rule_id))


def _found_by_triage(rule_id: str) -> Iterator[Command]:
    rule = RULES[rule_id]
    for example in examples_of(rule.path):
        for finding in RuleSet({rule_id: rule}).evaluate(example_facts(example)):
            parts = [part for step in finding.fixes for part in (step.command, step.verify, step.undo)]
            for part in (*parts, *(need.command for need in finding.needs)):
                if isinstance(part, Instructions):
                    yield from part.commands
                elif part is not None and str(part):
                    yield part


@cache
def printed() -> tuple[str, ...]:
    """Every command that a rule prints, with the values of its examples and without."""
    every = (command for rule_id in RULES for command in (*explained(rule_id), *map(str, found_by_triage(rule_id))))
    return tuple(sorted(set(every)))


# --- the same command for any case --------------------------------------------------------------------------------

_HOST = re.escape('"${SMTP_SERVER:?set it to the SMTP server}"')
_REMARK = re.compile(r"   #.*$", re.M)
READY = {
    "{s_client}": str(s_client()),
    "{s_client smtps}": str(s_client(port=465, mode="wrapper")),
    "{dialogue}": str(dialogue()),
    "{dialogue smtps}": str(dialogue(port=465, mode="wrapper")),
    "{tcpdump}": str(tcpdump()),
    "{trust_stores}": str(trust_stores()),
    "{list}": CIPHERS_PATH,
}
"""What many commands have in common, by a short name."""
_ADDRESS = re.compile(rf"timeout 20 openssl s_client -starttls smtp -connect {_HOST}:587(?! -servername)")
_TCPDUMP = re.compile(r"tcpdump -i any -s 0 -w /tmp/test-action\.pcap '[^']*'")


def shape(command: str | Command) -> str:
    """The command without its values, remarks and what stands in `READY`: one text for all cases."""
    if isinstance(command, Command):
        mode = 587 if "-starttls" in str(command) or "/dev/tcp/" in str(command) else 465
        parts = (
            part if isinstance(part, str) else part._replace(value=str(mode) if part.kind == "port" else None)
            for part in command.parts
        )
        command = str(Command(tuple(parts)))
    text = _REMARK.sub("", command).strip()
    text = _TCPDUMP.sub("{tcpdump}", text)
    for name, meant in sorted(READY.items(), key=lambda item: -len(item[1])):
        text = text.replace(meant, name)
    text = _ADDRESS.sub("{s_client address}", text)
    return re.sub(_HOST, "{host}", text)


@cache
def shapes() -> tuple[str, ...]:
    """The shape of every command, each once."""
    found = {shape(text) for rule_id in RULES for text in explained(rule_id)}
    found |= {shape(command) for rule_id in RULES for command in found_by_triage(rule_id)}
    return tuple(sorted(found))
