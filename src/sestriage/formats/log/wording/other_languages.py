"""Messages of the system in other languages, and text that was read in a wrong encoding.

Java prints what the system says of a socket as it is said there, in the language of the process; newer releases put the
English words behind it (`Verbindungsaufbau abgelehnt (Connection refused)`). The same is done here, so that every rule
meets the words it knows.

Ground: the catalogues of glibc 2.36 (`libc.mo`), Windows' messages of sockets and of .NET (`FormatMessage`), and public
reports for Java's own words, which people translate by machine.
"""

from __future__ import annotations

import re
from typing import Final

_REFUSED: Final = (
    *("Verbindungsaufbau abgelehnt", "Connexion refusée", "Conexión rehusada", "Conexión rechazada"),
    *("Conexão recusada", "Ligação recusada", "Connessione rifiutata", "Verbinding is geweigerd"),
    *("Połączenie odrzucone", "Spojení odmítnuto", "Förbindelsen förvägrad", "В соединении отказано"),
    *("Соединение отклонено", "Отказано свързване", "Връзката е отказана", "У з'єднанні відмовлено"),
    *("Bağlantı reddedildi", "拒绝连接", "连接被拒绝", "连接被拒", "連線被拒絕", "拒絕連線"),
    *("接続を拒否されました", "接続が拒否されました", "연결이 거부됨", "연결이 거부되었습니다", "연결 거부"),
    *("da der Zielcomputer die Verbindung verweigerte", "l'ordinateur cible l'a expressément refusée"),
    *("el equipo de destino denegó expresamente dicha conexión", "a máquina de destino as recusou ativamente"),
    *("Rifiuto persistente del computer di destinazione", "конечный компьютер отверг запрос на подключение"),
    *(
        "由于目标计算机积极拒绝,无法连接",
        "因為目標電腦拒絕連線",
        "対象のコンピューターによって拒否されたため、接続できません",
    ),
    "대상 컴퓨터에서 연결을 거부했으므로 연결하지 못했습니다",
)
_TIMED_OUT: Final = (
    *("Die Wartezeit für die Verbindung ist abgelaufen", "Zeitüberschreitung der Verbindung"),
    *("Connexion terminée par expiration du délai d'attente", "Délai de connexion dépassé"),
    *("Expiró el tiempo de conexión", "Tiempo de conexión agotado", "Tempo esgotado para conexão", "Ligação expirada"),
    *("Connessione scaduta", "Verbinding is verlopen", "Przekroczony czas oczekiwania na połączenie"),
    *("Spojení bylo příliš dlouho neaktivní", "Förbindelsens tidsgräns löpte ut", "Время ожидания соединения истекло"),
    *("Превышено время ожидания соединения", "Времето за връзка изтече", "Перевищено інтервал очікування з'єднання"),
    *("Bağlantıda zaman aşımı", "连接超时", "連線超過時間", "連線逾時", "接続がタイムアウトしました", "연결 시간 초과"),
    *("연결 시간이 초과", "Просрочена мрежова операция"),
    "da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat",
    *("le parti connecté n'a pas répondu convenablement au-delà d'une certaine durée",),
    *("la parte conectada no respondió adecuadamente tras un periodo de tiempo",),
    *("a parte conectada não respondeu corretamente após um período de tempo",),
    *("连接方在一段时间后没有正确答复", "от другого компьютера за требуемое время не получен нужный отклик"),
    *(
        "接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかった",
        "연결된 구성원으로부터 응답이 없어 연결하지 못했거나",
    ),
)
_UNREACHABLE: Final = (
    *("Das Netzwerk ist nicht erreichbar", "Le réseau n'est pas accessible", "La red es inaccesible"),
    *("A rede está fora de alcance", "Rede inacessível", "La rete non è raggiungibile", "Netwerk is onbereikbaar"),
    *("Sieć jest niedostępna", "Síť není dostupná", "Nätverket kan inte nås", "Сеть недоступна", "网络不可达"),
    *("Мрежата е недостъпна", "Не вдалося отримати доступ до мережі", "Ağ erişilebilir durumda değil"),
    *(
        "無法接觸網路",
        "网络无法访问",
        "ネットワークに届きません",
        "ネットワークに到達できません",
        "네트워크가 접근 불가능합니다",
    ),
)
_NO_ROUTE: Final = (
    *("Keine Route zum Zielrechner", "Aucun chemin d'accès pour atteindre l'hôte cible", "Não há rota para o host"),
    *(
        "No existe ninguna ruta hasta el `host'",
        "No existe ninguna ruta hasta el 'host'",
        "No hay ninguna ruta hasta",
        "Sem caminho para o anfitrião",
    ),
    *("Nessun instradamento per l'host", "Geen route naar host", "Brak trasy do hosta", "K počítači neexistuje cesta"),
    *("Ingen väg till värd", "Нет маршрута до узла", "Няма маршрут до компютъра", "Немає маршруту до вузла"),
    *("Makinaya ağ üzerinden yol yok", "没有到主机的路由", "找不到通往該主機的路由路徑", "ホストへの経路がありません"),
    *("호스트로 갈 루트가 없음", "ホストに到達する経路がありません"),
)
_RESET: Final = (
    *("Die Verbindung wurde vom Kommunikationspartner zurückgesetzt", "Connexion ré-initialisée par le correspondant"),
    *("Connexion réinitialisée par le correspondant", "Conexión reinicializada por la máquina remota"),
    *("Conexão fechada pela outra ponta", "Ligação reposta pelo peer", "Connessione interrotta dal corrispondente"),
    *("Verbinding is weggevallen", "Połączenie zerwane przez drugą stronę", "Spojení zrušeno druhou stranou"),
    *("Förbindelse borttagen av partnern", "Соединение разорвано другой стороной", "Вузол розірвав з'єднання"),
    *("Едностранно прекъсване на връзката от отсрещната страна", "Bağlantı karşıdan kesildi", "连接被对方重设"),
    *("连接被对方重置", "連線被對方重設", "接続が相手からリセットされました", "상대편이 연결을 끊음"),
    *("연결이 상대편에 의해 재설정",),
)
_UNKNOWN_HOST: Final = (
    *("Der Name oder der Dienst ist nicht bekannt", "Nom ou service inconnu", "Nombre o servicio desconocido"),
    *("Nome ou serviço desconhecido", "Nome o servizio sconosciuto", "Naam of dienst is niet bekend"),
    *("Ta nazwa lub usługa jest nieznana", "Neznámé jméno nebo služba", "Namn eller tjänst okänd"),
    *("Неизвестное имя или служба", "Не е известно името на услугата", "Невідома назва чи сервіс"),
    *("İsim ya da servis bilinmiyor", "未知的名称或服务", "名稱或服務未知", "名前またはサービスが不明です"),
    *("이름 혹은 서비스를 알 수 없습니다", "Der angegebene Host ist unbekannt", "Es ist kein solcher Host bekannt"),
    *("Hôte inconnu", "Host desconocido", "Este host não é conhecido", "Этот хост неизвестен", "不知道这样的主机"),
    *("そのようなホストは不明です", "알려진 호스트가 없습니다"),
)
_DNS_FAILS: Final = (
    *("Temporärer Fehler bei der Namensauflösung", "Échec temporaire dans la résolution du nom"),
    *("Fallo temporal en la resolución del nombre", "Falha temporário na resolução de nome", "域名解析暂时失败"),
    *("Falha temporária na resolução de nome", "Errore temporaneo nella risoluzione del nome"),
    *("Tijdelijk probleem in naamsherleiding", "Odwzorowanie nazwy jest chwilowo niemożliwe"),
    *("Dočasná chyba při vyhodnocování jména", "Namnuppslagning misslyckades temporärt"),
    *("Временный сбой в разрешении имен", "Временен неуспех при определянето на име"),
    *("Тимчасова помилка розв'язання назв", "İsim çözünürlüğünde geçici başarısızlık"),
    *("解析名稱時發生暫時性錯誤", "名前解決に一時的に失敗しました", "name resolution에서 일시적인 실패"),
)
_NO_PATH: Final = (
    *("找不到请求目标的有效证书路径", "无法找到请求目标的有效证书路径", "无法找到到请求目标的有效证书路径"),
    *(
        "无法找到所请求目标的有效证书路径",
        "找不到所要求目標的有效憑證路徑",
        "要求されたターゲットへの有効な証明書パスが見つかりません",
    ),
    *("요청된 대상에 대한 유효한 인증 경로를 찾을 수 없습니다", "не удалось найти действительный путь сертификации"),
    *("не удается найти допустимый путь сертификации", "не удалось найти допустимый путь сертификации"),
    *(
        "no se puede encontrar una ruta de certificación válida",
        "no se pudo encontrar una ruta de certificación válida",
    ),
    *(
        "não foi possível encontrar um caminho de certificação válido",
        "não foi possível encontrar o caminho de certificação",
    ),
    *("impossible de trouver un chemin de certification valide", "не може да се намери валиден път за сертифициране"),
    *("не може да намери валиден път на сертифициране", "kein gültiger Zertifizierungspfad zum angeforderten Ziel"),
    "impossibile trovare un percorso di certificazione valido",
)
_INVALID_REMOTE: Final = (
    *("Das Remotezertifikat ist laut Validierungsverfahren ungültig", "根据验证过程,远程证书无效"),
    *("Le certificat distant n'est pas valide selon la procédure de validation",),
    *("El certificado remoto no es válido según el procedimiento de validación",),
    *("O certificado remoto é inválido, de acordo com o procedimento de validação",),
    *("Удаленный сертификат недействителен согласно результатам проверки подлинности",),
    *("検証プロシージャによると、リモート証明書は無効です", "유효성 검사 절차에 따르면 원격 인증서가 잘못되었습니다"),
    *("Il certificato remoto non è valido secondo la procedura di convalida",),
)
MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    "Connection refused": _REFUSED,
    "Connection timed out": _TIMED_OUT,
    "Network is unreachable": _UNREACHABLE,
    "No route to host": _NO_ROUTE,
    "Connection reset by peer": _RESET,
    "Name or service not known": _UNKNOWN_HOST,
    "Temporary failure in name resolution": _DNS_FAILS,
    "unable to find valid certification path to requested target": _NO_PATH,
    "The remote certificate is invalid according to the validation procedure": _INVALID_REMOTE,
}
"""English words to the same message in other languages."""

