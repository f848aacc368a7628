"""A second fault of a failed handshake that the evidence shows already: said with its place, and a step of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sestriage.model.message import Message, together
from sestriage.model.phase import TLS_STEPS
from sestriage.model.verdict import Attempt, FixStep, Outcome

if TYPE_CHECKING:
    from sestriage.model.trust import TrustPath

_ABOUT_DATES = frozenset({"certificate-expired", "certificate-not-yet-valid"})
_ABOUT_NAMES = frozenset({"hostname-mismatch"})
_ABOUT_KEYS = frozenset({"dh-key-too-small", "dh-prime-too-large-for-client"})
_SMALL = 2048
"""Bits of a DH key below which clients refuse it."""

_IMPORT = Message("import the CA that the chain leads to; `sestriage certs export` saves it from the capture.")
_RENEW = Message("the server's administrator renews the certificate; a wrong clock of the Manager looks the same.")
_CLOCK = Message("compare the Manager's clock with the date.")
_NAME = Message("enter a name that the certificate has in SMTP SERVER.")
_SUITES = Message("take the suites with DHE off the Manager's cipher list, or the server takes a larger group.")


@dataclass(frozen=True, slots=True)
class SecondFault:
    """A fault beside the cause: the rule that it is a case of, what shows it, and what to do then."""

    rule: str
    fault: Message
    repair: Message


def second_faults(attempt: Attempt, paths: Sequence[TrustPath]) -> tuple[SecondFault, ...]:
    """Faults beside the cause of a failed handshake, in the order in which they will bite once it is mended: a path is
    built first, then its dates are looked at, then the name, then the key exchange."""
    if attempt.outcome is not Outcome.FAILED or attempt.phase not in TLS_STEPS or attempt.finding is None:
        return ()
    rule = attempt.finding.rule
    return (
        *(_no_path(paths) if rule in _ABOUT_DATES | _ABOUT_NAMES | _ABOUT_KEYS else ()),
        *(_out_of_date(attempt) if rule not in _ABOUT_DATES else ()),
        *(_other_name(attempt) if rule not in _ABOUT_NAMES else ()),
        *(_small_key(attempt) if rule not in _ABOUT_KEYS else ()),
    )


def second_faults_note(found: Sequence[SecondFault]) -> tuple[str, ...]:
    """All of them in one sentence; none where there is none."""
    if not found:
        return ()
    told = together(*(each.fault for each in found), between="; ")
    return (
        Message("The evidence shows a further fault, which will bite once the first is mended: {faults}.", faults=told),
    )


def second_faults_steps(found: Sequence[SecondFault], told: frozenset[str]) -> tuple[FixStep, ...]:
    """A step for each whose rule is not told of by a finding (`told`): that one has steps of its own."""
    return tuple(
        FixStep(
            each.rule,
            Message(
                "Once that is mended, the next fault bites: {fault}. Then {repair}",
                fault=each.fault,
                repair=each.repair,
            ),
        )
        for each in found
        if each.rule not in told
    )


def _no_path(paths: Sequence[TrustPath]) -> Iterator[SecondFault]:
    if paths and all(path.status == "no-path" for path in paths):
        place = str(paths[0].store)
        fault = Message(
            "no trust store at hand leads to the served chain ({place}), so a CA must be imported", place=place
        )
        yield SecondFault("ca-missing-from-trust-store", fault, _IMPORT)


def _out_of_date(attempt: Attempt) -> Iterator[SecondFault]:
    for stream in attempt.streams[:1]:
        leaf = stream.tls.leaf if stream.tls is not None else None
        if leaf is None:
            continue
        place = str(stream.source)
        if stream.leaf_expired and leaf.not_after is not None:
            day = leaf.not_after.date().isoformat()
            fault = Message("the server's certificate ended on {day} ({place})", day=day, place=place)
            yield SecondFault("certificate-expired", fault, _RENEW)
        elif stream.leaf_not_yet_valid and leaf.not_before is not None:
            day = leaf.not_before.date().isoformat()
            fault = Message("the server's certificate begins on {day} ({place})", day=day, place=place)
            yield SecondFault("certificate-not-yet-valid", fault, _CLOCK)


def _other_name(attempt: Attempt) -> Iterator[SecondFault]:
    for stream in attempt.streams[:1]:
        if stream.leaf_fits_host is False:
            fault = Message(
                "the server's certificate does not name {host} ({place}), for a client that looks at the name",
                host=stream.host,
                place=str(stream.source),
            )
            yield SecondFault("hostname-mismatch", fault, _NAME)


def _small_key(attempt: Attempt) -> Iterator[SecondFault]:
    for stream in attempt.streams[:1]:
        tls = stream.tls
        if tls is not None and tls.key_exchange == "DHE" and tls.dh_bits is not None and tls.dh_bits < _SMALL:
            fault = Message("the server's DH key has {bits} bits ({place})", bits=tls.dh_bits, place=str(stream.source))
            yield SecondFault("dh-key-too-small", fault, _SUITES)
