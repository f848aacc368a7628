"""How long `sestriage explain` takes, whole process, against `python3 -I -c 'import click'`; and `rules lint`.

    python tests/bench/bench_explain.py [RUNS] [SEED]

Prints ratios of medians; asserts nothing. Run it in an environment in which sestriage is installed: the program that
`pip` wrote is started, as a user starts it. Wanted: `explain ID` at most 1.6, a pasted error at most 4,
`rules lint` under 2 s.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from surroundings import as_users_have_it

from sestriage.rules.authoring.new_rule import skeleton
from sestriage.rules.files import listing, packaged_folder

PASTED = {
    "exact alias": "535 Authentication Credentials Invalid",
    "one exception": "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target",
    "with a host to redact": "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: "
    "relay.corp.example, 587; timeout -1; java.net.ConnectException: Connection refused",
    "a log event of five lines": "2026-11-20 09:12:44.310 ERROR 7 --- [a-1] c.x.EmailAction : Test Action failed\n"
    "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small\n"
    "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140)",
}


YARDSTICK = (sys.executable, "-I", "-c", "import click")


def seconds(command: Sequence[str]) -> float:
    """The whole process, once."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def ratio(command: Sequence[str], runs: int) -> float:
    """Median of a command over the median of its yardstick, run in turns so that a busy machine hits both."""
    pairs = [(seconds(YARDSTICK), seconds(command)) for _ in range(runs)]
    return statistics.median(own for _, own in pairs) / statistics.median(base for base, _ in pairs)


def main() -> None:
    """Measures and prints."""
    as_users_have_it()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    program = shutil.which("sestriage", path=str(Path(sys.executable).parent))
    if program is None:
        raise SystemExit("sestriage is not installed in this environment")
    ids = random.Random(seed).sample(sorted(listing()), 12)
    print(f"against `import click`, {runs} runs each in turns; seed {seed}")
    ratios = []
    for rule in ids:
        ratios.append(ratio([program, "explain", rule], runs))
        print(f"  {ratios[-1]:5.2f}  explain {rule}")
    print(f"  {max(ratios):5.2f}  the slowest of {len(ids)} ids (at most 1.6)")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{ids[0]}.toml").write_text(skeleton(ids[0]), encoding="utf-8")
        print(f"  {ratio([program, 'explain', '--rules', folder, ids[0]], runs):5.2f}  explain --rules DIR {ids[0]}")
    for name, text in PASTED.items():
        print(f"  {ratio([program, 'explain', text], runs):5.2f}  explain, {name} (at most 4)")
    lint = statistics.median(seconds([program, "rules", "lint"]) for _ in range(3))
    print(f"rules lint over {len(listing())} rules of {packaged_folder()}: {lint:.2f} s (under 2)")


if __name__ == "__main__":
    main()
