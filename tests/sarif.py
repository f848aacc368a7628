"""What SARIF 2.1.0 asks of a log (OASIS, sarif-v2.1.0-os, sections 3.13, 3.14, 3.18, 3.19 and 3.27 to 3.30).

By hand: no package that we know has the schema.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlparse


def results_of(text: str) -> list[dict[str, Any]]:
    """The results of a log with one run that keeps to the standard."""
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert set(run) == {"tool", "columnKind", "results"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert set(driver) == {"name", "version", "rules"}
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(rules) == len(set(rules))
    for rule in driver["rules"]:
        assert set(rule) <= {"id", "shortDescription", "fullDescription", "help", "helpUri"}
        assert rule["shortDescription"]["text"]
        assert urlparse(rule.get("helpUri", "https://x")).scheme == "https"
    results: list[dict[str, Any]] = run["results"]
    for result in results:
        assert set(result) == {"ruleId", "level", "message", "locations"}
        assert result["ruleId"] in rules
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        for location in result["locations"]:
            assert_location(location)
    return results


def assert_location(location: dict[str, Any]) -> None:
    if "logicalLocations" in location:
        assert set(location) == {"logicalLocations"}
        assert all(each["name"] for each in location["logicalLocations"])
        return
    assert set(location) == {"physicalLocation"}
    physical = location["physicalLocation"]
    assert set(physical) <= {"artifactLocation", "region"}
    uri = physical["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert urlparse(uri).scheme in ("", "file")
    region = physical.get("region", {"startLine": 1})
    assert set(region) <= {"startLine", "startColumn"}
    assert all(isinstance(number, int) and number >= 1 for number in region.values())
