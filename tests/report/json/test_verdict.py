"""The JSON contract of the triage report."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sestriage.model.capture import Capture, Endpoint, Stream, TcpConnection
from sestriage.model.document.schemas import schema
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Outcome, Report, Verdict
from sestriage.report.common import iso_time
from sestriage.report.json import verdict as report_json
from sestriage.report.json.layout import indented

# jsonschema ships no types; the module is used as an untyped one on purpose.
VALIDATOR: Any = importlib.import_module("jsonschema").Draft202012Validator

CONTRACT: dict[str, set[str]] = {
    "": {"schema_version", "verdict", "fixes", "attempts", "captures", "trust", "inputs"},
    "verdict": {"outcome", "confidence", "evidence", "primary", "alternatives", "contributing", "cleared"}
    | {"contradictions", "needs"},
    "verdict.primary": {"rule", "title", "phase", "confidence", "evidence"},
    "verdict.primary.evidence.0": {"path", "member", "line", "frame", "quote"},
    "verdict.needs.0": {"evidence", "why", "command"},
    "fixes.0": {"rule", "text", "command", "risk", "verify", "undo"},
    "attempts.0": {"started", "ended", "outcome", "phase", "rule", "host", "port", "sources"},
    "captures.0": {"path", "dns", "streams"},
    "captures.0.dns.0": {"name", "rcode"},
    "captures.0.streams.0": {"client", "server", "tcp", "smtp", "tls"},
    "captures.0.streams.0.tcp": {"established", "closed_by", "reset_by"},
    "captures.0.streams.0.smtp": {"starttls_offered", "starttls_command", "banner", "reply_codes"},
    "captures.0.streams.0.tls": {"version", "cipher", "sni", "key_exchange", "authentication", "dh_bits", "group"}
    | {"certificates_visibility", "certificates", "alerts"},
    "captures.0.streams.0.tls.certificates.0": {"sha256", "subject", "issuer", "not_before", "not_after"},
    "captures.0.streams.0.tls.alerts.0": {"sender", "level", "code", "description"},
    "trust": {"stores", "comparison", "path"},
    "trust.stores.0": {"path", "format", "entries", "problem"},
    "trust.path": {"status", "anchor", "gap"},
    "inputs.0": {"path", "kind", "problem"},
}
"""Keys that have been there since version 1, by place."""


def at(tree: Any, place: str) -> Any:
    for key in place.split(".") if place else []:
        tree = tree[int(key)] if key.isdigit() else tree[key]
    return tree


def loaded(report: Report) -> Any:
    return json.loads(report_json.render(report))


@pytest.mark.parametrize("place", CONTRACT)
def test_contract_keys_are_there(report: Report, place: str) -> None:
    assert CONTRACT[place] <= set(at(loaded(report), place))


def test_values_of_the_contract(report: Report) -> None:
    tree = loaded(report)
    assert tree["schema_version"] == 1
    assert tree["verdict"]["outcome"] == "failed"
    assert tree["verdict"]["cleared"] == ["dns", "tcp", "greeting", "starttls"]
    assert [f["rule"] for f in tree["fixes"]] == ["ca-missing-from-trust-store", "dh-key-too-small"]
    stream = tree["captures"][0]["streams"][0]
    assert (stream["client"], stream["server"]) == ("127.10.0.1:41234", "2001:db8::17:587")
    assert stream["smtp"]["reply_codes"] == [220, 250, 220]
    assert stream["tls"]["certificates"][0]["not_after"] == "2027-01-02T12:00:05Z"
    assert tree["attempts"][0]["started"] == "2026-11-24T01:31:33.247000Z"
    assert tree["attempts"][1]["started"] == "2026-11-24T03:31:33.247000", "a time without zone gets none"
    assert tree["attempts"][1]["sources"][1] == {
        "path": "test-action.pcap",
        "member": None,
        "line": None,
        "frame": 1,
    }
    assert tree["trust"]["path"]["gap"]["published"] == "Amazon Root CA 1"
    assert tree["config"]["tls_ciphers"][0]["tokens"] == ["EDH+AESGCM", "!aNULL"]


def test_no_certificate_bytes(report: Report) -> None:
    assert "DER" not in report_json.render(report)


def validate(tree: object) -> None:
    VALIDATOR(schema("triage")).validate(tree)


def test_schema_is_valid_and_holds_for_a_full_report(report: Report) -> None:
    VALIDATOR.check_schema(schema("triage"))
    validate(loaded(report))


def test_schema_names_the_contract(report: Report) -> None:
    """A report that lacks a promised key is refused by the schema, whichever key it is."""
    for place, keys in CONTRACT.items():
        for key in keys:
            tree = loaded(report)
            del at(tree, place)[key]
            assert not VALIDATOR(schema("triage")).is_valid(tree), f"{place}.{key} is not required"


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.UNDETERMINED])
def test_empty_report(outcome: Outcome) -> None:
    tree = loaded(Report(Verdict(outcome, None)))
    validate(tree)
    assert tree["verdict"]["primary"] is None
    assert tree["trust"] == {"stores": [], "comparison": [], "path": None, "paths": []}
    assert tree["fixes"] == tree["attempts"] == tree["captures"] == tree["inputs"] == []


def test_stream_without_layers() -> None:
    bare = Stream(SourceRef("c.pcap", frame=3), Endpoint("10.0.0.1", 1), Endpoint("::1", 25), TcpConnection())
    report = Report(Verdict(Outcome.UNDETERMINED, None), captures=(Capture(bare.source, (bare,)),))
    tree = loaded(report)
    validate(tree)
    assert tree["captures"][0]["streams"][0]["tls"] is None
    assert tree["captures"][0]["streams"][0]["server"] == "::1:25"


def test_fixes_that_repeat_come_once(report: Report) -> None:
    primary = report.verdict.primary
    assert primary is not None
    doubled = replace(report, verdict=replace(report.verdict, contributing=(primary,)))
    assert len(loaded(doubled)["fixes"]) == 1


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=timezone(timedelta(hours=-3))), "2026-01-02T03:04:05.006000-03:00"),
    ],
)
def test_times(moment: datetime | None, text: str | None) -> None:
    assert iso_time(moment) == text


@example(text="\x7f\x1b[31m\u202e\x9b\ud800")
@given(text=st.text(st.characters(codec=None), max_size=60))
def test_any_text_gives_ascii_and_comes_back(make_quote_report: Callable[[str], Report], text: str) -> None:
    rendered = report_json.render(make_quote_report(text))
    assert rendered.isascii()
    assert not any(c in rendered for c in "\x1b\x07\x00\x7f")
    assert json.loads(rendered)["verdict"]["evidence"][0]["quote"] == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=20,
)


@given(VALUES)
def test_indentation_is_that_of_the_standard_library(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2, allow_nan=False)


def test_what_is_no_json_is_refused() -> None:
    for value in (float("nan"), object(), [float("inf")]):
        with pytest.raises((ValueError, TypeError)):
            indented(value)
