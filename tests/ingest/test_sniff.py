"""What a JSON file is taken for: a log where its records have times, else none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sestriage.engine.triage import triage
from sestriage.ingest.sniff import sniff
from support import SAMPLES

SAMPLE = SAMPLES / "pkix-root-missing"


def test_a_saved_report_is_no_log_beside_what_it_was_made_from(tmp_path: Path) -> None:
    """Its quotes were counted as further attempts."""
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "sestriage", "triage", "--no-save", str(SAMPLE), "--format", "json"]
    report.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    assert json.loads(report.read_text(encoding="utf-8"))["schema_version"]
    assert sniff(report.read_bytes(), "report.json", True).name == "other"
    assert len(triage([str(SAMPLE), str(report)]).attempts) == len(triage([str(SAMPLE)]).attempts) == 1


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (
            {
                "expected": {
                    "rule": "x",
                    "quote": "javax.mail.MessagingException: Read timed out",
                    "steps": ["a", "b", "c", "d"],
                    "grade": {"a": 1, "b": 2},
                }
            },
            "text",
        ),
        ({"names": ["dns", "tcp", "greeting"], "digests": ["0f69c0cf9d872f72", "391080bd458e83c5"]}, "text"),
        (
            {
                "hits": {
                    "hits": [
                        {
                            "_source": {
                                "@timestamp": "2026-03-02T04:00:00Z",
                                "message": "ERROR c.x.Mailer - javax.mail.MessagingException: Read timed out",
                            }
                        }
                    ]
                }
            },
            "log",
        ),
    ],
)
def test_a_document_is_a_log_where_its_records_have_times(document: object, kind: str) -> None:
    text = json.dumps(document, indent=2).encode()
    assert sniff(text, "export.json", True).name == kind
