"""`sestriage mail`: did this mail go through SES, and does that fit the configuration?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from sestriage.cli.options import format_for, report_options
from sestriage.cli.output import cleaner, run_of, standard_input, write
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.errors import InputError, reason_of
from sestriage.i18n import LANGUAGES
from sestriage.model.mail import DeliveredMail, MailHeaders
from sestriage.model.message import Message
from sestriage.model.source import Run

EXIT_STATUS = {"yes": ACCEPTED, "no": FAILED, "unproven": UNDETERMINED}

EPILOG = """\b
Exit status
  0  the message went through Amazon SES
  1  it did not
  2  wrong usage, or no message in the file
  3  the headers do not show it
  4  internal error

\b
Examples
  sestriage mail mail.eml --settings smtp.toml
  sestriage mail - < pasted-headers.txt
"""


@click.command("mail", epilog=EPILOG)
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True))
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Settings of the Manager (TOML) to compare with.",
)
@click.option("--server", metavar="NAME", help="SMTP SERVER of the Manager, to compare the region.")
@click.option(
    "--verified-domain", "domains", multiple=True, metavar="NAME", help="Domain verified in SES. May be repeated."
)
@click.option(
    "--receiver",
    "receivers",
    multiple=True,
    metavar="DOMAIN",
    help="Domain of the recipient's mail servers, where the headers do not show it. May be repeated.",
)
@report_options()
@click.option("--no-redact", is_flag=True, help="Show mail addresses, IP addresses and host names.")
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of further rules. May be repeated.",
)
def command(
    file: str,
    settings_file: str | None,
    server: str | None,
    domains: tuple[str, ...],
    receivers: tuple[str, ...],
    form: str,
    output: str | None,
    no_redact: bool,
    rule_dirs: tuple[Path, ...],
    language: str,
) -> int:
    """Tell whether a delivered message went through Amazon SES: from which region, when, and on which evidence.

    FILE is a saved message (.eml) or its headers; "-" reads standard input. Only headers are read. Records
    of the recipient's own servers count as evidence; headers that anyone can copy prove nothing.
    """
    form = format_for(form, output)
    language = LANGUAGES[0] if form == "json" else language
    from sestriage.engine.mail.check import Known, assess
    from sestriage.redact import strip_secrets_of
    from sestriage.rules import load_rules

    headers = _read(file)
    known = _known(settings_file, server, domains, receivers)
    mail = strip_secrets_of(assess(headers, Known(*known), load_rules(rule_dirs, language)))
    status = EXIT_STATUS[mail.through_ses]
    run = run_of((file, *([settings_file] if settings_file is not None else [])), status)
    write(_rendered(mail, form, output, no_redact, known[1], language, run), output)
    return status


def _read(file: str) -> MailHeaders:
    from sestriage.formats.mail_headers import read_mail
    from sestriage.ingest.pipes import open_named
    from sestriage.model.source import SourceRef

    try:
        if file == "-":
            stream = standard_input(file, Message("the message, or its headers,"))
            headers = read_mail(stream, SourceRef("-"))
        else:
            with open_named(file) as named:
                headers = read_mail(named, SourceRef(file))
    except OSError as error:
        raise InputError(Message("cannot read {file}: {reason}", file=file, reason=reason_of(error))) from error
    if not headers.places:
        raise InputError(Message("there are no mail headers in {file}", file=file))
    return headers


def _known(
    settings_file: str | None, server: str | None, domains: tuple[str, ...], receivers: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Endpoint, verified identities and recipient's domains; options win over the settings file."""
    if settings_file is not None:
        from sestriage.cli.settings import read_text
        from sestriage.formats.smtp_settings import parse_settings
        from sestriage.model.source import SourceRef

        settings = parse_settings(read_text(settings_file), SourceRef(settings_file))
        server, domains = server or settings.server, domains or settings.verified_domains
    return server, domains, receivers


def _rendered(
    mail: DeliveredMail,
    form: str,
    output: str | None,
    no_redact: bool,
    domains: tuple[str, ...],
    language: str,
    run: Run,
) -> str:
    from sestriage.report import mail as renderer

    names = (*private_names(mail), *domains)
    clean = cleaner(no_redact, names, public_names(names))
    mail = replace(mail, findings=clean.findings(mail.findings))
    if form == "json":
        return renderer.render_json(mail, run, clean=clean)
    from sestriage.cli.drawing import drawn

    return drawn(renderer.outline(mail), form, output, language, clean=clean)


def private_names(mail: DeliveredMail) -> Iterator[str | None]:
    """Host names and domains in the headers; public ones stay in spite of being named here."""
    from sestriage.model.known.address import domain_of

    headers = mail.headers
    for address in (*headers.senders, headers.envelope_sender, headers.delivered_to, headers.message_id):
        yield domain_of(address or "")
    for hop in headers.hops:
        yield from (hop.helo, hop.rdns, hop.by)
    for signature in headers.signatures:
        yield signature.domain
    for results in headers.results:
        yield results.server
    for step in headers.arc:
        yield step.sealed_by
        if step.results is not None:
            yield step.results.server


def public_names(names: Iterable[str | None]) -> Iterator[str]:
    """Host names in the headers that belong to public mail providers."""
    from sestriage.engine.mail.route import PROVIDERS, owner

    return (name for name in names if name and owner(name) in PROVIDERS)
