"""Certificates (RFC 5280): bytes in, a `Certificate` out, whatever the bytes are.

The fields are read by our own reader, so that one damaged or unheard-of part does not hide the others; `cryptography`
is the second opinion, and what it refuses becomes the certificate's `problem`.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Final

from sestriage.errors import ParseError, reason_of
from sestriage.formats.certs import der
from sestriage.formats.certs.x509_algorithms import CURVE_BITS, FIXED_BITS, KEYS, signature_name
from sestriage.formats.certs.x509_names import Name, cut, escape, parse_name, shown_problem
from sestriage.model.known.published import published_name
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate

MAX_CERTIFICATE_BYTES = 1 << 20
MAX_EXTENSIONS = 200
MAX_SAN_NAMES = 5000
MAX_LABEL = 255

SKI, KEY_USAGE, SAN, BASIC_CONSTRAINTS = "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19"
NAME_CONSTRAINTS, POLICIES, POLICY_MAPPINGS, AKI = "2.5.29.30", "2.5.29.32", "2.5.29.33", "2.5.29.35"
POLICY_CONSTRAINTS, EXTENDED_KEY_USAGE, INHIBIT_ANY_POLICY = "2.5.29.36", "2.5.29.37", "2.5.29.54"
NETSCAPE_CERT_TYPE = "2.16.840.1.113730.1.1"

PROCESSED_BY_JAVA: frozenset[str] = frozenset(
    (
        *(KEY_USAGE, SAN, BASIC_CONSTRAINTS, NAME_CONSTRAINTS, POLICIES, POLICY_MAPPINGS),
        *(POLICY_CONSTRAINTS, EXTENDED_KEY_USAGE, INHIBIT_ANY_POLICY),
    )
)
"""Critical extensions that the JDK's path validator processes; any other refuses the path."""

