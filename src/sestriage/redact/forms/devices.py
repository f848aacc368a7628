"""Secrets in the configurations of network devices: routers, switches, firewalls, wireless controllers, RADIUS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.rows import END, Rows, V, row
from sestriage.redact.spans import Span

_TYPE = (
    r"(?:(?:[0-9]|hex|ascii|clear|encrypted|cipher|simple|plain|irreversible-cipher"
    r"|local|remote|sha\d{0,3}|md5)[ \t]+){0,2}+"
)
"""How the value behind is written: in clear, or encrypted in one of the vendor's ways."""
_VALUE = r"[\"']?(?![\w-]{1,20}[ \t]+<secret>)(?P<bare>[^\s\"'<>\\;]{3,300})"
_ROWS = Rows(
    (
        row("ommunity", rf"\bsnmp(?:-server)?[_ -]?community[ \t:=]+{_TYPE}[\"']?(?P<bare>[^\s\"',;]{{2,60}})", re.I),
        row(
            "ommunity",
            r"community(?:[_ -]?(?:string|name))?[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\s\"',;]{2,60})",
            re.I,
        ),
        row(
            "ommunity",
            r"community[_ -](?:string|name)[ \t]+(?:is[ \t]+)?[\"']?(?P<bare>(?!is\b)[^\s\"',;]{2,60})",
            re.I,
        ),
        row("rocommunity", r"\br[ow]community6?[ \t]+(?P<bare>\S+)"),
        row(
            "snmp",
            r"\b(?:auth|priv)[ \t]+(?:md5|sha\d*|des|3des|aes(?:[ \t-]?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})",
            re.I,
        ),
        row("snmp", r"\bpriv[ \t]+(?:des|3des|aes(?:[ \t-]?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})", re.I),
        row("snmp", r"\b(?:auth|priv)[ \t]+(?P<bare>0x[0-9A-Fa-f]{8,200})"),
        row(
            "snmp-server host",
            r"\bsnmp-server host[ \t]+(?:[A-Za-z][\w-]{0,40}[ \t]+)?[\w.:<>-]{3,80}[ \t]+"
            r"(?:(?:traps?|informs?|poll|community|version[ \t]+\w{1,3}|(?:no)?auth|priv|vrf[ \t]+\S{1,40}|\d)[ \t]+){0,6}+"  # noqa: E501
            rf"(?!(?:traps?|informs?|version|udp-port|use-vrf)\b){_VALUE}",
        ),
        row("createUser", r"\bcreateUser[ \t]+\S+[ \t]+(?:MD5|SHA(?:-?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})"),
        row(
            "createUser",
            r"\bcreateUser[ \t]+\S+[ \t]+(?:MD5|SHA(?:-?\d+)?)[ \t]+\S+[ \t]+(?:DES|AES(?:-?\d+)?)[ \t]+"
            r"[\"']?(?P<bare>[^\s\"']{4,})",
        ),
        row(
            "server",
            rf"\b(?:tacacs|radius|server)(?:-server|-private)?[ \t](?:[^\r\n]{{0,120}}[ \t])?(?:key|secret)[ \t]+{_TYPE}{_VALUE}",  # noqa: E501
        ),
        row(
            "server",
            r"\b(?:aaa-server|radius server|tacacs server)\b[^\r\n]{0,200}\r?\n(?:[^\r\n]{0,200}\r?\n){0,2}?"
            rf"[^\r\n]{{0,120}}[ \t]key[ \t]+{_TYPE}{_VALUE}{END}",
            following=4,
        ),
        row(
            "aaa-server",
            rf"\baaa-server[ \t]+\S+[ \t]+(?:\(\S+\)[ \t]+)?host[ \t]+\S+[ \t]+(?!timeout\b|key\b){_VALUE}",
        ),
        row("failover key", rf"\bfailover key[ \t]+{_TYPE}{_VALUE}"),
        row("key-string", rf"\bkey-string[ \t]+{_TYPE}{_VALUE}"),
        row("message-digest-key", rf"\bmessage-digest-key[ \t]+\d+[ \t]+md5[ \t]+{_TYPE}{_VALUE}"),
        row("isakmp", rf"\bcrypto[ \t]+isakmp[ \t]+key[ \t]+{_TYPE}{_VALUE}"),
        row("authentication-key", rf"\bauthentication-key[ \t]+(?:\d+[ \t]+md5[ \t]+)?+{_TYPE}{_VALUE}"),
        row(
            "authentication",
            rf"\b(?:standby|vrrp|glbp|hsrp)[ \t]+\d{{1,4}}[ \t]+authentication[ \t]+(?:text[ \t]+|md5[ \t]+(?:key-string[ \t]+)?+)?+{_TYPE}{_VALUE}",  # noqa: E501
        ),
        row("psk", rf"\b(?:wpa-psk|psk-key|psk[ \t]+set-key|preshared-key)[ \t]+{_TYPE}{_VALUE}"),
        row("mgmtuser add", rf"\bmgmtuser add[ \t]+(?:username[ \t]+)?+\S+[ \t]+{_VALUE}"),
        row(
            "password",
            rf"(?:^|[ \t>|\"'#$])(?:set|enable)[ \t]+(?:[\w-]{{1,30}}-)?(?:password|passwd|secret)[ \t]+(?:(?:level[ \t]+)?\d{{1,2}}[ \t]+){{0,2}}{_VALUE}"  # noqa: E501
            r"(?=[ \t]+(?:level|encrypted|pbkdf2)\b|[ \t]*(?:[\r\"']|\\+[nrt\"]|</|$))",
        ),
        row("user", rf"\buser(?:name)?[ \t]+\S{{1,80}}\s{{1,40}}password[ \t]+{_TYPE}{_VALUE}{END}", following=1),
        *(
            row(
                f"{word} ",
                r"\b(?:key|password|authentication|secret|community[ \t]+(?:read|write)|level[ \t]+\d{1,2})[ \t]+"
                r"(?:(?:authentication|accounting|level[ \t]+\d{1,2})[ \t]+)?"
                rf"(?:irreversible-)?{word}[ \t]+(?:simple[ \t]+)?+{_VALUE}",
            )
            for word in ("cipher", "simple", "plain")
        ),
        row("authentication-mode", rf"\bauthentication-mode[ \t]+(?:md5|sha\S{{0,8}})[ \t]+{_TYPE}{_VALUE}"),
        row("privacy-mode", rf"\bprivacy-mode[ \t]+(?:des\S{{0,8}}|3des|aes\S{{0,8}})[ \t]+{_TYPE}{_VALUE}"),
        row("pre-shared-key", rf"\bpre-shared-key[ \t]+(?:local|remote)[ \t]+{_TYPE}{_VALUE}"),
        row("option", r"\boption[ \t]+(?:key|password|passphrase|psk|secret)[ \t]+" + V),
        row("auth-user-pass", r"auth-user-pass>?[ \t]*\r?\n[^\r\n]{1,80}\r?\n(?P<bare>\S{4,100})" + END, following=2),
        row("PSK", r"(?:^|[ \t:])PSK[ \t]+\"(?P<dq>[^\"\r\n]+)\""),
        row("CHAP", r"CHAP\w{0,3}-(?:Response|Challenge|Password)[ \t]*=[ \t]*(?P<bare>0x[0-9A-Fa-f]{16,400})"),
        row(
            "*",
            rf"[\"']?[\w.@\\-]{{1,60}}[\"']?[ \t]+\*[ \t]+{V}[ \t]+(?:\*|\d)",
            made=True,
        ),
    )
)


def device_spans(text: str) -> Iterator[Span]:
    """All secrets of the configurations of network devices."""
    return _ROWS.spans(text)
