"""Did this mail go through Amazon SES, and does that fit what is configured?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sestriage.engine.mail.route import Way, find_way
from sestriage.engine.mail.signs import KIND, SES_DOMAIN, Signs, domain_in
from sestriage.formats.message_id import decode_message_id
from sestriage.model.command import Instructions
from sestriage.model.config import SmtpSettings
from sestriage.model.facts import FactBase
from sestriage.model.known.address import domain_of, is_covered
from sestriage.model.known.ses import host_form
from sestriage.model.mail import UNKNOWN, DeliveredMail, Hop, MailHeaders
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Confidence, Contradiction, Evidence, Finding, Need
from sestriage.rules import RuleSet

SES_NETWORKS = ("54.240.", "69.169.", "23.251.", "76.223.")
"""Beginnings of the addresses of SES's sending hosts, as seen in delivered mails (docs/domain.md, 9)."""

CLOCK_SLACK = timedelta(minutes=5)
"""A mail may not arrive longer than this before SES took it."""
LONG_WAY = timedelta(hours=1)
"""From here on the way of a mail is worth a remark."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the configuration: the endpoint's host name, the verified identities, and further domains of
    the recipient's mail servers."""

    server: str | None = None
    verified_domains: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: SmtpSettings | None, receivers: Sequence[str] = ()) -> Known:
        """From the settings of the Manager."""
        if settings is None:
            return cls(receivers=tuple(receivers))
        return cls(settings.server, settings.verified_domains, tuple(receivers))

    @property
    def region(self) -> str | None:
        """The region of the configured endpoint."""
        form = host_form(self.server)
        return form.region if form else None


NOTHING_KNOWN = Known()

NEED_HEADERS = Need(
    Message("the full headers of the mail, as the recipient's server stored them"),
    Message(
        "only what the recipient's own servers recorded proves the way; a forwarded copy has the headers of the"
        " forwarding"
    ),
    Instructions(
        (
            Message(
                'in Gmail "Show original" > "Download original"; in Outlook File > Properties > Internet headers; '
                "then: sestriage mail mail.eml"
            ),
        )
    ),
)


def assess(headers: MailHeaders, known: Known = NOTHING_KNOWN, rules: RuleSet | None = None) -> DeliveredMail:
    """What the headers prove. With `rules` the findings of rules over `mail.delivered` are added."""
    way = find_way(headers, known.receivers)
    signs = Signs(headers, way)
    strong, weak = tuple(signs.strong()), tuple(signs.weak())
    answer, confidence = _answer(signs, strong, weak)
    message_id = decode_message_id(headers.message_id) or decode_message_id(headers.envelope_sender)
    hop = way.boundary
    region = message_id.region if message_id else None
    if region is None and hop is not None and hop.ses_address:
        region = hop.ses_region
    mail = DeliveredMail(
        headers=headers,
        through_ses=answer,
        confidence=confidence,
        message_id=message_id,
        region=region,
        accepted_at=message_id.time if message_id else None,
        hop=hop,
        strong=tuple(e for _, e in strong),
        weak=weak,
        own_dkim=signs.dkim(_own(headers)),
        ses_dkim=signs.dkim(SES_DOMAIN),
        spf=signs.result("spf"),
        dmarc=signs.result("dmarc"),
        sender_covered=_covered(headers, known),
        region_matches=None if region is None or known.region is None else region == known.region,
    )
    mail = replace(
        mail,
        contradictions=tuple(_contradictions(mail, known)),
        notes=tuple(_notes(mail, way)),
        needs=(NEED_HEADERS,) if answer == "unproven" else (),
    )
    return mail if rules is None else replace(mail, findings=_findings(mail, rules))


def _findings(mail: DeliveredMail, rules: RuleSet) -> tuple[Finding, ...]:
    chosen = {name: rule for name, rule in rules.rules.items() if {s.kind for s in rule.selections.values()} == {KIND}}
    return RuleSet(chosen, language=rules.language).evaluate(FactBase.about({KIND: (mail,)}, {KIND}))


def _own(headers: MailHeaders) -> str:
    return domain_of(headers.sender or "") or ""


def _covered(headers: MailHeaders, known: Known) -> bool | None:
    if not known.verified_domains or not headers.senders:
        return None
    return all(is_covered(sender, known.verified_domains) for sender in headers.senders)


