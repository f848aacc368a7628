"""What is known of names: which end like host names, which are Java's or a file's, which are public and stay."""

from __future__ import annotations

PUBLIC_DOMAINS: frozenset[str] = frozenset(
    (
        *("amazonaws.com", "amazonaws.com.cn", "amazonses.com", "amazontrust.com", "amazon.com", "api.aws", "aws"),
        *("cisco.com", "apache.org", "eclipse.org", "github.com", "ietf.org", "java.net", "letsencrypt.org"),
        *("openjdk.org", "openssl.org", "oracle.com", "slf4j.org", "spring.io", "w3.org", "xml.org"),
        *("cve.org", "man7.org", "postfix.org", "rfc-editor.org", "weakdh.org"),
        *("docker.io", "docker.com", "kubernetes.io", "localhost.localdomain", "jakarta.ee"),
        # help pages and scopes that replies of mail services name
        *("support.google.com", "mail.google.com", "learn.microsoft.com", "aka.ms"),
    )
)
"""Domains whose names stay, subdomains included: they are nobody's secret, and the diagnosis lives on them."""

PUBLIC_MAIL_DOMAINS: frozenset[str] = frozenset(("amazonses.com",))
"""Domains under which `local@domain` is a message id of SES, not a mailbox."""

GENERIC_ENDINGS: frozenset[str] = frozenset(
    (
        *("com", "net", "org", "edu", "gov", "mil", "int", "biz", "arpa", "aero", "coop", "museum", "mobi"),
        *("asia", "cat", "xyz", "online", "site", "app", "dev", "cloud", "tech", "shop", "bank", "health"),
        *("agency", "company", "group", "global", "digital", "email", "network", "solutions", "systems"),
        *("services", "energy", "berlin", "bayern", "hamburg", "koeln", "wien", "london", "paris", "swiss"),
        *("amsterdam", "nyc", "tokyo", "africa", "eu", "local", "localdomain", "lan", "internal"),
        *("intranet", "corp", "home", "priv", "private", "domain", "dmz", "test", "example", "invalid"),
        *("localhost", "alt", "onion", "office", "ad", "customer"),
    )
)
"""Last labels that make a dotted name a host name, beside the two-letter country codes."""

_COUNTRIES = (
    "ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm "
    "fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is "
    "it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml "
    "mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pm pn "
    "pr ps pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk "
    "tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
COUNTRY_ENDINGS: frozenset[str] = frozenset(_COUNTRIES.split())
"""ISO 3166 country codes in use as endings, without those that are file endings in this trade (py, rs, sh, so, pl)."""

FILE_ENDINGS: frozenset[str] = frozenset(
    (
        *("bak", "cer", "cfg", "class", "conf", "crl", "crt", "csr", "csv", "der", "dll", "gz", "gpg"),
        *("groovy", "html", "ini", "jar", "java", "jceks", "jks", "js", "json", "jsp", "kdb", "key"),
        *("keystore", "kt", "log", "md", "old", "out", "p12", "p7b", "pcap", "pcapng", "pem", "pfx", "pid"),
        *("pl", "properties", "py", "rb", "rs", "sample", "scala", "service", "sh", "so", "sock", "sql"),
        *("swp", "tar", "tgz", "tmp", "toml", "txt", "war", "xml", "yaml", "yml", "zip", "cap", "bin"),
        *("exe", "go", "cc", "ps", "pub", "rpm", "deb"),
    )
)
"""Last labels that make a dotted name a file name."""

DOMAIN_AND_FILE_ENDINGS: frozenset[str] = frozenset(("sh", "py", "zip", "rs", "so", "pl", "md", "cc", "ps", "pub"))
"""File endings that are domains, too: what stands around a name tells which it is."""

HOME_OF_NOBODY: frozenset[str] = frozenset(("lost", "shared", "public", "default", "all", "user", "users"))
"""Folders beside those of people."""

PACKAGE_ROOTS: frozenset[str] = frozenset(
    (
        *("com", "org", "net", "edu", "gov", "io", "java", "javax", "jakarta", "jdk", "sun", "oracle"),
        *("kotlin", "scala", "groovy", "reactor", "ch", "de", "uk", "fr", "co", "me", "dev", "software"),
        *("lombok", "junit", "akka", "ognl", "spring", "logging", "logger", "log", "management", "os"),
        *("user", "thread", "event", "rule", "process", "request", "response", "session", "this", "self"),
        *("system", "line", "file", "path", "native"),
    )
)
"""First labels that make a dotted name a Java package or a property rather than a host name."""

PLAIN_WORDS: frozenset[str] = frozenset(
    (
        *("localhost", "null", "none", "unknown", "host", "hostname", "port", "server", "smtp", "mail"),
        *("name", "the", "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "not", "of", "on"),
        *("or", "to", "was", "with", "error", "failed", "failure", "invalid", "address", "found"),
        *("required", "timeout", "timed", "refused", "closed", "connection", "connect", "client"),
        *("manager", "info", "warn", "debug", "java", "amazon", "aws", "ses", "your", "this", "that", "it"),
        *("does", "could", "has", "via", "using", "tls", "ssl", "starttls", "dns", "resolve", "true"),
        *("local", "false", "succeeded", "command", "all", "any", "each", "every", "same", "other", "example"),
        *("first", "again", "before", "please", "expected", "needed"),
    )
)
"""Words that a sentence may hold where a host name could stand."""
