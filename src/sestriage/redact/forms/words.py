"""The words by which people and programs name a secret, in nine languages, and the values that are none."""

from __future__ import annotations

import html
import itertools
import re
import urllib.parse
from collections.abc import Iterator

from sestriage.redact.forms.gate import Words
from sestriage.redact.forms.windows import line_windows

_STRONG: tuple[str, ...] = (
    # English, and what programs make of it
    *(
        "password",
        "passwd",
        "passphrase",
        "pass phrase",
        "passcode",
        "passwrd",
        "pwd",
        "secret",
        "storepass",
        "keypass",
        "bindpw",
    ),
    *("authtok", "rootpw", "userpw", "adminpw", "credential", "apikey", "api_key", "api-key", "api.key", "accesskey"),
    *("access_key", "access-key", "secretkey", "privatekey", "private_key", "private-key", "authkey", "auth_key"),
    *("auth-key", "sharedkey", "shared_key", "shared-key", "shared key", "presharedkey", "pre-shared-key"),
    *("pre_shared_key", "signingkey", "signing_key", "signing-key", "encryptionkey", "encryption_key"),
    *("encryption-key", "masterkey", "master_key", "master-key", "accountkey", "account_key", "account-key"),
    *("storagekey", "storage_key", "subscription-key", "subscription_key", "subscriptionkey", "functions-key"),
    *("deploykey", "sessionkey", "session_key", "session-key", "hmackey", "hmac_key", "hmac-key", "webhook_key"),
    *("jsessionid", "phpsessid", "sessionid", "session_id", "session-id", "sessid", "csrf", "xsrf"),
    *("authtoken", "auth_token", "auth-token", "accesstoken", "access_token", "access-token", "refreshtoken"),
    *("refresh_token", "refresh-token", "idtoken", "id_token", "sessiontoken", "session_token", "session-token"),
    *("bearertoken", "bearer_token", "bottoken", "bot_token", "bot-token", "apitoken", "api_token", "api-token"),
    *("security_token", "security-token", "securitytoken", "x-auth-token", "x-vault-token", "authenticity_token"),
    *("connect.sid", "recovery code", "recovery_code", "recoverycode", "backup code", "backup_code", "otp_code"),
    *("otpcode", "totp", "seed phrase", "seed_phrase", "mnemonic", "x-amz-signature", "authpass", "privpass"),
    *("auth-pass", "auth_pass", "dbpass", "db_pass", "db-pass", "userpass", "user_pass", "smtp_pass", "smtp-pass"),
    *("smtppass", "mailpass", "mail_pass", "wpa_psk", "sas_key", "saskey", "sharedaccesskey", "sharedsecret"),
    *("consumer_key", "consumerkey", "license_key", "licensekey", "license-key"),
    # German
    *("passwort", "passwörter", "kennwort", "kennwörter", "geheimnis", "losungswort", "geheimzahl", "zugangscode"),
    *("zugangsschlüssel", "zugangsschluessel", "geheimschlüssel", "geheimschluessel", "geheimer schlüssel"),
    *("privater schlüssel", "zugriffstoken", "zugriffsschlüssel", "zugriffsschluessel", "api-schlüssel"),
    # French
    *("mot de passe", "mot_de_passe", "mot-de-passe", "motdepasse", "mdp", "phrase secrète", "phrase de passe"),
    *("code secret", "clé secrète", "cle_secrete", "clé privée", "clé d'api", "clé d'accès", "jeton d'accès"),
    # Spanish
    *("contraseña", "contrasena", "contrasenia", "clave secreta", "clave_secreta", "clave de acceso", "clave_acceso"),
    *("clave privada", "frase de contraseña", "secreto", "código secreto", "token de acceso"),
    # Italian
    *("parola d'ordine", "parola chiave", "parola_chiave", "parola d’ordine", "chiave segreta", "chiave_segreta"),
    *("chiave privata", "codice segreto", "segreto", "frase segreta"),
    # Portuguese
    *("senha", "palavra-passe", "palavra passe", "palavra_passe", "chave secreta", "chave_secreta", "segredo"),
    *("chave de acesso", "chave privada", "frase secreta"),
    # other languages of Europe
    *("wachtwoord", "lösenord", "passord", "adgangskode", "salasana", "hasło", "heslo", "jelszó", "şifre", "parolă"),
    *("пароль", "пароля", "паролем", "кодовое слово", "κωδικός πρόσβασης"),
    # Japanese, Korean, Chinese
    *(
        "パスワード",
        "暗証番号",
        "秘密鍵",
        "シークレット",
        "パスフレーズ",
        "パスコード",
        "合言葉",
        "アクセスキー",
        "トークン",
    ),
    *("비밀번호", "암호", "패스워드", "비밀키", "비밀 키", "시크릿", "비번", "액세스 키", "토큰"),
    *("密码", "密碼", "口令", "密钥", "密鑰", "私钥", "私鑰", "令牌", "权杖", "通行码", "暗号", "秘钥"),
)
STRONG: tuple[str, ...] = tuple(
    dict.fromkeys(word.replace(" ", joint) for word in _STRONG for joint in (" ", "_", "-", ""))
)
"""Whatever stands for the value of a key with one of these is a secret. Lower case."""

