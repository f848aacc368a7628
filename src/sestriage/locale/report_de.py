"""The German texts of this package that no table of words holds, by the English text in the code."""

from __future__ import annotations

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    # problems of the input
    "only the first {bytes} bytes were read: they took more than {seconds} s of processor time (--max-seconds raises"
    " this)": "nur die ersten {bytes} Bytes wurden gelesen: Sie brauchten mehr als {seconds} s Prozessorzeit"
    " (--max-seconds hebt die Grenze an)",
    # inspect
    "{used} used by triage, {aside} set aside, {refused} refused": "{used} von triage verwendet, {aside}"
    " beiseitegelegt, {refused} abgelehnt",
    "+ is used by triage, - is ignored, ! was refused or could not be read": "+ wird verwendet, - wird nicht"
    " beachtet, ! wurde abgelehnt oder war nicht lesbar",
    "refused": "abgelehnt",
    "set aside": "beiseitegelegt",
    "problem": "Problem",
    "wrapped as {forms}": "verpackt als {forms}",
    "plain lines": "einfache Zeilen",
    "no time stamp with a date": "kein Zeitstempel mit Datum",
    "zone {zones}": "Zeitzone {zones}",
    "no time zone in the log": "keine Zeitzone im Log",
    ", and times without a zone": ", dazu Zeiten ohne Zeitzone",
    ", first at line {line}": ", zuerst in Zeile {line}",
    "once": "einmal",
    "{count} times": "{count}-mal",
    "the time stamps go back {times}{at}, by {seconds} s": "die Zeitstempel springen {times} zurück{at}, um"
    " {seconds} s",
    "started": "begonnen",
    "failed": "gescheitert",
    "succeeded": "gelungen",
    "attempts to send mail: {counts}": "Versuche, Mails zu senden: {counts}",
    "nothing about sending mail was found in it": "nichts über den Versand von Mails gefunden",
    "{events} of another service, ignored": "{events} eines anderen Dienstes, nicht beachtet",
    "line {line}": "Zeile {line}",
    "{packets}; {conversations} kept, {mail} of them with a mail server; {questions}": "{packets}; {conversations}"
    " behalten, davon {mail} mit einem Mailserver; {questions}",
    "problem: packets were cut when they were captured; use `tcpdump -s 0`": "Problem: Pakete wurden beim Mitschneiden"
    " abgeschnitten; `tcpdump -s 0` verwenden",
    "{entries}, {anchors} trusted": "{entries}, davon {anchors} vertrauenswürdig",
    "{first} to {last}": "{first} bis {last}",
    "{count} bytes": "{count} Byte",
    # values that inspect shows
    "trust store": "Vertrauensspeicher",
    "certificates": "Zertifikate",
    "cipher list": "Cipher-Liste",
    "TLS key log": "TLS-Schlüssellog",
    "OpenPGP data": "OpenPGP-Daten",
    "mail": "Mail",
    "SMTP settings": "SMTP-Einstellungen",
    "transcript": "mitgeschriebene Ausgabe",
    "log": "Log",
    "capture": "Paketmitschnitt",
    "unknown": "unbekannt",
    "archive": "Archiv",
    "not read": "nicht gelesen",
    "response management": "Response Management",
    "another service": "ein anderer Dienst",
    "kept copy": "aufbewahrte Kopie",
    "encrypted with OpenPGP: decrypt it first (`gpg --decrypt`), then hand in the result": "mit OpenPGP verschlüsselt:"
    " zuerst entschlüsseln (`gpg --decrypt`), dann das Ergebnis auswerten lassen",
    "text without time stamps, levels or exceptions: not a log that is known": "Text ohne Zeitstempel, Level oder"
    " Exceptions: kein bekanntes Log",
    "not recognised by its content": "am Inhalt nicht zu erkennen",
    "event": "Ereignis",
    "events": "Ereignisse",
    "packet": "Paket",
    "packets": "Pakete",
    "conversation": "Verbindung",
    "conversations": "Verbindungen",
    "DNS question": "DNS-Anfrage",
    "DNS questions": "DNS-Anfragen",
    "entry": "Eintrag",
    "entries": "Einträge",
}
