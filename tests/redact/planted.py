"""Kinds of secrets as support files hold them, with a place for a made value: `{pw}`, `{hex:32}`, `{b64:40}` …

One kind a line, ⏎ for a line end. The values are made from a seed; nothing here is anybody's.
"""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from redact.planted_bundles import BUNDLES

WORDS = """
password passwd passphrase passcode pwd secret client_secret apiKey api-key access_key secretKey private_key auth_token
refresh_token sessionToken smtp_pass DB_PASS storepass keypass bindpw rootpw sharedSecret signing_key encryption-key
account_key csrf_token JSESSIONID PHPSESSID recovery_code webhook_secret PASSWORD_2 mail.smtp.password spring.mail.password
Passwort Kennwort Geheimnis Losungswort Zugangsschlüssel Geheimzahl geheimerSchlüssel
mot_de_passe mdp code_secret phrase_secrète contraseña contrasena clave_secreta secreto
parola_chiave chiave_segreta segreto codice_segreto senha chave_secreta palavra-passe segredo
パスワード 暗証番号 秘密鍵 シークレット 비밀번호 암호 패스워드 비밀키 密码 口令 密钥 令牌
""".split()  # noqa: E501, SIM905

SYNTAXES = (
    "{key}={value}",
    "{key}: {value}",
    '"{key}": "{value}"',
    "{key} = '{value}'",
    "<{key}>{value}</{key}>",
    "{key} => {value}",
)

