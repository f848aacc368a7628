"""The kinds of failure that can be mended on the Manager: what is wrong, and what the engineer can look up."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from loop.manager import ALIAS, GOOD_FORM, STORE
from seslab import pki, stores
from seslab.cases_tls import DHE_OPENSSL, TLS_CIPHERS
from seslab.model import SES, SES_HOST
from seslab.pki import Hierarchy
from seslab.server import Account, Endpoint, Replies, Tls
from seslab.settings import SENDER, SMTP_PASSWORD, USER

Entries = Mapping[str, x509.Certificate]
ECDHE = "ECDHE-RSA-AES128-GCM-SHA256"
ACCOUNT = Account(USER, SMTP_PASSWORD, ("example.com",))


@dataclass(frozen=True, slots=True)
class Kind:
    """One failure. `wrong` are form fields with wrong values, `store` makes the trust store, `rule` is the cause that
    must be found first, `then` those that may come to light after it.

    `knows` is what the engineer can look up outside of sestriage (the AWS console, the colleague who made the login).
    `choice` picks one where a step offers several settings. `by_hand`: the store is not kept by the menus, so that what
    a step says about keytool is done on the file itself.
    """

    rule: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    store: Callable[[Hierarchy], None] | None = None
    tls: str = "default"
    small_dh: bool = False
    then: tuple[str, ...] = ()
    knows: Mapping[str, str] = field(default_factory=dict)
    choice: int = 0
    by_hand: bool = False
    ciphers: str = TLS_CIPHERS


def _keytool(entries: Entries) -> None:
    stores.keytool_store(STORE, "PKCS12", entries)


def good_store(ca: Hierarchy) -> None:
    """The one root that is enough."""
    _keytool({"amazonrootca1": ca.a1_root})


def without_root(ca: Hierarchy) -> None:
    """Only the company's own CA."""
    _keytool({"example-holdings-root": ca.company_root})


def same_name(ca: Hierarchy) -> None:
    """An Amazon Root CA 1 of another key."""
    impostor = pki.Authority.make(pki.AMAZON_ROOT_1)
    _keytool({"amazon": pki.ca_certificate(impostor, impostor), "example-holdings-root": ca.company_root})


def look_alike(ca: Hierarchy) -> None:
    """Starfield's other root."""
    name = pki.name(
        c="US",
        st="Arizona",
        loc="Scottsdale",
        o="Starfield Technologies, Inc.",
        cn="Starfield Root Certificate Authority - G2",
    )
    other = pki.Authority.make(name)
    _keytool({"starfield-g2": pki.ca_certificate(other, other)})


def emptied(ca: Hierarchy) -> None:
    """A store out of which everything was deleted."""
    _keytool({"old": ca.company_root})
    command = [*stores.KEYTOOL, "-delete", "-alias", "old", "-keystore", str(STORE), "-storepass", stores.PASSWORD]
    subprocess.run(command, check=True, capture_output=True)


def by_openssl(ca: Hierarchy) -> None:
    """The right root, in a PKCS#12 that openssl wrote."""
    root = Path("/container/root.pem")
    root.write_bytes(pki.pem([ca.a1_root]))
    command = ["openssl", "pkcs12", "-export", "-nokeys", "-in", str(root), "-out", str(STORE)]
    subprocess.run([*command, "-passout", f"pass:{stores.PASSWORD}"], check=True, capture_output=True)


def cut_off(ca: Hierarchy) -> None:
    """A store of which only a part reached the disk."""
    good_store(ca)
    STORE.write_bytes(STORE.read_bytes()[:700])


def other_password(ca: Hierarchy) -> None:
    """A store that opens with a password that nobody configured."""
    good_store(ca)
    command = [*stores.KEYTOOL, "-storepasswd", "-new", "another-one", "-keystore", str(STORE)]
    command += ["-storepass", stores.PASSWORD]
    subprocess.run(command, check=True, capture_output=True)


def pinned(ca: Hierarchy) -> None:
    """Leaf and intermediate of yesterday; the server has new ones since."""
    old = pki.Authority.make(pki.name(c="US", o="Amazon", cn="Amazon RSA 2048 M02"))
    holder = pki.Authority.make(pki.name(cn=SES_HOST))
    leaf = pki.leaf_certificate(holder, old, pki.ses_names("us-east-1"))
    _keytool({"leaf": leaf, "amazonrsa2048m02": pki.ca_certificate(old, ca.a1)})