def _answer(
    signs: Signs, strong: Sequence[tuple[str, Evidence]], weak: Sequence[Evidence]
) -> tuple[str, Confidence | None]:
    """Two independent kinds of strong signs confirm, one makes likely; copyable signs alone prove nothing."""
    kinds = {kind for kind, _ in strong}
    if len(kinds) == 2:
        return "yes", Confidence.CONFIRMED
    if kinds:
        return "yes", Confidence.LIKELY
    if signs.way.boundary is None or signs.claimed_hops() or _is_unnamed_ses(signs.way.boundary) or signs.by_milter():
        # no record of the recipient, one without a name or a sure author, or a forwarder may stand behind SES
        return "unproven", Confidence.SUSPECTED if weak else None
    recorded = bool(signs.way.trusted) and not weak
    return "no", Confidence.CONFIRMED if recorded else Confidence.LIKELY


def _is_unnamed_ses(hop: Hop) -> bool:
    """The recipient's server recorded an address from which SES sends, and no name: that proves neither."""
    if hop.ip is None or hop.rdns not in (None, UNKNOWN):
        return False
    return hop.ip.startswith(SES_NETWORKS)


# --- contradictions and notes ------------------------------------------------------------------------------------


def _contradictions(mail: DeliveredMail, known: Known) -> Iterator[Contradiction]:
    yield from _copied(mail)
    yield from _regions(mail, known)
    yield from _identity(mail, known)
    yield from _ids(mail)
    yield from _times(mail)
    yield from _arc_breaks(mail)


def _copied(mail: DeliveredMail) -> Iterator[Contradiction]:
    hop = mail.hop
    if mail.through_ses == "yes" or not mail.weak or hop is None or _is_unnamed_ses(hop):
        return
    who = hop.rdns or hop.helo or hop.ip or Message("another server")
    text = Message(
        "headers of SES are in the mail, but it was handed in by {who}: they were copied, or another server forwarded"
        " the mail",
        who=who,
    )
    seen = Message("handed in by {who} [{address}]", who=who, address=hop.ip or Message("no address"))
    yield Contradiction(text, (Evidence(hop.source, seen, KIND), *mail.weak))


def _regions(mail: DeliveredMail, known: Known) -> Iterator[Contradiction]:
    headers = mail.headers
    at_id = headers.place("message-id")
    if mail.through_ses == "yes" and mail.region_matches is False and known.region is not None:
        text = Message(
            "the mail went through SES in {region}, the configured endpoint is in {configured}: this mail may"
            " have come from another system, or the settings may have been changed since",
            region=mail.region,
            configured=known.region,
        )
        seen = Message("region {region} (derived)", region=mail.region)
        yield Contradiction(text, (Evidence(at_id, seen, KIND),))
    derived = mail.message_id.region if mail.message_id else None
    others: list[tuple[str | None, str, SourceRef]] = [
        (headers.feedback_region, "Feedback-ID", headers.place("feedback-id")),
        (_id_domain_region(headers.message_id), Message("the domain of Message-ID"), at_id),
        (
            _id_domain_region(headers.envelope_sender),
            Message("the domain of Return-Path"),
            headers.place("return-path"),
        ),
    ]
    if mail.hop is not None and mail.hop.ses_region:
        others.append((mail.hop.ses_region, Message("the sending host"), mail.hop.source))
    for region, what, place in others:
        if derived and region and region != derived:
            text = Message(
                "{what} names {region}, the message id was made in {derived} (derived): one of them was copied",
                what=what,
                region=region,
                derived=derived,
            )
            seen = together(what, region, between=": ")
            yield Contradiction(text, (Evidence(place, seen, KIND), Evidence(at_id, derived, KIND)))


def _id_domain_region(identity: str | None) -> str | None:
    """The region in the domain of a message id of SES; None for another domain."""
    if decode_message_id(identity) is None:
        return None
    domain = domain_in(identity)
    if domain in (SES_DOMAIN, f"email.{SES_DOMAIN}"):
        return "us-east-1"
    return domain.removesuffix(f".{SES_DOMAIN}") if domain.endswith(f".{SES_DOMAIN}") else None


def _identity(mail: DeliveredMail, known: Known) -> Iterator[Contradiction]:
    if mail.sender_covered is False:
        text = Message(
            "From {sender} belongs to none of the verified identities ({identities})",
            sender=mail.headers.sender,
            identities=", ".join(known.verified_domains),
        )
        yield Contradiction(text, (Evidence(mail.headers.place("from"), f"From {mail.headers.sender}", KIND),))


