"""The commands of rules that ask a mail server, run against real ones: each shows what its text promises."""

from __future__ import annotations

import hashlib
import re
import ssl
import tempfile
from pathlib import Path

from mailserver import Pki, serving, smtp, tls_context
from realservers import postfix
from rules.commandlab import (
    Lab,
    both,
    closed_port,
    mail_server,
    make_full_certificate,
    names,
    old_server,
    punishing,
    strict_in_tls,
    without_renegotiation_info,
)
from rules.commandtable import runs
from rules.printed import shapes
from sestriage.rules.fixes.commands import PUBLISHED_LIST

# --- connection and chain ----------------------------------------------------------------------------------------


@runs
def test_the_way_is_open_and_a_certificate_is_shown(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert "CONNECTED" in good
    assert names(good, "subject=") == ["localhost"]
    assert "CONNECTED" not in refused
    assert "errno=111" in refused


@runs
def test_the_address_and_the_port(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert re.search(r"^(127\.0\.0\.1|::1) +STREAM", good, re.M)
    assert "CONNECTED" in good
    assert "CONNECTED" not in refused


@runs
def test_every_served_certificate_is_shown_with_its_issuer(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert good.count("-----BEGIN CERTIFICATE-----") == 2
    assert names(good, " i:") == ["Example RSA 2048 M01", "Example Root CA 1"]
    assert "BEGIN CERTIFICATE" not in refused
    assert ("UTC" in good.splitlines()[0]) is command.startswith("date")


@runs
def test_the_saved_chain_is_one_that_sestriage_exports(lab: Lab, pki: Pki, command: str) -> None:
    next(talk := both(lab, pki, command))
    talk.close()
    assert (lab.folder / "tmp/served-chain.txt").read_text().count("BEGIN CERTIFICATE") == 2
    if "smtps" in command:
        return
    lab.run("sestriage certs export /tmp/served-chain.txt --to sestriage-import --allow-unpublished")
    assert list((lab.folder / "sestriage-import").glob("*.pem"))


@runs
def test_the_dates_of_every_served_certificate(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert names(good, "subject=") == ["localhost", "Example RSA 2048 M01"]
    assert names(good, "issuer=") == ["Example RSA 2048 M01", "Example Root CA 1"]
    assert len(re.findall(r"^notBefore=.* GMT\nnotAfter=.* GMT$", good, re.M)) == 2
    assert "subject=" not in refused


@runs
def test_the_names_and_addresses_in_the_certificate(lab: Lab, command: str) -> None:
    good, _ = both(lab, make_full_certificate(), command)
    assert names(good, "Subject:") == ["relay.example.com"]
    assert "DNS:relay.example.com, IP Address:127.0.0.1" in good


@runs
def test_serial_number_and_where_revocation_is_published(lab: Lab, command: str) -> None:
    good, _ = both(lab, make_full_certificate(), command)
    assert names(good, "subject=") == ["relay.example.com"]
    assert "serial=0123456789ABCDEF0123" in good
    assert "URI:http://crl.example.com/a.crl" in good


@runs
def test_the_hash_of_a_public_key_is_the_one_that_is_listed(lab: Lab, pki: Pki, command: str) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    (lab.folder / "ca.pem").write_bytes(pki.root)
    key = x509.load_pem_x509_certificate(pki.root).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert lab.run(command, CERT="ca.pem").split()[0] == hashlib.sha256(spki).hexdigest()


# --- versions, suites and groups ---------------------------------------------------------------------------------


@runs
def test_a_session_of_tls_1_2_or_the_reason_against_it(lab: Lab, pki: Pki, command: str) -> None:
    good, _ = both(lab, pki, command)
    assert re.search(r"Protocol *: TLSv1\.2", good)
    with old_server(lab, pki, smtps="smtps" in command) as old:
        assert "alert protocol version" in (said := old.run(command)) or "unsupported protocol" in said
        assert not re.search(r"Protocol *: TLSv1\.2\n(?s:.*)Session-ID: \w", said)


@runs
def test_the_manager_s_list_succeeds_where_it_has_a_suite_of_the_server(lab: Lab, pki: Pki, command: str) -> None:
    good, _ = both(lab, pki, command)
    assert re.findall(r"Cipher is (?!TLS_|\(NONE)(\S+)", good)[-1] in PUBLISHED_LIST.split(":")
    lab.ciphers.write_text("ECDHE-ECDSA-AES128-GCM-SHA256\n")  # the server's key is RSA
    bad, _ = both(lab, pki, command)
    assert "alert handshake failure" in bad
    assert bad.count("Cipher is (NONE)") == 1
    assert ("ECDHE-ECDSA" in bad.splitlines()[0]) is command.startswith("cat")


@runs
def test_the_group_of_the_server(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert re.fullmatch(r"(Server|Peer) Temp Key: X25519, 253 bits\n", good)
    assert refused == ""


@runs
def test_the_size_of_the_dh_key(lab: Lab, pki: Pki, command: str) -> None:
    with mail_server(lab, tls_context(lab.folder, pki, ciphers="ECDHE+AESGCM:DHE+AESGCM", dh_bits=1024)) as served:
        said = served.run(command)
    assert ("DH, 1024 bits" in said) is ("DHE:" in command)
    assert ("X25519" in said) is ("DHE:" not in command)


@runs
def test_an_old_server_answers_the_second_command_alone(lab: Lab, pki: Pki, command: str) -> None:
    first, _, second = command.partition(" ; ")
    good, refused = both(lab, pki, first)
    assert "Cipher is ECDHE-RSA-AES256-GCM-SHA384" in good
    assert "errno" in refused
    for only in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with old_server(lab, pki, only=only) as old:
            assert "Cipher is (NONE)" in old.run(first)
            assert re.search(r"Cipher is ECDHE-\S+-SHA\b", old.run(second))


@runs
def test_the_option_goes_past_the_refusal(lab: Lab, command: str) -> None:
    """The scripted server has no certificate to show: that the client waits for one is what the option changes."""
    with serving(without_renegotiation_info) as port:
        plain = lab.at(port).run("{s_client} </dev/null")
        assert "unsafe legacy renegotiation disabled" in plain
        assert "unsafe legacy" not in lab.at(port).run(command)


@runs
def test_what_the_list_leaves(lab: Lab, command: str) -> None:
    for ciphers, usable in ((PUBLISHED_LIST, True), ("ECDHE-RSA-AES128-SHA", True), ("NONSENSE", False), ("", False)):
        lab.ciphers.write_text(ciphers + "\n")
        lines = lab.run(command).splitlines()
        if command.startswith("cat"):
            assert lines == [ciphers]
            continue
        assert "tls-ciphers" in lines[0]
        assert any(" Kx=" in line for line in lines) is usable


@runs
def test_the_new_list_is_written_and_loaded(lab: Lab, command: str) -> None:
    (undo,) = (each for each in shapes() if each.startswith("F={list} && ls"))
    former = "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256\n"
    lab.ciphers.write_text(former)
    assert lab.run(command) == "sw-response-mgmt\n"
    assert lab.ciphers.read_text() == PUBLISHED_LIST + "\n"
    lab.run(undo)
    assert lab.ciphers.read_text() == former
    assert (lab.folder / "docker.log").read_text() == "restart sw-response-mgmt\n" * 2


@runs
def test_the_former_list_comes_back_only_if_there_is_one(lab: Lab, command: str) -> None:
    assert "No such file" in lab.run(command)
    assert lab.ciphers.read_text() == PUBLISHED_LIST + "\n"
    assert not (lab.folder / "docker.log").exists()


# --- the dialogue ------------------------------------------------------------------------------------------------


@runs
def test_greeting_and_offer_then_tls(lab: Lab, pki: Pki, command: str) -> None:
    good, refused = both(lab, pki, command)
    assert good.startswith("220 email-smtp.amazonaws.com ESMTP")
    assert "250-STARTTLS" in good
    assert good.index("221 Bye") < good.index("CONNECTED")
    assert "refused" in refused


@runs
def test_greeting_and_offer(lab: Lab, command: str) -> None:
    with serving(punishing()) as port:
        said = lab.at(port).run(command).splitlines()
    offer = ["250-mail.example.com", "250-SIZE 10485760", "250-STARTTLS", "250 Ok", "221 Bye"]
    assert said[:6] == ["220 mail.example.com ESMTP", *offer]
    assert any(line.startswith("real\t") for line in said) is command.startswith("time ")
    assert "refused" in lab.at(closed_port()).run(command)


@runs
def test_greeting_and_offer_inside_tls(lab: Lab, pki: Pki, command: str) -> None:
    with serving(smtp(tls_context(lab.folder, pki), capabilities=("mail.example.com", "Ok"), wrapper=True)) as port:
        said = lab.at(port).run(command).replace("\r", "").splitlines()
    spoken = [line for line in said if re.match(r"\d{3}[ -]", line)]
    assert spoken[0].startswith("220 ")
    assert spoken[1:] == ["250-mail.example.com", "250 Ok", "221 Bye"]
    assert "refused" in lab.at(closed_port()).run(command)


@runs
def test_the_offer_after_tls(lab: Lab, pki: Pki, command: str) -> None:
    with serving(strict_in_tls(tls_context(lab.folder, pki))) as port:
        said = lab.at(port).run(command)
    assert "250 AUTH PLAIN LOGIN" in said.split("\n") or "250 AUTH PLAIN LOGIN\r" in said.split("\n")
    assert "bare" not in said


def test_postfix_takes_the_dialogue_and_shows_its_chain(lab: Lab, pki: Pki) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name, postfix(Path(name), pki) as port:
        assert lab.at(port).run("{dialogue}").startswith("220 mail.example.com ESMTP Postfix")
        shown = lab.at(port).run("{s_client} -showcerts </dev/null")
    assert names(shown, " i:") == ["Example RSA 2048 M01", "Example Root CA 1"]
