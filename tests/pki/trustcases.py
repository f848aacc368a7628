"""Chains and stores to hold against a real validator: all from one seed, so that a case can be made again by number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pki.certgen import CN, PRINTABLE, Key, Name, O, Spec, certificate, ec_key, name, rsa_key, sequence, tlv
from pki.certgen import C as COUNTRY

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
HOST = "email-smtp.us-east-1.amazonaws.com"
SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


def dn(common_name: str) -> Name:
    return ((COUNTRY, "US"), (O, "Example"), (CN, common_name))


NAMES = {role: dn(f"Test {role}") for role in ("M", "A", "G", "C")} | {"leaf": dn(HOST)}
KEYS: dict[str, Key] = {
    "leaf": ec_key("leaf"),
    "M": ec_key("M"),
    "A": rsa_key("A"),
    "G": ec_key("G"),
    "C": rsa_key("C"),
}
WRONG: dict[str, Key] = {role: ec_key(f"wrong {role}") for role in KEYS}
CA_USAGE = ("digitalSignature", "keyCertSign", "cRLSign")


def _ca(role: str, issuer: str, serial: int, **changes: object) -> Spec:
    made = Spec(NAMES[role], NAMES[issuer], KEYS[role], KEYS[issuer], serial, ca=True, usage=CA_USAGE)
    return replace(made, **changes)  # type: ignore[arg-type]


def hierarchy() -> dict[str, Spec]:
    """leaf <- M <- A (self-signed, or crossed by G) <- G (self-signed, or crossed by C) <- C; and impostors of the
    same names with other keys."""
    leaf = Spec(
        NAMES["leaf"],
        NAMES["M"],
        KEYS["leaf"],
        KEYS["M"],
        10,
        usage=("digitalSignature",),
        eku=(SERVER_AUTH,),
        dns=(HOST,),
        ca=False,
    )
    made = {
        "leaf": leaf,
        "M": _ca("M", "A", 20),
        "A": _ca("A", "A", 30),
        "Ax": _ca("A", "G", 31),
        "G": _ca("G", "G", 40),
        "Gx": _ca("G", "C", 41),
        "C": _ca("C", "C", 50),
    }
    for role in ("M", "A", "G", "C"):
        made[f"wrong {role}"] = replace(made[role], key=WRONG[role], signer=WRONG[role], issuer=NAMES[role], serial=90)
    return made


@dataclass
class Case:
    """What is served, what the store holds, and when."""

    name: str
    served: list[bytes]
    store: list[bytes]
    at: datetime = NOW
    notes: list[str] = field(default_factory=list)


Mutation = Callable[[Spec, random.Random], Spec]


def _old_ski(spec: Spec, source: random.Random) -> Spec:
    return replace(spec, ski=bytes([source.randrange(256)]) * 20)


def _constraint(kind: int, text: str) -> bytes:
    return tlv(kind, sequence(tlv(0x82, text.encode())))


def _directory(kind: int, value: Name) -> bytes:
    return tlv(kind, sequence(tlv(0xA4, name(value))))


def _name_constraints(spec: Spec, source: random.Random) -> Spec:
    permitted, excluded = 0xA0, 0xA1
    options = (
        _constraint(permitted, "amazonaws.com"),
        _constraint(permitted, ".amazonaws.com"),
        _constraint(permitted, "example.org"),
        _constraint(excluded, "us-east-1.amazonaws.com"),
        _constraint(excluded, "example.org"),
        _directory(permitted, ((COUNTRY, "US"),)),
        _directory(permitted, ((COUNTRY, "DE"),)),
        _directory(excluded, ((COUNTRY, "US"), (O, "Example"))),
        tlv(permitted, sequence(tlv(0x87, bytes(8)))),
    )
    value = sequence(source.choice(options))
    if any(kind == "2.5.29.30" for kind, _, _ in spec.extra):
        return spec
    return replace(spec, extra=(*spec.extra, ("2.5.29.30", True, value)))


MUTATIONS: dict[str, Mutation] = {
    "expired": lambda s, r: replace(s, not_after=NOW - timedelta(days=r.randrange(1, 900))),
    "not yet valid": lambda s, r: replace(s, not_before=NOW + timedelta(days=r.randrange(1, 900))),
    "not a CA": lambda s, r: replace(s, ca=False, path_length=None),
    "no basic constraints": lambda s, r: replace(s, ca=None),
    "path length": lambda s, r: replace(s, path_length=r.randrange(3)) if s.ca else s,
    "no keyCertSign": lambda s, r: replace(s, usage=("digitalSignature",)),
    "no key usage": lambda s, r: replace(s, usage=None),
    "only keyEncipherment": lambda s, r: replace(s, usage=("keyEncipherment",)),
    "client auth": lambda s, r: replace(s, eku=(CLIENT_AUTH,)),
    "any eku": lambda s, r: replace(s, eku=(CLIENT_AUTH, "2.5.29.37.0")),
    "no eku": lambda s, r: replace(s, eku=None),
    "critical unknown": lambda s, r: replace(s, extra=(*s.extra, ("1.3.6.1.4.1.99999.1", True, tlv(5)))),
    "harmless unknown": lambda s, r: replace(s, extra=(*s.extra, ("1.3.6.1.4.1.99999.2", False, tlv(5)))),
    "name constraints": _name_constraints,
    "broken signature": lambda s, r: replace(s, broken_signature=True),
    "version 1": lambda s, r: replace(s, version=1),
    "no ski": lambda s, r: replace(s, ski=False),
    "no aki": lambda s, r: replace(s, aki=False),
    "other ski": _old_ski,
    "other aki": lambda s, r: replace(s, aki=b"\x01" * 20),
    "aki serial": lambda s, r: replace(s, aki_serial=r.choice((20, 30, 31, 40, 41, 50, 77))),
    "weak key": lambda s, r: replace(s, key=rsa_key("weak", 768)),
    "printable issuer": lambda s, r: replace(s, issuer_tag=PRINTABLE),
    "issuer in capitals": lambda s, r: replace(s, issuer=tuple((k, v.upper()) for k, v in s.issuer)),
    "blanks in subject": lambda s, r: replace(s, subject=tuple((k, v.replace(" ", "   ")) for k, v in s.subject)),
    "IA5 issuer": lambda s, r: replace(s, issuer_tag=0x16),
    "MD5": lambda s, r: replace(s, digest="MD5") if s.signer in (KEYS["A"], KEYS["C"]) else s,
    "SHA1": lambda s, r: replace(s, digest="SHA1") if s.signer in (KEYS["A"], KEYS["C"]) else s,
    "unknown algorithm": lambda s, r: replace(s, algorithm="1.2.840.10045.4.9.2"),
    "ML-DSA": lambda s, r: replace(s, algorithm="2.16.840.1.101.3.4.3.18"),
    "no names in SAN": lambda s, r: replace(s, dns=()),
}
"""Ways to spoil (or to leave well) one certificate."""

SERVED = (
    ("leaf", "M", "Ax", "Gx"),
    ("leaf", "M", "A"),
    ("leaf", "M"),
    ("leaf",),
    ("leaf", "M", "Ax", "G"),
    ("leaf", "M", "Ax"),
    ("leaf", "M", "Ax", "Gx", "C"),
    ("leaf", "M", "A", "Ax", "G", "Gx", "C"),
    ("leaf", "A"),
    ("leaf", "Ax", "Gx"),
    ("leaf", "wrong M", "A"),
    ("leaf", "M", "wrong A", "Ax", "Gx"),
)
ARRANGEMENTS = ("as is", "as is", "as is", "shuffled", "duplicated", "extra", "leaf last")
STORABLE = ("leaf", "M", "A", "Ax", "G", "Gx", "C", "wrong M", "wrong A", "wrong G", "wrong C")


def _arranged(names: tuple[str, ...], how: str, source: random.Random) -> list[str]:
    leaf, *rest = names
    if how == "shuffled":
        source.shuffle(rest)
    elif how == "duplicated":
        rest.insert(source.randrange(len(rest) + 1), source.choice(names))
    elif how == "extra":
        rest.insert(source.randrange(len(rest) + 1), source.choice(STORABLE))
    elif how == "leaf last" and rest:
        return [*rest, leaf]
    return [leaf, *rest]


def _spoiled(source: random.Random) -> tuple[dict[str, Spec], list[str]]:
    specs = hierarchy()
    notes = []
    for what in source.sample(sorted(MUTATIONS), source.choice((0, 0, 1, 1, 1, 2, 3))):
        where = source.choice(("leaf", "M", "A", "Ax", "G", "Gx", "C", "M", "Ax"))
        specs[where] = MUTATIONS[what](specs[where], source)
        notes.append(f"{where}: {what}")
    if source.random() < 0.05:
        who, below = source.choice((("M", "leaf"), ("A", "M"), ("G", "Ax")))
        weak = rsa_key("weak", 768)
        specs = {role: replace(spec, key=weak) if role[0] == who else spec for role, spec in specs.items()}
        specs = {
            role: replace(spec, signer=weak) if spec.issuer == NAMES[who] and "wrong" not in role else spec
            for role, spec in specs.items()
        }
        notes.append(f"weak key of {who} over {below}")
    if source.random() < 0.2:
        specs = {role: replace(spec, ski=False, aki=False) for role, spec in specs.items()}
        notes.append("no key identifiers")
    return specs, notes


GOOD = (
    (("leaf", "M", "Ax", "Gx"), ("C",)),
    (("leaf", "M", "Ax", "Gx"), ("G",)),
    (("leaf", "M", "Ax", "Gx"), ("Gx",)),
    (("leaf", "M", "Ax", "Gx"), ("A",)),
    (("leaf", "M", "Ax"), ("G", "wrong A")),
    (("leaf", "M", "A"), ("A",)),
    (("leaf", "M"), ("A",)),
    (("leaf", "M"), ("Ax", "wrong M")),
    (("leaf",), ("M",)),
    (("leaf", "Ax", "M"), ("G",)),
    (("leaf", "Gx", "M", "Ax"), ("C",)),
    (("leaf", "M", "Ax", "G"), ("G", "A")),
)
"""Served chains and stores that make a path."""


SELDOM = ("name constraints", "path length")
"""Faults that show only in some places, and are therefore made more often."""


def _one_fault(source: random.Random) -> tuple[dict[str, Spec], list[str], list[str], list[str]]:
    served, stored = source.choice(GOOD)
    specs = hierarchy()
    what, where = source.choice((*sorted(MUTATIONS), *SELDOM * 3)), source.choice((*served, *stored))
    specs[where] = MUTATIONS[what](specs[where], source)
    notes = [f"{where}: {what}"]
    if source.random() < 0.25:
        specs = {role: replace(spec, ski=False, aki=False) for role, spec in specs.items()}
        notes.append("no key identifiers")
    return specs, list(served), list(stored), notes


def generate(seed: int, count: int) -> Iterator[Case]:
    """`count` cases; the same for the same seed."""
    for number in range(count):
        source = random.Random(f"{seed}/{number}")
        specs, notes = _spoiled(source)
        names = _arranged(source.choice(SERVED), source.choice(ARRANGEMENTS), source)
        size = source.choice((1, 1, 1, 1, 2, 2, 3, 4)) if number % 40 else 0
        stored = source.sample(STORABLE, size)
        if number % 2:  # a good chain and store in which one thing is wrong
            specs, names, stored, notes = _one_fault(source)
        made = {role: certificate(specs[role]) for role in {*names, *stored}}
        shift = source.choice((0, 0, 0, 0, -12 * 365, 20 * 365)) if number % 2 == 0 else 0
        yield Case(
            f"{seed}/{number}",
            [made[each] for each in names],
            [made[each] for each in stored],
            NOW + timedelta(days=shift),
            [f"served {names}", f"store {stored}", *notes],
        )
