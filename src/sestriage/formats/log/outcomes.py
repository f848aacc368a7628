"""The words that say what became of a mail: of `vocabulary` the part that the scanner needs, too, and loads quickly."""

from __future__ import annotations

from sestriage.formats.log.words import Words

DELIVERED = Words(
    "sent|delivered|dispatched|mailed|emailed|e-mailed|relayed|transmitted|handed over|handed off|handed to"
    "|accepted|submitted|notified",
    "forwarded|posted|delivery ok|send ok|delivery complete*|delivery succe*|sending succe*|send succe*|sent ok"
    "|mail ok",
    "sending complete*|sending finished|sending done|gesendet|zugestellt|versandt|versendet|verschickt"
    "|abgeschickt|übergeben|angenommen",
    "übermittelt|ausgeliefert",
)
"""Verbs that say that a mail left."""
SUCCEEDED = Words(
    "success*|succeed*|succeeded|complete|completed|ok|done|finished|passed|worked|erfolgreich|erfolg"
    "|abgeschlossen|fertig|fertiggestellt|geklappt",
)
"""Words that say that something went well, about an action or a mail."""
FAILED = Words(
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
STARTED = Words(
    "sending|executing|execute|delivering|handing|dispatching|trying to|attempting|submitting|performing|invoking",
    "notifying|triggering|triggered|initiating|launching|running test*|sende|versende|führe|versuche|wird gesendet",
    "wird ausgeführt|test requested|ausgelöst",
)
"""Verbs with which an attempt begins."""
BEGUN = Words("start|starting|started|begin|begins|beginning|begun|initiated|requested|starte|beginn|beginne|gestartet")
