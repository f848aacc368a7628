"""The words of the set-up guide. Menu names are those of the Manager, which most releases show in English."""

from __future__ import annotations

from sestriage.model.message import Message
from sestriage.report.guides.words import GuideWords, StepWords

_EDIT = Message(
    "Central Management > Appliance Manager > Actions (the ... of the Manager) > Edit Appliance Configuration > General"
)

WORDS = GuideWords(
    title=Message("Mailing the alarms of a Secure Network Analytics Manager through Amazon SES: set-up checklist"),
    intro=(
        Message(
            "Follows Cisco document 218118, with its commands corrected. Work from top to bottom; each step says how"
            " to see that it is done, and which rule explains its typical failure (`sestriage explain RULE`)."
        ),
        Message(
            "Menu names are those of 7.3.2. Newer releases say Inventory instead of Appliance Manager, and Connected"
            " instead of Up; their menus may lie elsewhere."
        ),
    ),
    values=Message("Values of this guide"),
    field=Message("Field"),
    value=Message("Value"),
    fill_in=Message("(fill in)"),
    check=Message("Done when"),
    rules=Message("Typical failure"),
    command=Message("Command"),
    region_unknown=Message("of the endpoint"),
    domain_unknown=Message("of the From address"),
    value_names={
        "region": Message("SES region"),
        "server": Message("SMTP endpoint"),
        "port": Message("Port"),
        "encryption": Message("Encryption type"),
        "sender": Message("From Email"),
        "recipient": Message("Recipient"),
        "domain": Message("Verified domain"),
    },
    steps={
        "identity": StepWords(
            Message("Verify the sender's domain in SES"),
            (
                Message(
                    "AWS console, region {region} > Amazon SES > Configuration > Identities. The domain"
                    " {domain} must be listed there with the status Verified; if not: Create identity > Domain, and"
                    " publish the DNS records that are shown."
                ),
                Message(
                    "A verified domain covers every address in it and in its subdomains: a verified address of its own"
                    " is not needed. Identities belong to one region: verified elsewhere does not count."
                ),
            ),
            Message("the domain is listed as Verified in region {region}."),
        ),
        "sandbox": StepWords(
            Message("See whether the account is in the sandbox"),
            (
                Message(
                    "Amazon SES > Account dashboard, same region. In the sandbox SES delivers to verified identities"
                    " and to its mailbox simulator only, 200 messages a day, one a second. Outside the sandbox every"
                    " recipient is allowed; that the recipient must belong to the verified domain, as the document"
                    " says, holds in the sandbox only."
                ),
                Message("Either request production access there, or choose a recipient of the verified domain."),
            ),
            Message("the dashboard no longer mentions the sandbox, or the recipient is a verified identity."),
        ),
        "endpoint": StepWords(
            Message("Note endpoint, port and encryption"),
            (
                Message(
                    "Amazon SES > Account dashboard > Simple Mail Transfer Protocol (SMTP) settings (newer consoles:"
                    " Amazon SES > SMTP settings) shows the SMTP endpoint: `{server}` in this guide. Its name begins"
                    " with `email-smtp.`; a name that begins with `email.` is the HTTPS interface and takes no mail."
                ),
                Message(
                    "Ports 25, 587 and 2587 go with STARTTLS, 465 and 2465 with SMTPS. This guide uses port {port} with"
                    " {encryption}. Avoid 25: EC2 and many providers block it."
                ),
            ),
            Message("endpoint, port and encryption fit together as above."),
        ),
        "credentials": StepWords(
            Message("Create SMTP credentials"),
            (
                Message(
                    "Amazon SES > SMTP settings, card IAM SMTP credentials > Create IAM credentials. (In Cisco's"
                    " document this button is called Create SMTP credentials; the one that bears this name today"
                    " belongs to Mail Manager.) The IAM user name may be any, such as `{iam_user}` (at most 64"
                    " letters, digits and `+=,.@-_`); it is not the SMTP user name."
                ),
                Message(
                    "Keep what is shown at the end, it is shown only once: the SMTP user name (20 characters, begins"
                    " with AKIA) and the SMTP password (44 characters, begins with B). The password is bound to this"
                    " region, and it is not the AWS secret access key. From a secret access key that is at hand its"
                    " owner derives it with `sestriage credentials --region {region_argument}`."
                ),
                Message(
                    "The new user gets this policy. A narrower one must also allow the recipients while the account"
                    " is in the sandbox, and the configuration set if the identity has one:"
                ),
            ),
            Message("SMTP user name and SMTP password are noted in a safe place."),
        ),
        "settings": StepWords(
            Message("Check the values before they are typed in"),
            (
                Message(
                    "Anywhere, offline. `--password-file FILE` checks the form of the password, too; nothing of it is"
                    " shown."
                ),
            ),
            Message("the check names no error."),
            ("",),
        ),
        "network": StepWords(
            Message("See that the Manager reaches the endpoint"),
            (Message("On the Manager, as root over SSH:"),),
            Message("the name has addresses, the connection is made within a second or two, and the clock is right."),
            (
                Message("The name must resolve:"),
                Message("The port must answer (with STARTTLS a line that begins with 220):"),
                Message("The clock must be right to the minute, or certificates look not yet valid or expired:"),
            ),
        ),
        "certificates": StepWords(
            Message("Collect the certificates of the endpoint"),
            (
                Message(
                    "On the Manager, as root. Enter the five commands one after the other; only the last one prints"
                    " something. The files get a number and their common name; the server's own certificate is number"
                    " 1."
                ),
            ),
            Message(
                "at least two files are listed (today usually three: the server's own, an `Amazon RSA 2048 M0x`,"
                " and `Amazon"
                " Root CA 1` as signed by Starfield Services), and every issuer above the first file is Amazon or"
                " Starfield. Another"
                " company's name means that TLS is inspected on the way: ask the network team for an exception."
            ),
            (
                Message("A folder for this run:"),
                Message("Fetch the chain on port {port} ({encryption}):"),
                Message("Split it into one file for each certificate:"),
                Message("Name the files:"),
                Message("Show what they are, and where they lie:"),
            ),
        ),
        "truststore": StepWords(
            Message("Import the certificates into the Manager's trust store"),
            (
                Message(
                    "Copy the files to your computer (scp, WinSCP), then {edit} > Trust Store > Add New, for each"
                    " file; take the file name as Friendly Name.",
                    edit=_EDIT,
                ),
                Message(
                    "Import the CA certificates above all: `Amazon Root CA 1` and `Starfield Services Root"
                    " Certificate Authority - G2` (Services is part of the name). File number 1, the server's own,"
                    " changes often and is no lasting remedy. The roots are published at"
                    " https://www.amazontrust.com/repository/; compare the SHA-256 fingerprint before the import:"
                ),
            ),
            Message("the list shows the entries. The store of another appliance does not help: each has its own."),
        ),
        "form": StepWords(
            Message("Fill in the SMTP form"),
            (Message("{edit} > SMTP Configuration:", edit=_EDIT),),
            Message("the Manager is Up again, and the form shows the new values."),
            after=(
                Message(
                    "USER NAME and PASSWORD are the SMTP credentials made before. Then Apply, and wait until the"
                    " Manager is back in state Up (newer: Connected) in Central Management. The form does not"
                    " complain when the trust store lacks the certificates."
                ),
            ),
        ),
        "dhe": StepWords(
            Message("Rule out the DH key problem"),
            (
                Message(
                    "Servers that choose a DHE cipher with a key of 1024 bits are refused by the Manager (`dh key too"
                    " small`). The commands are for the Manager, as root."
                ),
                Message(
                    "`DH, 1024 bits` or `dh key too small`: the server would use a short key; go on with backup and"
                    " list if a Test Action fails with that error. An alert such as `handshake failure`: the server"
                    " has no DHE cipher, and nothing is to be done. `connect:errno`: no connection, see step 6."
                    " `-tls1_2` matters: TLS 1.3 ignores `-cipher`, and the answer would mean nothing."
                ),
                Message(
                    "The list below is Cisco's, written for 7.3.2; on other releases ask TAC first. `sestriage triage`"
                    " computes it from the Manager's own `tls-ciphers` file instead. The container restarts; other"
                    " services may read the same file. A backup of Central Management may not hold this change."
                ),
            ),
            Message(
                "the probe shows no DH key of less than 2048 bits, or the list has no DHE or EDH entry (ECDHE stays)."
            ),
            (
                Message("Probe:"),
                Message("Backup, only if needed (a second run keeps the first one):"),
                Message("Replace the list, only if needed:"),
                Message("The way back:"),
            ),
        ),
        "action": StepWords(
            Message("Define the e-mail action"),
            (
                Message(
                    "Configure > Response Management > Actions > Add New Action > Email. Name and Subject are free,"
                    " leave the switch on Enabled, enter the recipient in To, then Save."
                ),
                Message("Afterwards choose the action in a rule (tab Rules): without a rule no alarm uses it."),
            ),
            Message("the action is listed under Actions as enabled, and a rule uses it."),
        ),
        "test": StepWords(
            Message("Run Test Action"),
            (
                Message(
                    "In the list of actions: ... > Edit > Test Action. The answer is a dialog `Success! You've"
                    " successfully sent your test email.`, or a banner at the top of the page. On a failure the reason"
                    " stands in the log of the Manager:"
                ),
            ),
            Message("the dialog says Success. It means that SES took the mail, not that it was delivered."),
            ("",),
        ),
        "delivery": StepWords(
            Message("Verify the delivered mail"),
            (
                Message(
                    "Save the received mail with its headers (Gmail: Show original > Download original; Outlook: File >"
                    " Properties > Internet headers). A mail that went through SES was handed in by a host under"
                    " `smtp-out.amazonses.com`, and is signed by `amazonses.com` and by your own domain."
                ),
                Message(
                    "No mail although the dialog said Success: look at the spam folder, at the suppression list of the"
                    " region (Amazon SES > Configuration > Suppression list), and for a bounce to the From address."
                ),
            ),
            Message("the answer is THROUGH SES, for the right region, with a valid signature of your own domain."),
            ("",),
        ),
        "trouble": StepWords(
            Message("If the test fails"),
            (
                Message(
                    "Collect log and capture of one Test Action and let them be judged. Start the capture on the"
                    " Manager, run Test Action, stop the capture with Ctrl-C."
                ),
            ),
            Message("the report names the cause and the steps, or what is still missing."),
            (Message("Capture:"), Message("Copy of the log:"), Message("Judge both:")),
        ),
        "way": StepWords(
            Message("Decide on one of the two ways into SES"),
            (
                Message(
                    "The SES console's page SMTP settings shows two cards. `IAM SMTP credentials` (button Create IAM"
                    " credentials) is the way of Cisco's document: host `email-smtp.` and the region, user name"
                    " AKIA... `Mail Manager SMTP` (button Create SMTP credentials) makes an ingress endpoint: a host"
                    " that ends in `.mail-manager-smtp.amazonaws.com`, user name inp-..., and rules of its own that"
                    " decide on delivery."
                ),
                Message(
                    "Credentials of one way do not work on the other. This guide follows {way}, by the name of the"
                    " server; with `--server HOST` of the other way it follows that one."
                ),
            ),
            Message("it is decided, and server and credentials are of the same way."),
        ),
        "endpoint-ingress": StepWords(
            Message("Note host, port and encryption of the ingress endpoint"),
            (
                Message(
                    "Amazon SES > Mail Manager > Ingress endpoints shows the host: `{server}` in this guide. With a"
                    " login it serves port 587 with STARTTLS; 465 (SMTPS) is not served."
                ),
                Message(
                    "A traffic policy of the endpoint may refuse by client address or TLS version: it must allow the"
                    " Manager's public address."
                ),
            ),
            Message("host, port 587 and STARTTLS are noted."),
        ),
        "credentials-ingress": StepWords(
            Message("Note user name and password of the ingress endpoint"),
            (
                Message(
                    "The page of the ingress endpoint shows the user name (inp-...). The password was set or shown"
                    " when the endpoint was made; it is free text, and is not derived from an IAM key. A forgotten"
                    " one is set anew there."
                ),
            ),
            Message("user name and password are noted in a safe place."),
        ),
        "rule-set": StepWords(
            Message("See that the rule set sends the mail on"),
            (
                Message(
                    "The endpoint accepts a mail before its rule set decides. A rule that sends it on must hold for"
                    " the Manager's mails: with the action Send to internet, whose role needs `ses:SendRawEmail` for"
                    " the verified identity, or to a relay or mailbox of one's own. Other accepted mail is dropped"
                    " without a word."
                ),
            ),
            Message("the rule set has such a rule, and its role has the permission."),
        ),
    },
)
