"""Twelve trust stores for ``sestriage forecast``, with what is true of each, and the chains that prove it.

``expected.json`` is written from what is put into a store, never from what sestriage printed. ``proof/then.pem`` is
what the server sends after the change that matters, signed with the lab's keys; Java is asked about it on the day
``then``.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from . import pki, stores
from .pki import Authority, ca_certificate, leaf_certificate, name

HOST = "email-smtp.us-east-1.amazonaws.com"
AS_OF = dt.datetime(2026, 12, 1)
LEAF = (dt.datetime(2026, 10, 1), dt.datetime(2027, 4, 17))
LATER = (dt.datetime(2026, 12, 1), dt.datetime(2040, 1, 1))
M01 = (dt.datetime(2022, 8, 23), dt.datetime(2030, 8, 23))
A1_ENDS = dt.datetime(2038, 1, 17)
A1X_ENDS = dt.datetime(2037, 12, 31, 1)
G2X_ENDS = dt.datetime(2034, 6, 28, 17, 39, 16)
COMPANY_ENDS = dt.datetime(2036, 1, 1)
OTHERS = 149

Chain = tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one store. `event` and `by` are None where nothing known ends the mail; `any_day`: the change may
    come before `by`. `until`: the day on which the last key ends on which the trust rests."""

    path: str
    verdict: str
    why: str
    rests_on: tuple[str, ...] = ()
    event: str | None = None
    by: dt.datetime | None = None
    any_day: bool = False
    until: dt.datetime | None = None
    imports: tuple[str, ...] = ()
    works_today: bool = True
    works_then: bool = True


@dataclass(frozen=True, slots=True)
class StoreCase:
    """One folder: what writes the stores, what is served today, what is served then, and on which day."""

    name: str
    write: Callable[[Path], None]
    served: Chain
    then: Chain
    then_at: dt.datetime
    truths: tuple[Truth, ...]


class World:
    """The CAs, with the dates of the real ones."""

    def __init__(self) -> None:
        self.class2, self.g2, self.a1 = map(Authority.make, (pki.CLASS_2, pki.SERVICES_G2, pki.AMAZON_ROOT_1))
        self.m01 = Authority.make(pki.AMAZON_M01)
        self.m02 = Authority.make(name(c="US", o="Amazon", cn="Amazon RSA 2048 M02"))
        self.server_ca = Authority.make(name(c="US", o="Amazon", ou="Server CA 1B", cn="Amazon"))
        self.company = Authority.make(name(c="US", o="Example Holdings", cn="Example Holdings Root CA"))
        self.gateway = Authority.make(name(c="US", o="Example Holdings", cn="Example Holdings TLS Inspection CA 3"))
        self.c2_root = ca_certificate(self.class2, self.class2, not_after=dt.datetime(2034, 6, 29, 17, 39, 16))
        self.g2_root = ca_certificate(self.g2, self.g2, not_after=dt.datetime(2037, 12, 31, 23, 59, 59))
        self.g2_cross = ca_certificate(self.g2, self.class2, not_after=G2X_ENDS)
        self.a1_root = ca_certificate(self.a1, self.a1, not_after=A1_ENDS)
        self.a1_expired = ca_certificate(self.a1, self.a1, not_after=dt.datetime(2026, 1, 1))
        self.a1_cross = ca_certificate(self.a1, self.g2, not_after=A1X_ENDS)
        self.m01_issued = ca_certificate(self.m01, self.a1, *M01)
        self.m02_issued = ca_certificate(self.m02, self.a1, not_after=LATER[1])
        self.server_ca_issued = ca_certificate(self.server_ca, self.a1, not_after=dt.datetime(2025, 10, 19))
        self.company_root = ca_certificate(self.company, self.company, not_after=COMPANY_ENDS)
        self.gateway_issued = ca_certificate(self.gateway, self.company, not_after=dt.datetime(2029, 1, 1))
        self.leaf = self._leaf(self.m01, LEAF)
        self.today = (self.leaf, self.m01_issued, self.a1_cross, self.g2_cross)
        self.renewed = (self._leaf(self.m01, (LEAF[0], M01[1])), *self.today[1:])
        self.rotated = (self._leaf(self.m02, LATER), self.m02_issued, self.a1_cross, self.g2_cross)
        self.inspected = (self._leaf(self.gateway, LEAF), self.gateway_issued)
        self.inspected_renewed = (self._leaf(self.gateway, (LEAF[0], dt.datetime(2028, 6, 1))), self.gateway_issued)

    def _leaf(self, issuer: Authority, dates: tuple[dt.datetime, dt.datetime]) -> x509.Certificate:
        holder = Authority.make(name(cn=HOST))
        return leaf_certificate(holder, issuer, pki.ses_names("us-east-1"), *dates)

    def other_roots(self) -> list[x509.Certificate]:
        """Amazon Root CA 2 to 4."""
        made = (Authority.make(name(c="US", o="Amazon", cn=f"Amazon Root CA {number}")) for number in (2, 3, 4))
        return [ca_certificate(each, each, not_after=dt.datetime(2040, 5, 26)) for each in made]


