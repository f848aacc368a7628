"""The German texts of this package, by the English text in the code."""

from __future__ import annotations

from collections.abc import Mapping

GERMAN: Mapping[str, str] = {
    # the last triage
    "the rule `{rule}` is not there any more": "die Regel `{rule}` gibt es nicht mehr",
    # triage
    "Only the newest {count} attempts were judged; {left_out} older ones are not listed.": "Nur die neuesten {count}"
    " Versuche wurden beurteilt; {left_out} ältere sind nicht aufgeführt.",
    "Only the newest {count} attempts were judged; older ones are not listed.": "Nur die neuesten {count} Versuche"
    " wurden beurteilt; ältere sind nicht aufgeführt.",
    # evidence that was lost
    "Something of the input was lost to an internal fault of sestriage: {names}. What it could speak against is"
    " at most likely here, never confirmed.": "Ein Teil der Eingabe ging durch einen internen Fehler von sestriage"
    " verloren: {names}. Was dem widersprechen könnte, gilt hier höchstens als wahrscheinlich, nie als bestätigt.",
    # lines that do not count
    "Lines that may report mail, not counted: {count}, first at {place}.": "Zeilen, die von Mail berichten könnten,"
    " nicht gezählt: {count}, die erste bei {place}.",
    "A client of the SES API (HTTPS) was pointed at {host}, which speaks SMTP and no HTTPS ({place}). The API"
    " of a region has the name email.REGION.amazonaws.com. This is no attempt to mail through SMTP.": "Ein Client der"
    " SES-API (HTTPS) war auf {host} gerichtet; dort wird SMTP gesprochen und kein HTTPS ({place}). Die API einer"
    " Region heißt email.REGION.amazonaws.com. Das ist kein Versuch, per SMTP zu mailen.",
    "TLS trouble of something that is not shown to be mail: {count} events, first at {place}. It would be shown"
    " by a mail class in the stack trace, a reply or port of the mail server beside it, the e-mail action's"
    " own lines of the same thread, or a capture of a Test Action.": "TLS-Fehler von etwas, das nicht als Mail belegt"
    " ist: {count} Ereignisse, das erste bei {place}. Belegen würden es eine Mail-Klasse im Stacktrace, eine Antwort"
    " oder ein Port des Mailservers daneben, Zeilen der E-Mail-Aktion im selben Thread oder ein Mitschnitt einer Test"
    " Action.",
    "Nothing shows that this failure was of a mail: only the name of the log ({log}) speaks for it. Other"
    " reading: another action of this container (syslog over TLS, webhook, LDAP).": "Nichts belegt, dass hier eine Mail"
    " gescheitert ist: Nur der Name des Logs ({log}) spricht dafür. Andere Lesart: eine andere Aktion dieses Containers"
    " (Syslog über TLS, Webhook, LDAP).",
    "A line after this failure may report a mail that was sent ({place}). It does not show that it is about mail,"
    " so it does not count; but the failure may be over.": "Eine Zeile nach diesem Fehler könnte von einer gesendeten"
    " Mail berichten ({place}). Sie zeigt nicht, dass es um Mail geht, und zählt daher nicht; der Fehler kann aber"
    " vorbei sein.",
    # handshakes that the JVM traced
    "a TLS handshake {to}, traced by javax.net.debug: {end}. Nothing shows that it was made for a mail, so it does"
    " not count.": "ein TLS-Handshake {to}, aufgezeichnet von javax.net.debug: {end}. Nichts belegt, dass er zu einer"
    " Mail gehört; er zählt daher nicht.",
    "to {host}": "mit {host}",
    "to a server that it does not name": "mit einem Server, den die Aufzeichnung nicht nennt",
    "it failed (`{quote}`)": "er scheiterte (`{quote}`)",
    "it was finished": "er wurde abgeschlossen",
    "its end is not there": "sein Ende fehlt",
    "the trace of this handshake (javax.net.debug) shows what the server chose: {how}.": "die Aufzeichnung dieses"
    " Handshakes (javax.net.debug) zeigt, was der Server wählte: {how}.",
    "the trace of this handshake (javax.net.debug) shows no ServerHello. The client offered {versions} and"
    " {count} cipher suites.": "die Aufzeichnung dieses Handshakes (javax.net.debug) zeigt kein ServerHello. Der Client"
    " bot {versions} und {count} Cipher-Suites an.",
    "versions that it does not show": "Versionen, die sie nicht zeigt,",
    "the server sent: {chain}.": "der Server sandte: {chain}.",
    "the client": "der Client",
    "the server": "der Server",
    "{sender} sent the alert {alert}.": "{sender} sandte den Alert {alert}.",
    "the client's trust manager accepted the chain.": "der Trust-Manager des Clients nahm die Kette an.",
    "the client's trust manager refused the chain.": "der Trust-Manager des Clients lehnte die Kette ab.",
    "the JVM had read the trust store `{store}`: {count} trusted certificate(s).": "die JVM hatte den Trust Store"
    " `{store}` gelesen: {count} vertraute Zertifikate.",
    "the JVM had read the trust store `{store}`.": "die JVM hatte den Trust Store `{store}` gelesen.",
    "`{subject}`, issued by `{issuer}` (serial number {serial}{dates}{names})": "`{subject}`, ausgestellt von"
    " `{issuer}` (Seriennummer {serial}{dates}{names})",
    ", valid for {names}": ", gültig für {names}",
    # captures of several files and points
    "{source}: {count} files of one capture, in which conversations go on from one into the next, were"
    " read as one; frames count through all of them (as after `mergecap -a`).": "{source}: {count} Dateien eines"
    " Mitschnitts, in denen Gespräche von einer in die nächste weitergehen, wurden als einer gelesen; die Frames"
    " zählen durch alle (wie nach `mergecap -a`).",
    "{here} and {there} show the same conversation, captured at two points ({ends} and {others}): it counts"
    " once.": "{here} und {there} zeigen dasselbe Gespräch, an zwei Stellen mitgeschnitten ({ends} und {others}): Es"
    " zählt einmal.",
    "The two points do not show the same end: {here}: {at_here}; {there}: {at_there}. What lies between"
    " them (firewall, gateway, translation of addresses) made the difference.": "Die beiden Stellen zeigen nicht"
    " dasselbe Ende: {here}: {at_here}; {there}: {at_there}. Was zwischen ihnen liegt (Firewall, Gateway,"
    " Adressübersetzung), hat den Unterschied gemacht.",
    "the SYN was answered by RST": "das SYN wurde mit RST beantwortet",
    "the SYN got no answer": "das SYN blieb ohne Antwort",
    "reset by the client": "vom Client zurückgesetzt",
    "reset by the server": "vom Server zurückgesetzt",
    "connected": "verbunden",
    "not connected": "nicht verbunden",
    # a relay
    "The mail relay (Postfix) wrote these lines, not the Manager: where the steps name the SMTP Configuration,"
    " set it on the relay instead: relayhost = [server]:587, smtp_tls_security_level = encrypt and"
    " smtp_sasl_password_maps (postconf -e).": "Diese Zeilen schrieb das Mail-Relay (Postfix), nicht der Manager: Wo"
    " die Schritte die SMTP-Konfiguration nennen, gilt das für das Relay: relayhost = [server]:587,"
    " smtp_tls_security_level = encrypt und smtp_sasl_password_maps (postconf -e).",
    # a window of time
    "Only events from {since} onwards were used.": "Verwendet wurden nur Ereignisse ab {since}.",
    "Only events up to {until} were used.": "Verwendet wurden nur Ereignisse bis {until}.",
    "Only events from {since} to {until} were used.": "Verwendet wurden nur Ereignisse von {since} bis {until}.",
    "No mail attempt in that window.": "In diesem Zeitfenster liegt kein Mailversuch.",
    "{file} was not read: it was last written to at {time}.": "{file} wurde nicht gelesen: Zuletzt beschrieben wurde"
    " die Datei um {time}.",
    "{file} covers {first} to {last}; {unread} of {size} bytes were not read, because its times are in order"
    " ({probes} places were looked at).": "{file} umfasst {first} bis {last}; {unread} von {size} Bytes wurden nicht"
    " gelesen, weil die Zeiten darin geordnet sind ({probes} Stellen wurden angesehen).",
    "Left out of {file}: events about mail ({count}), from {first} to {last}.": "Nicht verwendet aus {file}:"
    " Ereignisse zu Mail ({count}), von {first} bis {last}.",
    "Left out of {file}: conversations and DNS lookups ({count}), from {first} to {last}.": "Nicht verwendet aus"
    " {file}: Gespräche und DNS-Abfragen ({count}), von {first} bis {last}.",
    "{file} covers {first} to {last}.": "{file} umfasst {first} bis {last}.",
    "Used of {file} although they carry no time: {count} events about mail.": "Aus {file} verwendet, obwohl ohne"
    " Zeitangabe: {count} Ereignisse zu Mail.",
    "Further files of which something was left out: {count}.": "Weitere Dateien, aus denen etwas nicht verwendet wurde:"
    " {count}.",
    # needs
    "the response-management log of the Manager, with one failed Test Action in it": "das Response-Management-Log des"
    " Managers mit einer gescheiterten Test Action darin",
    "it names the exception or the server's reply that stopped the mail": "es nennt die Exception oder die Antwort des"
    " Servers, an der die Mail gescheitert ist",
    "a packet capture of one Test Action, taken on the Manager": "ein Paketmitschnitt einer Test Action, auf dem"
    " Manager aufgenommen",
    "it shows how far the connection got, which certificates were served and who ended it": "er zeigt, wie weit die"
    " Verbindung kam, welche Zertifikate geliefert wurden und wer sie beendet hat",
    "the log lines of the same moment as the capture": "die Logzeilen aus demselben Moment wie der Mitschnitt",
    "the captured session ends without a mail and without a refusal: only the Manager's log says why": "die"
    " mitgeschnittene Sitzung endet ohne Mail und ohne Ablehnung: Nur das Log des Managers sagt, warum",
    "the conversation is encrypted: only the Manager's log says how it went on": "das Gespräch ist verschlüsselt:"
    " Nur das Log des Managers sagt, wie es weiterging",
    "a run of openssl against the same server, captured, with its TLS secrets (hand in all three files)": "ein Lauf"
    " von openssl gegen denselben Server, mitgeschnitten, mit seinen TLS-Geheimnissen (alle drei Dateien zusammen"
    " vorlegen)",
    "TLS 1.3 hides the certificates, the client's alert and the mail dialogue; the Manager's Java writes no secrets, "
    "openssl does, and is served the same chain": "TLS 1.3 verbirgt die Zertifikate, den Alert des Clients und den"
    " Maildialog; das Java des Managers schreibt keine Geheimnisse, openssl schon, und es bekommt dieselbe Kette",
    # contradictions
    "the log and the supplied configuration do not agree; usual reasons are that the file is not the one the "
    "service uses, that the container was not restarted after a change, or that the log is of another service": "Log"
    " und vorliegende Konfiguration passen nicht zusammen; übliche Gründe: Die Datei ist nicht die, die der Dienst"
    " benutzt, der Container wurde nach einer Änderung nicht neu gestartet, oder das Log gehört zu einem anderen"
    " Dienst",
    "the log reports success, but the conversation of the same time broke off": "Das Log meldet Erfolg, aber das"
    " Gespräch zur selben Zeit brach ab",
    "this conversation broke off": "dieses Gespräch brach ab",
    "the mail was accepted, but the supplied trust store does not lead to the served chain: it is not the"
    " store that the service used, or was changed since, or this release does not check the certificate": "die Mail"
    " wurde angenommen, aber der vorliegende Vertrauensspeicher führt nicht zur gelieferten Zertifikatskette: Er ist"
    " nicht der, den der Dienst benutzt hat, oder wurde seither geändert, oder dieses Release prüft das Zertifikat"
    " nicht",
    "the log and the captured conversation of the same time do not tell of the same failure: the capture is of"
    " another connection or another Manager, or one of the two clocks is wrong": "Log und mitgeschnittenes Gespräch"
    " derselben Zeit erzählen nicht vom selben Fehler: Der Mitschnitt ist von einer anderen Verbindung oder einem"
    " anderen Manager, oder eine der beiden Uhren geht falsch",
    "the conversation that goes with it": "das Gespräch, das dazu gehört",
    "the session got past the server's certificate, but no trust store that was handed in accepts the served chain."
    " Possible: the store belongs to another service or Manager; it was changed after the process started; or the"
    " process does not check (`mail.smtp.ssl.trust`, a trust manager that accepts all). The start time of the"
    " process beside the date of the store, and the store that its command line names, tell them apart": "Die Sitzung"
    " kam über das Zertifikat des Servers hinaus, aber kein vorliegender Vertrauensspeicher nimmt die gelieferte"
    " Zertifikatskette an. Möglich: Der Speicher gehört zu einem anderen Dienst oder Manager; er wurde geändert,"
    " nachdem der Prozess gestartet war; oder der Prozess prüft nicht (`mail.smtp.ssl.trust`, ein Trust Manager, der"
    " alles annimmt). Die Startzeit des Prozesses neben dem Datum des Speichers, und der Speicher, den seine"
    " Kommandozeile nennt, unterscheiden sie",
    "the trust stores supplied disagree; find out which one the mail service uses": "Die vorliegenden"
    " Vertrauensspeicher widersprechen sich; klären, welchen davon der Maildienst benutzt",
    "the settings name the server {server}, the log {host}": "In den Einstellungen steht der Server {server}, im Log"
    " {host}",
    "the settings' endpoint is in {region}, the refusal came from {other}": "Der eingestellte Endpunkt liegt in"
    " {region}, die Ablehnung kam aus {other}",
    "the settings have port {port}, the log {other}": "In den Einstellungen steht Port {port}, im Log {other}",
    "the settings have port {port}, the capture shows {other}": "In den Einstellungen steht Port {port}, der Mitschnitt"
    " zeigt {other}",
    "these settings are not the ones in effect: they were changed since, not applied, or are those of another"
    " Manager": "Diese Einstellungen sind nicht die, die gelten: Sie wurden seither geändert, nicht mit Apply"
    " übernommen, oder sie sind die eines anderen Managers",
    "the endpoint is in {region}, the message id of the reply was made in {other} (derived): the"
    " name leads to another region's endpoint (an alias, a hosts file, a proxy)": "Der Endpunkt liegt in {region}, die"
    " Message-ID der Antwort stammt aus {other} (abgeleitet): Der Name führt zum Endpunkt einer anderen Region (ein"
    " Alias, eine hosts-Datei, ein Proxy)",
    # notes
    "The log has no time zone; its times fit the captures as {offset}.": "Das Log hat keine Zeitzone; als {offset}"
    " passen seine Zeiten zu den Mitschnitten.",
    "The log has no time zone and no offset makes it fit the captures; its times are taken as UTC.": "Das Log hat keine"
    " Zeitzone, und mit keiner Verschiebung passt es zu den Mitschnitten; seine Zeiten gelten als UTC.",
    "The client connected twice within a second (JavaMail falls back to the default socket factory). The logged"
    " exception ({places}) belongs to the second connection, which used another trust store;"
    " the first connection is the one that counts.": "Der Client hat sich innerhalb einer Sekunde zweimal verbunden"
    " (JavaMail weicht auf die Standard-Socket-Factory aus). Die geloggte Exception ({places}) gehört zur zweiten"
    " Verbindung, die einen anderen Vertrauensspeicher benutzt hat; es zählt die erste.",
    "A second problem may be hidden: the certificate check and the key exchange are not both reached in one"
    " attempt. Run the Test Action again after the fix.": "Dahinter kann sich ein zweites Problem verbergen: Die"
    " Prüfung des Zertifikats und der Schlüsselaustausch werden nicht beide in einem Versuch erreicht. Nach der"
    " Behebung Test Action noch einmal ausführen.",
    "Not all input could be used: {names}.": "Nicht alles, was vorliegt, war zu gebrauchen: {names}.",
    # message ids and delivered mails
    "an unknown region (code {code})": "unbekannt (Code {code})",
    "SES took the message as {id} ({where}): region {region}, {time} UTC, both derived from the id.": "SES hat die"
    " Nachricht als {id} angenommen ({where}): Region {region}, {time} UTC, beides aus der ID abgeleitet.",
    "{file} is the mail of this attempt: it was delivered.": "{file} ist die Mail dieses Versuchs: Sie wurde"
    " zugestellt.",
    "SES took the mail in {file} after the newest attempt in evidence: mail has worked since"
    " (or it came from another system).": "SES hat die Mail in {file} nach dem neuesten vorliegenden Versuch"
    " angenommen: Seither gingen also Mails durch (oder sie kam von einem anderen System).",
    "{file} does not belong to the newest attempt.": "{file} gehört nicht zum neuesten Versuch.",
    # runs of other clients
    "{program} is not the Manager's own client: it has other TLS settings and another trust store. A good run does not "
    "prove that the Manager would succeed, and a refusal of this client is not the Manager's.": "{program} ist nicht"
    " der Client des Managers: Er hat andere TLS-Einstellungen und einen anderen Vertrauensspeicher. Ein guter Lauf"
    " beweist nicht, dass es beim Manager ginge, und eine Ablehnung durch diesen Client ist keine des Managers.",
    "The attempt does not show the served chain; the chain from {source} was held against the trust store.": "Der"
    " Versuch zeigt die gelieferte Kette nicht; mit dem Vertrauensspeicher verglichen wurde die Kette aus {source}.",
    "; a certificate is missing, or files of two runs lie together": "; ein Zertifikat fehlt, oder es liegen Dateien"
    " aus zwei Läufen beieinander",
    "{count} certificate(s) as a server sent them{gap}.": "{count} Zertifikat(e), wie ein Server sie geschickt"
    " hat{gap}.",
    "finished the TLS handshake": "hat den TLS-Handshake abgeschlossen",
    "was answered": "hat eine Antwort bekommen",
    "how many certificates were served is not told": "wie viele Zertifikate gesendet wurden, steht nicht darin",
    "the server takes {versions}, by this scan.": "der Server nimmt nach diesem Scan {versions}.",
    "A client that begins with TLS 1.2 finds no version in common with it.": (
        "Ein Client, der erst bei TLS 1.2 beginnt, findet keine gemeinsame Version mit ihm."
    ),
    "{count} certificate(s) were served": "geliefert wurden {count} Zertifikat(e)",
    "what certificates were served is encrypted": "welche Zertifikate geliefert wurden, ist verschlüsselt",
    "the served certificates are not in the text: run it again with -showcerts, without -brief": "die gelieferten"
    " Zertifikate stehen nicht im Text: noch einmal mit -showcerts und ohne -brief ausführen",
    "no certificate came, so a verify return code of 0 (ok) in it means nothing.": "Es kam kein Zertifikat; ein Verify"
    " return code 0 (ok) darin besagt deshalb nichts.",
    "{listed} certificates were served, {shown} of them are in the text. Run it again with -showcerts to have"
    " the chain judged.": "Geliefert wurden {listed} Zertifikate, im Text stehen davon {shown}. Noch einmal mit"
    " -showcerts ausführen, damit die Kette beurteilt werden kann.",
    "openssl trusts the chain by the store that it was given; the Manager's store is another one.": "openssl vertraut"
    " der Kette anhand des Vertrauensspeichers, den es bekommen hat; der des Managers ist ein anderer.",
    "verify code {code} ({text}) is about the list of CAs on the machine where openssl ran (its own, or that of"
    " -CAfile), not about the Manager's trust store.": "Verify code {code} ({text}) betrifft die CA-Liste der"
    " Maschine, auf der openssl lief (ihre eigene oder die von -CAfile), nicht den Vertrauensspeicher des Managers.",
    "the issuer `{issuer}` is that of {product} ({kind}), which inspects TLS: it opened the connection of this test"
    " and showed its own certificate in the place of the server's. Whether it stands in the Manager's way, too, a run"
    " on the Manager shows.": "Der Aussteller `{issuer}` ist der von {product} ({kind}), das TLS aufbricht: Es hat die"
    " Verbindung dieses Tests geöffnet und an Stelle des Serverzertifikats sein eigenes gezeigt. Ob es auch dem Manager"
    " im Weg steht, zeigt ein Lauf auf dem Manager.",
    "{store} trusts the server only by the server's own certificate (`{anchor}`). Its renewal breaks that, at the"
    " latest on {until}. Import the root.": "{store} vertraut dem Server nur durch dessen eigenes Zertifikat"
    " (`{anchor}`)."
    " Dessen Erneuerung beendet das, spätestens am {until}. Die Root importieren.",
    "Amazon renews its certificates weeks before they end.": "Amazon erneuert seine Zertifikate Wochen vor ihrem Ende.",
    "{store} trusts the server only by an issuing CA (`{anchor}`). A certificate of the server from another issuing CA"
    " breaks that; the present one ends on {until}. Import the root.": "{store} vertraut dem Server nur durch eine"
    " ausstellende CA (`{anchor}`). Ein Serverzertifikat von einer anderen ausstellenden CA beendet das; das jetzige"
    " endet am {until}. Die Root importieren.",
    "Amazon chooses the issuing CA anew at each renewal.": "Amazon wählt die ausstellende CA bei jeder Erneuerung neu.",
    "{store} trusts the server only by Starfield Class 2. A chain without the certificate that ties Starfield Services"
    " G2 to it breaks that: AWS leaves it out of its certificates' chains since August 2024, and when this server"
    " follows is not known. Import Amazon Root CA 1 or Starfield Services Root Certificate Authority - G2.": "{store}"
    " vertraut dem Server nur durch Starfield Class 2. Eine Kette ohne das Zertifikat, das Starfield Services G2 daran"
    " bindet, beendet das: AWS lässt es in den Ketten seiner Zertifikate seit August 2024 weg; wann dieser Server"
    " folgt, ist nicht bekannt. Amazon Root CA 1 oder Starfield Services Root Certificate Authority - G2 importieren.",
    "a day that is not in the evidence": "einem Tag, der nicht in den Belegen steht",
    "antivirus": "Virenscanner",
    "gateway": "Gateway",
    "debugging proxy": "Debugging-Proxy",
    "the certificate for {host} was issued by `{issuer}`, not by Amazon: a private CA, so a device that inspects TLS,"
    " or another server under that name, answered this test.": "Das Zertifikat für {host} hat `{issuer}` ausgestellt,"
    " nicht Amazon: eine private CA; geantwortet hat diesem Test also ein Gerät, das TLS aufbricht, oder ein anderer"
    " Server unter diesem Namen.",
    "the server's DH key has {bits} bits. A client that wants 2048 refuses it (Logjam), if the server chooses"
    " DHE for that client's offer.": "Der DH-Schlüssel des Servers hat {bits} Bit. Ein Client, der 2048 verlangt, lehnt"
    " ihn ab (Logjam), falls der Server bei dessen Angebot DHE wählt.",
    "-cipher {asked} restricts TLS 1.2 and older only; this handshake is TLS 1.3 and says nothing of DHE. Run it"
    " again with -tls1_2.": "-cipher {asked} schränkt nur TLS 1.2 und älter ein; dieser Handshake ist TLS 1.3 und sagt"
    " über DHE nichts. Noch einmal mit -tls1_2 ausführen.",
    "the test began with TLS on port {port}, where a server speaks clear text first: run it again with"
    " -starttls smtp.": "Der Test begann auf Port {port} mit TLS, wo ein Server zuerst im Klartext spricht: noch einmal"
    " mit -starttls smtp ausführen.",
    "the server has nothing for that restricted offer; asked for DHE only, that is the good answer.": "Der Server hat"
    " für dieses eingeschränkte Angebot nichts; wurde nur nach DHE gefragt, ist das die gute Antwort.",
    "What stands for the server's name in the evidence is no host name. The commands below leave it out: set"
    " SMTP_SERVER before you run one.": "Was in den Belegen als Name des Servers steht, ist kein Hostname. Die Befehle"
    " unten lassen ihn weg: SMTP_SERVER setzen, bevor einer davon ausgeführt wird.",
}
