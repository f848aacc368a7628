"""Certificates in a redacted report: names of CAs stay, those of a customer's hosts get pseudonyms."""

from __future__ import annotations

from dataclasses import replace

from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.redact.hosts import is_public_host
from sestriage.redact.redactor import Redactor
from sestriage.redact.secrets import strip_secrets


def is_private(certificate: Certificate) -> bool:
    """The certificate is that of a host that is not under a public domain alone.

    A CA is told from a host by basicConstraints; a self-signed certificate (OpenSSL marks those as CA by default) is a
    host's when it has DNS names or addresses, or, without the mark, a common name without blanks.
    """
    names = [name.removeprefix("*.") for name in (certificate.common_name, *certificate.dns_names) if name]
    has_alternative_names = bool(certificate.dns_names or certificate.ip_addresses)
    if _is_self_issued(certificate):
        bare = not certificate.is_ca and bool(certificate.common_name) and " " not in (certificate.common_name or "")
        is_host = has_alternative_names or bare
    else:
        is_host = not certificate.is_ca and bool(certificate.subject)
    return is_host and (bool(certificate.ip_addresses) or not names or not all(map(is_public_host, names)))


def learn_certificate(certificate: Certificate, redactor: Redactor) -> None:
    """Tell the redactor which names of the certificate go wherever they stand, and which stay."""
    if not is_private(certificate):
        redactor.protect((certificate.subject, certificate.issuer))
        redactor.protect(name for name in (certificate.common_name, certificate.issuer_common_name) if name)
        return
    if not _is_self_issued(certificate):
        redactor.protect((certificate.issuer,))
    host = _first_name(certificate)
    redactor.learn("host", (name.removeprefix("*.") for name in certificate.dns_names))
    redactor.learn("ip", certificate.ip_addresses)
    if not is_public_host(host):
        redactor.learn("host", (certificate.subject,), alias=host.removeprefix("*."))


def redact_certificate(certificate: Certificate, redactor: Redactor) -> Certificate:
    """The certificate with pseudonyms for a host's names; the same object when nothing changes."""
    if not is_private(certificate):
        return certificate
    label = _label(_first_name(certificate), redactor)
    self_issued = _is_self_issued(certificate)
    return replace(
        certificate,
        der=b"",  # the encoding holds all names
        subject=f"CN={label}",
        common_name=label if certificate.common_name else None,
        organization=None,
        issuer=f"CN={label}" if self_issued else strip_secrets(certificate.issuer),
        issuer_common_name=label if self_issued else certificate.issuer_common_name,
        issuer_organization=None if self_issued else certificate.issuer_organization,
        dns_names=tuple(_label(name, redactor) for name in certificate.dns_names),
        ip_addresses=tuple(redactor.host(address) for address in certificate.ip_addresses),
        source=_clean_source(certificate.source),
        problem=redactor.redact(certificate.problem) if certificate.problem else None,
    )


def _clean_source(source: SourceRef | None) -> SourceRef | None:
    if source is None:
        return None
    member = None if source.member is None else strip_secrets(source.member)
    return replace(source, path=strip_secrets(source.path), member=member)


def _is_self_issued(certificate: Certificate) -> bool:
    return certificate.self_issued or certificate.subject == certificate.issuer


def _first_name(certificate: Certificate) -> str:
    return certificate.common_name or (*certificate.dns_names, *certificate.ip_addresses, certificate.subject)[0]


def _label(name: str, redactor: Redactor) -> str:
    return f"*.{redactor.host(name[2:])}" if name.startswith("*.") else redactor.host(name)
