"""Where rules come from, which one wins, and that a broken one costs only itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.errors import RuleError
from sestriage.rules import load_rule, load_rules
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.loader import packaged_folder, rule_files

from .ruletext import GOOD, changed


def write(folder: Path, name: str, raw: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def test_the_packaged_rules_load_without_a_problem() -> None:
    rules = load_rules()
    assert rules.problems == ()
    assert "dh-key-too-small" in rules.rules
    assert all(rule_id == rule.id == Path(rule.path).stem for rule_id, rule in rules.rules.items())


def test_a_local_rule_replaces_a_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, "auth/smtp-credentials-invalid.toml", changed('"small"', '"smtp-credentials-invalid"'))
    write(tmp_path, "small.toml", GOOD)
    rules = load_rules([tmp_path])
    assert rules.problems == ()
    assert rules.rules["smtp-credentials-invalid"].title == "A small rule"
    assert rules.rules["small"].path == str(tmp_path / "small.toml")
    assert load_rules().rules["smtp-credentials-invalid"].title != "A small rule"


def test_the_first_folder_wins(tmp_path: Path) -> None:
    write(tmp_path / "a", "small.toml", changed("A small rule", "First"))
    write(tmp_path / "b", "small.toml", changed("A small rule", "Second"))
    assert load_rules([tmp_path / "a", tmp_path / "b"]).rules["small"].title == "First"


def test_a_broken_rule_is_reported_and_skipped(tmp_path: Path) -> None:
    broken = write(tmp_path, "broken.toml", changed("reply_code", "replycode"))
    write(tmp_path, "small.toml", GOOD)
    write(tmp_path, "other.toml", GOOD)
    rules = load_rules([tmp_path])
    assert "small" in rules.rules
    assert "dh-key-too-small" in rules.rules
    by_path = {problem.path: problem for problem in rules.problems}
    assert by_path[str(broken)].line == 10
    assert "not the name of the file" in by_path[str(tmp_path / "other.toml")].reason
    assert len(rules.problems) == 2


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    rules = load_rules([tmp_path / "none"])
    assert [problem.path for problem in rules.problems] == [str(tmp_path / "none")]
    assert rules.rules


def test_locale_folders_hidden_files_and_shared_selections_are_no_rules(tmp_path: Path) -> None:
    for name in ("locale/de/small.toml", ".small.toml", "shared.toml", "small.txt", "a/b/c/d/e/small.toml"):
        write(tmp_path, name, GOOD)
    write(tmp_path, "auth/small.toml", GOOD)
    assert [path.relative_to(tmp_path).as_posix() for path in rule_files(tmp_path)] == ["auth/small.toml"]


def test_a_folder_may_have_shared_selections_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "shared.toml", "[select]\nmine = 'log.event where port == 1'\n")
    text = GOOD.replace('"smtp.dialogue where any(replies, code == 535)"', '"shared mine"')
    write(
        tmp_path,
        "small.toml",
        text.replace("'log.event where outcome == \"failure\" and reply_code == 535'", '"shared pkix_logged"'),
    )
    rules = load_rules([tmp_path])
    assert rules.problems == ()
    assert rules.rules["small"].selections["wire"].kind == "log.event"


def test_one_rule_is_loaded_without_the_others(tmp_path: Path) -> None:
    write(tmp_path, "broken.toml", "no TOML")
    write(tmp_path, "dh-key-too-small.toml", changed('"small"', '"dh-key-too-small"'))
    rule = load_rule("dh-key-too-small", [tmp_path])
    assert rule is not None
    assert rule.title == "A small rule"
    packaged = load_rule("dh-key-too-small")
    assert packaged is not None
    assert packaged.title != rule.title
    assert load_rule("no-such-rule") is None
    with pytest.raises(RuleError):
        load_rule("broken", [tmp_path])


def test_the_checkout_has_its_rules_at_the_top() -> None:
    assert packaged_folder().name == "rules"
    assert (packaged_folder() / "shared.toml").is_file()


# --- once in a process -------------------------------------------------------------------------------------------


def test_rules_whose_files_say_the_same_are_made_once() -> None:
    first, again, german = load_rules(), load_rules(), load_rules(language="de")
    assert first is not again
    assert all(rule is again.rules[rule_id] is german.rules[rule_id] for rule_id, rule in first.rules.items())


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    write(tmp_path, "small.toml", GOOD)
    before = load_rules([tmp_path])
    facts = fact_base({"log.event": [{"outcome": "failure", "reply": {"code": 535}, "quote": "535 no"}]})
    assert "small" in {finding.rule for finding in before.evaluate(facts)}
    write(tmp_path, "small.toml", changed("reply_code == 535", "reply_code == 454"))
    after = load_rules([tmp_path])
    assert "small" not in {finding.rule for finding in after.evaluate(facts)}
    assert "small" in {finding.rule for finding in before.evaluate(facts)}, "a set stays as it was loaded"
    assert after.digest != before.digest
    write(tmp_path, "small.toml", GOOD)
    assert "small" in {finding.rule for finding in load_rules([tmp_path]).evaluate(facts)}


def test_the_same_file_in_two_folders_is_two_rules(tmp_path: Path) -> None:
    """Shared selections are those of a rule's own folder."""
    for name in ("a", "b"):
        write(tmp_path / name, "small.toml", GOOD)
    one, other = (load_rules([tmp_path / name]).rules["small"] for name in ("a", "b"))
    assert (one.folder, other.folder) == (str(tmp_path / "a"), str(tmp_path / "b"))
