"""The words and numbers of a chart in the reader's language.

Words come from the charts' own catalogue (`templates/locale/<lang>/LC_MESSAGES/charts.po`, msgid
= English), numbers and dates from babel. Chinese counts in 万 and 亿, never in translated
billions. Reads the catalogue; writes nothing.
"""

from __future__ import annotations

import functools
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from flows.assets import asset
from flows.brief.formats import full_width

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.charts.plot import Record

_SKELETONS = {"day": "yMMMd", "month": "yMMM", "quarter": "yQQQ", "year": "y"}


class Words:
    """The text of a language: `gettext` for words, the rest for figures."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._texts = _catalogue(lang)

    @property
    def is_chinese(self) -> bool:
        return self.lang == "zh"

    def gettext(self, english: str) -> str:
        """The text in the language; the English where the catalogue has none."""
        return self._texts.get(english, english)

    def named(self, row: Record, column: str) -> str:
        """A column of a row in the language: `title_zh` for `title`, where it is filled.

        Empty where the row has neither.
        """
        if self.is_chinese and row[f"{column}_zh"]:
            return full_width(str(row[f"{column}_zh"]))
        return str(row[column] or "")

    def number(self, value: Decimal, places: int = 0) -> str:
        """12,345 with exactly so many places, rounded half up as on the page."""
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(value, format=pattern, locale=self.lang)

    def percent(self, value: Decimal, places: int = 0) -> str:
        """55% from 55: the value is in percent already."""
        return f"{self.number(value, places)}%"

    def signed_percent(self, value: Decimal, places: int = 1) -> str:
        """+1.3% or −0.7%, with a true minus sign."""
        shown = round(value, places)
        sign = "+" if shown > 0 else "−" if shown < 0 else ""
        return f"{sign}{self.percent(abs(value), places)}"

    def big_usd(self, value: Decimal, *, is_bare: bool = False) -> str:
        """Dollars of a size that readers say in billions ($5.5bn) or in 亿 (55亿美元)."""
        if self.is_chinese:
            return self.number(value.scaleb(-8)) + ("" if is_bare else "亿美元")
        number = self.number(value.scaleb(-9), 1)
        return number if is_bare else f"${number}bn"

    def price_tick(self, value: Decimal) -> str:
        """A tick of a price axis: thousands of dollars, or 万 of them."""
        shown = value.scaleb(-4 if self.is_chinese else -3)
        return self.number(shown, 0 if shown == shown.to_integral_value() else 1)

    def usd(self, value: Decimal) -> str:
        """Whole dollars: $27,000, or 27,000美元 (2.7万美元 is shorter, but hides the digits)."""
        number = self.number(value)
        return f"{number}美元" if self.is_chinese else f"${number}"

    def usd_range(self, low: Decimal, high: Decimal) -> str:
        """$27,000–28,000, or one amount where both ends are the same."""
        if low == high:
            return self.usd(low)
        both = f"{self.number(low)}–{self.number(high)}"
        return f"{both}美元" if self.is_chinese else f"${both}"

    def mid_usd(self, low: Decimal, high: Decimal) -> str:
        """Dollars of a size that readers say in millions ($50–60m) or in 亿 (0.5–0.6亿美元)."""
        power, places = (-8, 1) if self.is_chinese else (-6, 0)
        said = self.number(high.scaleb(power), places)
        if low != high:
            said = f"{self.number(low.scaleb(power), places)}–{said}"
        return f"{said}亿美元" if self.is_chinese else f"${said}m"

    def count(self, value: Decimal) -> str:
        """A count: 750,000, or 75万 where no digit is lost by it."""
        tens = value.scaleb(-4)
        if self.is_chinese and value >= 10000 and tens == tens.to_integral_value():
            return f"{self.number(tens)}万"
        return self.number(value)

    def date(self, day: dt.date, precision: str = "day") -> str:
        """A date as precise as it is known, as the page writes it: 9 Dec 2025 · Dec 2025 · 2025."""
        if self.lang == "en" and precision == "day":
            return format_date(day, "d MMM y", locale=self.lang)
        return format_skeleton(_SKELETONS.get(precision, "yMMMd"), day, locale=self.lang)

    def month_over_year(self, day: dt.date) -> list[str]:
        """A month in two lines, for narrow axes."""
        return [format_skeleton("MMM", day, locale=self.lang), self.date(day, "year")]

    def joined(self, parts: list[str]) -> str:
        """Clauses of a sentence."""
        return ("；" if self.is_chinese else "; ").join(parts)

    def listed(self, parts: list[str]) -> str:
        """Things of one kind."""
        return ("、" if self.is_chinese else ", ").join(parts)

    def labelled(self, label: str, text: str) -> str:
        """A label and what it is of."""
        return f"{label}：{text}" if self.is_chinese else f"{label}: {text}"


@functools.cache
def words_of(lang: str) -> Words:
    """The words of a language, read once."""
    return Words(lang)


def _catalogue(lang: str) -> dict[str, str]:
    path = asset("templates") / "locale" / lang / "LC_MESSAGES" / "charts.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalogue: Any = read_po(file, locale=lang)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
