"""The words by which events are judged, as data: English and German, of many releases and programs.

Lists of whole words (`*` opens the end of a word) are `Words`; what needs more is a regular expression. Sentences about
mail are in `forms`. Nothing here looks at loggers' or classes' names of one product.
"""

from __future__ import annotations

import re

from sestriage.formats.log.wording.word_sets import Marks, Words
from sestriage.model.known.hostnames import ADDRESS, NAME
from sestriage.model.vocabulary import MailNews

# --- What an event is about -------------------------------------------------------------------------------------------

MAIL_CLASS = Marks(
    "javax.mail jakarta.mail com.sun.mail.smtp com.sun.mail.util angus.mail springframework.mail commons.mail /email["
    " io.vertx.ext.mail smtptransport smtpsendfailed smtpaddressfailed smtpsenderfailed mailconnectexception"
    " mailsendexception mailauthentication smtplib.smtp",
    hints="exception ausnahme smtp",
    pattern=r"(?<![\w.])(?:Messaging|SendFailed|AuthenticationFailed)(?:Exception|Ausnahme)\b|\bSMTP[A-Z]?\w*Exception\b"
    r"|AuthentifizierungFehlgeschlagene",
)
"""Classes that only mail has. `org.springframework.messaging.MessagingException` is another one. `team/email[0]`:
Alertmanager's name of a receiver's integration that mails (`notify.Integration.String`)."""
MAIL_PLACE = Marks(
    "email-smtp amazonses simpleemailservice starttls mail-manager-smtp",
    hints="smtp port :465 :587 :2465 :2587",
    pattern=r"\bSMTPS?\b|\bport\W{1,4}(?:25|465|587|2465|2587)\b(?!\.\d)"
    r"|(?<![\w.])[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?<!\.java)(?<!\.kt)(?<!\.scala):(?:465|587|2465|2587)\b",
)
"""Hosts, ports and protocol words of sending mail. A sign of another service outweighs them."""
RECEIVING = Marks(
    "com.sun.mail.imap com.sun.mail.pop3 angus.mail.imap angus.mail.pop3 imapstore pop3store imapsslstore",
    hints="imap pop3 smtpd starttls=server ssl_accept",
    pattern=r"\bIMAPS?\b|\bPOP3S?\b|\bsmtpd\b|\bSTARTTLS=server\b|\bSSL_accept\b",
)
"""Reading mail, and serving those who send it (`STARTTLS=server`: Sendmail; `SSL_accept`: Exim and others)."""
OTHER_CHANNEL = Words(
    "syslog*|snmp*|snmp trap*|trap|webhook*|slack|teams|sms|pager*|xmpp|jabber|pxgrid|ise|anc|script|kafka"
    "|rabbitmq|mqtt|splunk",
    "quarantine*|telegram",
)
"""Channels of an action that are not mail."""
FOREIGN = Marks(
    "slicfeed feedgetter com.sun.jndi javax.naming httpsurlconnection httpurlconnection httpclient apache.http."
    " apache.hc. okhttp java.net.http. internal.net.http resttemplate webclient resourceaccessexception retrofit"
    " jersey.client cxf.transport pxgrid tacacs oauth openid postgres mysql oracle.net vertica mariadb mongodb"
    " cassandra"
    " kafka zookeeper elasticsearch rabbitmq amqp activemq tools.cisco.com http:// https://",
    hints="slic threat feed ldap ise identity radius saml jdbc redis jms imap pop3 licens cssm proxy sql syslog feign",
    pattern=r"\bslic\b|\bslic[-_. ]?(?:feed|channel)|threat[-_ ]?feed|feed getter|\bldaps?\b|\bldap[A-Z]\w+|\bISE\b"
    r"|identity services? engine|\bradius\b|\bsaml\d?\b|\bjdbc\b|\bredis\b|\bjms\b|\bIMAPS?\b|imap\.IMAP|\bPOP3S?\b"
    r"|pop3\.POP3|smart ?licens|\bCSSM\b|\bproxy server\b|\bSQL\w*Exception|\bsyslog[- ]?(?:tls|sender|server|over)"
    r"|\bfeign\b",
)
"""Services that are not mail and have TLS of their own. Mail classes and hosts outweigh these, plain words do not."""
SIGNS_OF_OTHERS = Marks(
    "syslog netty tomcat jetty undertow grpc eureka consul zookeeper xmpp smack openfire hazelcast hadoop hbase solr"
    " etcd prometheus graylog fluentd logstash filebeat kubernetes docker https webhook websocket http-nio httpclient"
    " splunk mqtt amqp nats pulsar couchbase influx ldap kafka keycloak saml oauth :443 :8443 :6514 :636 :993 :995",
    hints="org. o.a. io. reactor. port",
    pattern=r"(?:^|\s)(?:org\.(?:apache|eclipse|springframework|jboss|elasticsearch|opensearch)\.|o\.(?:a|s)\.|io\.\w+\."
    r"|reactor\.)(?![\w.]*mail)|\bport\W{1,30}(?:80|143|389|443|636|993|995|6514|8080|8443|9092|9200)\b",
)
"""Signs that trouble with TLS which nothing shows to be mail is that of another service: hosts, ports, classes."""
JDK_FRAME = re.compile(
    r"(?:[\w.@]+/)?(?:java|javax|jdk|sun|com\.sun\.(?:net\.ssl|crypto|naming)|org\.(?:openjsse|conscrypt|bouncycastle))\."
)
MAIL_FRAME = re.compile(r"(?:^|[./$])(?:e?mail|smtp|[Ee]?[Mm]ail\w*|S(?:mtp|MTP)\w*)[.$]")
"""A frame of a package or class that is about mail by its name."""
HARMLESS = Marks(
    "",
    hints="access close consider limit suppressed",
    pattern=r"Illegal reflective access|illegal-access|Server Close Failed|reflective access operation"
    r"|Please consider reporting this|An illegal access operation"
    r"|messages? lost due to rate-limit|suppressed \d{1,9} messages? from|begin to drop messages due to rate-limit",
)
"""Chatter that is no failure: the JVM's warnings that name mail classes, a QUIT that failed after a good send, gaps
that the syslog daemon or the journal reports."""
ONLY_CLOSING = "Failed to close server connection after message sending"
"""Spring's report that only QUIT or the closing failed: where a message was refused it says `after message failures`
(`JavaMailSenderImpl.doSend`)."""
CLOSING = Words("close|closing|closed|quit|disconnect*|shutdown|shutting down|schließen|beenden|trennen")
"""What a program says when only the end of the conversation failed."""
# --- What became of it ------------------------------------------------------------------------------------------------