_PHRASES: Final = tuple((phrase.lower(), english) for english, phrases in MESSAGES.items() for phrase in phrases)
_ASCII_PHRASES: Final = tuple(pair for pair in _PHRASES if pair[0].isascii())
_LOST: Final = ("?", "\ufffd")
"""What stands in the place of a letter that could not be written."""
_MISREAD: Final = re.compile(r"[\u0080-\u00ff\u0152-\u0178\u02c6\u02dc\u2013-\u2122\u0400-\u04ff]{2}")
"""Two letters in a row that another encoding may have made of one."""


def _damaged() -> re.Pattern[str]:
    """The messages in Latin letters, with anything lost in the place of those outside ASCII."""
    groups = []
    for number, phrases in enumerate(MESSAGES.values()):
        torn = [phrase for phrase in phrases if not phrase.isascii() and max(phrase) < "\u0250"]
        groups.append(f"(?P<m{number}>{'|'.join(map(_with_gaps, torn)) or '(?!)'})")
    return re.compile("|".join(groups), re.IGNORECASE)


def _with_gaps(phrase: str) -> str:
    gap = f"[{''.join(map(re.escape, _LOST))}]{{1,2}}"
    return "".join(re.escape(char) if char.isascii() else gap for char in phrase)


_DAMAGED: Final = _damaged()
_BY_NUMBER: Final = {f"m{number}": english for number, english in enumerate(MESSAGES)}


