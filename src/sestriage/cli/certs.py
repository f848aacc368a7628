"""`sestriage certs`: served chain against trust store, what is in a store, and the certificates to import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from sestriage.cli.drawing import ascii_only, drawn
from sestriage.cli.groups import NamedGroup
from sestriage.cli.language import say
from sestriage.cli.limits import kdf_option
from sestriage.cli.options import format_for, group_lang_option, report_options
from sestriage.cli.output import run_of, standard_input, write
from sestriage.cli.progress import progress, progress_option
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.engine.certs.compare import CertOptions
    from sestriage.model.certs import CompareReport
    from sestriage.model.command import Command
    from sestriage.model.document.certs import CertsCompare, CertsExport, CertsShow
    from sestriage.model.document.forecast import Forecast
    from sestriage.model.trust import Certificate
    from sestriage.redact import Redactor

F = TypeVar("F", bound=Callable[..., Any])

JDKS = ("8", "11", "17", "21", "25")
SHOWN = 200
"""Entries of one store that `show` prints as text."""

COMPARE_EPILOG = """\b
Exit status
  0  Java trusts every chain, and the name fits where it is known
  1  at least one chain is refused, or its name does not fit
  2  wrong usage, no served chain, or no store
  3  nothing can be said (certificates encrypted or cut, store unreadable)
  4  internal error

\b
Examples
  sestriage certs compare test-action.pcap --store truststore.p12
  sestriage certs compare chain.txt --store pem-folder/ --host email-smtp.us-east-1.amazonaws.com
  sestriage certs compare bundle.tgz
"""

EXPORT_EPILOG = """\b
Exit status
  0  the certificates to import were saved
  1  nothing was saved: no import is needed, or none helps
  2  wrong usage, or a file of that name exists with other content
  3  the served chain cannot be seen
  4  internal error

\b
Example
  sestriage certs export test-action.pcap --store truststore.p12 --to import
