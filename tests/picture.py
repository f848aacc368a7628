"""The picture of the page in README.md: `.ci/picture` writes docs/page.png with Debian's Chromium.

It shows the upper part of the page of samples/bundle, as a reader sees it first. It is no generated file of
`.ci/generate`: another release of the browser draws other pixels.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from generated import BUNDLE
from support import ROOT

TARGET = ROOT / "docs" / "page.png"
WIDTH, HEIGHT = 860, 1020
SCALE = 0.75
MOST_BYTES = 150_000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        made = [sys.executable, "-m", "sestriage", "triage", BUNDLE, "--no-save", "--lang", "en", "-o", str(page)]
        subprocess.run(made, cwd=ROOT, check=False, timeout=120)
        _draw(page)
    size = TARGET.stat().st_size
    print(f"{TARGET.relative_to(ROOT)}: {size} bytes")
    return 0 if size <= MOST_BYTES else 1


def _draw(page: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE, color_scheme="light"
        )
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.screenshot(path=str(TARGET))
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
