"""What a command does: forms that are known to change nothing, and everything near them that may change something."""

from __future__ import annotations

import pytest

from sestriage.model.known.programs import effect_of
from sestriage.report.words import ENGLISH
from sestriage.rules import load_rules


@pytest.mark.parametrize(
    "command",
    [
        "getent hosts mail.example.com",
        "timeout 20 openssl s_client -starttls smtp -connect a:587 </dev/null 2>/dev/null | openssl x509 -noout -text",
        "date -u ; command -v ntpq && ntpq -pn ; command -v chronyc && chronyc -n sources",
        "docker exec sw-response-mgmt cat /etc/resolv.conf",
        'openssl ciphers -v -s -tls1_2 "$(cat /lancope/services/swos-compliance/security/tls-ciphers)"',
        "aws sesv2 get-account --region us-east-1 --query '[SendingEnabled,EnforcementStatus]'",
        "grep -n 'a; rm -rf /' x.log 2>&1 | tail -n 5",
        'dig +short TXT "${DKIM_DOMAIN:?set it to d= of the signature}"',
        "sestriage certs show bundle.tgz",
    ],
)
def test_reading(command: str) -> None:
    assert effect_of(command) == "reads"


@pytest.mark.parametrize(
    "command",
    [
        *("", "   ", "'", "rm -rf /", "getent hosts a ; rm x", "getent hosts a && docker restart sw-response-mgmt"),
        *("cat a > b", "cat a >b", "cat a >>b", "cat a >| b", "getent hosts a | tee b", "cat <(rm a)", "(rm a)"),
        *("docker exec sw-response-mgmt rm a", "docker exec -it sw rm a", "docker restart sw", "date -s 12:00"),
        *("openssl x509 -in a -out b", "openssl genrsa 2048", "openssl s_client -connect a -keylogfile b"),
        *("aws iam delete-access-key --x", "aws sesv2 put-account-sending-attributes", "aws s3 cp a b", "aws"),
        *('cat "$(rm a)"', "cat `rm a`", "cat $(rm a)", 'getent hosts "$(cat a; rm b)"', "timeout 5", "time"),
        *("sh -c 'getent hosts a'", "awk 1 a", "sed -i s/a/b/ c", "sestriage check", "cat a & rm b", "cat a\nrm b"),
        *("F=/etc/x && cp a b", "keytool -importcert -keystore a", "tcpdump -i any -w /tmp/a.pcap"),
    ],
)
def test_what_may_change_something_is_never_called_reading(command: str) -> None:
    assert effect_of(command) == "other"


def test_saving() -> None:
    assert effect_of("sestriage certs export a.pcap --store b.p12 --to import") == "saves"
    assert effect_of("sestriage certs export a.pcap --to import && docker restart sw") == "other"


def test_no_rule_calls_a_command_reading_that_is_known_to_save() -> None:
    """What an author calls reading is shown as a test: the programs must not tell otherwise."""
    for rule in load_rules().rules.values():
        for step in rule.fixes:
            if step.command is not None and step.risk == ENGLISH["reads-only"]:
                assert effect_of(str(step.command)) != "saves", rule.id