KINDS: Mapping[str, Kind] = {
    "missing-root": Kind("ca-missing-from-trust-store", store=without_root),
    "missing-root-smtps": Kind(
        "ca-missing-from-trust-store", {"ENCRYPTION TYPE": "SMTPS", "PORT": "465"}, store=without_root
    ),
    "same-named-root": Kind("trust-anchor-key-mismatch", store=same_name),
    "look-alike-root": Kind("look-alike-root", store=look_alike),
    "empty-store": Kind("trust-store-empty", store=emptied),
    "store-made-by-openssl": Kind("trust-store-empty", store=by_openssl, by_hand=True),
    "damaged-store": Kind("trust-store-unreadable", store=cut_off),
    "store-with-other-password": Kind("trust-store-unreadable", store=other_password),
    "pinned-leaf": Kind("trust-store-pinned", store=pinned),
    "small-dh-key": Kind("dh-key-too-small", tls="openssl", small_dh=True),
    "small-dh-key-and-missing-root": Kind(
        "ca-missing-from-trust-store",
        tls="openssl",
        small_dh=True,
        store=without_root,
        then=("dh-key-too-small",),
    ),
    "smtps-on-587-other-encryption": Kind("smtps-on-starttls-port", {"ENCRYPTION TYPE": "SMTPS"}),
    "smtps-on-587-other-port": Kind("smtps-on-starttls-port", {"ENCRYPTION TYPE": "SMTPS"}, choice=1),
    "starttls-on-465-other-encryption": Kind("starttls-on-smtps-port", {"PORT": "465"}),
    "starttls-on-465-other-port": Kind("starttls-on-smtps-port", {"PORT": "465"}, choice=1),
    "sender-not-verified": Kind(
        "identity-not-verified", {"FROM EMAIL": "sna@unverified.example"}, knows={"FROM EMAIL": SENDER}
    ),
    "wrong-credentials": Kind(
        "smtp-credentials-invalid",
        {"USER NAME": "AKIAIOSFODNN7EXAMPL2", "PASSWORD": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
        knows={"USER NAME": USER, "PASSWORD": SMTP_PASSWORD},
    ),
    "host-as-address": Kind("hostname-mismatch", {"SMTP SERVER": SES}, tls="jsse", knows={"SMTP SERVER": SES_HOST}),
    "host-by-alias": Kind("hostname-mismatch", {"SMTP SERVER": ALIAS}, tls="jsse", knows={"SMTP SERVER": SES_HOST}),
    # JavaMail 1.6.5 answers the 530 of an unencrypted login with STARTTLS on its own: what stops it then is the store
    "unencrypted-with-login": Kind(
        "ca-missing-from-trust-store", {"ENCRYPTION TYPE": "UN-ENCRYPTED"}, store=without_root
    ),
    "unencrypted-without-login": Kind(
        "authentication-required",
        {"ENCRYPTION TYPE": "UN-ENCRYPTED", "USER NAME": "", "PASSWORD": ""},
        knows={"USER NAME": USER, "PASSWORD": SMTP_PASSWORD},
    ),
    "no-login": Kind(
        "authentication-required",
        {"USER NAME": "", "PASSWORD": ""},
        knows={"USER NAME": USER, "PASSWORD": SMTP_PASSWORD},
    ),
    "misspelt-region": Kind(
        "dns-lookup-failed",
        {"SMTP SERVER": "email-smtp.us-esat-1.amazonaws.com"},
        knows={"SMTP SERVER": SES_HOST},
    ),
    "misspelt-port": Kind("connection-refused", {"PORT": "5870"}),
}
"""Name of a failure to what it is."""


def endpoints(kind: Kind, ca: Hierarchy) -> tuple[Endpoint, ...]:
    """SES on 587 and 465: checks login and sender; the small DH group only where a client asks for it."""
    ciphers = f"{DHE_OPENSSL}:{ECDHE}" if kind.small_dh else ECDHE
    tls = Tls(ca.ses(), ciphers=ciphers, small_dh=kind.small_dh)
    scripts = (Replies(account=ACCOUNT),)
    return (
        Endpoint(SES, 587, tls, scripts=scripts),
        Endpoint(SES, 465, tls, wrapper=True, scripts=scripts),
    )


def form(kind: Kind) -> dict[str, str]:
    """The SMTP form with its faults."""
    return {**GOOD_FORM, **kind.wrong}
