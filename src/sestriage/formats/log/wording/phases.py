"""Where on the ladder an exception text belongs: tables from class names, wordings, frames and replies to phases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.model.log import SmtpReply, Throwable
from sestriage.model.phase import Phase

_STEP_PHASES: dict[str, Phase] = {
    "connect": Phase.TCP,
    "greeting": Phase.GREETING,
    "ehlo": Phase.STARTTLS,
    "starttls": Phase.STARTTLS,
    "auth": Phase.AUTH,
    "mail": Phase.MAIL,
    "rcpt": Phase.RCPT,
    "data": Phase.DATA,
}
_FRAME_STEPS: dict[str, str] = {
    "openServer": "greeting",
    "ehlo": "ehlo",
    "helo": "ehlo",
    "startTLS": "starttls",
    "authenticate": "auth",
    "mailFrom": "mail",
    "rcptTo": "rcpt",
    "data": "data",
    "bdat": "data",
    "finishData": "data",
    "finishBdat": "data",
    "closeConnection": "quit",
    "close": "quit",
}
"""Methods of SMTPTransport that tell what was being done (docs/domain.md, section 3.2)."""
_BEHIND_TLS = ("auth", "mail", "rcpt", "data")
"""Commands that JavaMail sends when the handshake is over."""
_TRANSPORT = re.compile(r"(?:^|\.)SMTP(?:SSL)?Transport(?:\$(?P<inner>\w+))?\.(?P<method>\w+)$")
_HANDSHAKING = re.compile(r"(?:^|\.)SocketFetcher\.configureSSLSocket$")
_IN_TLS = re.compile(r"(?:^|[./])sun\.security\.ssl\.SSLSocket(?:Impl|InputRecord)\b")
_AT_CONNECT = ("MailConnectException", "ConnectException", "NoRouteToHostException")
"""What only the attempt to connect throws; `openServer`, which reads the greeting too, may be the only frame left."""
_READING = re.compile(r"Exception reading response|\[EOF\]|, response: |\A[2-5]\d\d[ -]")
"""What is said where a reply was waited for."""
_CONNECTING = re.compile(r"(?:^|\.)SocketFetcher\.(?:getSocket\d?|createSocket)$")

CERTIFICATE = re.compile(
    r"\bPKIX\b|SunCertPathBuilder|CertPathValidator|CertificateExpired|CertificateNotYetValid|ValidatorException"
    r"|No subject alternative|No name matching|Can't verify identity of server|Server is not trusted"
    r"|Unable to check server identity"
    r"|Server identity does not match|trustAnchors parameter must be non-empty|problem accessing trust store"
    r"|No trusted certificate found"
    r"|TLS Server certificate issued after|Certificates do(?:es)? not conform to algorithm"
    r"|certificate verify failed|unable to find valid certification path"
    r"|Zertifizierungspfad zum|有效证书路径|certificate (?:has expired|is not yet valid)|self[- ]signed certificate"
    r"|hostname mismatch|\bx509: (?:certificate|cannot validate)|\bPeer certificate CN="
    r"|\bServer certificate not (?:trusted|verified)\b|\bcertificate verification failed for \S{1,300}: "
    r"|unable to get (?:local )?issuer certificate|unable to verify the first certificate|(?:ee"
    r"|ca) (?:key too small|md too weak)"
    r"|(?:msmtp: |errormsg=')TLS (?:certificate verif|handshake failed: (?:the )?certificate )|invalid peer certificate"
    r"|Path does not chain with any of the trust anchors|validity check failed|Algorithm constraints check failed"
)
"""Wordings of the certificate phase, whatever class carries them."""
TLS = re.compile(
    r"Received fatal alert|SSLHandshakeException|SSLException|SSLProtocolException|SSLPeerUnverified"
    r"|SSLKeyException|No appropriate protocol"
    r"|DH ServerKeyExchange does not comply|RSA ServerKeyExchange does not comply|Could not generate DH keypair"
    r"|Unsupported or unrecognized SSL message"
    r"|Unrecognized SSL message|terminated the handshake|closed connection during handshake"
    r"|SSL peer shut down incorrectly|SSL [Rr]outin"
    r"|server selected protocol version|Server chose \S{3,12} but|Could not convert socket to TLS"
    r"|Cannot start TLS: handshake failure|SSL_connect error to "
    r"|Exception in startTLS|dh key too small|handshake_failure|(?:msmtp: |errormsg=')TLS handshake failed"
    r"|because the remote party (?:sent a TLS alert|has closed the transport stream)"
    r"|\bwhile performing the TLS handshake\b"
)
DNS = re.compile(
    r"UnknownHost(?:Exception)?\b|UnresolvedAddressException|Unknown SMTP host|Name or service not known"
    r"|Temporary failure in name resolution|nodename nor servname|: host name lookup failure"
    r"|\bsocket\.gaierror\b|getaddrinfo E(?:NOTFOUND|AI_AGAIN)\b|\bName service error for name="
)
TCP = re.compile(
    r"\bConnectException|Connection refused|(?<!\d\.\d\.\d )[Cc]onnect(?:ion)? timed out|NoRouteToHost|No route to host"
    r"|Network is unreachable|Host is down"
    r"|errno=(?:101|110|111|113)\b|\bError: Connection timeout$"
    r"|PortUnreachable|\bconnect E(?:CONNREFUSED|TIMEDOUT|HOSTUNREACH|NETUNREACH)\b",
)
GREETING = re.compile(
    r"Got bad greeting|Error: Greeting never received\b"
    r"|Could not connect to SMTP host: \S{1,255} port: \d{1,5}, response:"
)
STARTTLS = re.compile(
    r"STARTTLS is required but|Must issue a STARTTLS|\b[45]\d\d[ -](?:\d\.\d\.\d{1,3} )?TLS not available"
    r"|does not support STARTTLS|msmtp: the server does not support TLS|Server does not support secure connections"
    r"|TLS is required, but (?:was not offered|host \S{1,300} refused)"
    # Exim (`transports/smtp.c`): STARTTLS was refused or left out; a handshake that failed is `TLS session: ...`
    r"|TLS session is required, but (?:the server did not|an attempt to start TLS failed)",
    re.IGNORECASE,
)
AUTH = re.compile(
    r"Authentication ?Failed(?! because the remote party)|MailAuthenticationException|No authentication mechanisms"
    r"|Authentication Credentials|Authentication required|Account not subscribed|Temporary authentication",
    re.IGNORECASE,
)
DATA = re.compile(
    r"IOException while sending message|Message rejected|Access denied: User|Throttling failure"
    r"|Message is too long|Sending paused|Transaction failed|Nachricht abgelehnt|Mensaje rechazado"
    r"|Messaggio rifiutato|Mensagem rejeitada",
    re.IGNORECASE,
)
CONFIG = re.compile(
    r"no (?:user name|password) specified|AuthenticationFailedException: failed to connect, no\b"
    r"|No recipient addresses|No recipients?\b(?! mail)"
    r"|no (?:smtp|mail) server configured",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(r"failed to connect(?! to\b)")
"""JavaMail's `Service.connect` when the provider gave up without a reply: it does not say where."""
_BARE_LOGIN = re.compile(
    r"\b(?:MailAuthenticationException(?:: Authentication failed)?|AuthenticationFailedException)\Z"
)
"""The class alone, or with Spring's own words for it: JavaMail throws it also without having connected, where it has no
password to log in with (`Service.connect`)."""
SPRING_SENT = re.compile(r"\bMailSendException: Failed messages:")
"""Spring's report of messages that could not be sent in a session that stood; where the connection or the login failed
it says `Mail server connection failed` first (`JavaMailSenderImpl.doSend`)."""
LOST = re.compile(
    r"Exception reading response|Can't send command to SMTP host|\[EOF\]|Connection reset|Read timed out"
    r"|Broken pipe|Connection closed|Connection timed out|SMTPServerDisconnected: Connection unexpectedly closed"
    r"|\blost connection with \S|\bconversation with \S{1,300} timed out"
)
"""Wordings that say that the conversation broke off, not where."""
_LOST_OVER_TLS = re.compile(
    r"(?s:(?:Exception reading response|Can't send command to SMTP host"
    r"|IOException while sending).{0,300}?)SSL(?:Protocol)?Exception:"
    r" (?:Connection reset|Read timed out|Broken pipe|Connection closed|Connection has|java\.net\.Socket"
    r"|SSL peer shut down incorrectly|[^\n]{0,120}?unexpected eof)"
)
"""The same after the handshake: the TLS class is only the carrier. JavaMail ends the handshake before it reads a reply
or sends a command."""
_EOF = "unexpected eof while reading"
"""The one OpenSSL reason that belongs to no phase: a connection can end whenever it is read."""
_LOST_AS_CONNECT = re.compile(
    r"(?:Connection timed out|No route to host|Network is unreachable) \((?:Read|Write) failed\)"
    r"|: Connection timed out: SMTP timeout after"
    r"|(?s:(?:Exception reading response|Can't send command to SMTP host|IOException while sending).{0,300}?)"
    r"(?:Connection timed out|No route to host|Network is unreachable)"
)
"""ETIMEDOUT and its kind on an established connection (tcp(7)): the words of a failed connect, long after it. Exim's of
a reply that did not come."""

