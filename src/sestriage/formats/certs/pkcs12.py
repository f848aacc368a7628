"""PKCS#12 (RFC 7292) as keytool, openssl and Windows write it, read the way Java reads it as a trust store.

Java takes a certificate as an entry only when it bears Oracle's trusted-key-usage attribute or belongs to a private
key; other certificates in the file are invisible to it. Private keys are never decrypted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sestriage.errors import ParseError
from sestriage.formats.certs import der
from sestriage.formats.certs.derivation import DerivationBudget, DerivationLimitError
from sestriage.formats.certs.pkcs12_crypto import (
    Mac,
    Sealing,
    UnsupportedProtectionError,
    WrongPasswordError,
    algorithm,
    bmp_forms,
    decrypt,
    mac_fits,
    read_mac,
    read_sealing,
)
from sestriage.model.message import Message, said_by

MAX_BAGS = 100_000
MAX_LAYERS = 1000
MAX_NESTING = 4

_DATA, _SIGNED, _ENVELOPED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.3"
_ENCRYPTED = "1.2.840.113549.1.7.6"
_KEY_BAG, _SHROUDED_BAG, _CERT_BAG = (f"1.2.840.113549.1.12.10.1.{n}" for n in (1, 2, 3))
_NESTED_BAG = "1.2.840.113549.1.12.10.1.6"
_X509 = "1.2.840.113549.1.9.22.1"
_FRIENDLY_NAME, _LOCAL_KEY_ID = "1.2.840.113549.1.9.20", "1.2.840.113549.1.9.21"
TRUSTED_KEY_USAGE = "2.16.840.1.113894.746875.1.1"
"""Oracle's attribute: this certificate is a trusted entry (`openssl pkcs12 -jdktrust` writes it too)."""
_IMPLIED_KEY_ID = b"01"


@dataclass(frozen=True, slots=True)
class Bag:
    """A certificate, or (`certificate` None) a private key that is not looked into."""

    certificate: bytes | None
    alias: str | None = None
    key_id: bytes | None = None
    trusted_key_usage: bool = False


@dataclass(frozen=True, slots=True)
class Pkcs12Entry:
    """A certificate of the file; `visible` when Java counts it as an entry whose certificate is an anchor."""

    certificate: bytes
    alias: str | None
    visible: bool


@dataclass(slots=True)
class Pkcs12Store:
    """The entries that were read. `problem_kind` as in `TrustStore`; `opened` is False when no layer could be read."""

    entries: list[Pkcs12Entry] = field(default_factory=list)
    integrity: bool | None = None
    problem: str | None = None
    problem_kind: str | None = None
    opened: bool = False


