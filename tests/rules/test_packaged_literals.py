"""Every literal of docs/domain.md (sections 1 to 5) that is not marked UNVERIFIED there leads to its rule.

The list is written by hand from the tables of that file, row by row; the rule is what the row's meaning says. Rows that
tell of no failure (220, 235, 250, 354, `Verify return code: 0`) are not in it.
"""

from __future__ import annotations

import pytest

from rules.excerpts import causes, pasted
from sestriage.rules import load_rules

RULES = load_rules()

NESTED = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"
CONNECT = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: email-smtp.us-east-1.amazonaws.com, 587;"
    " timeout -1;\n  nested exception is:\n\t"
)
REPLY = "javax.mail.MessagingException: Exception reading response;\n  nested exception is:\n\t"
CERTPATH = "java.security.cert.CertPathValidatorException: "

SECTION_1: list[tuple[str, str]] = [
    (
        "SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following identities failed"
        " the check in region US-EAST-1: a@example.com",
        "identity-not-verified",
    ),
    (
        "SMTPSendFailedAusnahme: 554 Nachricht abgelehnt: E-Mail-Adresse ist nicht verifiziert. Die Identitäten wurden"
        " in der Region US-EAST-1 nicht geprüft: {email_address}",
        "identity-not-verified",
    ),
    ("AuthenticationFailedException: 535 Authentication Credentials Invalid", "smtp-credentials-invalid"),
    ("AuthentifizierungFehlgeschlageneAusnahme: 535 Authentifizierungsdaten ungültig", "smtp-credentials-invalid"),
    (
        "SunCertPathBuilderException: unable to find valid certification path to requested target",
        "pkix-path-not-found",
    ),
    (
        "SunCertPathBuilderAusnahme: kein gültiger Zertifizierungspfad zum angeforderten Ziel gefunden",
        "pkix-path-not-found",
    ),
    ("SSL routines:tls_process_ske_dhe:dh key too small", "dh-key-too-small"),
    ("SSL-Routinen:tls_process_ske_dhe:dh Schlüssel zu klein", "dh-key-too-small"),
    # 1.3, the anchors that survive translation
    ("554 xxx US-GOV-WEST-1: a@example.com", "identity-not-verified"),
    ("535 认证凭据无效", "smtp-credentials-invalid"),
    ("535 認証情報が無効です", "smtp-credentials-invalid"),
    ("535 인증 자격 증명이 잘못됨", "smtp-credentials-invalid"),
    ("error:141A318A:xxx", "dh-key-too-small"),
    ("error:0A00018A:xxx", "dh-key-too-small"),
    ("error:14082174:xxx", "dh-key-too-small"),
    # 1.4, pasted translations
    (
        "554 Mensaje rechazado: La dirección de correo electrónico no está verificada. Las siguientes identidades no"
        " pasaron la verificación en la región US-EAST-1: a@example.com",
        "identity-not-verified",
    ),
    (
        "554 Messaggio rifiutato: L'indirizzo e-mail non è verificato. Le seguenti identità non hanno superato il"
        " controllo nella Regione US-EAST-1: a@example.com",
        "identity-not-verified",
    ),
    ("554 Messaggio rifiutato: indirizzo e-mail non verificato", "identity-not-verified"),
    (
        "554 Mensagem rejeitada: Endereço de e-mail não é verificado. As identidades a seguir apresentaram falha na"
        " região de registro US-EAST-1: a@example.com",
        "identity-not-verified",
    ),
    (
        "554 メールアドレスが検証されていません。以下のアイデンティティが、リージョン内でチェックできませんでした",
        "identity-not-verified",
    ),
    (
        "554 이메일 주소가 확인되지 않음. 다음 자격 증명이 region 리전에서 확인하는 데 실패했습니다",
        "identity-not-verified",
    ),
    ("PKIX: 找不到指向所请求目标的有效证书路径", "pkix-path-not-found"),
]

