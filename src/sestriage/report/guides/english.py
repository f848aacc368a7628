"""The words of the set-up guide in English."""

from __future__ import annotations

from sestriage.report.guides.words import GuideWords, StepWords

_EDIT = (
    "Central Management > Appliance Manager > Actions (the ... of the Manager) > Edit Appliance Configuration > General"
)

ENGLISH = GuideWords(
    title="Mailing the alarms of a Secure Network Analytics Manager through Amazon SES: set-up checklist",
    intro=(
        "Follows Cisco document 218118, with its commands corrected. Work from top to bottom; each step says how to see"
        " that it is done, and which rule explains its typical failure (`sestriage explain RULE`).",
        "Menu names are those of 7.3.2. Newer releases say Inventory instead of Appliance Manager, and Connected"
        " instead of Up; their menus may lie elsewhere.",
    ),
    values="Values of this guide",
    field="Field",
    value="Value",
    fill_in="(fill in)",
    check="Done when",
    rules="Typical failure",
    command="Command",
    value_names={
        "region": "SES region",
        "server": "SMTP endpoint",
        "port": "Port",
        "encryption": "Encryption type",
        "sender": "From Email",
        "recipient": "Recipient",
        "domain": "Verified domain",
    },
    steps={
        "identity": StepWords(
            "Verify the sender's domain in SES",
            (
                "AWS console, region {region} > Amazon SES > Configuration > Verified identities. The domain"
                " {domain} must be listed there with the status Verified; if not: Create identity > Domain, and"
                " publish the DNS records that are shown.",
                "A verified domain covers every address in it and in its subdomains: a verified address of its own"
                " is not needed. Identities belong to one region: verified elsewhere does not count.",
            ),
            "the domain is listed as Verified in region {region}.",
        ),
        "sandbox": StepWords(
            "See whether the account is in the sandbox",
            (
                "Amazon SES > Account dashboard, same region. In the sandbox SES delivers to verified identities and"
                " to its mailbox simulator only, 200 messages a day, one a second. Outside the sandbox every"
                " recipient is allowed; that the recipient must belong to the verified domain, as the document says,"
                " holds in the sandbox only.",
                "Either request production access there, or choose a recipient of the verified domain.",
            ),
            "the dashboard no longer mentions the sandbox, or the recipient is a verified identity.",
        ),
        "endpoint": StepWords(
            "Note endpoint, port and encryption",
            (
                "Amazon SES > Account dashboard > Simple Mail Transfer Protocol (SMTP) settings (newer consoles:"
                " Amazon SES > SMTP settings) shows the SMTP endpoint: `{server}` in this guide. Its name begins"
                " with `email-smtp.`; a name that begins with `email.` is the HTTPS interface and takes no mail.",
                "Ports 25, 587 and 2587 go with STARTTLS, 465 and 2465 with SMTPS. This guide uses port {port} with"
                " {encryption}. Avoid 25: EC2 and many providers block it.",
            ),
            "endpoint, port and encryption fit together as above.",
        ),
        "credentials": StepWords(
            "Create SMTP credentials",
            (
                "Amazon SES > SMTP settings, card IAM SMTP credentials > Create IAM credentials. (In Cisco's document"
                " this button is called Create SMTP credentials; the one that bears this name today belongs to Mail"
                " Manager.) The IAM user name may be any, such as"
                " `{iam_user}` (at most 64 letters, digits and `+=,.@-_`); it is not the SMTP user name.",
                "Keep what is shown at the end, it is shown only once: the SMTP user name (20 characters, begins"
                " with AKIA) and the SMTP password (44 characters, begins with B). The password is bound to this"
                " region, and it is not the AWS secret access key. From a secret access key that is at hand its"
                " owner derives it with `sestriage credentials --region {region_argument}`.",
                "The new user gets this policy. A narrower one must also allow the recipients while the account is in"
                " the sandbox, and the configuration set if the identity has one:",
            ),
            "SMTP user name and SMTP password are noted in a safe place.",
        ),
        "settings": StepWords(
            "Check the values before they are typed in",
            (
                "Anywhere, offline. `--password-file FILE` checks the form of the password, too; nothing of it is"
                " shown.",
            ),
            "the check names no error.",
            ("",),
        ),
        "network": StepWords(
            "See that the Manager reaches the endpoint",
            ("On the Manager, as root over SSH:",),
            "the name has addresses, the connection is made within a second or two, and the clock is right.",
            (
                "The name must resolve:",
                "The port must answer (with STARTTLS a line that begins with 220):",
                "The clock must be right to the minute, or certificates look not yet valid or expired:",
            ),
        ),
        "certificates": StepWords(
            "Collect the certificates of the endpoint",
            (
                "On the Manager, as root. Enter the five commands one after the other; only the last one prints"
                " something. The files get a number and their common name; the server's own certificate is number 1.",
            ),
            "at least two files are listed (today usually three: the server's own, an `Amazon RSA 2048 M0x`,"
            " and `Amazon"
            " Root CA 1` as signed by Starfield Services), and every issuer above the first file is Amazon or"
            " Starfield. Another"
            " company's name means that TLS is inspected on the way: ask the network team for an exception.",
            (
                "A folder for this run:",
                "Fetch the chain on port {port} ({encryption}):",
                "Split it into one file for each certificate:",
                "Name the files:",
                "Show what they are, and where they lie:",
            ),
        ),
        "truststore": StepWords(
            "Import the certificates into the Manager's trust store",
            (
                f"Copy the files to your computer (scp, WinSCP), then {_EDIT} > Trust Store > Add New, for each"
                " file; take the file name as Friendly Name.",
                "Import the CA certificates above all: `Amazon Root CA 1` and `Starfield Services Root Certificate"
                " Authority - G2` (Services is part of the name). File number 1, the server's own, changes often and"
                " is no lasting remedy. The roots are published at https://www.amazontrust.com/repository/; compare"
                " the SHA-256 fingerprint before the import:",
            ),
            "the list shows the entries. The store of another appliance does not help: each has its own.",
        ),
        "form": StepWords(
            "Fill in the SMTP form",
            (f"{_EDIT} > SMTP Configuration:",),
            "the Manager is Up again, and the form shows the new values.",
            after=(
                "USER NAME and PASSWORD are the SMTP credentials made before. Then Apply, and wait until the Manager"
                " is back in state Up (newer: Connected) in Central Management. The form does not complain when the"
                " trust store lacks the certificates.",
            ),
        ),
        "dhe": StepWords(
            "Rule out the DH key problem",
            (
                "Servers that choose a DHE cipher with a key of 1024 bits are refused by the Manager (`dh key too"
                " small`). The commands are for the Manager, as root.",
                "`DH, 1024 bits` or `dh key too small`: the server would use a short key; go on with backup and list"
                " if a Test Action fails with that error. An alert such as `handshake failure`: the server has no"
                " DHE cipher, and nothing is to be done. `errno`: no connection, see step 6. `-tls1_2` matters: TLS"
                " 1.3 ignores `-cipher`, and the answer would mean nothing.",
                "The list below is Cisco's, written for 7.3.2; on other releases ask TAC first. `sestriage triage`"
                " computes it from the Manager's own `tls-ciphers` file instead. The container restarts; other"
                " services may read the same file. A backup of Central Management may not hold this change.",
            ),
            "the probe shows no DH key of less than 2048 bits, or the list has no DHE or EDH entry (ECDHE stays).",
            (
                "Probe:",
                "Backup, only if needed (a second run keeps the first one):",
                "Replace the list, only if needed:",
                "The way back:",
            ),
        ),
        "action": StepWords(
            "Define the e-mail action",
            (
                "Configure > Response Management > Actions > Add New Action > Email. Name and Subject are free,"
                " leave the switch on Enabled, enter the recipient in To, then Save.",
                "Afterwards choose the action in a rule (tab Rules): without a rule no alarm uses it.",
            ),
            "the action is listed under Actions as enabled, and a rule uses it.",
        ),
        "test": StepWords(
            "Run Test Action",
            (
                "In the list of actions: ... > Edit > Test Action. The answer is a dialog `Success! You've"
                " successfully sent your test email.`, or a banner at the top of the page. On a failure the reason"
                " stands in the log of the Manager:",
            ),
            "the dialog says Success. It means that SES took the mail, not that it was delivered.",
            ("",),
        ),
        "delivery": StepWords(
            "Verify the delivered mail",
            (
                "Save the received mail with its headers (Gmail: Show original > Download original; Outlook: File >"
                " Properties > Internet headers). A mail that went through SES was handed in by a host under"
                " `smtp-out.amazonses.com`, and is signed by `amazonses.com` and by your own domain.",
                "No mail although the dialog said Success: look at the spam folder, at the suppression list of the"
                " region (Amazon SES > Configuration > Suppression list), and for a bounce to the From address.",
            ),
            "the answer is THROUGH SES, for the right region, with a valid signature of your own domain.",
            ("",),
        ),
        "trouble": StepWords(
            "If the test fails",
            (
                "Collect log and capture of one Test Action and let them be judged. Start the capture on the"
                " Manager, run Test Action, stop the capture with Ctrl-C.",
            ),
            "the report names the cause and the steps, or what is still missing.",
            ("Capture:", "Copy of the log:", "Judge both:"),
        ),
        "way": StepWords(
            "Decide on one of the two ways into SES",
            (
                "The SES console's page SMTP settings shows two cards. `IAM SMTP credentials` (button Create IAM"
                " credentials) is the way of Cisco's document: host `email-smtp.` and the region, user name AKIA..."
                " `Mail Manager SMTP` (button Create SMTP credentials) makes an ingress endpoint: a host that ends in"
                " `.mail-manager-smtp.amazonaws.com`, user name inp-..., and rules of its own that decide on delivery.",
                "Credentials of one way do not work on the other. This guide follows {way}, by the name of the"
                " server; with `--server HOST` of the other way it follows that one.",
            ),
            "it is decided, and server and credentials are of the same way.",
        ),
        "endpoint-ingress": StepWords(
            "Note host, port and encryption of the ingress endpoint",
            (
                "Amazon SES > Mail Manager > Ingress endpoints shows the host: `{server}` in this guide. It serves port"
                " 587 with STARTTLS; 465 (SMTPS) is not served.",
                "A traffic policy of the endpoint may refuse by client address or TLS version: it must allow the"
                " Manager's public address.",
            ),
            "host, port 587 and STARTTLS are noted.",
        ),
        "credentials-ingress": StepWords(
            "Note user name and password of the ingress endpoint",
            (
                "The page of the ingress endpoint shows the user name (inp-...). The password was set or shown when the"
                " endpoint was made; it is free text, and is not derived from an IAM key. A forgotten one is set"
                " anew there.",
            ),
            "user name and password are noted in a safe place.",
        ),
        "rule-set": StepWords(
            "See that the rule set sends the mail on",
            (
                "The endpoint accepts a mail before its rule set decides. A rule with the action Send to internet must"
                " hold for the Manager's mails, and the role of that action needs `ses:SendRawEmail` for the verified"
                " identity; otherwise accepted mail is dropped without a word.",
            ),
            "the rule set has such a rule, and its role has the permission.",
        ),
    },
)
