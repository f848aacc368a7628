"""The search over ids, titles, aliases and texts."""

from sestriage.engine.explain.search import search
from sestriage.rules import load_rules


def test_the_title_weighs_more_than_the_text() -> None:
    assert search("application password", load_rules())[0] == "application-password-required"


def test_the_beginning_of_a_word_finds_it() -> None:
    assert search("greylist", load_rules())[0] == "greylisted"


def test_the_language_of_the_rules_is_searched() -> None:
    assert "relaying-denied" in search("leitet weiter", load_rules(language="de"))


def test_words_that_no_rule_holds_find_nothing() -> None:
    assert search("zebra crossing", load_rules()) == []
    assert search("the of and", load_rules()) == []
