"""Fix steps that are computed from evidence; a rule names one as `command = "builtin:NAME"`.

A builtin gets the rule that holds with its bound facts, and the `[[fix]]` that named it, whose texts stand in wherever
the builtin has nothing more precise to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sestriage.model.command import Instructions, argument, joined, literal, prose
from sestriage.model.known.appliance import CIPHERS_PATH, CONTAINER
from sestriage.model.known.ses import FIPS_REGIONS, TABLE_DATE, host_form
from sestriage.model.known.ses_names import nearest_region
from sestriage.model.log import LogEvent
from sestriage.model.message import Message, together
from sestriage.model.verdict import FixStep
from sestriage.rules.fixes import commands
from sestriage.rules.fixes.commands import PUBLISHED_LIST
from sestriage.rules.fixes.import_ca import import_ca
from sestriage.rules.schema import Fix
from sestriage.rules.texts.templates import clean

if TYPE_CHECKING:
    # a log alone is explained without these
    from sestriage.model.capture import SmtpDialogue
    from sestriage.model.config import CipherList, SmtpSettings
    from sestriage.rules.matched import MatchedRule

UNDO_LIST = Instructions((commands.UNDO_LIST,))

Builtin = Callable[["MatchedRule", Fix], Sequence[FixStep]]


def tls_ciphers_without_dhe(bound: MatchedRule, fix: Fix) -> Sequence[FixStep]:
    """Takes the DHE/EDH suites out of this Manager's list, or says that it has none."""
    verify = bound.instructions(fix.verify)
    step = FixStep(bound.rule.id, bound.text(fix.text) or fix.text, None, bound.text(fix.risk), verify)
    lists = cast("tuple[CipherList, ...]", bound.facts.of("config.tls_ciphers"))
    usable = [fact for fact in lists if fact.problem is None or fact.tokens]
    if not usable:
        published = commands.replace_list(PUBLISHED_LIST)
        return (replace(step, text=commands.published_list_text(step.text), command=published, undo=UNDO_LIST),)
    with_dhe = [fact for fact in usable if fact.dhe_allowed]
    if not with_dhe:
        return (_already_applied(bound, usable[0]),)
    chosen = with_dhe[0]
    # A list of nothing but DHE suites has no remainder: then the published one is the safe replacement.
    remainder = chosen.without_dhe or PUBLISHED_LIST
    text = together(step.text, _what_changes(bound, chosen))
    return (replace(step, text=text, command=commands.replace_list(remainder), undo=UNDO_LIST),)


def _what_changes(bound: MatchedRule, ciphers: CipherList) -> str:
    """The change that the command makes to the supplied list: suites leave it, macros stay and lose their DHE
    suites."""
    file = clean(ciphers.source.file)
    if ciphers.without_dhe is None:
        return Message(
            "The supplied list ({file}) contains only DHE suites: the command puts the list there that Cisco"
            " publishes (document 218118, written for 7.3.2).",
            file=file,
        )
    switched_on = [token for token in ciphers.tokens if token.allows_dhe]
    gone = clean(", ".join(token.text for token in switched_on if token.key_exchange == "DHE"))
    wide = clean(", ".join(token.text for token in switched_on if token.key_exchange != "DHE"))
    said: list[str] = []
    if gone or not wide:
        said.append(
            Message(
                "Removed from the supplied list ({file}): {tokens}.",
                file=file,
                tokens=gone or Message("DHE, by an exclusion"),
            )
        )
    if wide:
        said.append(
            Message(
                "The supplied list ({file}) keeps {tokens}, which also includes DHE suites; the exclusion at its end"
                " turns them off.",
                file=file,
                tokens=wide,
            )
        )
    return together(*said)


def _already_applied(bound: MatchedRule, ciphers: CipherList) -> FixStep:
    text = Message(
        "Nothing to remove: the supplied list ({file}) allows no DHE suite. If the container's start is older than the"
        " file, restart the container. If it is newer, run Test Action again; if that fails in the same way, open a TAC"
        " case.",
        file=clean(ciphers.source.file),
    )
    return FixStep(
        bound.rule.id,
        text,
        literal(f"docker inspect -f '{{{{.State.StartedAt}}}}' {CONTAINER} ; date -u -r {CIPHERS_PATH} +%FT%TZ"),
        Message("reads only; a later `docker restart` interrupts the mail actions for some seconds"),
        prose(Message("docker restart {container} and then Test Action again", container=CONTAINER)),
        None,
    )