WEAK: tuple[str, ...] = (
    *("pass", "pw", "token", "key", "pin", "otp", "psk", "cookie", "sig", "signature", "auth", "community", "sid"),
    *("clave", "llave", "clé", "chiave", "chave", "schlüssel", "schluessel", "jeton", "losung", "code", "ticket"),
)
"""Whole words of a key whose value is a secret when it looks like one. Lower case."""


def trie(words: tuple[str, ...]) -> str:
    """A pattern for any of the words, the longest first, that looks at no letter twice: there are hundreds of them."""
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[:1], []).append(word[1:])
    rest = [re.escape(first) + trie(tuple(ends)) for first, ends in sorted(by_first.items()) if first]
    if not rest:
        return ""
    pattern = rest[0] if len(rest) == 1 and "" not in by_first else f"(?:{'|'.join(rest)})"
    return f"{pattern}?+" if "" in by_first else pattern


CORES: tuple[str, ...] = (
    *("pass", "pwd", "pw", "secret", "key", "token", "pin", "otp", "psk", "cookie", "sig", "auth", "community", "sid"),
    *("sess", "cred", "csrf", "xsrf", "code", "ticket", "seed", "mnemonic", "phrase", "losung", "kenn", "geheim"),
    *(
        "schl",
        "mdp",
        "mot",
        "jeton",
        "cle",
        "clave",
        "llave",
        "contrase",
        "secreto",
        "chiave",
        "segre",
        "parola",
        "frase",
    ),
    *("chave", "palavra", "senha", "zugang", "zugriff", "wachtwoord", "adgangskode", "salasana", "heslo"),
)
"""Every word of ASCII letters holds one of these, and most of the others do."""
OTHER_CORES: tuple[str, ...] = tuple(dict.fromkeys(word for word in (*STRONG, *WEAK) if not word.isascii()))
_CORES = Words((*CORES, *OTHER_CORES))


def key_windows(text: str, lowered: str) -> Iterator[tuple[int, int]]:
    """The lines in which a key may stand."""
    return line_windows(text, lowered, _CORES.present(lowered))


HINT = re.compile(trie((*STRONG, *WEAK)))
"""Any of the words, in a text in lower case."""

SAYS_SOMETHING_ABOUT = re.compile(
    r"(?:file|path|name|ref|type|len|length|count|counter|age|expir\w*|min|max|minimum|maximum|field|hint|label|prompt"
    r"|url|uri|endpoint|class|encoder|decoder|provider|manager|factory|reset|change|changed|required|enabled|disabled"
    r"|valid\w*|attempts?|size|ttl|time|timeout|algorithm|protect\w*|less|mode|encryption|error|exception|status|state"
    r"|policy|policies|rotation|strength|source|store|location|version|format|alias|rules?|history|prefix|suffix|env"
    r"|usage|exchange|agreement|identifier|cipher|digest|kind|index|set|not|is|was|has|update\w*|service|util\w*"
    r"|request\w*|response|generat\w*|filter|handler|parser|environment|support|based|auth|authentication|callback|lifetime)"
)
"""The rest of a key (`passwordPolicy`, `secret-name`) that makes it one about the secret. Lower case, one part."""

