"""Secrets by their place: in the options of well-known programs, in files of a known form, in queries of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.rows import END, LINE, Rows, V, row
from sestriage.redact.spans import Span

_USER_V = r"(?:\"[^\":\r\n]{0,80}:(?P<dq>[^\"\r\n]+)\"|'[^':\r\n]{0,80}:(?P<sq>[^'\r\n]+)'|[^\s:\"'/]{1,80}:(?P<bare>[^\s\"'|;&<>\\]+))"  # noqa: E501

_ROWS = Rows(
    (
        # programs
        row("curl", rf"\bcurl\b{LINE}[ \t](?:-u|--user|--proxy-user|-U)[ \t=]*{_USER_V}"),
        row("http", rf"\bhttps?\b[ \t]{LINE}(?<=[ \t])(?:-a|--auth)[ \t=]*{_USER_V}"),
        row("sshpass", rf"\bsshpass[ \t]+-p[ \t]*{V}"),
        row("mysql", rf"\bmysql(?:dump|admin|import|show|check|sh)?\b{LINE}[ \t]-p(?![ \t]|-){V}"),
        row("mariadb", rf"\bmariadb(?:-dump|-admin)?\b{LINE}[ \t]-p(?![ \t]|-){V}"),
        row("ldap", rf"\bldap(?:search|add|modify|delete|passwd|whoami|compare)\b{LINE}[ \t]-(?:w|s)[ \t]+{V}"),
        row("redis-cli", rf"\bredis-cli\b{LINE}[ \t]-a[ \t]+{V}"),
        row(
            "login", rf"\b(?:docker|podman|helm|buildah|skopeo|az|oc|cf|nerdctl)\b{LINE}\blogin\b{LINE}[ \t]-p[ \t]+{V}"
        ),
        row("sqlcmd", rf"\b(?:sqlcmd|osql|bcp|isql|tsql)\b{LINE}[ \t]-P[ \t]*{V}"),
        row(
            "sqlplus",
            r"\b(?:sqlplus|exp|imp|expdp|impdp|rman|sqlldr)\b[^\r\n]{0,80}?[ \t]\w{1,40}/(?P<bare>[^\s\"'@/]{3,})@",
        ),
        row("mongo", rf"\bmongo(?:sh|dump|restore|export|import)?\b{LINE}[ \t]-p[ \t]+{V}"),
        row(
            "smbclient",
            r"\b(?:smbclient|rpcclient|net|mount\.cifs|winexe|wmic)\b[^\r\n]{0,200}?[ \t]-U[ \t]*[\"']?[^\s%\"']{1,60}%(?P<bare>[^\s\"']+)",  # noqa: E501
        ),
        row(
            "htpasswd",
            rf"\bhtpasswd\b[ \t]{{1,9}}-[A-Za-z]{{0,6}}b[A-Za-z]{{0,6}}[ \t]{{1,9}}(?:\S{{1,200}}[ \t]{{1,9}})?\S{{1,200}}[ \t]{{1,9}}{V}{END}",  # noqa: E501
        ),
        row(
            "htpasswd",
            rf"\bhtpasswd\b[ \t]{{1,9}}-(?=[A-Za-z]{{0,6}}b)(?:[A-Za-z]{{0,6}}n[A-Za-z]{{0,6}}|[A-Zabc-mo-z]{{1,9}}[ \t]{{1,9}}\S{{1,200}})[ \t]{{1,9}}"  # noqa: E501
            rf"\S{{1,200}}[ \t]{{1,9}}{V}",
            made=True,
        ),
        row(
            "chpasswd",
            r"\becho[ \t]+[\"']?[\w.-]{1,40}:(?P<bare>[^\s\"'|]+)[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd",
        ),
        row("sudo", rf"\b(?:echo|printf)[ \t]+{V}[ \t]*\|[ \t]*sudo[ \t]+-S"),
        row("--stdin", rf"\b(?:echo|printf)[ \t]+{V}[ \t]*\|[ \t]*(?:sudo[ \t]+)?passwd\b"),
        row("password-stdin", rf"\b(?:echo|printf)[ \t]+{V}[ \t]*\|[ \t]*(?:sudo[ \t]+)?[\w-]{{1,20}}[ \t]+login\b"),
        row("net use", rf"\bnet[ \t]+use[ \t]+\S+(?:[ \t]+\S+)?[ \t]+{V}[ \t]+/user:", re.I),
        row("net user", rf"\bnet[ \t]+user[ \t]+[\w.-]+[ \t]+(?!/){V}", re.I),
        row(
            "snmp",
            rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|trap|inform|status|table)\b{LINE}[ \t]-[cAX][ \t]*{V}",
        ),
        row("snmp", rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|trap|inform)\b[^\r\n]{{0,300}}[ \t]-X[ \t]*{V}"),
        row(
            "openssl",
            r"(?<=[ \t])-(?:passin|passout|pass|password|k)[ \t]+(?:pass:)?(?!env:|file:|fd:|stdin\b|pass:)(?P<bare>[^\s\"'|;&]{3,})",  # noqa: E501
        ),
        row("pass:", r"(?<![\w])pass:(?P<bare>[^\s\"'|;&,)]+)"),
        row("keytool", rf"(?<=[ \t])-(?:storepass|keypass|srcstorepass|deststorepass|srckeypass|destkeypass)[ \t]+{V}"),
        row("psql", r"\bpassword=(?P<bare>[^\s\"'&;]+)"),
        row("ftp", rf"\blftp\b{LINE}-u[ \t]+[^\s,]+,(?P<bare>[^\s\"']+)"),
        row("swaks", rf"(?<=[ \t])(?:-ap|--auth-password|-xp|--xpass)[ \t=]+{V}"),
        row("sendemail", rf"\b(?:sendemail|sendEmail)\b{LINE}[ \t]-xp[ \t]+{V}", re.I),
        row("mailx", r"smtp-auth-password=(?P<bare>[^\s\"']+)"),
        row("plink", rf"\b(?:plink|pscp|psftp|putty)\b{LINE}[ \t]-pw[ \t]+{V}"),
        row("curl", rf"\bcurl\b{LINE}[ \t](?:-b|--cookie)[ \t=]*{V}", made=True),
        row("zip", rf"\b(?:un)?zip\b{LINE}[ \t]-P[ \t]*{V}"),
        row("7z", rf"\b7z[ar]?\b{LINE}[ \t]-p{V}"),
        row("cqlsh", rf"\bcqlsh\b{LINE}[ \t]-p[ \t]*{V}"),
        row("mosquitto_", rf"\bmosquitto_(?:pub|sub|rr)\b{LINE}[ \t]-P[ \t]+{V}"),
        row("psexec", rf"\bpsexec\b{LINE}[ \t]-p[ \t]+{V}", re.I),
        row("schtasks", rf"\bschtasks\b{LINE}[ \t]/r?p[ \t]+{V}", re.I),
        row(
            "<<<",
            rf"\b(?:cryptsetup|kinit|sudo|passwd|su|gpg|openssl|mount|ssh-add|kpasswd)\b[^\r\n]{{0,200}}?<<<[ \t]*{V}",
        ),
        row("SecureString", r"SecureString[ \t]+(?:-String[ \t]+)?(?:\"(?P<dq>[^\"\r\n]+)\"|'(?P<sq>[^'\r\n]+)')"),
        row(
            "redential",
            r"New-Object[^\r\n(]{1,80}\([ \t]*[\"'][^\"'\r\n]{1,80}[\"'][ \t]*,[ \t]*[\"'](?P<dq>[^\"'\r\n]+)[\"']",
        ),
        row("--from-literal", r"--from-literal[= \t]+[\"']?[\w.-]{1,80}=(?P<bare>[^\s\"']+)"),
        row("secure_link_md5", r"\bsecure_link_md5[ \t]+\"[^\"\r\n]{0,200}[ \t](?P<bare>[^\"\s]+)\""),
        row("xfreerdp", r"(?<=[ \t])/p:(?P<bare>[^\s\"']+)"),
        row("ipmitool", rf"\bipmitool\b{LINE}[ \t]-P[ \t]+{V}"),
        row("rabbitmqctl", rf"\brabbitmqctl[ \t]+(?:add_user|change_password|authenticate_user)[ \t]+\S+[ \t]+{V}"),
        row("nmcli", rf"\bnmcli\b{LINE}(?:\bpassword|wifi-sec\.psk)[ \t]+{V}"),
        row(
            "vault",
            r"\bvault[ \t]+(?:login|unwrap|operator unseal)[ \t]+(?:-\S+[ \t]+)*(?:token=)?(?P<bare>[^\s-]\S{7,})",
        ),
        row("send", r"\bsend[ \t]+(?:--[ \t]+)?\"(?P<dq>[^\"\r\n\\]{4,80})(?:\\r|\r)\""),
        row("wpa_", rf"\bwpa_passphrase[ \t]+\S+[ \t]+{V}"),
        row("-psk", rf"(?<=[ \t])-psk[ \t]+{V}"),
        row(
            "PASS",
            r"(?<![\w.])PASS[ \t]+(?P<bare>(?!command|mechanism|phase|the\b|is\b)[^\s\"'\\]{3,})(?=[ \t\r]*$|[\\\"'])",
        ),
        # code
        row(
            "Credential", r"Credentials?\([ \t]*(?:[^(),\r\n]{1,120},[ \t]*)?\"(?P<dq>(?:[^\"\\\r\n]|\\.)+)\"[ \t]*[,)]"
        ),
        row(
            "Authentication(",
            r"Authentication\([^(),\r\n]{1,120},[ \t]*\"(?P<dq>(?:[^\"\\\r\n]|\\.)+)\"[ \t]*+(?:\.\w+\(\))?[ \t]*+\)",
        ),
        row("ogin(", r"\b[Ll]ogin\([^(),\r\n]{1,120},[ \t]*[\"'](?P<dq>(?:[^\"'\\\r\n]|\\.)+)[\"'][ \t]*[,)]"),
        row(
            "onnect",
            r"(?:[cC]onnect|getConnection|mysqli|PDO|PlainAuth|ConnectServer)\("
            r"(?:[^(),\r\n]{0,200},[ \t]*){2}[\"'](?P<dq>(?:[^\"'\\\r\n]|\\.){3,})[\"'](?=[ \t]*(?:,[^()\r\n]{0,100})?\))",  # noqa: E501
        ),
        row(
            "uth",
            r"\b(?:auth|PlainAuth|HTTPBasicAuth|basic_auth|basicAuth)[ \t]*(?:\(|=[ \t]*\()(?:[ \t]*[\"'][^\"'\r\n]{0,80}[\"'][ \t]*,){1,2}"  # noqa: E501
            r"[ \t]*[\"'](?P<dq>[^\"'\r\n]{3,})[\"']",
        ),
        row(
            "IDENTIFIED",
            r"\bIDENTIFIED(?:[ \t]+WITH[ \t]+\w+)?[ \t]+(?:BY|AS)(?:[ \t]+PASSWORD)?[ \t]+(?:'(?P<sq>[^'\r\n]+)'|\"(?P<dq>[^\"\r\n]+)\"|(?P<bare>[^\s'\";]{3,}))",  # noqa: E501
            re.I,
        ),
        row(
            "identified",
            r"\bIDENTIFIED(?:[ \t]+WITH[ \t]+\w+)?[ \t]+(?:BY|AS)(?:[ \t]+PASSWORD)?[ \t]+(?:'(?P<sq>[^'\r\n]+)'|\"(?P<dq>[^\"\r\n]+)\"|(?P<bare>[^\s'\";]{3,}))",  # noqa: E501
            re.I,
        ),
        row("SET PASSWORD", r"\bSET[ \t]+PASSWORD\b[^\r\n=]{0,120}=[ \t]*(?:PASSWORD\()?'(?P<sq>[^'\r\n]+)'", re.I),
        # files
        row(
            "machine",
            r"\bmachine[ \t]+\S+\s+login[ \t]+\S+\s+(?:account[ \t]+\S+\s+)?password[ \t]+(?P<bare>\S+)",
            following=3,
        ),
        row(
            ":",
            r":(?<=[\w*]:)(?:\d{4,5}|\*):[\w.*-]{1,60}:[\w.*@-]{1,60}:(?P<bare>(?:[^\s:\\\"']|\\(?!n)[^\s]){3,200})"
            rf"(?:{END}|(?=[\"'\\]+$|\\n))",
        ),
        row(
            ":",
            r":(?<=[\w*]:)(?:\d{4,5}|\*):[\w.*-]{1,60}:[\w.*@-]{1,60}:(?P<bare>[^\s:\\\"']{3,200}+)(?=[ \t])",
            made=True,
        ),
        row(":::", r"(?<=[\w-]):(?P<bare>!?[^\s:!*]{8,200}):\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:\d{0,6}:"),
        row(
            ":",
            r":(?<=\w:)(?<!sha1:)(?<!sha256:)(?<!md5:)(?:[A-Z0-9._-]{1,40}:)?(?P<bare>[0-9A-Fa-f]{32}|\{[A-Z0-9]+\}[^\s\"'\\]{6,200})(?=[ \t\"'\\\r]*$)",  # noqa: E501
        ),
        row("]:", r"\]:\d{2,5}[ \t]+[\w.@+<>-]{1,100}:(?P<bare>[^\s\"'\\]{4,200})", made=True),
        *(
            row(
                f":{port}",
                rf":{port}[ \t]+[\w.@+<>-]{{1,100}}:(?P<bare>[^\s\"'\\]{{4,200}})",
                made=True,
            )
            for port in ("25", "465", "587", "2465", "2587")
        ),
        row("requirepass", r"\brequirepass[ \t]+[\"']?(?P<bare>[^\s\"'\\]{3,200})"),
        row("masterauth", r"\bmasterauth[ \t]+[\"']?(?P<bare>[^\s\"'\\]{3,200})"),
        row("AUTH", rf"(?<![\w-])AUTH[ \t]+(?P<bare>[^\s\"'\\]{{6,200}}){END}", made=True),
        row("user", r"\buser[ \t]+\S{1,80}[ \t]+(?:on|off)[ \t][^\r\n>]{0,200}>(?P<bare>[^\s\"'\\]{3,200})"),
        row("start(", r"\bstart\((?:[^(),\r\n]{0,200},[ \t]*){4}[\"'](?P<dq>(?:[^\"'\\\r\n]|\\.){3,})[\"']"),
        row("AuthInfo:", r"\"P[:=](?P<bare>[^\"\r\n]+)\""),
        row(
            "client_send",
            r"\bclient_send[ \t]*+=[ \t]*+:?+[ \t]*+[^\s:]{1,80}+[ \t]*+:[ \t]*+(?P<bare>[^\s:]+)",
        ),
        row("@", r"@[\w.-]{1,80}:(?P<bare>[^\s:/\"'\\]{6,200}+)(?![:/])", made=True),
        row(":[U", r":(?P<bare>[0-9A-F]{32}:[0-9A-F]{32}):\[U"),
        row(".docker", r"\.docker(?:configjson|cfg)[\"']?[ \t]*:[ \t]*[\"']?(?P<bare>[^\s\"',]{16,})"),
        row("jdbc:oracle", r"jdbc:oracle:\w{1,10}:[^\s/:@\"']{1,60}/(?P<bare>[^\s@\"']{1,200})@"),
        # headers and queries
        row("ookie", r"\b(?:Set-)?Cookie2?[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\r\n\"']{3,2000})", re.I),
        row(
            "?",
            r"[?&;](?:sig|sv_sig|token|key|code|auth|hmac|signature|access_token|id_token|ticket|otp|sid|session|state|nonce|jwt|api_?key|k|pw|pass)"
            r"=(?P<bare>[^\s&\"'<>;#]{4,1000})",
            re.I,
        ),
        row(
            "X-",
            r"\bX-[\w-]{0,40}(?:Key|Token|Auth|Secret|Signature)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<bare>[^\s\"',;]{4,1000})",  # noqa: E501
            re.I,
        ),
        row("SAML", r"\bSAML(?:Response|Request|art)=(?P<bare>[^\s&\"'<>]{16,})"),
        row("PasswordDigest", r"PasswordDigest[\"']?[ \t]*=[ \t]*[\"']?(?P<bare>[\w+/=]{16,})"),
        row("://", r"://(?P<bare>[0-9a-f]{32})[:@]"),
        row("igest", r"\b(?:response|cnonce)[ \t]*=[ \t]*\"?(?P<bare>[0-9a-f]{32,64})"),
        row("auth=", r"\bauth=Bearer[ \t]+(?P<bare>[\w.~+/=-]{6,})"),
        row('"_auth"', r"\"_auth(?:Token)?\"[ \t]*:[ \t]*\"(?P<dq>[^\"\r\n]+)\""),
        row("_auth", r"\b_auth(?:Token)?[ \t]*=[ \t]*[\"']?(?P<bare>[^\s\"']{6,})"),
        row('"auth"', r"\"auth\"[ \t]*:[ \t]*\"(?P<dq>[A-Za-z0-9+/=_-]{8,})\""),
        # parts of keys
        row('"kty"', r"\"(?:d|p|q|dp|dq|qi|k)\"[ \t]*:[ \t]*\"(?P<dq>[\w=-]{16,2000})\""),
        row("ssh-key", r"(?<=ssh-key )(?P<bare>[A-Za-z0-9+/=]{40,})"),
    )
)


def client_spans(text: str) -> Iterator[Span]:
    """All secrets that their place tells."""
    return _ROWS.spans(text)
