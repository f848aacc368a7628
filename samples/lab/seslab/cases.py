"""The table of all cases: folder name to maker."""

from __future__ import annotations

from collections.abc import Mapping

from . import cases_trust
from .model import CaseMaker

CASES: Mapping[str, CaseMaker] = {
    "pkix-root-missing": cases_trust.pkix_root_missing,
}