SECTION_2: list[tuple[str, str]] = [
    ("421 Too many concurrent SMTP connections", "too-many-connections"),
    ("535 Signature Version 2 is deprecated", "old-signature-refused"),
    ("SMTPSendFailedException: 451 Temporary service failure", "temporary-service-failure"),
    ("451 4.4.2 Timeout waiting for data from client.", "client-too-slow"),
    ("451 Timeout waiting for data from client", "client-too-slow"),
    ("454 Throttling failure: Daily message quota exceeded", "daily-quota-exceeded"),
    ("454 Throttling failure: Maximum sending rate exceeded", "sending-rate-exceeded"),
    ("454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded.", "old-signature-credentials"),
    ("AuthenticationFailedException: 454 Temporary authentication failure", "authentication-temporary-failure"),
    ("454 Temporary service failure", "temporary-service-failure"),
    ("MessagingException: 454 TLS not available due to temporary reason", "starttls-refused"),
    ("SMTPSendFailedException: 530 Authentication required", "authentication-required"),
    ("AuthenticationFailedException: 530 Must issue a STARTTLS command first", "starttls-required-by-server"),
    ("535 Authentication Credentials Invalid", "smtp-credentials-invalid"),
    ("535 Account not subscribed to SES", "account-not-subscribed"),
    ("552 Message is too long.", "message-too-long"),
    ("553 <alerts@> Invalid email address", "sender-refused"),
    ("553 <ops@> address unknown", "recipient-refused"),
    (
        "554 Access denied: User `arn:aws:iam::111122223333:user/name' is not authorized to perform `ses:SendRawEmail'"
        " on resource `arn:aws:ses:us-east-1:111122223333:identity/example.com'",
        "ses-access-denied",
    ),
    (
        "554 Access denied: User `arn:aws:iam::111122223333:user/name' is not authorized to perform `ses:SendRawEmail'"
        " on resource `arn:aws:ses:us-east-1:111122223333:configuration-set/x'",
        "ses-access-denied",
    ),
    (
        "554 Message rejected: Email address is not verified. The following identities failed the check in region"
        " EU-WEST-1: id0, id1, id2",
        "identity-not-verified",
    ),
    (
        "554 Message rejected: Sending paused for this account. For more information, please check the inbox of the"
        " email address associated with your AWS account.",
        "sending-paused",
    ),
    ("554 Transaction failed: Missing final '@domain'", "transaction-failed"),
    ("554 Transaction failed: Duplicate header 'DKIM-Signature'", "transaction-failed"),
    ("554 Transaction failed: Local address contains control or whitespace", "transaction-failed"),
    (
        "javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n"
        "\tcom.sun.mail.smtp.SMTPAddressFailedException: 550 5.1.8 <x@example.com>: Sender address rejected: Domain not"
        " found\n",
        "sender-refused",
    ),
    ("There are no recipients specified", "no-recipient"),
    ("There are non-ASCII characters in the email address", "transaction-failed"),
    ("Mail FROM domain is not verified", "ses-configuration-error"),
    ("Configuration set does not exist", "ses-configuration-error"),
    # 2.5, names and ports
    (
        "MailConnectException: Couldn't connect to host, port: email.us-east-1.amazonaws.com, 587; timeout 5000;\n"
        "  nested exception is:\n\tjava.net.SocketTimeoutException: connect timed out",
        "not-an-smtp-endpoint",
    ),
    (
        "MailConnectException: Couldn't connect to host, port: inbound-smtp.us-east-1.amazonaws.com, 587;"
        " timeout 5000;\n"
        "  nested exception is:\n\tjava.net.SocketTimeoutException: connect timed out",
        "not-an-smtp-endpoint",
    ),
    ("java.net.UnknownHostException: email-smtp.af-south-1.amazonaws.com", "region-without-smtp-endpoint"),
    ("java.net.UnknownHostException: email-smtp.me-south-1.amazonaws.com", "region-without-smtp-endpoint"),
    ("java.net.UnknownHostException: email-smtp.eu-central-2.amazonaws.com", "region-without-smtp-endpoint"),
    ("java.net.UnknownHostException: email-smtp.us-eats-1.amazonaws.com", "dns-lookup-failed"),
    (
        "javax.mail.MessagingException: Could not connect to SMTP host: h.example.com, port: 587;\n"
        "  nested exception is:\n\tjavax.net.ssl.SSLException: Unsupported or unrecognized SSL message",
        "smtps-on-starttls-port",
    ),
    (
        "javax.mail.MessagingException: Could not connect to SMTP host: h.example.com, port: 25;\n"
        "  nested exception is:\n\tjavax.net.ssl.SSLException: Unrecognized SSL message, plaintext connection?",
        "smtps-on-starttls-port",
    ),
    (
        "Got bad greeting from SMTP host: email-smtp.us-east-1.amazonaws.com, port: 465, response: [EOF]",
        "starttls-on-smtps-port",
    ),
]