FORMS = r"""
<property name="password" value="{pw}"/>
<property name="password"><value>{pw}</value></property>
<constructor-arg name="secret" value="{pw}"/>
<entry key="mail.password">{pw}</entry>
<add key="SmtpPassword" value="{pw}" />
<param><name>password</name><value>{pw}</value></param>
<password><![CDATA[{pw}]]></password>
<Parameter name="mail.smtp.password" value="{pw}" override="false"/>
<string name="api_secret">{pw}</string>
<Resource name="mail/Session" user="x" password="{pw}"/>
<wsse:Password Type="PasswordText">{pw}</wsse:Password>
<password>⏎  {pw}⏎</password>
{{"name":"SMTP_PASSWORD","value":"{pw}"}}
{{"key": "password", "value": "{pw}"}}
{{"Name": "DB_PASSWORD", "Value": "{pw}"}}
{{"credentials": {{"user": "x", "password": "{pw}"}}}}
{{"smtp":{{"auth":{{"pass":"{pw}"}}}}}}
{{'password': '{pw}', 'port': 587}}
{{:password => "{pw}"}}
{{"auths":{{"registry.example":{{"auth":"{b64:32}"}}}}}}
- name: SMTP_PASSWORD⏎  value: {pw}
- name: SMTP_PASSWORD⏎  value: "{pw}"
password: |⏎  {pw}
smtp_password: >-⏎    {pw}
password: !!str {pw}
password:⏎  {pw}
Password:⏎{pw}
Enter password: {pw}
password of user joe = {pw}
password for relay is {pw}
Passwort von hans: {pw}
mot de passe : {pw}
The password is '{pw}'.
The new password is "{pw}"
password changed to '{pw}'
the password {pw} was rejected
das Passwort lautet „{pw}“
la contraseña es "{pw}"
la password è "{pw}"
a senha é "{pw}"
パスワード：{pw}
パスワードは「{pw}」です
密码是“{pw}”
비밀번호: {pw}
export SMTP_PASSWORD={pw}
set SMTP_PASSWORD={pw}
setenv MAIL_SECRET {pw}
$env:SMTP_PASSWORD = "{pw}"
ENV SMTP_PASSWORD {pw}
Environment="SMTP_PASSWORD={pw}"
-e SMTP_PASSWORD={pw}
-Dmail.smtp.password={pw}
--password {pw}
--password={pw}
--smtp-password "{pw}"
-storepass {pw}
-psk {hex:32}
--api-key {hex:32}
--token {hex:40}
--client-secret={b64:40}
/password:{pw}
password "{pw}";
password {pw};
smtp_sasl_password = {pw}
smtp_password('{pw}')
setPassword("{pw}")
.withPassword("{pw}")
props.put("mail.smtp.password", "{pw}")
System.setProperty("javax.net.ssl.keyStorePassword", "{pw}")
config["password"] = "{pw}"
os.environ['SMTP_PASSWORD'] = '{pw}'
const password = `{pw}`;
String password = "{pw}";
define('SMTP_PASS', '{pw}');
$mail->Password = '{pw}';
my $password = '{pw}';
let secret: &str = "{pw}";
password := "{pw}"
new NetworkCredential("joe", "{pw}")
new PasswordAuthentication("joe", "{pw}")
new PasswordAuthentication("joe", "{pw}".toCharArray())
new UsernamePasswordCredentials("joe", "{pw}")
server.login("joe", "{pw}")
smtplib.SMTP().login('joe@x.example', '{pw}')
smtp.PlainAuth("", "joe", "{pw}", "smtp.x.example")
auth=("joe", "{pw}")
HTTPBasicAuth('joe', '{pw}')
DriverManager.getConnection("jdbc:x", "joe", "{pw}")
mysqli_connect("h", "joe", "{pw}", "db")
User(name=joe, password={pw}, port=587)
SmtpSettings[user=joe, secret={pw}]
Config{{user='joe', password='{pw}'}}
CREATE USER joe IDENTIFIED BY '{pw}'
ALTER USER joe IDENTIFIED BY "{pw}"
ALTER ROLE joe WITH PASSWORD '{pw}'
SET PASSWORD FOR 'joe'@'%' = PASSWORD('{pw}')
GRANT ALL ON x.* TO joe IDENTIFIED BY '{pw}'
INSERT INTO users (name, password) VALUES ('joe', '{pw}')
UPDATE users SET password='{pw}' WHERE name='joe'
name,password,port⏎joe,{pw},25
"name";"password";"port"⏎"joe";"{pw}";"25"
user	secret	note⏎joe	{pw}	none
| user | password |⏎|------|----------|⏎| joe | {pw} |
host,user,api_key⏎a,b,{hex:32}
Server=h;Database=d;User Id=joe;Password={pw};
Driver=x;Uid=joe;Pwd={pw};Port=1
AccountName=x;AccountKey={b64:88};EndpointSuffix=x
Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey={b64:44}
jdbc:oracle:thin:joe/{pw}@db:1521/x
jdbc:mysql://h/db?user=joe&password={pw}
jdbc:sqlserver://h;user=joe;password={pw};encrypt=true
jdbc:postgresql://h/db?password={pw}&ssl=true
postgres://joe:{pw}@db/x
mongodb+srv://joe:{pw}@db/x
redis://:{pw}@db:6379/0
amqp://joe:{pw}@mq:5672/
smtps://joe:{pw}@h:465
https://joe:{pw}@git.example/x.git
ftp://joe:{pw}@f/
https://h/x?access_token={hex:40}&a=1
https://h/x?token={b64u:32}
https://h/x?sv=2022&sig={b64u:43}
https://h/x?api_key={hex:32}
https://h/reset?code={b64u:32}
https://h/x?X-Amz-Credential=a&X-Amz-Signature={hex:64}
curl -u joe:{pw} https://h
curl --user "joe:{pw}" https://h
curl -H "X-Api-Key: {hex:32}" https://h
curl -H "Authorization: Bearer {b64u:40}" https://h
wget --http-password={pw} https://h
http -a joe:{pw} https://h
sshpass -p {pw} ssh joe@h
sshpass -p'{pw}' ssh joe@h
mysql -u joe -p{pw} db
mysqldump -ujoe -p'{pw}' db
mariadb -u joe -p{pw}
PGPASSWORD={pw} psql -h h
MYSQL_PWD={pw} mysql
ldapsearch -x -D cn=a -w {pw} -b dc=x
redis-cli -h h -a {pw} ping
docker login -u joe -p {pw} r.example
sqlcmd -S h -U joe -P {pw}
sqlplus joe/{pw}@db
mongosh -u joe -p {pw} --host h
smbclient //h/s -U joe%{pw}
mount -o username=joe,password={pw} //h/s /m
htpasswd -b /etc/x joe {pw}
echo joe:{pw} | chpasswd
echo {pw} | sudo -S id
echo '{pw}' | docker login --password-stdin
net use Z: \\h\s {pw} /user:joe
net user joe {pw} /add
snmpwalk -v2c -c {pw} h
snmpget -v3 -u joe -A {pw} h x
snmpget -v3 -u joe -X {pw} h x
openssl rsa -in k -passin pass:{pw}
openssl pkcs12 -export -passout pass:{pw} -out x
openssl s_client -psk {hex:64} -connect h:1
keytool -list -keystore k -storepass {pw}
swaks --auth-user joe --auth-password {pw}
swaks -au joe -ap {pw} --to x
sendemail -f x -xu joe -xp {pw}
lftp -u joe,{pw} h
plink -ssh h -l joe -pw {pw}
xfreerdp /v:h /u:joe /p:{pw}
ipmitool -H h -U joe -P {pw} power
rabbitmqctl add_user joe {pw}
vault login {b64u:26}
wpa_passphrase net {pw}
nmcli dev wifi connect net password {pw}
az login -u joe -p {pw}
helm registry login -u joe -p {pw} r
kubectl create secret generic s --from-literal=password={pw}
spawn ssh h; expect "password:"; send "{pw}\r"
USER joe⏎PASS {pw}
machine h login joe password {pw}
machine h⏎login joe⏎password {pw}
db.example:5432:x:joe:{pw}
root:$6${b64s:16}${crypt:86}:19000:0:99999:7:::
joe:$y$j9T${crypt:22}${crypt:43}:19000:0:99999:7:::
joe:$apr1${crypt:8}${crypt:22}
joe:{{SHA}}{b64:28}
joe:{{SSHA}}{b64:40}
hash $2y$10${crypt:53} stored
$1${crypt:8}${crypt:22}
$argon2id$v=19$m=65536,t=3,p=4${crypt:22}${crypt:43}
pbkdf2_sha256$260000${crypt:22}${b64:44}
$P$B{crypt:30}
scram-sha-256$4096:{b64:24}${b64:44}:{b64:44}
Administrator:500:{hex:32}:{hex:32}:::
Cookie: session={b64u:40}; lang=de
Set-Cookie: JSESSIONID={HEX:32}; Path=/
Cookie: connect.sid=s%3A{b64u:32}
X-Auth-Token: {hex:40}
X-Api-Key: {b64u:40}
X-CSRF-Token: {b64u:40}
X-Vault-Token: {b64u:40}
Authorization: Basic {b64:24}
Authorization: Bearer {b64u:60}
Authorization: Token {hex:40}
authorization=Bearer {b64u:40}
Proxy-Authorization: Basic {b64:24}
bearer {b64u:40}
csrf_token={b64u:40}
authenticity_token={b64u:44}
Authorization: Digest username="joe", response="{hex:32}"
snmp-server community {pw} RO
rocommunity {pw} 10.0.0.0/8
community string is {pw}
SNMP community: {pw}
snmp-server user joe grp v3 auth sha {pw} priv aes 128 {pw}
createUser joe SHA {pw} AES {pw}
enable secret 5 $1${crypt:4}${crypt:22}
enable secret 9 $9${crypt:14}${crypt:43}
enable password 7 {HEX:20}
username joe privilege 15 password 0 {pw}
username joe password 7 {HEX:18}
tacacs-server host h key 7 {HEX:20}
radius-server key {pw}
radius secret = {pw}
server-private h key {pw}
key-string 7 {HEX:20}
ip ospf message-digest-key 1 md5 {pw}
crypto isakmp key {pw} address x
pre-shared-key {pw}
neighbor h password {pw}
: PSK "{pw}"
wpa_psk={hex:64}
ldap.bind.password={pw}
bindpw {pw}
bind_password: {pw}
olcRootPW: {{SSHA}}{b64:40}
//registry/:_authToken={b64u:36}
_auth = {b64:40}
aws_secret_access_key = {b64:40}
aws_session_token = {b64:200}
"SecretAccessKey": "{b64:40}"
SMTP_PASSWORD=B{b64i:43}
"kty":"oct","k":"{b64u:43}"
"kty":"EC","crv":"P-256","d":"{b64u:43}"
eyJhbGciOiJIUzI1NiJ9.eyJ{b64u:30}.{b64u:43}
otpauth://totp/x?secret={b32:32}&issuer=x
TOTP secret: {b32:32}
pin=48{dig:4}
recovery code: {b32:10}
session_id={b64u:32}
sessionid: {hex:32}
ENC({b64:44})
password={{cipher}}{hex:64}
$ANSIBLE_VAULT;1.1;AES256⏎{hex:80}⏎{hex:80}
"""

