"""Settings held against the rules about them, and against what log and capture show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sestriage import __version__
from sestriage.model.config import EmailAction, SmtpSettings
from sestriage.model.facts import FactBase
from sestriage.model.message import Message, together
from sestriage.model.settingsreport import SettingsReport
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt, Contradiction, Evidence, Finding
from sestriage.rules import RuleSet, drop_superseded
from sestriage.rules.language.conditions import Compare, Condition, Count, Junction, Not, Quantified
from sestriage.rules.schema import Rule

SMTP = "config.smtp"
ACTION = "config.action"
KINDS = frozenset({SMTP, ACTION})

LABELS: Mapping[str, str] = {
    "server": "SMTP SERVER",
    "port": "PORT",
    "encryption": "ENCRYPTION TYPE",
    "sender": "FROM EMAIL",
    "user": "USER NAME",
    "password": "PASSWORD",
    "recipients": Message("To of the e-mail action"),
    "verified_domains": Message("verified identities"),
    "verified_region": Message("region of the verified identities"),
    "sandbox": Message("account in the sandbox"),
    "iam_user": Message("IAM user name"),
    "on_ec2": Message("Manager on EC2"),
    "action_enabled": Message("e-mail action"),
    "action_name": Message("name of the e-mail action"),
}
"""Field to its name in the Manager's form, or in words where the form has none."""

SHAPES: Mapping[str, str] = {
    "empty": Message("empty"),
    "stray-blank": Message("stray blank"),
    "quoted": Message("quoted"),
    "access-key-id": Message("access key id"),
    "temporary": Message("temporary"),
    "damaged-key-id": Message("damaged key id"),
    "iam-unique-id": Message("iam unique id"),
    "arn": "arn",
    "smtp-password": Message("smtp password"),
    "iam-secret": Message("iam secret"),
    "mail-address": Message("mail address"),
    "iam-user-name": Message("iam user name"),
    "ingress-user": Message("ingress user"),
    "padded": Message("padded"),
    "truncated": Message("truncated"),
    "too-long": Message("too long"),
    "current": Message("current"),
    "old-signature": Message("old signature"),
    "other-version": Message("other version"),
    "other": Message("other"),
}
"""The class of a user name or password (`SmtpSettings.user_shape`, `password_shape`) in words."""

ENCRYPTION_LABELS: Mapping[str, str] = {"starttls": "STARTTLS", "smtps": "SMTPS", "none": "UN-ENCRYPTED"}

WANTED = ("server", "port", "encryption", "sender", "user", "password", "recipients", "verified_domains", "sandbox")
"""Fields whose absence is worth a remark, because checks are left out without them."""

_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "server_kind": ("server",),
    "server_nearest": ("server",),
    "server_region": ("server",),
    "region_status": ("server",),
    "fips_seen": ("server",),
    "for_ses": (),
    "ses_shown": (),
    "port_mode": ("port",),
    "login": ("user",),
    "user_shape": ("user",),
    "password_shape": ("password",),
    "sender_problem": ("sender",),
    "sender_covered": ("sender", "verified_domains"),
    "region_differs": ("server", "verified_region"),
    "iam_user_problem": ("iam_user",),
    "malformed": ("recipients",),
    "recipients_given": ("recipients",),
    "outside": ("recipients", "verified_domains"),
    "enabled": ("action_enabled",),
}
"""What a derived field of a fact was derived from."""

_SEVERITIES = ("critical", "error", "warning")


def settings_facts(settings: Sequence[SmtpSettings]) -> dict[str, tuple[object, ...]]:
    """The facts by kind, for a fact base. A kind that is in the result is handed in."""
    facts: dict[str, tuple[object, ...]] = {}
    if settings:
        facts[SMTP] = tuple(settings)
    actions = tuple(each.action for each in settings if each.action is not None)
    if actions:
        facts[ACTION] = actions
    return facts


def check_settings(settings: SmtpSettings, rules: RuleSet) -> SettingsReport:
    """Hold settings against every rule that needs nothing else."""
    chosen = {name: rule for name, rule in rules.rules.items() if _is_about_settings(rule)}
    facts = settings_facts([settings])
    findings = RuleSet(chosen, language=rules.language).evaluate(FactBase.about(facts, facts))
    told = [_with_places(finding, chosen[finding.rule], settings) for finding in drop_superseded(findings)]
    told.sort(key=lambda f: (_SEVERITIES.index(f.severity), -f.confidence.rank, f.rule))
    given = {origin.field for origin in settings.origins}
    missing = tuple(name for name in WANTED if name not in given)
    return SettingsReport(settings, tuple(told), missing, len(chosen), __version__)


def _is_about_settings(rule: Rule) -> bool:
    return {selection.kind for selection in rule.selections.values()} <= KINDS