def public_cas(count: int) -> list[x509.Certificate]:
    """Self-signed CAs of no concern here."""
    return [_public_ca(number) for number in range(1, count + 1)]


def _public_ca(number: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name(c="US", o=f"Example Trust {number}", cn=f"Example Public Root {number}")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(pki.FROM)
        .not_valid_after(pki.UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _p12(entries: Mapping[str, x509.Certificate], file: str = "truststore.p12") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        stores.keytool_store(folder / file, "PKCS12", entries)

    return write


def _pem(certificates: Sequence[x509.Certificate]) -> Callable[[Path], None]:
    return lambda folder: _written(folder / "truststore.pem", certificates)


def _written(path: Path, certificates: Sequence[x509.Certificate]) -> None:
    path.write_bytes(pki.pem(certificates))


A1_FILE = ("AmazonRootCA1.pem",)
DURABLE = ("AmazonRootCA1.pem", "StarfieldServicesRootCertificateAuthority-G2.pem")
A1, G2 = "Amazon Root CA 1", "Starfield Services Root Certificate Authority - G2"
CLASS_2 = "Starfield Class 2"
P12 = "truststore.p12"


def cases(world: World) -> tuple[StoreCase, ...]:
    """The twelve."""
    w = world
    class_2 = Truth(
        P12,
        "breaks",
        "Starfield Class 2 alone: the chain reaches it through the certificate that AWS leaves out since 2024-08",
        (CLASS_2,),
        "class-2-cross-dropped",
        G2X_ENDS,
        any_day=True,
        imports=A1_FILE,
        works_then=False,
    )
    root_1 = Truth(P12, "safe", "Amazon Root CA 1 alone: every announced chain ends at it", (A1,), until=A1_ENDS)
    short = w.rotated[:3]
    return (
        StoreCase("class-2-alone", _p12({"class2": w.c2_root}), w.today, short, AS_OF, (class_2,)),
        StoreCase(
            "g2-alone",
            _p12({"g2": w.g2_root}),
            w.today,
            w.rotated[:2],
            A1X_ENDS + dt.timedelta(seconds=1),
            (
                Truth(
                    P12,
                    "breaks",
                    "Starfield Services G2 alone: it signs Amazon Root CA 1 until that certificate ends",
                    (G2,),
                    "cross-signed-ends",
                    A1X_ENDS,
                    imports=A1_FILE,
                    works_then=False,
                ),
            ),
        ),
        StoreCase("root-1-alone", _p12({"a1": w.a1_root}), w.today, short, AS_OF, (root_1,)),
        StoreCase(
            "cross-signed-copies",
            _p12({"amazonrootca1": w.a1_cross, "starfieldg2": w.g2_cross}),
            w.today,
            short,
            AS_OF,
            (
                Truth(
                    P12,
                    "safe",
                    "the cross-signed copies as C118's procedure saves them: by name and key they are the roots",
                    (A1, G2),
                    until=A1X_ENDS,
                ),
            ),
        ),
        StoreCase(
            "leaf",
            _p12({"email-smtp": w.leaf}),
            w.today,
            w.renewed,
            AS_OF,
            (
                Truth(
                    P12,
                    "breaks",
                    "the server's own certificate: its next one is another",
                    (HOST,),
                    "leaf-renewed",
                    LEAF[1],
                    any_day=True,
                    imports=DURABLE,
                    works_then=False,
                ),
            ),
        ),
        StoreCase(
            "intermediates",
            _p12({"server-ca-1b": w.server_ca_issued, "m01": w.m01_issued}),
            w.today,
            w.rotated,
            AS_OF,
            (
                Truth(
                    P12,
                    "breaks",
                    "the old and the new issuing CA: the next certificate may come from a third",
                    ("Amazon RSA 2048 M01",),
                    "intermediate-rotated",
                    LEAF[1],
                    any_day=True,
                    imports=DURABLE,
                    works_then=False,
                ),
            ),
        ),
        StoreCase(
            "five-roots",
            _pem([w.a1_root, *w.other_roots(), w.g2_root]),
            w.today,
            short,
            AS_OF,
            (Truth("truststore.pem", "safe", "all five roots that Amazon advises", (A1, G2), until=A1_ENDS),),
        ),
        StoreCase(
            "tls-inspection",
            _p12({"company": w.company_root}),
            w.inspected,
            w.inspected_renewed,
            dt.datetime(2027, 6, 1),
            (
                Truth(
                    P12,
                    "safe",
                    "an internal CA behind TLS inspection: Amazon's changes do not reach the Manager",
                    ("Example Holdings Root CA",),
                    until=COMPANY_ENDS,
                ),
            ),
        ),
        StoreCase(
            "expired-root",
            _p12({"a1": w.a1_expired}),
            w.today,
            short,
            AS_OF,
            (Truth(P12, "safe", "an expired root: Java does not look at the end of the anchor", (A1,)),),
        ),
        StoreCase(
            "empty",
            lambda folder: stores.empty_store(folder / "truststore.jks", w.a1_root),
            w.today,
            w.today,
            AS_OF,
            (
                Truth(
                    "truststore.jks",
                    "breaks",
                    "an empty store: nothing is trusted today",
                    event="today",
                    imports=DURABLE,
                    works_today=False,
                    works_then=False,
                ),
            ),
        ),
        _two_managers(w, class_2, root_1),
        StoreCase(
            "store-of-150",
            _pem([*public_cas(OTHERS), w.a1_root]),
            w.today,
            short,
            AS_OF,
            (Truth("truststore.pem", "safe", "150 CAs, of which one counts", (A1,), until=A1_ENDS),),
        ),
    )


def _two_managers(world: World, class_2: Truth, root_1: Truth) -> StoreCase:
    def write(folder: Path) -> None:
        _p12({"a1": world.a1_root}, f"manager-a/{P12}")(folder)
        _p12({"class2": world.c2_root}, f"manager-b/{P12}")(folder)

    truths = (_at(root_1, f"manager-a/{P12}"), _at(class_2, f"manager-b/{P12}"))
    return StoreCase("two-managers", write, world.today, world.rotated[:3], AS_OF, truths)


def _at(truth: Truth, path: str) -> Truth:
    values = {field: getattr(truth, field) for field in Truth.__slots__}
    return Truth(**{**values, "path": path})


def build_stores(folder: Path) -> None:
    """Writes all of them anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for case in cases(World()):
        target = folder / case.name
        (target / "proof").mkdir(parents=True)
        case.write(target)
        _written(target / "chain.pem", case.served)
        _written(target / "proof" / "then.pem", case.then)
        text = json.dumps(_expected(case), indent=2) + "\n"
        (target / "expected.json").write_text(text)


def _expected(case: StoreCase) -> dict[str, object]:
    return {
        "as_of": _iso(AS_OF),
        "then": _iso(case.then_at),
        "stores": [
            {
                "path": truth.path,
                "why": truth.why,
                "verdict": truth.verdict,
                "rests_on": list(truth.rests_on),
                "event": truth.event,
                "by": _iso(truth.by),
                "any_day": truth.any_day,
                "until": _iso(truth.until),
                "imports": list(truth.imports),
                "works_today": truth.works_today,
                "works_then": truth.works_then,
            }
            for truth in case.truths
        ],
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat() + "Z"
