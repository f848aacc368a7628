"""The whole procedure of Cisco document 218118 with its corrections: steps, commands and the rules that catch faults.

The commands differ from the document's where that one is wrong or risky: three commands instead of one run-together
line; file names that do not overwrite each other; no loop over `ls -tl`; `-tls1_2` in the DHE probe, which else proves
nothing against a server with TLS 1.3; a backup that a second run keeps.
"""

from __future__ import annotations

from sestriage.model.command import Command, Kind, argument, joined, literal, mail_capture, s_client
from sestriage.model.guide import Guide, GuideStep, GuideValues
from sestriage.model.known.appliance import CIPHERS_PATH, CONTAINER, LOG_PATH
from sestriage.model.known.published import PUBLISHED_ROOTS
from sestriage.rules.fixes.commands import PUBLISHED_LIST

DEFAULT_PORTS = {"starttls": 587, "wrapper": 465}

IAM_POLICY = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}
  ]
}"""

DURABLE_ROOTS = ("Amazon Root CA 1", "Starfield Services")
"""How the names of the two roots begin that outlive a change of the server's certificate."""


def build_guide(values: GuideValues) -> Guide:
    """The steps for these values."""
    client = s_client(values.server, values.port, values.mode)
    return Guide(
        values,
        (
            GuideStep("way", ("mail-manager-login-mixed-up", "settings-ingress-user-on-ses")),
            GuideStep("identity", ("identity-not-verified", "settings-sender-not-verified")),
            GuideStep("sandbox", ("settings-recipient-sandbox", "settings-recipient-outside")),
            *(_ingress_endpoint() if values.ingress else _classic_endpoint()),
            GuideStep(
                "settings",
                ("settings-port-not-served", "settings-smtps-on-starttls-port", "settings-sender-malformed"),
                (_settings_command(values),),
            ),
            GuideStep(
                "network",
                ("dns-lookup-failed", "connection-timed-out", "connection-refused", "certificate-not-yet-valid"),
                _network_commands(values),
            ),
            GuideStep("certificates", ("tls-inspection", "incomplete-server-chain"), _certificate_commands(client)),
            GuideStep("truststore", ("ca-missing-from-trust-store", "pkix-path-not-found"), fields=_roots()),
            GuideStep(
                "form",
                ("smtps-on-starttls-port", "starttls-on-smtps-port", "hostname-mismatch"),
                fields=(
                    ("SMTP SERVER", values.server),
                    ("PORT", str(values.port)),
                    ("FROM EMAIL", values.sender or ""),
                    ("USER NAME", ""),
                    ("PASSWORD", ""),
                    ("ENCRYPTION TYPE", values.encryption),
                ),
            ),
            GuideStep("dhe", ("dh-key-too-small",), (_dhe_probe(values), *_cipher_commands())),
            GuideStep(
                "action",
                ("settings-recipient-malformed", "settings-action-disabled"),
                fields=(("To", values.recipient or ""),),
            ),
            GuideStep("test", ("unclassified-error",), (literal(f"tail -n 200 {LOG_PATH}"),)),
            GuideStep(
                "delivery", ("delivered-not-through-ses", "delivered-without-easy-dkim"), (_mail_command(values),)
            ),
            GuideStep("trouble", ("unclassified-error",), (_tcpdump(values), literal(f"cp {LOG_PATH} ."), TRIAGE)),
        ),
    )


def _classic_endpoint() -> tuple[GuideStep, ...]:
    """The way of Cisco's document: an SMTP endpoint of a region, IAM SMTP credentials."""
    failures = ("smtp-credentials-invalid", "settings-user-not-a-key-id", "settings-password-iam-secret")
    return (
        GuideStep("endpoint", ("settings-region-without-smtp", "settings-server-https-api")),
        GuideStep("credentials", failures, document=IAM_POLICY),
    )


def _ingress_endpoint() -> tuple[GuideStep, ...]:
    """The way of Mail Manager: an ingress endpoint with credentials and rules of its own."""
    return (
        GuideStep("endpoint-ingress", ("settings-mail-manager-port",)),
        GuideStep("credentials-ingress", ("settings-mail-manager-user",)),
        GuideStep("rule-set", ("settings-server-mail-manager", "accepted-by-mail-manager")),
    )


