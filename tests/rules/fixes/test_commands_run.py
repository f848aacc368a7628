"""The commands of rules, run: names, packets, files of the Manager, AWS; and each command of every rule is among those
that a test runs."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from pathlib import Path

import pytest

from mailserver import Pki
from rules.commandlab import Lab, closed_port, txt_server
from rules.commandtable import TABLE, runs
from rules.printed import shapes
from support import in_ci, need_tool

# --- names, routes, packets --------------------------------------------------------------------------------------


@runs
def test_a_name_has_an_address_or_nothing_is_printed(lab: Lab, command: str) -> None:
    assert re.match(r"(127\.0\.0\.1|::1) +(STREAM )?localhost", lab.run(command))
    assert lab.at(0, "no-such-host.invalid").run(command, RES_OPTIONS="timeout:1 attempts:1") == ""


@runs
def test_addresses_and_routes(lab: Lab, command: str) -> None:
    need_tool("ip", "iproute2")
    said = lab.run(command)
    assert re.match(r"(127\.0\.0\.1|::1) +STREAM", said)
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    assert routes in said


@runs
def test_names_in_the_container(lab: Lab, command: str) -> None:
    said = lab.run(command)
    if command.startswith("docker"):
        own = subprocess.run("getent hosts $(hostname)", shell=True, capture_output=True, text=True).stdout
        assert said == own
        return
    servers = [line for line in Path("/etc/resolv.conf").read_text().splitlines() if line.startswith("nameserver")]
    assert said.splitlines()[: len(servers)] == servers
    assert len(re.findall(r"^(?:127\.0\.0\.1|::1) +localhost", said, re.M)) == 2


@runs
def test_the_largest_packet_that_passes(lab: Lab, command: str) -> None:
    for tool in ("ping", "tracepath"):
        need_tool(tool, f"iputils-{tool}")
    said = lab.at(0, "127.0.0.1").run(command)
    assert "1472 passes" in said
    assert "pmtu" in said
    deaf = lab.at(0, "no-such-host.invalid").run(command, RES_OPTIONS="timeout:1 attempts:1")
    assert deaf.endswith("no answer to ping at any size: says nothing\n") or "says nothing" in deaf
    assert "passes" not in deaf


@runs
def test_the_key_of_a_selector(lab: Lab, command: str) -> None:
    need_tool("dig", "bind9-dnsutils")
    with txt_server("v=DKIM1; p=MIGf") as (port, asked):
        (lab.folder / ".digrc").write_text(f"@127.0.0.1 -p {port} +tries=1 +time=5\n")
        said = lab.run(command, DKIM_SELECTOR="abc", DKIM_DOMAIN="example.com")
    assert said == '"v=DKIM1; p=MIGf"\n'
    assert asked == ["abc._domainkey.example.com"]


@runs
def test_a_capture_of_a_test_action_holds_names_and_mail(lab: Lab, command: str) -> None:
    need_tool("tcpdump", "tcpdump")
    if os.geteuid() != 0:
        (pytest.fail if in_ci() else pytest.skip)("needs root: tcpdump on a real interface")
    process = lab.start(command.replace("tcpdump ", "tcpdump -Z root "))
    try:
        assert process.stderr is not None
        while "listening on" not in (line := process.stderr.readline()):
            assert line, "tcpdump ended"
        for port in (25, 465, 587, 2465, 2587):
            with socket.socket() as probe:
                probe.connect_ex(("127.0.0.1", port))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
            query.sendto(b"\0" * 20, ("127.0.0.1", 53))
        with socket.socket() as other:
            other.connect_ex(("127.0.0.1", closed_port()))
    finally:
        time.sleep(1.2)  # longer than the kernel keeps packets back; a person takes longer
        process.terminate()  # as Ctrl-C; SIGINT may be ignored in the background
        process.communicate(timeout=20)
    read = ["tcpdump", "-nn", "-r", str(lab.folder / "tmp/test-action.pcap")]
    shown = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    ports = set(map(int, re.findall(r"> 127\.0\.0\.1\.(\d+): (?:Flags \[S\]|(?!Flags)\S)", shown)))
    assert {25, 53, 465, 587, 2465, 2587} <= ports
    assert {port for port in ports if port < 32768} == {25, 53, 465, 587, 2465, 2587}


# --- files of the Manager ----------------------------------------------------------------------------------------


@runs
def test_what_stands_around_the_message(lab: Lab, command: str) -> None:
    said = lab.run(command)
    wanted = {"-A": "the reason", "-B 20": "Service.java:388", "-B 5": "Received fatal alert"}
    assert next(words for option, words in wanted.items() if f"-n {option}" in command) in said


@runs
def test_the_log_is_copied(lab: Lab, command: str) -> None:
    assert "sw-response-mgmt.log" in lab.run(command)
    assert "ClassCastException" in (lab.folder / "tmp/sw-response-mgmt.log").read_text()


@runs
def test_the_store_of_the_mail_service(lab: Lab, command: str) -> None:
    mount, option, file = lab.run(command).splitlines()
    assert mount == "/lancope/store -> /store"
    assert option == "trustStore=/store/truststore.p12"
    assert file.endswith("/store/truststore.p12")


@runs
def test_when_the_container_started(lab: Lab, command: str) -> None:
    assert lab.run(command) == "2026-11-20T09:00:00.123456789Z\n"


@runs
def test_the_clock_is_shown(lab: Lab, command: str) -> None:
    assert re.search(r"\d\d:\d\d:\d\d.* UTC", lab.run(command))


@runs
def test_a_root_is_imported_into_a_copy(lab: Lab, pki: Pki, command: str) -> None:
    need_tool("keytool", "default-jdk-headless")
    (lab.folder / "sestriage-import").mkdir()
    (lab.folder / "sestriage-import/AmazonRootCA1.pem").write_bytes(pki.root)
    assert "Certificate was added" in lab.run(command, "changeit\nchangeit\n", UNMARKED_PATH="store.p12")
    listed = lab.run("sestriage certs show store.p12")
    assert "amazonrootca1" in listed


# --- programs of ours, and the shell -----------------------------------------------------------------------------


@runs
def test_certificates_are_shown(lab: Lab, pki: Pki, command: str) -> None:
    (lab.folder / "chain.pem").write_bytes(pki.leaf + pki.issuing)
    said = lab.run(command, SERVED_PATH="chain.pem", STORED_PATH="chain.pem")
    assert "Example RSA 2048 M01" in said
    assert "SHA-256" in said


@runs
def test_certificates_are_saved(lab: Lab, pki: Pki, command: str) -> None:
    (lab.folder / "chain.pem").write_bytes(pki.leaf + pki.issuing + pki.root)
    lab.run(command, CHAIN_FILE="chain.pem", EVIDENCE_FILE="chain.pem")
    assert {path.suffix for path in (lab.folder / "sestriage-import").iterdir()} == {".pem", ".txt"}


@runs
def test_a_password_is_derived(lab: Lab, command: str) -> None:
    """The secret of AWS's documentation; the password by docs/domain.md, section 2.4."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
    assert lab.run(command, secret, SES_REGION="us-east-1") == "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9\n"


