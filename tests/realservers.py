"""Real servers on loopback: `openssl s_server`, and a Postfix of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailserver import Pki
from support import need_tool


@contextlib.contextmanager
def s_server(folder: Path, pki: Pki, *arguments: str) -> Iterator[int]:
    """openssl's own server, which speaks TLS from the first byte."""
    openssl = need_tool("openssl", "openssl")
    (folder / "leaf.pem").write_bytes(pki.leaf + pki.key)
    (folder / "chain.pem").write_bytes(pki.issuing)
    chain = ["-cert_chain", "chain.pem"] if pki.issuing else []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [openssl, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "leaf.pem", *chain]
    process = subprocess.Popen(
        [*command, "-quiet", *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.communicate()


POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
mydestination =
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtpd_tls_cert_file = {folder}/chain.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = may
"""
POSTFIX_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
cleanup unix n - n - 0 cleanup
"""


@contextlib.contextmanager
def postfix(folder: Path, pki: Pki) -> Iterator[int]:
    """A Postfix of its own, with its own queue, on a free port."""
    program = need_tool("postfix", "postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix can be started by root only")
    folder.chmod(0o755)
    for name in ("queue", "data", "conf"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "chain.pem").write_bytes(pki.leaf + pki.issuing)
    (folder / "key.pem").write_bytes(pki.key)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    (folder / "conf/main.cf").write_text(POSTFIX_MAIN.format(folder=folder))
    (folder / "conf/master.cf").write_text(POSTFIX_MASTER.format(port=port))
    command = [program, "-c", str(folder / "conf")]
    subprocess.run([*command, "start"], check=True, capture_output=True, timeout=30)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield port
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=30)
