"""How JSON is laid out: indented, short values on one line."""

from __future__ import annotations

import json
from collections.abc import Callable


def indented(value: object) -> str:
    """What `json.dumps(value, indent=2, allow_nan=False)` gives, in a fraction of the time.

    With an indentation the standard library does everything in Python, a generator for every level.
    """
    parts: list[str] = []
    _indent(value, "\n", parts.append)
    return "".join(parts)


def _indent(value: object, line: str, put: Callable[[str], None]) -> None:
    deeper = line + "  "
    if isinstance(value, dict) and value:
        start = "{" + deeper
        for key, item in value.items():
            leaf = _leaf(item)
            if leaf is not None:
                put(f"{start}{_string(key)}: {leaf}")
            else:
                put(f"{start}{_string(key)}: ")
                _indent(item, deeper, put)
            start = "," + deeper
        put(line + "}")
    elif isinstance(value, (list, tuple)) and value:
        start = "[" + deeper
        for item in value:
            put(start)
            _indent(item, deeper, put)
            start = "," + deeper
        put(line + "]")
    else:
        put(_leaf(value) or _scalar(value))


_string = json.encoder.encode_basestring_ascii


_scalar = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _leaf(value: object) -> str | None:
    """A value that nearly every key has: a text, a whole number, null, true or false; None for any other."""
    kind = type(value)
    if kind is str:
        return _string(value)  # type: ignore[arg-type]
    if kind is int:
        return str(value)
    return _CONSTANTS[value] if value is None or kind is bool else None  # type: ignore[index]
