"""The words of the set-up guide in German. Menu names stay English, as the Manager shows them in most releases; where
its German interface has a word of its own, that follows in brackets."""

from __future__ import annotations

from sestriage.report.guides.words import GuideWords, StepWords

_EDIT = (
    "Central Management > Appliance Manager > Actions (die drei Punkte beim Manager) > Edit Appliance Configuration >"
    " General"
)

GERMAN = GuideWords(
    title="Alarme eines Secure-Network-Analytics-Managers über Amazon SES verschicken: Checkliste",
    intro=(
        "Entspricht dem Cisco-Dokument 218118, mit berichtigten Befehlen. Bitte von oben nach unten abarbeiten; bei"
        " jedem Schritt steht, woran man erkennt, dass er erledigt ist, und welche Regel den typischen Fehler"
        " erklärt (`sestriage explain REGEL`).",
        "Die Menünamen sind die von 7.3.2. Neuere Versionen zeigen Inventory statt Appliance Manager und Connected"
        " statt Up; die Menüs können dort an anderer Stelle liegen.",
    ),
    values="Werte dieser Anleitung",
    field="Feld",
    value="Wert",
    fill_in="(bitte eintragen)",
    check="Erledigt, wenn",
    rules="Typischer Fehler",
    command="Befehl",
    value_names={
        "region": "SES-Region",
        "server": "SMTP-Endpunkt",
        "port": "Port",
        "encryption": "Encryption Type",
        "sender": "From Email (Absender)",
        "recipient": "Empfänger",
        "domain": "Verifizierte Domain",
    },
    region_unknown="des Endpunkts",
    domain_unknown="der Absenderadresse",
    steps={
        "identity": StepWords(
            "Absenderdomain in SES verifizieren",
            (
                "AWS-Konsole, Region {region} > Amazon SES > Configuration > Verified identities. Die Domain"
                " {domain} muss dort mit dem Status Verified stehen; falls nicht: Create identity > Domain wählen"
                " und die angezeigten DNS-Einträge veröffentlichen.",
                "Eine verifizierte Domain gilt für alle Adressen der Domain und ihrer Subdomains; eine eigens"
                " verifizierte Adresse ist nicht nötig. Identitäten gehören zu einer Region: In einer anderen Region"
                " verifiziert zählt nicht.",
            ),
            "die Domain in der Region {region} als Verified aufgeführt ist.",
        ),
        "sandbox": StepWords(
            "Prüfen, ob das Konto in der Sandbox ist",
            (
                "Amazon SES > Account dashboard, gleiche Region. In der Sandbox stellt SES nur an verifizierte"
                " Identitäten und an den eigenen Mailbox Simulator zu, höchstens 200 Nachrichten am Tag und eine pro"
                " Sekunde. Außerhalb der Sandbox ist jeder Empfänger erlaubt; dass der Empfänger zur verifizierten"
                " Domain gehören muss, wie es im Dokument steht, gilt nur in der Sandbox.",
                "Entweder dort Production access beantragen oder einen Empfänger aus der verifizierten Domain nehmen.",
            ),
            "das Dashboard die Sandbox nicht mehr erwähnt oder der Empfänger eine verifizierte Identität ist.",
        ),
        "endpoint": StepWords(
            "Endpunkt, Port und Verschlüsselung notieren",
            (
                "Amazon SES > Account dashboard > Simple Mail Transfer Protocol (SMTP) settings (neuere Konsole:"
                " Amazon SES > SMTP settings) zeigt den SMTP-Endpunkt, in dieser Anleitung `{server}`. Sein Name"
                " beginnt mit `email-smtp.`; ein Name, der mit `email.` beginnt, ist die HTTPS-Schnittstelle und"
                " nimmt keine Mails an.",
                "Die Ports 25, 587 und 2587 gehören zu STARTTLS, 465 und 2465 zu SMTPS. Diese Anleitung verwendet"
                " Port {port} mit {encryption}. Port 25 besser meiden: EC2 und viele Provider sperren ihn.",
            ),
            "Endpunkt, Port und Verschlüsselung wie oben zusammenpassen.",
        ),
        "credentials": StepWords(
            "SMTP-Zugangsdaten erstellen",
            (
                "Amazon SES > SMTP settings, Karte IAM SMTP credentials > Create IAM credentials. (Im Cisco-Dokument"
                " heißt diese Schaltfläche Create SMTP credentials; die heute so heißt, gehört zu Mail Manager.) Der"
                " IAM-Benutzername ist frei wählbar, zum"
                " Beispiel `{iam_user}` (höchstens 64 Buchstaben, Ziffern und `+=,.@-_`); er ist nicht der"
                " SMTP-Benutzername.",
                "Die Angaben am Ende gut aufbewahren, sie werden nur einmal angezeigt: den SMTP-Benutzernamen (20"
                " Zeichen, beginnt mit AKIA) und das SMTP-Passwort (44 Zeichen, beginnt mit B). Das Passwort ist an"
                " diese Region gebunden und nicht dasselbe wie der AWS Secret Access Key. Ist ein Secret Access Key"
                " vorhanden, leitet sein Besitzer das Passwort mit `sestriage credentials --region {region_argument}`"
                " daraus ab.",
                "Der neue Benutzer erhält die folgende Policy. Eine engere muss, solange das Konto in der Sandbox"
                " ist, auch die Empfänger erlauben, und das Configuration Set, falls der Identität eines zugeordnet"
                " ist:",
            ),
            "SMTP-Benutzername und SMTP-Passwort sicher verwahrt sind.",
        ),
        "settings": StepWords(
            "Werte prüfen, bevor sie eingetragen werden",
            (
                "Auf einem beliebigen Rechner, ohne Netzzugriff. Mit `--password-file DATEI` wird auch die Form des"
                " Passworts geprüft; angezeigt wird davon nichts.",
            ),
            "die Prüfung keinen Fehler (error) meldet.",
            ("",),
        ),
        "network": StepWords(
            "Prüfen, ob der Manager den Endpunkt erreicht",
            ("Auf dem Manager, per SSH als root:",),
            "der Name auflösbar ist, die Verbindung nach ein bis zwei Sekunden steht und die Uhr stimmt.",
            (
                "Der Name muss sich auflösen lassen:",
                "Der Port muss antworten (bei STARTTLS mit einer Zeile, die mit 220 beginnt):",
                "Die Uhr muss auf die Minute stimmen, sonst erscheinen Zertifikate als abgelaufen oder noch nicht"
                " gültig:",
            ),
        ),
        "certificates": StepWords(
            "Zertifikate des Endpunkts abholen",
            (
                "Auf dem Manager, als root. Die fünf Befehle nacheinander eingeben; nur der letzte gibt etwas aus."
                " Die Dateien heißen nach Nummer und Common Name; Nummer 1 ist das Zertifikat des Servers selbst.",
            ),
            "mindestens zwei Dateien aufgeführt sind (heute meist drei: das Zertifikat des Servers, ein"
            " `Amazon RSA 2048"
            " M0x` und `Amazon Root CA 1`, von Starfield Services signiert) und oberhalb der ersten Datei nur"
            " Amazon oder Starfield als"
            " Aussteller vorkommt. Steht dort eine andere Firma, wird TLS unterwegs aufgebrochen: beim Netzwerkteam"
            " eine Ausnahme beantragen.",
            (
                "Ein eigener Ordner für diesen Durchgang:",
                "Die Zertifikatskette auf Port {port} ({encryption}) abholen:",
                "In eine Datei je Zertifikat aufteilen:",
                "Die Dateien benennen:",
                "Anzeigen, was es ist und wo es liegt:",
            ),
        ),
        "truststore": StepWords(
            "Zertifikate in den Trust Store des Managers importieren",
            (
                f"Die Dateien auf den eigenen Rechner kopieren (scp, WinSCP), dann für jede Datei {_EDIT} > Trust"
                " Store > Add New; als Friendly Name empfiehlt sich der Dateiname.",
                "Wichtig sind vor allem die CA-Zertifikate: `Amazon Root CA 1` und `Starfield Services Root"
                " Certificate Authority - G2` (das Wort Services gehört zum Namen). Die Datei Nummer 1, das"
                " Zertifikat des Servers, wechselt oft und hilft nicht auf Dauer. Die Root-Zertifikate sind unter"
                " https://www.amazontrust.com/repository/ veröffentlicht; vor dem Import den SHA-256-Fingerprint"
                " vergleichen:",
            ),
            "die Liste die Einträge zeigt. Der Trust Store einer anderen Appliance nützt nichts: Jede hat ihren"
            " eigenen.",
        ),
        "form": StepWords(
            "SMTP-Formular ausfüllen",
            (f"{_EDIT} > SMTP Configuration:",),
            "der Manager wieder Up ist und das Formular die neuen Werte zeigt.",
            after=(
                "USER NAME und PASSWORD sind die vorhin erstellten SMTP-Zugangsdaten. Danach Apply, und warten, bis"
                " der Manager in Central Management wieder den Zustand Up (neuer: Connected) hat. Das Formular"
                " meldet nicht, wenn die Zertifikate im Trust Store fehlen.",
            ),
        ),
        "dhe": StepWords(
            "Das Problem mit dem DH-Schlüssel ausschließen",
            (
                "Wählt der Server ein DHE-Verfahren mit einem Schlüssel von 1024 Bit, bricht der Manager ab (`dh key"
                " too small`). Die Befehle sind für den Manager, als root.",
                "`DH, 1024 bits` oder `dh key too small`: Der Server würde einen zu kurzen Schlüssel verwenden; mit"
                " Sicherung und Liste weitermachen, wenn eine Test Action mit diesem Fehler scheitert. Ein Alert wie"
                " `handshake failure`: Der Server bietet kein DHE an, es ist nichts zu tun. `errno`: keine"
                " Verbindung, siehe Schritt 6. Auf `-tls1_2` kommt es an: Bei TLS 1.3 bleibt `-cipher` wirkungslos,"
                " und die Antwort besagt nichts.",
                "Die Liste stammt von Cisco und ist für 7.3.2 geschrieben; bei anderen Versionen vorher das TAC"
                " fragen. `sestriage triage` berechnet sie stattdessen aus der Datei `tls-ciphers` des Managers. Der"
                " Container startet neu; auch andere Dienste können dieselbe Datei lesen. Eine Sicherung von Central"
                " Management enthält diese Änderung möglicherweise nicht.",
            ),
            "die Probe keinen DH-Schlüssel unter 2048 Bit zeigt oder die Liste keinen Eintrag mit DHE oder EDH"
            " enthält (ECDHE bleibt).",
            (
                "Probe:",
                "Sicherung, nur bei Bedarf (ein zweiter Lauf behält die erste):",
                "Liste ersetzen, nur bei Bedarf:",
                "Der Weg zurück:",
            ),
        ),
        "action": StepWords(
            "E-Mail-Aktion anlegen",
            (
                "Configure > Response Management (Antwortmanagement) > Actions (Aktionen) > Add New Action > Email."
                " Name und Subject (Thema) sind frei, der Schalter bleibt auf Enabled, unter To (An) den Empfänger"
                " eintragen, dann Save.",
                "Danach die Aktion in einer Regel auswählen (Reiter Rules): Ohne Regel benutzt kein Alarm sie.",
            ),
            "die Aktion unter Actions (Aktionen) als aktiv aufgeführt ist und eine Regel sie benutzt.",
        ),
        "test": StepWords(
            "Test Action ausführen",
            (
                "In der Liste der Aktionen: ... > Edit > Test Action. Die Antwort ist ein Dialog `Success! You've"
                " successfully sent your test email.` oder ein Banner oben auf der Seite. Bei einem Fehlschlag steht"
                " der Grund im Log des Managers:",
            ),
            "der Dialog Success meldet. Das heißt, dass SES die Mail angenommen hat, nicht, dass sie zugestellt ist.",
            ("",),
        ),
        "delivery": StepWords(
            "Zugestellte Mail prüfen",
            (
                "Die empfangene Mail mit Kopfzeilen speichern (Gmail: Original anzeigen > Original herunterladen;"
                " Outlook: Datei > Eigenschaften > Internetkopfzeilen). Eine Mail, die über SES lief, wurde von"
                " einem Host unter `smtp-out.amazonses.com` eingeliefert und ist von `amazonses.com` und von der"
                " eigenen Domain signiert.",
                "Keine Mail, obwohl der Dialog Success meldete: im Spamordner nachsehen, in der Suppression List der"
                " Region (Amazon SES > Configuration > Suppression list) und nach einer Rückläufermail an die"
                " Absenderadresse.",
            ),
            "die Antwort THROUGH SES lautet, mit der richtigen Region und einer gültigen Signatur der eigenen Domain.",
            ("",),
        ),
        "trouble": StepWords(
            "Wenn der Test scheitert",
            (
                "Log und Mitschnitt einer Test Action sammeln und auswerten lassen. Den Mitschnitt auf dem Manager"
                " starten, Test Action ausführen, den Mitschnitt mit Strg-C beenden.",
            ),
            "der Bericht die Ursache und die Schritte nennt, oder was noch fehlt.",
            ("Mitschnitt:", "Kopie des Logs:", "Beides auswerten:"),
        ),
        "way": StepWords(
            "Sich für einen der beiden Wege in SES entscheiden",
            (
                "Die Seite SMTP settings der SES-Konsole zeigt zwei Karten. `IAM SMTP credentials` (Schaltfläche Create"
                " IAM credentials) ist der Weg des Cisco-Dokuments: Host `email-smtp.` und die Region, Benutzername"
                " AKIA... `Mail Manager SMTP` (Schaltfläche Create SMTP credentials) legt einen Ingress-Endpunkt an:"
                " ein Host, der auf `.mail-manager-smtp.amazonaws.com` endet, Benutzername inp-..., und eigene Regeln,"
                " die über die Zustellung entscheiden.",
                "Zugangsdaten des einen Weges gelten auf dem anderen nicht. Diese Anleitung folgt {way}, nach dem Namen"
                " des Servers; mit `--server HOST` des anderen Weges folgt sie jenem.",
            ),
            "es entschieden ist und Server und Zugangsdaten zum selben Weg gehören.",
        ),
        "endpoint-ingress": StepWords(
            "Host, Port und Verschlüsselung des Ingress-Endpunkts notieren",
            (
                "Amazon SES > Mail Manager > Ingress endpoints zeigt den Host, in dieser Anleitung `{server}`. Er"
                " bedient Port 587 mit STARTTLS; 465 (SMTPS) gibt es dort nicht.",
                "Eine Traffic Policy des Endpunkts kann nach Adresse des Clients oder TLS-Version ablehnen: Sie muss"
                " die öffentliche Adresse des Managers zulassen.",
            ),
            "Host, Port 587 und STARTTLS notiert sind.",
        ),
        "credentials-ingress": StepWords(
            "Benutzernamen und Passwort des Ingress-Endpunkts notieren",
            (
                "Die Seite des Ingress-Endpunkts zeigt den Benutzernamen (inp-...). Das Passwort wurde beim Anlegen"
                " gesetzt oder angezeigt; es ist freier Text und wird nicht aus einem IAM-Schlüssel abgeleitet. Ein"
                " vergessenes wird dort neu gesetzt.",
            ),
            "Benutzername und Passwort sicher verwahrt sind.",
        ),
        "rule-set": StepWords(
            "Prüfen, dass der Regelsatz die Mail weitersendet",
            (
                "Der Endpunkt nimmt eine Mail an, bevor sein Regelsatz entscheidet. Eine Regel mit der Aktion Send to"
                " internet muss für die Mails des Managers gelten, und die Rolle dieser Aktion braucht"
                " `ses:SendRawEmail` für die verifizierte Identität; sonst wird angenommene Mail wortlos verworfen.",
            ),
            "der Regelsatz eine solche Regel hat und ihre Rolle die Berechtigung.",
        ),
    },
)
