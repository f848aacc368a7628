"""The Manager of the closed loop: an SMTP form, a trust store, a cipher list, and the real JavaMail client."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from seslab.capture import CaptureOptions, capturing
from seslab.client import ClientSettings, run_client
from seslab.model import SES, SES_HOST
from seslab.settings import RECIPIENT, SENDER, SMTP_PASSWORD, USER, jvm_trust, own_factory
from seslab.stores import KEYTOOL, PASSWORD
from seslab.voices import HARBOR

LOG = Path("/lancope/var/logs/containers/sw-response-mgmt.log")
CIPHERS = Path("/lancope/services/swos-compliance/security/tls-ciphers")
STORE = Path("/lancope/services/trust-store/truststore.p12")
LOADED_CIPHERS = Path("/container/tls-ciphers")
"""The list as the container read it at its last start."""

PROPERTIES: Mapping[str, str] = {
    "SMTP SERVER": "mail.{protocol}.host",
    "PORT": "mail.{protocol}.port",
    "FROM EMAIL": "lab.from",
    "USER NAME": "lab.user",
    "PASSWORD": "lab.password",
    "ENCRYPTION TYPE": "lab.protocol",
    "To": "lab.to",
}
"""Field of the Manager's menus to the property of the client that it becomes."""
PROTOCOLS: Mapping[str, tuple[str, str]] = {
    "STARTTLS": ("smtp", "starttls"),
    "SMTPS": ("smtps", "smtps"),
    "UN-ENCRYPTED": ("smtp", "plain"),
}
"""ENCRYPTION TYPE to JavaMail's protocol and the lab's mode."""
GOOD_FORM: Mapping[str, str] = {
    "SMTP SERVER": SES_HOST,
    "PORT": "587",
    "FROM EMAIL": SENDER,
    "USER NAME": USER,
    "PASSWORD": SMTP_PASSWORD,
    "ENCRYPTION TYPE": "STARTTLS",
    "To": RECIPIENT,
}
ALIAS = "mail.example.com"
NAMES: Mapping[str, str] = {SES_HOST: SES, ALIAS: SES}
"""What the lab's names resolve to."""
PORTS = "tcp port 25 or 465 or 587 or 2465 or 2587 or 5870"


@dataclass
class Manager:
    """`tls` is the client's TLS: `default` (the JVM's), `jsse` (own factory, checks the name) or `openssl`."""

    form: dict[str, str]
    work: Path
    tls: str = "default"
    runs: int = 0
    imported: list[Path] = field(default_factory=list)

    def enter(self, values: Mapping[str, str]) -> None:
        """Fill in fields of the form and apply."""
        assert values.keys() <= PROPERTIES.keys(), values
        self.form.update(values)

    def import_certificate(self, file: Path, friendly_name: str) -> None:
        """General > Trust Store > Add New: keytool on the store; a store that cannot be opened is written anew."""
        command = [*KEYTOOL, "-importcert", "-noprompt", "-alias", friendly_name, "-file", str(file)]
        command += ["-keystore", str(STORE), "-storetype", "PKCS12", "-storepass", PASSWORD]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0 and "keystore password was incorrect" not in done.stdout + done.stderr:
            STORE.unlink()
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            STORE.unlink()
            done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        self.imported.append(file)

    @property
    def capture(self) -> Path:
        """The capture of the newest Test Action."""
        return self.work / f"test-action-{self.runs}.pcap"

    def test_action(self) -> bool:
        """Press Test Action: capture, send; the log grows. True for the client's own word of success."""
        self.runs += 1
        with capturing(CaptureOptions(PORTS), self.capture):
            run = run_client(self._client(), self.work)
        with LOG.open("ab") as log:
            log.write(run.log)
        return b"completed successfully" in run.log

    def _client(self) -> ClientSettings:
        protocol, mode = PROTOCOLS[self.form["ENCRYPTION TYPE"]]
        settings = HARBOR.client(
            int(self.form["PORT"]),
            mode,
            host=self.form["SMTP SERVER"],
            hosts=NAMES,
            extra=self._extra(protocol),
            timeout_ms=4000,
            jvm_options=jvm_trust(str(STORE)),
        )
        if self.form["USER NAME"]:
            return settings
        login = ("lab.user", "lab.password", f"mail.{protocol}.auth")
        return replace(settings, properties={k: v for k, v in settings.properties.items() if k not in login})

    def _extra(self, protocol: str) -> dict[str, str]:
        values = {**self.form, "ENCRYPTION TYPE": protocol}
        extra = {name.format(protocol=protocol): values[menu] for menu, name in PROPERTIES.items()}
        if self.tls != "default":
            extra |= own_factory(self.tls, str(STORE))
            extra |= {"lab.endpoint.check": "true", "mail.smtps.socketFactory.fallback": "false"}
        if self.tls == "openssl":
            tokens = LOADED_CIPHERS.read_text().strip().split(":")
            extra["lab.tls.protocols"] = "TLSv1.2"
            extra["lab.tls.ciphers"] = ":".join(token for token in tokens if not token.startswith("TLS_"))
        return extra


def install(store: Mapping[str, bytes] | None = None) -> None:
    """The Manager's folders, and the programs that stand in for docker and sestriage."""
    import os
    import sys

    for path in (LOG, CIPHERS, STORE):
        path.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_bytes(b"")
    programs = Path("/container/bin")
    shutil.copyfile(Path(__file__).with_name("docker.sh"), programs / "docker")
    (programs / "sestriage").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sestriage "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    hosts = Path("/container/hosts")
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in NAMES.items()))
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)
