"""The manual page and the completions: each is taken by the program that reads it, and a shell completes with them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from children import usual_signals
from documents import commands
from manpage import PAGE, SHELLS, escape
from support import ROOT, need_tool


def run(
    command: list[str], environment: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    with usual_signals():
        return subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def manual() -> str:
    done = run([need_tool("man", "man-db"), "--warnings", "-l", str(ROOT / PAGE)], {"MANWIDTH": "80"})
    assert done.returncode == 0
    assert done.stderr == "", "man warns"
    return done.stdout


def test_the_manual_page_is_rendered(manual: str) -> None:
    assert manual.startswith("SESTRIAGE(1)")
    for part in ("NAME", "SYNOPSIS", "COMMANDS", "ENVIRONMENT", "FILES", "SEE ALSO"):
        assert f"\n{part}\n" in manual


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_and_option_is_in_it(manual: str, name: str) -> None:
    flat = " ".join(manual.replace("\u2010\n", "").split())
    assert f"sestriage {name} " in flat
    command = dict(commands())[name]
    for param in command.params:
        for option in param.opts:
            assert not option.startswith("--") or option in flat


def test_a_line_that_roff_would_take_for_a_request() -> None:
    assert escape(".TH x") == r"\&.TH x"
    assert escape("a\\b --c") == r"a\eb \-\-c"


def program(tmp_path: Path) -> dict[str, str]:
    """`sestriage` on the path, whatever is installed."""
    script = tmp_path / "bin" / "sestriage"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -m sestriage "$@"\n', encoding="ascii"
    )
    script.chmod(0o755)
    return {"PATH": f"{script.parent}:{os.environ['PATH']}"}


def test_bash_completes(tmp_path: Path) -> None:
    script = f"""
    source {ROOT / SHELLS["bash"]}
    COMP_WORDS=(sestriage tri); COMP_CWORD=1; _sestriage_completion sestriage; echo "${{COMPREPLY[@]}}"
    COMPREPLY=(); COMP_WORDS=(sestriage triage --case); COMP_CWORD=2; _sestriage_completion sestriage
    echo "${{COMPREPLY[@]}}"
    """
    done = run([need_tool("bash", "bash"), "-c", script], program(tmp_path))
    assert done.stdout.split("\n")[:2] == ["triage", "--case-file"]


def test_zsh_takes_the_completion(tmp_path: Path) -> None:
    script = f"""
    autoload -Uz compinit; compinit -u -d {tmp_path}/dump; source {ROOT / SHELLS["zsh"]}
    echo $_comps[sestriage]
    """
    done = run([need_tool("zsh", "zsh"), "-f", "-c", script], program(tmp_path))
    assert done.stdout.strip() == "_sestriage_completion", done.stderr


def test_fish_completes(tmp_path: Path) -> None:
    script = f"source {ROOT / SHELLS['fish']}; complete -C 'sestriage tri'"
    surroundings = {**program(tmp_path), "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = run([need_tool("fish", "fish"), "--no-config", "-c", script], surroundings)
    assert done.stdout.split("\t")[0].strip() == "triage", done.stderr


def test_files_are_completed_as_arguments(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-m", "sestriage"],
        {
            "PYTHONPATH": str(ROOT / "src"),
            "_SESTRIAGE_COMPLETE": "bash_complete",
            "COMP_WORDS": "sestriage triage ",
            "COMP_CWORD": "2",
        },
    )
    assert "file," in done.stdout
