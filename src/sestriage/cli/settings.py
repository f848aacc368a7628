"""`sestriage settings`: faults of the SMTP form and the e-mail action, found before the first Test Action."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from sestriage import system
from sestriage.cli.language import say, shown
from sestriage.cli.options import REPORT_FORMATS, format_for, report_options
from sestriage.cli.output import cleaner, run_of, standard_input, write
from sestriage.cli.status import ACCEPTED, FAILED
from sestriage.errors import InputError, reason_of
from sestriage.formats.settings_values import GivenValue, GivenValues, build_settings
from sestriage.formats.smtp_settings import MAX_TEXT, read_entries
from sestriage.i18n import LANGUAGES
from sestriage.model.config import SmtpSettings
from sestriage.model.message import Message, said_by
from sestriage.model.settingsreport import SettingsReport
from sestriage.model.source import Run, SourceRef

EPILOG = """\b
Exit status
  0  no error (warnings or none)
  1  at least one error
  2  wrong usage, or a file that cannot be read
  4  internal error

\b
Examples
  sestriage settings smtp.toml
  sestriage settings --server email-smtp.us-east-1.amazonaws.com --port 465 --encryption starttls
  sestriage settings                  (asks for each value; nothing is stored)
"""

QUESTIONS = (
    ("server", "SMTP SERVER"),
    ("port", "PORT"),
    ("encryption", "ENCRYPTION TYPE (SMTPS, STARTTLS, UN-ENCRYPTED)"),
    ("sender", "FROM EMAIL"),
    ("user", "USER NAME"),
    ("password", Message("PASSWORD (not shown)")),
    ("recipients", Message("To of the e-mail action")),
    ("verified_domains", Message("Domains verified in SES")),
    ("sandbox", Message("Is the SES account in the sandbox (yes, no)")),
)


@click.command("settings", epilog=EPILOG)
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(allow_dash=True))
@click.option("--server", help="SMTP SERVER of the form.")
@click.option("--port", type=click.IntRange(1, 65535), help="PORT of the form.")
@click.option(
    "--encryption",
    type=click.Choice(["starttls", "smtps", "none"], case_sensitive=False),
    help="ENCRYPTION TYPE of the form; none stands for UN-ENCRYPTED.",
)
@click.option("--from", "sender", metavar="ADDRESS", help="FROM EMAIL of the form.")
@click.option("--user", help="USER NAME of the form.")
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help='File whose first line is the PASSWORD; "-" reads it from stdin.',
)
@click.option("--to", "recipients", multiple=True, metavar="ADDRESS", help="To of the e-mail action. May be repeated.")
@click.option(
    "--verified-domain",
    "verified_domains",
    multiple=True,
    metavar="NAME",
    help="Domain (or address) verified in SES. May be repeated.",
)
@click.option("--verified-region", metavar="REGION", help="Region in which it is verified.")
@click.option("--sandbox/--no-sandbox", default=None, help="Whether the SES account is in the sandbox.")
@click.option("--iam-user", metavar="NAME", help="IAM user name typed at Create SMTP credentials.")
@click.option("--on-ec2/--not-on-ec2", default=None, help="Whether the Manager runs on EC2.")
@click.option("--action-enabled/--action-disabled", default=None, help="State of the e-mail action.")
@click.option("--ask", is_flag=True, help="Ask for every value that is not given (also without any option).")
@report_options(*REPORT_FORMATS, "sarif")
@click.option("--no-redact", is_flag=True, help="Show addresses, domains and host names. Secrets are never shown.")
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of further rules. May be repeated.",
)
def command(
    file: str | None,
    password_file: str | None,
    ask: bool,
    form: str,
    output: str | None,
    no_redact: bool,
    rule_dirs: tuple[Path, ...],
    language: str,
    **values: object,
) -> int:
    """Check the SMTP form of a Manager and its e-mail action, offline, before the first Test Action.

    Values come from options, from FILE (TOML, see samples/settings/smtp.toml; "-" for standard input), or are asked
    for on a terminal; options win over FILE. Fields that are not given are not checked. Only the form of the password
    is checked, and nothing of it is kept or shown.
    """
    form = format_for(form, output)
    language = LANGUAGES[0] if form in ("json", "sarif") else language
    from sestriage.engine.settings import check_settings
    from sestriage.rules import load_rules

    given, source = _given(file, password_file, values)
    if ask or (file is None and not given.entries):
        if not sys.stdin.isatty():
            raise click.UsageError(say("give a FILE or options such as --server (a terminal would be asked)"))
        _ask(given)
        source = source or SourceRef("(asked)")
    settings = build_settings(given, source or SourceRef("(options)"))
    report = check_settings(settings, load_rules(rule_dirs, language))
    status = FAILED if report.failed else ACCEPTED
    run = run_of((file,) if file is not None else (), status)
    write(_rendered(report, form, output, no_redact, language, run), output)
    return status


def _given(
    file: str | None, password_file: str | None, values: dict[str, object]
) -> tuple[GivenValues, SourceRef | None]:
    given = GivenValues()
    source = None
    if file is not None:
        source = SourceRef(file)
        given = read_entries(read_text(file), source)
        _follow_password_file(given, file)
    for name, value in values.items():
        if value is not None and value != ():
            wanted = list(value) if isinstance(value, tuple) else value
            given.entries.append(GivenValue(name, wanted, SourceRef(_option(name))))
    if password_file is not None:
        from sestriage.cli.secretinput import read_secret_file

        password = read_secret_file(password_file, Message("password"))
        given.entries.append(GivenValue("password", password, SourceRef("--password-file")))
    return given, source


_OPTIONS = {"sender": "--from", "recipients": "--to", "verified_domains": "--verified-domain"}


def _option(name: str) -> str:
    return _OPTIONS.get(name, "--" + name.replace("_", "-"))


def read_text(file: str) -> str:
    """A settings file, bounded. Raises `InputError` when it cannot be read."""
    from sestriage.ingest.pipes import open_named

    try:
        if file == "-":
            data = standard_input(file, Message("the settings")).read(4 * MAX_TEXT)
        else:
            with open_named(file) as stream:
                data = stream.read(4 * MAX_TEXT)
    except OSError as error:
        raise InputError(Message("cannot read {file}: {reason}", file=file, reason=reason_of(error))) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # Windows writes text so, with a mark of the order of its bytes
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise InputError(Message("{file} is no settings file: what it holds is no text", file=file))
    return data.decode("utf-8", "replace")


def _follow_password_file(given: GivenValues, file: str) -> None:
    """`password_file` in a file that the user named is read; it is relative to that file.

    It must be of the same owner: a settings file that somebody else wrote opens no file of who reads it.
    """
    from sestriage.cli.secretinput import read_secret_file

    entry = next((e for e in reversed(given.entries) if e.field == "password_file"), None)
    if entry is None:
        return
    path = Path(file).parent / str(entry.value)
    try:
        if str(entry.value) == "-" or not path.is_file():
            raise InputError(Message("there is no such file"))
        owner = os.stat(file).st_uid if file != "-" else system.account()  # noqa: PTH116
        password = read_secret_file(str(path), Message("password"), owner=owner)
    except InputError as error:
        given.problem("file", "password_file", _not_checked(error), entry.source)
        return
    # without a line: the password does not stand in the settings file
    given.entries.append(GivenValue("password", password, SourceRef(str(path))))


def _not_checked(error: InputError) -> Message:
    return Message("`password_file`: {error}; the password was not checked", error=said_by(error))


def _ask(given: GivenValues) -> None:
    """Ask for the values that were not given; an empty answer means: not known."""
    from sestriage.cli.secretinput import ask_secret

    known = {entry.field for entry in given.entries}
    click.echo(
        say("Values as in the Manager's form; an empty answer leaves the check out. Nothing is stored."), err=True
    )
    for name, question in QUESTIONS:
        if name in known:
            continue
        text = shown(question)
        answer = (
            ask_secret(text) if name == "password" else click.prompt(text, default="", show_default=False, err=True)
        )
        if answer != "":
            given.entries.append(GivenValue(name, answer, SourceRef(f"(asked) {name}")))


def _rendered(report: SettingsReport, form: str, output: str | None, no_redact: bool, language: str, run: Run) -> str:
    from sestriage.redact import strip_secrets_of
    from sestriage.report import settings as renderer

    values = shown_values(report.settings)
    typed = typed_names(report.settings) if form == "text" and output is None and sys.stdout.isatty() else ()
    clean = cleaner(no_redact, private_names(report.settings), typed)
    report = strip_secrets_of(report)  # the names of the files, too
    report = replace(report, findings=clean.findings(report.findings))
    if form == "json":
        return renderer.render_json(report, run, clean=clean)
    if form == "sarif":
        from sestriage.report.json.sarif import settings_document

        return settings_document(report.findings, report.version, clean)
    from sestriage.cli.drawing import drawn

    return drawn(renderer.outline(report, values), form, output, language, clean=clean)


def shown_values(settings: SmtpSettings) -> dict[str, str]:
    """The values that were given, by label; of user name and password only the class."""
    from sestriage.engine.settings import LABELS, shown_value

    return {label: value for name, label in LABELS.items() if (value := shown_value(settings, name)) is not None}


def typed_names(settings: SmtpSettings) -> Iterator[str]:
    """What was typed as an option or at a prompt, which its own terminal may show again; never a login."""
    action = settings.action
    values = {
        "server": (settings.server,),
        "sender": (settings.sender,),
        "verified_domains": settings.verified_domains,
        "recipients": action.recipients if action else (),
    }
    for origin in (*settings.origins, *(action.origins if action else ())):
        if origin.source.path.startswith(("--", "(asked)")):
            yield from (value for value in values.get(origin.field, ()) if value)


def private_names(settings: SmtpSettings) -> Iterator[str | None]:
    """Host names and domains of the customer in the settings."""
    from sestriage.model.known.address import domain_of

    yield settings.server
    addresses = (settings.sender or "", *(settings.action.recipients if settings.action else ()))
    for name in (*settings.verified_domains, *addresses):
        yield domain_of(name) if "@" in name else name
