"""Record what scanners of TLS print about real servers on loopback: sslscan, testssl.sh and nmap of Debian 12.

    python tests/formats/transcript/record_scans.py tests/formats/transcript/scans

The certificates are made anew each time. sslscan 2.0.7, testssl.sh 3.0.8, nmap 7.93 recorded the files in the folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from ssl import TLSVersion

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import mailserver as ms

ONLY_12 = TLSVersion.TLSv1_2


def run(target: Path, settings: Path, command: Sequence[str]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=200,
        check=False,
        env=dict(os.environ, TERM="dumb", OPENSSL_CONF=str(settings)),
    )
    target.write_bytes(done.stdout)


OLD_KEYS = """openssl_conf = o
[o]
ssl_conf = s
[s]
system_default = d
[d]
CipherString = DEFAULT:@SECLEVEL=0
"""
"""What lets the scanners' OpenSSL take part in a handshake with a small DH key."""


def record(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        settings = work / "openssl.cnf"
        settings.write_text(OLD_KEYS)
        pki = ms.make_pki(days=3650)
        small = ms.tls_context(work, pki, maximum=ONLY_12, ciphers="DHE+AESGCM", dh_bits=1024)
        mixed = ms.tls_context(work, pki, ciphers="ECDHE+AESGCM:DHE+AESGCM", dh_bits=1024)
        old = ms.tls_context(work, pki, ciphers="AES128-SHA", minimum=TLSVersion.TLSv1, maximum=TLSVersion.TLSv1_1)
        new = ms.tls_context(work, pki, served=pki.leaf, minimum=TLSVersion.TLSv1_3)
        sslscan, testssl = ["sslscan", "--starttls-smtp"], ["testssl", "--warnings", "off", "--color", "0", "--quiet"]
        testssl += ["-t", "smtp", "-p", "-s", "-f", "-P", "-S", "-E", "--fast"]
        nmap = ["nmap", "-Pn", "-sV", "--version-light", "-p", "10587", "--script", "ssl-enum-ciphers,ssl-cert"]
        for title, context in (("dhe-1024", small), ("mixed", mixed), ("old", old), ("tls13", new)):
            with ms.serving(ms.smtp(context)) as port:
                here = f"127.0.0.1:{port}"
                run(folder / f"sslscan-{title}.txt", settings, [*sslscan, f"--sni-name={ms.HOST}", here])
                run(folder / f"testssl-{title}.txt", settings, [*testssl, here])
            with ms.serving(ms.smtp(context), port=10587):
                run(folder / f"nmap-{title}.txt", settings, [*nmap, "127.0.0.1"])
        with ms.serving(ms.smtp(mixed)) as port:
            shown = [*sslscan, "--show-certificate", "--no-colour", f"127.0.0.1:{port}"]
            run(folder / "sslscan-certificate.txt", settings, shown)
        with ms.serving(lambda sock: sock.close()) as port:
            run(folder / "sslscan-closed.txt", settings, [*sslscan, f"127.0.0.1:{port}"])


if __name__ == "__main__":
    record(Path(sys.argv[1]))