_AFTER_DATA = re.compile(
    rf"{DATA.pattern}|\b(?:content|virus|malware|spam|phishing)\b|end of data|\b5\.6\.\d|[^\x00-\x7f]{{3}}",
    re.IGNORECASE,
)
"""Words of a refusal that can only come when the server has the message; a 554 or 552 by itself may answer MAIL as well
(a blocked client, the size that MAIL announced). Three letters outside ASCII: SES's refusal, translated."""
_REPLY_PHASES: tuple[tuple[frozenset[int], re.Pattern[str], Phase], ...] = (
    (frozenset((454, 502, 530)), STARTTLS, Phase.STARTTLS),
    (frozenset((535, 534, 538)), re.compile(""), Phase.AUTH),
    (frozenset((454, 501, 530)), AUTH, Phase.AUTH),
    (frozenset((454, 552, 554)), _AFTER_DATA, Phase.DATA),
    (
        frozenset((553, 550, 501)),
        re.compile(
            r"address unknown|(?<!authorized )(?<!authorised )(?<!allowed )(?<!verified )Recipient|User unknown|RCPT",
            re.IGNORECASE,
        ),
        Phase.RCPT,
    ),
    (frozenset((501, 553)), re.compile(r"Invalid|MAIL FROM|Sender", re.IGNORECASE), Phase.MAIL),
)
_SPOKEN = re.compile(
    r"(?:(?<=Exception: )|(?<=\] said: ))[45]\d\d[ -][^\n]{0,2000}(?:\n(?:[45]\d\d[ -]|[ \t])[^\n]{0,2000}){0,20}"
)
"""A reply as the message of an exception, or as Postfix quotes it: what the server says there happened to it, and not
to this client."""
_FAREWELL = re.compile("Exception reading response|Can't send command to SMTP host")
"""What `SMTPTransport.close` throws at QUIT; closing the socket, which any step may do, says "Server Close Failed"."""
_SENDING = (Phase.MAIL, Phase.DATA)
_BEFORE_MAIL = (Phase.GREETING, Phase.STARTTLS, Phase.AUTH)
_TRANSACTION = (Phase.MAIL, Phase.RCPT, Phase.DATA)
_TALKING = (Phase.GREETING, Phase.STARTTLS, Phase.AUTH, Phase.MAIL, Phase.RCPT, Phase.DATA)


