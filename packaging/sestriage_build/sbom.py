"""The list of parts: CycloneDX 1.5 as JSON (https://cyclonedx.org/docs/1.5/json/)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sestriage_build import licences, locks, wheels
from sestriage_build.work import Target, sha256


@dataclass(frozen=True)
class Part:
    """A package inside the tree."""

    name: str
    version: str
    purl: str
    """Its address in its archive (https://github.com/package-url/purl-spec)."""
    sha256: str
    """Of the file that it came in."""
    licences: tuple[str, ...]


def parts(target: Target, unpacked: Path, own: Path, others: Iterable[Path]) -> list[Part]:
    """All parts but sestriage itself."""
    found = []
    for package in locks.debian(target.debian):
        named = tuple(licences.short_names(licences.copyright_of(package.name, unpacked)))
        quoted = package.version.replace(":", "%3A").replace("+", "%2B").replace("~", "~")
        purl = f"pkg:deb/debian/{package.name}@{quoted}?arch={package.architecture}&distro=debian-12"
        found.append(Part(package.name, package.version, purl, package.sha256, named or ("see its copyright file",)))
    for wheel in others:
        told = wheels.metadata(wheel)
        name = locks.normal(told["name"])
        purl = f"pkg:pypi/{name}@{told['version']}"
        found.append(Part(name, told["version"], purl, sha256(wheel), (told["licence"],)))
    return sorted(found, key=lambda part: part.purl)


def document(version: str, found: Sequence[Part], seconds: int) -> str:
    """The document; equal parts make the same one."""
    rows = [_component(part) for part in found]
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([version, rows, seconds]))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": "sestriage",
                "name": "sestriage",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": rows,
        "dependencies": [{"ref": "sestriage", "dependsOn": [part.purl for part in found]}],
    }
    return json.dumps(whole, indent=1) + "\n"


def _component(part: Part) -> dict[str, object]:
    return {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
        "licenses": [{"license": {"name": name}} for name in part.licences],
    }
