"""Reports on the log of another mail program than the Manager's: no step works on the Manager's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.model.verdict import Verdict
from support import SAMPLES

HOST = "email-smtp.us-east-1.amazonaws.com"
STORE = SAMPLES / "proxy-web-not-there" / "truststore.p12"
_DELIVERY = f"Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay={HOST}[192.0.2.25]:587"
_TLS = f"{_DELIVERY}, dsn=4.7.5, status=deferred (Cannot start TLS: error:"
_EXIM = f"2026-11-20 09:12:44 1sAbCd-0001Ab-2C == ops@example.com R=smarthost T=remote_smtp defer (-37) H={HOST} "

LOGS = {
    "pkix-path-not-found": f"{_DELIVERY}, dsn=4.7.5, status=deferred (Server certificate not trusted)",
    "certificate-expired": f"Nov 20 09:12:44 relay postfix/smtp[811]: certificate verification failed for "
    f"{HOST}[192.0.2.25]:587: certificate has expired",
    "dh-key-too-small": f"{_TLS}0A00018A:SSL routines::dh key too small:ssl/statem/statem_clnt.c:2097:)",
    "no-common-cipher-suite": f"{_TLS}0A000410:SSL routines::ssl/tls alert handshake failure:"
    "ssl/record/rec_layer_s3.c:1605:SSL alert number 40)",
    "client-certificate-rejected": f"{_TLS}0A000418:SSL routines::tlsv1 alert unknown ca:"
    "ssl/record/rec_layer_s3.c:1605:SSL alert number 48)",
    "self-signed-server-certificate": f"{_EXIM}[192.0.2.25]: TLS session: (SSL_connect): error:0A000086:SSL routines::"
    "certificate verify failed: self-signed certificate",
    "smtp-credentials-invalid": "Nov 20 09:12:44 relay sm-mta[811]: 3AKCi1Ab002211: AUTH=client, "
    f"relay={HOST}, mech=PLAIN, stat=535 Authentication Credentials Invalid",
}
PLACES = ("sw-response-mgmt", "/lancope", "docker", "trustStore")
JAVA = (
    "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: "
    "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
)


def verdict_on(text: str, tmp_path: Path, *more: Path) -> Verdict:
    log = tmp_path / "mail.log"
    log.write_text(text + "\n", encoding="utf-8")
    return triage([str(log), *map(str, more)]).verdict


def commands(verdict: Verdict) -> str:
    assert verdict.primary is not None
    return "\n".join(
        map(str, (*(fix.command for fix in verdict.primary.fixes), *(need.command for need in verdict.needs)))
    )


@pytest.mark.parametrize("rule", LOGS)
def test_no_step_works_on_the_manager(rule: str, tmp_path: Path) -> None:
    verdict = verdict_on(LOGS[rule], tmp_path)
    assert verdict.primary is not None
    assert verdict.primary.rule == rule
    assert verdict.primary.fixes
    assert not [place for place in PLACES if place in commands(verdict)]
    assert sum("not the Manager's mail service" in note for note in verdict.notes) == 1
    assert not any("taken on the Manager" in need.evidence for need in verdict.needs)


def test_the_manager_s_own_log_keeps_its_steps(tmp_path: Path) -> None:
    verdict = verdict_on(JAVA, tmp_path)
    assert verdict.primary is not None
    assert verdict.primary.rule == "pkix-path-not-found"
    assert "sw-response-mgmt" in commands(verdict)
    assert not any("not the Manager's mail service" in note for note in verdict.notes)


def test_a_key_store_of_java_is_not_compared(tmp_path: Path) -> None:
    verdict = verdict_on(LOGS["pkix-path-not-found"], tmp_path, STORE)
    assert any("key store of Java" in note for note in verdict.notes)
