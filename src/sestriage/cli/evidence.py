"""The options of every command that triages evidence: what to read, how, and by which rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sestriage.cli.limits import limit_options, limits_from
from sestriage.cli.progress import progress_option
from sestriage.cli.status import ACCEPTED, FAILED, UNDETERMINED
from sestriage.cli.times import time_options, window_from, zone_from
from sestriage.engine.reading.collect import Options
from sestriage.engine.reading.pasted import Roles
from sestriage.engine.triage import TriageOptions
from sestriage.model.verdict import Outcome

_Command = TypeVar("_Command", bound=Callable[..., Any])

EXIT_STATUS = {Outcome.ACCEPTED: ACCEPTED, Outcome.FAILED: FAILED, Outcome.UNDETERMINED: UNDETERMINED}

_OPTIONS = (
    click.option(
        "--keylog",
        "keylogs",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        help="TLS key log (SSLKEYLOGFILE format) for the captures. May be repeated.",
    ),
    click.option(
        "--store-password-file",
        type=click.Path(exists=True, dir_okay=False),
        help="File whose first line is the trust store's password. Else SESTRIAGE_STORE_PASSWORD, else the usual "
        "defaults.",
    ),
    click.option(
        "--store",
        "stores",
        multiple=True,
        type=click.Path(exists=True),
        help="File or folder that is a trust store, even if it looks like a served chain. May be repeated.",
    ),
    click.option(
        "--chain",
        "chains",
        multiple=True,
        type=click.Path(exists=True),
        help="File or folder that holds the chain which the mail server sent, not a trust store. May be repeated.",
    ),
    click.option(
        "--all-ports",
        is_flag=True,
        help="Read the conversations of every port. Else a large capture is read at the mail ports, and at others only"
        " for mail.",
    ),
    time_options,
    click.option(
        "--rules",
        "rule_dirs",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
    ),
    progress_option,
)


def evidence_options(command: _Command) -> _Command:
    """Give a command the options of reading and judging; their values are the keywords of `options_from`."""
    command = limit_options(command)
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_from(
    *,
    keylogs: tuple[str, ...],
    store_password_file: str | None,
    stores: tuple[str, ...],
    chains: tuple[str, ...],
    all_ports: bool,
    since: str | None,
    until: str | None,
    tz: str | None,
    utc_offset: str | None,
    rule_dirs: tuple[Path, ...],
    language: str,
    whole_hash: bool = False,
    **limits: int | None,
) -> TriageOptions:
    """What the options ask for. Raises `click.UsageError`."""
    zone = zone_from(tz, utc_offset)
    reading = Options(
        keylogs=keylogs,
        store_password_file=store_password_file,
        limits=limits_from(limits),
        roles=Roles(stores, chains),
        window=window_from(since, until, zone),
        zone=zone,
        all_ports=all_ports,
    )
    return TriageOptions(reading=reading, rule_dirs=rule_dirs, language=language, whole_hash=whole_hash)
