"""Did the mail go through SES: samples, and what must not be believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sestriage.engine.mail.check import Known, assess
from sestriage.engine.mail.route import find_way, owner
from sestriage.formats.mail_headers import parse_headers
from sestriage.formats.message_id import decode_message_id
from sestriage.model.mail import DeliveredMail
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Confidence
from sestriage.rules import load_rules
from support import SAMPLES

GMAIL = (SAMPLES / "mail" / "us-east-1-gmail.eml").read_text(encoding="utf-8")
POSTFIX = (SAMPLES / "mail" / "eu-central-1-postfix.eml").read_text(encoding="utf-8")

SES_NAME = "b224-2.smtp-out.eu-central-1.amazonses.com"
SES_HOP = f"Received: from {SES_NAME} ({SES_NAME} [69.169.224.2])"
AT = "Wed, 15 Jul 2026 00:10:06 +0200"


def check(text: str, known: Known | None = None) -> DeliveredMail:
    return assess(parse_headers(text.encode(), SourceRef("mail.eml")), known or Known())


def sample(name: str, known: Known | None = None) -> DeliveredMail:
    return check((SAMPLES / "mail" / f"{name}.eml").read_text(encoding="utf-8"), known)


@pytest.mark.parametrize(
    ("name", "region", "accepted"),
    [
        ("us-east-1-gmail", "us-east-1", datetime(2026, 5, 27, 16, 45, 9, 636000, tzinfo=UTC)),
        ("us-west-2-own-dkim-missing", "us-west-2", datetime(2026, 6, 3, 8, 1, 30, 112000, tzinfo=UTC)),
        ("eu-central-1-postfix", "eu-central-1", datetime(2026, 7, 14, 22, 10, 5, 31000, tzinfo=UTC)),
        ("eu-west-1-exchange-online", "eu-west-1", datetime(2026, 8, 2, 11, 20, 45, 7000, tzinfo=UTC)),
    ],
)
def test_mails_that_went_through_ses(name: str, region: str, accepted: datetime) -> None:
    mail = sample(name)
    assert (mail.through_ses, mail.confidence) == ("yes", Confidence.CONFIRMED)
    assert (mail.region, mail.accepted_at) == (region, accepted)
    assert mail.hop is not None
    assert mail.hop.ses_region == region
    assert mail.ses_dkim == "pass"
    assert mail.contradictions == ()


def test_a_mail_of_another_server() -> None:
    mail = sample("not-through-ses")
    assert (mail.through_ses, mail.confidence) == ("no", Confidence.CONFIRMED)
    assert mail.hop is not None
    assert mail.hop.rdns == "relay.example.com"
    assert mail.region is None


def test_copied_headers_prove_nothing() -> None:
    mail = sample("copied-ses-headers")
    assert mail.through_ses == "unproven"
    assert mail.confidence is Confidence.SUSPECTED
    assert mail.strong == ()
    assert len(mail.weak) >= 6
    assert mail.hop is not None
    assert mail.hop.rdns == "vps-77.hosting.example"
    assert any("copied" in contradiction.text for contradiction in mail.contradictions)
    assert any("X-SES-Outgoing" in contradiction.text for contradiction in mail.contradictions)
    assert mail.needs


def test_a_pasted_part_asks_for_the_rest() -> None:
    mail = sample("pasted-part")
    assert (mail.through_ses, mail.strong) == ("unproven", ())
    assert mail.message_id is not None
    assert mail.message_id.region == "us-east-1"
    assert mail.needs


def test_one_kind_of_evidence_makes_likely() -> None:
    without_results = "\n".join(
        line
        for block in GMAIL.split("\n\n")[:1]
        for line in _without(block.split("\n"), ("authentication-results", "arc-"))
    )
    mail = check(without_results)
    assert (mail.through_ses, mail.confidence) == ("yes", Confidence.LIKELY)
    assert (mail.own_dkim, mail.ses_dkim) == ("unknown", "unknown")


def _without(lines: list[str], names: tuple[str, ...]) -> list[str]:
    kept, dropping = [], False
    for line in lines:
        if not line.startswith((" ", "\t")):
            dropping = line.lower().startswith(names)
        if not dropping:
            kept.append(line)
    return kept


def test_a_forwarder_behind_ses() -> None:
    """The list server hands the mail in; the signature of SES still holds, as Gmail recorded."""
    forwarded = GMAIL.replace(
        "Received: from a8-30.smtp-out.amazonses.com (a8-30.smtp-out.amazonses.com. [54.240.8.30])",
        "Received: from lists.example.org (lists.example.org. [203.0.113.80])",
    )
    mail = check(forwarded)
    assert (mail.through_ses, mail.confidence) == ("yes", Confidence.CONFIRMED)  # SPF of the envelope passed too
    assert any("lists.example.org" in note for note in mail.notes)


def test_results_under_a_strange_name_are_not_believed() -> None:
    mail = check(POSTFIX.replace("Authentication-Results: mx1.example.net", "Authentication-Results: mx.google.com"))
    assert mail.confidence is Confidence.LIKELY  # the hop alone
    assert mail.ses_dkim == "unknown"


def test_results_below_the_first_foreign_hop_are_not_believed() -> None:
    evil = f"Received: from evil.example (evil.example [203.0.113.9])\n\tby mx1.example.net; {AT}\n"
    foreign = POSTFIX.replace(SES_HOP, evil + SES_HOP)
    # the results stand above both hops: those of the recipient. Moved below, they are the sender's.
    head, results = foreign.split("Authentication-Results: mx1.example.net;", 1)
    first, rest = results.split("Received: from evil.example", 1)
    moved = (
        head
        + "Received: from evil.example"
        + rest.replace("DKIM-Signature:", "Authentication-Results: mx1.example.net;" + first + "DKIM-Signature:", 1)
    )
    mail = check(moved)
    assert mail.through_ses == "unproven"
    assert mail.strong == ()


def test_a_greeting_with_an_inner_name_is_no_inner_hop() -> None:
    """HELO is the sender's word; the receiver found no name for the address."""
    forged = (
        f"Received: from mail.example.net (unknown [203.0.113.9])\n\tby mx1.example.net (Postfix); {AT}\n"
        + POSTFIX.split("Delivered-To: soc@example.net\n")[1]
    )
    mail = check("Delivered-To: soc@example.net\n" + forged)
    assert mail.hop is not None
    assert mail.hop.ip == "203.0.113.9"
    assert not any("handed in by b224" in sign.quote for sign in mail.strong)


