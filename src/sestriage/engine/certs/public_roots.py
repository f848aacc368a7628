"""Published roots out of the CA bundles of this machine: of Python's certifi package, and the system's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from sestriage.model.known.published import PublishedRoot
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
MAX_BUNDLE_BYTES = 16 << 20


class PublicRoots:
    """Finds a root by its published fingerprint; a bundle is read when the first root is asked for."""

    def __init__(self, extra: Sequence[str] = ()) -> None:
        self._extra = tuple(extra)
        self._found: dict[str, tuple[bytes, str]] | None = None

    def __call__(self, root: PublishedRoot) -> tuple[Certificate, str] | None:
        """The certificate with exactly this fingerprint, and the bundle that holds it; None when no bundle does."""
        from sestriage.formats.certs.x509 import parse_certificate

        if self._found is None:
            self._found = self._read()
        hit = self._found.get(root.sha256)
        return None if hit is None else (parse_certificate(hit[0], SourceRef(hit[1])), hit[1])

    def _read(self) -> dict[str, tuple[bytes, str]]:
        from sestriage.formats.certs import pem

        found: dict[str, tuple[bytes, str]] = {}
        for path in self._bundles():
            for block in pem.blocks(_content(path)):
                if block.content is not None:
                    found.setdefault(hashlib.sha256(block.content).hexdigest(), (block.content, path))
        return found

    def _bundles(self) -> list[str]:
        paths = list(self._extra)
        with suppress(ImportError):  # nothing here depends on certifi; it is used where it is installed
            paths.append(str(import_module("certifi").where()))
        return [*paths, *SYSTEM_BUNDLES]


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BUNDLE_BYTES)
    except OSError:
        return b""
