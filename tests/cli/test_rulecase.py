"""`sestriage rules facts` and `rules why`: a case as the rules see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Run
from sestriage import triage
from sestriage.model.kinds import FACT_KINDS
from sestriage.rules import load_rules
from sestriage.rules.authoring.new_rule import skeleton
from support import SAMPLES

DH = str(SAMPLES / "dh-openssl")
SEVERAL = str(SAMPLES / "several-attempts-success")


def document(run: Run, *words: str) -> Any:
    return json.loads(run("rules", *words, "--format", "json").out)


def fields(found: Any, kind: str) -> list[dict[str, str]]:
    (wanted,) = (each for each in found["kinds"] if each["kind"] == kind)
    return [{field["name"]: field["value"] for field in fact["fields"]} for fact in wanted["facts"]]


# --- facts -------------------------------------------------------------------------------------------------------


def test_every_kind_is_listed(run: Run) -> None:
    assert [each["kind"] for each in document(run, "facts", DH)["kinds"]] == list(FACT_KINDS)


def test_the_fields_are_those_that_conditions_name(run: Run) -> None:
    found = document(run, "facts", DH)
    (session,) = fields(found, "tls.handshake")
    assert session["key_exchange"] == '"DHE"'
    assert session["dh_bits"] == "1024"
    assert session["alert.sender"] == '"client"'
    assert session["count(certificates)"] == "4"
    (stream,) = fields(found, "tcp.stream")
    assert stream["tls.dh_bits"] == "1024"
    failure = fields(found, "log.event")[-1]
    assert failure["outcome"] == '"failure"'
    assert failure["openssl_reason"] == '"dh key too small"'


def test_what_is_not_handed_in_is_told_from_what_is_not_there(run: Run) -> None:
    log = document(run, "facts", f"{DH}/sw-response-mgmt.log")
    known = {each["kind"]: each["handed_in"] for each in log["kinds"]}
    assert known["log.event"] is True
    assert known["tls.handshake"] is known["trust.store"] is False
    text = " ".join(run("rules", "facts", f"{DH}/sw-response-mgmt.log").out.split())
    assert "Unknown to every rule: no evidence of it was handed in: dns.lookup, dns.answer, tcp.stream" in text


def test_one_kind_and_its_misspelling(run: Run) -> None:
    found = document(run, "facts", DH, "--kind", "trust.store", "--kind", "tls.handshake")
    assert [each["kind"] for each in found["kinds"]] == ["tls.handshake", "trust.store"]
    wrong = run("rules", "facts", DH, "--kind", "tls.handshak")
    assert wrong.status == 2
    assert "did you mean `tls.handshake`?" in wrong.err


def test_each_attempt_has_its_own_facts(run: Run) -> None:
    attempts = triage([SEVERAL]).attempts
    for number, attempt in enumerate(attempts, 1):
        found = document(run, "facts", SEVERAL, "--attempt", str(number))
        assert (found["attempt"]["number"], found["attempts"]) == (number, len(attempts))
        assert found["attempt"]["outcome"] == attempt.outcome
        assert len(fields(found, "log.event")) == len(attempt.events)
    assert document(run, "facts", SEVERAL)["attempt"]["number"] == len(attempts)
    for absent in ("0", str(len(attempts) + 1)):
        assert run("rules", "facts", SEVERAL, "--attempt", absent).status == 2


def test_an_input_without_attempts(run: Run) -> None:
    found = document(run, "facts", f"{DH}/truststore.p12")
    assert (found["attempt"]["number"], found["attempts"]) == (0, 0)
    assert len(fields(found, "trust.store")) == 1
    assert "The input holds no attempt of the Manager." in run("rules", "facts", f"{DH}/truststore.p12").out


PLANTED = "AKIAIOSFODNN7EXAMPLE"
LOG = """\
2026-11-24 03:31:33,247 ERROR [exec-3] c.h.r.a.EmailActionExecutor - Test action 'Mail to SOC' failed
javax.mail.AuthenticationFailedException: 535 Credentials Invalid {secret} soc@customer.example 10.20.30.40
"""


@pytest.mark.parametrize("command", [("facts",), ("why", "login-refused")])
@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_private_or_secret_is_shown(run: Run, tmp_path: Path, command: tuple[str, ...], form: str) -> None:
    file = tmp_path / "sw-response-mgmt.log"
    file.write_text(LOG.format(secret=PLANTED), encoding="utf-8")
    hidden = run("rules", *command, str(file), "--format", form).out
    shown = run("rules", *command, str(file), "--format", form, "--no-redact").out
    assert "customer.example" in shown
    assert PLANTED not in shown
    for private in (PLANTED, "customer.example", "10.20.30.40"):
        assert private not in hidden


# --- why ---------------------------------------------------------------------------------------------------------


def parts(step: Any) -> dict[str, Any]:
    """Every single comparison of a condition, by its text."""
    if step["operator"] is None:
        return {step["condition"]: step}
    return {text: each for part in step["parts"] for text, each in parts(part).items()}


def selection(found: Any, name: str) -> Any:
    return next(each for each in found["selections"] if each["name"] == name)


@pytest.mark.parametrize("sample", ["dh-openssl", "pkix-root-missing", "credentials-invalid", "refused", "success"])
def test_the_answer_is_that_of_the_triage(run: Run, sample: str) -> None:
    verdict = triage([str(SAMPLES / sample)]).verdict
    primary = verdict.primary
    for rule, confidence in [
        ("dh-key-too-small", None),
        *([(primary.rule, primary.confidence)] if primary is not None else []),
    ]:
        result = run("rules", "why", rule, str(SAMPLES / sample), "--format", "json")
        found = json.loads(result.out)
        if confidence is not None:
            assert (found["holds"], found["confidence"], result.status) == (True, confidence, 0)
        elif primary is None or primary.rule != rule:
            assert found["holds"] is not True
            assert result.status == (3 if found["holds"] is None else 1)


def test_a_rule_that_does_not_hold_says_at_which_condition(run: Run) -> None:
    found = document(run, "why", "dh-key-too-small", str(SAMPLES / "dhe-2048"))
    weak = selection(found, "weak")
    assert weak["holds"] is False
    decided = parts(weak["nearest"])
    assert decided['tls.key_exchange == "DHE"'] | {"parts": []} == {
        "condition": 'tls.key_exchange == "DHE"',
        "holds": True,
        "why": '"DHE"',
        "operator": None,
        "parts": [],
    }
    assert (decided["tls.dh_bits < 2048"]["holds"], decided["tls.dh_bits < 2048"]["why"]) == (False, "2048")


def test_the_fact_that_comes_closest_is_shown(run: Run) -> None:
    found = document(run, "why", "dh-key-too-small", DH)
    jsse = selection(found, "jsse")
    assert (jsse["holds"], jsse["looked_at"], jsse["evidence"]) == (False, 2, [])
    assert parts(jsse["nearest"])['outcome == "failure"']["holds"] is True, "the failure, not the start"


def test_what_is_unknown_is_no_no(run: Run) -> None:
    found = document(run, "why", "dh-key-too-small", f"{DH}/sw-response-mgmt.log")
    weak = selection(found, "weak")
    assert (weak["handed_in"], weak["holds"], weak["looked_at"], weak["nearest"]) == (False, None, 0, None)
    text = run("rules", "why", "dh-key-too-small", f"{DH}/sw-response-mgmt.log").out
    assert "No evidence of this kind was handed in for the attempt." in text


def test_a_rule_that_gives_way_names_the_one_that_stays(run: Run, tmp_path: Path) -> None:
    other = (
        skeleton("my-weak-key")
        .replace('# supersedes = ["a-more-general-rule"]', 'supersedes = ["dh-key-too-small"]')
        .replace("my weak key: the message", "dh key too small")
    )
    (tmp_path / "my-weak-key.toml").write_text(other, encoding="utf-8")
    found = document(run, "why", "dh-key-too-small", DH, "--rules", str(tmp_path))
    assert (found["holds"], found["replaced_by"]) == (True, "my-weak-key")
    assert document(run, "why", "my-weak-key", DH, "--rules", str(tmp_path))["replaced_by"] is None


def test_a_rule_that_is_not_there(run: Run) -> None:
    result = run("rules", "why", "dh-key-to-small", DH)
    assert result.status == 2
    assert "did you mean `dh-key-too-small`?" in result.err


def test_conditions_are_written_as_the_rules_write_them() -> None:
    """What is printed for a condition is read again as the same condition, for every packaged rule."""
    from sestriage.rules.language.answers import as_text
    from sestriage.rules.language.grammar import parse_condition

    rules = load_rules().rules.values()
    conditions = [s.condition for rule in rules for s in rule.selections.values() if s.condition is not None]
    conditions += [
        c for rule in rules for c in (rule.when, rule.likely, rule.confirmed, rule.conflicts) if c is not None
    ]
    assert len(conditions) > 500
    for condition in conditions:
        assert parse_condition(as_text(condition)) == condition
