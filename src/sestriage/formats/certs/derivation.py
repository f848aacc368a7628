"""The budget of key derivation, one for all key stores of a run.

A file declares how often its password is hashed, so a few bytes can ask for hours. The unit is one iteration of the
derivation of RFC 7292 appendix B.2; what else is done in Python, or with every byte of a store, is put in that unit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from sestriage.errors import ParseError
from sestriage.model.message import Message

MAX_KDF_ITERATIONS = 1_000_000
"""For a whole run; a store of keytool asks for 20,000 to 150,000 with each password that is tried."""
JAVA_MAX_ITERATIONS = 5_000_000
"""A store that declares more is not opened by Java either (`sun.security.pkcs12.PKCS12KeyStore`)."""
RC2_BLOCK_UNITS = 20
"""Eight bytes of RC2, which is decrypted in Python."""
BYTES_PER_UNIT = 1024
"""Bytes that are hashed or decrypted by the library in the time of one iteration."""

VARIABLE = "SESTRIAGE_MAX_KDF_ITERATIONS"
OPTION = "--max-kdf-iterations"


class DerivationLimitError(ParseError):
    """The budget of the run does not reach."""


@dataclass(slots=True)
class DerivationBudget:
    """The units that the key stores of one run may cost together; `reserved` of them are kept for other stores."""

    total: int = MAX_KDF_ITERATIONS
    reserved: int = 0
    spent: int = field(default=0, init=False)

    @property
    def left(self) -> int:
        """Units that the store at hand may still cost."""
        return max(0, self.total - self.spent - self.reserved)

    def spend(self, units: int) -> None:
        """Takes units from the budget; raises `DerivationLimitError`, and takes none, when there are not so many."""
        if units > self.left:
            raise DerivationLimitError(
                Message(
                    "not every password was tried: one takes {units} iterations of key derivation, and {left} of the"
                    " {total} for all key stores are left; name the password (--store-password-file) or raise the limit"
                    " ({option}, everywhere {variable})",
                    units=units,
                    left=self.left,
                    total=self.total,
                    option=OPTION,
                    variable=VARIABLE,
                )
            )
        self.spent += units


def of_bytes(size: int) -> int:
    """Units for a pass of the library over so many bytes."""
    return size // BYTES_PER_UNIT


def from_environment() -> DerivationBudget:
    """The budget that the environment sets, else the usual one."""
    text = os.environ.get(VARIABLE, "")
    return DerivationBudget(int(text)) if text.isascii() and text.isdigit() and len(text) < 15 else DerivationBudget()
