"""The forms of sentences that tell of a mail: who, verb, object. Data; `sentences` holds a line against them.

A form is written in words. `<CLASS>` is one of the phrases of a class below, `<CLASS>*` up to 16 of them, `<CLASS>?`
at most one; `$` the end of a clause or a word that may follow a noun (so that `mail` is no part of a longer name:
`email address`, `mail queue`). What stands in a sentence as a quoted name is the word `qname`, a mail address `addr`, a
JSON object `json`, a number `num`: whatever words they hold, they say nothing. docs/mail-lines.md shows what counts and
what does not; its rows are tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.model.vocabulary import MailNews


def _listed(*lines: str) -> tuple[str, ...]:
    """The words of some lines."""
    return tuple(word for line in lines for word in line.split())


# --- the words: singular things, verbs, and what may stand between them -----------------------------------------------

CLASSES: dict[str, str] = {
    # a mail: `E-Mail` is two words, as is `Test-Mail`
    "MAIL": "(?:(?:test|alarm|alert|notification|confirmation|smtp) ){0,4}(?:e mails?|emails?|mails?|testmails?)"
    "(?: (?:messages?|notifications?|alerts?|alarms?|benachrichtigung(?:en)?|nachricht(?:en)?)){0,4}",
    "CARRIER": "(?:messages?|notifications?|alerts?|nachricht(?:en)?|benachrichtigung(?:en)?)",
    "SERVER": "(?:(?:smtp|mail|e mail|email|outgoing|upstream) ){1,4}(?:servers?|relay|gateway|host|hub|provider)"
    "|mailservers?|mail(?:relay|hub|gateway|host)|mta|smarthost|relay(?: host| server)?|recipients?|empfänger"
    "|(?:smtp|mail|email) recipients?",
    "MTA": "(?:(?:smtp|mail|e mail|email) ){1,4}(?:servers?|relay|gateway|host|hub)|mailservers?|mta|smarthost",
    "ACTION": "(?:(?:test|response) )?(?:actions?|aktion(?:en)?)|responseactions?|testaktion(?:en)?",
    "SENDNOUN": "delivery|sending|dispatch|transmission|submission|versand|zustellung|test",
    "FILL": "was|were|is|are|has|have|had|been|be|successfully|success|now|just|finally|the|a|an|to|for|of|all|your|on"
    "|num|qname|addr|x|id|recipients?|named?|called|alarms?|rule|attempt|via|through|by|in|from|with|it|as|try|trys|tries|ms"
    "|wurde|wurden|ist|sind|worden|erfolgreich|an|für|von|der|die|das|den|dem|einen?|eine|mit|soeben",
    "DET": "the|a|an|your|our|this|that|one|all|num|queued|pending|of|for|test|alarm|alert|new|s|out|qname|html|plain"
    "|text|successfully|die|der|das|den|eine|einen|to|von|für|an",
    "SENT": "sent|delivered|dispatched|mailed|emailed|relayed|transmitted|handed over|handed off|handed|accepted"
    "|submitted|gesendet|zugestellt|versandt|versendet|verschickt|abgeschickt|übergeben|angenommen|übermittelt"
    "|ausgeliefert",
    "OKAY": "(?:completed |executed |finished |done |was )?(?:successful|successfully|succeeded|success|ok|erfolgreich"
    "|erfolg)|complete|completed|finished|done|passed|abgeschlossen|succeeds?",
    "FAILED": "failed|fails|failure|fehlgeschlagen|gescheitert|abgebrochen|misslungen|aborted|timed out|bounced"
    "|rejected|refused|unsuccessful|undeliverable|(?:ended|completed|finished) with (?:\\w+ )?(?:errors?|failures?)"
    "|error|schlug fehl|nok|(?:ein )?fehler aufgetreten",
    "NOTSENT": "(?:(?:could|can|was|were|is|has|have|did) not|cannot|can t|couldn t|wasn t|not)"
    " (?:be |been |yet |get )*(?:sent|delivered|dispatched|accepted|transmitted|relayed|submitted|send|deliver)"
    "|undelivered|(?:konnten?|wurden?|kann|ist)? ?nicht (?:\\w+ )?(?:gesendet|zugestellt|versendet|versandt|verschickt"
    "|angenommen|übermittelt|ausgeliefert)",
    "CANNOT": "could not|cannot|can t|couldn t|can not|unable to|failed to|failure to|failed|failure|error|errors"
    "|problem|exception|trouble|went wrong|konnte nicht|fehler"
    "|(?:errors?|exceptions?|problems?|failures?) (?:has |have |was |were )?(?:occurr?ed|happened|encountered|raised)",
    "WHILE": "while|when|during|at|in|on|beim|bei|of|to|the|trying|attempting",
    "SEND": "send|sending|deliver|delivering|dispatch|dispatching|transmit|transmitting|relay|relaying|submit"
    "|submitting|hand|handing|post|posting|versenden|senden|zustellen|delivery",
    "SENDING": "sending|delivering|dispatching|submitting|transmitting|handing|relaying|mailing|sende|versende"
    "|verschicke|(?:attempting|trying|going|about|versuche) to (?:send|deliver|submit|dispatch)"
    "|(?:start|started|starts|begin|beginning|starting|attempting) (?:to )?(?:send|sending|deliver|delivering)"
    "|(?:start|started|starting|beginning|begin|begins|attempting|attempt) (?:the )?(?:delivery|transmission) of",
    "BEGUN": "start|starts|started|starting|begin|begins|begun|initiated|requested|running|triggered|gestartet"
    "|beginnt|ausgelöst",
    "RUNNING": "executing|execute|running|performing|invoking|triggering|starting|launching|initiating|started|führe",
    "BY": "by|from|via|durch|vom|von|per|as|through",
    "TO": "to|by|an|at|with|vom|from|durch|von",
}

AFTER = _listed(
    "to for via through using with from by in on at after about as subject qname addr num id x action actions was",
    "were is has and successfully ok because due now json failed error an für mit von per über zu",
    "rule alarm",
)
"""Words after which a noun was the end of its name."""


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence of this form tells of a mail: `outcome` is `success`, `failure` or `start`."""

    name: str
    outcome: MailNews
    words: str


