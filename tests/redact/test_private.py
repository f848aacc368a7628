"""Private data gets pseudonyms; what carries the diagnosis stays."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sestriage.redact import Redactor

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # mail addresses
        ("to soc@customer.example.", "to <address-1>."),
        ("MAIL FROM:<Alarm.Box+1@Mail.Customer.COM>", "MAIL FROM:<address-1>"),
        ("user=soc@customer.example&x", "user=<address-1>&x"),
        ("'soc@customer.example','b@x.de'", "'<address-1>','<address-2>'"),
        ('"a b"@customer.example', "<address-1>"),
        ("root@smc01:~# ls", "<address-1>:~# ls"),
        ("soc@[10.1.2.3]", "<address-1>"),
        ("soc%40customer.example", "<address-1>"),
        ("soc\\u0040customer.example", "<address-1>"),
        ("soc&#64;customer.example", "<address-1>"),
        # IP addresses
        ("smtp/10.1.2.3:587", "smtp/<ip-1>:587"),
        ("127.0.0.1 and 127.0.0.1, 127.10.0.1", "<ip-1> and <ip-1>, <ip-2>"),
        ("[2001:db8::17]:587", "[<ip-1>]:587"),
        ("/2001:db8:0:0:0:0:0:17:587", "/<ip-1>:587"),
        ("host:2001:DB8::17", "host:<ip-1>"),
        ("::1 0:0:0:0:0:0:0:1", "<ip-1> <ip-1>"),
        ("fe80::1%eth0.", "<ip-1>"),
        ("::ffff:10.1.2.3", "<ip-1>"),
        ("10.1.2.3-10.1.2.9 (10.0.0.0/8)", "<ip-1>-<ip-2> (<ip-3>/8)"),
        ("at ec2-54-1-2-3.compute-1.amazonaws.com", "at ec2-<ip-1>.compute-1.amazonaws.com"),
        # host names
        ("mail.customer.example said no", "<host-1> said no"),
        ("MAIL.CUSTOMER.COM and mail.customer.com", "<host-1> and <host-1>"),
        ("UnknownHostException: mailrelay", "UnknownHostException: <hostname-1>"),
        (
            "Couldn't connect to host, port: relay, 25; timeout -1",
            "Couldn't connect to host, port: <hostname-1>, 25; timeout -1",
        ),
        ("EHLO smc01\n", "EHLO <hostname-1>\n"),
        ("need EHLO/HELO first, EHLO/HELO smc01", "need EHLO/HELO first, EHLO/HELO <hostname-1>"),
        ("openssl s_client -connect mx.firma.de:587", "openssl s_client -connect <host-1>:587"),
        ("https://portal.firma.at/x", "https://<host-1>/x"),
        ("CN=smtp.customer.co.uk,O=X", "CN=<host-1>,O=X"),
        (
            "No subject alternative DNS name matching relay.lan found.",
            "No subject alternative DNS name matching <host-1> found.",
        ),
        ("selector._domainkey.customer.org", "<host-1>"),
        ('{"host":"smc01"}', '{"host":"<hostname-1>"}'),
        # AWS
        (
            "User `arn:aws:iam::123456789012:user/joe' on `arn:aws:ses:us-east-1:123456789012:identity/customer.com'",
            "User `arn:aws:iam::<account-1>:user/<name-1>' on `arn:aws:ses:us-east-1:<account-1>:identity/<host-1>'",
        ),
        ("identity/soc@customer.com", "identity/<address-1>"),
        ("account 123456789012, AWS account id: 1234-5678-9012", "account <account-1>, AWS account id: <account-1>"),
        (
            "arn:aws-us-gov:sts::123456789012:assumed-role/Admin/joe",
            "arn:aws-us-gov:sts::<account-1>:assumed-role/<name-1>",
        ),
    ],
)
def test_private_data(text: str, left: str) -> None:
    assert Redactor().redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "email-smtp.us-east-1.amazonaws.com:587",
        "vpce-0ab-xy.email-smtp.eu-west-1.vpce.amazonaws.com",
        "feedback-smtp.eu-central-1.amazonses.com a8-30.smtp-out.amazonses.com",
        "Message-ID: <0100018106685484-aaaa-000000@email.amazonses.com>",
        "Feedback-ID: ::1.us-east-1.abc=:AmazonSES",
        "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC123DEF 9Xk2",
        "554 Message rejected: Email address is not verified. The following identities failed the check in region US",
        "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140) ~[mail.jar:1.6.5]",
        "\tat java.base/sun.security.ssl.CertificateMessage$T12CertificateConsumer.consume(CertificateMessage.java:36)",
        "\tat org.springframework.mail.javamail.JavaMailSenderImpl.doSend(JavaMailSenderImpl.java:518) [x.jar!/:5.3.9]",
        "c.h.response.action.EmailActionExecutor  : Test action 'Mail to SOC' failed",
        "o.s.b.w.embedded.tomcat.TomcatWebServer: port 8080",
        "ch.qos.logback.core.net io.netty.handler.ssl com.harbor.response.feed jakarta.mail.internet de.firma.app",
        "sun.security.validator.ValidatorException: PKIX path building failed: "
        "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path",
        "/lancope/var/logs/containers/sw-response-mgmt.log sw-response-mgmt.log.1 svc-central-management.log",
        "/etc/ssl/certs/Amazon_Root_CA_1.pem truststore.p12 test-action.pcap tls-ciphers module-info.class",
        "SSL routines:tls_process_ske_dhe:dh key too small 140735:error:141A318A",
        "TLSv1.2 TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 1.2.840.113549.1.1.11 2.5.29.17",
        "jdk-17.0.15.6.jar netty 4.1.48.Final version 10.1.2.3 v1.2.3.4",
        "2026-11-24 03:31:33.247 2026-11-24T03:31:33,247+05:30 03:31:33.247Z 24.11.2026 03:31",
        "8E:CD:E6:88:4F:3D:87:B1:12:5B:A3:1A:C3:FC:B1:3D:70:16:DE:7F:57:CC:90:4F:E1:CB:97:C6:AE:98:19:6E",
        "serial 06:6C:9F:D5:74:97:36:66, 8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "CN=Amazon Root CA 1,O=Amazon,C=US CN=Starfield Services Root Certificate Authority - G2",
        "java.lang.Object@1b2c3d4e [Ljava.lang.String;@7f31245a @Override",
        "std::vector Foo::bar String::valueOf ::",
        "mail.smtp.host mail.smtp.ssl.protocols java.vm.name os.name user.home",
        "dkim=pass spf=pass dh-key-too-small ca-missing-from-trust-store",
        "DHE-RSA-AES128-GCM-SHA256:ECDHE:!aNULL:+HIGH:@STRENGTH",
        "docker restart sw-response-mgmt; systemctl status sshd.service",
        "failed.No retry. done.It was e.g. i.e. the end.",
        "535 Authentication Credentials Invalid 250 Ok 421 4.4.2",
        "[http-nio-8080-exec-7] action=41 kind=email trigger=test",
        '{"@timestamp":"2026-11-24T03:46:30.216Z","@version":"1","message":"x"}',
        "STARTTLS is required but host does not support STARTTLS",
        "localhost localhost.localdomain",
        "resource arn:aws:ses:us-east-1:",
    ],
)
def test_what_must_stay_stays(text: str) -> None:
    assert Redactor().redact(text) == text


PRIVATE_IN_SAMPLES = re.compile(
    r"[\w.+-]+@(?:[\w-]+\.)*example(?:\.\w+)?|\d[\w.]*@[\w.-]+|127(?:\.\d{1,3}){3}|(?:[\w-]+\.)*example\.(?:com|org|net)"
    r"|ses-smtp-user\.\d+|AKIA[A-Z0-9]{16}|10(?:\.\d{1,3}){3}|192\.0\.2\.\d{1,3}|(?:[\w-]+\.)+(?:corp|lan|internal|test|invalid)|\d{12}"
    r"|[\w.-]+\.example"
)
"""What the lab wrote into its logs that is private: made-up names under reserved domains, loopback and such."""


@pytest.mark.parametrize("log", sorted(SAMPLES.glob("*/*.log")), ids=lambda path: path.parent.name)
def test_real_logs_lose_nothing_else(log: Path) -> None:
    text = log.read_text(encoding="utf-8", errors="replace")
    out = Redactor().redact(text)
    before, after = text.split("\n"), out.split("\n")
    assert len(before) == len(after)
    for was, now in zip(before, after, strict=True):
        pieces = re.split(r"<(?:address|ip|host|account|name)-\d+>|<access-key>|<secret>", now)
        pattern = "(.+?)".join(map(re.escape, pieces))
        match = re.fullmatch(pattern, was)
        assert match, (was, now)
        for value in match.groups():
            assert PRIVATE_IN_SAMPLES.fullmatch(value.strip("<>")), f"{value!r} should have stayed in {was!r}"


# --- properties --------------------------------------------------------------------------------------------------

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=3, max_size=10).map(lambda s: "q" + s)
hosts = st.tuples(names, names, st.sampled_from(["com", "example", "de", "co.uk", "local", "net"])).map(".".join)
addresses = st.tuples(names, hosts).map("@".join)
ipv4 = st.ip_addresses(v=4).map(str).filter(lambda ip: not ip.startswith(("2.5.4.", "2.5.29.")))
ipv6 = st.ip_addresses(v=6).map(str).filter(lambda ip: not re.fullmatch(r"(?:[0-9a-f]{2}:){7}[0-9a-f]{2}|::", ip))
accounts = st.text("0123456789", min_size=12, max_size=12).map(lambda n: f"arn:aws:iam::{n}:user/q{n}x")
private = st.one_of(hosts, addresses, ipv4, ipv6, accounts)
SEPARATORS = [" ", "\t", "\n", '"', "'", ",", ";", "(", ")", "[", "]", "=", "<", ">", "|", "{", "}", "\u201c", "\u00a0"]
around = st.text(st.sampled_from("abX '\"<>[]{}\n\u00e9,;"), max_size=15)


@settings(max_examples=300, deadline=None)
@given(private, around, around, st.sampled_from(SEPARATORS), st.sampled_from(SEPARATORS), st.booleans(), st.booleans())
@example("qabc@qdef.example", "a ", "", "<", ">", True, True)
def test_no_planted_value_survives(
    value: str, before: str, after: str, left: str, right: str, upper: bool, in_json: bool
) -> None:
    planted = value.upper() if upper and ":" not in value else value
    text = before + left + planted + right + after
    out = Redactor().redact(json.dumps({"log": text}) if in_json else text)
    core = re.search(r"\d{12}", value) if value.startswith("arn:") else None
    assert (core[0] if core else planted) not in out


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(private, st.text(max_size=20)), max_size=8).map(" ".join))
def test_idempotent_and_line_for_line(text: str) -> None:
    redactor = Redactor()
    once = redactor.redact(text)
    assert redactor.redact(once) == once
    assert once.count("\n") == text.count("\n")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(hosts, addresses, ipv4), min_size=1, max_size=8))
def test_equal_values_get_equal_pseudonyms(values: list[str]) -> None:
    redactor = Redactor()
    labels = [redactor.redact(value) for value in values]
    assert [redactor.redact(f"({value.upper()})") for value in values] == [f"({label})" for label in labels]
    assert len(set(labels)) == len({value.lower() for value in values})


def test_a_mapping_goes_on() -> None:
    first = Redactor()
    first.redact("a@x.de mail.x.de")
    second = Redactor(first.mapping)
    assert second.redact("mail.x.de b@x.de a@x.de mx.y.de") == "<host-1> <address-2> <address-1> <host-2>"


def test_learned_names_go_wherever_they_stand() -> None:
    redactor = Redactor()
    redactor.learn("host", ["smc-01", "email-smtp.us-east-1.amazonaws.com", "smtp", None])
    assert redactor.redact("from SMC-01: smtp xsmc-01x") == "from <hostname-1>: smtp xsmc-01x"


def test_protected_names_stay() -> None:
    redactor = Redactor()
    redactor.protect(["CN=proxy.corp.example CA"])
    assert redactor.redact("CN=proxy.corp.example CA x.corp.example") == "CN=proxy.corp.example CA <host-1>"


@pytest.mark.parametrize("word", ["server", "Server", "receiver", "driver", "prebuild"])
def test_a_word_that_ends_like_version_names_none(word: str) -> None:
    assert Redactor().redact(f"{word} 10.1.2.3 refused") == f"{word} <ip-1> refused"


@pytest.mark.parametrize("address", ["192.0.2.25", "2001:db8::25", "[2001:db8::25]", "[192.0.2.25]"])
def test_an_address_that_was_entered_as_a_host_is_an_address(address: str) -> None:
    """One value, one pseudonym: a report that speaks of an address does not show a host's name."""
    redactor = Redactor()
    redactor.learn("host", [address])
    label = redactor.host(address)
    assert label == "<ip-1>"
    assert label in redactor.redact(f"SMTP SERVER is {address}, as the log says")
    assert redactor.host("1.2.3.example.com") == "<host-1>"
