"""Dialogues and failures as lettre (Rust) and msmtp print them."""

from __future__ import annotations

import pytest

from sestriage.formats.log import parse_text
from sestriage.formats.log.dialogue_forms import line_of, reply_lines
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

LETTRE = "2026-11-20T09:12:44.{0:03}Z DEBUG lettre::transport::smtp::client::connection: {1}\n"
UP_TO_TLS = (
    "<< 220 mx.example.com ESMTP ready<CRLF>",
    "Wrote: EHLO smc.example.com<CRLF>",
    "<< 250-mx.example.com<CRLF>250-STARTTLS<CRLF>250 AUTH PLAIN<CRLF>",
    "Wrote: STARTTLS<CRLF>",
    "<< 220 2.0.0 Ready to start TLS<CRLF>",
)
LOGIN_REFUSED = (
    "Wrote: EHLO smc.example.com<CRLF>",
    "<< 250-mx.example.com<CRLF>250 AUTH PLAIN<CRLF>",
    "Wrote: AUTH PLAIN AGEAYg==<CRLF>",
    "<< 535 5.7.8 Error: authentication failed<CRLF>",
)


def failures(text: str) -> list[LogEvent]:
    return [event for event in parse_text(text, SourceRef("mail.log")) if event.outcome == "failure"]


def lettre(*lines: str) -> str:
    return "".join(LETTRE.format(number, line) for number, line in enumerate(lines))


def test_a_dialogue_of_lettre_shows_its_steps() -> None:
    (refused,) = failures(lettre(*UP_TO_TLS, *LOGIN_REFUSED))
    assert refused.reply_code == 535
    assert refused.phase is Phase.AUTH
    assert set(refused.answered) == {Phase.GREETING, Phase.STARTTLS, Phase.TLS, Phase.CERTIFICATE}


def test_a_dialogue_in_clear_text_shows_no_tls() -> None:
    (refused,) = failures(lettre(*UP_TO_TLS[:3], *LOGIN_REFUSED[2:]))
    assert set(refused.answered) == {Phase.GREETING}


def test_rustls_refuses_the_certificate_of_the_due_handshake() -> None:
    said = "2026-11-20T09:12:44.200Z ERROR alerts: could not send: invalid peer certificate: UnknownIssuer\n"
    (refused,) = failures(lettre(*UP_TO_TLS) + said)
    assert refused.mail
    assert refused.phase is Phase.CERTIFICATE


def test_the_same_words_of_another_client_are_no_mail() -> None:
    said = "2026-11-20T09:12:44.200Z ERROR feed: GET https://feed.example: invalid peer certificate: UnknownIssuer\n"
    assert not any(event.mail for event in failures(said))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("<< 250-a<CRLF>250 b<CRLF>", ["<< 250-a", "<< 250 b"]),
        ("<< 250 b<CRLF>", []),
        ("Wrote: EHLO a<CRLF>b", []),
        ("250-a<CRLF>250 b", []),
    ],
)
def test_a_reply_of_several_lines_in_one(text: str, lines: list[str]) -> None:
    assert reply_lines(text) == lines


@pytest.mark.parametrize("text", [">>>>>>> EHLO branch", "<<<<<<< 250 ok", ">>>> EHLO x"])
def test_the_mark_of_a_merge_conflict_is_no_side_of_a_dialogue(text: str) -> None:
    assert line_of(text).side is None


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("msmtp: TLS handshake failed: the certificate is not trusted", Phase.CERTIFICATE),
        ("msmtp: TLS handshake failed: A TLS packet with unexpected length was received.", Phase.TLS),
        ("msmtp: TLS certificate verification failed: the certificate hasn't got a known issuer", Phase.CERTIFICATE),
        (
            "Nov 20 09:12:44 smc msmtp: host=mx.example.com tls=on auth=on from=a@example.com recipients=b@example.com "
            "errormsg='TLS handshake failed: Connection reset by peer' exitcode=EX_PROTOCOL",
            Phase.TLS,
        ),
    ],
)
def test_msmtp_says_that_its_handshake_failed(text: str, phase: Phase) -> None:
    (failed,) = failures(text)
    assert failed.mail
    assert failed.phase is phase


@pytest.mark.parametrize("text", ["http: TLS handshake failed: EOF", "errormsg='no handshake' exitcode=0"])
def test_a_handshake_of_another_program_is_no_mail(text: str) -> None:
    assert not any(event.mail for event in failures(text))
