"""How numbers, money, dates and ranges are written in each language.

Every function takes a `Language` and a value and returns text; a null is an en dash. Money is
scaled the way its readers count: billions and millions in English, 亿 and 万 in Chinese.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.brief.language import Language

NULL = "–"
MINUS = "−"

_SYMBOLS = {"USD": "$", "CNY": "CNY ", "HKD": "HKD ", "EUR": "€", "TWD": "TWD "}
_NAMES_ZH = {"USD": "美元", "CNY": "元", "HKD": "港元", "EUR": "欧元", "TWD": "新台币"}
_STEPS_EN = ((Decimal(10) ** 12, " trillion"), (Decimal(10) ** 9, " billion"),
             (Decimal(10) ** 6, " million"))  # fmt: skip
_STEPS_ZH = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
#: Tables state money in one unit a column: the divisor and the decimals that keep 0.01 billion.
_TABLE_UNIT = {"en": (Decimal(10) ** 9, 2), "zh": (Decimal(10) ** 8, 1)}

Number: TypeAlias = Decimal | int


def number(
    language: Language, value: Number | None, places: int | None = None, *, sign: bool = False
) -> str:
    """A number with grouping; `places` fixes the decimals, without it trailing zeros go."""
    if value is None:
        return NULL
    exact = Decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    written = _decimal(abs(exact), places, language.locale.language)
    if exact < 0:
        return MINUS + written
    return "+" + written if sign and exact > 0 else written


def percent(
    language: Language, value: Number | None, places: int = 1, *, sign: bool = False
) -> str:
    """A number that is already in percent."""
    return NULL if value is None else number(language, value, places, sign=sign) + "%"


def ratio(language: Language, value: Number | None, places: int | None = 2) -> str:
    """A multiple: 6.69×, in Chinese 6.69倍; without `places` as exact as it is."""
    if value is None:
        return NULL
    return number(language, value, places) + ("倍" if language.code == "zh" else "×")


def money(language: Language, value: Number | None, currency: str = "USD") -> str:
    """An amount in words of scale: $4.55 billion, 45.5亿美元."""
    if value is None:
        return NULL
    scaled, scale, places = _scaled(language, Decimal(value))
    return _money(language, number(language, scaled, places), scale, currency)


def money_span(
    language: Language,
    low: Number | None,
    high: Number | None,
    currency: str = "USD",
) -> str:
    """A range of money: $0–0.89 billion, 0～8.9亿美元; one bound alone is at least or at most."""
    if low is None or high is None:
        return _one_bound(language, low, high, lambda v: money(language, v, currency))
    if low == high:
        return money(language, high, currency)
    _, scale, _ = _scaled(language, Decimal(high))
    step = {name: size for size, name in _steps(language)}.get(scale, Decimal(1))
    places = _places(Decimal(high) / step, step)
    first, last = (number(language, _trim(Decimal(v) / step, places)) for v in (low, high))
    if language.code == "zh" and low:
        # 14万～14.5万元: by GB/T 15835 a bare 14～14.5万 would begin at fourteen
        first, last = first + scale, last + scale
        scale = ""
    return _money(language, first + _joiner(language) + last, scale, currency)


def money_cell(language: Language, value: Number | None) -> str:
    """An amount in the unit of a table column: billions, in Chinese 亿.

    An amount that is not zero is never written as one.
    """
    if value is None:
        return NULL
    step, places = _TABLE_UNIT[language.code]
    scaled = Decimal(value) / step
    if scaled and not scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):
        places = -scaled.adjusted()
    return number(language, scaled, places)


def money_cell_span(language: Language, low: Number | None, high: Number | None) -> str:
    """A range in the unit of a table column."""
    return span(language, low, high, lambda v: money_cell(language, v))


def span(
    language: Language,
    low: Number | None,
    high: Number | None,
    write: Callable[[Number], str] | None = None,
    unit: str = "",
) -> str:
    """A range of any written values: 10–25%, 10%～25%; equal bounds are one value."""
    put = write or (lambda value: number(language, value))
    if low is None or high is None:
        return _one_bound(language, low, high, lambda v: put(v) + unit)
    if low == high or put(low) == put(high):
        return put(high) + unit
    first, last = put(low) + (unit if language.code == "zh" else ""), put(high) + unit
    if low < 0:
        return first + ("至" if language.code == "zh" else " to ") + last
    if language.code == "en" and first.endswith("%") and last.endswith("%"):
        first = first[:-1]
    return first + _joiner(language) + last


def count(language: Language, value: Number | None) -> str:
    """A count of things in words of scale from a million (a 万 in Chinese) on."""
    if value is None:
        return NULL
    scaled, scale, places = _scaled(language, Decimal(value))
    if not scale:
        places = None
    written = number(language, scaled, places)
    return (written.replace(",", "") if language.code == "zh" else written) + scale


@lru_cache(maxsize=4096)
def _decimal(value: Decimal, places: int | None, locale: str) -> str:
    pattern = "#,##0." + ("0" * places if places is not None else "#" * 10)
    return format_decimal(value, format=pattern, locale=locale).rstrip(".")


def _steps(language: Language) -> tuple[tuple[Decimal, str], ...]:
    return _STEPS_ZH if language.code == "zh" else _STEPS_EN


def _scaled(language: Language, value: Decimal) -> tuple[Decimal, str, int | None]:
    for step, name in _steps(language):
        if abs(value) >= step:
            shown = value / step
            return _trim(shown, _places(shown, step)), name, None
    return _trim(value, 2 if abs(value) < 100 else 0), "", None


def _places(scaled: Decimal, step: Decimal) -> int:
    """Three to four figures are enough to read: 4.55, 25.05, 680."""
    if step == 1:
        return 0 if abs(scaled) >= 100 else 2
    return 3 if abs(scaled) < 10 else 2 if abs(scaled) < 100 else 1


def _trim(value: Decimal, places: int) -> Decimal:
    """Rounded to `places`, without zeros at the end."""
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded.normalize()


def _money(language: Language, amount: str, scale: str, currency: str) -> str:
    if language.code == "zh":
        return f"{amount.replace(',', '')}{scale}{_NAMES_ZH.get(currency, currency)}"
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    if amount.startswith(MINUS):
        return f"{MINUS}{symbol}{amount[1:]}{scale}"
    return f"{symbol}{amount}{scale}"


def _joiner(language: Language) -> str:
    return "～" if language.code == "zh" else "–"


def _one_bound(
    language: Language,
    low: Number | None,
    high: Number | None,
    write: Callable[[Number], str],
) -> str:
    if low is None and high is None:
        return NULL
    if high is None:
        return ("不低于" if language.code == "zh" else "at least ") + write(low or 0)
    return ("不超过" if language.code == "zh" else "at most ") + write(high)


def day(language: Language, value: dt.date | None, precision: str | None = "day") -> str:
    """A date as exactly as it is known: 22 Nov 2026, Nov 2026, Q4 2026, 2026."""
    if value is None:
        return NULL
    return _date(value, precision or "day", language.code)


def moment(language: Language, value: dt.datetime) -> str:
    """A moment in UTC, to the minute."""
    pattern = "y年M月d日 HH:mm" if language.code == "zh" else "d MMM y HH:mm"
    return format_datetime(value, pattern, tzinfo=dt.UTC, locale=_locale(language.code)) + " UTC"


def days(language: Language, start: dt.date | None, end: dt.date | None) -> str:
    """A stretch of days, without saying the year twice."""
    if start is None or end is None:
        return day(language, end or start)
    if start == end:
        return day(language, end)
    if language.code == "zh":
        pattern = "M月d日" if start.year == end.year else "y年M月d日"
        return f"{day(language, start)}—{format_date(end, pattern, locale='zh_Hans_CN')}"
    pattern = "d MMM y"
    if start.year == end.year:
        pattern = "d" if start.month == end.month else "d MMM"
    return f"{format_date(start, pattern, locale='en_US')}–{day(language, end)}"


_PATTERNS = {
    "en": {"day": "d MMM y", "month": "MMM y", "quarter": "'Q'Q y", "year": "y", "short": "d MMM"},
    "zh": {"day": "y年M月d日", "month": "y年M月", "year": "y年",
           "short": "M月d日"},
}  # fmt: skip


@lru_cache(maxsize=4096)
def _date(value: dt.date, precision: str, code: str) -> str:
    if code == "zh" and precision == "quarter":
        return f"{value.year}年第{'一二三四'[(value.month - 1) // 3]}季度"
    return format_date(value, _PATTERNS[code][precision], locale=_locale(code))


def _locale(code: str) -> str:
    return "zh_Hans_CN" if code == "zh" else "en_US"


_FISCAL = re.compile(r"(FY)?(\d{2}|\d{4})(?:(Q)([1-4])|(H)([12])|(9M))?", re.ASCII)


def period(language: Language, name: str) -> str:
    """A period by the name that filers and publishers give it: FY27Q1, 2025H1, 2025.

    English puts the quarter first (Q1 FY27, H1 2025); Chinese names the fiscal year in full
    (2027财年第一季度). A name of another shape is left as it stands.
    """
    match = _FISCAL.fullmatch(name)
    if match is None:
        return language.gettext(name)
    fiscal, year, _, quarter, _, half, nine = match.groups()
    if language.code == "zh":
        full = year if len(year) == 4 else f"20{year}"
        part = ""
        if quarter:
            part = f"第{'一二三四'[int(quarter) - 1]}季度"
        elif half:
            part = "上半年" if half == "1" else "下半年"
        elif nine:
            part = "前三季度"
        return f"{full}{'财年' if fiscal else '年'}{part}"
    part = f"Q{quarter} " if quarter else f"H{half} " if half else "Nine months " if nine else ""
    return f"{part}{fiscal + year if fiscal else year}"


_CJK = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_STOPS = str.maketrans(",:;!?()", "，：；！？（）")
_NARROW = re.compile(rf"(?<=[{_CJK}])\s*[,:;!?(]|[,:;!?)](?=[{_CJK}])|(?<=[{_CJK}])\)")


def full_width(text: str) -> str:
    """A Chinese text with the full-width stops that mainland readers expect.

    A stop beside a Chinese character becomes full-width, and so does the other half of a pair of
    brackets; those within numbers and Latin names stay.
    """
    widened = _NARROW.sub(lambda found: found[0].strip().translate(_STOPS), text)
    while (opened := re.search(r"（[^（）()]*\)", widened)) or (
        opened := re.search(r"\([^（）()]*）", widened)
    ):
        pair = opened[0].replace("(", "（").replace(")", "）")
        widened = widened[: opened.start()] + pair + widened[opened.end() :]
    return widened
