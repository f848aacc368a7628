"""The engineer of the closed loop: reads a report and does what it says, to the letter."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inprocess import ran
from loop.manager import PROPERTIES, PROTOCOLS, STORE, Manager
from seslab.stores import PASSWORD

FIELDS = "|".join(name for name in PROPERTIES if name != "To")
_SET = re.compile(rf"\b(?:set |and set |keep )?(?P<field>{FIELDS})(?: to |: )(?P<value>[\w.@+-]+)")
_WITH = re.compile(r"\b(?P<port>\d{2,5})(?: or \d{2,5})? with (?P<encryption>STARTTLS|SMTPS)\b")
"""`587 or 2587 with STARTTLS`: a port for each encryption."""
_NAMED = re.compile(rf"\b(?:{FIELDS})\b")
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_EXPORT_OF_OUTPUT = re.compile(r"`(sestriage certs export FILE [^`]+)`")
"""A command of the text that works on what the step's own command printed."""
_FRIENDLY = re.compile(r"^[0-9A-F:]{95}  (?P<file>\S+)  \(friendly name: (?P<name>\S+)\)$", re.M)

Step = Mapping[str, Any]


def sestriage(*arguments: str, folder: Path) -> str:
    """The output of a run that may find a failure, but may not break. In this process, which has it loaded; those of
    printed commands (`Engineer.shell`) run the program itself."""
    done = ran(*arguments, folder=folder)
    assert done.returncode in (0, 1, 3), done.stderr
    return done.stdout


@dataclass
class Engineer:
    """`knows` is what can be looked up elsewhere; `owner` the fingerprints that the owner of the CA confirms."""

    manager: Manager
    knows: Mapping[str, str]
    owner: frozenset[str]
    choice: int = 0
    by_hand: bool = False

    @property
    def folder(self) -> Path:
        """Where commands are typed."""
        return self.manager.work

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command as printed; a shell that cannot make sense of it is a fault."""
        environment = os.environ | {"SMTP_SERVER": self.manager.form["SMTP SERVER"]}  # some commands ask for it
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, cwd=self.folder, timeout=60, env=environment
        )
        assert done.returncode not in (2, 126, 127) or "not found" not in done.stderr, f"{command}\n{done.stderr}"
        assert "syntax error" not in done.stderr.lower(), f"{command}\n{done.stderr}"
        return done

    def follow(self, steps: Sequence[Step]) -> list[str]:
        """Do the steps of a cause; returns what was done."""
        done = [action for step in steps for action in self._do(step)]
        assert done, f"no step tells anything that can be done: {json.dumps(steps, indent=1)}"
        return done

    def _do(self, step: Step) -> Iterator[str]:
        command = step["command"]
        if command is not None and command.startswith("sestriage certs export"):
            yield from self._export(step, command)
        elif command is not None and command.startswith("keytool"):
            yield from self._keytool(command)
        elif command is not None:
            result = self.shell(command)
            follow_up = _EXPORT_OF_OUTPUT.search(step["text"])
            if follow_up is not None:
                (self.folder / "printed.txt").write_text(result.stdout)
                yield from self._export(step, follow_up[1].replace("FILE", "printed.txt"))
            if "docker restart" in command:
                assert result.returncode == 0, result.stderr
                yield f"ran {command.split()[0][:20]} ... docker restart"
        values = self._values(step["text"])
        if values:
            self.manager.enter(values)
            yield f"set {values}"

    def _values(self, text: str) -> dict[str, str]:
        """What the text tells to enter: the value that stands there, else what is known from elsewhere."""
        told = [(m["field"], m["value"]) for m in _SET.finditer(text) if _is_value(m["field"], m["value"])]
        if told:
            if "Either" in text:
                told = [told[self.choice]]
            return dict(told)
        ports = {m["encryption"]: m["port"] for m in _WITH.finditer(text)}
        if (port := ports.get(self.manager.form["ENCRYPTION TYPE"])) is not None:
            return {"PORT": port}
        named = dict.fromkeys(_NAMED.findall(text))
        known = {name: self.knows[name] for name in named if name in self.knows}
        conditional = text.startswith("If ")
        assert known or conditional or not named, f"the step does not say what to enter in {list(named)}: {text}"
        return known

    def _export(self, step: Step, command: str) -> Iterator[str]:
        result = self.shell(command)
        if result.returncode == 1:
            assert "--allow-unpublished" in result.stdout, result.stdout
            told = set(_SHA256.findall(result.stdout))
            assert told, result.stdout
            assert told <= self.owner, "the owner of the CA does not know these fingerprints"
            result = self.shell(f"{command} --allow-unpublished")
        assert result.returncode == 0, result.stdout + result.stderr
        named = set(_SHA256.findall(step["text"]))
        folder = self.folder / command.split("--to ")[1].strip("'")
        saved = {}
        for match in _FRIENDLY.finditer((folder / "SHA-256.txt").read_text()):
            file = folder / match["file"]
            saved[hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read_text())).hexdigest()] = file
            if not self.by_hand:
                self.manager.import_certificate(file, match["name"])
                yield f"imported {match['file']}"
        assert saved, "nothing was saved"
        assert named <= saved.keys(), f"the text names {named}, the command saved {sorted(saved)}"

    def _keytool(self, command: str) -> Iterator[str]:
        """On the copy of the store that is in evidence; the repaired file then goes back to its place."""
        command_line = ["sh", "-c", command]
        done = subprocess.run(command_line, input=f"{PASSWORD}\n", capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        if self.by_hand:
            shutil.copyfile(self.folder / STORE.name, STORE)
            yield "ran keytool"

    def check(self, step: Step) -> list[str]:
        """What the commands of a step's check print, line by line."""
        lines = [line for line in (step["verify"] or "").splitlines() if line.startswith(("openssl ", "timeout "))]
        return [self.shell(line).stdout.strip() for line in lines]


def _is_value(name: str, value: str) -> bool:
    """What stands behind "to" is a value for the field, and not the beginning of a sentence."""
    value = value.rstrip(".")
    if name == "PORT":
        return value.isdigit()
    if name == "ENCRYPTION TYPE":
        return value in PROTOCOLS
    return "." in value
