"""A new rule to start from: commented, and free of lint."""

from __future__ import annotations

import re

from sestriage.model.message import Message

RULE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_ID = 80

_TEXT = '''\
schema = 1
id = "{id}"                                # equals the name of the file; never change it later
title = "One sentence that names the cause"
phase = "{phase}"                                  # config dns tcp greeting starttls tls certificate auth mail …
severity = "error"                              # critical, error, or warning (never the primary cause)
aliases = ["{alias}"]   # what users paste or type; no other rule may have the same
why = """
What happens and why, in plain words. A text may use a field of a fact that a selection matched, with words for the case
that there is none: the server is {{logged.host|not named in the log}}."""
references = []                                 # documents: {{title = "RFC 3207 section 4", url = "https://…"}}
# applies = {{ servers = ["ses"], clients = ["JavaMail 1.6"] }}   # where it does not speak for all
# caution = "What a reader must know before acting."
# supersedes = ["a-more-general-rule"]          # findings that this one replaces
# alternatives = ["another-reading"]            # rules that the same evidence may also fit

[select]                                        # name = 'KIND where CONDITION'; binds the facts that match
# kinds: log.event, dns.lookup, tcp.stream, smtp.dialogue, tls.handshake, trust.path, trust.store, config.smtp …
# conditions: == != < > in contains startswith matches, and or not, any() all() count() unknown()
logged = 'log.event where outcome == "failure" and text contains "{text}"'

[verdict]                                       # joins the names of [select] with and, or, not
when = "logged"
likely = "logged"                               # the evidence admits no other reading
# confirmed = "logged and seen"                 # direct proof, or two kinds of evidence

[[fix]]
text = "What to do, in one or two sentences."
risk = "What the step may break; `none` when it only reads."
# command = "exactly what to type; {{case.s_client}} is openssl s_client for the server of the case"
verify = "Run the Test Action again: the message must be gone."
# undo = "The way back."

# [[need]]                                      # evidence that would settle the matter
# evidence = "a capture of a Test Action"
# why = "shows which side ended the attempt"
# command = "{{case.tcpdump}}"

[[example]]                                     # at least one that matches
note = "the message, as the Manager logs it"
log = """
javax.mail.MessagingException: {text}
"""
expect = "likely"

[[example]]                                     # and one look-alike that must not
note = "look-alike: another error"
log = """
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid
"""
expect = "none"

# [[example]]                                   # for each [[need]]: what answers it, and what that changes
# need = 1
# log = "the message again"
# before = "likely"
# answer = "what the command of the need printed"
# expect = "confirmed"
'''


def skeleton(rule_id: str, phase: str = "config") -> str:
    """The text of a new rule file.

    Raises:
        ValueError: the id has another form than lower-case words joined by hyphens.
    """
    if not RULE_ID.fullmatch(rule_id) or len(rule_id) > MAX_ID:
        raise ValueError(Message("{id} is no id: use lower-case words joined by hyphens", id=repr(rule_id)))
    words = rule_id.replace("-", " ")
    return _TEXT.format(id=rule_id, phase=phase, alias=f"{words}: the message", text=f"{words}: the message")
