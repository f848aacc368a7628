"""Cases that fail before a byte of mail is exchanged: DNS and TCP."""

from __future__ import annotations

from collections.abc import Mapping

from .capture import CaptureOptions
from .client import ClientSettings
from .expected import Expected, Facts, failed
from .model import DNS, MANAGER, NOBODY, SES_HOST, Case, Dns
from .pki import Hierarchy
from .voices import ALDER, LUMEN, POSTBOX, QUARRY, Voice


def _dns_case(voice: Voice, host: str, code: str, title: str, *, docker: bool = False) -> Case:
    def client(_: Mapping[str, str]) -> ClientSettings:
        return voice.client(587, "starttls", host=host, resolver=DNS)

    return Case(
        client=client,
        capture=CaptureOptions(f"port 587 or (udp port 53 and host {DNS})"),
        dns=Dns({}, otherwise=code),
        docker=docker,
        expected=Expected(
            title=title,
            configured={"host": host, "dns_answer": code, "mode": "STARTTLS"},
            whole=failed("dns-lookup-failed", "dns", "confirmed"),
            log=failed("dns-lookup-failed", "dns", "likely"),
            capture=failed("dns-lookup-failed", "dns", "confirmed"),
            facts=Facts(host, 587),
        ),
    )


def unknown_host(_: Hierarchy) -> Case:
    """The resolver knows no such name."""
    host = "email-smtp.us-esat-1.amazonaws.com"
    return _dns_case(QUARRY, host, "NXDOMAIN", "A typing error in the host name: NXDOMAIN")


def dns_servfail(_: Hierarchy) -> Case:
    """The resolver itself fails."""
    return _dns_case(ALDER, SES_HOST, "SERVFAIL", "The right name, but the resolver answers SERVFAIL", docker=True)


def refused(_: Hierarchy) -> Case:
    """Nothing listens."""

    def client(_: Mapping[str, str]) -> ClientSettings:
        extra = {"lab.failure.style": "print"}
        return POSTBOX.client(587, "starttls", hosts={SES_HOST: NOBODY}, extra=extra, wording="state")

    return Case(
        client=client,
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="Nothing listens on the port: the SYN is answered by RST",
            configured={"mode": "STARTTLS", "server": "none"},
            whole=failed("connection-refused", "tcp", "confirmed"),
            log=failed("connection-refused", "tcp", "likely"),
            capture=failed("connection-refused", "tcp", "confirmed"),
            facts=Facts(SES_HOST, 587),
        ),
    )


def timed_out(_: Hierarchy) -> Case:
    """No answer to the SYN."""

    def client(_: Mapping[str, str]) -> ClientSettings:
        return LUMEN.client(25, "starttls", hosts={SES_HOST: NOBODY}, timeout_ms=8000, zone="Europe/London")

    return Case(
        client=client,
        deaf=(NOBODY, 25),
        capture=CaptureOptions(f"tcp port 25 and host {MANAGER}"),
        expected=Expected(
            title="No answer to the SYN on port 25",
            configured={
                "mode": "STARTTLS",
                "server": "a listener whose backlog is full, so that the kernel drops every SYN",
                "connect_timeout_ms": 8000,
            },
            whole=failed("connection-timed-out", "tcp", "confirmed"),
            log=failed("connection-timed-out", "tcp", "likely"),
            capture=failed("connection-timed-out", "tcp", "likely").because(
                "SYN and its repetitions without an answer; a one-sided capture would look the same"
            ),
            facts=Facts(SES_HOST, 25),
        ),
    )
