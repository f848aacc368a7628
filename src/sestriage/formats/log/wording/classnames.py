"""Names of exception classes as logs write them, translated ones included."""

from __future__ import annotations

import re

_SUFFIX = r"(?:Exception|Ausnahme|Excepci[oó]n|Exce[cç][aã]o|Eccezione|例外|异常|예외)"
_PACKAGE = r"(?:[A-Za-z_][\w$]{0,60}[./]){0,14}"
CLASS = (
    rf"(?<![\w.$/@-])(?:{_PACKAGE}[^\W\d_][\w$]{{0,100}}?{_SUFFIX}(?:\$\w{{1,60}})?"
    rf"|(?:[a-z_][\w$]{{0,60}}[./]){{1,14}}[A-Z][\w$]{{0,100}}?(?:Error|Throwable|Fault)"
    r"|smtplib\.SMTP[A-Z]\w{3,30}|socket\.(?:gaierror|timeout)|(?:ConnectionRefused|ConnectionReset|BrokenPipe)Error"
    r"|TimeoutError(?=: (?:timed out|\[Errno)))(?![\w$])(?!\.[\w$])"
)
"""A class name: any package or none for `…Exception` and its translations; errors only with their package, since
`Error` alone is a word. And what Python's smtplib raises."""

HEAD = re.compile(
    rf"\s{{0,200}}(?:Exception in thread \"[^\"]{{0,200}}\" )?(?P<class>{CLASS})(?P<colon>:(?=\s|$)|(?=\s*$))"
)
"""A line that begins with a throwable's `toString()`."""
INLINE = re.compile(rf"(?P<class>{CLASS})(?P<colon>:(?=\s|$)|(?=[\s;,.)\]'\"]|$))")
"""A class name somewhere in a text."""

_ENDS = (
    "Exce",
    "smtplib.SMTP",
    "socket.",
    "Error",
    "Ausnahme",
    "Eccezione",
    "Throwable",
    "Fault",
    "例外",
    "异常",
    "예외",
)


def may_name_class(text: str) -> bool:
    """False: `INLINE` matches nowhere in the text; finding that out with the pattern costs much more."""
    return any(end in text for end in _ENDS)


_TRANSLATED = {
    "AuthentifizierungFehlgeschlagene": "AuthenticationFailedException",
    "AuthentifizierungFehlgeschlagen": "AuthenticationFailedException",
    "AuthentifizierungsFehlgeschlagene": "AuthenticationFailedException",
    "AuthentifizierungsFehler": "AuthenticationFailedException",
    "AuthentifizierungFehler": "AuthenticationFailedException",
    "SSLHandschlag": "SSLHandshakeException",
    "SSLHandshake": "SSLHandshakeException",
    "UnbekannterHost": "UnknownHostException",
    "Verbindungs": "ConnectException",
    "Nachrichten": "MessagingException",
    "SendenFehlgeschlagen": "SendFailedException",
    "SendenFehlgeschlagene": "SendFailedException",
}
_STEMS: tuple[tuple[str, str], ...] = (
    ("smtpsendfailed", "SMTPSendFailedException"),
    ("smtpaddressfailed", "SMTPAddressFailedException"),
    ("smtpsenderfailed", "SMTPSenderFailedException"),
    ("suncertpathbuilder", "SunCertPathBuilderException"),
    ("authentifizierung", "AuthenticationFailedException"),
    ("authenticationfailed", "AuthenticationFailedException"),
    ("autentica", "AuthenticationFailedException"),
)
_ENDING = re.compile(_SUFFIX + r"$")


def simple_name(written: str) -> str:
    """The last part of a class name in its Java form: `SMTPSendFailedAusnahme` gives `SMTPSendFailedException`."""
    name = re.split(r"[./]", written)[-1]
    if written.startswith(("smtplib.", "socket.")):
        return name
    if name.endswith(("Exception", "Error", "Throwable", "Fault")) or "$" in name:
        return name
    stem = _ENDING.sub("", name)
    if stem in _TRANSLATED:
        return _TRANSLATED[stem]
    lowered = stem.lower()
    for start, java in _STEMS:
        if lowered.startswith(start):
            return java
    return stem + "Exception"