TOKENS = """
ghp_{a:36} gho_{a:36} ghu_{a:36} ghs_{a:36} ghr_{a:36} github_pat_{a:22}_{a:59} glpat-{a:20} gldt-{a:20} glrt-{a:20}
xoxb-{dig:12}-{dig:12}-{a:24} xoxp-{dig:12}-{dig:12}-{a:32} xapp-1-A{a:10}-{dig:12}-{hex:64}
https://hooks.slack.com/services/T{A:8}/B{A:8}/{a:24} sk_live_{a:24} rk_live_{a:24} sk_test_{a:24} whsec_{a:32}
AIza{a:35} GOCSPX-{a:28} ya29.{a:60} SG.{a:22}.{a:43} SK{hex:32} sk-{a:48} sk-proj-{a:60} sk-ant-api03-{a:90}
npm_{a:36} pypi-AgEIcHlwaS5vcmc{a:60} rubygems_{hex:48} dckr_pat_{a:27} hvs.{a:90} hvb.{a:90} dop_v1_{hex:64} hf_{a:34}
key-{hex:32} {hex:32}-us12 xkeysib-{hex:64}-{a:16} xsmtpsib-{hex:64}-{a:16} re_{a:8}_{a:24} shpat_{hex:32} sq0atp-{a:22}
EAACEdEose0cBA{a:60} {dig:9}:AAE{a:32} glsa_{a:32}_{hex:8} NRAK-{A:27} dapi{hex:32} lin_api_{a:40} secret_{a:43}
PMAK-{hex:24}-{hex:34} pul-{hex:40} {a:14}.atlasv1.{a:64} figd_{a:43} dp.pt.{a:43} ATATT3{a:80} BBDC-{a:44} AKCp{a:69}
oy2{b32l:43} {a:3}8Q~{a:34} AGE-SECRET-KEY-1{A:58} sbp_{hex:40} pscale_tkn_{a:43} r8_{a:37} gsk_{a:52} xai-{a:80}
pplx-{a:48} tvly-{a:32} AKIA{b32:16} ASIA{b32:16}
""".split()  # noqa: SIM905

