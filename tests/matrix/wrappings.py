"""What container runtimes, log daemons, editors and terminals make of a log, after their documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from matrix.lablogs import MONTHS, LabLog

Wrap = Callable[[LabLog], bytes]

POD = "sw-response-mgmt-6d5f9c7b4-x2x9k"
PART = 97
"""Characters after which a runtime splits a line here (really 16 KiB): most lines of a trace are split then."""


def _joined(lines: list[str], end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode()


def _nanoseconds(at: datetime) -> str:
    """RFC 3339 with nine digits, as Docker and CRI print it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "417Z"


def _parts(line: str) -> list[str]:
    return [line[at : at + PART] for at in range(0, len(line), PART)] or [""]


# --- containers --------------------------------------------------------------------------------------------------


def _docker_line(text: str, at: datetime) -> str:
    """Go's encoding/json, which escapes <, > and & too."""
    written = json.dumps({"log": text, "stream": "stdout", "time": _nanoseconds(at)}, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def docker_json_file(log: LabLog) -> bytes:
    return _joined([_docker_line(line + "\n", at) for line, at in zip(log.lines, log.times, strict=True)])


def docker_json_file_split(log: LabLog) -> bytes:
    """Long lines in several records, only the last of which ends in a newline."""
    wrapped: list[str] = []
    for line, at in zip(log.lines, log.times, strict=True):
        *begun, last = _parts(line)
        wrapped += [_docker_line(part, at) for part in begun] + [_docker_line(last + "\n", at)]
    return _joined(wrapped)


def docker_logs_t(log: LabLog) -> bytes:
    return _joined([f"{_nanoseconds(at)} {line}" for line, at in zip(log.lines, log.times, strict=True)])


def compose(log: LabLog) -> bytes:
    return _joined([f"sw-response-mgmt-1  | {line}" for line in log.lines])


def compose_t(log: LabLog) -> bytes:
    return _joined(
        [f"sw-response-mgmt-1  | {_nanoseconds(at)} {line}" for line, at in zip(log.lines, log.times, strict=True)]
    )


def compose_beside_another(log: LabLog) -> bytes:
    """A line of another container between any two."""
    wrapped: list[str] = []
    for number, line in enumerate(log.lines):
        wrapped += [f"sw-response-mgmt-1  | {line}", f"database-1          | checkpoint {number} complete"]
    return _joined(wrapped)


def cri(log: LabLog) -> bytes:
    """The CRI log format: time, stream, P(artial) or F(ull), text."""
    return _joined([f"{_nanoseconds(at)} stdout F {line}" for line, at in zip(log.lines, log.times, strict=True)])


def cri_partial(log: LabLog) -> bytes:
    wrapped: list[str] = []
    for line, at in zip(log.lines, log.times, strict=True):
        *begun, last = _parts(line)
        wrapped += [f"{_nanoseconds(at)} stdout P {part}" for part in begun]
        wrapped.append(f"{_nanoseconds(at)} stdout F {last}")
    return _joined(wrapped)


def kubectl_prefix(log: LabLog) -> bytes:
    return _joined([f"[pod/{POD}/response] {line}" for line in log.lines])


def kubectl_prefix_timestamps(log: LabLog) -> bytes:
    return _joined(
        [f"[pod/{POD}/response] {_nanoseconds(at)} {line}" for line, at in zip(log.lines, log.times, strict=True)]
    )


# --- log daemons (rsyslogd and journald themselves: see daemons.py) -----------------------------------------------


def _bsd(at: datetime) -> str:
    return f"{MONTHS[at.month - 1]} {at.day:2d} {at:%H:%M:%S}"


def syslog_traditional(log: LabLog) -> bytes:
    """A prefix on every line, `#011` for tab, the local time of an appliance that runs on UTC."""
    return _joined(
        [
            f"{_bsd(at)} smc sw-response-mgmt[812]: {_escaped(line)}"
            for line, at in zip(log.lines, log.times, strict=True)
        ]
    )


def syslog_iso(log: LabLog) -> bytes:
    return _joined(
        [
            f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 smc sw-response-mgmt[812]: {_escaped(line)}"
            for line, at in zip(log.lines, log.times, strict=True)
        ]
    )


def _escaped(line: str) -> str:
    """rsyslog writes control characters as # and three octal digits."""
    return re.sub(r"[\x00-\x1f\x7f]", lambda match: f"#{ord(match[0]):03o}", line)


def syslog_5424(log: LabLog) -> bytes:
    return _joined(
        [
            f"<14>1 {at:%Y-%m-%dT%H:%M:%S.%f}Z smc sw-response-mgmt 812 - - {line}"
            for line, at in zip(log.lines, log.times, strict=True)
        ]
    )


def service_wrapper(log: LabLog) -> bytes:
    return _joined(
        [f"INFO   | jvm 1    | {at:%Y/%m/%d %H:%M:%S} | {line}" for line, at in zip(log.lines, log.times, strict=True)]
    )


# --- editors, terminals, other systems ---------------------------------------------------------------------------


def crlf(log: LabLog) -> bytes:
    return _joined(list(log.lines), "\r\n")


def utf8_bom(log: LabLog) -> bytes:
    return log.text.encode("utf-8-sig")


def utf16_little(log: LabLog) -> bytes:
    return b"\xff\xfe" + log.text.replace("\n", "\r\n").encode("utf-16-le")


def utf16_big(log: LabLog) -> bytes:
    return b"\xfe\xff" + log.text.encode("utf-16-be")


def utf16_without_mark(log: LabLog) -> bytes:
    return log.text.encode("utf-16-le")


def latin1_debris(log: LabLog) -> bytes:
    """Lines of 8-bit text before and between the events, as an old German tool writes them."""
    wrapped: list[bytes] = []
    for number, line in enumerate(log.lines):
        if number in log.starts and line[:1].isdigit():
            head = line[:23] if line[4:5] == "-" else line[:12]
            wrapped.append(f"{head} INFO  [scheduler-9] Gerät für Zürich geprüft, Größe 4 µm".encode("latin-1"))
        wrapped.append(line.encode())
    return "Übersicht für den 24. November\n".encode("latin-1") + b"".join(line + b"\n" for line in wrapped)


def ansi_lines(log: LabLog) -> bytes:
    return _joined([f"\x1b[0;39m{line}\x1b[m" for line in log.lines])


def ansi_words(log: LabLog) -> bytes:
    """Spring Boot's colours: level and logger coloured, the rest faint; and what less and grep add."""
    colours = {"ERROR": "31", "WARN": "33", "INFO": "32", "DEBUG": "36", "Exception": "1;31"}
    lines = list(log.lines)
    for word, code in colours.items():
        lines = [line.replace(word, f"\x1b[{code}m\x1b[K{word}\x1b[m\x1b[K") for line in lines]
    return _joined(lines)


# --- on top of each other ----------------------------------------------------------------------------------------


def _over(outer: Wrap, inner: Wrap) -> Wrap:
    def wrap(log: LabLog) -> bytes:
        lines = inner(log).decode().removesuffix("\n").split("\n")
        assert len(lines) == len(log.lines), "one line must stay one line"
        return outer(LabLog(log.name, tuple(lines), log.times, log.starts, log.beside, log.expected))

    wrap.__name__ = f"{outer.__name__} over {inner.__name__}"
    return wrap


def changing(log: LabLog) -> bytes:
    """One wrapping up to the middle event, none for the next one, another one from there on. A dialogue of
    `mail.debug`, which is one conversation, stays in one."""
    starts = [start for start in log.starts if not log.lines[start].startswith("DEBUG")]
    first = starts[len(starts) // 2]
    second = next((start for start in starts if start > first), len(log.lines))
    pieces = ((docker_json_file, 0, first), (None, first, second), (syslog_iso, second, len(log.lines)))
    out = b""
    for wrap, begin, end in pieces:
        part = LabLog(log.name, log.lines[begin:end], log.times[begin:end], (), log.beside, log.expected)
        out += part.text.encode() if wrap is None else wrap(part)
    return out


def gap_in_syslog(log: LabLog) -> bytes:
    """journald's and rsyslog's words for lost lines, between the events."""
    lines = syslog_iso(log).decode().split("\n")
    for start in reversed(log.starts):
        at = log.times[start] + timedelta(milliseconds=1)
        said = f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 smc rsyslogd[1]: imjournal: 97 messages lost due to rate-limiting"
        lines.insert(start, said)
    return "\n".join(lines).encode()


def quoted(log: LabLog) -> bytes:
    """In the answer to a mail."""
    return _joined([f"> {line}" for line in log.lines])


WRAPS: tuple[Wrap, ...] = (
    *(docker_json_file, docker_json_file_split, docker_logs_t, compose, compose_t, compose_beside_another),
    *(cri, cri_partial, kubectl_prefix, kubectl_prefix_timestamps),
    *(syslog_traditional, syslog_iso, syslog_5424, gap_in_syslog, service_wrapper),
    *(crlf, utf8_bom, utf16_little, utf16_big, utf16_without_mark, latin1_debris, ansi_lines, ansi_words, quoted),
    _over(docker_json_file, syslog_traditional),
    _over(docker_json_file, compose_t),
    _over(syslog_iso, docker_logs_t),
    _over(syslog_traditional, docker_json_file),
    _over(kubectl_prefix, cri),
    _over(compose, kubectl_prefix),
    _over(cri, docker_json_file),
    _over(crlf, syslog_iso),
    _over(utf16_little, docker_json_file),
    _over(ansi_lines, compose),
    _over(quoted, docker_json_file),
    _over(quoted, syslog_iso),
    _over(docker_json_file, _over(syslog_iso, docker_logs_t)),
    changing,
)