@runs
def test_length_and_beginning_and_no_more(lab: Lab, command: str) -> None:
    assert lab.run(command, " BLAH123 \n") == "\nlength 9, starts with  B\n"


# --- AWS ---------------------------------------------------------------------------------------------------------

REFERENCE = {
    "iam list-access-keys": ({"--user-name"}, "AccessKeyMetadata"),
    "iam list-attached-user-policies": ({"--user-name"}, "AttachedPolicies"),
    "iam list-user-policies": ({"--user-name"}, "PolicyNames"),
    "iam list-groups-for-user": ({"--user-name"}, "Groups"),
    "sesv2 get-account": (
        {"--region", "--query"}, "SendingEnabled EnforcementStatus SendQuota ProductionAccessEnabled"
    ),
    "sesv2 get-email-identity": ({"--region", "--query", "--email-identity"}, "DkimAttributes"),
    "sesv2 list-configuration-sets": ({"--region"}, "ConfigurationSets"),
    "sesv2 list-email-identities": ({"--region"}, "EmailIdentities"),
    "sesv2 put-account-sending-attributes": ({"--region", "--sending-enabled", "--no-sending-enabled"}, ""),
    "sesv2 put-configuration-set-sending-options": (
        {"--region", "--sending-enabled", "--no-sending-enabled", "--configuration-set-name"}, ""
    ),
}  # fmt: skip
"""Service and operation of the AWS CLI to its options and to fields of its answer, by its Command Reference; the
commands were run once with AWS CLI 1.45 against a local endpoint that answered in the documented form."""
FLAGS = {"--sending-enabled", "--no-sending-enabled"}
ACCOUNT = {"SES_REGION": "eu-west-1", "MAIL_REGION": "eu-west-1", "IAM_USER": "ses-user"}
ACCOUNT |= {"CONFIGURATION_SET": "alarms", "MAIL_DOMAIN": "example.com"}


@runs
def test_what_aws_is_asked(lab: Lab, command: str) -> None:
    assert "set it to" in lab.run(command)  # without the values nothing is asked
    assert not (lab.folder / "aws.log").exists()
    lab.run(command, **ACCOUNT)
    calls = [call.splitlines() for call in (lab.folder / "aws.log").read_text().split("--\n") if call]
    assert len(calls) == command.count("aws ")
    for service, operation, *words in calls:
        options, fields = REFERENCE[f"{service} {operation}"]
        while words:
            option = words.pop(0)
            assert option in options
            value = "" if option in FLAGS else words.pop(0)
            asked = set(re.findall(r"\w+", value)) if option == "--query" else set()
            assert asked <= set(fields.split())
            assert asked or option in FLAGS or value in ACCOUNT.values()


# --- all of them -------------------------------------------------------------------------------------------------


def test_every_command_of_every_rule_is_run_by_one_test() -> None:
    covered = [command for row in TABLE.values() for command in row.shapes]
    assert sorted(covered) == list(shapes())


def test_each_row_has_its_commands_and_its_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_commands_run*.py"))
    assert [name for name, row in TABLE.items() if not row.shapes or f"@runs\ndef test_{name}(" not in tests] == []


def test_a_stand_in_takes_part_only_where_the_real_thing_cannot() -> None:
    needed = re.compile(r"\b(aws|docker)\b|\{trust_stores\}")
    assert {name for name, row in TABLE.items() if row.how == "stand-in"} == {
        name for name, row in TABLE.items() if any(needed.search(command) for command in row.shapes)
    }
