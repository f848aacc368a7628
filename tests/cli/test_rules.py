"""`sestriage rules`: list, show, lint, test, new, catalogue; rules of a site beside the packaged ones."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from cli.terminal import Run
from sarif import results_of
from sestriage.cli.rules import PHASES
from sestriage.model.phase import Phase
from sestriage.rules import load_rules
from sestriage.rules.authoring.new_rule import skeleton
from sestriage.rules.loader import packaged_folder


def written(rule_id: str) -> str:
    """A new rule whose author has written the texts that are theirs to write."""
    words = rule_id.replace("-", " ")
    text = skeleton(rule_id)
    for old, new in (
        ("One sentence that names the cause", "One sentence: the relay refuses"),
        ("What happens and why, in plain words.", "The relay refuses every mail."),
        ("What to do, in one or two sentences.", "Ask the owner of the relay."),
        ("What the step may break; `none` when it only reads.", "none"),
        (f"{words}: the message", f"{words}: go away"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one good rule."""
    folder = tmp_path / "rules.d"
    folder.mkdir()
    (folder / "my-relay-refuses.toml").write_text(written("my-relay-refuses"), encoding="utf-8")
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
def test_a_new_rule_keeps_its_promises_and_names_what_is_to_be_written(run: Run, tmp_path: Path, phase: str) -> None:
    path = tmp_path / "new-rule.toml"
    assert run("rules", "new", "new-rule", "--phase", phase, "-o", str(path)).status == 0
    found = [line.partition("`")[2].partition("`")[0] for line in run("rules", "lint", str(tmp_path)).out.splitlines()]
    assert found == ["title", "aliases", "why", "logged", "text", "risk"]
    result = run("rules", "test", str(tmp_path))
    assert (result.status, result.out) == (0, "2 examples of 1 rules, 0 failed\n")


def test_a_rule_that_is_written_is_free_of_lint(run: Run, site: Path) -> None:
    assert run("rules", "lint", str(site)).out == ""
    assert run("rules", "lint", str(site)).status == 0


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_folder_without_rules_is_told(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "notes.txt").write_text("no rule")
    result = run("rules", command, str(tmp_path))
    assert (result.status, result.out) == (2, "")
    assert f"there is no rule file (.toml) in {tmp_path}" in result.err


def test_one_file_is_checked_among_its_neighbours(run: Run, site: Path) -> None:
    path = site / "my-relay-refuses.toml"
    (site / "broken.toml").write_text("schema = \n", encoding="utf-8")
    change(site, "# alternatives", 'supersedes = ["broken", "no-such-rule", "dh-key-too-small"]\n# alternatives')
    result = run("rules", "lint", str(path))
    told = [line.rpartition(": ")[2] for line in result.out.splitlines()]
    assert told == ["there is no rule `broken`", "there is no rule `no-such-rule`"]
    assert "broken.toml:" not in result.out


def test_one_packaged_file(run: Run) -> None:
    path = next((packaged_folder() / "tls").glob("*.toml"))
    assert run("rules", "lint", str(path)).status == 0


def test_all_faults_of_a_file_are_told_at_once(run: Run, site: Path) -> None:
    change(site, 'severity = "error"', 'severity = "bad"')
    change(site, "phase =", "phse =")
    change(site, "outcome ==", "outcme ==")
    change(site, 'when = "logged"', 'when = "lgged"')
    change(site, "the message must be gone.", "{case.tcpdmp}")
    change(site, 'expect = "none"', 'expect = "never"')
    change(site, 'id = "my-relay-refuses"', 'id = "other"')
    out = run("rules", "lint", str(site / "my-relay-refuses.toml")).out
    text = (site / "my-relay-refuses.toml").read_text(encoding="utf-8").splitlines()
    wrong = ('id = "other"', "phse =", '"bad"', "outcme", "lgged", "tcpdmp", '"never"')
    lines = [next(number for number, line in enumerate(text, 1) if word in line) for word in wrong]
    told = [int(line.partition(".toml:")[2].partition(":")[0]) for line in out.splitlines()]
    assert told == [1, *lines], "and `phase` is missing"
    assert out.count("`expect` must be one of") == 1
    assert "{logged.host" not in out, "a field of a selection that is wrong itself is no second fault"


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
    (site / "other-rule.toml").write_text(written("other-rule"), encoding="utf-8")
    assert "there is no rule `my-relay-refuses` to translate" in run("rules", "lint", str(site)).out


def test_catalogue_check(run: Run, site: Path, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.md"
    assert run("rules", "catalogue", str(site), "-o", str(path)).status == 0
    assert "## my-relay-refuses" in path.read_text(encoding="utf-8")
    assert run("rules", "catalogue", str(site), "--check", str(path)).status == 0
    change(site, "One sentence", "Another sentence")
    assert run("rules", "catalogue", str(site), "--check", str(path)).status == 1
    assert run("rules", "catalogue", "--check", str(tmp_path / "none.md")).status == 2


# --- for editors and build servers -------------------------------------------------------------------------------


def test_junit(run: Run, site: Path) -> None:
    change(site, 'expect = "likely"', 'expect = "confirmed"')
    (site / "broken.toml").write_text('title = "\x07"\n', encoding="utf-8")
    result = run("rules", "test", str(site), "--format", "junit")
    assert result.status == 1
    root = Xml.fromstring(result.out)
    assert root.tag == "testsuites"
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    broken, failed, good = suite
    assert [kind.tag for kind in broken] == ["error"]
    assert failed.get("classname") == "my-relay-refuses"
    assert failed.get("file") == str(site / "my-relay-refuses.toml")
    (failure,) = failed
    assert failure.tag == "failure"
    assert "expected confirmed, got likely" in (failure.get("message") or "")
    assert list(good) == []
    assert good.get("name", "").endswith("look-alike: another error")


def test_junit_of_the_packaged_rules_counts_as_the_text_does(run: Run) -> None:
    suite = Xml.fromstring(run("rules", "test", "--format", "junit").out)[0]
    assert run("rules", "test").out.startswith(f"{suite.get('tests')} examples of ")
    assert len(suite) == int(suite.get("tests", "0"))


def test_lint_as_sarif(run: Run, site: Path) -> None:
    change(site, 'severity = "error"', 'severity = "bad"')
    result = run("rules", "lint", str(site), "--format", "sarif")
    assert result.status == 1
    (found,) = results_of(result.out)
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == (site / "my-relay-refuses.toml").as_uri()
    assert place["region"] == {"startLine": 5, "startColumn": 1}
    assert "must be one of critical, error, warning" in found["message"]["text"]


def test_nothing_wrong_as_sarif(run: Run, site: Path) -> None:
    assert results_of(run("rules", "lint", str(site), "--format", "sarif").out) == []
