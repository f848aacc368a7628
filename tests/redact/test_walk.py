"""Whole reports: private data goes from every field, names of CAs and places in the evidence stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sestriage.model.capture import (
    Capture,
    DnsLookup,
    Endpoint,
    SmtpDialogue,
    Stream,
    TcpConnection,
    TlsSession,
    WireCommand,
)
from sestriage.model.command import Instructions, argument, joined
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import Certificate, Gap, StoreEntry, TrustPath, TrustStore
from sestriage.model.verdict import Attempt, Confidence, Finding, FixStep, Need, Outcome, Report, Verdict
from sestriage.redact import Redactor, redact_report, strip_report

SES = "email-smtp.us-east-1.amazonaws.com"
LOG = SourceRef("case/mail.customer.example.log", line=3)
CA = Certificate(
    sha256="a" * 64,
    der=b"ca",
    subject="CN=Customer Example GmbH proxy.customer.example Root CA,O=Customer GmbH",
    issuer="CN=Customer Example GmbH proxy.customer.example Root CA,O=Customer GmbH",
    common_name="Customer Example GmbH proxy.customer.example Root CA",
    is_ca=True,
)
PRIVATE_LEAF = Certificate(
    sha256="b" * 64,
    der=b"leaf",
    subject="CN=relay.customer.example,O=Customer GmbH,L=Bonn",
    issuer=CA.subject,
    common_name="relay.customer.example",
    issuer_common_name=CA.common_name,
    organization="Customer GmbH",
    dns_names=("relay.customer.example", "*.mx.customer.example"),
    ip_addresses=("10.9.8.7",),
    is_ca=False,
)
SES_LEAF = Certificate(
    sha256="c" * 64, der=b"ses", subject=f"CN={SES}", issuer="CN=Amazon", common_name=SES, dns_names=(SES,)
)


def event(**fields: object) -> LogEvent:
    base = LogEvent(LOG, None, "ERROR", "com.harbor.Mailer", "t-1", "failed", (), "failed", "failed")
    return replace(base, **fields)  # type: ignore[arg-type]


def report(**fields: object) -> Report:
    return replace(Report(Verdict(Outcome.UNDETERMINED, None)), **fields)  # type: ignore[arg-type]


def with_certificates(*certificates: Certificate, note: str = "") -> Report:
    return report(
        stores=(TrustStore(SourceRef("s.p12"), "pkcs12", tuple(StoreEntry(c) for c in certificates)),),
        inputs=(InputNote(SourceRef("s.p12"), "trust-store", note),),
    )


def test_a_report_without_private_data_is_the_same_object() -> None:
    whole = report(attempts=(Attempt(datetime(2026, 1, 1, tzinfo=UTC), None, host=SES, port=587),))
    assert redact_report(whole) is whole
    assert strip_report(whole) is whole


def test_unchanged_parts_are_shared() -> None:
    kept, changed = Attempt(None, None, host=SES), Attempt(None, None, host="mail.customer.example")
    redacted = redact_report(report(attempts=(kept, changed)))
    assert redacted.attempts[0] is kept
    assert redacted.attempts[1].host == "<host-1>"


def test_paths_stay_but_secrets_in_them_go() -> None:
    source = SourceRef("mail.customer.example/AKIAIOSFODNN7EXAMPLE.log", member="soc@customer.example")
    note = redact_report(report(inputs=(InputNote(source, "log"),))).inputs[0]
    assert note.source.path == "mail.customer.example/<access-key>.log"
    assert note.source.member == "soc@customer.example"


def test_fields_of_captures() -> None:
    stream = Stream(
        SourceRef("c.pcap"),
        Endpoint("10.1.2.3", 40000),
        Endpoint("2001:db8::1", 587),
        TcpConnection(),
        SmtpDialogue(commands=(WireCommand("EHLO", "smc", 1), WireCommand("HELO", "[10.1.2.3]", 2))),
        TlsSession(sni="relay"),
        server_name="relay",
    )
    lookup = DnsLookup(SourceRef("c.pcap"), "relay", "NOERROR", addresses=("10.1.2.3", "2001:db8::1"))
    capture = redact_report(report(captures=(Capture(SourceRef("c.pcap"), (stream,), (lookup,)),))).captures[0]
    redacted = capture.streams[0]
    assert (redacted.client, redacted.server) == (Endpoint("<ip-1>", 40000), Endpoint("<ip-2>", 587))
    assert redacted.smtp is not None
    assert [c.argument for c in redacted.smtp.commands] == ["<hostname-1>", "[<ip-1>]"]
    assert redacted.tls is not None
    assert redacted.tls.sni == redacted.server_name == capture.dns[0].name == "<hostname-2>"
    assert capture.dns[0].addresses == ("<ip-1>", "<ip-2>")


def test_identities_and_hosts_of_events() -> None:
    found = event(
        identities=("soc@customer.example", "customer.example"), host="smtp-relay", quote="554 soc@customer.example"
    )
    note = InputNote(SourceRef("x"), "log", "smtp-relay did not answer")
    redacted = redact_report(report(attempts=(Attempt(None, None, (found,)),), inputs=(note,)))
    assert redacted.attempts[0].events[0].identities == ("<address-1>", "<host-1>")
    assert redacted.attempts[0].events[0].host == "<hostname-1>"
    assert redacted.attempts[0].events[0].quote == "554 <address-1>"
    assert redacted.inputs[0].problem == "<hostname-1> did not answer", "a learned name goes without any context"


def test_names_of_cas_stay_everywhere() -> None:
    redacted = with_certificates(CA, PRIVATE_LEAF, note=f"issued by {CA.subject}, by proxy.customer.example")
    out = redact_report(redacted)
    assert out.stores[0].entries[0].certificate is CA
    assert out.stores[0].entries[1].certificate.issuer == CA.subject
    assert out.inputs[0].problem is not None
    assert out.inputs[0].problem.startswith(f"issued by {CA.subject}, by <host-")


def test_a_hosts_certificate_loses_its_names() -> None:
    out = redact_report(with_certificates(PRIVATE_LEAF, note=f"the server sent {PRIVATE_LEAF.subject}."))
    leaf = out.stores[0].entries[0].certificate
    assert leaf.subject == f"CN={leaf.common_name}"
    assert leaf.common_name is not None
    assert leaf.common_name.startswith("<host-")
    assert leaf.dns_names[0] == leaf.common_name
    assert leaf.dns_names[1].startswith("*.<host-")
    assert leaf.ip_addresses == ("<ip-1>",)
    assert (leaf.organization, leaf.der, leaf.sha256) == (None, b"", "b" * 64)
    assert out.inputs[0].problem == f"the server sent {leaf.common_name}."
    assert "ustomer" not in repr(replace(leaf, issuer="", issuer_common_name=""))


def test_a_self_signed_host_certificate_hides_its_issuer_too() -> None:
    own = replace(PRIVATE_LEAF, issuer=PRIVATE_LEAF.subject, issuer_common_name=PRIVATE_LEAF.common_name)
    leaf = redact_report(with_certificates(own)).stores[0].entries[0].certificate
    assert leaf.issuer == leaf.subject
    assert leaf.issuer_common_name == leaf.common_name


def test_self_signed_appliance_certificates_are_hosts() -> None:
    marked = replace(PRIVATE_LEAF, issuer=PRIVATE_LEAF.subject, is_ca=True)
    single = Certificate(sha256="d" * 64, der=b"", subject="CN=smc01", issuer="CN=smc01", common_name="smc01")
    plain = Certificate(
        sha256="e" * 64, der=b"", subject="CN=Mail 7,O=Customer", issuer="CN=Some CA", common_name="Mail 7", is_ca=False
    )
    out = redact_report(with_certificates(marked, single, plain))
    subjects = [entry.certificate.subject for entry in out.stores[0].entries]
    assert all(subject.startswith("CN=<host") for subject in subjects)
    assert out.stores[0].entries[2].certificate.issuer == "CN=Some CA"


def test_certificates_of_amazon_and_old_roots_stay() -> None:
    old_root = replace(CA, is_ca=None, subject="CN=Old Root,O=X", issuer="CN=Old Root,O=X", common_name="Old Root")
    out = redact_report(with_certificates(SES_LEAF, old_root))
    assert [e.certificate for e in out.stores[0].entries] == [SES_LEAF, old_root]


def test_gap_names_the_missing_issuer() -> None:
    gap = Gap(child=SES_LEAF, issuer="CN=ca.customer.example")
    path = TrustPath(SourceRef("s.p12"), (SES_LEAF,), "no-path", gap=gap, host="relay.customer.example")
    out = redact_report(report(paths=(path,))).paths[0]
    assert out.gap is not None
    assert out.gap.issuer == "CN=ca.customer.example"
    assert out.host == "<host-1>"


def test_no_redact_still_strips_secrets() -> None:
    found = event(quote="soc@customer.example password=hunter2 AKIAIOSFODNN7EXAMPLE", host="mail.customer.example")
    out = strip_report(report(attempts=(Attempt(None, None, (found,)),))).attempts[0].events[0]
    assert out.quote == "soc@customer.example password=<secret> <access-key>"
    assert out.host == "mail.customer.example"


def test_a_redactor_of_ones_own_keeps_the_mapping() -> None:
    redactor = Redactor()
    redact_report(report(attempts=(Attempt(None, None, host="mail.customer.example"),)), redactor)
    assert redactor.mapping == {"host:mail.customer.example": "<host-1>"}


def step_of(redacted: Report) -> FixStep:
    assert redacted.verdict.primary is not None
    return redacted.verdict.primary.fixes[0]


def report_with_commands() -> Report:
    typed = joined(
        *("sestriage certs export ", argument("path", "x --password abcd1234.pcap", "CHAIN"), " --server "),
        *(argument("host", "relay.customer.example"), " --region ", argument("region", "us-east-1")),
        " --password 'the author wrote this'",
    )
    step = FixStep("r", "t", typed, None, Instructions(("Ask relay.customer.example:", typed)), None)
    finding = Finding(
        "r", "t", Phase.TLS, "error", Confidence.LIKELY, "why", fixes=(step,), needs=(Need("e", "w", typed),)
    )
    return report(verdict=Verdict(Outcome.FAILED, None, primary=finding, needs=finding.needs))


def test_commands_lose_values_and_keep_the_author_s_text() -> None:
    redacted = redact_report(report_with_commands())
    wanted = (
        'sestriage certs export "${CHAIN:?set it to the path of the file}" --server'
        " \"${SMTP_SERVER:?set it to the SMTP server}\" --region us-east-1 --password 'the author wrote this'"
    )
    step = step_of(redacted)
    assert str(step.command) == wanted
    assert step.verify is not None
    assert str(step.verify) == f"Ask <host-1>:\n{wanted}"
    assert [str(need.command) for need in redacted.verdict.needs] == [wanted]


def test_without_redaction_only_secrets_leave_commands() -> None:
    shown = str(step_of(strip_report(report_with_commands())).command)
    assert shown.startswith('sestriage certs export "${CHAIN:?')
    assert "--server relay.customer.example --region us-east-1" in shown


def test_a_text_with_a_public_end_is_not_public_for_that() -> None:
    assert "relay.customer.example" not in Redactor().host("relay.customer.example/x;y.amazonaws.com")
    assert Redactor().host(SES) == SES