SESSIONS = r"""
    Master-Key: {HEX:96}
    Resumption PSK: {HEX:64}
    Session-ID: {HEX:64}
CLIENT_RANDOM 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF {hex:96}
CLIENT_TRAFFIC_SECRET_0 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF {hex:64}
SERVER_HANDSHAKE_TRAFFIC_SECRET 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF {hex:64}
EXPORTER_SECRET 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF {hex:96}
RSA 0011223344556677 {hex:96}
Master Secret:⏎0000: {dump:16}   ................
PreMaster Secret:⏎0000: {dump:16}   ................⏎0010: {dump:16}   ................
Client write key:⏎0000: {dump:16}   ................
Server MAC write Secret:⏎0000: {dump:16}   ................
TLS session ticket:⏎    0000 - {dumpd:16}   ................⏎    0010 - {dumpd:16}   ................
"session id"          : "{HEX:64}",
C: AUTH PLAIN {login:}
AUTH PLAIN {login:}
AUTH LOGIN {b64t:joe}
DEBUG SMTP: AUTH XOAUTH2 {b64:80}
334 UGFzc3dvcmQ6⏎{b64p:}
S: 334 UGFzc3dvcmQ6⏎C: {b64p:}
<-- 334 UGFzc3dvcmQ6⏎--> {b64p:}
reply: b'334 UGFzc3dvcmQ6\r\n'⏎reply: retcode (334); Msg: b'UGFzc3dvcmQ6'⏎send: '{b64p:}\r\n'
"AUTH", "PLAIN", "{login:}"
SASL response: {login:}
initial-response={login:}
-----BEGIN PRIVATE KEY-----⏎MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64i:32}⏎{b64i:64}⏎{b64i:40}⏎-----END PRIVATE KEY-----
-----BEGIN RSA PRIVATE KEY-----⏎MIIEowIBAAKCAQEA{b64i:48}⏎{b64i:64}⏎{b64i:64}
MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64i:32}⏎{b64i:64}⏎{b64i:64}⏎-----END PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64i:160}
MHcCAQEEI{b64i:120}
-----BEGIN OPENSSH PRIVATE KEY-----⏎b3BlbnNzaC1rZXktdjEAAAAA{b64i:46}⏎{b64i:70}⏎-----END OPENSSH PRIVATE KEY-----
---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----⏎{b64i:70}⏎{b64i:70}⏎---- END SSH2 ENCRYPTED PRIVATE KEY ----
Private-Lines: 2⏎{b64i:64}⏎{b64i:64}⏎Private-MAC: {hex:64}
"""