# --- evidence ----------------------------------------------------------------------------------------------------


def _with_places(finding: Finding, rule: Rule, settings: SmtpSettings) -> Finding:
    """The finding with the very values that it is about, each with the place where it was given."""
    if any("problems" in _names(s.condition) for s in rule.selections.values()):
        kinds = ("value", "conflict") if finding.severity != "warning" else ("key", "file", "secret")
        problems = (p for p in settings.problems if p.kind in kinds)
        return replace(finding, evidence=tuple(Evidence(p.source, p.text, SMTP) for p in problems))
    wanted: dict[str, None] = {}
    for selection in rule.selections.values():
        for name in _names(selection.condition):
            wanted.update(dict.fromkeys(_FIELDS_OF.get(name, (name,))))
    places = {origin.field: origin.source for origin in settings.origins}
    evidence = tuple(
        Evidence(places[name], together(LABELS[name], value, between=": "), SMTP)
        for name in wanted
        if name in places and (value := shown_value(settings, name)) is not None
    )
    return replace(finding, evidence=evidence or finding.evidence)


def _names(condition: Condition | None) -> Iterator[str]:
    """First parts of the fields that a condition looks at."""
    match condition:
        case None:
            return
        case Junction(_, parts):
            for part in parts:
                yield from _names(part)
        case Not(inner):
            yield from _names(inner)
        case Quantified(_, path, _):
            yield path.parts[0]
        case Compare(operand, _, _):
            yield (operand.path if isinstance(operand, Count) else operand).parts[0]
        case _:
            yield condition.path.parts[0]


def shown_value(settings: SmtpSettings, name: str) -> str | None:
    """A value as it may be shown: of user name and password only the class. None when it is not given."""
    action = settings.action or EmailAction(settings.source)
    truth = {True: Message("yes"), False: Message("no"), None: None}
    values: dict[str, str | None] = {
        "server": settings.server,
        "port": None if settings.port is None else str(settings.port),
        "encryption": ENCRYPTION_LABELS.get(settings.encryption or ""),
        "sender": settings.sender,
        "user": _shape(settings.user_shape),
        "password": _shape(settings.password_shape),
        "recipients": (", ".join(action.recipients) or Message("(empty)")) if action.recipients_given else None,
        "verified_domains": ", ".join(settings.verified_domains) or None,
        "verified_region": settings.verified_region,
        "sandbox": truth[settings.sandbox],
        "iam_user": settings.iam_user,
        "on_ec2": truth[settings.on_ec2],
        "action_enabled": {True: Message("enabled"), False: Message("disabled"), None: None}[action.enabled],
        "action_name": action.name,
    }
    return values.get(name)


def _shape(shape: str | None) -> str | None:
    return shape and Message("({shape})", shape=SHAPES.get(shape, shape))


# --- against log and capture -------------------------------------------------------------------------------------


def settings_contradictions(settings: Sequence[SmtpSettings], attempt: Attempt) -> tuple[Contradiction, ...]:
    """Where the settings that were handed in are not those that the newest attempt used."""
    return tuple(found for each in settings for found in _against(each, attempt))


_READING = Message(
    "these settings are not the ones in effect: they were changed since, not applied, or are those of another Manager"
)


def _against(settings: SmtpSettings, attempt: Attempt) -> Iterator[Contradiction]:
    places = {origin.field: origin.source for origin in settings.origins}
    server, region = settings.server, settings.server_region

    def pair(name: str, quote: str, source: SourceRef, seen: str) -> tuple[Evidence, ...]:
        ours = Evidence(places.get(name, settings.source), together(LABELS[name], quote, between=": "), SMTP)
        return ours, Evidence(source, seen, "log.event")

    for event in attempt.events:
        said, place = None, "port"
        if server and event.host and event.host.lower() != server.lower().rstrip("."):
            said = Message("the settings name the server {server}, the log {host}", server=server, host=event.host)
            place = "server"
        elif region and event.region and event.region != region and event.reply_code == 554:
            said = Message(
                "the settings' endpoint is in {region}, the refusal came from {other}",
                region=region,
                other=event.region,
            )
            place = "server"
        elif settings.port and event.port and event.port != settings.port:
            said = Message("the settings have port {port}, the log {other}", port=settings.port, other=event.port)
        if said is not None:
            value = server or "" if place == "server" else str(settings.port)
            yield Contradiction(
                together(said, _READING, between=": "), pair(place, value, event.quote_source, event.quote)
            )
            return
    for stream in attempt.streams:
        if settings.port and stream.port != settings.port:
            said = Message(
                "the settings have port {port}, the capture shows {other}", port=settings.port, other=stream.port
            )
            evidence = pair("port", str(settings.port), stream.source, Message("port {port}", port=stream.port))
            yield Contradiction(together(said, _READING, between=": "), evidence)
            return
