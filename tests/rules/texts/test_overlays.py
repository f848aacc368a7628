"""Overlays: applied where they fit, refused with their place where they do not, and nothing breaks without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.errors import RuleError
from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding
from sestriage.rules import RuleSet
from sestriage.rules.authoring.lint_overlays import untranslated
from sestriage.rules.files import listing
from sestriage.rules.loader import load_file, load_rules
from sestriage.rules.texts.overlays import MissingTranslationError, translated
from sestriage.rules.texts.rule_summary import read

OVERLAY = """\
schema = 1
id = "small"
title = "Eine kleine Regel"
why = "{logged.host|Der Server} hat abgelehnt."

[[fix]]
text = "Das hier tun."
"""

REFUSED = FactBase(
    {
        "log.event": tuple(
            parse_text(
                "Test Action failed: email action 'a' via email-smtp.us-east-1.amazonaws.com:587\n"
                "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n",
                SourceRef("a.log"),
            )
        )
    },
    frozenset({"log.event"}),
)


def folder_with(tmp_path: Path, overlay: str | None, rule: str = GOOD) -> Path:
    (tmp_path / "small.toml").write_text(rule, encoding="utf-8")
    if overlay is not None:
        place = tmp_path / "locale" / "de"
        place.mkdir(parents=True)
        (place / "small.toml").write_text(overlay, encoding="utf-8")
    return tmp_path


def finding(rules: RuleSet) -> Finding:
    return next(found for found in rules.evaluate(REFUSED) if found.rule == "small")


def test_a_finding_speaks_the_language(tmp_path: Path) -> None:
    rules = load_rules([folder_with(tmp_path, OVERLAY)], "de")
    found = finding(rules)
    assert found.title == "Eine kleine Regel"
    assert found.explanation == "email-smtp.us-east-1.amazonaws.com hat abgelehnt."
    assert [(step.text, str(step.command)) for step in found.fixes] == [
        ("Das hier tun.", "echo email-smtp.us-east-1.amazonaws.com")
    ]
    assert "small" not in rules.not_translated


def test_english_reads_no_overlay(tmp_path: Path) -> None:
    rules = load_rules([folder_with(tmp_path, "not TOML at all")])
    assert finding(rules).title == "A small rule"
    assert not rules.not_translated


def test_a_missing_overlay_leaves_the_rule_english_and_is_told(tmp_path: Path) -> None:
    rules = load_rules([folder_with(tmp_path, None)], "de")
    assert finding(rules).title == "A small rule"
    assert not rules.problems
    error = rules.not_translated["small"]
    assert isinstance(error, MissingTranslationError)
    assert error.path == str(tmp_path / "locale" / "de" / "small.toml")


def test_a_site_rule_that_replaces_a_packaged_one_does_not_get_its_translation(tmp_path: Path) -> None:
    rule = GOOD.replace('id = "small"', 'id = "dh-key-too-small"')
    (tmp_path / "dh-key-too-small.toml").write_text(rule, encoding="utf-8")
    rules = load_rules([tmp_path], "de")
    assert rules.in_language(rules.rules["dh-key-too-small"]).title == "A small rule"


BROKEN = [
    ("schema = 1", "schema = 2", "1:schema 2 is not known, this version reads 1"),
    ('id = "small"', 'id = "big"', "2:the overlay is for `big`, the rule is `small`"),
    ('title = "Eine kleine Regel"', "", "1:lacks the text `title`"),
    ('title = "Eine kleine Regel"', "title = 7", "3:lacks the text `title`"),
    ("{logged.host|Der Server}", "Der Server", "4:`why` has other placeholders than the rule's text"),
    ("{logged.host|Der Server}", "{logged.host}", "4:`why` has other placeholders than the rule's text"),
    ("{logged.host|Der Server}", "{logged.port|Der Server}", "4:`why` has other placeholders than the rule's text"),
    ('[[fix]]\ntext = "Das hier tun."\n', "", "1:has 0 [[fix]], the rule has 1"),
    ('text = "Das hier tun."', "", "6:[[fix]] number 1 lacks the text `text`"),
    ('text = "Das hier tun."', 'text = "Das."\ncommand = "rm -rf /"', "8:an overlay has no key `command`"),
    ('text = "Das hier tun."', 'text = "Das."\nrisk = "viel"', "8:the rule has no `risk` here"),
    ("schema = 1", "schema = ", "1:not TOML: Invalid value"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_a_broken_overlay_is_told_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in OVERLAY
    folder = folder_with(tmp_path, OVERLAY.replace(old, new))
    rule = load_file(folder / "small.toml", folder)
    with pytest.raises(RuleError) as caught:
        translated(rule, "de")
    assert f"{caught.value.line}:{caught.value.reason}" == message
    assert message in [f"{problem.line}:{problem.reason}" for problem in untranslated(folder)]
    rules = load_rules([folder], "de")
    assert finding(rules).title == "A small rule"
    leaflet = read(str(folder / "small.toml"), str(folder), listing(), "de")
    assert leaflet.title == "A small rule"
    assert leaflet.not_translated == str(caught.value)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\0" * 10, b"a = [" * 5000, b"x" * 300_000])
def test_hostile_bytes_are_an_error_of_the_overlay(tmp_path: Path, raw: bytes) -> None:
    folder = folder_with(tmp_path, "")
    (folder / "locale" / "de" / "small.toml").write_bytes(raw)
    rules = load_rules([folder], "de")
    assert finding(rules).title == "A small rule"
    assert not isinstance(rules.not_translated["small"], MissingTranslationError)


def test_an_overlay_cut_anywhere_never_raises(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "")
    for end in range(len(OVERLAY)):
        (folder / "locale" / "de" / "small.toml").write_text(OVERLAY[:end], encoding="utf-8")
        rules = RuleSet({"small": load_file(folder / "small.toml", folder)}, language="de")
        assert rules.in_language(rules.rules["small"]).title in ("A small rule", "Eine kleine Regel")


def test_a_leaflet_speaks_the_language(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, OVERLAY)
    leaflet = read(str(folder / "small.toml"), str(folder), listing(), "de")
    assert (leaflet.title, leaflet.why) == ("Eine kleine Regel", "Der Server hat abgelehnt.")
    assert [(step.text, step.command) for step in leaflet.steps] == [
        ("Das hier tun.", 'echo "${LOGGED_HOST:?set it to the SMTP server}"')
    ]
    assert leaflet.not_translated is None


# --- lint --------------------------------------------------------------------------------------------------------


def linted(folder: Path) -> list[str]:
    return [f"{Path(problem.path).name}:{problem.line}:{problem.reason}" for problem in untranslated(folder)]


def test_a_folder_without_translations_needs_none(tmp_path: Path) -> None:
    assert linted(folder_with(tmp_path, None)) == []


def test_a_fitting_overlay_is_clean(tmp_path: Path) -> None:
    assert linted(folder_with(tmp_path, OVERLAY)) == []


FACTS = (
    'caution = "TLS 1.2 and JavaMail 1.6 answer 530 within 20 seconds at mail.example.com; see /etc/hosts and'
    ' General > Trust Store > Add New."\n'
)
TRANSLATED = (
    'caution = "TLS 1.2 und JavaMail 1.6 beantworten 530 binnen 20 Sekunden, auch bei SES, an mail.example.com; siehe'
    ' /etc/hosts und General > Trust Store > Add New."\n'
)


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("530", "535", ["lacks the number '530'", "has the number '535', which the rule has not"]),
        ("TLS 1.2", "TLS 1.3", ["lacks the number '1.2'", "has the number '1.3', which the rule has not"]),
        ("TLS", "Verschlüsselung", ["lacks the name 'TLS'"]),
        (
            "JavaMail",
            "JakartaMail",
            ["lacks the name 'JavaMail'", "has the name 'JakartaMail', which the rule has not"],
        ),
        (
            "mail.example.com",
            "post.example.com",
            ["lacks the name 'mail.example.com'", "has the name 'post.example.com', which the rule has not"],
        ),
        (
            "/etc/hosts",
            "/etc/host",
            ["lacks the name '/etc/hosts'", "has the name '/etc/host', which the rule has not"],
        ),
        ("Trust Store", "Vertrauensspeicher", ["lacks the menu entry 'Trust Store'"]),
    ],
)
def test_numbers_and_names_that_differ_fail_lint(tmp_path: Path, old: str, new: str, messages: list[str]) -> None:
    rule = GOOD.replace("\n[select]", FACTS + "\n[select]")
    overlay = OVERLAY.replace("\n[[fix]]", TRANSLATED + "\n[[fix]]")
    folder = folder_with(tmp_path, overlay, rule)
    assert linted(folder) == []
    (folder / "locale" / "de" / "small.toml").write_text(overlay.replace(old, new), encoding="utf-8")
    assert [problem.split("`caution` ")[1] for problem in linted(folder)] == messages


def test_a_rule_without_its_overlay_fails_lint(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, OVERLAY)
    (folder / "other.toml").write_text(GOOD.replace('"small"', '"other"'), encoding="utf-8")
    assert linted(folder) == ["other.toml:1:no translation: locale/de/other.toml"]


def test_an_overlay_of_no_rule_and_one_in_the_wrong_place_fail_lint(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, OVERLAY.replace("small", "gone"))
    (folder / "locale" / "de" / "small.toml").rename(folder / "locale" / "de" / "gone.toml")
    deeper = folder / "locale" / "de" / "auth"
    deeper.mkdir()
    (deeper / "small.toml").write_text(OVERLAY, encoding="utf-8")
    assert linted(folder) == [
        "small.toml:1:belongs to locale/de/small.toml",
        "gone.toml:1:there is no rule `gone` to translate",
    ]


VERIFY = 'verify = """\nopenssl s_client </dev/null   # {logged.port|587} is the port\nThen run `Test Action`."""\n'
VERIFIED = 'verify = """\nopenssl s_client </dev/null   # {logged.port|587} ist der Port\nDanach `Test Action`."""\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("openssl s_client </dev/null", "openssl s_client", "lacks the command 'openssl s_client </dev/null'"),
        ("`Test Action`", "Test Action", "lacks what stands in backticks: 'Test Action'"),
        ("Danach", "Danach mit `oder ohne`", "has 'oder ohne' in backticks, which the rule has not"),
        (VERIFIED, VERIFY, "`verify` is the English text"),
    ],
)
def test_what_must_stay_and_what_must_not(tmp_path: Path, old: str, new: str, message: str) -> None:
    rule = GOOD.replace('command = "echo', VERIFY + 'command = "echo')
    folder = folder_with(tmp_path, OVERLAY + VERIFIED, rule)
    assert linted(folder) == []
    changed = (OVERLAY + VERIFIED).replace(old, new)
    assert changed != OVERLAY + VERIFIED
    (folder / "locale" / "de" / "small.toml").write_text(changed, encoding="utf-8")
    (problem,) = linted(folder)
    assert message in problem