def test_a_greeting_with_the_name_of_exchange_online_is_no_inner_hop() -> None:
    exchange = (SAMPLES / "mail" / "eu-west-1-exchange-online.eml").read_text(encoding="utf-8")
    forged = exchange.replace("Authentication-Results: spf=pass", "X-Removed: spf=pass").replace(
        "Received: from a7-18.smtp-out",
        "Received: from x.prod.outlook.com (203.0.113.9) by\n DB5EUR01FT020.mail.protection.outlook.com (10.152.4.226);"
        f" {AT}\nReceived: from a7-18.smtp-out",
    )
    mail = check(forged)
    assert mail.hop is not None
    assert mail.hop.ip == "203.0.113.9"
    assert mail.through_ses == "unproven"


def test_inner_hops_of_exchange_online_under_two_names() -> None:
    exchange = (SAMPLES / "mail" / "eu-west-1-exchange-online.eml").read_text(encoding="utf-8")
    mail = check(
        exchange.replace("by AS8PR04MB8000.eurprd04.prod.outlook.com (", "by DUZPR01CA0030.outlook.office365.com (")
    )
    assert (mail.through_ses, mail.confidence) == ("yes", Confidence.CONFIRMED)


def test_the_region_of_the_endpoint() -> None:
    other = sample("eu-west-1-exchange-online", Known("email-smtp.us-east-1.amazonaws.com"))
    assert other.region_matches is False
    assert any("another system" in contradiction.text for contradiction in other.contradictions)
    same = sample("eu-west-1-exchange-online", Known("email-smtp.eu-west-1.amazonaws.com"))
    assert (same.region_matches, same.contradictions) == (True, ())


def test_a_copied_message_id_says_nothing_of_the_region() -> None:
    mail = sample("copied-ses-headers", Known("email-smtp.eu-north-1.amazonaws.com"))
    assert mail.region_matches is False
    assert not [contradiction for contradiction in mail.contradictions if "configured endpoint" in contradiction.text]


def test_from_and_the_verified_domains() -> None:
    outside = sample("us-east-1-gmail", Known(verified_domains=("example.org",)))
    assert outside.sender_covered is False
    assert any("verified identities" in contradiction.text for contradiction in outside.contradictions)
    inside = sample("us-east-1-gmail", Known(verified_domains=("example.com",)))
    assert (inside.sender_covered, inside.contradictions) == (True, ())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("::1.us-east-1.", "::1.eu-west-1.", "Feedback-ID"),
        ("@email.amazonses.com>", "@eu-west-1.amazonses.com>", "domain of Message-ID"),
        ("Message-ID: <0100", "Message-ID: <0102", "different ids"),
        ("-54.240.8.30\n", "-54.240.8.31\n", "X-SES-Outgoing"),
        ("ARC-Message-Signature: i=1;", "ARC-Message-Signature: i=2;", "incomplete"),
        ("cv=none", "cv=fail", "broken"),
        (
            "Wed, 27 May 2026 09:45:10 -0700 (PDT)\nReceived-SPF",
            "Tue, 26 May 2026 09:45:10 -0700 (PDT)\nReceived-SPF",
            "before",
        ),
    ],
)
def test_contradictions(old: str, new: str, words: str) -> None:
    assert old in GMAIL
    found = check(GMAIL.replace(old, new)).contradictions
    assert any(words in contradiction.text for contradiction in found), found


