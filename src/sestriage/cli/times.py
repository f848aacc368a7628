"""The options that choose a window of time, and the zone of times without one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sestriage.cli.language import say, told

if TYPE_CHECKING:
    from sestriage.times.named import Moment
    from sestriage.times.window import Window

_Command = TypeVar("_Command", bound=Callable[..., Any])

TIMES_HELP = """\b
Times
  --since and --until take
    24h, 2d, 1h30m                so long ago
    2026-11-24                    a day
    '2026-11-24 07:30', 2026-11-24T07:30:15.250, 2026-11-24T07:30:15+01:00
    07:30, 'yesterday 07:30'      today or yesterday
    now, or a time stamp as it stands in the log
  A day or minute includes its whole length: --until 2026-11-24 includes that
  day, --until 07:30 that minute. Both ends belong to the window.
  A logged event counts by the time of its first line, with its whole stack
  trace; an event without a time goes with the one above it. A captured
  conversation counts when any part of it lies in the window. Trust stores,
  settings, transcripts and delivered messages count whatever their age.
  Anything outside is ignored, and the report says what was left out. A log
  without any time stamp is used, and the report says so.
  Times without zone, in a log as well as here, are those of --tz. Without
  --tz they are the log's own: --since 07:30 means 07:30 as the log shows it.
  The captures tell what that is in UTC; without them this machine's zone is
  taken.
"""


def time_options(command: _Command) -> _Command:
    """Give a command `--since`, `--until`, `--tz` and `--utc-offset`."""
    options = (
        click.option("--since", metavar="TIME", help="Use only what is logged or captured from TIME on."),
        click.option("--until", metavar="TIME", help="Use only what is logged or captured up to the end of TIME."),
        click.option(
            "--tz",
            metavar="ZONE",
            help="Zone of times without zone, in logs and in the options above: Europe/Berlin, +02:00, UTC, local, or "
            "auto. By default (auto) that of a log is found from the captures.",
        ),
        click.option(
            "--utc-offset",
            metavar="[+-]HH:MM",
            help="Same as --tz, given as an offset (+02:00).",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def zone_from(tz: str | None, utc_offset: str | None) -> tzinfo | None:
    """The zone that a user names; None for none. Raises `click.UsageError`."""
    if tz is not None and utc_offset is not None:
        raise click.UsageError(say("--tz and --utc-offset say the same thing: give one of them"))
    if utc_offset is not None:
        return _offset(utc_offset)
    if tz is None:
        return None
    from sestriage.times.zone import parse_zone

    try:
        return parse_zone(tz)
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint="--tz") from None


def window_from(since: str | None, until: str | None, zone: tzinfo | None) -> Window | None:
    """The window that a user names; None for none. Raises `click.UsageError`."""
    if since is None and until is None:
        return None
    from sestriage.times.window import Window

    now = datetime.now(UTC)
    begin, end = _moment(since, "--since", now, zone), _moment(until, "--until", now, zone)
    try:
        return Window.of(begin, end, zone)
    except ValueError as error:
        raise click.UsageError(f"--since {since} --until {until}: {told(error)}") from None


def _moment(text: str | None, option: str, now: datetime, zone: tzinfo | None) -> Moment | None:
    if text is None:
        return None
    from sestriage.times.named import parse_moment

    try:
        return parse_moment(text, now, zone)
    except ValueError as error:
        raise click.BadParameter(told(error), param_hint=option) from None


def _offset(text: str) -> tzinfo:
    match = re.fullmatch(r"([+-]?)(\d{1,2}):?(\d{2})?", text)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        raise click.BadParameter(
            say("{value} is not an offset such as +02:00 or -05:30", value=repr(text)), param_hint="--utc-offset"
        )
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-size if match[1] == "-" else size)
