"""What stands around a text in a support file: twenty ways, each with its way back to the text."""

from __future__ import annotations

import html
import json
import urllib.parse
from collections.abc import Callable

TIME = "2026-11-24T03:46:02.318Z"
LOGGED = "2026-11-24 03:31:33.247 DEBUG [main] c.x.Mail - "


def _each(prefix: str, suffix: str = "") -> Callable[[str], str]:
    return lambda text: "".join(f"{prefix}{line}{suffix}\n" for line in text.split("\n"))


def _records(make: Callable[[str], object]) -> Callable[[str], str]:
    return lambda text: "".join(json.dumps(make(line), ensure_ascii=False) + "\n" for line in text.split("\n"))


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text + "\n",
    "between lines": lambda text: f"first line\n{text}\nlast line\n",
    "CRLF": lambda text: "first\r\n" + text.replace("\n", "\r\n") + "\r\nlast\r\n",
    "log lines": _each(LOGGED),
    "syslog": _each("Nov 24 03:46:02 mgr1 app[123]: "),
    "journal": _each("Nov 24 03:46:02 mgr1 docker/response[88]: "),
    "CRI": _each(f"{TIME} stdout F "),
    "compose": _each("response-1  | "),
    "indented": _each("        "),
    "quoted mail": _each("> "),
    "tab": _each("\t"),
    "Docker records": _records(lambda line: {"log": line + "\n", "stream": "stdout", "time": TIME}),
    "logger records": _records(lambda line: {"@timestamp": TIME, "message": line, "level": "DEBUG"}),
    "record in record": _records(lambda line: {"log": json.dumps({"message": line}, ensure_ascii=False) + "\n"}),
    "one JSON value": lambda text: json.dumps({"message": f"a\n{text}\nb"}, ensure_ascii=False) + "\n",
    "HTML": lambda text: f"<pre>\n{html.escape(text)}\n</pre>\n",
    "URL": lambda text: urllib.parse.quote(text, safe=" \n:/=&?") + "\n",
    "comment": _each("# "),
    "colours": lambda text: "".join(f"\x1b[31m{line}\x1b[0m\n" for line in text.split("\n")),
    "shell trace": _each("+ "),
}
