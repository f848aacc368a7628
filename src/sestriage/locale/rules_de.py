"""The German texts of this package, by the English text in the code."""

from __future__ import annotations

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    # generic
    "If the evidence shows it: {step}": "Wenn die Belege es zeigen: {step}",
    "Central Management > Appliance Manager > Actions (the ... of the Manager) > Edit Appliance Configuration > "
    "General > Trust Store > Add New": "Central Management > Appliance Manager > Actions (die drei Punkte beim Manager)"
    " > Edit Appliance Configuration > General > Trust Store > Add New",
    "Delete the imported entry again in the same Trust Store list.": "Den importierten Eintrag in derselben Liste unter"
    " Trust Store wieder löschen.",
    "Enter the former value again.": "Den vorherigen Wert wieder eintragen.",
    "The Manager's own list is not in the evidence: compare it with the list that Cisco publishes"
    " (document 218118, written for 7.3.2) before you replace it; the command puts that published list there.": "Die"
    " eigene Liste des Managers liegt nicht vor: sie vor dem Ersetzen mit der von Cisco veröffentlichten vergleichen"
    " (Dokument 218118, für 7.3.2 geschrieben); der Befehl setzt diese veröffentlichte Liste ein.",
    "See which chain the server sends, then import its topmost CA certificates (for SES: {first} and {second};"
    " not the server's own certificate, which changes) at {menu}. From what the command prints, saved as a"
    " file, `sestriage certs export FILE --to sestriage-import` makes the files to import.": "Ansehen, welche Kette der"
    " Server schickt, und deren oberste CA-Zertifikate importieren (bei SES: {first} und {second}; nicht das Zertifikat"
    " des Servers selbst, das wechselt), unter {menu}. Aus der Ausgabe des Befehls, als Datei gespeichert, macht"
    " `sestriage certs export FILE --to sestriage-import` die Dateien für den Import.",
    "An SES endpoint is named email-smtp.REGION.amazonaws.com.": "Ein SES-Endpunkt heißt"
    " email-smtp.REGION.amazonaws.com.",
    "the address": "die Adresse",
    "of the configured endpoint": "des eingetragenen Endpunkts",
    "If the sender is meant ({named}): set FROM EMAIL in the SMTP Configuration to an address of a domain that is"
    " verified in SES in the region {region}, or verify its domain there.": "Ist der Absender gemeint ({named}): in der"
    " SMTP Configuration unter FROM EMAIL eine Adresse aus einer Domain eintragen, die in SES in der Region {region}"
    " verifiziert ist, oder die Domain des Absenders dort verifizieren.",
    "If a recipient is meant ({named}): the account is in the SES sandbox of the region {region}. Request"
    " production access there, or verify the recipient (or its domain) as long as you test.": "Ist ein Empfänger"
    " gemeint ({named}): Das Konto ist in der SES-Sandbox der Region {region}. Dort Production access beantragen oder,"
    " solange getestet wird, den Empfänger (oder seine Domain) verifizieren.",
    "If these identities are verified, it is in another region: look at the Verified identities of the region"
    " {region}, and set SMTP SERVER to the endpoint of the region in which they are. The SMTP credentials must be"
    " made anew in that region.": "Sind diese Identitäten verifiziert, dann in einer anderen Region: die Verified"
    " identities der Region {region} ansehen und in SMTP SERVER den Endpunkt der Region eintragen, in der sie liegen."
    " Die SMTP-Zugangsdaten müssen in dieser Region neu erstellt werden.",
    # builtins
    "Removed from the supplied list ({file}): {tokens}.": "Aus der vorliegenden Liste ({file}) genommen: {tokens}.",
    "The supplied list ({file}) contains only DHE suites: the command puts the list there that Cisco"
    " publishes (document 218118, written for 7.3.2).": "Die vorliegende Liste ({file}) enthält nur DHE-Suites: Der"
    " Befehl setzt die Liste ein, die Cisco veröffentlicht (Dokument 218118, geschrieben für 7.3.2).",
    "The supplied list ({file}) keeps {tokens}, which also includes DHE suites; the exclusion at its end"
    " turns them off.": "In der vorliegenden Liste ({file}) bleibt {tokens}, das auch DHE-Suites enthält; der"
    " Ausschluss am Ende schaltet sie ab.",
    "DHE, by an exclusion": "DHE, durch einen Ausschluss",
    "Already applied: the supplied list ({file}) allows no DHE suite. Was the container"
    " restarted since the list was changed? If the container's start is older than the file, restart it. If it is"
    " newer, the container does not read this file: open a TAC case.": "Schon erledigt: Die vorliegende Liste ({file})"
    " erlaubt keine DHE-Suite. Wurde der Container neu gestartet, seit sie geändert wurde? Ist der Start des Containers"
    " älter als die Datei, den Container neu starten. Ist er neuer, liest der Container diese Datei nicht: einen"
    " TAC-Case öffnen.",
    "reads only; a later `docker restart` interrupts the mail actions for some seconds": "liest nur; ein späterer"
    " `docker restart` unterbricht die E-Mail-Aktionen für einige Sekunden",
    "docker restart {container} and then Test Action again": "docker restart {container}, danach Test Action noch"
    " einmal ausführen",
    "The name has another form than an SES SMTP endpoint (email-smtp.REGION.amazonaws.com).": "Der Name hat nicht die"
    " Form eines SMTP-Endpunkts von SES (email-smtp.REGION.amazonaws.com).",
    "`{region}` is a region with an SMTP endpoint: the name is right, look at the DNS servers.": "`{region}` ist eine"
    " Region mit SMTP-Endpunkt: Der Name stimmt, also die DNS-Server ansehen.",
    "`{region}` is not among the regions known to have an SMTP endpoint ({date}){meant}.": "`{region}` gehört nicht zu"
    " den Regionen, für die ein SMTP-Endpunkt bekannt ist ({date}){meant}.",
    "; the nearest one is `{near}`": "; am ähnlichsten ist `{near}`",
    # import-ca
    "The served chain is in the evidence: the command saves its durable CA certificates with their fingerprints."
    " Import them at {menu}, with the file name as friendly name.": "Die gelieferte Kette liegt vor: Der Befehl"
    " speichert ihre dauerhaften CA-Zertifikate mit Fingerprints. Sie importieren unter {menu}, mit dem Dateinamen als"
    " Friendly Name.",
    "Save the missing CA certificates with the command below: the captured chain contains them. Then import them"
    " at {menu}, with the file name as friendly name: {names}.": "Mit dem Befehl unten die fehlenden CA-Zertifikate"
    " speichern: Die mitgeschnittene Kette enthält sie. Dann importieren unter {menu}, mit dem Dateinamen als Friendly"
    " Name: {names}.",
    "The captured chain contains the missing CA certificates. Import them at {menu}, with the file name as"
    " friendly name: {names}.": "Die mitgeschnittene Kette enthält die fehlenden CA-Zertifikate. Importieren unter"
    " {menu}, mit dem Dateinamen als Friendly Name: {names}.",
    "Either is enough today; importing both also covers a change of the chain.": "Heute genügt eines davon; beide zu"
    " importieren deckt auch einen Wechsel der Kette ab.",
    "A certificate with the name of a public root over another key is saved only with --allow-unpublished:"
    " add that when its owner has confirmed the fingerprint.": "Ein Zertifikat, das den Namen einer öffentlichen"
    " Root-CA zu einem anderen Schlüssel trägt, wird nur mit --allow-unpublished gespeichert: das erst ergänzen, wenn"
    " der Inhaber den Fingerprint bestätigt hat.",
    ", key identifier {key}": ", Key Identifier {key}",
    "Missing is the CA `{issuer}`{key}. It was not served: get it from the owner of the server,"
    " check its fingerprint with them, and import it at {menu}.": "Es fehlt die CA `{issuer}`{key}. Sie wurde nicht"
    " mitgeliefert: beim Betreiber des Servers besorgen, den Fingerprint mit ihm abgleichen und importieren unter"
    " {menu}.",
    "Import the public root `{root}`{fingerprint}, from Amazon Trust Services"
    " (https://www.amazontrust.com/repository/), at {menu}; compare the fingerprint before you save."
    " {other} beside it keeps mail going when the served chain changes.": "Das öffentliche Root-Zertifikat"
    " `{root}`{fingerprint} von Amazon Trust Services (https://www.amazontrust.com/repository/) importieren unter"
    " {menu}; vor dem Speichern den Fingerprint vergleichen. Zusätzlich {other} zu importieren hält die Mails am"
    " Laufen, wenn die gelieferte Kette wechselt.",
    " and ": " und ",
    # values of facts
    "yes": "ja",
    "no": "nein",
    "it is empty": "sie ist leer",
    "it has a display name; the form takes the bare address": "sie hat einen Anzeigenamen; das Formular nimmt nur die"
    " reine Adresse",
    "it holds a blank or a control character": "sie enthält ein Leer- oder Steuerzeichen",
    "it has angle brackets; the form takes the bare address": "sie hat spitze Klammern; das Formular nimmt nur die"
    " reine Adresse",
    "it holds more than one address": "es ist mehr als eine Adresse",
    "it holds a character outside ASCII": "sie enthält ein Zeichen außerhalb von ASCII",
    "it has no @": "es fehlt das @",
    "it has more than one @": "sie hat mehr als ein @",
    "nothing stands before the @": "vor dem @ steht nichts",
    "no domain stands after the @": "nach dem @ fehlt die Domain",
    "it is too long": "sie ist zu lang",
    "the part before the @ holds a character or a full stop that does not belong there": "vor dem @ steht ein Zeichen"
    " oder ein Punkt, der dort nicht hingehört",
    "the domain is malformed": "die Domain ist falsch gebildet",
    "the domain has no full stop (its last part is missing)": "die Domain hat keinen Punkt (ihr letzter Teil fehlt)",
    "truncated": "abgeschnitten",
    "padded": "mit Zeichen aufgefüllt",
    "too-long": "zu lang",
    "quoted": "in Anführungszeichen",
    "other-version": "andere Version",
}
"""`sie` in the values is an address."""
