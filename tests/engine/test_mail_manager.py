"""SES Mail Manager: an ingress endpoint is a right mail server, with checks of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.engine.mail.check import Known, assess
from sestriage.engine.settings import check_settings
from sestriage.formats.mail_headers import read_mail
from sestriage.formats.settings_values import GivenValue, GivenValues, build_settings
from sestriage.formats.smtp_password import user_shape
from sestriage.model.known.ses import host_form
from sestriage.model.known.ses_names import region_status
from sestriage.model.source import SourceRef
from sestriage.rules import load_rules
from support import SAMPLES

INGRESS = "abcdef123456.hkph.mail-manager-smtp.amazonaws.com"
CLASSIC = "email-smtp.eu-west-1.amazonaws.com"
USER = "inp-abcdefghijklmnopqrstuvwx"
KEY = "AKIAIOSFODNN7EXAMPLE"
SOURCE = SourceRef("form")


def findings(**values: object) -> dict[str, str]:
    given = GivenValues(entries=[GivenValue(name, value, SOURCE) for name, value in values.items()])
    report = check_settings(build_settings(given, SOURCE), load_rules([], "en"))
    return {finding.rule: finding.severity for finding in report.findings}


def test_a_working_set_up_has_no_error() -> None:
    found = findings(server=INGRESS, port=587, encryption="STARTTLS", user=USER, password="any free text, 27 chars ok")
    assert set(found.values()) == {"warning"}
    assert "settings-server-mail-manager" in found


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"server": INGRESS, "port": 465, "encryption": "SMTPS"}, "settings-mail-manager-port"),
        ({"server": INGRESS, "port": 2587, "encryption": "STARTTLS"}, "settings-mail-manager-port"),
        ({"server": INGRESS, "port": 587, "encryption": "none"}, "settings-mail-manager-port"),
        ({"server": INGRESS, "user": KEY}, "settings-mail-manager-user"),
        ({"server": CLASSIC, "user": USER}, "settings-ingress-user-on-ses"),
    ],
)
def test_what_is_its_own(values: dict[str, object], rule: str) -> None:
    assert findings(**values).get(rule) == "error"


def test_look_alikes() -> None:
    assert not {"settings-mail-manager-port", "settings-mail-manager-user"} & set(
        findings(server=CLASSIC, port=465, user=KEY)
    )
    assert "settings-ingress-user-on-ses" not in findings(server="mail.example.com", user=USER)
    assert "settings-user-not-a-key-id" not in findings(server=INGRESS, user=USER)


@pytest.mark.parametrize(
    ("user", "shape"),
    [(USER, "ingress-user"), ("inp-", "iam-user-name"), ("inp-ABC", "iam-user-name"), (KEY, "access-key-id")],
)
def test_user_names(user: str, shape: str) -> None:
    assert user_shape(user) == shape


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (INGRESS, "mail-manager"),
        ("abcdef123456.fips.wmjb.mail-manager-smtp.amazonaws.com", "mail-manager"),
        ("mail-manager-smtp.amazonaws.com", None),
        ("abcdef123456.hkph.mail-manager-smtp.example.com", None),
    ],
)
def test_host_names(host: str, kind: str | None) -> None:
    form = host_form(host)
    assert (form.kind if form else None) == kind
    assert form is None or form.region is None


def test_jakarta_has_no_smtp_endpoint() -> None:
    assert region_status("ap-southeast-3") == "no-smtp"


def test_a_log_names_an_ingress_endpoint(tmp_path: Path) -> None:
    from sestriage.engine.triage import TriageOptions, triage

    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2026-11-20 09:12:44.310 INFO 7 --- [a-2] c.c.s.r.a.EmailActionExecutor : Email sent to 1 recipient(s) via"
        f" {INGRESS}:587\n"
    )
    report = triage([str(log)], TriageOptions())
    assert report.attempts[-1].host == INGRESS
    assert [finding.rule for finding in report.verdict.contributing] == ["accepted-by-mail-manager"]


@pytest.mark.parametrize("name", ["us-east-1-gmail", "eu-west-1-exchange-online"])
def test_a_delivered_mail_beside_the_settings_of_an_ingress_endpoint(name: str) -> None:
    known = Known(server=INGRESS, verified_domains=("example.com",))
    with (SAMPLES / "mail" / f"{name}.eml").open("rb") as stream:
        mail = assess(read_mail(stream, SourceRef(f"{name}.eml")), known)
    assert mail.through_ses == "yes"
    assert mail.region_matches is None, "no region is known of the code in the host's name"
    assert not [c for c in mail.contradictions if "region" in c.text]