def check_smtp_host(bound: MatchedRule, fix: Fix) -> Sequence[FixStep]:
    """The fault in the form of the server's name, and the nearest region that has an SMTP endpoint."""
    step = FixStep(
        bound.rule.id,
        bound.text(fix.text) or fix.text,
        joined("getent hosts ", argument("host", bound.case.host)) if bound.case.host else None,
        bound.text(fix.risk),
        bound.instructions(fix.verify),
        bound.instructions(fix.undo),
    )
    form = host_form(bound.case.host)
    if form is None or (form.kind == "smtp-fips" and form.region not in FIPS_REGIONS):
        hint = commands.ENDPOINT_FORM
    elif form.kind == "smtp-vpce" and form.region_has_smtp is not None:  # its form does not tell if its id is right
        return (step,)
    elif not form.is_endpoint:
        hint = Message("The name has another form than an SES SMTP endpoint (email-smtp.REGION.amazonaws.com).")
    elif form.region_has_smtp:
        hint = Message(
            "`{region}` is a region with an SMTP endpoint: the name has the right form; look at the DNS servers.",
            region=form.region,
        )
    else:
        misspelt = form.region_has_smtp is None  # a region of SES without an endpoint is spelt right
        near = nearest_region(form.region or "") if misspelt else None
        hint = Message(
            "`{region}` is not among the regions known to have an SMTP endpoint ({date}){meant}.",
            region=form.region,
            date=TABLE_DATE,
            meant=Message("; the nearest one is `{near}`", near=near) if near else "",
        )
    return (replace(step, text=together(step.text, hint)),)


def unverified_identities(bound: MatchedRule, fix: Fix) -> Sequence[FixStep]:
    """Who must act: for each identity in the reply whether it is sender or recipient, where that is known."""
    base = FixStep(bound.rule.id, "", None, bound.text(fix.risk), bound.instructions(fix.verify))
    identities = [clean(name) for event in _events(bound) for name in event.identities][:20]
    region = bound.case.region
    senders, recipients = _addresses(bound)
    if _in_production(bound):
        recipients = set()
    failed_senders = [name for name in identities if name.lower() in senders]
    failed_recipients = [name for name in identities if name.lower() in recipients]
    steps: list[FixStep] = []
    if failed_senders or not failed_recipients:
        named = ", ".join(failed_senders or identities)
        steps.append(replace(base, text=commands.sender_text(named, region), undo=prose(commands.UNDO_SETTING)))
    if not _in_production(bound) and (failed_recipients or not failed_senders):
        named = ", ".join(failed_recipients or identities)
        steps.append(replace(base, text=commands.recipient_text(named, region)))
    steps.append(replace(base, text=commands.other_region_text(region), undo=prose(commands.UNDO_SETTINGS)))
    return tuple(steps)


def _in_production(bound: MatchedRule) -> bool:
    """The account is known to be out of the sandbox: recipients need no verification then."""
    return any(s.sandbox is False for s in cast("tuple[SmtpSettings, ...]", bound.facts.of("config.smtp")))


def _events(bound: MatchedRule) -> list[LogEvent]:
    return [fact for fact in bound.facts.of("log.event") if isinstance(fact, LogEvent) and fact.outcome == "failure"]


def _addresses(bound: MatchedRule) -> tuple[set[str], set[str]]:
    """Sender and recipient addresses (and their domains), from the settings and from the dialogue on the wire."""
    senders: set[str] = set()
    recipients: set[str] = set()
    for settings in cast("tuple[SmtpSettings, ...]", bound.facts.of("config.smtp")):
        senders.update(_with_domain(settings.sender))
        recipients.update(_with_domain(settings.recipient))
    for dialogue in cast("tuple[SmtpDialogue, ...]", bound.facts.of("smtp.dialogue")):
        for command in dialogue.commands:
            found = _with_domain(_ADDRESS.sub(r"\1", command.argument))
            {"MAIL": senders, "RCPT": recipients}.get(command.verb, set()).update(found)
    return senders, recipients


_ADDRESS = re.compile(r"^[^<]{0,20}<([^<>]{1,320})>.{0,200}$", re.DOTALL)


def _with_domain(address: str | None) -> set[str]:
    if not address or "@" not in address:
        return set()
    lowered = address.strip().lower()
    return {lowered, lowered.rpartition("@")[2]}


BUILTINS: Mapping[str, Builtin] = {
    "check-smtp-host": check_smtp_host,
    "unverified-identities": unverified_identities,
    "tls-ciphers-without-dhe": tls_ciphers_without_dhe,
    "import-ca": import_ca,
}