def rules_of(mail_name: str, **known: object) -> set[str]:
    headers = parse_headers((SAMPLES / "mail" / f"{mail_name}.eml").read_bytes(), SourceRef("mail.eml"))
    return {finding.rule for finding in assess(headers, Known(**known), load_rules()).findings}  # type: ignore[arg-type]


def test_findings_by_rules() -> None:
    assert rules_of("us-east-1-gmail") == set()
    assert rules_of("us-west-2-own-dkim-missing") == {"delivered-without-easy-dkim"}
    assert rules_of("not-through-ses") == {"delivered-not-through-ses"}
    assert rules_of("us-east-1-gmail", server="email-smtp.eu-west-1.amazonaws.com") == {"delivered-from-other-region"}


def test_the_same_id_in_reply_log_and_mail() -> None:
    found = sample("us-east-1-gmail").message_id
    assert found is not None
    assert decode_message_id(f"250 Ok {found.text}") == found
    assert decode_message_id("250 Ok") is None


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("mx.google.com", "google.com"),
        ("mx1.mail.example.co.uk", "example.co.uk"),
        ("db5eur01ft020.mail.protection.outlook.com", "outlook.com"),
        ("microsoft.com", "outlook.com"),
        ("192.0.2.1", "192.0.2.1"),
        ("localhost", "localhost"),
    ],
)
def test_owners(name: str, registered: str) -> None:
    assert owner(name) == registered


def test_the_boundary_can_be_named() -> None:
    """Inner servers of another name: without help the first of them looks like the sender."""
    text = (
        f"Received: from gw.partner.example (gw.partner.example [203.0.113.5]) by store.example.net; {AT}\n"
        f"{SES_HOP} by gw.partner.example; {AT}\nFrom: alarms@example.com\n"
    )
    headers = parse_headers(text.encode(), SourceRef("mail.eml"))
    alone, helped = find_way(headers).boundary, find_way(headers, ["partner.example"]).boundary
    assert alone is not None
    assert alone.number == 1
    assert helped is not None
    assert helped.number == 2
    assert assess(headers, Known(receivers=("partner.example",))).through_ses == "yes"


def with_border(received: str, more: str = "") -> str:
    return (
        f"{received}\n{more}From: alarms@example.net\nMessage-ID: "
        "<0101016ffec32e1d-d226aca5-f935-4e61-a598-c40957dc1ddc-000000@us-west-2.amazonses.com>\n\nbody\n"
    )


def test_a_border_that_recorded_an_address_of_ses_without_a_name_proves_neither() -> None:
    hop = "Received: from 54.240.27.38 (unknown [54.240.27.38]) by mx.provider.example with SMTP; " + AT
    mail = check(with_border(hop))
    assert (mail.through_ses, mail.contradictions) == ("unproven", ())
    assert any("recorded the address 54.240.27.38 without a name" in note for note in mail.notes)
    stranger = check(with_border(hop.replace("54.240.27.38", "203.0.113.9")))
    assert stranger.through_ses == "no"


def test_results_of_a_milter_below_its_received_make_it_open_and_prove_nothing() -> None:
    hop = "Received: from relay.sender.example (relay.sender.example [203.0.113.9]) by mx.provider.example; " + AT
    results = "Authentication-Results: mx.provider.example; dkim=pass header.d=amazonses.com\n"
    assert check(with_border(hop)).through_ses == "no"
    mail = check(with_border(hop, results))
    assert mail.through_ses == "unproven"
    assert any("where a milter of `mx.provider.example` writes" in sign.quote for sign in mail.weak)
    elsewhere = results.replace("mx.provider.example", "mx.other.example")
    assert check(with_border(hop, elsewhere)).through_ses == "no"


def test_a_bounce_says_that_it_is_one() -> None:
    bounce = check(re.sub(r"(?m)^Return-Path: .*$", "Return-Path: <>", GMAIL))
    assert any("is a bounce" in note for note in bounce.notes)
    assert not any("is a bounce" in note for note in check(GMAIL).notes)


def test_the_code_0000_names_no_region() -> None:
    """Both us-east-1 and us-west-2 made such ids until early 2016."""
    from sestriage.formats.message_id import decode_message_id

    found = decode_message_id("<0000015023a9bde3-50e76a13-a681-4aff-9ef3-63360127adc0-000000@us-west-2.amazonses.com>")
    assert found is not None
    assert (found.code, found.region) == ("0000", None)