@dataclass(frozen=True, slots=True)
class PhaseClue:
    """The phase that the event proves, or those that remain possible, and what JavaMail was doing."""

    phase: Phase | None
    phases: tuple[Phase, ...] = ()
    step: str | None = None


def smtp_step(chain: Sequence[Throwable]) -> str | None:
    """What JavaMail was doing, from the innermost cause's first telling SMTPTransport frame; None without frames."""
    for throwable in reversed(chain):
        connecting, answered = False, any(_READING.search(each.message) for each in chain)
        for frame in throwable.frames:
            if _CONNECTING.search(frame):
                connecting = True
            match = _TRANSPORT.search(frame)
            if match is None:
                continue
            if match["inner"]:
                return "auth" if "uthenticat" in match["inner"] else None
            answered = answered or match["method"] == "readServerResponse"
            step = _FRAME_STEPS.get(match["method"])
            if step is not None:
                connecting = connecting or _names(chain, *_AT_CONNECT)
                if step == "greeting" and not answered:  # it connects, too, and wraps what went wrong there
                    return "connect" if connecting else None
                return step
    return None


def _awaits_farewell(chain: Sequence[Throwable]) -> bool:
    """The innermost frames of SMTPTransport: `close` waits for the answer to its QUIT."""
    for throwable in reversed(chain):
        methods = [match["method"] for match in map(_TRANSPORT.search, throwable.frames) if match is not None]
        if methods:
            return methods[0] in ("readServerResponse", "simpleCommand") and "close" in methods[1:3]
    return False


def in_handshake(chain: Sequence[Throwable]) -> bool:
    """JavaMail was at the TLS handshake, whatever the exception says (a time-out, a broken pipe)."""
    return any(_HANDSHAKING.search(frame) for throwable in chain for frame in throwable.frames)


