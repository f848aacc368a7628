"""Published forms of tokens: what is a secret by its looks, whatever stands around it.

The forms are those that the services document for secret scanning, and the crypt(5) forms of password hashes. A row is
the texts of which every token of the form holds one (in its own case), and the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.gate import Words
from sestriage.redact.forms.windows import in_lines
from sestriage.redact.spans import Span

_W = r"(?<![A-Za-z0-9])"
_E = r"(?![A-Za-z0-9])"

_TOKENS: tuple[tuple[str, str], ...] = (
    ("ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,255}"),
    ("github_pat_", r"github_pat_[A-Za-z0-9_]{22,255}"),
    (
        "glpat- gldt- glrt- glptt- glsoat- glcbt- glft- glimt- glagent- gloas- glffct-",
        r"gl(?:pat|dt|rt|ptt|soat|cbt|ft|imt|agent|oas|ffct)-[A-Za-z0-9_.-]{18,255}",
    ),
    ("GR1348941", r"GR1348941[A-Za-z0-9_-]{20}"),
    ("xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xoxo- xoxc- xoxe.", r"xox[abeprsoc](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}"),
    ("xapp-", r"xapp-\d-[A-Za-z0-9-]{20,250}"),
    ("hooks.slack.com", r"(?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{20,80}"),
    ("webhook", r"(?<=/webhooks/)\d{15,22}/[\w-]{50,100}"),
    ("webhook.office.com", r"(?<=webhook\.office\.com/)webhookb2/[\w@/-]{40,300}"),
    ("_live_ _test_", r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,250}"),
    ("whsec_", r"whsec_[A-Za-z0-9+/=]{20,100}"),
    ("AIza", r"AIza[\w-]{35}"),
    ("GOCSPX-", r"GOCSPX-[\w-]{20,40}"),
    ("ya29.", r"ya29\.[\w.-]{20,500}"),
    ("1//", r"1//0[\w-]{30,200}"),
    ("SG.", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("SK", r"SK[0-9a-f]{32}"),
    ("sk-", r"sk-(?:proj-|ant-(?:api|admin)\d\d-|svcacct-|or-v1-|lf-)?[\w-]{20,250}"),
    ("npm_", r"npm_[A-Za-z0-9]{36}"),
    ("pypi-", r"pypi-[\w-]{50,500}"),
    ("rubygems_", r"rubygems_[0-9a-f]{48}"),
    ("dckr_", r"dckr_(?:pat|oat)_[\w-]{20,80}"),
    ("hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{20,300}"),
    ("vault VAULT Vault token", r"s\.(?=[A-Za-z]*\d)[A-Za-z0-9]{24}"),
    ("dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    ("hf_", r"hf_[A-Za-z0-9]{30,60}"),
    ("key-", r"key-[0-9a-f]{32}"),
    ("-us1 -us2 -us3 -us4 -us5 -us6 -us7 -us8 -us9", r"[0-9a-f]{32}-us\d{1,2}"),
    ("xkeysib-", r"xkeysib-[0-9a-f]{64}-\w{16}"),
    ("xsmtpsib-", r"xsmtpsib-[0-9a-f]{64}-\w{16}"),
    ("re_", r"re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,30}"),
    ("shpat_ shpca_ shppa_ shpss_", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("sq0atp- sq0csp- sq0idp-", r"sq0(?:atp|csp|idp)-[\w-]{20,50}"),
    ("EAA", r"EAA[A-Za-z0-9]{40,300}"),
    ("AAAA", r"AAAA[\w-]{7}:[\w-]{100,200}"),
    (":AA", r"\d{8,10}:AA[\w-]{32,35}"),
    ("glsa_ glc_", r"gl(?:sa|c)_[A-Za-z0-9_]{30,60}"),
    ("eyJ", r"eyJrIjoi[A-Za-z0-9+/=]{40,200}"),
    ("NRAK-", r"NRAK-[A-Z0-9]{27}"),
    ("NRII-", r"NRII-[\w-]{32}"),
    ("nrl", r"[0-9a-f]{36}NRAL"),
    ("dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    ("lin_api_ lin_oauth_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}"),
    ("secret_", r"secret_[A-Za-z0-9]{43}"),
    ("ntn_", r"ntn_[A-Za-z0-9]{40,50}"),
    ("PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("pul-", r"pul-[0-9a-f]{40}"),
    (".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}"),
    ("sntrys_ sntryu_", r"sntry[su]_[\w+/=.-]{40,300}"),
    ("figd_", r"figd_[\w-]{36,60}"),
    ("dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,80}"),
    ("fio-u-", r"fio-u-[\w-]{64}"),
    ("FLW", r"FLWSEC(?:K)?_(?:TEST|LIVE)?-?[0-9a-zA-Z-]{12,50}"),
    ("ATATT3", r"ATATT3[\w=-]{60,300}"),
    ("ATCTT3", r"ATCTT3[\w=-]{60,300}"),
    ("BBDC-", r"BBDC-[A-Za-z0-9+/]{40,60}"),
    ("AKCp", r"AKCp[A-Za-z0-9]{60,80}"),
    ("cmVmdGtu", r"cmVmdGtu[A-Za-z0-9]{50,70}"),
    ("oy2", r"oy2[a-z0-9]{43}"),
    ("ABSK", r"ABSK[A-Za-z0-9+/=]{60,200}"),
    ("FwoGZXIvYXdz", r"FwoGZXIvYXdz[A-Za-z0-9+/=]{60,1500}"),
    ("IQoJb3JpZ2lu", r"IQoJb3JpZ2lu[A-Za-z0-9+/=]{60,1500}"),
    ("AQoD", r"AQoD[A-Za-z0-9+/=]{100,1500}"),
    ("8Q~", r"[\w~.-]{3}8Q~[\w~.-]{31,34}"),
    ("+ASt", r"[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{5}[AQgw]=="),
    ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("CCIPAT_", r"CCIPAT_[A-Za-z0-9]{20,30}_[0-9a-f]{40}"),
    ("bkua_", r"bkua_[0-9a-f]{40}"),
    ("rnd_", r"rnd_[A-Za-z0-9]{28,40}"),
    ("fm1 fm2", r"fm[12][ar]?_[A-Za-z0-9+/=]{60,500}"),
    ("sbp_", r"sbp_[0-9a-f]{40}"),
    ("pscale_", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{32,64}"),
    ("tfp_", r"tfp_[\w]{40,60}"),
    ("r8_", r"r8_[A-Za-z0-9]{37}"),
    ("gsk_", r"gsk_[A-Za-z0-9]{52}"),
    ("xai-", r"xai-[A-Za-z0-9]{70,90}"),
    ("pplx-", r"pplx-[A-Za-z0-9]{40,60}"),
    ("tvly-", r"tvly-[\w-]{20,50}"),
    ("ops_", r"ops_eyJ[A-Za-z0-9+/=]{100,2000}"),
    ("Private-MAC", r"(?<=Private-MAC: )[0-9a-f]{40,64}"),
)
_HASHES: tuple[tuple[str, str], ...] = (
    (
        "$1$ $5$ $6$ $7$ $y$ $gy$ $8$ $9$ $14$ $apr1$ $sha1$ $md5$ $sm3$",
        r"\$(?:1|5|6|7|y|gy|8|9|14|apr1|sha1|md5|sm3)\$(?:rounds=\d+\$)?[./A-Za-z0-9$,=+-]{16,200}",
    ),
    ("$2$ $2a$ $2b$ $2x$ $2y$", r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"),
    ("$argon2", r"\$argon2(?:id|i|d)\$v=\d+\$[^\s\"'<>:]{20,200}"),
    ("pbkdf2 PBKDF2", r"(?:\$?pbkdf2[_-]sha\d{1,4}|\{PBKDF2[^}\s]{0,20}\})\$?\d{1,9}\$[^\s\"'<>:,]{20,200}"),
    ("$scrypt", r"\$scrypt\$[^\s\"'<>:]{20,200}"),
    ("$P$ $H$", r"\$[PH]\$[./A-Za-z0-9]{31}"),
    (
        "SHA} MD5} CRYPT} SHA256} SHA384} SHA512} NTLM} SHA1} bcrypt} CLEARTEXT} PLAIN} .HEX} .B64}",
        r"\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|NTLM|SHA1|bcrypt|CLEARTEXT|PLAIN)(?:\.HEX|\.B64)?\}[^\s\"'<>,;]{6,200}",
    ),
    ("scram-sha-", r"scram-sha-\d+\$\d+:[^\s\"'<>]{20,300}"),
    ("SCRAM-SHA-", r"SCRAM-SHA-\d+\$\d+:[^\s\"'<>]{20,300}"),
    ("{cipher}", r"(?<=\{cipher\})[0-9A-Fa-f+/=]{16,600}"),
    ("ENC(", r"(?<=ENC\()[A-Za-z0-9+/=]{8,400}(?=\))"),
    ("$ANSIBLE_VAULT", r"(?<=\$ANSIBLE_VAULT;)\d\.\d;[^\r\n]{1,60}(?:\r?\n[ \t]*[0-9a-f]{10,80})+"),
    ("Private-Lines", r"(?<=Private-Lines: )\d+(?:\r?\n[A-Za-z0-9+/=]{1,80})+"),
    (":::", r"(?<=:)[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}(?=:::)"),
)
MAX_LINES = 1000
"""Lines of a vault or of a key that follow its heading."""
_ROWS = (
    *((tuple(hints.split()), re.compile(_W + pattern + _E), 0) for hints, pattern in _TOKENS),
    *((tuple(hints.split()), re.compile(pattern), MAX_LINES) for hints, pattern in _HASHES),
)
_HINTS = Words(hint for hints, _, _ in _ROWS for hint in hints)


def shape_spans(text: str) -> Iterator[Span]:
    """All tokens of published forms, and hashes of passwords."""
    present = _HINTS.present(text)
    for hints, pattern, following in _ROWS if present else ():
        if not present.isdisjoint(hints):
            for match in in_lines(pattern, text, text, hints, following if r"\n" in pattern.pattern else 0):
                yield Span(match.start(), match.end(), "secret")
