"""The served chain as a tree in the verbose report: the way that the trust manager goes, and no other."""

from __future__ import annotations

import pytest

from sestriage.engine.triage import triage
from sestriage.report import text
from support import SAMPLES

TREES = {
    "pkix-root-missing": [
        "Starfield Services Root Certificate Authority - G2 (In the store? no)",
        "`- Amazon Root CA 1 (In the store? no)",
        "   `- Amazon RSA 2048 M01 (In the store? no)",
        "      `- email-smtp.us-east-1.amazonaws.com (In the store? no)",
    ],
    "success": [
        "Amazon Root CA 1 (In the store? yes)",
        "`- Amazon RSA 2048 M01 (In the store? no)",
        "   `- email-smtp.us-east-1.amazonaws.com (In the store? no)",
    ],
    "tls-inspection": [
        "CN=Example Holdings Root CA,OU=IT Security,O=Example Holdings,C=US (In the store? no)",
        "`- Example Holdings TLS Inspection CA 3 (In the store? no)",
        "   `- email-smtp.us-east-1.amazonaws.com (In the store? no)",
    ],
}


@pytest.mark.parametrize("sample", TREES)
def test_the_tree_is_the_way_to_the_anchor_or_to_the_gap(sample: str) -> None:
    report = triage([str(SAMPLES / sample)])
    lines = [line.removeprefix("    ") for line in text.render(report, verbose=True, width=120).splitlines()]
    tree = TREES[sample]
    assert tree == lines[lines.index(tree[0]) :][: len(tree)]
    assert "`- " not in text.render(report, width=120)