BLOCKS_SUCCESS = Words(
    "not|n't|no|none|never|without success|nothing|will be|to be|would|should|may|might|could|can|if|when|unless"
    "|until|before|once",
    "queued|queue|queueing|enqueued|pending|scheduled|waiting|about to|trying|try to|attempt*|going to|retry"
    "|retrying|retries|will retry",
    "skipped|skip|skipping|ignored|ignoring|suppressed|disabled|dry run|already|duplicate|expected|next|last"
    "|previous|previously|partially",
    "0 of|0/|zero|nicht|kein|keine|keinen|wird|werden|soll|sollte|würde|wurden nicht|warte|wartet|geplant"
    "|übersprungen|erneut|bereits|teilweise",
    "sending|delivering|preparing|composing|building|sende|versende|stats|statistic*|total|totals|counter*"
    "|metrics|summary",
    "per hour|per day|average|last hour|since|number of|sent: 0|sent=0|delivered=0|delivered: 0",
)
"""Words that keep a sentence from counting as a success: negation, future, condition, or another mail's story."""
STATISTICS = Words("stats|statistic*|total|totals|counter*|metrics|summary|per hour|per day|average|last hour|since")
"""Words of lines that count mails, and tell of none."""
_STATE_VALUES: tuple[tuple[MailNews, str], ...] = (
    ("failure", "fail\\w*|error\\w*|rejected|denied|undelivered|aborted|bounced|timed_?out|fehler|fehlgeschlagen"),
    ("start", "start\\w*|begin|begun|running|initiated|triggered|in_progress|sending"),
    ("success", "succe\\w*|ok|done|sent|delivered|completed?|finished|accepted|erfolg\\w*|passed"),
)
STATES: tuple[tuple[MailNews, re.Pattern[str]], ...] = tuple(
    (
        outcome,
        re.compile(
            rf"\b(?:state|status|phase|event|outcome|result|stage|ergebnis)\s?[=:]\s?['\"]?(?:{values})\b",
            re.IGNORECASE,
        ),
    )
    for outcome, values in _STATE_VALUES
)
"""`state=SUCCEEDED` and its like: a field that says what became of an action, in the order in which they are tried."""
NEUTRALISED = re.compile(
    r"\b(?:0|no|zero|without(?: any)?|keine?|ohne)\s+(?:errors?|failures?|failed|rejected|problems?|exceptions?"
    r"|retries|bounces?|fehler|warnings?|failed recipients?)\b"
    r"|\b(?:errors?|failures?|failed|rejected|retries|bounced|fehler|skipped|pending|queued"
    r"|attempts?)\s?[=:]\s?(?:0|false|none|null|\[\])(?![\w.])"
    r"|\bnot (?:only|needed)\b|\b(?:attempts?|tries|try|retries)\s?[=:]\s?\d+\b"
    r"|\b(?:after|in|on|with|at|nach|beim|im)\s(?:the\s|attempt\s|try\s|versuch\s)?(?:first|second|third|one|#?\d{1,3})"
    r"(?:st|nd|rd|th)?\.?\s?(?:attempts?|try|tries|retry|retries|versuch\w*)?\b"
    r"|\b(?:error|fehler)[_ -]?(?:code|count|level)?\s?[=:]\s?(?:0|none|null|ok)\b|\blast response\b|\bif any\b",
    re.IGNORECASE,
)
"""Phrases with a failure word that say nothing of the kind (`0 errors`, `failed=0`, `on the 2nd attempt`)."""
FINISHED_SENDING = re.compile(
    r"\b(?:finished|completed|done)\s+(?:sending|delivering|dispatching)\b"
    r"|\b(?:sending|delivering|dispatching)\b[^.;]{0,80}?(?:\.{2,3}|:|,|-|\bis|\bwas)?\s*\b(?:done|ok|complete"
    r"|completed|finished"
    r"|succeeded|successful|successfully)\s*[.!]?$",
    re.IGNORECASE,
)
"""`Sending mail ... done`: the word that usually begins an attempt, in a sentence that ends one."""
PARTLY = re.compile(r"(?<![\d.])(?P<some>\d{1,6})\s?(?:of|/|out of|von)\s?(?P<all>\d{1,6})\b", re.IGNORECASE)
REQUEST = r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\S{0,2000}"
"""What an HTTP request asks for."""
URL = re.compile(rf"https?://\S{{1,2000}}|(?-i:{REQUEST})", re.IGNORECASE)
"""Links, and what an HTTP request asks for: `GET /actions?type=EMAIL`. Their words are names."""