"""


@click.group("certs", cls=NamedGroup)
@group_lang_option
def command() -> None:
    """Compare a served certificate chain with a trust store, show stores, save the certificates to import.

    Nothing is changed but the files that `export` is told to write, and the network is not touched.
    """


def reading_options(function: F) -> F:
    """What every command takes that reads chains and stores: how they are opened."""
    options = (
        click.option(
            "--store-password-file",
            type=click.Path(exists=True, dir_okay=False),
            help="File whose first line is the store's password. Else SESTRIAGE_STORE_PASSWORD, else the usual ones.",
        ),
        click.option(
            "--keylog",
            "keylogs",
            multiple=True,
            type=click.Path(exists=True, dir_okay=False),
            help="TLS key log for captures of TLS 1.3. May be repeated.",
        ),
        kdf_option,
        progress_option,
    )
    for option in reversed(options):
        function = option(function)
    return function


def _redacting(function: F) -> F:
    return click.option("--no-redact", is_flag=True, help="Show the names of hosts that are not public.")(function)


def _deciding(function: F) -> F:
    options = (
        click.option(
            "--store",
            "stores",
            multiple=True,
            type=click.Path(exists=True),
            help="Trust store: JKS, PKCS#12, PEM or DER file, or a folder of them. May be repeated. "
            "Default: the stores among the evidence.",
        ),
        click.option("--host", metavar="NAME", help="SMTP SERVER, to check the certificate against. Default: SNI."),
        click.option("--at", metavar="TIME", help="Judge for this moment (ISO 8601). Default: that of the evidence."),
        click.option("--jdk", type=click.Choice(JDKS), default="17", show_default=True, help="Generation of Java."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command("compare", epilog=COMPARE_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="EVIDENCE...", type=click.Path(allow_dash=True))
@_deciding
@report_options()
@reading_options
@_redacting
def compare_command(
    paths: tuple[str, ...],
    stores: tuple[str, ...],
    host: str | None,
    at: str | None,
    jdk: str,
    form: str,
    output: str | None,
    no_redact: bool,
    store_password_file: str | None,
    keylogs: tuple[str, ...],
    no_progress: bool,
    max_kdf_iterations: int | None,
    language: str,
) -> int:
    """Compare the served chain with a trust store, as Java decides it, with OpenSSL's answer beside it.

    EVIDENCE holds the served chain: a capture, a transcript of `openssl s_client -showcerts`, PEM files as Cisco's
    procedure makes them, or a folder or archive with any of these; "-" reads standard input.
    """
    form = format_for(form, output)
    from sestriage.engine.certs.compare import compare
    from sestriage.redact import strip_secrets_of

    options = options_from(stores, host, at, jdk, keylogs, store_password_file, max_kdf_iterations)
    stdin = certificate_input(paths)
    with progress(paths, off=no_progress) as reading:
        report = strip_secrets_of(compare(paths, replace(options, reading=reading), stdin))
    clean = certificate_cleaner(no_redact, _compared(report))
    hide = certificate_hider(no_redact, _compared(report))
    answers = [held.trusted for held in report.held]
    status = UNDETERMINED if None in answers or report.unseen or not answers else ACCEPTED
    status = FAILED if False in answers else status
    if form == "json":
        from sestriage.report.json.certs import compare_document

        _json(compare_document(report, run_of((*paths, *stores), status)), clean, output)
    else:
        from sestriage.report.certs import compare_blocks

        plain = ascii_only(form, output, language)
        blocks = compare_blocks(report, ascii_only=plain, hide=hide, language=language)
        write(drawn(blocks, form, output, language, clean=clean), output)
    return status


@command.command("show")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(allow_dash=True))
@click.option("--find", default="", metavar="TEXT", help="Only entries with TEXT in a name, alias or fingerprint.")
@click.option(
    "--limit", type=click.IntRange(min=0), help=f"Entries of each store; 0 for all. Default in text: {SHOWN}."
)
@report_options()
@reading_options
@_redacting
def show_command(
    paths: tuple[str, ...],
    find: str,
    limit: int | None,
    form: str,
    output: str | None,
    no_redact: bool,
    store_password_file: str | None,
    keylogs: tuple[str, ...],
    no_progress: bool,
    max_kdf_iterations: int | None,
    language: str,
) -> int:
    """List what a trust store, certificate file, transcript or capture holds. No password or key is ever shown."""
    form = format_for(form, output)
    from sestriage.engine.certs.compare import show
    from sestriage.redact import strip_secrets_of

    options = options_from((), None, None, "17", keylogs, store_password_file, max_kdf_iterations)
    most = limit if limit is not None else 0 if form == "json" else SHOWN
    stdin = certificate_input(paths)
    with progress(paths, off=no_progress) as reading:
        found = show(paths, replace(options, reading=reading), stdin, find=find, limit=most)
    report = strip_secrets_of(found)
    shown = [e.certificate for s in report.stores for e in s.entries]
    clean = certificate_cleaner(no_redact, shown + [c for chain in report.chains for c in chain.certificates])
    if form == "json":
        from sestriage.report.json.certs import show_document

        _json(show_document(report, run_of(paths, ACCEPTED)), clean, output)
    else:
        from sestriage.report.certs import show_blocks

        blocks = show_blocks(report, ascii_only=ascii_only(form, output, language), language=language)
        write(drawn(blocks, form, output, language, clean=clean), output)
    return ACCEPTED


@command.command("export", epilog=EXPORT_EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="EVIDENCE...", type=click.Path(allow_dash=True))
@click.option("--to", "folder", required=True, metavar="DIR", help="Folder for the files; made if it does not exist.")
@click.option("--all", "everything", is_flag=True, help="Save the whole served chain, as Cisco's procedure does.")
@click.option(
    "--allow-unpublished",
    is_flag=True,
    help="Save a CA with a public root's name but another key too. Only after its owner confirmed the fingerprint.",
)
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="CA bundle (PEM) in which to look for a public root, before those of this machine. May be repeated.",
)
@_deciding
@report_options()
@reading_options
def export_command(
    paths: tuple[str, ...],
    folder: str,
    everything: bool,
    allow_unpublished: bool,
    bundles: tuple[str, ...],
    stores: tuple[str, ...],
    host: str | None,
    at: str | None,
    jdk: str,
    form: str,
    output: str | None,
    store_password_file: str | None,
    keylogs: tuple[str, ...],
    no_progress: bool,
    max_kdf_iterations: int | None,
    language: str,
) -> int:
    """Save the certificates to import as PEM files, with their fingerprints.

    They come from the served chain, or, for a public root of Amazon or Starfield that was not served, from the CA
    bundle of this machine: only with the published fingerprint, and only when its key signed the chain. Files are
    named like Cisco's procedure names them, and never overwritten.
    """
    form = format_for(form, output)
    from sestriage.engine.certs.export import export

    options = replace(
        options_from(stores, host, at, jdk, keylogs, store_password_file, max_kdf_iterations), bundles=bundles
    )
    stdin = certificate_input(paths)
    with progress(paths, off=no_progress) as reading:
        options = replace(options, reading=reading)
        report = export(paths, options, folder, stdin, everything=everything, allow_unpublished=allow_unpublished)
    clean = certificate_cleaner(True, ())  # the names of the files must be those on disk
    status = UNDETERMINED if report.problem else ACCEPTED if report.files else FAILED
    if form == "json":
        from sestriage.report.json.certs import export_document

        _json(export_document(report, run_of((*paths, *stores), status)), clean, output)
    else:
        from sestriage.report.certs import export_blocks

        write(drawn(export_blocks(report, language=language), form, output, language, clean=clean), output)
    return status


def certificate_input(paths: Iterable[str]) -> BinaryIO:
    """Standard input, where it is among the paths."""
    return standard_input(paths, Message("certificates (PEM), or what `openssl s_client -showcerts` printed,"))


def options_from(
    stores: tuple[str, ...],
    host: str | None,
    at: str | None,
    jdk: str,
    keylogs: tuple[str, ...],
    store_password_file: str | None,
    max_kdf_iterations: int | None,
) -> CertOptions:
    """What the options that all of these commands have say."""
    from sestriage.engine.certs.compare import CertOptions

    options = CertOptions(stores, host, moment(at), jdk, keylogs, store_password_file)
    return options if max_kdf_iterations is None else replace(options, max_kdf_iterations=max_kdf_iterations)


def moment(text: str | None) -> datetime | None:
    """ISO 8601; without a zone it is UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            say("{value} is no date or time such as 2026-11-24T10:00:00Z", value=repr(text)), param_hint="--at"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _compared(report: CompareReport) -> list[Certificate]:
    served = [c for held in report.held for c in held.chain.certificates]
    stored = [c.entry.certificate for held in report.held for c in held.path.comparisons if c.entry]
    anchors = [held.path.anchor for held in report.held if held.path.anchor]
    return served + stored + anchors + [c.certificate for held in report.held for c in held.advice.choices]