_HOLE = re.compile(r"\{(?P<kind>[A-Za-z0-9]+):?(?P<arg>\w*)\}")
_LETTERS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "b64i": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "b64u": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    "b64s": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "crypt": "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "b32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "b32l": "abcdefghijklmnopqrstuvwxyz234567",
    "dig": "0123456789",
}
_PLAIN = ("sonnen", "blume", "harbour", "copper", "velvet", "lantern", "quartz", "mirabell")
_SPECIAL = ("!", "#", "$", "%", "+", "*", "~", "^", "=", "_", "-", ".", "?")
_STEMS = ("Sommer", "Quartz", "harbour", "Lantern", "mirabelle", "Tundra", "copper", "Velvet")


@dataclass(frozen=True)
class Planted:
    """A text with secrets in it. `secrets` are the pieces of which none may be left."""

    kind: str
    text: str
    secrets: tuple[str, ...]


def kinds() -> list[str]:
    """All kinds, as texts with holes."""
    words = [
        SYNTAXES[i % len(SYNTAXES)].replace("{key}", word).replace("{value}", "{pw}") for i, word in enumerate(WORDS)
    ]
    lines = [*FORMS.strip("\n").split("\n"), *BUNDLES.strip("\n").split("\n")]
    forms = [line.replace("{{", "\x01").replace("}}", "\x02") for line in lines]
    tokens = [f"connect with {token} now" if i % 2 else token for i, token in enumerate(TOKENS)]
    return [*words, *forms, *tokens, *SESSIONS.strip("\n").split("\n")]


def plant(kind: str, rng: random.Random) -> Planted:
    """The kind with made values."""
    secrets: list[str] = []

    def fill(hole: re.Match[str]) -> str:
        value = _value(hole["kind"], hole["arg"], rng)
        secrets.append(value)
        return value

    text = _HOLE.sub(fill, kind).replace("\x01", "{").replace("\x02", "}").replace("⏎", "\n")
    longest = max((len(secret) for secret in secrets), default=0)
    return Planted(kind, text, tuple(secret for secret in secrets if len(secret) >= min(longest, 6)))


def _value(kind: str, arg: str, rng: random.Random) -> str:
    if kind == "pw":
        return (
            f"{rng.choice(_STEMS)}{rng.choice(('', '-', '_', '!', '#'))}{rng.randrange(10, 9999)}{rng.choice('xkzq')}"
        )
    if kind == "pwl":
        return rng.choice(_PLAIN) + rng.choice(_PLAIN)
    if kind == "pwn":
        return str(rng.randrange(10**7, 10**9))
    if kind == "pws":
        return f"{rng.choice(_STEMS)}{rng.choice(_SPECIAL)}{rng.randrange(10, 999)}{rng.choice(_SPECIAL)}kx"
    if kind == "login":
        return base64.b64encode(b"\0joe\0" + _value("pw", "", rng).encode()).decode()
    if kind == "b64p":
        return base64.b64encode(_value("pw", "", rng).encode()).decode()
    if kind == "b64t":
        return base64.b64encode(f"{arg}{rng.randrange(1000)}@x.example".encode()).decode()
    if kind in ("dump", "dumpd"):
        pairs = [f"{rng.randrange(256):02x}" for _ in range(int(arg))]
        half = len(pairs) // 2
        return " ".join(pairs[:half]) + ("-" if kind == "dumpd" else "  ") + " ".join(pairs[half:])
    if kind == "b64":
        return base64.b64encode(rng.randbytes(int(arg) * 3 // 4)).decode()
    return _random(_LETTERS[kind], int(arg), rng)


def _random(letters: str, size: int, rng: random.Random) -> str:
    """Letters of which the last three have a capital (where there are), a small one and a digit."""
    made = [rng.choice(letters) for _ in range(size)]
    wanted = [kind for kind in ("Q", "z", "4") if kind in letters]
    if size > len(wanted):
        made[-len(wanted) :] = wanted
    return "".join(made)


def all_planted(seed: int) -> Iterator[Planted]:
    """Every kind once."""
    rng = random.Random(seed)
    for kind in kinds():
        yield plant(kind, rng)
