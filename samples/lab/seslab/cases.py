"""The table of all cases: folder name to maker."""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    cases_beside,
    cases_dh,
    cases_keylog,
    cases_net,
    cases_phases,
    cases_replies,
    cases_smtp,
    cases_tls,
    cases_trust,
)
from .model import CaseMaker

CASES: Mapping[str, CaseMaker] = {
    "identity-not-verified": cases_smtp.identity_not_verified,
    "credentials-invalid": cases_smtp.credentials_invalid,
    "pkix-root-missing": cases_trust.pkix_root_missing,
    "dh-openssl": cases_tls.dh_openssl,
    "dh-jsse": cases_tls.dh_jsse,
    "success": cases_smtp.success,
    "success-json": cases_smtp.success_json,
    "success-docker": cases_smtp.success_docker,
    "success-smtps": cases_smtp.success_smtps,
    "success-debug": cases_smtp.success_debug,
    "same-name-other-key": cases_trust.same_name_other_key,
    "leaf-only-chain": cases_trust.leaf_only_chain,
    "tls-inspection": cases_trust.tls_inspection,
    "self-signed": cases_trust.self_signed,
    "smtps-on-587": cases_tls.smtps_on_587,
    "starttls-on-465": cases_tls.starttls_on_465,
    "starttls-on-465-timeout": cases_tls.starttls_on_465_timeout,
    "expired": cases_trust.expired,
    "not-yet-valid": cases_trust.not_yet_valid,
    "hostname-mismatch": cases_trust.hostname_mismatch,
    "hostname-mismatch-jsse": cases_trust.hostname_mismatch_jsse,
    "unknown-host": cases_net.unknown_host,
    "dns-servfail": cases_net.dns_servfail,
    "refused": cases_net.refused,
    "timed-out": cases_net.timed_out,
    "tls-version-rejected": cases_tls.tls_version_rejected,
    "tls13": cases_trust.tls13,
    "several-attempts-success": cases_smtp.several_attempts_success,
    "several-attempts-failure": cases_smtp.several_attempts_failure,
    "spring-wrapped": cases_smtp.spring_wrapped,
    "spring-auth": cases_smtp.spring_auth,
    "spring-pkix": cases_smtp.spring_pkix,
    "double-connect": cases_trust.double_connect,
    "tls13-keylog": cases_keylog.root_missing,
    "tls13-535-keylog": cases_keylog.credentials_invalid,
    "tls13-554-keylog": cases_keylog.identity_not_verified,
    "dhe-512": cases_dh.dhe_512,
    "dhe-1024": cases_dh.dhe_1024,
    "dhe-2048": cases_dh.dhe_2048,
    **cases_phases.CASES,
    **cases_replies.CASES,
    **cases_beside.CASES,
}
