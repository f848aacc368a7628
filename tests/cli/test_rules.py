"""`sestriage rules`: list, show, lint, test, new, catalogue; rules of a site beside the packaged ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.terminal import Run
from sestriage.cli.rules import PHASES
from sestriage.model.phase import Phase
from sestriage.rules import load_rules
from sestriage.rules.authoring.new_rule import skeleton


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one good rule."""
    folder = tmp_path / "rules.d"
    folder.mkdir()
    (folder / "my-relay-refuses.toml").write_text(skeleton("my-relay-refuses"), encoding="utf-8")
    return folder


def change(site: Path, old: str, new: str) -> None:
    path = site / "my-relay-refuses.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_phases_are_those_of_the_ladder() -> None:
    assert tuple(phase.value for phase in Phase) == PHASES


def test_list_has_every_rule(run: Run) -> None:
    rows = run("rules", "list").out.splitlines()
    assert rows[0].split() == ["ID", "STEP", "SEVERITY", "TITLE"]
    assert {row.split()[0] for row in rows[1:]} == set(load_rules().rules)


def test_list_of_a_phase_as_json(run: Run) -> None:
    rows = json.loads(run("rules", "list", "--phase", "dns", "--format", "json").out)["rules"]
    assert {row["rule"] for row in rows} == {
        "dns-lookup-failed",
        "own-name-unresolvable",
        "region-without-smtp-endpoint",
    }
    assert all(row["phase"] == "dns" for row in rows)


def test_list_names_and_skips_a_broken_rule(run: Run, site: Path) -> None:
    (site / "broken.toml").write_text("schema = \n", encoding="utf-8")
    result = run("rules", "list", "--rules", str(site))
    assert result.status == 0
    assert "my-relay-refuses" in result.out
    assert "broken.toml:1:" in result.err
    assert "dh-key-too-small" in result.out


def test_show_has_source_and_examples(run: Run) -> None:
    out = run("rules", "show", "dh-key-too-small").out
    assert out.startswith("# ")
    assert 'id = "dh-key-too-small"' in out
    assert out.count("[[example]]") >= 2


def test_show_names_what_is_replaced(run: Run, site: Path) -> None:
    own = site / "dh-key-too-small.toml"
    own.write_text(skeleton("dh-key-too-small"), encoding="utf-8")
    lines = run("rules", "show", "--rules", str(site), "dh-key-too-small").out.splitlines()
    assert lines[0] == f"# {own}"
    assert lines[1].startswith("# replaces ")


def test_show_of_an_unknown_rule_names_the_nearest(run: Run) -> None:
    result = run("rules", "show", "dh-key-to-small")
    assert result.status == 2
    assert "did you mean `dh-key-too-small`?" in result.err


# --- new, lint, test ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
def test_a_new_rule_is_free_of_lint_and_keeps_its_promises(run: Run, tmp_path: Path, phase: str) -> None:
    path = tmp_path / "new-rule.toml"
    assert run("rules", "new", "new-rule", "--phase", phase, "-o", str(path)).status == 0
    assert run("rules", "lint", str(tmp_path)).out == ""
    result = run("rules", "test", str(tmp_path))
    assert (result.status, result.out) == (0, "2 examples of 1 rules, 0 failed\n")


@pytest.mark.parametrize("rule", ["UPPER", "two words", "../x", "a--b", "x" * 99])
def test_no_id(run: Run, rule: str) -> None:
    assert run("rules", "new", rule).status == 2


def test_new_overwrites_nothing(run: Run, site: Path) -> None:
    path = site / "my-relay-refuses.toml"
    before = path.read_text(encoding="utf-8")
    assert run("rules", "new", "my-relay-refuses", "-o", str(path)).status == 2
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("severity =", "severty =", ":5:1", "did you mean `severity`?"),
        ('severity = "error"', 'severity = "bad"', ":5:1", "must be one of critical, error, warning"),
        ("outcome ==", "outcme ==", ":19:", "did you mean `outcome`?"),
        ("log.event where", "log.evnt where", ":19:", "did you mean `log.event`?"),
        ('when = "logged"', 'when = "lgged"', ":22:", "did you mean `logged`?"),
        ("text contains", 'text matches "(a+)+$" and text contains', ":19:", "repetition inside a repetition"),
        ("{logged.host|", "{logged.hots|", ":9:", "did you mean `host`?"),
        ("[verdict]", "unused = 'dns.lookup'\n[verdict]", ":21:1", "nothing uses the selection `unused`"),
        ('expect = "none"', 'expect = "likely"', ":2:1", "no look-alike"),
        ('aliases = ["', 'aliases = ["Logjam", "', ":6:1", "belongs to `dh-key-too-small` already"),
        ('id = "my-relay-refuses"', 'id = "other"', ":2:1", "is not the name of the file"),
        ("the message must be gone.", "{case.tcpdmp}", "", "did you mean `tcpdump`?"),
    ],
)
def test_lint_finds_each_fault_where_it_stands(
    run: Run, site: Path, old: str, new: str, place: str, message: str
) -> None:
    change(site, old, new)
    result = run("rules", "lint", str(site))
    assert result.status == 1
    assert message in result.out
    if message != "no look-alike":
        assert f"my-relay-refuses.toml{place}" in result.out


def test_a_condition_that_cannot_end_is_refused_where_it_stands(run: Run, site: Path) -> None:
    change(site, 'when = "logged"', f'when = "{"(" * 5000}logged{")" * 5000}"')
    result = run("rules", "lint", str(site))
    assert result.status == 1
    assert "my-relay-refuses.toml:22:" in result.out


def test_a_broken_promise_is_named(run: Run, site: Path) -> None:
    change(site, 'expect = "likely"', 'expect = "confirmed"')
    result = run("rules", "test", str(site))
    assert result.status == 1
    assert "my-relay-refuses: expected confirmed, got likely (the message, as the Manager logs it)" in result.out
    assert "2 examples of 1 rules, 1 failed" in result.out


def test_the_packaged_rules_keep_their_promises(run: Run) -> None:
    result = run("rules", "test")
    assert result.out.endswith(" 0 failed\n")
    assert result.status == 0


def test_a_missing_translation_is_lint(run: Run, site: Path) -> None:
    (site / "locale" / "de").mkdir(parents=True)
    assert "no translation: locale/de/my-relay-refuses.toml" in run("rules", "lint", str(site)).out
    overlay = site / "locale" / "de" / "my-relay-refuses.toml"
    overlay.write_text('schema = 1\nid = "my-relay-refuses"\ntitle = "Titel"\n', encoding="utf-8")
    out = run("rules", "lint", str(site)).out
    assert "lacks the text `why`" in out
    assert "has 0 [[fix]], the rule has 1" in out
    (site / "my-relay-refuses.toml").unlink()
    (site / "other-rule.toml").write_text(skeleton("other-rule"), encoding="utf-8")
    assert "there is no rule `my-relay-refuses` to translate" in run("rules", "lint", str(site)).out


def test_catalogue_check(run: Run, site: Path, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.md"
    assert run("rules", "catalogue", str(site), "-o", str(path)).status == 0
    assert "## my-relay-refuses" in path.read_text(encoding="utf-8")
    assert run("rules", "catalogue", str(site), "--check", str(path)).status == 0
    change(site, "One sentence", "Another sentence")
    assert run("rules", "catalogue", str(site), "--check", str(path)).status == 1
    assert run("rules", "catalogue", "--check", str(tmp_path / "none.md")).status == 2
