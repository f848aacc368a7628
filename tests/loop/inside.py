"""One turn of the closed loop, inside a namespace of its own: ``python -m loop.inside KIND FOLDER``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loop.engineer import Engineer, Step, sestriage
from loop.kinds import KINDS, endpoints, form, good_store
from loop.manager import CIPHERS, LOADED_CIPHERS, LOG, STORE, Manager, install
from seslab import pki
from seslab.pki import Hierarchy
from seslab.server import serving


def evidence(manager: Manager) -> list[str]:
    """What the Manager left behind, as an engineer collects it."""
    copies = {"sw-response-mgmt.log": LOG, "truststore.p12": STORE, "tls-ciphers": CIPHERS}
    for name, source in copies.items():
        shutil.copyfile(source, manager.work / name)
    return [*copies, manager.capture.name]


def triage(manager: Manager) -> dict[str, Any]:
    """The report as JSON; every command must stand in the text report, whole and on a line of its own."""
    files = evidence(manager)
    report: dict[str, Any] = json.loads(
        sestriage("triage", "--no-redact", "--format", "json", *files, folder=manager.work)
    )
    for options in ((), ("--no-redact",)):
        printed = {
            line.strip()
            for line in sestriage("triage", "--all-fixes", *options, *files, folder=manager.work).splitlines()
        }
        for step in report["fixes"]:
            for line in (step["command"] or "").splitlines():
                private = not options and "example.com" in line
                assert private or line.strip() in printed, f"not printed as it must be typed: {line}"
    return report


def announced(report: Mapping[str, Any], rule: str) -> bool:
    """The report said that this cause may come next."""
    verdict = report["verdict"]
    known = {item["rule"] for item in (*verdict["alternatives"], *verdict["contributing"])}
    words = " ".join((*verdict["notes"], verdict["primary"]["caution"] or ""))
    return rule in known or "hidden" in words or "behind" in words


def run(name: str, work: Path) -> dict[str, object]:
    """From the first failure to the accepted mail; the result says what was done."""
    kind, ca = KINDS[name], Hierarchy()
    install()
    (kind.store or good_store)(ca)
    CIPHERS.write_text(kind.ciphers)
    subprocess.run(["docker", "restart", "sw-response-mgmt"], check=True, capture_output=True)
    manager = Manager(form(kind), work, kind.tls)
    owner = frozenset(pki.sha256(each) for each in (ca.a1_root, ca.a1_cross, ca.g2_root, ca.g2_cross))
    engineer = Engineer(manager, kind.knows, owner, kind.choice, kind.by_hand)
    with serving(*endpoints(kind, ca)):
        turns, steps = mend(manager, engineer, [kind.rule, *kind.then])
        for step in steps:
            if "docker restart" in (step["command"] or ""):
                prove_way_back(engineer, step, kind.ciphers)
    return {"kind": name, "turns": turns}


def mend(manager: Manager, engineer: Engineer, expected: list[str]) -> tuple[list[object], list[Step]]:
    """Test Action, triage, do as told, until the mail is accepted; `expected` are the causes in their order."""
    before: dict[str, Any] | None = None
    turns: list[object] = []
    steps: list[Step] = []
    while not manager.test_action():
        report = triage(manager)
        verdict = report["verdict"]
        assert verdict["outcome"] == "failed", verdict
        cause = verdict["primary"]["rule"]
        assert expected, f"{cause} after {turns}"
        assert cause == expected.pop(0), f"{cause} ({verdict['primary']['evidence']})"
        assert before is None or announced(before, cause), f"{cause} was not announced"
        mine = [step for step in report["fixes"] if step["rule"] == cause]
        steps += mine
        checks = [line for step in mine for line in engineer.check(step)]
        turns.append({"cause": cause, "checks": checks, "done": engineer.follow(mine)})
        before = report
    verdict = triage(manager)["verdict"]
    assert verdict["outcome"] == "accepted", verdict
    assert not expected, f"never seen: {expected}"
    return turns, steps


def prove_way_back(engineer: Engineer, step: Step, original: str) -> None:
    """The check of the edited list, a second run of the edit, and the undo, which gives the first list back."""
    before, after = engineer.check(step)
    assert "DH, 1024 bits" in before, before
    assert "ECDH" in after or "X25519" in after, after
    edited = CIPHERS.read_text()
    time.sleep(1.1)  # copies are named by the second
    assert engineer.shell(step["command"]).returncode == 0
    assert CIPHERS.read_text() == edited
    assert original not in (edited, "")
    undone = engineer.shell(step["undo"])
    assert undone.returncode == 0, undone.stderr
    assert CIPHERS.read_text() == original == LOADED_CIPHERS.read_text()


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    Path(folder, "result.json").write_text(json.dumps(run(sys.argv[1], folder)))