def in_tls(chain: Sequence[Throwable]) -> bool:
    """Java read from a TLS socket."""
    return any(_IN_TLS.search(frame) for throwable in chain for frame in throwable.frames)


def place(
    chain: Sequence[Throwable],
    text: str,
    reply: SmtpReply | None,
    openssl_reason: str | None,
    called: str | None = None,
) -> PhaseClue:
    """Put a failure on the ladder. `text` is the event's normalised text, without suppressed exceptions; `called` is
    what another client than JavaMail was doing, by its own frames or words."""
    step = smtp_step(chain) or called
    phase = _by_wording(text, openssl_reason, _SPOKEN.sub("", text) if reply is not None else text)
    if phase in (None, Phase.TCP) and in_handshake(chain):
        phase = Phase.TLS
    elif phase is Phase.TLS and step in _BEHIND_TLS and not in_handshake(chain):
        phase = _STEP_PHASES[step]  # the session broke inside of TLS
    if phase is None and _names(chain, "MailConnectException") and not LOST.search(text):
        # a name that has no address is wrapped in it as well: without the cause it does not tell
        return PhaseClue(None, (Phase.DNS, Phase.TCP), step)
    if phase is not None:
        return PhaseClue(phase, (), step)
    if reply is None and step is None and _BARE_LOGIN.search(text.rstrip()):
        return PhaseClue(None, (Phase.CONFIG, *_BEFORE_MAIL))
    if reply is None and GIVEN_UP.search(text) and _names(chain, "AuthenticationFailedException"):
        return PhaseClue(None, _BEFORE_MAIL, step)
    phase = _by_class(chain) or (None if step is None else _STEP_PHASES.get(step)) or _by_reply(chain, text, reply)
    if phase is not None:
        return PhaseClue(phase, (), step)
    if _names(chain, "SMTPSendFailedException"):
        return PhaseClue(None, _SENDING, step)
    if step == "quit":  # JavaMail says QUIT only when connected and logged in; an earlier exception may be hidden
        said = _FAREWELL.search(text) is not None or _awaits_farewell(chain)
        return PhaseClue(None, _TRANSACTION if said else _TALKING, step)
    if LOST.search(text):
        return PhaseClue(None, _TRANSACTION if SPRING_SENT.search(text) else _TALKING, step)
    return PhaseClue(None, (), step)


def _by_wording(text: str, openssl_reason: str | None, own: str) -> Phase | None:
    """Wordings that belong to one phase whatever is around them, the deepest first. `own` is `text` without what the
    server said: a server that could not connect further, or found no name, was reached itself."""
    if CERTIFICATE.search(own):
        return Phase.CERTIFICATE
    late = _LOST_OVER_TLS.search(own) is not None and openssl_reason in (None, _EOF)
    if (openssl_reason is not None and not late) or TLS.search(_LOST_OVER_TLS.sub("", own)):
        return Phase.TLS
    if DNS.search(own):
        return Phase.DNS
    if GREETING.search(text):
        return Phase.GREETING
    if TCP.search(_LOST_AS_CONNECT.sub("", own)):
        return Phase.TCP
    if STARTTLS.search(text):
        return Phase.STARTTLS
    return Phase.CONFIG if CONFIG.search(own) else None


def _by_class(chain: Sequence[Throwable]) -> Phase | None:
    if _names(chain, "AuthenticationFailedException", "MailAuthenticationException"):
        return Phase.AUTH
    if _names(chain, "SMTPSenderFailedException"):
        return Phase.MAIL
    return Phase.RCPT if _names(chain, "SMTPAddressFailedException") else None


def _by_reply(chain: Sequence[Throwable], text: str, reply: SmtpReply | None) -> Phase | None:
    if reply is not None:
        for codes, words, phase in _REPLY_PHASES:
            if reply.code in codes and words.search(reply.text):
                return phase
        # a bare MessagingException whose message is a reply is the answer to STARTTLS
        if chain and chain[-1].simple_name == "MessagingException" and chain[-1].message.startswith(str(reply.code)):
            return None if reply.code == 421 else Phase.STARTTLS  # a 421 may answer anything (RFC 5321, 4.2.3)
    if AUTH.search(text):
        return Phase.AUTH
    return Phase.DATA if DATA.search(text) else None


def _names(chain: Sequence[Throwable], *names: str) -> bool:
    return any(throwable.simple_name in names for throwable in chain)
