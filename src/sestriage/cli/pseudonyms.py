"""Reports as they may leave: without secrets, and with pseudonyms that a map keeps and a key makes comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from sestriage.cli.language import say
from sestriage.cli.mapfile import read_key, read_map, with_key, write_map
from sestriage.model.verdict import Report


class PseudonymsOf:
    """The pseudonyms of one run: one redactor for all its reports.

    Raises `click.UsageError` for a map or key without redaction, `InputError` for files that cannot be used.
    """

    def __init__(self, no_redact: bool = False, map_file: str | None = None, key_file: str | None = None) -> None:
        from sestriage.redact import Redactor

        if no_redact and (map_file or key_file):
            raise click.UsageError(say("--map and --key-file are about pseudonyms: --no-redact makes none"))
        self._map_file = map_file
        known = read_map(map_file) if map_file else {}
        self._key: bytes | None = None
        if map_file:
            known, self._key = with_key(known)
        if key_file:
            self._key = read_key(key_file)
        self._redactor = None if no_redact else Redactor(known)
        if self._redactor and known:
            names = (entry.partition(":")[::2] for entry in known)
            self._redactor.learn("host", (name for kind, name in names if kind in ("host", "hostname")))

    def cleaned(self, reports: Sequence[Report]) -> list[Report]:
        """Secrets go in any case; private data gets pseudonyms, the same ones in all reports. Writes the map."""
        from sestriage.redact import redact_report, strip_report

        if self._redactor is None:
            return [strip_report(report) for report in reports]
        done = [redact_report(report, self._redactor) for report in reports]
        if self._map_file:
            write_map(self._map_file, self._redactor.mapping)
        if self._key is None:
            return done
        from sestriage.redact.fingerprints import pseudonyms

        made = pseudonyms(self._redactor.mapping, self._key)
        return [replace(report, pseudonyms=made) for report in done]
