"""Messages of the system in other languages: from the catalogues of glibc, by hand, misread, and look-alikes."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from sestriage.engine.triage import triage
from sestriage.formats.log import parse_text
from sestriage.formats.log.wording.other_languages import MESSAGES, with_english
from sestriage.formats.log.wording.text import normalise
from sestriage.model.source import SourceRef

CATALOGUES = Path("/usr/share/locale")
LANGUAGES = [
    *("de", "fr", "es", "pt_BR", "pt", "it", "nl", "pl", "cs", "sv", "ru", "bg", "uk", "tr"),
    *("zh_CN", "zh_TW", "ja", "ko"),
]
OF_SOCKETS = [
    *("Connection refused", "Connection timed out", "Network is unreachable", "No route to host"),
    *("Connection reset by peer", "Name or service not known", "Temporary failure in name resolution"),
]


def english(text: str) -> str:
    return with_english(normalise(text), text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_messages_of_glibc(language: str) -> None:
    file = CATALOGUES / language / "LC_MESSAGES" / "libc.mo"
    if not file.is_file():
        pytest.skip("glibc's catalogue of this language is not installed")
    with file.open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    for message in OF_SOCKETS:
        said = catalogue.gettext(message)
        assert said != message
        assert f"({message})" in english(f"java.net.ConnectException: {said}")


RULES = [
    ("java.net.ConnectException", "连接超时", "connection-timed-out"),
    ("java.net.ConnectException", "連線被拒絕", "connection-refused"),
    ("java.net.ConnectException", "接続を拒否されました", "connection-refused"),
    ("java.net.ConnectException", "연결이 거부됨", "connection-refused"),
    ("java.net.ConnectException", "В соединении отказано", "connection-refused"),
    ("java.net.ConnectException", "Отказано свързване", "connection-refused"),
    ("java.net.ConnectException", "Conexión rehusada", "connection-refused"),
    ("java.net.ConnectException", "Conexão recusada", "connection-refused"),
    ("java.net.ConnectException", "Connexion refusée", "connection-refused"),
    ("java.net.NoRouteToHostException", "Нет маршрута до узла", "network-unreachable"),
    ("java.net.NoRouteToHostException", "没有到主机的路由", "network-unreachable"),
    ("java.net.SocketException", "La red es inaccesible", "network-unreachable"),
    ("java.net.SocketException", "ネットワークに到達できません", "network-unreachable"),
    ("java.net.UnknownHostException", "h.example.com: 未知的名称或服务", "dns-lookup-failed"),
    ("javax.net.ssl.SSLHandshakeException", "PKIX: 无法找到请求目标的有效证书路径", "pkix-path-not-found"),
    (
        "javax.net.ssl.SSLHandshakeException",
        "no se puede encontrar una ruta de certificación válida",
        "pkix-path-not-found",
    ),
]


@pytest.mark.parametrize(("name", "message", "rule"), RULES, ids=lambda value: str(value)[-24:])
def test_a_message_leads_to_the_rule_of_the_english_one(name: str, message: str, rule: str, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2026-11-29 10:00:00,000 ERROR [main] Failed to send e-mail\n"
        "javax.mail.MessagingException: Could not connect to SMTP host: h.example.com, port: 587;\n"
        f"  nested exception is:\n\t{name}: {message}\n"
    )
    primary = triage([str(log)]).verdict.primary
    assert primary is not None
    assert primary.rule == rule
    assert any(message.split(": ")[-1] in evidence.quote for evidence in primary.evidence), "as it stands in the file"


@pytest.mark.parametrize(
    ("written", "read"),
    [("utf-8", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "cp1251"), ("cp1251", "cp1252"), ("koi8-r", "cp1252")],
)
def test_russian_that_was_read_in_a_wrong_encoding(written: str, read: str) -> None:
    torn = "Время ожидания соединения истекло".encode(written).decode(read, "replace")
    if "\ufffd" in torn:
        pytest.skip("this encoding loses letters")
    assert "(Connection timed out)" in english(torn)


@pytest.mark.parametrize(
    "torn",
    [
        *("Conexi?n rehusada", "Connexion refus\ufffde", "Connexion refus??e", "ConexiÃ³n rehusada"),
        *("连接被拒绝".encode("gb18030").decode("latin-1"), "연결이 거부됨".encode("euc-kr").decode("cp1252")),
    ],
)
def test_letters_that_were_lost_or_torn(torn: str) -> None:
    assert "(Connection refused)" in english(torn)


@pytest.mark.parametrize(
    "text",
    [
        "Connection refused",
        "Die Verbindung wurde aufgebaut",
        "La connexion est ouverte",
        "?????????? ????????",
        "пользователь вошёл в систему",
        "用户已登录",
        "Ã¼ber den Wolken",
        "",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert english(text) == normalise(text)


def test_english_words_that_are_there_are_not_said_twice() -> None:
    said = "java.net.ConnectException: Verbindungsaufbau abgelehnt (Connection refused)"
    assert english(said) == said


def test_every_message_is_found_and_none_is_part_of_two() -> None:
    for meant, phrases in MESSAGES.items():
        for phrase in phrases:
            assert f"({meant})" in english(f"x {phrase} y")


def test_the_exception_keeps_its_words() -> None:
    (event,) = parse_text("java.net.ConnectException: В соединении отказано\n", SourceRef("x"))
    assert event.root_message == "В соединении отказано (Connection refused)"
    assert event.quote == "java.net.ConnectException: В соединении отказано"