def with_english(clean: str, raw: str) -> str:
    """A line, with the English words in brackets behind a message that the system gave in another language; the line
    itself where there is none, or they stand in it already. `clean`: normalised, `raw`: as it stands in the file."""
    if clean.startswith("\tat "):  # a frame of a stack trace, as most lines of an event are
        return clean
    lowered = clean.lower()
    for phrase, english in _ASCII_PHRASES if clean.isascii() else _PHRASES:
        at = lowered.find(phrase)
        if at >= 0:
            end = at + len(phrase) if len(lowered) == len(clean) else len(clean)
            return clean if english in clean else f"{clean[:end]} ({english}){clean[end:]}"
    if any(mark in clean for mark in _LOST) and (match := _DAMAGED.search(clean)):
        return f"{clean[: match.end()]} ({_BY_NUMBER[match.lastgroup or '']}){clean[match.end() :]}"
    return clean if clean.isascii() else _of_misread(clean, raw)


def _of_misread(clean: str, raw: str) -> str:
    """The line with the English words behind it, if it holds a message that was read in a wrong encoding."""
    for meant in _as_meant(raw):
        lowered = meant.lower()
        for phrase, english in _PHRASES:
            if phrase in lowered and not phrase.isascii():
                return f"{clean} ({english})"
    return clean


_READ_AS: Final = ("cp1252", "latin-1", "cp1251")
_WRITTEN_IN: Final = ("utf-8", "gb18030", "big5", "cp932", "euc-jp", "euc-kr", "cp1251", "koi8-r", "cp1252")


def _as_meant(text: str) -> list[str]:
    """What the line may have been before it was read in a wrong encoding."""
    if _MISREAD.search(text) is None:
        return []
    meant: list[str] = []
    for wrong in _READ_AS:
        raw = _bytes(text, wrong)
        if raw is None:
            continue
        for right in _WRITTEN_IN:
            if right != wrong:
                meant.append(raw.decode(right, "replace"))
    return meant


_UNDEFINED: Final = {code: bytes([code]) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x98)}
"""What cp1252 and cp1251 leave undefined, and programs pass through."""


def _bytes(text: str, encoding: str) -> bytes | None:
    """The bytes of a line that was read in an encoding; None where it cannot have been."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        pass
    parts: list[bytes] = []
    for char in text:
        try:
            parts.append(_UNDEFINED.get(ord(char)) or char.encode(encoding))
        except UnicodeEncodeError:
            if char != "\ufffd":
                return None
            parts.append(b"?")
    return b"".join(parts)
