"""Whether the names in two reports can be compared.

Redacted reports number their pseudonyms each for itself: `<host-1>` of one is no `<host-1>` of another. A keyed
fingerprint (`Snapshot.fingerprints`) stands for the same name in all reports that were made with one key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.model.compared.snapshot import Snapshot

_PSEUDONYM = re.compile(r"<((?:address|ip|host|hostname|account|name))-\d{1,9}>")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of two reports. `shared`: both were redacted by one redactor, so that equal pseudonyms are equal
    names."""

    before: Snapshot
    after: Snapshot
    shared: bool = False

    @property
    def comparable(self) -> bool:
        """Names that are private can be told apart."""
        if self.shared or self.before.names == self.after.names == "plain":
            return True
        return self._keyed

    @property
    def _keyed(self) -> bool:
        keys = (self.before.key_id, self.after.key_id)
        return keys[0] is not None and keys[0] == keys[1]

    def of_before(self, text: str) -> str | None:
        """A text of BEFORE in a form in which it equals the same text of AFTER; None where it holds a name that cannot
        be compared."""
        return self._form(text, self.before)

    def of_after(self, text: str) -> str | None:
        """The same for a text of AFTER."""
        return self._form(text, self.after)

    def _form(self, text: str, report: Snapshot) -> str | None:
        if self.shared or not _PSEUDONYM.search(text):
            return text
        if not self._keyed:
            return None
        known = True

        def fingerprint(match: re.Match[str]) -> str:
            nonlocal known
            value = report.fingerprints.get(match[0])
            known = known and value is not None
            return f"<{match[1]}:{value}>"

        form = _PSEUDONYM.sub(fingerprint, text)
        return form if known else None
