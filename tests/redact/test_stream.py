"""Redaction block by block gives what redaction of the whole gives."""

from __future__ import annotations

import pytest

from sestriage.redact import Redactor, strip_secrets
from sestriage.redact.stream import BLOCK_CHARS, MAX_LINE_CHARS, redact_lines

KEY = "-----BEGIN PRIVATE KEY-----\n" + ("QUJD" * 16 + "\n") * 20 + "-----END PRIVATE KEY-----\n"
BLOCK = 2048
TAILS = [
    KEY,
    "334 UGFzc3dvcmQ6\nc2VjcmV0\n235 ok\n",
    "AUTH PLAIN AGpvZQBodW50ZXIy\n  aHVudGVyMg==\nend\n",
    "login BLBM/9hSUELfq8Gw+rU1YcBj\n  kOxGbhT2XG763xVLGWL9 end\n",
    "soc@customer.example at 10.1.2.3\n",
]


@pytest.mark.parametrize("tail", TAILS)
def test_a_block_never_ends_inside_a_secret(tail: str) -> None:
    """The border of a block is moved over every place of the secret."""
    whole_tail = Redactor().redact(tail)
    assert whole_tail != tail
    for shift in range(0, len(tail) + 8, 7):
        filler = "plain words of a log.\n" * ((BLOCK - shift) // 22)
        text = filler + "x" * (BLOCK - shift - len(filler) - 1) + "\n" + tail
        out = "".join(redact_lines(text.splitlines(keepends=True), Redactor().redact, BLOCK))
        assert out.endswith(whole_tail)
        assert out.count("\n") == text.count("\n")


def test_bounded_blocks() -> None:
    sizes: list[int] = []

    def clean(block: str) -> str:
        sizes.append(len(block))
        return block

    endless = ("QUJD" * 20 + "\n" for _ in range(10_000))
    assert sum(len(piece) for piece in redact_lines(endless, clean)) == 810_000
    assert max(sizes) < 2 * BLOCK_CHARS


def test_an_endless_line_is_cut() -> None:
    pieces = list(redact_lines(["a" * (MAX_LINE_CHARS + 5)], strip_secrets))
    assert "".join(pieces) == "a" * (MAX_LINE_CHARS + 5)
    assert len(pieces) == 2
