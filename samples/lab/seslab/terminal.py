"""Commands that somebody types on the Manager, and the terminal that shows them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

PROMPT = "[root@smc ~]# "
SECONDS = 20


def typed(line: str, hosts: Mapping[str, str], work: Path) -> bytes:
    """Runs a shell line where ``hosts`` are known; prompt, line, and what it prints on both channels."""
    known = Path(tempfile.mkdtemp(dir=work)) / "hosts"
    known.write_text("".join(f"{address} {host}\n" for host, address in hosts.items()))
    script = f'mount --bind "{known}" /etc/hosts && exec sh -c "$1" 2>&1'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", line],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    return f"{PROMPT}{line}\n".encode() + done.stdout
