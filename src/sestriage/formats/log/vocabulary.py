"""The words by which events are judged, as data: English and German, of many releases and programs.

Every set is compiled into one pattern of whole words (a trailing `*` opens the end of a word). Nothing here looks at
loggers' or classes' names of one product.
"""

from __future__ import annotations

import re


def _words(*lines: str) -> re.Pattern[str]:
    """Alternatives separated by `|`; a blank matches any white space, `*` any end of the word."""
    parts = [part.strip() for line in lines for part in line.split("|") if part.strip()]
    escaped = [re.escape(part).replace(r"\*", r"\w{0,30}").replace(r"\ ", r"\s{1,4}") for part in parts]
    return re.compile(r"(?<![^\W_])(?:" + "|".join(escaped) + r")(?![^\W_])", re.IGNORECASE)


# --- What an event is about -------------------------------------------------------------------------------------------

STRONG_MAIL = re.compile(
    r"javax\.mail|jakarta\.mail|com\.sun\.mail|angus\.mail|springframework\.mail|commons\.mail\b"
    r"|\bSMTP\w*Exception|SMTPTransport|SMTPSendFailed|SMTPAddressFailed|SMTPSenderFailed|\bMailConnect\w*"
    r"|\bMailSend\w*Exception"
    r"|\bMailAuthentication\w*|\bMessagingException|\bSendFailedException|\bAuthenticationFailedException"
    r"|email-smtp[\w.-]*|\bamazonses\b|\bSMTPS?\b(?! ?_)|SimpleEmailService|STARTTLS",
    re.IGNORECASE,
)
"""Classes, hosts and protocol words that only mail has."""
WEAK_MAIL = re.compile(
    r"(?<![A-Za-z])e-?mail|\bmail(?![a-z]*\.(?:log|cf)\b)|Mail(?=[A-Z_\b\s:'\"]|er\b|$)|Email|\bEMAIL", re.IGNORECASE
)
"""Words about mail that other services use too (`e-mail addresses of the LDAP group`)."""
TEST_ACTION = _words(
    "test action*|test mail*|test e-mail*|test email*|testaktion*|testmail*|test-mail*|test message|test notification*"
)
"""The appliance's test of a mail action, whatever the channel is called."""
ACTION = _words(
    "action*|responseaction*|response action*|notification*|notify|notified|alert mail*|dispatch*|message*|aktion*",
    "benachrichtigung*|nachricht*",
)
"""Things that may be a mail action; says so only together with the attempt's thread or name."""
OTHER_CHANNEL = _words(
    "syslog*|snmp*|snmp trap*|trap|webhook*|slack|teams|sms|pager*|xmpp|jabber|pxgrid|ise|anc|script|kafka"
    "|rabbitmq|mqtt|splunk",
    "quarantine*|telegram",
)
"""Channels of an action that are not mail."""
FOREIGN = re.compile(
    r"\bslic\b|SlicFeed|slic[-_. ]?(?:feed|channel)|threat[-_ ]?feed|feed ?getter"
    r"|\bldaps?\b|ldap(?=[A-Z])|com\.sun\.jndi|javax\.naming|\bLdap\w+"
    r"|https?://|\bHttps?(?:URLConnection|Client|sURLConnection)|HttpsURLConnectionImpl|apache\.http\b"
    r"|apache\.hc\.|okhttp|java\.net\.http\b"
    r"|jdk\.internal\.net\.http|RestTemplate|WebClient|ResourceAccessException|\bfeign\b|retrofit|jersey|cxf\."
    r"|axis2?\.|\bApacheHttp"
    r"|\bpxgrid|\bISE\b|identity services engine|\bradius\b|\btacacs|\bsaml\b|\boauth|openid"
    r"|\bjdbc\b|postgres|mysql|oracle\.net|vertica|mariadb|mongodb|cassandra|\bkafka|zookeeper|elasticsearch"
    r"|\bredis\b|rabbitmq|amqp|activemq|\bjms\b"
    r"|\bIMAP\w*|\bPOP3\w*|smart ?licens|\bCSSM\b|tools\.cisco\.com|\bproxy server\b|\bgrpc\b|\bsyslog[- ]?(?:tls"
    r"|sender|server|over)",
    re.IGNORECASE,
)
"""Services that are not mail and have TLS of their own. Mail classes and hosts outweigh these, plain words do not."""
HARMLESS = re.compile(
    r"Illegal reflective access|illegal-access|Server Close Failed|reflective access operation"
    r"|Please consider reporting this"
    r"|An illegal access operation|Use --illegal-access",
    re.IGNORECASE,
)
"""Chatter that names mail classes and is no failure: the JVM's warnings, a QUIT that failed after a good send."""
NOT_AN_ATTEMPT = _words(
    "configuration|configurations|config|settings|setting|saved|stored|loaded|reloaded|created|updated|deleted"
    "|removed|imported",
    "connected|connection established|initiali*|validated|parsed|template*|started|enabled|disabled|subscribed"
    "|registered",
    "authenticated|authentication|login|logged in|handshake|resolved|scheduled|rule added|properties|bean|cache"
    "|listener|queue size",
    "konfiguration|einstellung*|gespeichert|geladen|angelegt|gestartet|aktiviert|verbunden|angemeldet|initialisiert",
    "password*|credential*|certificate*|trust store*|truststore*|zertifikat*|license|licence|backup"
    "|report generated|session closed",
)
"""Success of something other than a delivery: settings saved, connected, logged in."""

