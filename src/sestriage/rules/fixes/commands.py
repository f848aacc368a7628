"""Commands and steps as they are without a case: what to type when no evidence names a server, a list or a chain.

`case` and `builtins` fill the same texts with what a case knows. Nothing heavy is imported here, because
`sestriage explain ID` starts with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from sestriage.model.command import Command, argument, joined, literal, mail_capture, quoted, s_client
from sestriage.model.explanation import Advice
from sestriage.model.known.appliance import CIPHERS_PATH, CONTAINER
from sestriage.model.message import Message, together
from sestriage.model.vocabulary import ConnectionMode

PUBLISHED_LIST = (
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:AES256-GCM-SHA384"
)
"""The list without DHE that Cisco document 218118 publishes for 7.3.2."""

TRUST_STORE_MENU = Message(
    "Central Management > Appliance Manager > Actions (the ... of the Manager) > Edit Appliance Configuration > "
    "General > Trust Store > Add New"
)

ROOTS = ("Amazon Root CA 1", "Starfield Services Root Certificate Authority - G2")
"""The two roots of which either is enough for today's SES chains; both survive a change of the served chain."""


# --- commands ----------------------------------------------------------------------------------------------------


_DIALOGUE = (
    """exec 3<>"/dev/tcp/$0/$1" || exit; r(){ while IFS= read -r l <&3; do printf "%s\\n" "$l"; """
    """[ "${l:3:1}" = - ] || break; done; }; r; printf "EHLO test\\r\\n" >&3; r; printf "QUIT\\r\\n" >&3; r"""
)
"""A mail session in clear text, each line sent after the reply to the one before: RFC 5321 section 4.3.1 wants a client
to wait for the greeting, and servers that check this refuse who does not. Needs bash alone."""


def dialogue(host: str | None = None, port: int | None = 587, mode: ConnectionMode = "starttls") -> Command:
    """A command that prints greeting, answer to EHLO and farewell of a server; in TLS for `mode` `wrapper`."""
    if mode == "starttls":
        return joined(f"timeout 30 bash -c '{_DIALOGUE}' ", argument("host", host), " ", argument("port", port))
    lines = "sleep 3; printf 'EHLO test\\r\\n'; sleep 1; printf 'QUIT\\r\\n'; sleep 1;"
    return joined(f"{{ {lines} }} | ", s_client(host, port, mode), " -quiet")


def tcpdump(port: int | None = 587, host: str | None = None, proxy_ports: Iterable[int] = ()) -> Command:
    """The capture of a Test Action, DNS, all ports of SES and those of proxies in front of it included."""
    return mail_capture("/tmp/test-action.pcap", host, port, proxy_ports)  # noqa: S108  (a command for the reader, nothing is written)


def trust_stores() -> Command:
    """Show the mounts of the mail service's container, which store its process was started with (never the password),
    and the files that can be stores, those of mounted volumes included."""
    names = ("*.jks", "*.p12", "*.pfx", "*.bcfks", "*.ks", "*.keystore")
    wanted = " -o ".join([*(f"-name '{name}'" for name in names), "-iname '*trust*'", "-name cacerts"])
    return literal(
        "docker inspect -f '{{range .Mounts}}{{.Source}} -> {{.Destination}}{{\"\\n\"}}{{end}}' "
        f"{CONTAINER} ; docker exec {CONTAINER} sh -c \"tr '\\0' '\\n' </proc/1/cmdline\""
        f" | grep -oE 'trustStore(Type)?=[^ ]*' ; docker exec {CONTAINER} find / '(' -path /proc -o -path /sys ')'"
        f" -prune -o -type f '(' {wanted} ')' -exec ls -ld '{{}}' + 2>/dev/null"
    )


def show_chain(client: Command) -> Command:
    """The command that shows the served chain, from an `openssl s_client` command."""
    return joined(client, " -showcerts </dev/null")


_ON_THE_MANAGER = ("builtin:tls-ciphers-without-dhe", "{case.trust_stores}", "/lancope/", CONTAINER)


def is_on_the_manager(command: str) -> bool:
    """The command of a rule works on files of the Manager or on its container: it is no help where another mail program
    failed."""
    return any(place in command for place in _ON_THE_MANAGER)


def replace_list(ciphers: str) -> Command:
    """A command that a second run cannot turn into the loss of the original, and that never leaves an empty list.

    A dated copy is only made of a list that the command changes, so that the newest copy is always the list before the
    last change; the new list is complete before it takes the place of the old one, and owner and mode of the file stay.
    """
    return literal(
        f'F={CIPHERS_PATH} && cp -p "$F" "$F.new" && '
        f'printf \'%s\\n\' {quoted(clean_list(ciphers))} > "$F.new" && test -s "$F.new" && '
        '([ "$(cat "$F")" = "$(cat "$F.new")" ] || cp -p "$F" "$F.orig-$(date +%Y%m%d-%H%M%S)") && '
        f'mv -f "$F.new" "$F" && docker restart {CONTAINER}'
    )


