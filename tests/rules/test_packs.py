"""Packs of site rules: which sestriage they need, and how a misfit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.errors import RuleError
from sestriage.rules import load_rules
from sestriage.rules.packs import Pack, read_pack

RULE = Path(__file__).parent.parent / "upgrade" / "v0_1_0" / "late" / "corp-relay-quota.toml"


def pack(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "corp"
    folder.mkdir()
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    (folder / RULE.name).write_bytes(RULE.read_bytes())
    return folder


def test_a_folder_without_a_word_fits(tmp_path: Path) -> None:
    assert read_pack(tmp_path) == Pack(tmp_path.name)


@pytest.mark.parametrize(
    ("text", "running"),
    [
        ('needs = "0.2.0"', "0.2.0"),
        ('needs = "0.2"', "0.2.0"),
        ('needs = "0.2.0"', "0.10.0"),
        ('needs = "0.2.0"', "1.0"),
        ('needs = "0.2.0"', "0.2.0.dev1"),
        ('needs = "0.2.0"\nbelow = "0.4.0"', "0.3.9"),
    ],
)
def test_it_fits(tmp_path: Path, text: str, running: str) -> None:
    assert read_pack(pack(tmp_path, f'name = "corp-relay"\nversion = "1.3"\n{text}\n'), running) == Pack(
        "corp-relay", "1.3"
    )


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('name = "x"\nneeds = "0.3.0"\n', 2, "needs sestriage 0.3.0 or newer, this is 0.2.0"),
        ('needs = "0.10"\n', 1, "needs sestriage 0.10 or newer"),
        ('name = "x"\n\nbelow = "0.2.0"\n', 3, "needs a sestriage older than 0.2.0"),
        ('needs = "soon"\n', 1, "`needs` must be a version such as 0.2.0"),
        ("needs = 2\n", 1, "`needs` must be a version"),
        ('# x\nname = "a b\\u001b"\n', 2, "`name` must be a text of letters"),
        ('needz = "0.2.0"\n', 1, "has no key `needz`"),
        ("needs = \n", 1, "is no TOML"),
        ("x = 1\n" * 9000, 1, "larger than"),
    ],
)
def test_it_does_not_fit(tmp_path: Path, text: str, line: int, told: str) -> None:
    folder = pack(tmp_path, text)
    with pytest.raises(RuleError) as raised:
        read_pack(folder, "0.2.0")
    assert raised.value.path == str(folder / "pack.toml")
    assert raised.value.line == line
    assert told in str(raised.value)


def test_a_misfit_is_refused_whole_and_told(tmp_path: Path) -> None:
    folder = pack(tmp_path, 'needs = "99.0"\n')
    rules = load_rules((folder,))
    assert [f"{problem.path}:{problem.line}" for problem in rules.problems] == [f"{folder / 'pack.toml'}:1"]
    assert "corp-relay-quota" not in rules.rules
    assert rules.packs == ()


def test_a_pack_has_its_own_digest(tmp_path: Path) -> None:
    folder = pack(tmp_path, 'name = "corp-relay"\nversion = "1.3"\nneeds = "0.2.0"\n')
    before = load_rules((folder,))
    (found,) = before.packs
    assert (found.name, found.version) == ("corp-relay", "1.3")
    (folder / RULE.name).write_bytes(RULE.read_bytes() + b"# changed\n")
    (changed,) = load_rules((folder,)).packs
    assert changed.digest != found.digest
    assert load_rules().packs == ()
