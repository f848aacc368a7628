"""The sentences of `sestriage explain`, in one table: a translation replaces the table, not the code."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # sections
    "shows-excerpt": "What this excerpt shows",
    "shows-triage": "What the last triage found",
    "means": "What it means",
    "why": "Why it happens",
    "sure": "How to be sure",
    "do": "What to do",
    "verify": "How to verify",
    "undo": "How to undo",
    "references": "References",
    "others": "Other matches",
    "earlier": "Earlier attempts",
    "nearest": "Closest rules",
    "can-mean": "What it can mean",
    "attach": "What to attach to a TAC case",
    # sentences
    "rule": "Rule {rule}, severity {severity}, step: {phase}.",
    "severity-critical": "critical",
    "severity-error": "error",
    "severity-warning": "warning",
    "no-match": "No rule matches this text.",
    "only-close": "These are only close: their words are like yours, and nothing was judged.",
    "misspelt": "There is no rule `{word}`; did you mean `{rule}`?",
    "found": "Rules that hold the words: {word}",
    "not-found": "No rule holds the words: {word}",
    "paste-causes": 'Explain the whole message: paste the lines with "Caused by" or "nested exception is" too.',
    "wrapper-starttls": "{word}: STARTTLS was accepted, then the TLS handshake failed; the nested cause says why.",
    "wrapper-connect": "{word}: no usable connection to the mail server came about; the nested cause says why.",
    "wrapper-handshake": "{word}: the TLS handshake failed; the words behind it, or the cause below it, say why.",
    "wrapper-eof": "{word}: the other side ended the connection where a reply was due; the step decides what it means.",
    "wrapper-reset": "{word}: the connection was broken off by the other side or a device between; the step decides.",
    "wrapper-pkix": "{word}: Java's check of the certificate chain failed; the words behind it say which check.",
    "wrapper-sandbox": "{word}: a new SES account may send only 200 messages a day, and only to verified recipients.",
    "wrapper-trust-store": "{word}: the file with the CA certificates that a service trusts; no fault by itself.",
    "wrapper-expired": "{word}: a certificate past its end, or a clock that is ahead; the log line says which date.",
    "wrapper-send": "{word}: the outer message of any failure to send; the reply or the nested cause says why.",
    "shared": "{word} alone proves no cause: several share it.",
    "shared-code": "{word} by itself: {meaning}.",
    # reply codes by themselves: RFC 5321 section 4.2.3, RFC 3207, RFC 4954
    "reply-421": "the service is not available, and the server closes the connection",
    "reply-450": "the mailbox is not available just now",
    "reply-451": "a local error while the server processed the request",
    "reply-452": "the server lacks storage just now",
    "reply-454": "a temporary failure, of TLS, of the login or of SES's limits",
    "reply-500": "the server does not know the command",
    "reply-501": "an error in the parameters of the command",
    "reply-502": "the server does not implement the command",
    "reply-503": "a command in the wrong order",
    "reply-530": "the server requires a login, or TLS before it",
    "reply-535": "the server does not accept the user name and password",
    "reply-550": "the mailbox is not available, or a policy refuses it",
    "reply-551": "the recipient is not local",
    "reply-552": "a limit is exceeded: the size of the message, or the space of the mailbox",
    "reply-553": "the address is not allowed",
    "reply-554": "the transaction failed, or there is no SMTP service here",
    "no-match-accepted": "The mail server accepted the mail of the newest attempt; nothing failed in it.",
    "accepted": "The mail server accepted the mail of the newest attempt. What follows is what else was found.",
    "proves": "Failed step: {phase}. Confidence: {confidence}.",
    "proves-rule": "It leads to the rule {rule} ({confidence}).",
    "clears": "Worked before that: {phases}.",
    "proof-confirmed": "- Confirmed by {evidence}.",
    "proof-likely": "- Likely with {evidence} alone.",
    "proof-suspected": "- Suspected with {evidence} alone.",
    "ruled-out": "- Ruled out by an attempt that gets to a later step ({phase}) or is accepted.",
    "alternatives": "The same signs may also mean:",
    "more": "`sestriage explain {rule}`",
    "nothing-to-verify": "Run the Test Action again: the message must be gone.",
    "nothing-to-undo": "Nothing is changed that would have to be undone.",
    "no-references": "None.",
    "applies": "It speaks for: {scope}.",
    "server-ses": "Amazon SES",
    "server-mail-manager": "SES Mail Manager",
    "and-later": "and later",
    "and-older": "and older",
    "step": "Step {number}",
    # labels
    "caution": "Caution",
    "risk": "Risk",
    "reason": "Why",
    "against": "Speaks against it",
    "note": "Note",
    # evidence, by kind of fact
    "log.event": "the log",
    "dns.lookup": "a packet capture",
    "tcp.stream": "a packet capture",
    "tcp.connection": "a packet capture",
    "smtp.dialogue": "a packet capture",
    "tls.handshake": "a packet capture",
    "tls.certificate": "the served chain",
    "trust.path": "the served chain together with the trust store",
    "trust.store": "the trust store",
    "config.tls_ciphers": "the Manager's cipher list",
    "config.smtp": "the SMTP settings",
    "config.action": "the settings of the e-mail action",
    "mail.delivered": "the headers of a delivered mail",
    "and": " and ",
    "or": ", or ",
}


def words_of(language: str) -> Mapping[str, str]:
    """The table of a language of `i18n.LANGUAGES`."""
    if language == "de":
        from sestriage.locale.explain_words_de import GERMAN

        return GERMAN
    return ENGLISH
