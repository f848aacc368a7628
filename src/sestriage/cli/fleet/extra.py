"""What `sestriage fleet` needs beside the usual: the extra `fleet`."""

from __future__ import annotations

from importlib.util import find_spec

from sestriage.errors import InputError
from sestriage.model.message import Message


def need(*packages: str) -> None:
    """Raises `InputError` where one of the packages is not installed."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise InputError(
            Message("{packages} is not installed: pip install 'sestriage[fleet]'", packages=", ".join(missing))
        )
