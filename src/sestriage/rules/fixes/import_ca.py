"""The builtin `import-ca`: which certificate to import, by name and SHA-256, and the command that saves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sestriage.model.command import Command, argument, joined, prose
from sestriage.model.known.published import PUBLISHED_ROOTS, root_named
from sestriage.model.known.relays import RELAYS
from sestriage.model.message import Message, together
from sestriage.model.verdict import FixStep
from sestriage.rules.fixes import commands
from sestriage.rules.fixes.commands import ROOTS, TRUST_STORE_MENU
from sestriage.rules.schema import Fix
from sestriage.rules.texts.templates import clean

if TYPE_CHECKING:
    # a log alone is explained without these
    from sestriage.model.capture import Stream
    from sestriage.model.trust import Certificate, Gap, TrustPath
    from sestriage.rules.matched import MatchedRule

FOLDER = "sestriage-import"
"""Folder into which the printed command saves the certificates."""
PIPE = "-"
"""How standard input is named; what came from there cannot be read again."""
_CHAIN = "set it to the path of the file with the served chain"
UNREACHED = frozenset({"no-path", "empty-store"})
"""Decisions of the path search that an import can mend."""


def import_ca(bound: MatchedRule, fix: Fix) -> Sequence[FixStep]:
    """Which certificate to import, by name and SHA-256; and how to get it when the evidence does not hold it."""
    if bound.case.program is not None:
        return (_into_another_program(bound, bound.case.program),)
    gaps = [path.gap for path in _paths(bound) if path.gap is not None and path.status in UNREACHED]
    undo = bound.instructions(fix.undo) or prose(commands.UNDO_IMPORT)
    base = FixStep(bound.rule.id, "", None, bound.text(fix.risk), bound.instructions(fix.verify), undo)
    steps: list[FixStep] = []
    export = _export_command(bound)
    served = _served_candidates(gaps)
    published = next((gap for gap in gaps if gap.published), None)
    if published is not None:
        steps.append(replace(base, text=_published_text(published), command=export))
    if served:
        command = None if published is not None and export else export or _show_chain(bound)
        steps.append(replace(base, text=_served_text(served, bool(export)), command=command))
    elif published is None and gaps:
        steps.append(replace(base, text=_missing_text(gaps[0])))
    if not gaps:
        steps.append(_without_decision(bound, base, export))
    if intro := bound.text(fix.text):
        # one step with what the rule says first: a separate step would have nothing to check and nothing to undo
        steps[0] = replace(steps[0], text=together(intro, steps[0].text))
    return tuple(steps)


def _into_another_program(bound: MatchedRule, program: str) -> FixStep:
    """Another program than the Manager's refused the chain: the Manager's trust store has no part in it."""
    relay = RELAYS.get(program)
    if relay is not None:
        text = Message(
            "If the served chain is that of the right server and complete, add the root certificate that it leads to"
            " (signed by itself; the chain need not hold it), if {program} lacks it, to those that {program} trusts"
            " ({settings}), after comparing its fingerprint with its owner.",
            program=program,
            settings=relay.trusted_cas,
        )
    else:
        program = Message("this program")
        text = Message(
            "If the served chain is that of the right server and complete, add the root certificate that it leads to"
            " (signed by itself; the chain need not hold it), if this program lacks it, to those that it trusts, after"
            " comparing its fingerprint with its owner."
        )
    return FixStep(
        bound.rule.id,
        text,
        _show_chain(bound),
        Message("the command reads only; the change is one of the CAs that {program} trusts", program=program),
        prose(Message("Send a mail through {program} again: the certificate error must be gone.", program=program)),
        prose(Message("Take the added certificates out again.")),
    )


def _without_decision(bound: MatchedRule, base: FixStep, export: Command | None) -> FixStep:
    """No store could be read, so that nothing is known to be missing: what the chain holds is imported."""
    if export is None:
        return replace(base, text=commands.look_and_import_text(), command=_show_chain(bound))
    text = Message(
        "The served chain is in the evidence: the command saves its durable CA certificates with their fingerprints."
        " Import them at {menu}, with the file name as friendly name, after comparing the fingerprints with their"
        " owner.",
        menu=TRUST_STORE_MENU,
    )
    return replace(base, text=text, command=export)


def _served_text(served: Sequence[Certificate], exported: bool) -> str:
    names = "; ".join(f"`{clean(ca.label)}` (SHA-256 {ca.sha256})" for ca in served)
    if exported:
        text = Message(
            "Save the missing CA certificates with the command below: the captured chain contains them. Then import"
            " them at {menu}, with the file name as friendly name: {names}.",
            menu=TRUST_STORE_MENU,
            names=names,
        )
    else:
        text = Message(
            "The captured chain contains the missing CA certificates. Import them at {menu}, with the file name as"
            " friendly name: {names}.",
            menu=TRUST_STORE_MENU,
            names=names,
        )
    if len(served) > 1:
        text = together(text, Message("Either is enough today; importing both also covers a change of the chain."))
    if exported and any(ca.published_name_other_key for ca in served):
        other_key = Message(
            "A certificate with the name of a public root over another key is saved only with --allow-unpublished:"
            " add that when its owner has confirmed the fingerprint."
        )
        text = together(text, other_key)
    elif not all(ca.published_as for ca in served):
        asked = Message("Before you import a certificate, compare its fingerprint with the owner of the server.")
        text = together(text, asked)
    return text


def _missing_text(gap: Gap) -> str:
    key = Message(", key identifier {key}", key=gap.authority_key_id) if gap.authority_key_id else ""
    if gap.served is not None:
        return Message(
            "Missing is the CA `{issuer}`{key}. The server sent it; the evidence does not show that its import alone"
            " makes a path. Check its fingerprint with the owner of the server before you import it at {menu}.",
            issuer=clean(gap.issuer),
            key=key,
            menu=TRUST_STORE_MENU,
        )
    return Message(
        "Missing is the CA `{issuer}`{key}. It was not served: get it from the owner of the server,"
        " check its fingerprint with them, and import it at {menu}.",
        issuer=clean(gap.issuer),
        key=key,
        menu=TRUST_STORE_MENU,
    )


def _published_text(gap: Gap) -> str:
    fingerprint = f" (SHA-256 {gap.published_sha256})" if gap.published_sha256 else ""
    root = next((root for root in PUBLISHED_ROOTS if root.name == gap.published), None)
    if root is not None and not root.recommended:  # GoDaddy's roots: Amazon Trust Services does not publish them
        return Message(
            "Import the public root `{root}`{fingerprint}, which its owner publishes, at {menu}; compare the"
            " fingerprint before you save.",
            root=gap.published,
            fingerprint=fingerprint,
            menu=TRUST_STORE_MENU,
        )
    other = [name for name in ROOTS if root is None or root_named("", name) is not root]
    return Message(
        "Import the public root `{root}`{fingerprint}, from Amazon Trust Services"
        " (https://www.amazontrust.com/repository/), at {menu}; compare the fingerprint before you save."
        " With {other} beside it, a served chain that leads there is trusted, too.",
        root=gap.published,
        fingerprint=fingerprint,
        menu=TRUST_STORE_MENU,
        other=Message("{first} and {second}", first=other[0], second=other[1]) if other[1:] else other[0],
    )


def _show_chain(bound: MatchedRule) -> Command:
    return commands.show_chain(bound.case.s_client)


def _paths(bound: MatchedRule) -> tuple[TrustPath, ...]:
    return cast("tuple[TrustPath, ...]", bound.facts.of("trust.path"))


def _served_candidates(gaps: Sequence[Gap]) -> list[Certificate]:
    """The served CA certificates worth importing: those of the two roots where the chain has them, else the topmost."""
    found: dict[str, Certificate] = {}
    for gap in gaps:
        for certificate in gap.importable:
            found.setdefault(certificate.sha256, certificate)
    durable = [ca for ca in found.values() if (ca.published_as or ca.common_name) in ROOTS]
    return durable[:2] or list(found.values())[:1]


def _export_command(bound: MatchedRule) -> Command | None:
    """The command that saves what is to be imported, for a shell where `triage` ran; None when the evidence holds no
    readable chain, or came from a pipe."""
    chain = next(_chain_files(bound), None)
    if chain is None or chain == PIPE:
        return None
    command = joined("sestriage certs export ", argument("path", chain, "CHAIN_FILE", _CHAIN))
    for number, store in enumerate(sorted({path.store.path for path in _paths(bound)} - {chain, PIPE}), 1):
        variable = "TRUST_STORE" if number == 1 else f"TRUST_STORE_{number}"
        named = argument("path", store, variable, "set it to the path of the trust store")
        command = joined(command, " --store ", named)
    return joined(command, f" --to {FOLDER}")


def _chain_files(bound: MatchedRule) -> Iterator[str]:
    """The files in which a whole served chain was seen, as the user named them."""
    for path in _paths(bound):
        if path.frame_source is not None:
            yield path.frame_source.path
    for stream in cast("tuple[Stream, ...]", bound.facts.of("tcp.stream")):
        if stream.tls is not None and stream.tls.certificates_visibility == "clear":
            yield stream.source.path
