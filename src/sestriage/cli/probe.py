"""`sestriage probe`: check what a Manager would get from a mail server. The only command that uses the network."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from sestriage.cli.language import say
from sestriage.cli.options import format_for, report_options
from sestriage.cli.output import run_of, write
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.errors import InputError
from sestriage.i18n import LANGUAGES
from sestriage.model.vocabulary import ConnectionMode

if TYPE_CHECKING:
    from sestriage.model.probe import Probe
    from sestriage.model.trust import Certificate

DEFAULT_PORT = 587
CASE = "case.tar.gz"
"""The name that the steps give the case when none was saved."""
LONGEST = 300.0
"""Seconds: nothing takes longer, whatever the options say."""

EPILOG = """\b
Exit status
  0  nothing stops a Manager before the login
  1  a Manager would fail at this server
  2  wrong usage, or a file that cannot be written
  3  nothing found that stops a Manager, but not everything could be
     judged (no trust store given, …)
  4  internal error

\b
Examples
  sestriage probe email-smtp.us-east-1.amazonaws.com
  sestriage probe email-smtp.us-east-1.amazonaws.com:465 --trust-store truststore.p12
  sestriage probe relay.example.com:2525 --mode starttls --save-certs certs --save-case case.tar.gz
"""


@click.command("probe", epilog=EPILOG)
@click.argument("target", metavar="HOST[:PORT]")
@click.option(
    "--mode", type=click.Choice(["starttls", "wrapper"]), help="Default: by the port, wrapper at 465 and 2465."
)
@click.option(
    "--trust-store",
    "stores",
    multiple=True,
    type=click.Path(exists=True),
    help="The Manager's trust store (file or folder): is the served chain trusted? May be repeated.",
)
@click.option(
    "--store-password-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File whose first line is the trust store's password.",
)
@click.option("--save-certs", metavar="DIR", help="Write the served chain as PEM files named after each CN.")
@click.option("--save-case", metavar="FILE.tar.gz", help="Keep everything for `sestriage triage`.")
@click.option("-4", "ip_version", flag_value=4, type=int, help="IPv4 only.")
@click.option("-6", "ip_version", flag_value=6, type=int, help="IPv6 only.")
@click.option("--from-ip", metavar="ADDRESS", help="Connect from this address of the machine.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, LONGEST),
    default=10.0,
    show_default=True,
    help="Seconds for each connect and for each conversation.",
)
@click.option(
    "--total",
    type=click.FloatRange(0.1, LONGEST),
    default=60.0,
    show_default=True,
    help="Seconds for all conversations together; the resolver's own time comes on top.",
)
@report_options()
def command(
    target: str,
    mode: ConnectionMode | None,
    stores: tuple[str, ...],
    store_password_file: str | None,
    save_certs: str | None,
    save_case: str | None,
    ip_version: int | None,
    from_ip: str | None,
    timeout: float,
    total: float,
    form: str,
    output: str | None,
    language: str,
) -> int:
    """Check what a Manager would get from a mail server: connection, STARTTLS, TLS version, key exchange, chain.

    Makes up to four connections, each with its own ClientHello: the usual offer, TLS 1.2, TLS 1.2 with DHE only (the
    Logjam question; the local OpenSSL does not matter), and, if the chain cannot be seen otherwise, a whole TLS 1.3
    handshake. It does not log in and sends no mail. Run it on the Manager's network; from elsewhere the network path
    differs.
    """
    form = format_for(form, output)
    from sestriage.engine.probe.points import outlook
    from sestriage.engine.reading.collect import Options, collect
    from sestriage.engine.reading.pasted import Roles
    from sestriage.engine.triage import TriageOptions, conclude
    from sestriage.formats.transcript.probe import stream_of, transcripts_of
    from sestriage.model.source import SourceRef
    from sestriage.probe import ProbeSettings, run
    from sestriage.probe.save import must_be_free
    from sestriage.report import probe as report
    from sestriage.rules import load_rules

    host, port = parse_target(target)
    source_ip = _address(from_ip)
    collected = collect(stores, Options(store_password_file=store_password_file, roles=Roles(stores=stores)))
    if save_case is not None:
        must_be_free(save_case)
    probe = run(ProbeSettings(host, port, mode, ip_version, source_ip, timeout, total))
    source = SourceRef(save_case or save_certs or CASE)
    collected.transcripts = transcripts_of(probe, source)
    rules = load_rules(language=LANGUAGES[0] if form == "json" else language)
    judged = conclude(collected, rules, TriageOptions())
    points = outlook(probe, collected.transcripts, judged.paths, collected.stores, rules, stores)
    shown = [t.stream for t in collected.transcripts if t.stream.tls is not None and t.stream.tls.certificates]
    chain = shown[0].tls.certificates if shown and shown[0].tls is not None else ()
    saved, failures = _save(probe, chain, save_certs, save_case)
    status = {True: ACCEPTED, False: FAILED, None: UNDETERMINED}[report.overall(points)]
    if form == "json":
        streams = [stream_of(talk, source) for talk in probe.talks]
        write(report.to_json(probe, points, chain, streams, saved, run_of((), status)), output)
    else:
        from sestriage.cli.drawing import drawn

        blocks = report.blocks(probe, points, chain, saved, None if save_case or save_certs else CASE)
        write(drawn(blocks, form, output, language), output)
    if failures:  # the answers were worth telling first
        raise failures[0]
    return status


def _save(
    probe: Probe, chain: Sequence[Certificate], folder: str | None, file: str | None
) -> tuple[list[str], list[InputError]]:
    """The files that were written, and the errors that kept the rest from being written."""
    from sestriage.probe.save import save_case, save_certificates

    saved: list[str] = []
    failures: list[InputError] = []
    try:
        saved += [] if folder is None else [str(path) for path in save_certificates(chain, folder)]
    except InputError as error:
        failures.append(error)
    try:
        if file is not None:
            save_case(probe, chain, file)
            saved.append(file)
    except InputError as error:
        failures.append(error)
    return saved, failures


_TARGET = re.compile(
    r"\[(?P<six>[0-9A-Fa-f:.%\w]+)\](?::(?P<p6>[0-9]+))?|(?P<host>[^\s:\[\]/@]+)(?::(?P<port>[0-9]+))?"
)


def parse_target(target: str) -> tuple[str, int]:
    """`host`, `host:port`, `[IPv6]:port` or a bare IPv6 address; raises click.BadParameter."""
    with contextlib.suppress(UnicodeDecodeError):  # in the C locale the letters of a name come as single bytes
        target = target.encode("utf-8", "surrogateescape").decode("utf-8")
    try:
        return str(ip_address(target)), DEFAULT_PORT
    except ValueError:
        match = _TARGET.fullmatch(target)
    if match is None or not target.isprintable():
        raise click.BadParameter(
            say("{value} is not HOST, HOST:PORT or [IPv6]:PORT", value=repr(target)), param_hint="HOST[:PORT]"
        )
    number = match["port"] or match["p6"]
    port = int(number) if number and len(number) < 6 else 0 if number else DEFAULT_PORT
    if not 0 < port < 65536:
        raise click.BadParameter(say("{value} is no port", value=number), param_hint="HOST[:PORT]")
    return (match["six"] or _a_labels(match["host"])), port


def _a_labels(host: str) -> str:
    """The name as it stands in DNS and in certificates (RFC 5890); raises click.BadParameter."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise click.BadParameter(say("{value} is no host name", value=repr(host)), param_hint="HOST[:PORT]") from None


def _address(text: str | None) -> str | None:
    if text is None:
        return None
    from sestriage.probe import is_local

    try:
        address = str(ip_address(text))
    except ValueError:
        raise click.BadParameter(say("{value} is no IP address", value=repr(text)), param_hint="--from-ip") from None
    if not is_local(address):
        raise click.BadParameter(
            say("{address} is no address of this machine", address=address), param_hint="--from-ip"
        )
    return address