@dataclass(slots=True)
class _Reading:
    """The state of one reading: passwords in the order in which they are tried, and what they gave."""

    passwords: list[str]
    budget: DerivationBudget
    bags: list[Bag] = field(default_factory=list)
    layers_read: int = 0
    decrypted_layers: int = 0
    """Layers that were encrypted and opened: a password is then known to be right."""
    wrong_password: bool = False
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(kind, sentence)."""


def read_pkcs12(data: bytes, passwords: Sequence[str], budget: DerivationBudget | None = None) -> Pkcs12Store:
    """The certificates of a PKCS#12 file. Never raises: what cannot be read is told in `problem`.

    `budget` is what all stores of a run may cost together; None: there is no other store.
    """
    store = Pkcs12Store()
    reading = _Reading(list(dict.fromkeys(passwords)), budget or DerivationBudget())
    try:
        content, mac = _open(data)
        if mac is not None:
            store.integrity = _check_mac(mac, content, reading)
        _read_layers(content, reading)
    except UnsupportedProtectionError as error:
        reading.problems.append(("unsupported", said_by(error)))
    except ParseError as error:
        reading.problems.append(("damaged", said_by(error)))
    store.entries = _entries(reading.bags)
    store.opened = reading.layers_read > 0
    _judge(store, reading)
    return store


def declared_cost(data: bytes, passwords: Sequence[str]) -> int:
    """Units of `DerivationBudget` that reading the file may cost at most, by what it says itself. Never raises."""
    units = 0
    pbkdf2, own = len(set(passwords)), sum(len(bmp_forms(password)) for password in set(passwords))
    try:
        content, mac = _open(data)
        if mac is not None:
            units += mac.units(len(content)) * (pbkdf2 if mac.derivation.pbkdf2 else own)
        outer = der.expect(content, 0, len(content), der.SEQUENCE)
        for number, part in enumerate(der.walk(content, outer.body, outer.stop)):
            if number >= MAX_LAYERS:
                break
            kind, holder = _content_info(content, part)
            if kind == _ENCRYPTED and holder is not None:
                sealing, sealed = _sealed(content, holder)
                units += sealing.units(len(sealed)) * (pbkdf2 if sealing.derivation.pbkdf2 else own)
                units += sealing.units_opened(len(sealed))
    except ParseError:  # reading it stops there, or passes over it
        pass
    return units


def _open(data: bytes) -> tuple[bytes, Mac | None]:
    """The content under the MAC, and the MAC (None when there is none); raises ParseError."""
    outer = der.expect(data, 0, len(data), der.SEQUENCE)
    parts = der.children(data, outer)
    if len(parts) < 2 or parts[0].tag != der.INTEGER:
        raise der.DerError(Message("no PKCS#12 file"), outer.at)
    kind, holder = _content_info(data, parts[1])
    if kind != _DATA or holder is None:
        raise UnsupportedProtectionError(Message("its integrity is by public key, not by password"))
    content = der.octets(data, der.element(data, holder.body, holder.stop))
    return content, read_mac(data, parts[2]) if len(parts) > 2 else None


def _content_info(data: bytes, part: der.Element) -> tuple[str, der.Element | None]:
    """Content type and the [0] that holds the content (None when absent); raises DerError."""
    parts = der.children(data, part)
    if not parts or parts[0].tag != der.OID:
        raise der.DerError(Message("content without a type"), part.at)
    return der.oid(data, parts[0]), parts[1] if len(parts) > 1 else None


def _check_mac(mac: Mac, content: bytes, reading: _Reading) -> bool | None:
    """True with the password that fits moved to the front; None when none fits, or not all could be tried."""
    try:
        for password in reading.passwords:
            if mac_fits(mac, content, password, reading.budget):
                _prefer(password, reading)
                return True
    except DerivationLimitError as error:
        reading.problems.append(("unsupported", said_by(error)))
        return None
    reading.wrong_password = bool(reading.passwords)
    return None


def _prefer(password: str, reading: _Reading) -> None:
    """Tries a password that has fitted once before the others."""
    reading.passwords = [password, *(other for other in reading.passwords if other != password)]


def _read_layers(content: bytes, reading: _Reading) -> None:
    """The bags of each layer of the AuthenticatedSafe; a layer that cannot be read does not hide the next."""
    outer = der.expect(content, 0, len(content), der.SEQUENCE)
    for number, part in enumerate(der.walk(content, outer.body, outer.stop)):
        if number >= MAX_LAYERS:
            raise UnsupportedProtectionError(Message("more than {most} layers", most=MAX_LAYERS))
        try:
            plain = _layer(content, part, reading)
            reading.bags.extend(_bags(plain, 0, reading))
            reading.layers_read += 1
        except WrongPasswordError:
            reading.problems.append(("wrong-password", Message("no password opens the certificates")))
        except (UnsupportedProtectionError, DerivationLimitError) as error:
            reading.problems.append(("unsupported", said_by(error)))
        except ParseError as error:
            reading.problems.append(("damaged", said_by(error)))


def _layer(content: bytes, part: der.Element, reading: _Reading) -> bytes:
    """The SafeContents of one layer, decrypted; raises ParseError."""
    kind, holder = _content_info(content, part)
    if holder is None:
        raise der.DerError(Message("a layer without content"), part.at)
    if kind == _DATA:
        return der.octets(content, der.element(content, holder.body, holder.stop))
    if kind != _ENCRYPTED:
        raise UnsupportedProtectionError(
            Message("a layer of type {kind} (sealed with a public key) is not supported", kind=kind)
        )
    sealing, sealed = _sealed(content, holder)
    for password in reading.passwords:
        try:
            plain = decrypt(sealing, sealed, password, reading.budget)
        except WrongPasswordError:
            continue
        reading.decrypted_layers += 1
        _prefer(password, reading)
        return plain
    raise WrongPasswordError(Message("no password opens it"))


def _sealed(content: bytes, holder: der.Element) -> tuple[Sealing, bytes]:
    """How an EncryptedData in its [0] is encrypted, and the encrypted bytes; raises ParseError."""
    sealed_data = der.expect(content, holder.body, holder.stop, der.SEQUENCE)
    parts = der.fields(content, sealed_data, 2, Message("an encrypted layer"))
    info = der.fields(content, parts[1], 3, Message("an encrypted layer"))
    return read_sealing(content, algorithm(content, info[1].at, info[1].end)), der.octets(content, info[2])


def _bags(plain: bytes, depth: int, reading: _Reading) -> Iterator[Bag]:
    """The certificates and keys of a SafeContents; raises ParseError behind the last that could be read."""
    outer = der.expect(plain, 0, len(plain), der.SEQUENCE)
    for part in der.walk(plain, outer.body, outer.stop):
        pieces = der.children(plain, part)
        if len(pieces) < 2:
            raise der.DerError(Message("a bag without content"), part.at)
        kind, value = der.oid(plain, pieces[0]), pieces[1]
        alias, key_id, trusted = _attributes(plain, pieces[2]) if len(pieces) > 2 else (None, None, False)
        if kind == _CERT_BAG:
            encoded = _certificate(plain, value)
            if encoded is not None:
                yield Bag(encoded, alias, key_id, trusted)
        elif kind in (_KEY_BAG, _SHROUDED_BAG):
            yield Bag(None, alias, key_id)
        elif kind == _NESTED_BAG and depth < MAX_NESTING:
            yield from _bags(der.content(plain, value), depth + 1, reading)
        if len(reading.bags) > MAX_BAGS:
            raise UnsupportedProtectionError(Message("more than {most} entries", most=MAX_BAGS))


def _certificate(plain: bytes, value: der.Element) -> bytes | None:
    """The certificate of a CertBag, None for another type than X.509; raises DerError."""
    bag = der.children(plain, der.expect(plain, value.body, value.stop, der.SEQUENCE))
    if len(bag) < 2:
        raise der.DerError(Message("a certificate bag without a certificate"), value.at)
    if der.oid(plain, bag[0]) != _X509:
        return None
    return der.octets(plain, der.element(plain, bag[1].body, bag[1].stop))


def _attributes(plain: bytes, part: der.Element) -> tuple[str | None, bytes | None, bool]:
    """friendlyName, localKeyID and whether the trusted-key-usage attribute is there; raises DerError."""
    alias: str | None = None
    key_id: bytes | None = None
    trusted = False
    for attribute in der.walk(plain, part.body, part.stop):
        pieces = der.children(plain, attribute)
        if len(pieces) < 2:
            continue
        kind = der.oid(plain, pieces[0])
        if kind == TRUSTED_KEY_USAGE:
            trusted = True
        elif kind in (_FRIENDLY_NAME, _LOCAL_KEY_ID) and (values := der.children(plain, pieces[1])):
            if kind == _FRIENDLY_NAME:
                alias = der.text(plain, values[0])
            else:
                key_id = der.octets(plain, values[0])
    return alias, key_id, trusted


def _entries(bags: Sequence[Bag]) -> list[Pkcs12Entry]:
    """The certificates, with Java's view of which are entries (`sun.security.pkcs12.PKCS12KeyStore`).

    Two trusted certificates of one alias are one entry, the last; a key's certificate is found by key id or alias.
    """
    last = {bag.alias.lower(): bag for bag in bags if bag.trusted_key_usage and bag.alias is not None}
    keys = [bag for bag in bags if bag.certificate is None]
    of_keys = {id(found) for key in keys if (found := _certificate_of(key, bags, len(keys))) is not None}
    return [
        Pkcs12Entry(
            bag.certificate,
            bag.alias,
            id(bag) in of_keys or (bag.trusted_key_usage and (bag.alias is None or last[bag.alias.lower()] is bag)),
        )
        for bag in bags
        if bag.certificate is not None
    ]


def _certificate_of(key: Bag, bags: Sequence[Bag], key_count: int) -> Bag | None:
    """The certificate that belongs to a private key; None when the file has none."""
    candidates = [bag for bag in bags if bag.certificate is not None and not bag.trusted_key_usage]
    key_id = key.key_id
    if key_id is None and key_count == 1:
        first = candidates[0] if candidates else None
        return first if first is not None and first.key_id in (None, _IMPLIED_KEY_ID) else None
    same = [bag for bag in candidates if bag.key_id is not None and bag.key_id == key_id]
    alias = (key.alias or "").lower()
    by_alias = [bag for bag in candidates if bag.alias is not None and bag.alias.lower() == alias]
    both = [bag for bag in same if bag in by_alias]
    return both[0] if both else same[-1] if same else by_alias[-1] if by_alias else None


def _judge(store: Pkcs12Store, reading: _Reading) -> None:
    """Sets the problem: damaged content is told from a wrong password by what the decryption gave."""
    kinds = dict(reversed(reading.problems))
    if (
        reading.wrong_password
        and store.integrity is None
        and "wrong-password" not in kinds
        and reading.decrypted_layers
    ):
        store.integrity = False
        kinds.setdefault("damaged", Message("the password opens it, but its integrity check fails"))
    for kind in ("damaged", "unsupported", "wrong-password"):
        if kind in kinds:
            store.problem_kind, store.problem = kind, kinds[kind]
            return
