"""Results of examples as JUnit XML, as build servers read it (the form that Jenkins and GitLab document)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from sestriage.report.safe import visible


class TestCase(NamedTuple):
    """A replayed example: `rule` with `name` in `file`.

    `failure`: it gave something else than it promises; `error`: the rule could not be read. None: neither.
    """

    rule: str
    name: str
    file: str
    line: int | None = None
    failure: str | None = None
    error: str | None = None


def render(cases: Sequence[TestCase], version: str) -> str:
    """One suite with a case for each example."""
    counts = {"tests": len(cases), "failures": _count(cases, "failure"), "errors": _count(cases, "error")}
    told = {key: str(value) for key, value in counts.items()}
    root = Xml.Element("testsuites", {"name": "sestriage rules test", **told})
    suite = Xml.SubElement(root, "testsuite", {"name": f"sestriage {version}", **told, "skipped": "0", "time": "0"})
    for case in cases:
        place = {"file": _text(case.file)} | ({} if case.line is None else {"line": str(case.line)})
        node = Xml.SubElement(
            suite, "testcase", {"classname": _text(case.rule), "name": _text(case.name), "time": "0", **place}
        )
        for kind, sentence in (("failure", case.failure), ("error", case.error)):
            if sentence is not None:
                Xml.SubElement(node, kind, {"message": _text(sentence)}).text = _text(sentence)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _count(cases: Sequence[TestCase], kind: str) -> int:
    return sum(getattr(case, kind) is not None for case in cases)


def _text(text: str) -> str:
    """A rule file may hold characters that XML does not know."""
    return visible(text)
