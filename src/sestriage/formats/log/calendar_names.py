"""Names of months, days and levels as loggers, syslog daemons and journald write them in other languages.

Months and days: the locales of glibc (`LC_TIME`) and of the JDK (CLDR), full and short. Levels: the JDK's own
translations (`sun.util.logging.resources.logging_*.properties`).
"""

from __future__ import annotations

import re

_MONTH_WORDS: tuple[str, ...] = (
    "january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari stycznia sty января янв"
    " яну януари січ oca led"
    " ocak 一月",
    "february feb februar février févr fév febrero febbraio febr fevereiro fev februari lutego lut февраля фев"
    " февруари лют şub úno"
    " февр şubat 二月",
    "march mar märz mär mrz mars marzo março maart mrt marca марта мар март mart 三月 бер bře",
    "april apr avril avr abril abr aprile kwietnia kwi апреля апр nisan 四月 квіт nis dub",
    "may mai mayo maggio mag maio mei maja maj мая май mayıs 五月 трав kvě",
    "june jun juni juin junio giugno giu junho czerwca cze июня июн юни haziran 六月 черв haz čvn",
    "july jul juli juillet juil julio luglio lug julho lipca lip июля июл юли temmuz 七月 лип tem čvc",
    "august aug août aou aoû agosto ago augustus sierpnia sie августа авг ağustos 八月 серп ağu srp",
    "september sep sept septembre septiembre settembre set setembro września wrz сентября сен сент септ eylül"
    " 九月 септември вер eyl zář",
    "october oct oktober okt octobre octubre ottobre ott outubro out października paź октября окт ekim 十月"
    " октомври жовт eki říj",
    "november nov novembre noviembre novembro listopada lis ноября ноя нояб ноем kasım 十一月 ноември ное лист kas",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro december grudnia gru декабря дек"
    " декември груд ara pro"
    " aralık 十二月",
)  # fmt: skip
MONTHS: dict[str, int] = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
"""Names of months in lower case to their numbers."""

_DAYS: tuple[str, ...] = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues"),
    *("wed", "thu", "thur", "thurs", "fri", "sat", "sun", "montag", "dienstag", "mittwoch", "donnerstag"),
    *("freitag", "samstag", "sonntag", "mo", "di", "mi", "do", "fr", "sa", "so", "lundi", "mardi", "mercredi"),
    *("jeudi", "vendredi", "samedi", "dimanche", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lunes"),
    *("martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "mié", "jue", "vie", "sáb", "dom"),
    *("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "gio", "sab", "segunda"),
    *("terça", "quarta", "quinta", "sexta", "seg", "ter", "qua", "qui", "sex", "пн", "вт", "ср", "чт", "пт"),
    *("сб", "вс"),
)
_CJK_DAYS = r"(?:周|週|星期|礼拜)?[一二三四五六日天月火水木金土월화수목금토일](?:曜日|요일)?"

LOCAL_LEVELS: dict[str, str] = {
    **dict.fromkeys(
        ("SCHWERWIEGEND", "GRAVE", "GRAVES", "致命的", "重大", "严重", "嚴重", "심각", "ALLVARLIG"), "ERROR"
    ),
    **dict.fromkeys(
        ("WARNUNG", "AVERTISSEMENT", "ADVERTENCIA", "AVVERTENZA", "ADVERTÊNCIA", "AVISO", "VARNING"), "WARN"
    ),
    **dict.fromkeys(("警告", "경고"), "WARN"),
    **dict.fromkeys(("FEHLER", "ERREUR", "ERRORE", "ERRO", "ОШИБКА", "エラー", "错误", "오류"), "ERROR"),
    **dict.fromkeys(
        ("INFORMATION", "INFOS", "INFORMACIÓN", "INFORMAZIONI", "INFORMAÇÕES", "情報", "信息", "資訊", "정보"), "INFO"
    ),
    **dict.fromkeys(("KONFIGURATION", "FEIN", "FINO", "BUONO", "PRÉCIS", "CORRETO", "普通", "良好", "상세"), "DEBUG"),
}
"""Level words of `java.util.logging` in other languages to the six usual levels."""

_AM = ("午前", "上午", "오전", "пр.об.", "öö", "dop.", "fm", "дп")
_PM = ("午後", "下午", "오후", "сл.об.", "ös", "odp.", "em", "пп")
_HALVES = {**dict.fromkeys(_AM, "am"), **dict.fromkeys(_PM, "pm")}
HALF = (
    r"(?:[AaPp]\.?[\ \u00a0\u202f]?[Mm]\b\.?|午前|午後|上午|下午|오전|오후"
    r"|(?:ПР\.ОБ\.|СЛ\.ОБ\.|Ö[ÖS]|DOP\.|ODP\.|FM|EM|ДП|ПП)(?![^\W\d_]))"
)
"""Which half of the day, as the JDK prints it: in small letters some of them are words of a sentence."""


def _any_of(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


MONTH = rf"(?:(?i:{_any_of(MONTHS)})(?![^\W\d_])\.?|(?:1[0-2]|0?[1-9])[月월])"
"""The name of a month."""
DAY = rf"(?:(?:(?i:{_any_of(set(_DAYS))})\.?|{_CJK_DAYS}),?\ )?"
"""The name of a day of the week with a blank behind, if there is one."""
FIRST_LETTERS = frozenset(word[0] for word in (*MONTHS, *_DAYS)) | {word[0].upper() for word in (*MONTHS, *_DAYS)}
"""What a date that begins with a name begins with."""
OF = r"(?:de\ )?"
"""What stands before the month, and before the year, in Spanish and Portuguese."""
YEAR_WORD = r"(?:\ (?:г|р)\.)?"
"""What stands behind the year in Bulgarian, Russian and Ukrainian."""
AT = r"(?::|,?\ (?:(?:à|um|om|kl|в|о|kell|ore|at)\.?\ )?)"
"""What stands between date and time of day."""
DATED_BY_NAME = rf"{DAY}{MONTH}\ {{1,2}}\d|{DAY}\d{{1,2}}[-/.\ ]{OF}{MONTH}[-/.\ ]{OF}\d{{4}}"
"""How a date with the name of its month begins."""


def month_number(name: str) -> int:
    """The number of a month by its name, any case, with a full stop or not. Raises `ValueError` for other words."""
    if name[-1:] in ("月", "월") and name[:1].isdigit():
        return int(name[:-1])
    number = MONTHS.get(name.rstrip(".").lower())
    if number is None:
        raise ValueError(f"no month: {name}")
    return number


def is_afternoon(half: str) -> bool:
    """Which half of the day is meant."""
    said = half.lower()
    return _HALVES.get(said, re.sub(r"[. \u00a0\u202f]", "", said)) == "pm"