def _roots() -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of the roots to import, as published."""
    return tuple(
        (root.name, ":".join(root.sha256[i : i + 2] for i in range(0, 64, 2)).upper())
        for root in PUBLISHED_ROOTS
        if root.name.startswith(DURABLE_ROOTS)
    )


def _settings_command(values: GuideValues) -> Command:
    encryption = "smtps" if values.mode == "wrapper" else "starttls"
    command = joined(
        *("sestriage settings --server ", argument("host", values.server)),
        *(" --port ", argument("port", values.port), f" --encryption {encryption}"),
    )
    options: tuple[tuple[str, Kind, str | None], ...] = (
        ("--from", "mailbox", values.sender),
        ("--to", "mailbox", values.recipient),
        ("--verified-domain", "domain", values.domain),
        ("--verified-region", "region", values.region),
    )
    for option, kind, value in options:
        if value:
            command = joined(command, f" {option} ", argument(kind, value))
    return command


def _network_commands(values: GuideValues) -> tuple[Command, ...]:
    heard = "head -n 1 <&3" if values.mode == "starttls" else "echo connected"
    server, port = argument("host", values.server), argument("port", values.port)
    greeting = joined(
        *("timeout 15 bash -c 'exec 3<>/dev/tcp/", server._replace(quoting="single")),
        *("/", port._replace(quoting="single"), f" && {heard}'"),
    )
    return (joined("getent hosts ", server), greeting, literal("date -u"))


def _certificate_commands(client: Command) -> tuple[Command, ...]:
    """Fetch, split, name by number and common name (equal names do not overwrite each other), show."""
    split = (
        'awk \'/-----BEGIN CERTIFICATE-----/ {n++; on=1} on {print > ("part" n ".pem")} '
        "/-----END CERTIFICATE-----/ {on=0}' chain.txt"
    )
    name = (
        'for f in part*.pem; do n="${f#part}"; '
        "cn=$(openssl x509 -in \"$f\" -noout -subject -nameopt multiline | sed -n 's/^ *commonName *= //p' | "
        "tail -n 1 | tr -cd 'A-Za-z0-9._-'); "
        'mv "$f" "${n%.pem}-${cn:-no-common-name}.pem"; done'
    )
    show = (
        'for f in [0-9]*-*.pem; do echo "$f"; '
        'openssl x509 -in "$f" -noout -subject -issuer -enddate -fingerprint -sha256; done ; pwd'
    )
    return (
        literal('D="ses-certificates-$(date +%Y%m%d-%H%M%S)" ; mkdir "$D" && cd "$D"'),
        joined(client, " -showcerts </dev/null 2>/dev/null > chain.txt"),
        literal(split),
        literal(name),
        literal(show),
    )


def _dhe_probe(values: GuideValues) -> Command:
    client = s_client(values.server, values.port, values.mode)
    return joined(client, " -tls1_2 -cipher DHE </dev/null 2>&1 | grep -E 'Temp Key|dh key too small|alert|errno'")


def _cipher_commands() -> tuple[Command, ...]:
    """Backup that a second run keeps; a list that is never empty in between; the way back."""
    return (
        literal(f'F={CIPHERS_PATH} ; [ -e "$F.orig" ] || cp -p "$F" "$F.orig"'),
        literal(
            f'F={CIPHERS_PATH} ; test -s "$F.orig" && '
            f'cp -p "$F" "$F.new" && printf \'%s\\n\' \'{PUBLISHED_LIST}\' > "$F.new" && mv -f "$F.new" "$F" && '
            f"docker restart {CONTAINER}"
        ),
        literal(f'F={CIPHERS_PATH} ; cp -p "$F.orig" "$F" && docker restart {CONTAINER}'),
    )


def _mail_command(values: GuideValues) -> Command:
    command = joined("sestriage mail mail.eml --server ", argument("host", values.server))
    return joined(command, " --verified-domain ", argument("domain", values.domain)) if values.domain else command


def _tcpdump(values: GuideValues) -> Command:
    return mail_capture("test-action.pcap", values.server, values.port)


TRIAGE = literal("sestriage triage sw-response-mgmt.log test-action.pcap")