SECTION_3: list[tuple[str, str]] = [
    (f"{CONNECT}java.net.UnknownHostException: email-smtp.us-east-1.amazonaws.com", "dns-lookup-failed"),
    ("javax.mail.MessagingException: Unknown SMTP host: mail.example.com", "dns-lookup-failed"),
    (f"{CONNECT}java.net.ConnectException: Connection refused", "connection-refused"),
    (f"{CONNECT}java.net.ConnectException: Connection refused (Connection refused)", "connection-refused"),
    (f"{CONNECT}java.net.ConnectException: Connection timed out (Connection timed out)", "connection-timed-out"),
    (f"{CONNECT}java.net.SocketTimeoutException: connect timed out", "connection-timed-out"),
    (f"{CONNECT}java.net.SocketTimeoutException: Connect timed out", "connection-timed-out"),
    (f"{CONNECT}java.net.NoRouteToHostException: No route to host", "network-unreachable"),
    (f"{CONNECT}java.net.SocketException: Network is unreachable", "network-unreachable"),
    (
        "Got bad greeting from SMTP host: email-smtp.us-east-1.amazonaws.com, port: 587, response: 421 Too many"
        " concurrent SMTP connections",
        "too-many-connections",
    ),
    (
        "Could not connect to SMTP host: email-smtp.us-east-1.amazonaws.com, port: 587, response: 421",
        "bad-greeting",
    ),
    ("Could not connect to SMTP host: mail.example.com, port: 25, response: -1", "closed-before-greeting"),
    ("Could not connect to SMTP host: mail.example.com, port: 25, response: 554", "bad-greeting"),
    ("Got bad greeting from SMTP host: mail.example.com, port: 587, response: [EOF]", "closed-before-greeting"),
    ("com.sun.mail.smtp.SMTPSendFailedException: [EOF]", "closed-in-transaction"),
    (f"{REPLY}java.net.SocketException: Connection reset", "closed-in-transaction"),
    (f"{REPLY}java.net.SocketTimeoutException: Read timed out", "reply-timed-out"),
    ("javax.mail.MessagingException: Can't send command to SMTP host", "closed-in-transaction"),
    (f"{NESTED}javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure", "no-common-cipher-suite"),
    ("javax.mail.MessagingException: STARTTLS is required but host does not support STARTTLS", "starttls-not-offered"),
    (
        "javax.mail.MessagingException: 502 Command not implemented\n"
        "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2134)",
        "starttls-refused",
    ),
    (
        "javax.mail.AuthenticationFailedException: No authentication mechanisms supported by both server and client",
        "no-common-auth-mechanism",
    ),
    (
        "com.sun.mail.smtp.SMTPSendFailedException: 553 <a@> Invalid email address\n;\n  nested exception is:\n"
        "\tcom.sun.mail.smtp.SMTPSenderFailedException: 553 <a@> Invalid email address\n",
        "sender-refused",
    ),
    (
        "javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n"
        "\tcom.sun.mail.smtp.SMTPAddressFailedException: 451 try later\n",
        "recipient-refused",
    ),
    (
        "com.sun.mail.smtp.SMTPSendFailedException: 250 2.0.0 Ok: queued as 4F1A2\n;\n  nested exception is:\n"
        "\tcom.sun.mail.smtp.SMTPAddressFailedException: 550 5.1.1 <b@example.com>: User unknown\n",
        "some-recipients-refused",
    ),
    ("com.sun.mail.smtp.SMTPSendFailedException: 503 5.5.1 Bad sequence of commands", "command-out-of-sequence"),
    ("javax.mail.SendFailedException: No recipient addresses", "no-recipient"),
    ("javax.mail.AuthenticationFailedException: failed to connect, no password specified?", "password-missing"),
    ("javax.mail.AuthenticationFailedException: failed to connect, no user name specified?", "user-name-missing"),
    ("javax.mail.AuthenticationFailedException: failed to connect", "login-given-up"),
    (
        CONNECT + "java.net.ConnectException: connection through proxy proxy.example.com:3128 to"
        " email-smtp.us-east-1.amazonaws.com:587 failed: HTTP/1.1 407 Proxy Authentication Required",
        "proxy-refused",
    ),
    (
        NESTED + "javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_required",
        "client-certificate-required",
    ),
    (
        NESTED
        + "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: "
        + CERTPATH
        + "Certificate has been revoked, reason: KEY_COMPROMISE",
        "revocation-check-failed",
    ),
    ("javax.mail.MessagingException: IOException while sending message", "send-failed-without-cause"),
    ("java.io.IOException: Can't verify identity of server: h.example.com", "hostname-mismatch"),
    ("java.io.IOException: Server is not trusted: h.example.com", "server-not-in-trust-list"),
    ("Server identity does not match authentication scheme: HTTPS", "hostname-mismatch"),
    (
        "java.io.IOException: Exception in startTLS using com.example.Factory socket factory: host, port:"
        " h.example.com, 587",
        "socket-factory-failed",
    ),
    (
        "org.springframework.mail.MailSendException: Failed messages: com.sun.mail.smtp.SMTPSendFailedException: 554"
        " Message rejected: Email address is not verified. The following identities failed the check in region"
        " US-EAST-1: a@example.com\n; message exceptions (1) are:\nFailed message 1:"
        " com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following"
        " identities failed the check in region US-EAST-1: a@example.com\n",
        "identity-not-verified",
    ),
    (
        "org.springframework.mail.MailSendException: Mail server connection failed; nested exception is"
        " javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
        "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed:"
        " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to"
        " requested target. Failed messages: javax.mail.MessagingException: Could not convert socket to TLS",
        "pkix-path-not-found",
    ),
    (
        "org.springframework.mail.MailAuthenticationException: Authentication failed; nested exception is"
        " javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
        "smtp-credentials-invalid",
    ),
]