def _ids(mail: DeliveredMail) -> Iterator[Contradiction]:
    headers = mail.headers
    in_header, in_path = decode_message_id(headers.message_id), decode_message_id(headers.envelope_sender)
    if in_header and in_path and in_header.text != in_path.text:
        places = (
            Evidence(headers.place("message-id"), in_header.text, KIND),
            Evidence(headers.place("return-path"), in_path.text, KIND),
        )
        yield Contradiction(Message("Message-ID and Return-Path hold different ids: one of them was copied"), places)
    hop = mail.hop
    if headers.outgoing_ip and hop is not None and hop.ses_name and hop.ip and hop.ip != headers.outgoing_ip:
        places = (
            Evidence(headers.place("x-ses-outgoing"), headers.outgoing_ip, KIND),
            Evidence(hop.source, hop.ip, KIND),
        )
        text = Message("X-SES-Outgoing names another address than the one that handed in the mail")
        yield Contradiction(text, places)


def _times(mail: DeliveredMail) -> Iterator[Contradiction]:
    hop, accepted = mail.hop, mail.accepted_at
    if hop is None or hop.time is None or accepted is None or hop.time >= accepted - CLOCK_SLACK:
        return
    text = Message(
        "the mail arrived at {arrived:%Y-%m-%d %H:%M:%S} UTC, before SES took it at {accepted:%Y-%m-%d %H:%M:%S} UTC"
        " (derived): the message id was copied, or a clock is wrong",
        arrived=hop.time,
        accepted=accepted,
    )
    yield Contradiction(text, (Evidence(hop.source, Message("time of arrival"), KIND),))


def _arc_breaks(mail: DeliveredMail) -> Iterator[Contradiction]:
    arc = mail.headers.arc
    if not arc:
        return
    place = mail.headers.place("arc-seal")
    instances = [step.instance for step in arc]
    if instances != list(range(1, len(arc) + 1)) or not all(step.complete for step in arc):
        numbers = ", ".join(map(str, instances))
        text = Message("the ARC chain is incomplete (instances {numbers})", numbers=numbers)
        yield Contradiction(text, (Evidence(place, "ARC-Seal", KIND),))
    if any(step.validation == "fail" for step in arc):
        text = Message("a server recorded that the ARC chain is broken (cv=fail)")
        yield Contradiction(text, (Evidence(place, "cv=fail", KIND),))


def _notes(mail: DeliveredMail, way: Way) -> Iterator[str]:
    if mail.message_id is not None:
        unknown = Message("an unknown region (code {code})", code=mail.message_id.code)
        told = {
            "region": mail.message_id.region or unknown,
            "time": f"{mail.message_id.time:%Y-%m-%d %H:%M:%S.%f}"[:-3],
            "derived": Message("derived from the message id; AWS does not document its layout"),
        }
        if mail.through_ses == "yes":
            yield Message("SES took the mail in {region} at {time} UTC ({derived}).", **told)
        else:
            yield Message(
                "The message id is of a mail that SES took in {region} at {time} UTC ({derived}); it can be copied.",
                **told,
            )
    if mail.headers.envelope_sender == "":
        yield Message(
            "The mail is a bounce (Return-Path <>): a delivery status notification, not an alarm of the Manager."
        )
    hop = mail.hop
    if hop is not None and _is_unnamed_ses(hop):
        yield Message(
            "The recipient's server recorded the address {address} without a name. SES sends from such addresses;"
            " without the name or a DKIM result that is no proof.",
            address=hop.ip,
        )
    if mail.through_ses == "yes" and hop is not None and not hop.ses_name:
        name = hop.rdns or hop.helo or hop.ip
        yield Message(
            "The mail reached the recipient through {server}: a forwarder or gateway stands behind SES.", server=name
        )
    delay = hop.time - mail.accepted_at if hop is not None and hop.time and mail.accepted_at else None
    if mail.through_ses == "yes" and delay is not None and delay > LONG_WAY:
        yield Message(
            "From SES to the recipient it took {duration}: see whether SES had to try again.",
            duration=str(delay).partition(".")[0],
        )
    if mail.headers.hops and way.boundary is None:
        yield Message("All hops are inside one organisation; the hop from outside is not recorded.")
    yield from mail.headers.problems