FORMS: tuple[Form, ...] = (
    # failures first: they say more
    Form("cannot-send", "failure", "<CANNOT> <WHILE>* <SEND> <DET>* <MAIL> $"),
    Form("cannot-send-to", "failure", "<CANNOT> <WHILE>* <SEND> <DET>* <CARRIER> <FILL>* <MTA>"),
    Form("cannot-notify", "failure", "<CANNOT> <WHILE>* (?:notify|reach|alert|inform) (?:\\w+ ){0,4}<BY> <MAIL> $"),
    Form("mail-not-sent", "failure", "<MAIL> <FILL>* <NOTSENT>"),
    Form("not-sent-mail", "failure", "<NOTSENT> <DET>* <MAIL> $"),
    Form("mail-failed", "failure", "<MAIL> <FILL>* <FAILED>"),
    Form("mail-sending-failed", "failure", "<MAIL> <SENDNOUN> <FILL>* <FAILED>"),
    Form("sending-of-mail-failed", "failure", "<SENDNOUN> <DET>* <MAIL> <FILL>* <FAILED>"),
    Form("mail-action-failed", "failure", "<MAIL> <ACTION> <FILL>* <FAILED>"),
    Form("mail-action-not", "failure", "<MAIL> <ACTION> <FILL>* (?:could not|cannot|can t) be (?:executed|completed)"),
    Form("test-failed", "failure", "(?:test (?:action|aktion)|testaktion) (?:has |is |ist )?<FAILED>"),
    Form("server-refused", "failure", "<MTA> <FILL>* (?:rejected|refused|denied|did not accept|does not accept)"
         " <DET>* (?:<CARRIER>|<MAIL>|sender|recipient|login|credentials|connection|us)"),
    Form("refused-by-server", "failure", "(?:<CARRIER>|<MAIL>) <FILL>* (?:rejected|refused|not accepted|denied)"
         " <TO> <DET>* <SERVER>"),
    Form("not-sent-to-server", "failure", "<CARRIER> <FILL>* <NOTSENT> <TO> <DET>* <SERVER>"),
    Form("no-connection", "failure", "<CANNOT> <WHILE>* (?:connect|connecting|connection|log in|login|authenticate"
         "|open connection) <WHILE>* <DET>* <MTA>"),
    Form("connection-failed", "failure", "(?:connection|login|authentication|handshake) (?:to|at|with|for|zum) <DET>*"
         " <MTA> (?:\\w+ ){0,4}<FAILED>"),
    Form("smtp-failed", "failure", "smtp (?:connection|authentication|auth|login|handshake|session|transaction"
         "|delivery|connect|send|sending|command|server|error) <FILL>* <FAILED>"),
    # successes
    Form("mail-sent", "success", "<MAIL> <FILL>* <SENT>"),
    Form("sent-mail", "success", "<SENT> <DET>* <MAIL> $"),
    Form("mail-action-sent", "success", "<MAIL> <ACTION> <FILL>* <SENT>"),
    Form("sent-to-server", "success", "<CARRIER> <FILL>* <SENT> <TO> <DET>* <SERVER>"),
    Form("server-accepted", "success", "<MTA> <FILL>* accepted <DET>* (?:<CARRIER>|<MAIL>)"),
    Form("accepted-for-delivery", "success", "<CARRIER> <FILL>* accepted for delivery"),
    Form("mail-action-ok", "success", "<MAIL> <ACTION> <FILL>* <OKAY>"),
    Form("action-mail-ok", "success", "<ACTION> <MAIL> <FILL>* <OKAY>"),
    Form("test-of-mail-action-ok", "success", "test action <FILL>* (?:<OKAY>|<SENT>) (?:\\|) <MAIL> <ACTION>"),
    Form("test-mail-ok", "success", "(?:test (?:e mail|email|mail)|testmail) <FILL>* (?:successful|succeeded|ok"
         "|erfolgreich)"),
    Form("mail-sending-ok", "success", "<MAIL> <SENDNOUN> <FILL>* <OKAY>"),
    Form("sending-of-mail-ok", "success", "(?:<SENDNOUN>|delivering|dispatching) <DET>* <MAIL> <FILL>* <OKAY>"),
    Form("finished-sending", "success", "(?:finished|completed|done) (?:sending|delivering|dispatching) <DET>* <MAIL>"
         " $"),
    # beginnings
    Form("sending-mail", "start", "<SENDING> <DET>* <MAIL> $"),
    Form("sending-to-server", "start", "<SENDING> <DET>* <CARRIER> <TO> <DET>* <SERVER>"),
    Form("mail-sending-begun", "start", "<MAIL> <SENDNOUN> <FILL>* <BEGUN>"),
    Form("mail-action-begun", "start", "<MAIL> <ACTION> <FILL>* <BEGUN>"),
    Form("test-mail-requested", "start", "(?:test (?:e mail|email|mail)|testmail) <FILL>* (?:requested|triggered"
         "|ausgelöst)"),
    Form("action-mail-begun", "start", "<ACTION> <MAIL> <FILL>* <BEGUN>"),
    Form("test-of-mail-action-begun", "start", "test action <FILL>* <BEGUN> (?:\\|) <MAIL> <ACTION>"),
    Form("running-mail-action", "start", "<RUNNING> <DET>* <MAIL> <ACTION>"),
)  # fmt: skip
"""What counts."""

