"""Bundles behind URLs, by fsspec where it is installed: `s3://`, `sftp://`, `https://`, …

Only what was named on the command line, or in a list that was named there, gets here.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final, cast

from sestriage.errors import InputError, reason_of
from sestriage.ingest.names import short_name
from sestriage.model.message import Message

URL: Final = re.compile(r"[a-z][a-z0-9+.-]{1,20}://")
HIDDEN: Final = "<secret>"
_PARTS: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{1,20}://)(?P<account>(?:(?P<user>[^/?#:@]*):(?P<password>[^/?#]*)|[^/?#@]*)@)?"
    r"(?P<rest>[^?#]*)(?P<mark>[?#])?",
)
REFUSED: Final = frozenset(
    {"file", "local", "memory", "reference", "simplecache", "filecache", "blockcache", "jupyter"}
)
"""Schemes of fsspec that are no place elsewhere: files have their own door, the others write to this machine."""


def is_url(name: str) -> bool:
    """It begins as a URL does. A path that looks so can be named as `./s3:/x`."""
    return URL.match(name) is not None


def without_secrets(url: str) -> str:
    """The URL as it may be shown and kept: without the password of an account, and without what stands behind `?` or
    `#`, which in a signed URL opens the door."""
    whole = _PARTS.match(url)
    if whole is None:
        return url
    account = f"{whole['user']}:{HIDDEN}@" if whole["password"] is not None else whole["account"] or ""
    return f"{whole['scheme']}{account}{whole['rest']}{whole['mark'] + HIDDEN if whole['mark'] else ''}"


def open_url(url: str) -> BinaryIO:
    """The content of a URL from its first byte. Raises `InputError`, also where what it needs is not installed."""
    scheme = url.partition("://")[0]
    if "::" in url or scheme in REFUSED:
        raise InputError(Message("{url} is no URL of a file elsewhere", url=short_name(without_secrets(url))))
    try:
        import fsspec
    except ImportError:
        raise InputError(
            Message("{scheme}:// needs the extra: pip install 'sestriage[fleet]'", scheme=scheme)
        ) from None
    try:
        return cast(BinaryIO, fsspec.open(url, "rb").open())
    except ImportError as error:  # a scheme has its own package
        told = Message("{scheme}:// needs one more package: {reason}", scheme=scheme, reason=reason_of(error))
        raise InputError(told) from None
    except FileNotFoundError:  # with the URL as its text
        raise InputError(Message("there is no {file}", file=short_name(without_secrets(url)))) from None
    except Exception as error:  # each scheme has its own errors
        raise InputError(reason_of(error)) from None