HARMLESS = re.compile(
    r"(?i:null|nil|none|true|false|yes|no|on|off|changeit|env|file|stdin|env:\w*|file:\S*|not set)"
    r"|(?i:[\[(](?:protected|hidden|redacted|masked|suppressed|removed|filtered|secret|sanitized|omitted|empty)[\])]?)"
    r"|\(?(?:known|sensitive)(?: (?:after apply|value))?\)?|(?:var|local|data|module|each|self)\.[A-Za-z_][\w.\[\]\"'-]*"  # noqa: E501
    r"|[\w.-]+:/[\w./-]+|[*•.xX_?-]+|\$\{?[A-Z_][A-Z0-9_]*\}?|\$\(.*|%[sdv]|\{\{[^{}]{0,80}\}{0,2}|\$\{[^{}]{0,80}\}?"
    r"|<(?:secret|access-key|private-key|(?:address|ip|host|account|name|user)-\d+)>?"
    r"|<(?:(?:your|smtp|the|my|enter)?[ _-]?(?:password|secret|token|key)(?:[ _-]here)?|non-null|null|hidden)>?"
)
"""What is no secret: a placeholder, a variable, a word that says something about the password, the JDK's default."""


_FRAME = re.compile(r"(?<!\\)\\++[\"'nrt]|\x1b\[|[\"']\}")
"""What ends a value inside a record, or a coloured one."""


def _plain(value: str) -> str:
    """The value as it reads, without what belongs to what it is written in."""
    value = _FRAME.split(value, maxsplit=1)[0].rstrip("\\")
    if "%" in value:
        value = urllib.parse.unquote(value)
    return html.unescape(value) if "&" in value else value


_STATES = re.compile(
    r"(?i:required|unset|empty|hidden|suppressed|incorrect|wrong|invalid|missing|expired|failed|not|is|was|has|must|for|the"
    r"|set|changed|reset|policy|encryption|minimum-length|min-length|history|aging|recovery|ok|enabled|disabled|accepted"
    r"|rejected|falsch|abgelaufen|ungültig|fehlt|leer|correct|mismatch|prompt|needed|and|or|in|of|with|to)[.,:;!?]?"
)
"""Words behind `password ` with which a sentence goes on."""


def is_state(value: str) -> bool:
    """The word tells how it is with the secret: `password expired`."""
    return _STATES.fullmatch(value) is not None


def is_harmless(value: str) -> bool:
    """The value of a secret's key gives nothing away."""
    bare = _plain(value).strip(" \t\r\n\"'.,;")
    if len(bare) <= 3 and not any(c.isalnum() for c in bare):
        return True
    return not bare or HARMLESS.fullmatch(bare) is not None or HARMLESS.fullmatch(bare.strip("()[]")) is not None


_SENTENCE = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{1,20}(?: [A-Za-zÄÖÜäöüß]{1,24},?){3}(?=[ .,!?])")


def is_sentence(text: str, start: int) -> bool:
    """A new sentence begins here: `Benutzername und Passwort: Stammt dieses Log aus …`."""
    return _SENTENCE.match(text, start) is not None


_LOOKS = re.compile(r"[!-~]{6,}")
_PLAIN = re.compile(
    r"[A-Za-z]+[.,:;!?]?|[A-Z]?[a-z]+(?:[A-Z][a-z]+)+|[a-z]+(?:[-_./][a-z]+)+|[A-Z]+(?:[_-][A-Z]+)+|[\d.,:/-]+(?:ms|s|%)?"
    r"|/.*|\w+\([^()]*\)|\w++(?:\.\w++)++\(?.*|[A-Z][\w-]*\.?"
)


def looks_made(value: str) -> bool:
    """The value may have been made as a secret: no plain word, number, path, call or name of a class."""
    value = _plain(value).strip("'\"")
    if not _LOOKS.fullmatch(value) or (_PLAIN.fullmatch(value) and not _mixed(value)):
        return False
    return any(c.isdigit() for c in value) or any(c in "!@#$^&*+=~|" for c in value)


def _mixed(value: str) -> bool:
    """Capitals, small letters and digits turn about: `Xk3qP9tL`."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in value if c.isalnum()]
    turns = sum(one != other for one, other in itertools.pairwise(kinds))
    return len(value) >= 8 and "d" in kinds[:-3] and turns >= 3 and not {"/", "(", "."} & set(value)


_REST = re.compile(r"[\w.-]{0,40}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def says_something_about(text: str, start: int, end: int) -> bool:
    """The key that stands in this part of the text goes on after its word: `passwordPolicy`."""
    word = HINT.search(text[start:end].lower())
    if word and text[max(0, start + word.start() - 8) : start + word.start()].lower() == "existing":
        return True  # the name of an object of Kubernetes that holds it
    rest = _REST.match(text, start + word.end(), end) if word else None
    return rest is not None and any(SAYS_SOMETHING_ABOUT.fullmatch(part.lower()) for part in _PART.findall(rest[0]))