# --- What became of it ------------------------------------------------------------------------------------------------

DELIVERED = _words(
    "sent|delivered|dispatched|mailed|emailed|e-mailed|relayed|transmitted|handed over|handed off|handed to"
    "|accepted|submitted|notified",
    "forwarded|posted|delivery ok|send ok|delivery complete*|delivery succe*|sending succe*|send succe*|sent ok"
    "|mail ok",
    "sending complete*|sending finished|sending done|gesendet|zugestellt|versandt|versendet|verschickt"
    "|abgeschickt|übergeben|angenommen",
    "übermittelt|ausgeliefert",
)
"""Verbs that say that a mail left."""
SUCCEEDED = _words(
    "success*|succeed*|succeeded|complete|completed|ok|done|finished|passed|worked|erfolgreich|erfolg"
    "|abgeschlossen|fertig|fertiggestellt|geklappt",
)
"""Words that say that something went well, about an action or a mail."""
FAILED = _words(
    "fail|fails|failed|failure|failures|failing|unable|could not|couldn't|cannot|can't|can not|error|errors"
    "|denied|rejected|refused|undeliver*",
    "not sent|not delivered|not be sent|not be delivered|unsuccessful|unsuccessfully|exception|gave up|giving up"
    "|aborted|abort|bounced|timed out|timeout",
    "did not|was not|were not|has not|not accepted|problem|trouble|unreachable|lost|dropped|invalid|not verified"
    "|not authorized",
    "fehlgeschlagen|fehler|gescheitert|nicht gesendet|nicht zugestellt|konnte nicht|konnten nicht|kann nicht"
    "|abgelehnt|verweigert|abgebrochen",
    "misslungen|nicht möglich|ungültig|scheiterte|schlug fehl|nok|ko",
)
"""Words that say that something went wrong."""
BLOCKS_SUCCESS = _words(
    "not|n't|no|none|never|without success|nothing|will be|to be|would|should|may|might|could|can|if|when|unless"
    "|until|before|once",
    "queued|queue|queueing|enqueued|pending|scheduled|waiting|about to|trying|try to|attempt*|going to|retry"
    "|retrying|retries|will retry",
    "skipped|skip|skipping|ignored|ignoring|suppressed|disabled|dry run|already|duplicate|expected|next|last"
    "|previous|previously|partially",
    "0 of|0/|zero|nicht|kein|keine|keinen|wird|werden|soll|sollte|würde|wurden nicht|warte|wartet|geplant"
    "|übersprungen|erneut|bereits|teilweise",
    "sending|delivering|preparing|composing|building|sende|versende",
)
"""Words that keep a sentence from counting as a success: negation, future, condition, or another mail's story."""
STARTED = _words(
    "sending|sends|executing|execute|starting|started|start|begin|beginning|begins|trying|attempting|attempt"
    "|delivering|handing|dispatching",
    "processing|running|run|triggered|triggering|performing|invoking|connecting to|requested|submitting|preparing"
    "|notifying|sende|versende|starte",
    "beginn|beginne|ausführen|führe|wird gesendet|wird ausgeführt|ausgelöst|versuche|initiated|initiating"
    "|launching|fired|firing",
    "received request|test requested",
)
"""Words with which an attempt begins."""
STATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (
        outcome,
        re.compile(
            rf"\b(?:state|status|phase|event|outcome|result|stage|ergebnis)\s?[=:]\s?['\"]?(?:{values})\b",
            re.IGNORECASE,
        ),
    )
    for outcome, values in (
        ("failure", "fail\\w*|error\\w*|rejected|denied|undelivered|aborted|bounced|timed_?out|fehler|fehlgeschlagen"),
        ("start", "start\\w*|begin|begun|running|initiated|triggered|in_progress|sending"),
        ("success", "succe\\w*|ok|done|sent|delivered|completed?|finished|accepted|erfolg\\w*|passed"),
    )
)
"""`state=SUCCEEDED` and its like: a field that says what became of an action, in the order in which they are tried."""
NEUTRALISED = re.compile(
    r"\b(?:0|no|zero|without(?: any)?|keine?|ohne)\s+(?:errors?|failures?|failed|rejected|problems?|exceptions?"
    r"|retries|bounces?|fehler|warnings?)\b"
    r"|\b(?:errors?|failures?|failed|rejected|retries|bounced|fehler|skipped|pending|queued"
    r"|attempts?)\s?[=:]\s?(?:0|false|none|null|\[\])(?![\w.])"
    r"|\bnot (?:only|needed)\b|\b(?:after|in|on|with|nach)?\s?(?:1|the first|one|\d{1,3}(?:st|nd|rd"
    r"|th)?)\.? (?:attempt|try|versuch)s?\b"
    r"|\b(?:attempts?|tries|try)\s?[=:]\s?\d+\b|\bsuccess\s?[=:]\s?true\b(?=.{0,4000}\b(?:sent|deliver))"
    r"|\b(?:error|fehler)[_ -]?(?:code|count|level)?\s?[=:]\s?(?:0|none|null|ok)\b|\blast response\b|\bif any\b",
    re.IGNORECASE,
)
"""Phrases with a failure word that say nothing of the kind (`0 errors`, `failed=0`, `on the 2nd attempt`)."""
NONE_OF = re.compile(r"(?<![\d.])0\s?(?:of|/|out of|von)\s?[1-9]\d*", re.IGNORECASE)
"""`0 of 1 sent`: a failure in numbers."""
SUCCESS_FALSE = re.compile(
    r"\b(?:success|succeeded|successful|sent|delivered|ok)\s?[=:]\s?(?:false|0|no|null)\b", re.IGNORECASE
)
NEGATED = re.compile(
    r"(?:\bnot|\bnever|n't|\bfailed to|\bfailure to|\bunable to|\bnicht|\bkonnte nicht)\s+(?:be\s+|been\s+|yet\s+"
    r"|get\s+)*\w+"
    r"|\b(?:completed|finished|done|ended|beendet|abgeschlossen)\s+(?:with|in|mit|un)\w*|\bunsuccessful\w*"
    r"|\bsuccess\s?[=:]\s?(?:false|no|0)",
    re.IGNORECASE,
)
"""A success word that is denied (`could not be delivered`, `completed with errors`)."""
QUOTED = re.compile(
    r"'[^'\n]{1,200}'(?!\w)|\"[^\"\n]{1,200}\"|`[^`'\n]{1,200}['`]|\[(?:subject|name|title)[=:][^\]]{0,200}\]"
    r"|\b(?:subject|name|title|betreff)\s?=\s?[^,;\]\n]{1,200}",
    re.IGNORECASE,
)
"""Names of actions and subjects of mails: whatever words they hold, they do not say what became of the mail."""

