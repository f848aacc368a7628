"""`sestriage fleet run`: read the bundles of a fleet that were not read before."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from sestriage import system
from sestriage.cli.fleet.bar import bar
from sestriage.cli.fleet.extra import need
from sestriage.cli.language import say, shown, told
from sestriage.cli.limits import size
from sestriage.cli.options import silent_lang_option
from sestriage.cli.progress import progress_option
from sestriage.cli.status import ACCEPTED, FAILED
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.fleet.cluster import Safety
    from sestriage.fleet.folder import Folder
    from sestriage.fleet.run import Counts, Reader
    from sestriage.fleet.task import Bounds, Terms

INTERRUPTED = 130
EPILOG = """\b
Exit status
  0  every bundle was read, now or before
  1  some bundles could not be read: they are named, and stand in failures.log
  2  wrong usage, or a folder or scheduler that cannot be used
  4  internal error
  130  interrupted; everything that was done is kept

\b
Examples
  sestriage fleet run /srv/bundles --out fleet
  sestriage fleet run '/srv/2026-*/*.tgz' --out fleet --since 30d
  aws s3 ls --recursive s3://b/ | awk '{print "s3://b/"$4}' | sestriage fleet run --list - --out fleet
  sestriage fleet run /nfs/bundles --out fleet --scheduler tls://scheduler.example.com:8786
      --tls-ca ca.pem --tls-cert me.pem --tls-key me.key