USAGE_NAMES = (
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement"),
    *("keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)
"""KeyUsage bits in order (RFC 5280 4.2.1.3)."""


@dataclass(frozen=True, slots=True)
class RawCertificate:
    """The pieces of a certificate that a signature check or a constraint check needs, as encoded."""

    tbs: bytes
    signature_oid: str
    signature_parameters: bytes
    """The encoded parameters of the signature's AlgorithmIdentifier, empty when absent."""
    signature: bytes
    spki: bytes
    extensions: dict[str, tuple[bool, bytes]]
    """OID to (critical, value)."""
    inner_signature_oid: str = ""
    """The algorithm as the signed part names it; it must be the same."""
    issuer: bytes = b""
    subject: bytes = b""
    """The encoded names."""


@dataclass(slots=True)
class _Draft:
    """The fields read so far; `problems` names those that could not be read."""

    values: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def parse_certificate(encoded: bytes, source: SourceRef | None = None) -> Certificate:
    """The certificate in `encoded` (DER). Never raises.

    What can be read is read; `problem` is one sentence on what cannot, or on why a strict reader refuses the
    certificate. Bytes behind the certificate are not part of it and are reported. The source is kept with the
    certificate's SHA-256 in it.
    """
    digest = hashlib.sha256(encoded).hexdigest()
    source = None if source is None else replace(source, sha256=digest)
    if len(encoded) > MAX_CERTIFICATE_BYTES:
        return Certificate(
            digest,
            b"",
            source=source,
            problem=Message("{count} bytes are no plausible certificate", count=len(encoded)),
        )
    draft = _Draft()
    try:
        _read_outer(encoded, draft)
    except (ParseError, ValueError) as error:
        draft.problems.append(reason_of(error))
    if not draft.problems and (refusal := strict_refusal(encoded)):
        draft.problems.append(refusal)
    problem = shown_problem(together(*draft.problems, between="; ")) or None
    return Certificate(digest, encoded, source=source, problem=problem, **draft.values)  # type: ignore[arg-type]


def strict_refusal(encoded: bytes) -> str | None:
    """Why `cryptography` refuses the encoding; None when it does not."""
    from cryptography import x509

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x509.load_der_x509_certificate(encoded)
    except Exception as error:  # its list of exceptions is not documented for hostile input
        said = reason_of(error).splitlines()[0]
        return Message("refused by a strict reader: {reason}", reason=said)
    return None


def _read_outer(data: bytes, draft: _Draft) -> None:
    outer = der.expect(data, 0, len(data), der.SEQUENCE)
    if outer.end != len(data):
        draft.problems.append(Message("{count} bytes follow the certificate", count=len(data) - outer.end))
    tbs = der.expect(data, outer.body, outer.stop, der.SEQUENCE)
    try:
        _read_tbs(data, tbs, draft)
    finally:
        draft.values["signature_algorithm"] = signature_name(_algorithm(data, tbs.end, outer.stop)[0])


def _read_tbs(data: bytes, tbs: der.Element, draft: _Draft) -> None:
    """The fields of TBSCertificate in their order (RFC 5280 4.1); raises DerError where the structure breaks."""
    values = draft.values
    part = der.element(data, tbs.body, tbs.stop)
    values["version"] = 1
    if part.tag == 0xA0:
        values["version"] = der.integer(data, der.expect(data, part.body, part.stop, der.INTEGER)) + 1
        part = der.element(data, part.end, tbs.stop)
    values["serial"] = _serial(der.content(data, part))
    signature = der.expect(data, part.end, tbs.stop, der.SEQUENCE)
    issuer = der.expect(data, signature.end, tbs.stop, der.SEQUENCE)
    validity = der.expect(data, issuer.end, tbs.stop, der.SEQUENCE)
    subject = der.expect(data, validity.end, tbs.stop, der.SEQUENCE)
    spki = der.expect(data, subject.end, tbs.stop, der.SEQUENCE)
    _read_name(data, issuer, "issuer", draft)
    _read_name(data, subject, "subject", draft)
    _read_validity(data, validity, draft)
    key_digest = hashlib.sha256(data[spki.at : spki.end]).hexdigest()
    values |= {"spki_sha256": key_digest, "published_as": published_name(key_digest)}
    _read_key(data, spki, draft)
    for rest in der.walk(data, spki.end, tbs.stop):
        if rest.tag == 0xA3:
            _read_extensions(data, rest, draft)


def _serial(raw: bytes) -> str:
    """The serial number in lower-case hex; a leading minus sign for a negative one."""
    number = int.from_bytes(raw[:64], signed=True)
    return f"{number:x}"


_WHICH: Final = {"issuer": Message("issuer"), "subject": Message("subject")}


def _read_name(data: bytes, part: der.Element, which: str, draft: _Draft) -> None:
    prefix = "issuer_" if which == "issuer" else ""
    try:
        name: Name = parse_name(data[part.at : part.end])
    except der.DerError as error:
        draft.problems.append(Message("{which} name unreadable: {reason}", which=_WHICH[which], reason=error.reason))
        return
    draft.values |= {
        which: name.text,
        f"{which}_name_id": name.name_id,
        f"{prefix}common_name": name.common_name,
        f"{prefix}organization": name.organization,
    }


def _read_validity(data: bytes, part: der.Element, draft: _Draft) -> None:
    try:
        begin, end = der.children(data, part)[:2]
        draft.values |= {"not_before": der.time(data, begin), "not_after": der.time(data, end)}
    except (der.DerError, ValueError) as error:
        draft.problems.append(Message("dates unreadable: {reason}", reason=reason_of(error)))


def _algorithm(data: bytes, at: int, limit: int) -> tuple[str, bytes]:
    """OID and encoded parameters of an AlgorithmIdentifier; raises DerError."""
    whole = der.expect(data, at, limit, der.SEQUENCE)
    kind = der.expect(data, whole.body, whole.stop, der.OID)
    return der.oid(data, kind), data[kind.end : whole.stop]


def _read_key(data: bytes, spki: der.Element, draft: _Draft) -> None:
    try:
        oid, parameters = _algorithm(data, spki.body, spki.stop)
        draft.values["key_type"] = kind = KEYS.get(oid, oid)
        holder = der.children(data, spki)[1]
        draft.values["key_bits"] = _key_bits(kind, parameters, der.bits(data, holder))
    except (der.DerError, IndexError) as error:
        draft.problems.append(Message("public key unreadable: {reason}", reason=reason_of(error)))


def _key_bits(kind: str, parameters: bytes, key: bytes) -> int | None:
    """The size of a public key as it is usually told; None when unknown. Raises DerError."""
    if kind in ("RSA", "RSASSA-PSS"):
        outer = der.expect(key, 0, len(key), der.SEQUENCE)
        return abs(der.integer(key, der.expect(key, outer.body, outer.stop, der.INTEGER))).bit_length()
    if kind == "DSA" and parameters:
        outer = der.expect(parameters, 0, len(parameters), der.SEQUENCE)
        return abs(der.integer(parameters, der.element(parameters, outer.body, outer.stop))).bit_length()
    if kind == "EC":
        curve = der.element(parameters, 0)
        if curve.tag == der.OID:
            return CURVE_BITS.get(der.oid(parameters, curve))
    return FIXED_BITS.get(kind)


def _walk_extensions(data: bytes, part: der.Element) -> Iterator[tuple[str, bool, bytes]]:
    """(OID, critical, value) of each extension in the context tag [3]; raises DerError."""
    outer = der.expect(data, part.body, part.stop, der.SEQUENCE)
    for number, extension in enumerate(der.walk(data, outer.body, outer.stop)):
        if number >= MAX_EXTENSIONS:
            raise der.DerError(Message("more than {most} extensions", most=MAX_EXTENSIONS), extension.at)
        kind = der.expect(data, extension.body, extension.stop, der.OID)
        value = der.element(data, kind.end, extension.stop)
        critical = value.tag == der.BOOLEAN and der.content(data, value) != b"\0"
        if value.tag == der.BOOLEAN:
            value = der.element(data, value.end, extension.stop)
        if value.tag != der.OCTET_STRING:
            raise der.DerError(Message("an extension without a value"), extension.at)
        yield der.oid(data, kind), critical, der.content(data, value)


def _read_extensions(data: bytes, part: der.Element, draft: _Draft) -> None:
    unknown: list[str] = []
    seen: set[str] = set()
    try:
        for oid, critical, value in _walk_extensions(data, part):
            if oid in seen:
                draft.problems.append(Message("extension {oid} occurs twice", oid=oid))
                continue
            seen.add(oid)
            if critical and oid not in PROCESSED_BY_JAVA:
                unknown.append(oid)
            reader = _READERS.get(oid)
            if reader is None:
                continue
            try:
                draft.values |= reader(value)
            except (der.DerError, IndexError, ValueError) as error:
                draft.problems.append(Message("extension {oid} unreadable: {reason}", oid=oid, reason=reason_of(error)))
    finally:
        draft.values["critical_unknown"] = tuple(unknown)


def _read_ski(value: bytes) -> dict[str, object]:
    return {"subject_key_id": der.content(value, der.expect(value, 0, len(value), der.OCTET_STRING)).hex()}


def _read_aki(value: bytes) -> dict[str, object]:
    outer = der.expect(value, 0, len(value), der.SEQUENCE)
    for part in der.walk(value, outer.body, outer.stop):
        if part.tag == 0x80:
            return {"authority_key_id": der.content(value, part).hex()}
    return {}


def _read_basic_constraints(value: bytes) -> dict[str, object]:
    is_ca, length = False, None
    for part in der.children(value, der.expect(value, 0, len(value), der.SEQUENCE)):
        if part.tag == der.BOOLEAN:
            is_ca = der.content(value, part) != b"\0"
        elif part.tag == der.INTEGER:
            length = der.integer(value, part)
    return {"is_ca": is_ca, "path_length": length}


def _read_key_usage(value: bytes) -> dict[str, object]:
    raw = der.bits(value, der.expect(value, 0, len(value), der.BIT_STRING))
    number = int.from_bytes(raw[:2].ljust(2, b"\0"))
    return {"key_usage": tuple(name for i, name in enumerate(USAGE_NAMES) if number & 0x8000 >> i)}


def _read_extended_key_usage(value: bytes) -> dict[str, object]:
    outer = der.expect(value, 0, len(value), der.SEQUENCE)
    return {"extended_key_usage": tuple(der.oid(value, part) for part in der.children(value, outer)[:MAX_EXTENSIONS])}


def _read_san(value: bytes) -> dict[str, object]:
    names: list[str] = []
    addresses: list[str] = []
    outer = der.expect(value, 0, len(value), der.SEQUENCE)
    for number, part in enumerate(der.walk(value, outer.body, outer.stop)):
        if number >= MAX_SAN_NAMES:
            raise der.DerError(Message("more than {most} alternative names", most=MAX_SAN_NAMES))
        raw = der.content(value, part)
        if part.tag == 0x82:
            names.append(cut(escape(raw.decode("utf-8", "backslashreplace")), MAX_LABEL))
        elif part.tag == 0x87:
            addresses.append(str(ip_address(raw)) if len(raw) in (4, 16) else raw[:32].hex())
    return {"dns_names": tuple(names), "ip_addresses": tuple(addresses), "has_san": True}


_READERS = {
    SKI: _read_ski,
    AKI: _read_aki,
    BASIC_CONSTRAINTS: _read_basic_constraints,
    KEY_USAGE: _read_key_usage,
    EXTENDED_KEY_USAGE: _read_extended_key_usage,
    SAN: _read_san,
}


def raw_certificate(encoded: bytes) -> RawCertificate:
    """The encoded pieces of a certificate; raises ParseError when it is too damaged to be cut up."""
    outer = der.expect(encoded, 0, len(encoded), der.SEQUENCE)
    tbs = der.expect(encoded, outer.body, outer.stop, der.SEQUENCE)
    algorithm = der.expect(encoded, tbs.end, outer.stop, der.SEQUENCE)
    oid, parameters = _algorithm(encoded, algorithm.at, outer.stop)
    signature = der.bits(encoded, der.expect(encoded, algorithm.end, outer.stop, der.BIT_STRING))
    parts = der.children(encoded, tbs)
    if parts and parts[0].tag == 0xA0:
        del parts[0]
    if len(parts) < 6:
        raise der.DerError(Message("a certificate with too few fields"), tbs.at)
    extensions: dict[str, tuple[bool, bytes]] = {}
    for part in parts[6:]:
        if part.tag == 0xA3:
            extensions = {kind: (critical, value) for kind, critical, value in _walk_extensions(encoded, part)}
    return RawCertificate(
        tbs=encoded[tbs.at : tbs.end],
        signature_oid=oid,
        signature_parameters=parameters,
        signature=signature,
        spki=encoded[parts[5].at : parts[5].end],
        extensions=extensions,
        inner_signature_oid=_algorithm(encoded, parts[1].at, tbs.stop)[0],
        issuer=encoded[parts[2].at : parts[2].end],
        subject=encoded[parts[4].at : parts[4].end],
    )
