"""Further kinds of secrets, as support bundles of other products hold them: configurations, orders, dumps, chats.

One kind a line in the form of `planted`. `{pw}` is a word with a digit, `{pwl}` a plain word, `{pwn}` a number, `{pws}`
has the special characters that forms trip over.
"""

from __future__ import annotations

BUNDLES = r"""
set system root-authentication encrypted-password "$6${b64s:8}${crypt:86}"
set system login user joe authentication plain-text-password-value "{pw}"
set snmp v3 usm local-engine user joe authentication-sha authentication-key "$9${crypt:40}"
set security ike policy p pre-shared-key ascii-text "$9${crypt:32}"
set system tacplus-server 192.0.2.1 secret "$9${crypt:24}"
set system radius-server 192.0.2.1 secret {pw}
set snmp community {pw} authorization read-only
    set password ENC {b64:44}
    set passwd ENC {b64:64}
    set psksecret ENC {b64:88}
    set secret ENC {b64:60}
set psksecret "{pw}"
set password {pwl}
set auth-pwd {pw}
set priv-pwd "{pw}"
<users><entry name="admin"><phash>$5${b64s:8}${crypt:43}</phash></entry></users>
<pre-shared-key><key>-AQ=={b64:40}</key></pre-shared-key>
<bind-password>-AQ=={b64:44}</bind-password>
username admin password 5 $5${b64s:6}${crypt:43} role network-admin
snmp-server user joe network-admin auth md5 0x{hex:32} priv 0x{hex:32} localizedkey
enable password {pwl} level 15 encrypted
enable password {crypt:16} encrypted
passwd {crypt:16} encrypted
username joe password {crypt:16} encrypted privilege 15
username joe secret 9 $9${crypt:14}${crypt:43}
ikev1 pre-shared-key {pw}
ikev2 local-authentication pre-shared-key {pw}
ikev2 remote-authentication pre-shared-key 0 {pw}
tunnel-group 192.0.2.9 ipsec-attributes⏎ pre-shared-key {pw}
ldap-login-password {pw}
aaa-server RAD (inside) host 192.0.2.4⏎ key {pw}
aaa-server TAC host 192.0.2.4 {pw} timeout 10
failover key {pw}
failover key hex {hex:32}
tacacs server t1⏎ address ipv4 192.0.2.1⏎ key 7 {HEX:22}
radius server r1⏎ address ipv4 192.0.2.1 auth-port 1812⏎ key {pw}
snmp-server host 192.0.2.7 version 2c {pw}
snmp-server host 192.0.2.7 traps {pw}
snmp-server host inside 192.0.2.7 community {pw}
snmp-server community 0 {pw} view all RO
ntp authentication-key 1 md5 {pw}
ntp authentication-key 5 md5 {HEX:18} 7
neighbor 192.0.2.3 password 7 {HEX:20}
 ip ospf authentication-key {pw}
area 1 virtual-link 192.0.2.3 message-digest-key 1 md5 {pw}
standby 1 authentication {pw}
standby 1 authentication md5 key-string {pw}
vrrp 1 authentication text {pw}
ppp chap password 0 {pw}
ppp pap sent-username joe password 0 {pw}
wpa-psk ascii 0 {pw}
security wpa psk set-key ascii 0 {pw}
wlan psk-key {pw}
mgmtuser add username joe {pw}
ip ftp password 7 {HEX:16}
ip http client password {pw}
ip sla key-chain k⏎key chain k⏎ key 1⏎  key-string {pw}
copy ftp://joe:{pw}@192.0.2.1/x flash:
copy scp://joe:{pw}@backup.example/cfg running-config
logging host 192.0.2.1⏎crypto key passphrase {pw}
lldp⏎enable secret {pw}
enable secret level 15 5 $1${crypt:4}${crypt:22}
line vty 0 4⏎ password {pw}
line con 0⏎ password 7 {HEX:14}
dot1x credentials c⏎ username joe⏎ password 0 {pw}
set ike preshared-key {pw}
user admin password-hash {hex:64}
radius-server host 192.0.2.1 auth-port 1812 key 7 {HEX:20}
radius-server host 192.0.2.1 key "{pw}"
kind: Secret⏎data:⏎  password: {b64:24}⏎  username: am9l
kind: Secret⏎stringData:⏎  smtp: {pw}
apiVersion: v1⏎kind: Secret⏎data:⏎  smtp: {b64:24}⏎  url: {b64:32}⏎type: Opaque
{{"kind":"Secret","data":{{"smtp":"{b64:24}","relay":"{b64:32}"}}}}
  tls.key: {b64:200}
    token: {b64u:90}
    client-key-data: {b64:160}
.dockerconfigjson: {b64:120}
kubeadm join 192.0.2.1:6443 --token {b32l:6}.{b32l:16} --discovery-token-ca-cert-hash sha256:abc
kubectl create secret generic s --from-literal=smtp={pw}
kubectl create secret docker-registry r --docker-username=joe --docker-password={pw}
helm install x --set smtp.password={pw}
helm upgrade x --set-string auth.rootPassword={pw},replica=2
variable "db_password" {{ default = "{pw}" }}
  password = "{pw}"⏎  username = "joe"
"password": {{"sensitive": true, "type": "string", "value": "{pw}"}}
db_password = "{pw}"
TF_VAR_db_password={pw}
      + secret_string = "{pw}"
~ password = "{pw}" -> "{pw}"
ansible_password: {pw}
ansible_become_pass: {pw}
ansible_ssh_pass={pw}
web1 ansible_host=192.0.2.1 ansible_user=joe ansible_ssh_pass='{pw}' ansible_port=22
vault_smtp_password: !vault |⏎  $ANSIBLE_VAULT;1.1;AES256⏎  {hex:80}⏎  {hex:80}
network={{⏎  ssid="office"⏎  psk="{pw}"⏎}}
  psk={hex:64}
  wep_key0="{pw}"
  password=hash:{hex:32}
  private_key_passwd="{pw}"
PreSharedKey = {b64:44}
PrivateKey = {b64:44}
"Password"="{pw}"
"DefaultPassword"="{pw}"
"ServerPasswd"="{pw}"
"Password"=hex:{hex:2},{hex:2},{hex:2},{hex:2},{hex:2},{hex:2},{hex:2},{hex:2}
"SmtpPassword"=dword:{hex:8}
    DefaultPassword    REG_SZ    {pw}
    SmtpPassword    REG_BINARY    {HEX:40}
reg add HKLM\Software\X /v Password /t REG_SZ /d {pw} /f
<Connector port="8443" keystoreFile="conf/k.jks" keystorePass="{pw}" clientAuth="false"/>
<Certificate certificateKeystorePassword="{pw}" type="RSA"/>
<Connector truststorePass="{pw}" keyAlias="x" keyPass="{pw}"/>
<user username="joe" password="{pw}" roles="manager-gui"/>
<Realm className="x.JNDIRealm" connectionName="cn=a" connectionPassword="{pw}"/>
<bean id="x" class="y" p:username="joe" p:password="{pw}"/>
<server><id>n</id><username>joe</username><password>{{{b64:44}}}</password></server>
<security:user name="joe" password="{{noop}}{pw}" authorities="A"/>
spring.datasource.password={pw}
spring.mail.password: {pwl}
spring.security.user.password={pwn}
server.ssl.key-store-password={pw}
server.ssl.key-password: {pwl}
spring.redis.password={pws}
spring.cloud.config.password={pw}
spring.datasource.hikari.password={pws}
javax.net.ssl.keyStorePassword={pwl}
-Djavax.net.ssl.trustStorePassword={pw} -Dx=y
quarkus.mailer.password={pw}
micronaut.security.token.jwt.signatures.secret.generator.secret={pw}
management.metrics.export.datadog.api-key={hex:32}
logging.config=x⏎jwt.secret={b64u:43}
"Env": ["PATH=/bin", "SMTP_PASSWORD={pw}", "TZ=UTC"]
            "MYSQL_ROOT_PASSWORD={pws}",
"Cmd": ["app", "--password", "{pw}"]
"Args": ["--smtp-pass={pw}", "-v"]
"Entrypoint": ["sh", "-c", "app -p x --api-key {hex:32}"]
docker run -e SMTP_PASSWORD={pw} -e TZ=UTC app
docker service create --secret x --env DB_PASS={pw} img
Environment="SMTP_USER=joe" "SMTP_PASS={pw}"
Environment=SMTP_PASSWORD={pws}
Environment='TOKEN={b64u:32}'
ExecStart=/usr/bin/app --smtp-password {pw} --port 25
SetCredential=smtp:{pw}
    environment:⏎      - SMTP_PASSWORD={pw}
    environment:⏎      SMTP_PASSWORD: {pw}
proxy_set_header Authorization "Basic {b64:24}";
fastcgi_param SMTP_PASSWORD {pw};
auth_basic_user_file x;⏎joe:$apr1${crypt:8}${crypt:22}
joe:{{PLAIN}}{pw}
ssl_password_file x;⏎set $secret "{pw}";
secure_link_md5 "$uri {pw}";
SetEnv SMTP_PASSWORD {pw}
RequestHeader set Authorization "Basic {b64:24}"
AuthLDAPBindPassword "{pw}"
AuthLDAPBindPassword {pw}
curl -H 'Authorization: Basic {b64:24}' https://h
curl -H "X-Auth-Token:{hex:32}" https://h
curl -d '{{"username":"joe","password":"{pw}"}}' https://h/login
curl -d "username=joe&password={pw}" https://h/login
curl --data-urlencode 'passwd={pw}' https://h
curl -F password={pw} https://h
curl -ujoe:{pw} https://h
curl --url smtp://h:587 --user 'joe@x.example:{pw}' --mail-from x
curl -x http://joe:{pw}@192.0.2.8:3128 https://h
curl --proxy-user joe:{pw} https://h
curl -b "session={b64u:40}" https://h
http_proxy=http://joe:{pw}@proxy.example:3128/
HTTPS_PROXY="http://joe:{pw}@proxy.example:3128"
-Dhttp.proxyPassword={pw} -Dhttp.proxyHost=h
Acquire::http::Proxy "http://joe:{pw}@proxy.example:3128";
proxy=http://proxy.example:3128⏎proxy_password={pw}
git clone https://joe:{pw}@git.example/x.git
git clone https://oauth2:{a:26}@git.example/x.git
pip install --index-url https://joe:{pw}@pypi.example/simple x
npm config set //registry.example/:_authToken={hex:36}
machine api.example⏎  login joe⏎  password {pws}
openssl enc -aes-256-cbc -k {pw} -in x
openssl pkcs12 -in x.p12 -passin pass:{pws} -nodes
openssl pkcs12 -in x.p12 -password pass:{pw}
keytool -importcert -keystore k -storepass {pws} -noprompt
keytool -genkeypair -keypass '{pw}' -storepass '{pw}'
keytool -importkeystore -srcstorepass {pw} -deststorepass {pw}
zip -P {pw} x.zip y
unzip -P {pw} x.zip
7z x -p{pw} x.7z
gpg --batch --passphrase {pw} -d x.gpg
gpg --passphrase "{pw}" -c x
cryptsetup luksOpen --key-file=- x <<< "{pw}"
expect -c 'send "{pw}\r"'
sudo -S <<< '{pw}' id
echo "{pw}" | passwd --stdin joe
usermod -p '$6${b64s:8}${crypt:86}' joe
psql "host=h user=joe password={pw} dbname=x"
psql postgresql://joe:{pw}@h/x
pg_dump --dbname=postgresql://joe:{pws}@h:5432/x
cqlsh -u joe -p {pw} h
influx -username joe -password {pw}
mongodump --uri "mongodb://joe:{pw}@h/x"
mongodump --username joe --password {pw}
mosquitto_pub -u joe -P {pw} -t x
rsync --password-file=x⏎RSYNC_PASSWORD={pw}
ldapmodify -D cn=admin -w '{pws}' -f x
kinit joe <<< {pw}
wmic /user:joe /password:{pw} os get
psexec \\h -u joe -p {pw} cmd
runas⏎ConvertTo-SecureString "{pw}" -AsPlainText -Force
$cred = New-Object PSCredential("joe", (ConvertTo-SecureString '{pw}' -AsPlainText -Force))
Send-MailMessage -Credential (New-Object x("joe","{pw}"))
cmdkey /add:h /user:joe /pass:{pw}
schtasks /create /ru joe /rp {pw} /tn x
smtp.auth.user=joe⏎smtp.auth.pass={pwl}
msmtp: password {pw}
passwordeval "echo {pw}"
mail.smtps.password = {pws}
relayhost [smtp.example]:587⏎smtp.example:587 joe:{pw}
[email-smtp.us-east-1.amazonaws.com]:587 AKIAIOSFODNN7EXAMPLE:B{b64i:43}
[smtp.example]:587 joe@x.example:{pw}
AuthInfo:smtp.example "U:joe" "I:joe" "P:{pw}" "M:PLAIN"
AuthUser=joe⏎AuthPass={pw}
client_send = : joe : {pw}
smtp.example:joe@x.example:{pw}
set smtp_pass = "{pw}"
set smtp_url="smtp://joe:{pw}@h:587/"
set imap_pass={pw}
account x⏎user joe⏎password {pwl}
slack_api_url: https://hooks.slack.com/services/T{A:8}/B{A:8}/{a:24}
smtp_auth_password: {pw}
smtp_auth_secret: '{pw}'
auth_password: "{pwl}"
admin_password = {pwl}
basic_auth:⏎  username: joe⏎  password: {pw}
basicAuthPassword: {pw}
password_hash: {hex:64}
passwordHash={b64:44}
"passwordSalt":"{b64:24}"
pw_hash = {hex:40}
ADMIN_PASS={pws}
ROOT_PW="{pw}"
DJANGO_SECRET_KEY='{pws}{pws}'
SECRET_KEY_BASE={hex:128}
APP_KEY=base64:{b64:44}
NEXTAUTH_SECRET={b64:44}
JWT_SECRET="{pwl}"
ENCRYPTION_KEY={hex:64}
DATABASE_URL=postgres://joe:{pw}@db/x
SENTRY_DSN=https://{hex:32}:{hex:32}@sentry.example/1
REDIS_URL=rediss://default:{pws}@h:6379
CELERY_BROKER_URL=amqp://joe:{pw}@mq//
ELASTIC_PASSWORD={pw}
AZURE_CLIENT_SECRET={a:3}8Q~{a:34}
GOOGLE_CLIENT_SECRET=GOCSPX-{a:28}
GH_TOKEN=ghp_{a:36}
cisco_client_secret={hex:40}
"userPassword":: {b64:32}
userPassword: {pw}
userPassword:: e1NTSEF9{b64:40}
unicodePwd:: {b64:40}
sambaNTPassword: {HEX:32}
krbPrincipalKey:: {b64:80}
joe:1001:{HEX:32}:{HEX:32}:[U          ]:LCT-5F000000:
dn: cn=x⏎olcRootPW: {pw}
Cleartext-Password := "{pw}"
joe  Cleartext-Password := "{pw}"
client 192.0.2.1 {{⏎  secret = {pw}⏎}}
User-Password = "{pw}"
MS-CHAP2-Response = 0x{hex:100}
NT-Password = 0x{hex:32}
CHAP-Password = 0x{hex:34}
TACACS+ shared secret: {pw}
"joe" * "{pw}" *
joe	*	{pw}	*
login: joe⏎Password: {pw}⏎Last login: today
joe@h's password: {pw}
Enter PEM pass phrase: {pw}
Enter keystore password:  {pw}
Enter passphrase for key '/x/id_rsa': {pw}
[sudo] password for joe: {pw}
SMTP password [hidden]: {pw}
Anna: das Passwort ist {pw}
Anna: Das neue Kennwort lautet: {pw}
Bernd: Passwort für den Relay: {pw}
Kannst du es mit {pw} probieren? Das ist das Passwort
Zugangsdaten: joe / {pw}
Login: joe, PW: {pw}
user/pass: joe/{pw}
Benutzer: joe⏎Passwort: {pwl}
Anmeldung mit joe und Kennwort "{pwl}"
le mot de passe est {pw}
Voici le mot de passe du relais : {pw}
Mot de passe SMTP = {pw}
mdp: {pwl}
identifiants : joe / {pw}
la contraseña del usuario es {pw}
La clave del servidor es: {pw}
usuario: joe contraseña: {pwl}
la password del server è {pw}
nome utente: joe, password: {pwl}
a senha do servidor é {pw}
usuário: joe senha: {pwl}
het wachtwoord is {pw}
wachtwoord: {pw}
hasło: {pw}
пароль: {pw}
пароль для сервера: {pw}
şifre: {pw}
lösenord: {pw}
heslo: {pw}
パスワードは {pw} です
SMTPのパスワードは「{pw}」でお願いします
ログインパスワード：{pwl}
ユーザー名: joe パスワード: {pw}
비밀번호는 {pw} 입니다
SMTP 비밀번호: {pw}
암호는 "{pw}"입니다
密码是 {pw}
SMTP密码：{pw}
服务器的密码为{pw}
用户名：joe 密码：{pw}
口令为：{pw}
密碼: {pw}
please use {pw} as password
use password {pw} for user joe
pw is {pw}
pass is {pw} btw
my pwd: {pw}
creds: joe / {pw}
creds joe:{pw}
username: joe password: {pwl}
user joe password {pw}
login joe / {pw}
SMTP_USERNAME=joe;SMTP_PASSWORD={pws};PORT=25
{{"smtpUser":"joe","smtpPass":"{pws}"}}
{{"type":"password","temporary":false,"value":"{pw}"}}
{{"field":"password","old":"{pw}","new":"{pw}"}}
{{"key":"smtp.password","oldValue":"{pw}","newValue":"{pw}"}}
{{"label":"Password","text":"{pw}"}}
{{"id":"password","value":"{pwl}"}}
[{{"Key":"DB_PASSWORD","Value":"{pw}"}}]
{{"OutputKey":"Password","OutputValue":"{pw}"}}
{{"ParameterKey":"SmtpPassword","ParameterValue":"{pw}"}}
{{"Name":"/app/smtp/password","Type":"SecureString","Value":"{pw}"}}
{{"SecretString":"{{\"password\":\"{pw}\"}}"}}
{{"access_token":"{b64u:60}","expires_in":3600}}
{{"refresh_token":"{b64u:40}"}}
{{"id_token":"{b64u:80}"}}
{{"client_id":"x","client_secret":"{b64u:40}"}}
{{"private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64i:60}\n-----END PRIVATE KEY-----\n"}}
{{"otp":"48{dig:4}"}}
{{"pin":"48{dig:4}"}}
grant_type=password&username=joe&password={pw}&scope=x
grant_type=client_credentials&client_id=x&client_secret={b64u:40}
grant_type=refresh_token&refresh_token={b64u:40}
POST /login username=joe&passwd={pw}
j_username=joe&j_password={pw}
SAMLResponse={b64:200}
GET /api?apikey={hex:32} HTTP/1.1
GET /x?password={pw} HTTP/1.1
GET /reset/{b64u:43}?token={b64u:32}
Referer: https://h/x?auth_token={hex:40}
Set-Cookie: PHPSESSID={b32l:26}; path=/
Set-Cookie: XSRF-TOKEN={b64u:60}; Path=/
Cookie: JSESSIONID={HEX:32}
sid={b64u:32}
APIC-Cookie={b64:80}
WSSE UsernameToken Username="joe", PasswordDigest="{b64:28}", Nonce="x"
<Password Type="PasswordText">{pwl}</Password>
<wsse:BinarySecurityToken>{b64:120}</wsse:BinarySecurityToken>
<ns:secret xmlns:ns="x">{pw}</ns:secret>
<setting name="SmtpPassword" serializeAs="String"><value>{pw}</value></setting>
<add name="x" connectionString="Data Source=h;User ID=joe;Password={pw}"/>
<network host="h" password="{pw}" userName="joe"/>
<identity impersonate="true" userName="d\joe" password="{pw}"/>
<Data Name="Password">{pw}</Data>
<cli:password>{pw}</cli:password>
<jdbc password='{pw}' user='joe'/>
<option name="password" value="{pwl}" />
INSERT INTO smtp VALUES ('h', 587, 'joe', '{pw}') -- host, port, user, password
UPDATE config SET value='{pw}' WHERE name='smtp_password'
SELECT * FROM u WHERE login='joe' AND password='{pw}'
CREATE LOGIN joe WITH PASSWORD = '{pw}'
CREATE ROLE joe LOGIN ENCRYPTED PASSWORD 'md5{hex:32}'
CHANGE MASTER TO MASTER_USER='joe', MASTER_PASSWORD='{pw}'
ALTER USER 'joe'@'%' IDENTIFIED WITH caching_sha2_password BY '{pw}'
| smtp_password | {pw} |
| name | value |⏎| smtp_password | {pw} |
smtp_password	{pw}
smtp_password   {pw}
Password ......... {pw}
Password.............: {pw}
Password    : {pw}
PASSWORD:[{pw}]
Password=[{pw}]
password => {pws}
password -> {pw}
password is set to {pw}
password set to: {pw}
setting password to "{pw}"
changed password from "{pw}" to "{pw}"
old password: {pw}, new password: {pw}
invalid password '{pw}' for user joe
wrong password "{pw}"
password '{pw}' does not match
auth failed for joe:{pw}
Authenticating as joe with password {pw}
logging in with joe and {pw} as password
sent password {pw}
+ SMTP_PASSWORD={pw}
++ password={pws}
+ curl -u joe:{pw} https://h
+ export TOKEN={b64u:40}
declare -x SMTP_PASSWORD="{pws}"
SMTP_PASSWORD="{pws}"; export SMTP_PASSWORD
setx SMTP_PASSWORD {pw}
ps: app --db-pass {pw} --port 25
joe  1234 0.0 java -Dpw={pw} -Dsmtp.pass={pwl} -jar x.jar
Properties{{smtp.password={pw}, smtp.port=25}}
{{smtp.host=h, smtp.password={pws}, smtp.port=25}}
Map(password -> {pw}, port -> 25)
SmtpConfig(host=h, password=Some({pw}), port=25)
SmtpConfig(host: h, password: Optional[{pw}])
#<Smtp password: "{pw}", port: 25>
&{{Host:h Password:{pw} Port:25}}
Smtp {{ password: Some("{pw}"), port: 25 }}
password=>"{pw}", user=>"joe"
[password] => {pw}
'password' => '{pws}',
["password"]=>⏎  string(12) "{pw}"
s:8:"password";s:12:"{pw}";
password = b'{pw}'
password=u'{pw}'
password=bytearray(b'{pw}')
repr: Auth(user='joe', pwd='{pw}')
uci set wireless.@wifi-iface[0].key='{pw}'
option key '{pw}'
option password '{pwl}'
/ppp secret add name=joe password={pw} service=any
/user set admin password="{pw}"
edit-config <shared-secret>{pw}</shared-secret>
radius scheme s⏎ key authentication cipher {b64:32}
local-user joe password irreversible-cipher {b64:44}
local-user joe⏎ password simple {pw}
set authentication-key cipher %^%#{a:24}%^%#
super password level 3 cipher {a:24}
ip authentication-key-chain k⏎snmp-agent community write cipher {a:24}
snmp-agent usm-user v3 joe authentication-mode sha {pw}
config wlan security wpa akm psk set-key ascii {pw} 1
aaa authentication secret {pw}
crypto ikev2 keyring k⏎ peer p⏎  pre-shared-key local {pw}
username joe password sha512 $sha512${dig:6}${b64:22}${b64:44}
vpn ipsec site-to-site peer x authentication pre-shared-secret '{pw}'
config system admin⏎ edit joe⏎  set password ENC {b64:40}
auth-user-pass⏎joe⏎{pw}
<ca-password value='{pw}'/>
EncryptedPassword={b64:44}
stash.jdbc.password={pw}
hibernate.connection.password {pw}
<property name="hibernate.connection.password">{pwl}</property>
javax.persistence.jdbc.password={pwl}
elasticsearch.password: "{pw}"
xpack.security.transport.ssl.keystore.secure_password: {pw}
sasl.jaas.config=org.x.PlainLoginModule required username="joe" password="{pw}";
ssl.truststore.password={pw}
KAFKA_OPTS="-Dsecret={pw}"
requirepass {pw}
masterauth {pw}
AUTH {pw}⏎+OK
user default on >{pw} ~* +@all
ldap_default_authtok = {pw}
ldap_bind_pw={pw}
bind_pw: {pwl}
krb5_password={pw}
PasswordAuthentication=x⏎SSH_PASS={pw}
wpa-psk {pw}
GF_SECURITY_ADMIN_PASSWORD: {pwl}
admin_token = {hex:40}
VAULT_TOKEN=s.{a:24}
DOCKER_AUTH_CONFIG={{"auths":{{"r.example":{{"auth":"{b64:32}"}}}}}}
"SmtpSettings": {{ "User": "joe", "Pass": "{pw}" }}
ConnectionStrings__Default="Server=h;User=joe;Password={pw}"
DefaultEndpointsProtocol=https;AccountName=x;AccountKey={b64:88}
https://x.blob.core.windows.net/c?sv=2020&sig={b64u:43}%3D
gpgkey passphrase: {pw}
Passphrase (hidden): {pw}
pwd={pw}&login=joe
txtPassword={pw}&btn=Login
loginfmt=joe&passwd={pw}
password[]={pw}
"password_confirmation"=>"{pw}"
Parameters: {{"user"=>{{"email"=>"x", "password"=>"{pw}"}}}}
binding parameter [2] as [VARCHAR] - password = [{pw}]
request body: {{"newPassword":"{pw}","oldPassword":"{pwl}"}}
<soap:Body><Login><user>joe</user><pass>{pw}</pass></Login></soap:Body>
Basic {b64:24}
WWW: token="{b64u:40}"
x-amz-security-token: {b64:200}
X-Goog-Signature={hex:128}
oauth_token_secret="{a:40}"
sms code 48{dig:4}
Ihr Einmalkennwort: 48{dig:4}
root password is: {pw}
initial password: {pwl}
temporary password = {pw}
A temporary password is generated for root@localhost: {pw}
Generated password for user elastic: {pw}
generated password: {pw}
Using generated security password: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}
new API key created: {a:32}
your token is {a:32}
Bitte Kennwort {pw} verwenden
das PW lautet {pw}
PW: {pwl}
Passwort geändert auf {pw}
le nouveau mot de passe : {pw}
nueva contraseña: {pwl}
新密码：{pw}
新しいパスワード: {pwl}
새 비밀번호: {pw}
密码 {pw}
login with joe/{pw}
joe:{pw}@h
net::smtp.start('h', 25, 'x', 'joe', '{pw}', :login)
nodemailer.createTransport({{ auth: {{ user: 'joe', pass: '{pw}' }} }})
$smtp->auth('joe', '{pw}');
s.starttls(); s.login(USER, '{pw}')
New-PSDrive -Credential joe -Password {pw}
@{{Password='{pw}'; User='joe'}}
Set-ADAccountPassword -NewPassword (ConvertTo-SecureString "{pw}" -AsPlainText)
"""
