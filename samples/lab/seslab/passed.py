"""Which steps the newest attempt of a case passed: what a report on the case may claim as proven, and no more.

Told from what the lab configures, in the order in which a session goes: is the name in the hosts file or the resolver,
does somebody listen at that address and port, do the client's mode and the port's agree, which replies does the server
give. Only whether the client's TLS refuses the server cannot be told from one setting (key sizes, versions, stores):
there the step is the one that the case was made to fail at (`whole.phase`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .client import ClientSettings
from .expected import Expected, View
from .model import Case
from .server import Endpoint, Replies

TLS, CERTIFICATE = "tls", "certificate"
LADDER = ("dns", "tcp", "greeting", "starttls", TLS, CERTIFICATE, "auth", "mail", "rcpt", "data", "accepted")
LEFT_AT = {
    "CONNECT": "greeting",
    "EHLO": "starttls",
    "STARTTLS": "starttls",
    "HELLO": TLS,
    "AUTH": "auth",
    "MAIL": "mail",
    "RCPT": "rcpt",
    "DATA": "data",
    "BODY": "data",
    "QUIT": None,
}
"""The step that does not come to its end when the server leaves at this command."""
BEFORE_ENCRYPTION = frozenset(LADDER[: LADDER.index("auth")])
"""What a capture can show of a STARTTLS session: the handshake, and that the client went on behind it."""
BEFORE_ENCRYPTION_WRAPPED = BEFORE_ENCRYPTION - {"greeting", "starttls"}
"""The same where TLS comes first: the greeting is encrypted, too."""


def passed(case: Case, settings: ClientSettings) -> tuple[str, ...]:
    """The steps that the newest attempt passed, in the order of the ladder of expected.json."""
    reached = set(_passed(case, settings))
    return tuple(step for step in LADDER if step in reached)


def _passed(case: Case, settings: ClientSettings) -> Iterator[str]:
    wrapper, host, port = _target(settings.properties)
    if _proxied(settings.properties):  # the proxy looks the name up, and connects
        address = case.proxy.names.get(host) if case.proxy is not None and not case.proxy.refusal else None
    else:
        address = _address(case, settings, host)
    if address is None:
        return
    if not _proxied(settings.properties):
        yield "dns"
    endpoint = next((each for each in case.endpoints if (each.address, each.port) == (address, port)), None)
    if endpoint is None:
        return
    yield "tcp"
    if wrapper != endpoint.wrapper or (case.proxy is not None and case.proxy.eager):
        return
    script, whole = _script(endpoint, settings, sum(each.early for each in case.by_hand)), case.expected.whole
    for step in _session(wrapper, script, whole, settings):
        if step == _left(script):
            return
        yield step


def _session(wrapper: bool, script: Replies, whole: View, settings: ClientSettings) -> Iterator[str]:
    """The steps behind the connection, as far as the replies and the client's trust let it come."""
    if not wrapper:
        yield from _clear_text(script)
        if not (script.greeting or "220").startswith("220") or not _starttls(script):
            return
    yield from _handshake(whole, settings)
    if whole.phase in (TLS, CERTIFICATE):
        return
    yield "greeting"
    yield from _dialogue(script, settings)


def _clear_text(script: Replies) -> Iterator[str]:
    if (script.greeting or "220").startswith("220"):
        yield "greeting"
        if _starttls(script):
            yield "starttls"


def _starttls(script: Replies) -> bool:
    offered = not script.ehlo or "STARTTLS" in script.ehlo
    return offered and script.starttls.startswith("220")


def _left(script: Replies) -> str | None:
    """The step at which the server leaves, None where it stays to the end (a session that ends at QUIT has all)."""
    return LEFT_AT[script.stop.at] if script.stop is not None else None


def _target(properties: Mapping[str, str]) -> tuple[bool, str, int]:
    protocol = properties["lab.protocol"]
    return protocol == "smtps", properties[f"mail.{protocol}.host"], int(properties[f"mail.{protocol}.port"])


def _proxied(properties: Mapping[str, str]) -> bool:
    return any(name.endswith((".proxy.host", ".socks.host")) for name in properties)


def _address(case: Case, settings: ClientSettings, host: str) -> str | None:
    if settings.resolver is not None:
        return case.dns.answers.get(host) if case.dns is not None else None
    return (settings.hosts or {}).get(host)


def _script(endpoint: Endpoint, settings: ClientSettings, tests: int) -> Replies:
    """What the server says to the newest attempt, behind so many tests by hand."""
    attempts = int(settings.properties["lab.attempts"]) + tests
    return endpoint.scripts[min(attempts, len(endpoint.scripts)) - 1]


def _handshake(whole: View, settings: ClientSettings) -> Iterator[str]:
    """JavaMail's own check of the host name comes after a finished handshake, every other one within it."""
    if whole.phase == TLS:
        return
    checks = any(name.endswith("checkserveridentity") for name in settings.properties)
    if whole.phase == CERTIFICATE and not checks:
        return
    yield TLS
    if whole.phase != CERTIFICATE:
        yield CERTIFICATE


def _dialogue(script: Replies, settings: ClientSettings) -> Iterator[str]:
    login = any(name.endswith(".auth") and value == "true" for name, value in settings.properties.items())
    rcpt = next((reply for reply in script.rcpts if not reply.startswith("250")), script.rcpt)
    steps = (("auth", script.auth, "235"),) if login else ()
    for step, reply, good in (*steps, ("mail", script.mail, "250"), ("rcpt", rcpt, "250")):
        if not reply.startswith(good):
            return
        yield step
    if not script.end_of_data:
        yield "data"
        yield "accepted"


def with_proven(case: Case, settings: ClientSettings) -> Expected:
    """The expectation of a case with the steps that each view may claim: a log tells of all, a capture without keys of
    those that are not encrypted."""
    expected, steps = case.expected, passed(case, settings)
    shown = BEFORE_ENCRYPTION_WRAPPED if _target(settings.properties)[0] else BEFORE_ENCRYPTION
    visible = tuple(step for step in steps if step in shown)
    return replace(
        expected,
        whole=replace(expected.whole, proven=steps),
        log=expected.log and replace(expected.log, proven=steps),
        capture=expected.capture and replace(expected.capture, proven=visible),
        keyed=expected.keyed and replace(expected.keyed, proven=steps),
    )


def rewrite_proven(case: Case, described: Path) -> None:
    """Writes the ``proven`` lists of an expected.json anew; everything else in it stays."""
    stores = dict.fromkeys(("manager", *case.other_stores), "unused.p12")
    fresh = json.loads(with_proven(case, case.client(stores)).to_json())
    expected = json.loads(described.read_text(encoding="utf-8"))
    for view in ("whole", "log", "capture", "keyed"):
        if expected.get(view):
            expected[view]["proven"] = fresh[view]["proven"]
    described.write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
