"""Further values that must stay: what stands in support bundles near the words and the forms of secrets."""

from __future__ import annotations

BUNDLES: tuple[str, ...] = tuple(
    r"""
aaa authentication login default group tacacs+ local
aaa group server tacacs+ ISE
service password-encryption
no service password-recovery
security passwords min-length 8
password encryption aes
key chain mgmt
key config-key password-encrypt
crypto key generate rsa modulus 2048
crypto pki trustpoint TP-self-signed-1234567890
ip ssh version 2
snmp-server enable traps snmp authentication linkdown linkup
snmp-server location Rack 12
ntp authenticate
ntp trusted-key 1
login block-for 60 attempts 3 within 30
login on-failure log
enable secret is not set
authentication order dot1x mab
set system login password minimum-length 10
set snmp description "edge router"
standby 1 priority 110
standby 1 authentication failed
wpa=2
key_mgmt=WPA-PSK
proto=RSN
psk mode is enabled
kind: SecretStore
type: kubernetes.io/tls
secret/smtp-credentials configured
secret "smtp-credentials" created
Error: secrets "smtp-credentials" not found
MountVolume.SetUp failed for volume "smtp" : secret "smtp" not found
imagePullSecrets:
automountServiceAccountToken: false
serviceAccountName: default
    secretKeyRef: {name: smtp, key: password}
valueFrom: secretKeyRef
passwordSecretRef: smtp
existingSecret: smtp-credentials
tokenExpirationSeconds: 3607
resource "aws_secretsmanager_secret" "smtp" {
password = var.smtp_password
password = data.vault_generic_secret.smtp.data["password"]
password = (sensitive value)
+ password = (known after apply)
ansible_become_method: sudo
no_log: true
vars_prompt: smtp_password
- name: Set SMTP password
TASK [smtp : set password] ***
changed: [mail] => (item=password)
ok: [mail] => (item=None)
"PasswordExpiryWarning"=dword:0000000e
PasswordLastSet : 24.11.2026 03:31:33
    PasswordHistorySize    REG_DWORD    0x5
keystoreType="PKCS12"
truststoreType=JKS
keyAlias="tomcat"
keystoreFile="conf/keystore.p12"
server.ssl.key-store=classpath:keystore.p12
server.ssl.key-store-type=PKCS12
server.ssl.key-alias=tomcat
spring.mail.properties.mail.smtp.auth=true
spring.mail.username=${SMTP_USER}
spring.mail.password=${SMTP_PASSWORD:}
spring.jpa.properties.hibernate.id.new_generator_mappings=true
spring.security.oauth2.client.registration.x.client-authentication-method=basic
mail.smtp.localhost
mail.smtp.localhost=localhost
mail.smtp.localaddress
mail.smtp.sasl.mechanisms=PLAIN LOGIN
"Healthcheck": {"Test": ["CMD", "true"]}
"PATH=/usr/local/sbin:/usr/local/bin:/usr/bin"
"LogPath": "/var/lib/docker/containers/x-json.log"
"Image": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"SandboxKey": "/var/run/docker/netns/default"
EnvironmentFile=/etc/sysconfig/smtp
LoadCredential=smtp:/run/creds/smtp
PassEnvironment=LANG
auth_basic "Restricted";
auth_basic_user_file /etc/nginx/.htpasswd;
ssl_certificate_key /etc/nginx/tls.key;
proxy_set_header Host $host;
proxy_set_header Authorization "";
AuthType Basic
AuthName "private area"
Require valid-user
curl: (67) Login denied
curl: (35) error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure
* Server auth using Basic with user 'root'
* SASL: failed to authenticate
HTTP/1.1 401 Unauthorized
HTTP/1.1 407 Proxy Authentication Required
WWW-Authenticate: Basic realm="admin"
WWW-Authenticate: Bearer error="invalid_token", error_description="The access token expired"
Proxy-Authenticate: Negotiate
unable to load client certificate private key file
Enter PEM pass phrase:
Verifying - Enter PEM pass phrase:
Bad decrypt, wrong password?
mac verify failure: wrong password?
keystore password is correct
Warning: Using a password on the command line interface can be insecure.
ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)
FATAL: password authentication failed for user "root"
pam_unix(sshd:auth): authentication failure
Failed password for root
Failed password for invalid user admin
Accepted publickey for root
Das Passwort ist falsch.
Das Passwort ist abgelaufen, bitte ändern
Bitte Passwort eingeben
Das Kennwort wurde geändert
Falsches Passwort für den Benutzer
le mot de passe est incorrect
le mot de passe est obligatoire
la contraseña es incorrecta
la contraseña no es válida
la password è errata
a senha está incorreta
パスワードが正しくありません
パスワードを入力してください
パスワードは必須です
비밀번호가 올바르지 않습니다
비밀번호를 입력하세요
密码错误
密码不能为空
请输入密码
please use another password
use the password of the SES console
the password was changed yesterday
password authentication is disabled
the password is set in the console
invalid password for user
wrong username or password
password does not match
{"type":"password","required":true}
{"field":"password","message":"must not be blank"}
{"label":"Password","required":false}
{"token_type":"Bearer","expires_in":3600}
{"key":"value"}
{"keyId":"alias/ses"}
{"error":"invalid_grant"}
{"name":"SMTP_HOST","value":"localhost"}
{"name":"password","type":"string"}
grant_type=client_credentials
response_type=code
code=200 latency=12ms
state=RUNNING
GET /token HTTP/1.1
GET /login?error=true HTTP/1.1
POST /oauth2/token 200
SELECT password FROM users
ALTER TABLE users ADD COLUMN password VARCHAR(64)
CREATE TABLE tokens (token VARCHAR(64))
| password | varchar(64) | NO |
Password policy ......... enabled
Password ............... not set
Session ID: none
TLS session ticket lifetime hint: 7200 (seconds)
Session ticket: supported
New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
Server public key is 2048 bit
Secure Renegotiation IS NOT supported
Early data was not sent
Post-Handshake New Session Ticket arrived:
SSL-Session:
Key-Arg : None
Start Time: 1764000000
Max Early Data: 0
"named group"         : "x25519",
"signature scheme"   : "rsa_pss_rsae_sha256"
Extended master secret: yes
key_share (51), supported_versions (43), psk_key_exchange_modes (45)
Signature Algorithm: sha256WithRSAEncryption
X509v3 Subject Key Identifier:
X509v3 Authority Key Identifier:
key usage: digitalSignature, keyEncipherment
login: root
com.amazonaws.services.secretsmanager.model.ResourceNotFoundException
software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider
org.apache.kafka.common.security.plain.PlainLoginModule required
o.s.s.a.dao.DaoAuthenticationProvider : Failed to authenticate since password does not match stored value
io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026-11-24T03:46:02Z
java.security.UnrecoverableKeyException: Get Key failed: Given final block not properly padded
javax.crypto.AEADBadTagException: Tag mismatch!
Caused by: java.io.IOException: keystore password was incorrect
deploy.sh finished
ran setup.py and conftest.py
unpacked bundle.zip
./deploy.sh: line 12: smtp: command not found
/opt/app/send.py
File "send.py", line 12, in <module>
python3 send.py --port 587
bash deploy.sh
scp bundle.zip
version 10.1.2.3
Version: 7.5.1.2
firmware v6.12.3.4
Software Version 9.18.4.22
release 7.4.2.1
java version "17.0.15.6"
OpenSSL version 1.1.1.1
ImageMagick-6.9.10.68
schema version 4.3.2.1 applied
user=root
user: root
username: admin
login as admin
/home/
~/.ssh/id_rsa
/home/lost+found
user: unknown
user agent: curl/7.76.1
users: 12
user limit reached
username is required
login as the next step
host=localhost
host: null
host name is missing
host is down
relay=none
relay=local
From: root
""".strip("\n").split("\n")
)