SECTION_4: list[tuple[str, str]] = [
    (
        f"{NESTED}javax.net.ssl.SSLHandshakeException: sun.security.validator.ValidatorException: PKIX path building"
        " failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
        " certification path to"
        " requested target",
        "pkix-path-not-found",
    ),
    (f"{NESTED}SSLHandshakeException: (certificate_unknown) PKIX path building failed: x", "pkix-path-not-found"),
    (f"{NESTED}SSLHandshakeException: Remote host closed connection during handshake", "handshake-closed"),
    (
        f"{NESTED}SSLHandshakeException: Remote host terminated the handshake\n"
        "Caused by: java.io.EOFException: SSL peer shut down incorrectly",
        "handshake-closed",
    ),
    (
        f"{NESTED}SSLHandshakeException: Server chose TLSv1, but that protocol version is not enabled or not supported"
        " by the client.",
        "tls-version-rejected",
    ),
    (
        f"{NESTED}SSLHandshakeException: The server selected protocol version TLS10 is not accepted by client"
        " preferences [TLS13, TLS12]",
        "tls-version-rejected",
    ),
    (
        f"{NESTED}SSLHandshakeException: (handshake_failure) Received fatal alert: handshake_failure",
        "no-common-cipher-suite",
    ),
    (
        f"{NESTED}SSLHandshakeException: (certificate_expired) PKIX path validation failed: {CERTPATH}validity check"
        " failed",
        "certificate-expired",
    ),
    # 4.2
    (
        f"PKIX path validation failed: {CERTPATH}validity check failed\nCaused by:"
        " java.security.cert.CertificateExpiredException: NotAfter: Thu Feb 01 23:59:59 UTC 2024",
        "certificate-expired",
    ),
    (f"PKIX path validation failed: {CERTPATH}validity check failed", "certificate-validity-unclear"),
    (
        f"PKIX path validation failed: {CERTPATH}Path does not chain with any of the trust anchors",
        "pkix-path-not-found",
    ),
    (
        "java.security.cert.CertificateNotYetValidException: NotBefore: Tue Jan 01 00:00:00 UTC 2047",
        "certificate-not-yet-valid",
    ),
    (f"PKIX path validation failed: {CERTPATH}signature check failed", "path-constraint-violated"),
    (
        f"{CERTPATH}basic constraints check failed: pathLenConstraint violated - this cert must be the last cert in the"
        " certification path",
        "path-constraint-violated",
    ),
    (f"{CERTPATH}subject/issuer name chaining check failed", "path-constraint-violated"),
    (
        f"{CERTPATH}Algorithm constraints check failed on keysize limits: RSA 1024 bit key used with certificate: CN=x",
        "weak-certificate-key",
    ),
    (f"{CERTPATH}Algorithm constraints check failed on signature algorithm: SHA1withRSA", "weak-certificate-signature"),
    (f"{CERTPATH}Algorithm constraints check failed on signature algorithm: MD5withRSA", "weak-certificate-signature"),
    (f"{CERTPATH}Algorithm constraints check failed on disabled algorithm", "weak-certificate-signature"),
    (
        "java.security.cert.CertificateException: Certificates do not conform to algorithm constraints",
        "weak-certificate-signature",
    ),
    (
        "javax.net.ssl.SSLException: Unexpected error: java.security.InvalidAlgorithmParameterException: the"
        " trustAnchors parameter must be non-empty",
        "trust-store-empty",
    ),
    (
        "java.net.SocketException: java.security.NoSuchAlgorithmException: Error constructing implementation"
        " (algorithm:"
        " Default, provider: SunJSSE)\nCaused by: java.security.KeyManagementException: problem accessing trust store",
        "trust-store-unreadable",
    ),
    ("java.io.IOException: Keystore was tampered with, or password was incorrect", "trust-store-unreadable"),
    ("java.security.cert.CertificateException: No trusted certificate found", "pkix-path-not-found"),
    ("No subject alternative DNS name matching email-smtp.us-east-1.amazonaws.com found.", "hostname-mismatch"),
    ("java.security.cert.CertificateException: No name matching mail.example.com found", "hostname-mismatch"),
    ("No subject alternative names matching IP address 192.0.2.25 found", "hostname-mismatch"),
    ("java.security.cert.CertificateException: No subject alternative names present", "hostname-mismatch"),
    (
        "TLS Server certificate issued after 2024-11-11 and anchored by a distrusted legacy Entrust root CA: CN=x",
        "ca-distrusted-by-java",
    ),
    # 4.3
    (f"{NESTED}SSLHandshakeException: Received fatal alert: protocol_version", "tls-version-rejected"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: insufficient_security", "no-common-cipher-suite"),
    (f"{NESTED}SSLException: Received fatal alert: internal_error", "server-alert"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: decrypt_error", "server-alert"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: access_denied", "server-alert"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: unrecognized_name", "server-alert"),
    (f"{NESTED}SSLException: Received fatal alert: inappropriate_fallback", "tls-fallback-refused"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: certificate_unknown", "client-certificate-rejected"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: bad_certificate", "client-certificate-rejected"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: unknown_ca", "client-certificate-rejected"),
    (f"{NESTED}SSLHandshakeException: Received fatal alert: certificate_expired", "client-certificate-rejected"),
    (
        f"{NESTED}SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are"
        " inappropriate)",
        "client-cannot-offer-tls",
    ),
    (
        f"{NESTED}SSLHandshakeException: DH ServerKeyExchange does not comply to algorithm constraints",
        "dh-key-too-small",
    ),
    (
        f"{NESTED}SSLException: java.lang.RuntimeException: Could not generate DH keypair",
        "dh-prime-too-large-for-client",
    ),
    (
        "java.security.InvalidAlgorithmParameterException: Prime size must be multiple of 64, and can only"
        " range from 512"
        " to 2048 (inclusive)",
        "dh-prime-too-large-for-client",
    ),
    (
        f"{NESTED}SSLHandshakeException: RSA ServerKeyExchange does not comply to algorithm constraints",
        "weak-server-signature",
    ),
    (f"{NESTED}java.net.SocketException: Connection reset", "handshake-reset"),
    (f"{NESTED}SSLHandshakeException: error:0A00018A:SSL routines::dh key too small", "dh-key-too-small"),
    (f"{NESTED}SSLException: Unsupported or unrecognized SSL message", "plaintext-in-handshake"),
]

SECTION_5: list[tuple[str, str]] = [
    ("error:14082174:SSL routines:ssl3_check_cert_and_algorithm:dh key too small:s3_clnt.c:3615:", "dh-key-too-small"),
    (
        "error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small:../ssl/statem/statem_clnt.c:2150:",
        "dh-key-too-small",
    ),
    ("error:0A00018A:SSL routines::dh key too small", "dh-key-too-small"),
    ("[SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1007)", "dh-key-too-small"),
    ("140735:error:0A00018A:SSL routines:tls_process_ske_dhe:dh key too small", "dh-key-too-small"),
    (
        "error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
        "pkix-path-not-found",
    ),
    (
        "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed",
        "pkix-path-not-found",
    ),
    ("error:1408F10B:SSL routines:ssl3_get_record:wrong version number", "smtps-on-starttls-port"),
    ("error:0A00010B:SSL routines::wrong version number", "smtps-on-starttls-port"),
    ("error:1425F102:SSL routines:ssl_choose_client_version:unsupported protocol", "tls-version-rejected"),
    ("error:0A000102:SSL routines::unsupported protocol", "tls-version-rejected"),
    ("error:141E70BF:SSL routines:tls_construct_client_hello:no protocols available", "client-cannot-offer-tls"),
    ("error:0A0000BF:SSL routines::no protocols available", "client-cannot-offer-tls"),
    ("error:0A0000B5:SSL routines::no ciphers available", "client-cannot-offer-tls"),
    ("error:0A0000B9:SSL routines::no cipher match", "client-cannot-offer-tls"),
    ("error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure", "no-common-cipher-suite"),
    ("error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40", "no-common-cipher-suite"),
    ("error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version", "tls-version-rejected"),
    ("error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70", "tls-version-rejected"),
    ("error:1409442F:SSL routines:ssl3_read_bytes:tlsv1 alert insufficient security", "no-common-cipher-suite"),
    ("error:0A00042F:SSL routines::tlsv1 alert insufficient security", "no-common-cipher-suite"),
    ("error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca", "client-certificate-rejected"),
    ("error:0A000418:SSL routines::tlsv1 alert unknown ca", "client-certificate-rejected"),
    ("error:0A000412:SSL routines::sslv3 alert bad certificate", "client-certificate-rejected"),
    ("error:0A000415:SSL routines::sslv3 alert certificate expired", "client-certificate-rejected"),
    ("error:0A000416:SSL routines::sslv3 alert certificate unknown", "client-certificate-rejected"),
    ("error:0A000438:SSL routines::tlsv1 alert internal error", "server-alert"),
    ("error:0A000458:SSL routines::tlsv1 unrecognized name", "server-alert"),
    ("error:0A000126:SSL routines::unexpected eof while reading", "handshake-closed"),
    ("error:0A0000C1:SSL routines::no shared cipher", "no-common-cipher-suite"),
    ("error:1417A0C1:SSL routines:tls_post_process_client_hello:no shared cipher", "no-common-cipher-suite"),
    ("error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported", "weak-server-signature"),
    ("error:0A00018F:SSL routines::ee key too small", "own-certificate-too-weak"),
    ("error:0A00018D:SSL routines::ca key too small", "own-certificate-too-weak"),
    ("error:0A00018E:SSL routines::ca md too weak", "own-certificate-too-weak"),
    ("error:0A00009C:SSL routines::http request", "http-at-tls-server"),
    ("error:0A00009B:SSL routines::https proxy request", "http-at-tls-server"),
    # 3.2, a proxy
    ("java.net.SocketException: Can't connect to SOCKS proxy:Connection refused", "proxy-unreachable"),
    ("java.net.SocketException: Malformed reply from SOCKS server", "proxy-unreachable"),
    # 5.2, verify codes
    ("Verify return code: 2 (unable to get issuer certificate)", "pkix-path-not-found"),
    ("Verify return code: 10 (certificate has expired)", "certificate-expired"),
    ("Verify return code: 9 (certificate is not yet valid)", "certificate-not-yet-valid"),
    ("Verify return code: 18 (self-signed certificate)", "self-signed-server-certificate"),
    ("Verify return code: 18 (self signed certificate)", "self-signed-server-certificate"),
    ("Verify return code: 19 (self-signed certificate in certificate chain)", "pkix-path-not-found"),
    ("Verify return code: 20 (unable to get local issuer certificate)", "pkix-path-not-found"),
    ("Verify return code: 21 (unable to verify the first certificate)", "incomplete-server-chain"),
    ("Verify return code: 62 (hostname mismatch)", "hostname-mismatch"),
    ("Verify return code: 66 (EE certificate key too weak)", "weak-certificate-key"),
    ("Verify return code: 67 (CA certificate key too weak)", "weak-certificate-key"),
    ("Verify return code: 68 (CA signature digest algorithm too weak)", "weak-certificate-signature"),
    ("Didn't find STARTTLS in server response, trying anyway...", "starttls-not-offered"),
    ("connect:errno=111", "connection-refused"),
    ("error:8000006F:system library:BIO_connect:Connection refused", "connection-refused"),
]

FAILED_RECIPIENT = (
    "javax.mail.SendFailedException: Invalid Addresses;\n  nested exception is:\n"
    "\tcom.sun.mail.smtp.SMTPAddressFailedException: "
)

OTHER_SERVERS: list[tuple[str, str]] = [
    (
        "AuthenticationFailedException: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "password-login-disabled",
    ),
    ("AuthenticationFailedException: 526 Authentication failure", "login-refused"),
    ("AuthenticationFailedException: 334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=", "xoauth2-refused"),
    ("AuthenticationFailedException: 454 4.7.0 Too many login attempts, please try again later", "too-many-logins"),
    ("AuthenticationFailedException: 432 4.7.12 A password transition is needed", "password-transition-needed"),
    ("SMTPSendFailedException: 421 4.7.0 too many messages in this connection", "session-message-limit"),
    (
        "AuthenticationFailedException: 534-5.7.14 Please log in via your web browser and then try again.",
        "application-password-required",
    ),
    (
        "AuthenticationFailedException: 534 5.7.9 Application-specific password required.",
        "application-password-required",
    ),
    (
        "javax.mail.AuthenticationFailedException: 421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update"
        " your client to support TLS 1.2.",
        "old-tls-refused-in-reply",
    ),
    (
        "SMTPSendFailedException: 550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "send-as-denied",
    ),
    (
        "SMTPSendFailedException: 550 The from address does not match a verified Sender Identity. Mail cannot be sent"
        " until this error is resolved.",
        "sender-identity-unverified",
    ),
    (
        "SMTPSendFailedException: 553 5.7.1 <alerts@example.com>: Sender address rejected: not owned by user ops",
        "sender-not-owned",
    ),
    (
        "SMTPSendFailedException: 550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "sender-domain-not-authorised",
    ),
    (
        "SMTPSendFailedException: 550 5.7.1 This message was classified as SPAM and may not be delivered",
        "content-refused",
    ),
    ("SMTPSendFailedException: 554 Transaction failed: Missing start boundary", "message-structure-faulty"),
    (f"{FAILED_RECIPIENT}554 5.7.1 <ops@example.net>: Relay access denied\n", "relaying-denied"),
    (
        f"{FAILED_RECIPIENT}504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname\n",
        "helo-name-refused",
    ),
    (f"{FAILED_RECIPIENT}452 4.5.3 Error: too many recipients\n", "too-many-recipients"),
    (
        f"{FAILED_RECIPIENT}450 4.2.0 <ops@example.com>: Recipient address rejected: Greylisted, see"
        " http://postgrey.schweikert.ch/help/example.com.html\n",
        "greylisted",
    ),
    (
        f"{FAILED_RECIPIENT}450 4.7.1 <ops@example.com>: Recipient address rejected: Policy Rejection- Quota"
        " Exceeded.\n",
        "sending-quota-exceeded",
    ),
    (
        f"{FAILED_RECIPIENT}554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org\n",
        "client-address-blocked",
    ),
]
"""Replies of servers that are not the classic endpoint of SES (section 12), in the words of their makers."""

CLIENTS: list[tuple[str, str]] = [
    (
        "javax.mail.MessagingException: IOException while sending message;\n  nested exception is:\n"
        "\tjavax.activation.UnsupportedDataTypeException: no object DCH for MIME type multipart/mixed",
        "message-body-unwritable",
    ),
    ("javax.mail.NoSuchProviderException: No provider for smtp", "mail-library-incomplete"),
    ("javax.mail.internet.AddressException: Illegal whitespace in address in string ``a b''", "address-malformed"),
    (
        "Failed to send email\njava.net.UnknownHostException: 0f1e2d3c4b5a: 0f1e2d3c4b5a: Name or service not known\n"
        "\tat java.net.InetAddress.getLocalHost(InetAddress.java:1505)\n"
        "\tat javax.mail.internet.InternetAddress.getLocalAddress(InternetAddress.java:517)\n",
        "own-name-unresolvable",
    ),
    (
        "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 25; timeout -1",
        "connect-failed-without-cause",
    ),
    ("javax.mail.MessagingException: Could not convert socket to TLS", "handshake-failed-without-cause"),
    (
        f"{NESTED}javax.net.ssl.SSLHandshakeException: error:0A000152:SSL routines::unsafe legacy renegotiation"
        " disabled",
        "legacy-renegotiation-refused",
    ),
]
"""Faults of the client itself (section 3)."""

UNKNOWN_WORDS = [
    (
        "Failed to send email\ncom.sun.mail.smtp.SMTPSendFailedException: 550 5.0.0 Not on a Sunday\n\n"
        "\tat com.sun.mail.smtp.SMTPTransport.finishData(SMTPTransport.java:2110)\n",
        "refused-in-unknown-words",
    ),
]

LITERALS = SECTION_1 + SECTION_2 + SECTION_3 + SECTION_4 + SECTION_5 + OTHER_SERVERS + CLIENTS + UNKNOWN_WORDS


@pytest.mark.parametrize(("literal", "rule"), LITERALS, ids=[f"{rule}-{n}" for n, (_, rule) in enumerate(LITERALS)])
def test_literal(literal: str, rule: str) -> None:
    assert set(causes(RULES, pasted(literal))) == {rule}


PACKAGES = ("javax.mail", "jakarta.mail", "com.sun.mail.smtp", "org.eclipse.angus.mail.smtp", "")


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize(
    ("name", "message", "rule"),
    [
        ("AuthenticationFailedException", "535 Authentication Credentials Invalid", "smtp-credentials-invalid"),
        ("SMTPSendFailedException", "454 Throttling failure: Daily message quota exceeded", "daily-quota-exceeded"),
        ("SMTPSenderFailedException", "553 <a@> Invalid email address", "sender-refused"),
        ("SMTPAddressFailedException", "553 <a@> address unknown", "recipient-refused"),
    ],
)
def test_packages_do_not_matter(package: str, name: str, message: str, rule: str) -> None:
    text = f"{package}.{name}".lstrip(".") + f": {message}\n"
    assert set(causes(RULES, pasted(text))) == {rule}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("554 Access denied: User “arn:aws:iam::111122223333:user/x’ is not authorized", "ses-access-denied"),
        ("java.io.IOException: Can’t verify identity of server: h.example.com", "hostname-mismatch"),
        ("Can&#39;t verify identity of server: h.example.com", "hostname-mismatch"),
        (
            "554 Message rejected: Email address is not\r\nverified. The following identities failed",
            "identity-not-verified",
        ),
        ("error:0A00018A:SSL routines::dh key too\n small", "dh-key-too-small"),
        ("SSL routines:tls_process_\nske_dhe:dh key too small", "dh-key-too-small"),
        ("535 Authentication Credentials Invalid", "smtp-credentials-invalid"),
    ],
)
def test_what_pastes_do_to_a_text(text: str, rule: str) -> None:
    assert set(causes(RULES, pasted(text))) == {rule}


def test_the_list_covers_the_rules() -> None:
    """Rules that no text alone can raise need more than a log; every other rule must be in the list."""
    by_evidence = {
        "ca-missing-from-trust-store",
        "trust-anchor-key-mismatch",
        "tls-inspection",
        "look-alike-root",
        "trust-store-pinned",
        "ca-name-not-the-published-key",
        "starttls-stripped",
        "temporary-credentials",
        "iam-secret-as-smtp-password",
        "credentials-in-clear",
        "greeting-timed-out",
        "handshake-timed-out",
        "login-response-in-clear",
        "quit-failed",
        "broken-at-quit",
        "unclassified-error",
        "accepted-by-mail-manager",
        "mail-manager-login-mixed-up",
        "session-refused-for-now",
        "large-packets-lost",
        "server-name-not-sent",
        "greeting-lost-at-proxy",
        "message-refused-by-ses",
        "client-alert",
    }
    rules = {r.id for r in RULES.rules.values() if not r.id.startswith(("settings-", "delivered-"))}
    covered = {rule for _, rule in LITERALS}
    assert covered <= rules
    assert rules - covered == by_evidence
