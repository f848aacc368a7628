"""Secrets by their place: in the options of well-known programs, in files of a known form, in queries of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.gate import Words
from sestriage.redact.forms.windows import in_lines
from sestriage.redact.forms.words import is_harmless, looks_made
from sestriage.redact.spans import Span

_V = r"(?:\"(?P<dq>[^\"\r\n]+)\"|'(?P<sq>[^'\r\n]+)'|(?P<bare>[^\s\"'|;&<>]+))"
_USER_V = r"(?:\"[^\":\r\n]{0,80}:(?P<dq>[^\"\r\n]+)\"|'[^':\r\n]{0,80}:(?P<sq>[^'\r\n]+)'|[^\s:\"'/]{1,80}:(?P<bare>[^\s\"'|;&<>]+))"  # noqa: E501
_LINE = r"[^\r\n|;&]{0,300}?"


def _row(hint: str, pattern: str, flags: int = 0) -> tuple[str, re.Pattern[str]]:
    return hint, re.compile(pattern, flags | re.MULTILINE)


_ROWS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # programs
    _row("curl", rf"\bcurl\b{_LINE}[ \t](?:-u|--user|--proxy-user|-U)[ \t=]*{_USER_V}"),
    _row("http", rf"\bhttps?\b[ \t]{_LINE}(?<=[ \t])(?:-a|--auth)[ \t=]*{_USER_V}"),
    _row("sshpass", rf"\bsshpass[ \t]+-p[ \t]*{_V}"),
    _row("mysql", rf"\bmysql(?:dump|admin|import|show|check|sh)?\b{_LINE}[ \t]-p(?![ \t]|-){_V}"),
    _row("mariadb", rf"\bmariadb(?:-dump|-admin)?\b{_LINE}[ \t]-p(?![ \t]|-){_V}"),
    _row("ldap", rf"\bldap(?:search|add|modify|delete|passwd|whoami|compare)\b{_LINE}[ \t]-(?:w|s)[ \t]+{_V}"),
    _row("redis-cli", rf"\bredis-cli\b{_LINE}[ \t]-a[ \t]+{_V}"),
    _row(
        "login", rf"\b(?:docker|podman|helm|buildah|skopeo|az|oc|cf|nerdctl)\b{_LINE}\blogin\b{_LINE}[ \t]-p[ \t]+{_V}"
    ),
    _row("sqlcmd", rf"\b(?:sqlcmd|osql|bcp|isql|tsql)\b{_LINE}[ \t]-P[ \t]*{_V}"),
    _row(
        "sqlplus",
        r"\b(?:sqlplus|exp|imp|expdp|impdp|rman|sqlldr)\b[^\r\n]{0,80}?[ \t]\w{1,40}/(?P<bare>[^\s\"'@/]{3,})@",
    ),
    _row("mongo", rf"\bmongo(?:sh|dump|restore|export|import)?\b{_LINE}[ \t]-p[ \t]+{_V}"),
    _row(
        "smbclient",
        r"\b(?:smbclient|rpcclient|net|mount\.cifs|winexe|wmic)\b[^\r\n]{0,200}?[ \t]-U[ \t]*[\"']?[^\s%\"']{1,60}%(?P<bare>[^\s\"']+)",  # noqa: E501
    ),
    _row(
        "htpasswd",
        rf"\bhtpasswd\b[ \t]{{1,9}}-[A-Za-z]{{0,6}}b[A-Za-z]{{0,6}}[ \t]{{1,9}}(?:\S{{1,200}}[ \t]{{1,9}})?\S{{1,200}}[ \t]{{1,9}}{_V}[ \t]*\r?$",  # noqa: E501
    ),
    _row("chpasswd", r"\becho[ \t]+[\"']?[\w.-]{1,40}:(?P<bare>[^\s\"'|]+)[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd"),
    _row("sudo", rf"\b(?:echo|printf)[ \t]+{_V}[ \t]*\|[ \t]*sudo[ \t]+-S"),
    _row("--stdin", rf"\b(?:echo|printf)[ \t]+{_V}[ \t]*\|[ \t]*(?:sudo[ \t]+)?passwd\b"),
    _row("password-stdin", rf"\b(?:echo|printf)[ \t]+{_V}[ \t]*\|[ \t]*(?:sudo[ \t]+)?[\w-]{{1,20}}[ \t]+login\b"),
    _row("net use", rf"\bnet[ \t]+use[ \t]+\S+(?:[ \t]+\S+)?[ \t]+{_V}[ \t]+/user:", re.I),
    _row("net user", rf"\bnet[ \t]+user[ \t]+[\w.-]+[ \t]+(?!/){_V}", re.I),
    _row(
        "snmp",
        rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|trap|inform|status|table)\b{_LINE}[ \t]-[cAX][ \t]*{_V}",
    ),
    _row("snmp", rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|trap|inform)\b[^\r\n]{{0,300}}[ \t]-X[ \t]*{_V}"),
    _row(
        "openssl",
        r"(?<=[ \t])-(?:passin|passout|pass|password|k)[ \t]+(?:pass:)?(?!env:|file:|fd:|stdin\b|pass:)(?P<bare>[^\s\"'|;&]{3,})",  # noqa: E501
    ),
    _row("pass:", r"(?<![\w])pass:(?P<bare>[^\s\"'|;&,)]+)"),
    _row("keytool", rf"(?<=[ \t])-(?:storepass|keypass|srcstorepass|deststorepass|srckeypass|destkeypass)[ \t]+{_V}"),
    _row("psql", r"\bpassword=(?P<bare>[^\s\"'&;]+)"),
    _row("ftp", rf"\blftp\b{_LINE}-u[ \t]+[^\s,]+,(?P<bare>[^\s\"']+)"),
    _row("swaks", rf"(?<=[ \t])(?:-ap|--auth-password|-xp|--xpass)[ \t=]+{_V}"),
    _row("sendemail", rf"\b(?:sendemail|sendEmail)\b{_LINE}[ \t]-xp[ \t]+{_V}", re.I),
    _row("mailx", r"smtp-auth-password=(?P<bare>[^\s\"']+)"),
    _row("plink", rf"\b(?:plink|pscp|psftp|putty)\b{_LINE}[ \t]-pw[ \t]+{_V}"),
    _row("xfreerdp", r"(?<=[ \t])/p:(?P<bare>[^\s\"']+)"),
    _row("ipmitool", rf"\bipmitool\b{_LINE}[ \t]-P[ \t]+{_V}"),
    _row("rabbitmqctl", rf"\brabbitmqctl[ \t]+(?:add_user|change_password|authenticate_user)[ \t]+\S+[ \t]+{_V}"),
    _row("nmcli", rf"\bnmcli\b{_LINE}(?:\bpassword|wifi-sec\.psk)[ \t]+{_V}"),
    _row(
        "vault",
        r"\bvault[ \t]+(?:login|unwrap|operator unseal)[ \t]+(?:-\S+[ \t]+)*(?:token=)?(?P<bare>[^\s-]\S{7,})",
    ),
    _row("send", r"\bsend[ \t]+(?:--[ \t]+)?\"(?P<dq>[^\"\r\n\\]{4,80})\\r\""),
    _row("wpa_", rf"\bwpa_passphrase[ \t]+\S+[ \t]+{_V}"),
    _row("-psk", rf"(?<=[ \t])-psk[ \t]+{_V}"),
    _row(
        "PASS",
        r"(?<![\w.])PASS[ \t]+(?P<bare>(?!command|mechanism|phase|the\b|is\b)[^\s\"'\\]{3,})(?=[ \t\r]*$|[\\\"'])",
    ),
    # code
    _row("Credential", r"Credentials?\([ \t]*(?:[^(),\r\n]{1,120},[ \t]*)?\"(?P<dq>(?:[^\"\\\r\n]|\\.)+)\"[ \t]*[,)]"),
    _row(
        "Authentication(",
        r"Authentication\([^(),\r\n]{1,120},[ \t]*\"(?P<dq>(?:[^\"\\\r\n]|\\.)+)\"[ \t]*+(?:\.\w+\(\))?[ \t]*+\)",
    ),
    _row("ogin(", r"\b[Ll]ogin\([^(),\r\n]{1,120},[ \t]*[\"'](?P<dq>(?:[^\"'\\\r\n]|\\.)+)[\"'][ \t]*[,)]"),
    _row(
        "onnect",
        r"(?:[cC]onnect|getConnection|mysqli|PDO|PlainAuth|ConnectServer)\("
        r"(?:[^(),\r\n]{0,200},[ \t]*){2}[\"'](?P<dq>(?:[^\"'\\\r\n]|\\.){3,})[\"'](?=[ \t]*(?:,[^()\r\n]{0,100})?\))",
    ),
    _row(
        "uth",
        r"\b(?:auth|PlainAuth|HTTPBasicAuth|basic_auth|basicAuth)[ \t]*(?:\(|=[ \t]*\()(?:[ \t]*[\"'][^\"'\r\n]{0,80}[\"'][ \t]*,){1,2}"  # noqa: E501
        r"[ \t]*[\"'](?P<dq>[^\"'\r\n]{3,})[\"']",
    ),
    _row(
        "IDENTIFIED",
        r"\bIDENTIFIED(?:[ \t]+WITH[ \t]+\w+)?[ \t]+(?:BY|AS)(?:[ \t]+PASSWORD)?[ \t]+(?:'(?P<sq>[^'\r\n]+)'|\"(?P<dq>[^\"\r\n]+)\"|(?P<bare>[^\s'\";]{3,}))",  # noqa: E501
        re.I,
    ),
    _row(
        "identified",
        r"\bIDENTIFIED(?:[ \t]+WITH[ \t]+\w+)?[ \t]+(?:BY|AS)(?:[ \t]+PASSWORD)?[ \t]+(?:'(?P<sq>[^'\r\n]+)'|\"(?P<dq>[^\"\r\n]+)\"|(?P<bare>[^\s'\";]{3,}))",  # noqa: E501
        re.I,
    ),
    _row("SET PASSWORD", r"\bSET[ \t]+PASSWORD\b[^\r\n=]{0,120}=[ \t]*(?:PASSWORD\()?'(?P<sq>[^'\r\n]+)'", re.I),
    # files
    _row("machine", r"\bmachine[ \t]+\S+\s+login[ \t]+\S+\s+(?:account[ \t]+\S+\s+)?password[ \t]+(?P<bare>\S+)"),
    _row(
        ":",
        r":(?<=[\w*]:)(?:\d{4,5}|\*):[\w.*-]{1,60}:[\w.*@-]{1,60}:(?P<bare>(?:[^\s:\\\"']|\\(?!n)[^\s]){3,200})(?=[ \t\"'\\\r]*$|\\n)",  # noqa: E501
    ),
    _row(":::", r"(?<=[\w-]):(?P<bare>!?[^\s:!*]{8,200}):\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:"),
    _row(
        ":",
        r":(?<=\w:)(?<!sha1:)(?<!sha256:)(?<!md5:)(?:[A-Z0-9._-]{1,40}:)?(?P<bare>[0-9A-Fa-f]{32}|\{[A-Z0-9]+\}[^\s\"'\\]{6,200})(?=[ \t\"'\\\r]*$)",  # noqa: E501
    ),
    _row("jdbc:oracle", r"jdbc:oracle:\w{1,10}:[^\s/:@\"']{1,60}/(?P<bare>[^\s@\"']{1,200})@"),
    _row("ommunity", r"\bsnmp(?:-server)?[_ -]?community[ \t:=]+[\"']?(?P<bare>[^\s\"',;]{2,60})", re.I),
    _row(
        "ommunity", r"community(?:[_ -]?(?:string|name))?[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\s\"',;]{2,60})", re.I
    ),
    _row("ommunity", r"community[_ -](?:string|name)[ \t]+(?:is[ \t]+)?[\"']?(?P<bare>(?!is\b)[^\s\"',;]{2,60})", re.I),
    _row(
        "snmp",
        r"\b(?:auth|priv)[ \t]+(?:md5|sha\d*|des|3des|aes(?:[ \t-]?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})",
        re.I,
    ),
    _row("snmp", r"\b(?:priv)[ \t]+(?:des|3des|aes(?:[ \t-]?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})", re.I),
    _row("createUser", r"\bcreateUser[ \t]+\S+[ \t]+(?:MD5|SHA(?:-?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})"),
    _row(
        "createUser",
        r"\bcreateUser[ \t]+\S+[ \t]+(?:MD5|SHA(?:-?\d+)?)[ \t]+\S+[ \t]+(?:DES|AES(?:-?\d+)?)[ \t]+[\"']?(?P<bare>[^\s\"']{4,})",  # noqa: E501
    ),
    _row("rocommunity", r"\br[ow]community6?[ \t]+(?P<bare>\S+)"),
    _row(
        "server",
        r"\b(?:tacacs|radius|server)(?:-server|-private)?[ \t](?:[^\r\n]{0,120}[ \t])?(?:key|secret)[ \t]+(?:\d[ \t]+)?(?P<bare>[^\s\"']{3,})",  # noqa: E501
    ),
    _row("key-string", r"\bkey-string[ \t]+(?:\d[ \t]+)?(?P<bare>\S{3,})"),
    _row("message-digest-key", r"\bmessage-digest-key[ \t]+\d+[ \t]+md5[ \t]+(?:\d[ \t]+)?(?P<bare>\S{3,})"),
    _row("isakmp", r"\bcrypto[ \t]+isakmp[ \t]+key[ \t]+(?:\d[ \t]+)?(?P<bare>\S{3,})"),
    _row("authentication-key", r"\bauthentication-key[ \t]+(?:\d+[ \t]+md5[ \t]+)?[\"']?(?P<bare>[^\s\"';]{3,})"),
    _row("PSK", r"(?:^|[ \t:])PSK[ \t]+\"(?P<dq>[^\"\r\n]+)\""),
    # headers and queries
    _row("ookie", r"\b(?:Set-)?Cookie2?[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\r\n\"']{3,2000})", re.I),
    _row(
        "?",
        r"[?&;](?:sig|sv_sig|token|key|code|auth|hmac|signature|access_token|id_token|ticket|otp|sid|session|state|nonce|jwt|api_?key|k|pw|pass)"
        r"=(?P<bare>[^\s&\"'<>;#]{4,1000})",
        re.I,
    ),
    _row(
        "X-",
        r"\bX-[\w-]{0,40}(?:Key|Token|Auth|Secret|Signature)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\s\"',;]{4,1000})",
        re.I,
    ),
    _row("igest", r"\b(?:response|cnonce)[ \t]*=[ \t]*\"?(?P<bare>[0-9a-f]{32,64})"),
    _row("auth=", r"\bauth=Bearer[ \t]+(?P<bare>[\w.~+/=-]{6,})"),
    _row('"_auth"', r"\"_auth(?:Token)?\"[ \t]*:[ \t]*\"(?P<dq>[^\"\r\n]+)\""),
    _row("_auth", r"\b_auth(?:Token)?[ \t]*=[ \t]*[\"']?(?P<bare>[^\s\"']{6,})"),
    _row('"auth"', r"\"auth\"[ \t]*:[ \t]*\"(?P<dq>[A-Za-z0-9+/=_-]{8,})\""),
    # parts of keys
    _row('"kty"', r"\"(?:d|p|q|dp|dq|qi|k)\"[ \t]*:[ \t]*\"(?P<dq>[\w=-]{16,2000})\""),
    _row("ssh-key", r"(?<=ssh-key )(?P<bare>[A-Za-z0-9+/=]{40,})"),
)
_HINTS = Words(hint for hint, _ in _ROWS)
_FOLLOWING = {"machine": 3}
"""Lines below the hint over which a form goes on."""


def client_spans(text: str) -> Iterator[Span]:
    """All secrets that their place tells."""
    present = _HINTS.present(text)
    for hint, pattern in _ROWS:
        if hint in present:
            yield from _found(text, hint, pattern)


def _found(text: str, hint: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    found = pattern.finditer(text) if hint == ":" else in_lines(pattern, text, text, (hint,), _FOLLOWING.get(hint, 0))
    for match in found:  # a colon is in every line
        for group, value in match.groupdict().items():
            if value is None or is_harmless(value):
                continue
            if match[0][:1] in "?&;" and not looks_made(value):
                continue
            yield Span(match.start(group), match.end(group), "secret")
