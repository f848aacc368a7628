"""Mail addresses and the identities that cover them, as an SMTP form takes them. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sestriage.model.message import Message

SIMULATOR_DOMAIN = "simulator.amazonses.com"
"""The mailbox simulator of SES: its addresses may be written to from the sandbox, too."""

MAX_ADDRESS = 254
"""Characters of an address in a mail transaction (RFC 5321 section 4.5.3.1.3: a path has 256, brackets included)."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def address_problem(text: str) -> str | None:
    """Why a text is no plain address (`local@domain.tld`, RFC 5321 section 4.1.2); None when it is one.

    Quoted local parts and address literals are refused: SMTP forms and SES identities have no use for them.
    """
    if not text.strip():
        return Message("it is empty")
    if text != text.strip() or any(c.isspace() or not c.isprintable() for c in text):
        if "<" in text.lstrip()[1:]:
            return Message("it has a display name")
        return Message("it holds a blank or an invisible character")
    if "<" in text or ">" in text:
        return Message("it has angle brackets")
    if "," in text or ";" in text:
        return Message("it holds a comma or a semicolon")
    if not text.isascii():
        return Message("it holds a character outside ASCII")
    return _parts_problem(text)


def _parts_problem(text: str) -> str | None:
    if text.count("@") != 1:
        return Message("it has more than one @") if "@" in text else Message("it has no @")
    local, _, domain = text.partition("@")
    if not local:
        return Message("nothing stands before the @")
    if not domain:
        return Message("no domain stands after the @")
    if len(text) > MAX_ADDRESS or len(local) > 64:
        return Message("it is too long")
    if not _LOCAL.fullmatch(local):
        return Message(
            "the part before the @ holds a character or a full stop that a plain address does not have there"
        )
    return domain_problem(domain)


def domain_problem(domain: str) -> str | None:
    """Why a text is no domain name of a public mail domain; None when it is one (by form)."""
    if domain.startswith("[") and domain.endswith("]"):
        return Message("an address in brackets stands in place of the domain")
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(domain) > 253:
        return Message("the domain is malformed")
    if len(labels) < 2:
        return Message("the domain has no full stop (its last part may be missing)")
    if labels[-1].isdigit():
        return Message("the domain is malformed")
    return None


def domain_of(address: str) -> str | None:
    """The domain of an address in lower case; None where there is none."""
    _, found, domain = address.strip().rpartition("@")
    domain = domain.strip().rstrip(".>").lower()
    return domain if found and domain else None


def is_covered(address: str, identities: Sequence[str]) -> bool:
    """True if SES lets this address send (or, in the sandbox, receive): the address itself, the address without its
    label (`alarms+sna@` is one of `alarms@`), its domain or a parent of its domain is among the verified identities.
    These may be ARNs, as the console shows them (`arn:aws:ses:REGION:ACCOUNT:identity/NAME`).

    Ground: SES developer guide, "Creating and verifying identities": a verified domain covers every address in it and
    in its subdomains; "Verifying email addresses" (API version 2010-12-01): addresses with labels need no verification
    of their own.
    """
    domain = domain_of(address)
    if domain is None:
        return False
    for identity in identities:
        name = identity.strip().lower().rpartition(":identity/")[2].removeprefix("@").rstrip(".")
        if "@" in name:
            local, _, host = name.rpartition("@")
            given = address.strip().rpartition("@")[0].lower()
            if host == domain and local in (given, given.partition("+")[0]):
                return True
        elif name and (domain == name or domain.endswith("." + name)):
            return True
    return False
