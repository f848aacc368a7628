"""How each command of the rules is run by the tests: the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import pytest

from rules.printed import shapes

How = Literal["real", "stand-in"]
"""`stand-in`: a program that is not the real one takes part, because it would need the container, an account of AWS, or
an NTP daemon. Everything else in the command is real."""


class Row(NamedTuple):
    """`commands` are shapes (`rules.printed`), or the beginnings of some, with `…`."""

    how: How
    commands: tuple[str, ...]

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes that rules print."""
        return tuple(text for text in shapes() if any(_is(text, command) for command in self.commands))


def _is(text: str, command: str) -> bool:
    return text.startswith(command[:-1]) if command.endswith("…") else text == command


def runs(test: Callable[..., None]) -> Any:
    """Marks a test of commands: it runs for each of those that stand under its name in the table."""
    return pytest.mark.parametrize("command", TABLE[test.__name__.removeprefix("test_")].shapes)(test)


TABLE = {
    "the_way_is_open_and_a_certificate_is_shown": Row("real", ("{s_client} </dev/null", "{s_client smtps} </dev/null")),
    "the_address_and_the_port": Row(
        "real", ("getent ahosts {host} ; {s_client} </dev/null", "getent ahosts {host} ; {s_client smtps} </dev/null")
    ),
    "every_served_certificate_is_shown_with_its_issuer": Row(
        "real",
        (
            "{s_client} -showcerts </dev/null",
            "{s_client smtps} -showcerts </dev/null",
            "{s_client address} -showcerts </dev/null",
            "date -u ; {s_client} -showcerts </dev/null",
        ),
    ),
    "the_saved_chain_is_one_that_sestriage_exports": Row(
        "real",
        (
            "( set -x ; {s_client} -showcerts </dev/null ) > /tmp/served-chain.txt 2>&1",
            "( set -x ; {s_client smtps} -showcerts </dev/null ) > /tmp/served…",
        ),
    ),
    "the_dates_of_every_served_certificate": Row(
        "real", ("date -u ; {s_client} -showcerts </dev/null 2>/dev/null | awk…",)
    ),
    "the_names_and_addresses_in_the_certificate": Row(
        "real",
        (
            "{s_client} </dev/null 2>/dev/null | openssl x509 -noout -text | grep -E 'Subject:|DNS:|IP Address:'",
            "{s_client smtps} </dev/null 2>/dev/null | openssl x509 -noout -text…",
            "{s_client address} </dev/null 2>/dev/null | openssl x509 -noout -text…",
        ),
    ),
    "serial_number_and_where_revocation_is_published": Row(
        "real", ("{s_client} </dev/null 2>/dev/null | openssl x509 -noout -subject -serial -text | grep…",)
    ),
    "the_hash_of_a_public_key_is_the_one_that_is_listed": Row("real", ("openssl x509 -in…",)),
    "a_session_of_tls_1_2_or_the_reason_against_it": Row(
        "real",
        (
            "{s_client} -tls1_2 </dev/null",
            "{s_client smtps} -tls1_2 </dev/null",
            "{s_client} </dev/null ; {s_client} -tls1_2 </dev/null",
        ),
    ),
    "the_manager_s_list_succeeds_where_it_has_a_suite_of_the_server": Row(
        "real",
        (
            "{s_client} </dev/null ; {s_client} -tls1_2 </dev/null ; {s_client} -tls1_2 -cipher…",
            "{s_client smtps} </dev/null ; {s_client smtps} -tls1_2 </dev/null ; {s_client smtps} -tls1_2 -cipher…",
            "cat {list} ; {s_client} -tls1_2…",
            "cat {list} ; {s_client smtps} -tls1_2…",
        ),
    ),
    "the_group_of_the_server": Row("real", ("{s_client} -tls1_2 </dev/null 2>&1 | grep 'Temp Key'",)),
    "the_size_of_the_dh_key": Row(
        "real", ("{s_client} -tls1_2 -cipher DHE:@SECLEVEL=0…", '{s_client} -tls1_2 -cipher "$(cat {list})"…')
    ),
    "an_old_server_answers_the_second_command_alone": Row("real", ("{s_client} -tls1_2 </dev/null 2>&1 | grep -E…",)),
    "the_option_goes_past_the_refusal": Row("real", ("{s_client} -legacy_server_connect </dev/null",)),
    "what_the_list_leaves": Row("real", ("ls -l {list}* ; openssl ciphers…", "cat {list}")),
    "the_new_list_is_written_and_loaded": Row("stand-in", ("F={list} && cp…",)),
    "the_former_list_comes_back_only_if_there_is_one": Row("stand-in", ("F={list} && ls…",)),
    "greeting_and_offer_then_tls": Row("real", ("{dialogue} ; {s_client} </dev/null",)),
    "greeting_and_offer": Row("real", ("{dialogue}", "time {dialogue}")),
    "greeting_and_offer_inside_tls": Row("real", ("{dialogue smtps}",)),
    "the_offer_after_tls": Row("real", ("{ sleep 3;…",)),
    "a_name_has_an_address_or_nothing_is_printed": Row("real", ("getent hosts {host}", "getent ahosts {host}")),
    "addresses_and_routes": Row("real", ("getent ahosts {host} ; ip route…",)),
    "names_in_the_container": Row("stand-in", ("grep nameserver…", "docker exec sw-response-mgmt sh -c 'getent…")),
    "the_largest_packet_that_passes": Row("real", ("timeout 60 tracepath…",)),
    "the_key_of_a_selector": Row("real", ("dig +short TXT…",)),
    "a_capture_of_a_test_action_holds_names_and_mail": Row("real", ("{tcpdump}",)),
    "what_stands_around_the_message": Row("real", ("grep -n -A 60…", "grep -n -B 20…", "grep -n -B 5…")),
    "the_log_is_copied": Row("real", ("cp -p /lancope/var/logs…",)),
    "the_store_of_the_mail_service": Row("stand-in", ("{trust_stores}",)),
    "when_the_container_started": Row("stand-in", ("docker inspect -f '{{.State.StartedAt}}'…",)),
    "the_clock_is_shown": Row("real", ("date -u",)),
    "a_root_is_imported_into_a_copy": Row("real", ("keytool -importcert…",)),
    "certificates_are_shown": Row("real", ("sestriage certs show…",)),
    "certificates_are_saved": Row("real", ("sestriage certs export…",)),
    "a_password_is_derived": Row("real", ("sestriage credentials…",)),
    "length_and_beginning_and_no_more": Row("real", ("IFS= read -rsp…",)),
    "what_aws_is_asked": Row("stand-in", ("aws …",)),
}
"""Name of a test, without `test_`, to what it runs."""
