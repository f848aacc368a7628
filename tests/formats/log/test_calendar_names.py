"""Dates and halves of the day in other languages, as the JDK's loggers and forms of the country write them."""

from __future__ import annotations

from datetime import datetime

import pytest

from sestriage.formats.log.timestamp import stamp_at

AT = datetime(2026, 11, 29, 22, 8, 22)

ROWS = [
    # java.util.logging of JDK 17 and 25 by `-Duser.language`
    *("11月 29, 2026 10:08:22 下午", "11月 29, 2026 10:08:22 午後", "11월 29, 2026 10:08:22 오후"),
    *("нояб. 29, 2026 10:08:22 PM", "nov 29, 2026 10:08:22 P. M.", "nov 29, 2026 10:08:22 P.\u00a0M."),
    *("nov. 29, 2026 10:08:22 PM", "ное 29, 2026 10:08:22 СЛ.ОБ.", "Nov. 29, 2026 10:08:22 PM"),
    *("lis 29, 2026 10:08:22 PM", "Kas 29, 2026 10:08:22 ÖS", "nov. 29, 2026 10:08:22 P.M."),
    *("lis 29, 2026 10:08:22 ODP.", "лист. 29, 2026 10:08:22 ПП", "nov. 29, 2026 10:08:22 EM"),
    # forms of the country
    *("2026年11月29日 22:08:22", "2026年11月29日 下午10:08:22", "2026년 11월 29일 오후 10:08:22"),
    *("29.11.2026 г. 22:08:22", "29 нояб. 2026 г., 22:08:22", "29 ноября 2026 22:08:22", "29 ноември 2026 г. 22:08:22"),
    *("29 de nov. de 2026 22:08:22", "29 de noviembre de 2026, 22:08:22", "29 de novembro de 2026 22:08:22"),
    *("29 novembre 2026 à 22:08:22", "29 лист. 2026 р. 22:08:22"),
]


@pytest.mark.parametrize("text", ROWS)
def test_a_date_of_another_language(text: str) -> None:
    stamp = stamp_at(text)
    assert stamp is not None
    assert (stamp.when, stamp.end) == (AT, len(text))


@pytest.mark.parametrize(
    "text", ["11月 29, 2026 10:08:22 上午", "nov. 29, 2026 10:08:22 FM", "Kas 29, 2026 10:08:22 ÖÖ"]
)
def test_the_morning(text: str) -> None:
    stamp = stamp_at(text)
    assert stamp is not None
    assert stamp.when == datetime(2026, 11, 29, 10, 8, 22)


@pytest.mark.parametrize(
    "text", ["29/11/2026 10:08:22 em produção", "29/11/2026 10:08:22 empty", "29.11.2026 10:08:22 fm radio"]
)
def test_a_word_behind_the_time_is_no_half_of_the_day(text: str) -> None:
    stamp = stamp_at(text)
    assert stamp is not None
    assert stamp.when == datetime(2026, 11, 29, 10, 8, 22)


@pytest.mark.parametrize("text", ["29 de la tarde 2026 22:08:22", "de 29 de nov de 2026", "29 г. 2026 22:08:22"])
def test_words_that_are_no_date(text: str) -> None:
    assert stamp_at(text) is None
