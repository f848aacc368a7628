"""`sestriage guide`: the whole set-up as a checklist, with the values filled in."""

from __future__ import annotations

import re

import click

from sestriage.cli.language import say, shown
from sestriage.cli.options import color_option, format_for, format_option, lang_option, output_option
from sestriage.cli.output import write
from sestriage.cli.status import ACCEPTED
from sestriage.model.guide import GuideValues
from sestriage.model.vocabulary import ConnectionMode

EPILOG = """\b
Examples
  sestriage guide --region us-east-1 --from alarms@example.com --to soc@example.com
  sestriage guide smtp.toml --format markdown --lang de -o checkliste.md
"""

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MODES: dict[str, ConnectionMode] = {"starttls": "starttls", "smtps": "wrapper"}


@click.command("guide", epilog=EPILOG)
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(allow_dash=True))
@click.option("--region", help="SES region, such as us-east-1; the endpoint's name follows from it.")
@click.option("--server", help="SMTP endpoint, where it is not the standard one of the region.")
@click.option("--encryption", type=click.Choice(list(_MODES), case_sensitive=False), help="Default: by the port.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 587 with STARTTLS, 465 with SMTPS.")
@click.option("--from", "sender", metavar="ADDRESS", help="From Email of the Manager.")
@click.option("--to", "recipient", metavar="ADDRESS", help="Recipient of the alarms.")
@click.option("--verified-domain", "domain", metavar="NAME", help="Domain verified in SES. Default: that of --from.")
@click.option("--iam-user", metavar="NAME", help="IAM user name for the SMTP credentials.")
@format_option("text", "markdown", help="Text with boxes to tick, or Markdown for a ticket.")
@output_option
@color_option
@lang_option
def command(
    file: str | None,
    region: str | None,
    server: str | None,
    encryption: str | None,
    port: int | None,
    sender: str | None,
    recipient: str | None,
    domain: str | None,
    iam_user: str | None,
    form: str,
    language: str,
    output: str | None,
) -> int:
    """Print the whole set-up as a numbered checklist: from the verified domain to the delivered mail.

    Values come from options or from FILE (the settings file of `sestriage settings`); options win. Nothing is done:
    the guide names what to do, and the commands to copy.
    """
    form = format_for(form, output)
    from sestriage.engine.guide import build_guide
    from sestriage.report.guides import guide as renderer

    given = {"server": server, "sender": sender, "recipient": recipient, "domain": domain, "iam_user": iam_user}
    if file is not None:
        port, encryption, region = _from_file(file, given, port, encryption, region)
    mode, number = _mode_and_port(encryption, port)
    name, place = _server_and_region(given["server"], region)
    values = GuideValues(
        server=name,
        port=number,
        mode=mode,
        region=place,
        sender=_address("--from", given["sender"]),
        recipient=_address("--to", given["recipient"]),
        domain=_domain(given["domain"], given["sender"]),
        iam_user=_iam_user(given["iam_user"]),
    )
    if values.ingress and (mode, number) != ("starttls", 587):
        raise click.BadParameter(
            say("of an ingress endpoint of Mail Manager this guide uses port 587 with STARTTLS"), param_hint="--port"
        )
    guide = build_guide(values)
    render = renderer.render_markdown if form == "markdown" else renderer.render_text
    write(render(guide, language), output)
    return ACCEPTED


def _from_file(
    file: str, given: dict[str, str | None], port: int | None, encryption: str | None, region: str | None
) -> tuple[int | None, str | None, str | None]:
    """Fills what no option gave; port, encryption and region come back."""
    from sestriage.cli.settings import read_text
    from sestriage.formats.smtp_settings import parse_settings
    from sestriage.model.source import SourceRef

    settings = parse_settings(read_text(file), SourceRef(file))
    found = {
        "server": None if region else settings.server,
        "sender": settings.sender,
        "recipient": settings.recipient,
        "domain": settings.verified_domains[0] if settings.verified_domains else None,
        "iam_user": settings.iam_user,
    }
    for name, value in found.items():
        given[name] = given[name] or value
    known = settings.encryption if settings.encryption in _MODES else None
    return port or settings.port, encryption or known, region or settings.verified_region


def _mode_and_port(encryption: str | None, port: int | None) -> tuple[ConnectionMode, int]:
    """Both, each following from the other where only one is given; a pair that cannot work is refused."""
    from sestriage.engine.guide import DEFAULT_PORTS
    from sestriage.model.known.ses import PORT_MODES

    mode = _MODES[encryption.lower()] if encryption else PORT_MODES.get(port or 587, "starttls")
    number = port or DEFAULT_PORTS[mode]
    served = PORT_MODES.get(number)
    if served is not None and served != mode:
        wanted = "SMTPS" if served == "wrapper" else "STARTTLS"
        raise click.BadParameter(
            say("SES serves port {port} with {mode}", port=number, mode=wanted), param_hint="--encryption"
        )
    return mode, number


def _server_and_region(server: str | None, region: str | None) -> tuple[str, str | None]:
    from sestriage.model.known.ses import host_form
    from sestriage.model.known.ses_names import nearest_region, region_status

    place = region.strip().lower() if region else None
    if place is not None:
        status = region_status(place)
        if status == "misspelt":
            raise click.BadParameter(_no_region(repr(region), nearest_region(place)), param_hint="--region")
        if status == "no-smtp" and not server:
            raise click.BadParameter(say("SES has no SMTP endpoint in {region}", region=place), param_hint="--region")
    if server is None:
        if place is None:
            raise click.UsageError(say("give the --region of SES, or the --server"))
        return f"email-smtp.{place}.amazonaws.com", place
    if not _HOST.fullmatch(server):
        raise click.BadParameter(say("that is no host name"), param_hint="--server")
    form = host_form(server)
    return server, place or (form.region if form else None)


def _no_region(name: str, near: str | None) -> str:
    if near is None:
        return say("{name} is no AWS region", name=name)
    return say("{name} is no AWS region; did you mean {near}?", name=name, near=near)


def _address(option: str, address: str | None) -> str | None:
    from sestriage.model.known.address import address_problem

    if address is None:
        return None
    if problem := address_problem(address):
        raise click.BadParameter(say("{value}: {problem}", value=repr(address), problem=problem), param_hint=option)
    return address


def _domain(domain: str | None, sender: str | None) -> str | None:
    from sestriage.model.known.address import domain_of, domain_problem

    name = domain or domain_of(sender or "")
    if name is not None and "@" not in name and (problem := domain_problem(name)):
        raise click.BadParameter(
            say("{value}: {problem}", value=repr(name), problem=problem), param_hint="--verified-domain"
        )
    return name


def _iam_user(name: str | None) -> str | None:
    from sestriage.model.config import SmtpSettings
    from sestriage.model.source import SourceRef

    if name is not None and (problem := SmtpSettings(SourceRef("--iam-user"), iam_user=name).iam_user_problem):
        raise click.BadParameter(shown(problem), param_hint="--iam-user")
    return name
