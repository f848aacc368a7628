"""The sentences of `sestriage explain`, in German; the keys are those of `explain_words.ENGLISH`."""

from __future__ import annotations

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    # sections
    "shows-excerpt": "Was dieser Ausschnitt zeigt",
    "shows-triage": "Was die letzte Auswertung ergab",
    "means": "Was es bedeutet",
    "why": "Warum es dazu kommt",
    "sure": "Wie man sichergeht",
    "do": "Was zu tun ist",
    "verify": "Wie man es kontrolliert",
    "undo": "Wie man es zurücknimmt",
    "references": "Quellen",
    "others": "Weitere Treffer",
    "earlier": "Frühere Versuche",
    "nearest": "Ähnlichste Regeln",
    "attach": "Was an einen TAC-Case gehört",
    # sentences
    "rule": "Regel {rule}, Schweregrad {severity}, Schritt: {phase}.",
    "severity-critical": "kritisch",
    "severity-error": "Fehler",
    "severity-warning": "Warnung",
    "no-match": "Keine Regel passt auf diesen Text.",
    "no-match-accepted": "Der Mailserver hat die Mail des neuesten Versuchs angenommen; daran ist nichts gescheitert.",
    "accepted": "Der Mailserver hat die Mail des neuesten Versuchs angenommen. Was folgt, wurde außerdem gefunden.",
    "proves": "Gescheitert am Schritt: {phase}. Sicherheit: {confidence}.",
    "proves-rule": "Das führt zur Regel {rule} ({confidence}).",
    "clears": "Davor funktionierte: {phases}.",
    "proof-confirmed": "- Bestätigt durch {evidence}.",
    "proof-likely": "- Wahrscheinlich allein durch {evidence}.",
    "proof-suspected": "- Vermutet allein durch {evidence}.",
    "ruled-out": "- Ausgeschlossen durch einen Versuch, der einen späteren Schritt ({phase}) erreicht oder angenommen"
    " wird.",
    "alternatives": "Dieselben Anzeichen können auch bedeuten:",
    "more": "`sestriage explain {rule}`",
    "nothing-to-verify": "Test Action noch einmal ausführen: Die Meldung darf nicht mehr erscheinen.",
    "nothing-to-undo": "Es wird nichts geändert, was zurückzunehmen wäre.",
    "no-references": "Keine.",
    "step": "Schritt {number}",
    # labels
    "caution": "Vorsicht",
    "risk": "Risiko",
    "reason": "Wozu",
    "against": "Dagegen spricht",
    "note": "Hinweis",
    # evidence, by kind of fact
    "log.event": "das Log",
    "dns.lookup": "einen Paketmitschnitt",
    "tcp.stream": "einen Paketmitschnitt",
    "tcp.connection": "einen Paketmitschnitt",
    "smtp.dialogue": "einen Paketmitschnitt",
    "tls.handshake": "einen Paketmitschnitt",
    "tls.certificate": "die gelieferte Kette",
    "trust.path": "die gelieferte Kette zusammen mit dem Vertrauensspeicher",
    "trust.store": "den Vertrauensspeicher",
    "config.tls_ciphers": "die Cipher-Liste des Managers",
    "config.smtp": "die SMTP-Einstellungen",
    "config.action": "die Einstellungen der E-Mail-Aktion",
    "mail.delivered": "die Kopfzeilen einer zugestellten Mail",
    "and": " und ",
    "or": " oder ",
}
"""Evidence stands in the accusative, as `proof-confirmed` needs it."""
