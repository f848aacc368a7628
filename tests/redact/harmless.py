"""What must stay: names, replies and identifiers on which a diagnosis lives, near the words of secrets, too."""

from __future__ import annotations

from redact.harmless_bundles import BUNDLES

_PLAIN: tuple[str, ...] = tuple(
    r"""
535 Authentication Credentials Invalid
535 5.7.8 Username and Password not accepted. Learn more
530 5.7.0 Must issue a STARTTLS command first
530 Authentication required
554 Message rejected: Email address is not verified. Region US-EAST-1
454 Temporary authentication failure
451 4.4.2 Timeout waiting for data from client.
250-AUTH PLAIN LOGIN
250-AUTH=LOGIN PLAIN
AUTH LOGIN command trace suppressed
AUTH PLAIN succeeded
DEBUG SMTP: AUTH LOGIN failed
DEBUG SMTP: Attempt to authenticate using mechanisms: LOGIN PLAIN DIGEST-MD5 NTLM XOAUTH2
DEBUG SMTP: mechanism XOAUTH2 disabled by property: mail.smtp.auth.xoauth2.disable
DEBUG SMTP: user=null, password=<null>
DEBUG SMTP: need username and password for authentication
javax.mail.AuthenticationFailedException: failed to connect, no password specified?
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid
password: null
password=****
password=********
password = ${SMTP_PASSWORD}
password: ${smtp.password:}
password="{{ smtp_password }}"
<password>%s</password>
keystore password was incorrect
java.io.IOException: Keystore was tampered with, or password was incorrect
Enter the SMTP password again.
The password is required.
password must not be empty
Password expired; please change it
passwordPolicy: strict
password_file=/run/secrets/smtp
passwordEncoder = bcrypt
secretName: smtp-credentials
secretKeyRef:
token_endpoint = disabled
tokenCount=4711
token expired
invalid token
key: value
key=4711
keyAlgorithm=RSA
publicKey: EC
code: 535
errorCode=E1234
exit code 12
status code: 554
sslerror:14094410:SSL routines
session closed after 300 s
session timeout = 30
cookie policy: strict
community edition
authentication failed
mail.smtp.auth=true
mail.smtp.starttls.enable: true
mail.smtp.port=587
email-smtp.us-east-1.amazonaws.com
Connected to email-smtp.eu-central-1.amazonaws.com:587
smtp.mail-manager: abc.fips.wmjb.mail-manager-smtp.amazonaws.com
220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI 0123456789abcdefghij
250 Ok 0100018106685484-1a2b3c4d-1111-2222-3333-444455556666-000000
Message-ID: <0100018106685484-1a2b3c4d-1111-2222-3333-444455556666-000000@email.amazonses.com>
request id 1a2b3c4d-1111-2222-3333-444455556666
requestId=1a2b3c4d-1111-2222-3333-444455556666
CN = Amazon RSA 2048 M02, O = Amazon, C = US
issuer=C = US, O = Amazon, CN = Amazon Root CA 1
CN=Starfield Services Root Certificate Authority - G2
SHA-256 fingerprint: 8ECDE6884F3D87B1125BA31AC3FCB13D7016DE7F57CC904FE1CB97C6AE98196E
SHA1 Fingerprint=8D:A7:F9:65:EC:5E:FC:37:91:0F:1C:6E:59:FD:C1:CC:6A:6E:DE:16
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
serial: 0F:4A:12:99:AB:CD
serialNumber=0773F8B21C3E9D40
TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
ECDHE-RSA-AES128-GCM-SHA256
Cipher    : TLS_AES_128_GCM_SHA256
Protocol  : TLSv1.3
Verify return code: 20 (unable to get local issuer certificate)
PSK identity: None
SRP username: None
Session-ID:
Session-ID-ctx:
Master-Key:
Peer signing digest: SHA256
Server Temp Key: ECDH, P-256, 256 bits
javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException
at sun.security.ssl.Alert.createSSLException(Alert.java:131)
at com.sun.mail.smtp.SMTPTransport.protocolConnect(SMTPTransport.java:756)
at org.springframework.security.crypto.password.DelegatingPasswordEncoder.matches(DelegatingPasswordEncoder.java:1)
org.springframework.mail.MailAuthenticationException: Authentication failed; nested exception is
com.example.TokenService - refreshed
c.l.s.r.PasswordResetController : mapped
2026-11-24 03:31:33.247 ERROR [pool-1-thread-3] o.s.Mail - failed
2026-11-24T03:31:33.247Z
java version "11.0.20.1" 2023-08-22
OpenJDK Runtime Environment (build 11.0.20.1+1)
OpenSSL 1.1.1k  FIPS 25 Mar 2021
spring-boot-2.7.18.jar
/etc/ssl/certs/ca-bundle.crt
/lancope/var/sw-response-mgmt/truststore.p12
keytool -list -keystore truststore.p12 -storepass changeit
thread-pool-7 took 334 ms
took 334 ms
GET /health 200 12 ms
region=us-east-1
port 587
-starttls smtp
EHLO succeeded
503 5.5.1 Error: need EHLO/HELO first
503 5.5.1 Error: send HELO/EHLO first
250-8BITMIME
250-SIZE 10485760
354 End data with <CR><LF>.<CR><LF>
221 Bye
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=amazonses.com; s=224i4yxa5dv7c2xz3womw6peuasteono
Feedback-ID: 1.us-east-1.k8BqPaA1mXw3Zt5Yb7Nc9Vd2Ef4Gh6Jk8Lm0Np2Qr4St=:AmazonSES
spf=pass dkim=pass (google)
getaddrinfo ENOTFOUND
Connection refused (Connection refused)
SSLKEYLOGFILE is not set
Alarm 81923 of host group 12: severity 3, 44 flows
Pool stats (total=10, idle=3, waiting=0)
rule 'Password spraying' matched 3 times
alarm category: Credential theft
policy "Secret data exfiltration" is enabled
""".strip("\n").split("\n")  # noqa: E501
)
HARMLESS: tuple[str, ...] = (*_PLAIN, *BUNDLES)