@lru_cache(maxsize=32)  # nearly always the published list
def clean_list(ciphers: str) -> str:
    """A cipher list reduced to the characters that a cipher list may have (openssl-ciphers(1))."""
    return "".join(char for char in ciphers if char.isascii() and (char.isalnum() or char in ":-_+!@=., "))


UNDO_LIST = literal(
    f'F={CIPHERS_PATH} && ls -l "$F".orig-* && OLD=$(ls -1 "$F".orig-* | tail -n 1) && test -s "$OLD" && '
    'cp -p "$OLD" "$F" && '
    f"docker restart {CONTAINER}"
)
UNDO_IMPORT = Message("Delete the imported entry again in the same Trust Store list.")
UNDO_SETTING = Message("Enter the former value again.")
UNDO_SETTINGS = Message("Enter the former values again.")

# --- texts of builtins -------------------------------------------------------------------------------------------


def published_list_text(text: str) -> str:
    """For a cipher list that is not in the evidence, from the text of the `[[fix]]`."""
    found = Message(
        "The Manager's own list is not in the evidence: compare it with the list that Cisco publishes"
        " (document 218118, written for 7.3.2) before you replace it; the command puts that published list there."
    )
    return together(text, found)


def look_and_import_text() -> str:
    """For a served chain and a trust store that are not in the evidence."""
    return Message(
        "See which chain the server sends, then import its topmost CA certificates (for SES: {first} and {second};"
        " not the server's own certificate, which changes) at {menu}, after comparing their fingerprints with their"
        " owner. From what the command prints, saved as a file, `sestriage certs export FILE --to sestriage-import`"
        " makes the files to import.",
        first=ROOTS[0],
        second=ROOTS[1],
        menu=TRUST_STORE_MENU,
    )


ENDPOINT_FORM = Message("An SES endpoint is named email-smtp.REGION.amazonaws.com.")

ANY_ADDRESS, ANY_REGION = Message("the address"), Message("of the configured endpoint")
"""Placeholders for the identity and the region that no evidence names."""


def sender_text(named: str | None = None, region: str | None = None) -> str:
    """An identity that may be the sender."""
    return Message(
        "If the sender is meant ({named}): set FROM EMAIL in the SMTP Configuration to an address of a domain that is"
        " verified in SES in the region {region}, or verify its domain there.",
        named=named or ANY_ADDRESS,
        region=region or ANY_REGION,
    )


def recipient_text(named: str | None = None, region: str | None = None) -> str:
    """An identity that may be a recipient."""
    return Message(
        "If a recipient is meant ({named}): the account is in the SES sandbox of the region {region}. Request"
        " production access there, or verify the recipient (or its domain) as long as you test.",
        named=named or ANY_ADDRESS,
        region=region or ANY_REGION,
    )


def other_region_text(region: str | None = None) -> str:
    """Identities that are verified, but elsewhere."""
    return Message(
        "If these identities are verified, it may be in another region or another AWS account: look at the identities"
        " of the region {region} in the account of the SMTP credentials. If they are missing there, set SMTP SERVER to"
        " the endpoint of the region in which they are, and enter SMTP credentials that were made in that region and"
        " account.",
        region=region or ANY_REGION,
    )


# --- steps of builtins, without evidence -------------------------------------------------------------------------


def _list_steps(fix: Advice) -> tuple[Advice, ...]:
    command, undo = str(replace_list(PUBLISHED_LIST)), str(UNDO_LIST)
    return (fix._replace(text=published_list_text(fix.text), command=command, undo=undo),)


def _import_steps(fix: Advice) -> tuple[Advice, ...]:
    text = together(fix.text, look_and_import_text())
    command = show_chain(s_client())
    undo = fix.undo or UNDO_IMPORT
    return (fix._replace(text=text, command=str(command), argv=command.argv, undo=undo),)


def _host_steps(fix: Advice) -> tuple[Advice, ...]:
    return (fix._replace(text=together(fix.text, ENDPOINT_FORM)),)


def _identity_steps(fix: Advice) -> tuple[Advice, ...]:
    return (
        fix._replace(text=sender_text(), undo=UNDO_SETTING),
        fix._replace(text=recipient_text(), undo=None),
        fix._replace(text=other_region_text(), undo=UNDO_SETTINGS),
    )


GENERIC_STEPS: Mapping[str, Callable[[Advice], tuple[Advice, ...]]] = {
    "check-smtp-host": _host_steps,
    "unverified-identities": _identity_steps,
    "tls-ciphers-without-dhe": _list_steps,
    "import-ca": _import_steps,
}
"""Builtin to its steps without a case, from the texts of the `[[fix]]`; a test holds these against what the builtins
themselves give without evidence."""