PERHAPS: tuple[Form, ...] = (
    Form("action-failed", "failure", "<ACTION> <FILL>* (?:<FAILED>|<NOTSENT>)"),
    Form("action-ok", "success", "<ACTION> <FILL>* (?:<OKAY>|<SENT>)"),
    Form("named-test-ok", "success", "(?:test (?:action|aktion)|testaktion) (?:\\w+ ){1,5}<OKAY>"),
    Form("named-test-failed", "failure", "(?:test (?:action|aktion)|testaktion) (?:\\w+ ){1,5}(?:<FAILED>|<NOTSENT>)"),
    Form("action-begun", "start", "<ACTION> <FILL>* <BEGUN>"),
    Form("running-action", "start", "<RUNNING> <DET>* <ACTION> (?:num|qname)"),
    Form("running-test", "start", "<RUNNING> <DET>* <ACTION> $"),
    Form("carrier-failed", "failure", "<CARRIER> <FILL>* (?:<NOTSENT>)"),
    Form("cannot-send-carrier", "failure", "<CANNOT> <WHILE>* <SEND> <DET>* <CARRIER>"),
    Form("carrier-sent", "success", "<CARRIER> <FILL>* <SENT>"),
    Form("sent-carrier", "success", "<SENT> <DET>* <CARRIER>"),
    Form("sending-carrier", "start", "<SENDING> <DET>* <CARRIER>"),
)
"""What may tell of a mail: an action of unknown kind, a message that may be of any sort. Remarked, or counted when
something else shows that this action is a mail action."""