# --- SMTP replies -----------------------------------------------------------------------------------------------------

REPLY_WORDS = re.compile(
    r"^(?:Message rejected|Authentication |Authentication$|Account not subscribed|Throttling|Temporary |TLS not"
    r"|Access denied|Transaction failed|Too many|Timeout waiting"
    r"|Must issue|Invalid|Message is too|Ok 0[01][0-9a-f]{2}[0-9a-f]{8}|Service |Requested|Mailbox|Relay|Relaying"
    r"|Sender|Recipient|User |5\.|4\.|Sending paused|Email address"
    r"|Bad |Command |Syntax|Unrecognized|Not (?:authenticated|authorized)|Server busy|Client|Error:|<[^>]{1,200}>:?"
    r"|Nachricht abgelehnt|Authentifizierung|Authenti|Zugriff|Drosselung|Vorübergehend|Mensaje rechazado"
    r"|Messaggio rifiutato|Mensagem rejeitada|Autentica"
    r"|Credenciales|Credenziali|Credenciais|Échec|Message refusé"
    r"|.{0,80}(?:认证|認証|인증|メール|메시지|拒否|拒绝|거부))",
    re.IGNORECASE,
)
"""What stands after the code of a reply when a text quotes one."""
ACCEPTED_REPLY = re.compile(
    r"(?<!\d)250[ -](?:2\.\d\.\d"
    r" )?Ok:?\s+<?(?P<id>0[01][0-9a-f]{14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{6})>?",
    re.IGNORECASE,
)
"""SES's reply after DATA, with the message id (domain: 4 hex region code, 12 hex milliseconds, a UUID, six digits)."""
ANY_ACCEPTED = re.compile(r"^250[ -](?:2\.\d\.\d )?Ok:?\s+(?P<id>[\w.@<>-]{8,120})", re.IGNORECASE)
"""`250 Ok <id>` as a reply after DATA in a trace; the id's form is the server's."""
