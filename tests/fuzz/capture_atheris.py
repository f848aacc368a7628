"""Coverage-guided fuzzing of a capture parser, with atheris where it is installed (it is no dependency).

    PYTHONPATH=src:tests python -m fuzz.capture_atheris tls -max_total_time=600

What follows the target goes to libFuzzer. A failure is an exception, or an input that takes more than 10 s.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from fuzz.capture_seeds import seeds
from fuzz.capture_targets import CAPTURE_TARGETS


def main() -> None:
    """Command line: target, then options of libFuzzer."""
    atheris = import_module("atheris")
    if len(sys.argv) < 2 or sys.argv[1] not in CAPTURE_TARGETS:
        sys.exit(f"usage: capture_atheris {'|'.join(CAPTURE_TARGETS)} [libFuzzer options]")
    name = sys.argv.pop(1)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            Path(folder, f"seed-{number}").write_bytes(seed)
        atheris.instrument_all()
        atheris.Setup([*sys.argv, "-timeout=10", "-rss_limit_mb=2048", folder], CAPTURE_TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
