"""Record transcripts of the local `openssl s_client` against real servers on loopback.

    python tests/formats/transcript/record.py tests/formats/transcript/recorded

The certificates are made anew each time; the transcripts in the folder were recorded with OpenSSL 3.0.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from ssl import TLSVersion

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import mailserver as ms

ONLY_12 = TLSVersion.TLSv1_2
STARTTLS = ("-starttls", "smtp")


def run(target: Path, port: int, arguments: Sequence[str], *, stderr: bool = True) -> None:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *arguments]
    done = subprocess.run(
        command,
        input=b"Q\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if stderr else subprocess.DEVNULL,
        timeout=20,
        check=False,
    )
    target.write_bytes(done.stdout)


def record(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        pki = ms.make_pki(days=3650)
        (work / "root.pem").write_bytes(pki.root)
        both = ms.tls_context(work, pki)
        only12 = ms.tls_context(work, pki, maximum=ONLY_12)
        dhe = ms.tls_context(work, pki, maximum=ONLY_12, ciphers="DHE+AESGCM", dh_bits=1024)
        ecdhe = ms.tls_context(work, pki, maximum=ONLY_12, ciphers="ECDHE+AESGCM")
        rsa = ms.tls_context(work, pki, maximum=ONLY_12, ciphers="AES128-GCM-SHA256")
        leaf = ms.tls_context(work, pki, served=pki.leaf)
        plain = ("email-smtp.amazonaws.com", "8BITMIME", "Ok")
        dhe_only = ("-tls1_2", "-cipher", "DHE")
        jobs: tuple[tuple[str, ms.Handler | None, tuple[str, ...], bool], ...] = (
            ("tls13-starttls-showcerts", ms.smtp(both), (*STARTTLS, "-showcerts"), True),
            ("tls12-starttls-showcerts", ms.smtp(only12), (*STARTTLS, "-showcerts", "-servername", ms.HOST), True),
            ("cisco-stdout-only", ms.smtp(both), (*STARTTLS, "-showcerts"), False),
            ("tls12-with-ca", ms.smtp(only12), (*STARTTLS, "-CAfile", str(work / "root.pem")), True),
            ("dhe-1024-seclevel-0", ms.smtp(dhe), (*STARTTLS, "-tls1_2", "-cipher", "DHE:@SECLEVEL=0"), True),
            ("dhe-1024-refused", ms.smtp(dhe), (*STARTTLS, "-tls1_2", "-cipher", "DHE:@SECLEVEL=2"), True),
            ("dhe-not-offered", ms.smtp(ecdhe), (*STARTTLS, *dhe_only), True),
            ("static-rsa", ms.smtp(rsa), STARTTLS, True),
            ("leaf-only", ms.smtp(leaf, wrapper=True), ("-showcerts",), True),
            ("wrapper-on-plain-port", ms.smtp(both), (), True),
            ("no-starttls", ms.smtp(both, capabilities=plain), STARTTLS, True),
            (
                "starttls-refused",
                ms.smtp(None, starttls="454 TLS not available due to temporary reason"),
                STARTTLS,
                True,
            ),
            ("refused", None, STARTTLS, True),
            ("closed-at-once", lambda sock: sock.close(), STARTTLS, True),
            ("hostname-mismatch", ms.smtp(both), (*STARTTLS, "-verify_hostname", "mail.example.com"), True),
            ("brief", ms.smtp(both), (*STARTTLS, "-brief"), True),
        )
        for title, handler, arguments, stderr in jobs:
            with ms.serving(handler) if handler is not None else nullcontext(9) as port:
                run(folder / f"{title}.txt", port, arguments, stderr=stderr)


if __name__ == "__main__":
    record(Path(sys.argv[1]))
