"""Every sample, and each kind of its evidence alone: server, port, sizes and steps are those that the lab set up."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calibration.evidence import SAMPLES, samples
from grounds import oracle
from grounds.claims import Claims, fixed_texts, of_report
from sestriage import triage

NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/expected.json"))


@cache
def described(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))
    return loaded


def written(name: str) -> str:
    """All that is written in the sample's files, names in certificates that a capture shows included."""
    files = (path for path in (SAMPLES / name).iterdir() if path.is_file())
    return "\n".join(path.read_bytes().decode("latin-1") for path in files)


def claims_of(name: str, kind: str, scratch: Path) -> Claims | None:
    """None where the sample has no such evidence; `all` are all kinds together."""
    sample = next(each for each in samples(scratch) if each.name == name)
    kinds = frozenset(sample.pieces) if kind == "all" else frozenset({kind} & sample.pieces.keys())
    return of_report(triage(sample.paths(kinds))) if kinds else None


@pytest.mark.campaign(4)
@pytest.mark.parametrize("kind", ["all", "log", "capture"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_claimed_that_the_lab_did_not_set_up(name: str, kind: str, tmp_path: Path) -> None:
    claims, expected = claims_of(name, kind, tmp_path), described(name)
    if claims is None:
        return
    facts = expected["facts"]
    assert claims.proven <= set(expected["whole"]["proven"])
    assert claims.failed_at in {None, *(expected[view]["phase"] for view in ("whole", kind) if expected.get(view))}
    assert claims.host in (None, facts["host"])
    assert claims.port in (None, facts["port"])
    told = oracle.regions_in(json.dumps(expected)) | oracle.regions_in(written(name))
    assert oracle.regions_in(claims.prose) <= told | fixed_texts().regions | {"us-east-1"}
    sizes = oracle.sizes_in(claims.prose) - fixed_texts().sizes - {2048}  # the lab's RSA keys
    assert sizes <= {facts["dh_bits"]}