"""
_ENDINGS = {
    "time": Message("took too long"),
    "memory": Message("needs too much memory"),
    "killed": Message("ended its process"),
    "failed": Message("internal fault"),
    "unreadable": Message("cannot be read"),
    "refused": Message("no worker takes it"),
}


@click.command("run", epilog=EPILOG)
@click.argument("names", nargs=-1, metavar="SOURCE...")
@click.option("--out", "out", metavar="DIR", required=True, help="Folder of the results; a later run adds to it.")
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Further sources, one a line (- for standard input). May be repeated.",
)
@click.option("--since", metavar="TIME", help="Only bundles that were written since then (2026-11-01, 30d).")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Read no more than N bundles.")
@click.option("--again", is_flag=True, help="Read those again that could not be read before.")
@click.option(
    "--max-workers",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Processes on this machine.  [default: as many as processors]",
)
@click.option(
    "--max-seconds", type=click.FloatRange(1), default=120.0, show_default=True, help="Time that one bundle may take."
)
@click.option(
    "--max-memory", type=size, default="1G", show_default=True, metavar="SIZE", help="Memory that one bundle may take."
)
@click.option(
    "--key-file",
    metavar="FILE",
    type=click.Path(),
    help="Key of the pseudonyms, which makes them the same in the whole fleet (made if it does not exist). It must not "
    "be shared.  [default: DIR.key]",
)
@click.option("--no-redact", is_flag=True, help="Keep private names in the tables. For use inside the house only.")
@click.option(
    "--release-pattern",
    metavar="PATTERN",
    help="How the name of a bundle tells the Manager's release: a regular expression; its first group is the release.",
)
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)
@click.option(
    "--store-password-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File whose first line is the trust stores' password. Else SESTRIAGE_STORE_PASSWORD, else the usual defaults.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let the workers of this Dask scheduler read (tls://host:8786; tcp:// on this machine).",
)
@click.option(
    "--scheduler-file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="The same, by the file that the scheduler wrote.",
)
@click.option(
    "--insecure-scheduler",
    is_flag=True,
    help="Take a scheduler or workers on another host without TLS: whoever is on the way reads the evidence, and can "
    "run programs on all machines.",
)
@click.option("--tls-ca", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="CA of the scheduler.")
@click.option("--tls-cert", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="Certificate for it.")
@click.option("--tls-key", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="Key of that.")
@progress_option
@silent_lang_option
def run_command(names: tuple[str, ...], out: str, no_progress: bool, **asked: Any) -> int:
    """Read the bundles at SOURCE that were not read before, and keep what they show in DIR.

    SOURCE is a bundle, a folder of bundles, a glob, or a URL (s3://, sftp://, https://). A bundle that takes too long,
    or needs too much memory, costs itself alone and is named. An interrupted run goes on where it was; a repeated one
    does nothing; with new rules, or a new version, all bundles are read anew.
    """
    need("duckdb", "pebble", *(("distributed",) if asked["scheduler"] or asked["scheduler_file"] else ()))
    from sestriage.fleet.run import Plan, run
    from sestriage.fleet.sources import check, find

    if not names and not asked["lists"]:
        raise click.UsageError(say("name bundles, or a list of them with --list"))
    for name in names:
        check(name)
    since = _since(asked["since"])
    with ExitStack() as opened:
        sources = _names(names, asked["lists"], opened)
        key, folder = _folder(out, asked["key_file"], asked["no_redact"])
        terms = _terms(key, asked)
        plan = Plan(folder, terms, asked["limit"], asked["again"])
        reader = _reader(terms.bounds, terms, asked)
        opened.callback(reader.close)
        counted = names if not asked["lists"] else None
        with _ended_by_signals(), bar(counted, since, off=no_progress) as told_to:
            counts = run(find(sources, since), plan, reader, told_to)
    _tell(counts, folder)
    if counts.interrupted:
        return INTERRUPTED
    return FAILED if counts.failed else ACCEPTED


def _names(names: Iterable[str], lists: Iterable[str], opened: ExitStack) -> Iterator[str]:
    """Those of the command line, then those of the lists, which are opened now."""
    from sestriage.fleet.sources import listed

    streams = [
        sys.stdin.buffer if path == "-" else opened.enter_context(open(path, "rb"))  # noqa: PTH123, SIM115
        for path in _readable(lists)
    ]

    def one_by_one() -> Iterator[str]:
        yield from names
        for stream in streams:
            yield from listed(stream)

    return one_by_one()


def _readable(lists: Iterable[str]) -> Iterator[str]:
    for path in lists:
        if path != "-" and not os.access(path, os.R_OK):
            raise click.BadParameter(say("cannot read {file}", file=path), param_hint="--list")
        yield path


def _since(text: str | None) -> float | None:
    from sestriage.times.named import parse_since

    try:
        return None if text is None else parse_since(text, datetime.now(UTC).timestamp())
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint="--since") from None


def _folder(out: str, key_file: str | None, no_redact: bool) -> tuple[bytes | None, Folder]:
    """The key of the pseudonyms (None without) and the folder that is kept by it."""
    from sestriage.cli.saving.pseudonyms import read_key
    from sestriage.fleet.folder import make_folder
    from sestriage.redact.fingerprints import pseudonyms

    if no_redact:
        if key_file:
            raise click.UsageError(say("--key-file is about pseudonyms: --no-redact makes none"))
        return None, make_folder(out, None)
    key = read_key(key_file or f"{out.rstrip('/')}.key")
    return key, make_folder(out, pseudonyms({}, key).key_id)


def _terms(key: bytes | None, asked: dict[str, Any]) -> Terms:
    from sestriage import __version__
    from sestriage.fleet.bundle import rules_digest
    from sestriage.fleet.task import Bounds, Terms

    rule_dirs = tuple(os.path.abspath(each) for each in asked["rule_dirs"])  # noqa: PTH100
    password = asked["store_password_file"]
    return Terms(
        version=__version__,
        rules=rules_digest(rule_dirs),
        now=datetime.now(UTC),
        key=key,
        rule_dirs=rule_dirs,
        store_password_file=password and os.path.abspath(password),  # noqa: PTH100
        bounds=Bounds(asked["max_seconds"], asked["max_memory"]),
        release_pattern=_pattern(asked["release_pattern"]),
    )


def _pattern(text: str | None) -> str | None:
    try:
        re.compile(text or "")
    except re.error as error:
        raise click.BadParameter(
            say("{value} is no regular expression: {reason}", value=repr(text), reason=str(error)),
            param_hint="--release-pattern",
        ) from None
    return text


def _reader(bounds: Bounds, terms: Terms, asked: dict[str, Any]) -> Reader:
    if asked["scheduler"] or asked["scheduler_file"]:
        if asked["scheduler"] and asked["scheduler_file"]:
            raise click.UsageError(say("give --scheduler or --scheduler-file"))
        if asked["max_workers"] is not None:
            raise click.UsageError(say("--max-workers is about this machine: a scheduler has its own workers"))
        from sestriage.fleet.cluster import Cluster

        return Cluster(asked["scheduler"], asked["scheduler_file"], terms, _safety(asked), _complain)
    from sestriage.fleet.pool import Pool

    return Pool(asked["max_workers"] or system.processors(), bounds)


def _safety(asked: dict[str, Any]) -> Safety:
    from sestriage.fleet.cluster import Safety

    return Safety(asked["insecure_scheduler"], asked["tls_ca"], asked["tls_cert"], asked["tls_key"])


def _complain(sentence: str) -> None:
    click.echo(f"sestriage: {shown(sentence)}", err=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A job system ends with SIGTERM what a person ends with Ctrl-C."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(counts: Counts, folder: Folder) -> None:
    for each in counts.failures:
        what = shown(_ENDINGS[each.ending])
        click.echo(f"sestriage: {each.name}: {what}" + (f" ({shown(each.detail)})" if each.detail else ""), err=True)
        click.echo(f"    {each.command}", err=True)
    if counts.failed > len(counts.failures):
        rest = counts.failed - len(counts.failures)
        _complain(say("and {count} more, in {file}", count=rest, file=str(folder.path / "failures.log")))
    if counts.interrupted:
        _complain(say("interrupted; what is done is kept, and the same command goes on from here"))
    summary = say(
        "{read} bundles read, {before} were read before, {equal} are others' copies, {failed} could not be read",
        read=counts.read,
        before=counts.before,
        equal=counts.equal,
        failed=counts.failed,
    )
    click.echo(summary)