def without_urls(text: str) -> str:
    """A text without its links and requests."""
    return URL.sub(" ", text) if "://" in text or " /" in text else text


SUCCESS_FALSE = re.compile(
    r"\b(?:success|succeeded|successful|sent|delivered|ok)\s?[=:?]\s?(?:false|no)\b", re.IGNORECASE
)
QUOTED = re.compile(
    r"'[^'\n]{1,200}'(?!\w)|\"[^\"\n]{1,200}\"|`[^`'\n]{1,200}['`]|\[(?:subject|name|title)[=:][^\]]{0,200}\]"
    r"|\b(?:subject|name|title|betreff)\s?=\s?[^,;\]\n]{1,200}",
    re.IGNORECASE,
)
"""Names of actions and subjects of mails: whatever words they hold, they do not say what became of the mail."""

# --- SMTP replies -----------------------------------------------------------------------------------------------------

REPLY_WORDS = re.compile(
    r"^(?:Message rejected|Authentication\b|Account not subscribed|Throttling|Temporary (?:auth|service|lookup|local)"
    r"|TLS not|Access denied: User|Transaction failed|Too many (?:concurrent|recipients|messages|errors|connections)"
    r"|Timeout waiting|Must issue|Invalid (?:MAIL|RCPT|email|address|sender|recipient|login|credentials)"
    r"|Message (?:is too|size|too|refused|content)|Ok:? <?0[01][0-9a-f]{14}-|Requested (?:mail )?action"
    r"|Mailbox|Relay(?:ing)?\b|Sender|Recipient|User (?:unknown|not)|[45]\.\d{1,3}\.\d|Sending paused|Email address"
    r"|The from address|Domain \S{1,255} is not|Hel[ol] command|Client (?:host|was|does)|Service unavailable|SMTP; "
    r"|Application-specific|Please log in|Username and|(?:Daily|Hourly) |Unable to relay|Gr[ae]ylist|STARTTLS is"
    r"|STOREDRV"
    r"|Mail from|Message (?:blocked|contains)|This message|Sending suspended"
    r"|Bad sequence|Command (?:not|un)|Syntax error|Not authenticated|<[^>]{1,200}>:?"
    r"|Nachricht abgelehnt|Authentifizierung|Zugriff verweigert: |Drosselung|Vorübergehend"
    r"|Mensaje rechazado|Messaggio rifiutato|Mensagem rejeitada|Autentica|Credenciales|Credenziali|Credenciais"
    r"|Message refusé|Échec d'auth|.{0,80}(?:认证|認証|인증|メール|메시지|电子邮件|이메일))",
    re.IGNORECASE,
)
"""What stands after the code of a reply when a text quotes one."""
QUEUED_REPLY = re.compile(
    r"(?<!\d)250[ -](?:2\.\d\.\d )?(?:<[^>\s]{1,200}> )?(?:Ok:? (?:queued as [\w-]{5,40}|id=[\w-]{10,40}\b)"
    r"|Ok:? +\d{10} [\w.-]{10,80} - gsmtp|Queued mail for delivery|\[InternalId="
    r"|(?:Ok:? )?[\w.-]{8,40} Message accepted for delivery|Message (?:queued|accepted for delivery))",
    re.IGNORECASE,
)
"""The reply after the data in the forms of Postfix, Exim, Google, Exchange and Sendmail: with an id of the server's."""
ACCEPTED_REPLY = re.compile(
    r"(?<!\d)250[ -](?:2\.\d\.\d"
    r" )?Ok:?\s+<?(?P<id>0[01][0-9a-f]{14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{6})>?",
    re.IGNORECASE,
)
"""SES's reply after DATA, with the message id (domain: 4 hex region code, 12 hex milliseconds, a UUID, six digits)."""
ANY_ACCEPTED = re.compile(r"^250[ -](?:2\.\d\.\d )?Ok:?\s+(?P<id>[\w.@<>-]{8,120})", re.IGNORECASE)
"""`250 Ok <id>` as a reply after DATA in a trace; the id's form is the server's."""
RELAY = re.compile(
    rf"^(?:connect to|SSL_connect error to|certificate verification failed for) {NAME}\[{ADDRESS}\]:\d{{1,5}}: \S"
    r"|\bstatus=(?:deferred|bounced|undeliverable) \("
)
"""Postfix could not hand a mail on (postfix-3, `smtp(8)`, `smtp_connect_local`; `bounce(8)`): a mail relay's line."""
_SENDMAIL = (
    r"\bmailer=(?:e?smtp8?|dsmtp|relay), (?!.{0,400}\brelay=(?:\[?127\.|\[?::1|\[IPv6:::1|localhost))"
    r".{0,600}\bdsn=\d\.\d{1,3}\.\d{1,3}, "
)
"""A line of Sendmail on a mail for another machine: its own daemon on the same one is no server of mail outside."""
CLIENT_SAID = re.compile(
    r"(?:Got bad greeting from|Could not connect to) SMTP host: \S{1,255}, port: \d"
    r"|Couldn't connect to host, port: \S{1,255}, \d"
    r"|\bconnect E(?:CONNREFUSED|TIMEDOUT|HOSTUNREACH|NETUNREACH) [\w.:-]{1,255}:(?:25|465|587|2465|2587)\b"
    r"|\bmsmtp: TLS (?:handshake|certificate verification) failed|\bmsmtp: the server does not support (?:TLS via|auth)"
    r"|\bmsmtp: cannot use a secure authentication method|\berrormsg='TLS (?:handshake|certificate verif)"
    r"|(?i:\bMessage rejected: Email address is not verified)"
    r"|The SMTP server requires a secure connection or the client was not authenticated"
    r"|\bConnection could not be established with host \S"
    r"|: a TLS session is required, but (?:an attempt to start TLS failed|the server did not offer TLS support)"
    rf"|\bH={NAME} \[{ADDRESS}\](?::\d{{1,5}})?: TLS session: \("
    rf"|{_SENDMAIL}stat=Deferred\b"
    r"|\bR=\w{1,64} T=\w{1,64} defer \(\d{1,3}\)[^\n]{0,300}?: (?:Connection (?:refused|timed out"
    r"|reset by peer)|No route to host|Network is unreachable)\b"
    r"|\bcommand: '(?:CONN|EHLO|HELO|STARTTLS|AUTH [A-Z0-9-]{5,12}|MAIL FROM|RCPT TO)'"
    r"|\blettre::transport::smtp::Error \{"
    r"|\b(?:Net::(?:Open|Read)Timeout|Errno::E[A-Z]{4,14})\b(?s:.{1,4000}?)\bnet/smtp\.rb:\d{1,6}:in "
)
"""JavaMail's own sentences, which nothing else says: with its class, or as a message that a program logged. Node's,
which names the port of a mail server (`libuv`, `uv_strerror`). msmtp's, on the terminal and in its log. .NET's. And
SES's, which programs show without its code. Symfony's and SwiftMailer's of the connection; Exim's where it must use
TLS, and of a delivery that it put off for the network; Sendmail's of a mail that it could not hand on (`logdelivery` in
`deliver.c`); and what nodemailer adds to its errors (`_formatError` in `smtp-connection`), lettre's name of its own,
and an error of Ruby with a place in its Net::SMTP."""
SENT_ON = re.compile(
    rf"{_SENDMAIL}stat=Sent \((?:Ok:? "
    r"(?P<id>0[01][0-9a-f]{14}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{6}))?",
    re.IGNORECASE,
)
"""Sendmail handed a mail on, and quotes the reply to the data in parentheses."""
UNCHECKED = re.compile(
    rf"\bstatus=(?:sent|deferred|bounced|undeliverable) \(|{_SENDMAIL}stat="
    r"|\bR=\w{1,64} T=\w{1,64} (?!.{0,400}\bCV=(?:yes|dane)\b)"
)
"""A mail relay's line on a mail: relays use TLS also with a certificate that they cannot check (Postfix' `may` and
`encrypt`, Sendmail's `verify=FAIL`); Exim notes in the line when it could."""
OTHER_LOGGER = re.compile(
    r"(?<![A-Za-z])(?:Syslog|S[Nn][Mm][Pp]|Webhook|WebHook|Slack|Teams|Kafka|X[Mm][Pp][Pp]|PxGrid|Pxgrid)"
    r"[A-Z]\w{0,80}(?= |$)"
)
"""A logger named after another channel than mail: `SyslogActionHandler`."""