def certificate_cleaner(no_redact: bool, certificates: Iterable[Certificate]) -> Callable[[str], str]:
    """Secrets go always; names of hosts that are not public get pseudonyms, names of CAs stay."""
    from sestriage.redact import strip_secrets

    return strip_secrets if no_redact else _redactor(certificates).redact


def certificate_hider(no_redact: bool, certificates: Iterable[Certificate]) -> Callable[[Command], Command]:
    """The same for the values of commands."""
    from sestriage.redact.commands import hide_in_command

    redactor = None if no_redact else _redactor(certificates)
    return lambda command: hide_in_command(command, redactor)


def _redactor(certificates: Iterable[Certificate]) -> Redactor:
    from sestriage.redact import Redactor
    from sestriage.redact.certificates import learn_certificate

    redactor = Redactor()
    for certificate in certificates:
        learn_certificate(certificate, redactor)
    return redactor


def _json(document: CertsCompare | CertsShow | CertsExport, clean: Callable[[str], str], output: str | None) -> None:
    write(json_text(document, clean), output)


def json_text(document: CertsCompare | CertsShow | CertsExport | Forecast, clean: Callable[[str], str]) -> str:
    """The document as it is written, every string of it cleaned."""
    from sestriage.report.json.certs import dump

    return dump(document, clean)