CHANNEL = (
    r"(?:\b(?:type|kind|channel|medium|transport|via|action[_-]?type|category)\s?[=:]\s?['\"]?(?:e-?mail|mail|smtp)\b"
    r"|[(\[](?:e-?mail|mail|smtp)[)\]])"
)
"""`type=EMAIL`, `(EMAIL)`: says that the action of the line is a mail action."""

TELLING: tuple[Form, ...] = (
    Form("channel-failed", "failure", "(?:<FAILED>|<NOTSENT>)"),
    Form("channel-ok", "success", "(?:<OKAY>|<SENT>)"),
    Form("channel-begun", "start", "(?:<BEGUN>|<RUNNING>|<SENDING>)"),
)
"""What became of an action whose line shows its channel: the verb alone says it."""

# --- what every sentence of a form holds: looked for first, as sets of words ------------------------------------------

THINGS = frozenset(
    (
        *("mail", "mails", "email", "emails", "testmail", "testmails", "smtp", "mta", "smarthost", "mailserver"),
        *("mailservers", "mailrelay", "mailhub", "mailgateway", "mailhost", "mailed", "emailed"),
        *("message", "messages", "notification", "notifications", "alert", "alerts", "nachricht", "nachrichten"),
        *("benachrichtigung", "benachrichtigungen", "action", "actions", "aktion", "aktionen", "testaktion"),
        *("testaktionen", "responseaction", "responseactions"),
    )
)
"""Words of which every form has one."""
STATE_STARTS = _listed(
    "fail error reject deni undeliver abort bounc timed timeout fehl start beg running initiat",
    "trigger progress sending succe ok done sent deliver complet finish accept erfolg pass",
)
"""Beginnings of the values in `vocabulary.STATES`."""
_STOP = frozenset(
    _listed(
        "be been yet get to not is was were has have did can could with of the on w a t n it for and ist",
        "nicht kann konnte konnten wurde wurden problem while num qname addr s d",
    )
)
_MORE_VERBS = _listed(
    "succeed notify reach alert inform rejected refused denied accept connect connecting connection log",
    "login authenticate handshake authentication auth session transaction command error requested",
    "triggered executed",
)


def _words_of(*classes: str) -> frozenset[str]:
    return frozenset(word for name in classes for word in re.findall(r"[^\W\d_]+", CLASSES[name])) - _STOP


VERBS = _words_of("SENT", "OKAY", "FAILED", "NOTSENT", "SEND", "SENDING", "BEGUN", "RUNNING") | frozenset(_MORE_VERBS)
"""Words of which every form has one, too."""
