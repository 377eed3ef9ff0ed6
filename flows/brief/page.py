"""What a template may write: figures with their ids, marks, footnotes, words in one language.

A `Page` is made for one rendering and remembers which sources it cited and which ids it used.
Every method returns safe markup (web, mail) or plain text (text part); nothing is read or
written outside it.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import escape

from flows.brief import formats, tags
from flows.brief.words import known, label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.brief.figures import Row, Value
    from flows.brief.language import Language

Medium = Literal["web", "mail", "text"]

#: Marks that stay on a figure wherever it is shown; the others need none.
MARKED = ("seen-estimate", "contested", "unverified", "invented")
_SIGNS = {">": "> ", ">=": "≥ ", "<": "< ", "<=": "≤ "}
_SIGNS_ZH = {">": "高于", ">=": "不低于", "<": "低于", "<=": "不高于"}
#: A duty band that came with the records and has no word of its own.
_BAND = re.compile(r"(?:duty_)?band_(\w+)")
_ISO = re.compile(r"\b\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])\b", re.ASCII)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028\u2029"
    r"\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


class Page:
    """The pen of one rendering in one language for one medium."""

    def __init__(
        self, language: Language, medium: Medium, names: Mapping[str, str] | None = None
    ) -> None:
        """`names`: traded symbols by the name that readers know."""
        self.language = language
        self.medium = medium
        self.cited: dict[str, int] = {}
        self._names = names or {}
        self._used: set[str] = set()

    # Figures: each carries its id, its exact value and its source.

    def n(self, row: Row, column: str, places: int | None = None, *, sign: bool = False) -> str:
        """A plain number."""
        return self._figure(
            row, column, lambda v: formats.number(self.language, v, places, sign=sign)
        )

    def pct(self, row: Row, column: str, places: int = 1, *, sign: bool = False) -> str:
        """A number that is in percent."""
        return self._figure(
            row, column, lambda v: formats.percent(self.language, v, places, sign=sign)
        )

    def x(self, row: Row, column: str, places: int = 2) -> str:
        """A multiple."""
        return self._figure(row, column, lambda v: formats.ratio(self.language, v, places))

    def money(self, row: Row, column: str, currency: str = "USD") -> str:
        """An amount with its currency and scale in words."""
        return self._figure(row, column, lambda v: formats.money(self.language, v, currency))

    def cell(self, row: Row, column: str) -> str:
        """An amount in the unit of its table column (billions, 亿)."""
        return self._figure(row, column, lambda v: formats.money_cell(self.language, v))

    def count(self, row: Row, column: str) -> str:
        """A count of things."""
        return self._figure(row, column, lambda v: formats.count(self.language, v))

    def day(self, row: Row, column: str, precision: str = "day") -> str:
        """A date; `precision` is a precision, or the column `…_precision` that holds it."""
        is_column = precision.endswith("_precision")
        exact = str(row.values.get(precision) or "day") if is_column else precision
        return self._figure(row, column, lambda v: formats.day(self.language, v, exact))

    def money_span(self, row: Row, low: str, high: str, currency: str = "USD") -> str:
        """A range of money in words of scale."""
        return self._span(
            row, low, high, lambda a, b: formats.money_span(self.language, a, b, currency)
        )

    def cell_span(self, row: Row, low: str, high: str) -> str:
        """A range of money in the unit of its table column."""
        return self._span(row, low, high, lambda a, b: formats.money_cell_span(self.language, a, b))

    def span(self, row: Row, low: str, high: str, places: int | None = None, unit: str = "") -> str:
        """A range of plain numbers or percentages."""

        def write(a: Any, b: Any) -> str:
            put = lambda v: formats.number(self.language, v, places)  # noqa: E731
            return formats.span(self.language, a, b, put, unit)

        return self._span(row, low, high, write)

    def count_span(self, row: Row, low: str, high: str) -> str:
        """A range of counts."""
        return self._span(
            row,
            low,
            high,
            lambda a, b: formats.span(
                self.language, a, b, lambda v: formats.count(self.language, v)
            ),
        )

    def by_unit(self, row: Row, column: str, unit: str) -> str:
        """A figure whose unit stands in its row: claims and headline figures."""
        return self._figure(row, column, lambda v: self.in_unit(v, unit))

    def span_by_unit(self, row: Row, low: str, high: str, unit: str) -> str:
        """A range whose unit stands in its row."""
        if unit == "USD":
            return self.money_span(row, low, high)

        def write(a: Any, b: Any) -> str:
            return formats.span(self.language, a, b, lambda v: self.in_unit(v, unit))

        return self._span(row, low, high, write)

    def in_unit(self, value: Any, unit: str) -> str:
        """A value written by the name of its unit."""
        if value is None:
            return formats.NULL
        language = self.language
        match unit.lower():
            case "ratio" | "x":
                return formats.ratio(language, value)
            case "percent" | "%":
                return formats.percent(language, value, _percent_places(value))
            case "rate":
                return formats.percent(language, value * 100, _percent_places(value * 100))
            case "usd":
                return formats.money(language, value)
            case "date":
                return formats.day(language, _date(value))
            case "units" | "count" | "gpu" | "customer":
                return formats.count(language, value)
            case _:
                shown = formats.number(language, Decimal(value).normalize())
                return f"{shown} {unit}".strip()

    def days(self, row: Row, start: str, end: str) -> str:
        """The stretch of days between two columns."""
        return formats.days(self.language, row[start], row[end])  # type: ignore[arg-type]

    def stated(self, row: Row) -> str:
        """What a claim states: `> 13×`, `50–60%`; an en dash where it states no number."""
        low, high, unit = row.stated_low, row.stated_high, str(row.unit)
        if low is None and high is None:
            return formats.NULL
        if low is not None and high is not None and low != high:
            if unit == "date":
                return formats.days(self.language, _date(low), _date(high))
            return formats.span(self.language, low, high, lambda v: self._round(v, unit))
        signs = _SIGNS_ZH if self.language.code == "zh" else _SIGNS
        sign = signs.get(str(row.comparator or ""), "")
        return f"{sign}{self._round(low if low is not None else high, unit)}"

    def _round(self, value: Any, unit: str) -> str:
        """A stated value with no more places than it was stated with."""
        if unit == "ratio":
            return formats.ratio(self.language, value, None)
        return self.in_unit(value, unit)

    def rate_of(self, rate: Value, base: Value) -> str:
        """A rate of its base in words; a base that nobody stated is said to be so."""
        written = formats.percent(self.language, rate, 0)  # type: ignore[arg-type]
        if base == "unspecified":
            return self.language.text("%(rate)s, base not stated", rate=written)
        word = self.word("fee_base", base)
        return self.language.text("%(rate)s of %(base)s", rate=written, base=word)

    def operator(self, value: Value) -> str:
        """A rule's operator as printed in law: ≥ for >=."""
        return {">=": "≥", "<=": "≤"}.get(str(value), str(value))

    def unit(self, parameter: Value) -> str:
        """The unit of a rule's parameter, with the space before it."""
        return " GB/s" if str(parameter).endswith("_gbs") else ""

    def amount(self, row: Row, column: str) -> str:
        """A figure whose unit is a currency, `%` or `units`; a close to the cent."""
        unit = str(row.unit)

        def write(value: Any) -> str:
            if value is None:
                return formats.NULL
            if row.measure == "close":
                return f"{formats.number(self.language, value, 2)} {clean(unit)}"
            if unit in ("%", "units"):
                return self.in_unit(value, unit)
            return formats.money(self.language, value, clean(unit))

        return self._figure(row, column, write)

    def line(self, heading: str) -> str:
        """The rule under a heading of the text part, as wide as the heading."""
        return "-" * sum(2 if ord(sign) > 0x2E80 else 1 for sign in heading)

    def plain_count(self, value: int) -> str:
        """A count that is no figure of a report: rows that came in."""
        return formats.number(self.language, value)

    # Words.

    def say(self, message: str, **values: Any) -> str:
        """A message in this language; values are escaped where the medium is HTML."""
        found = self.language.gettext(message)
        if not values:
            return found
        return found % values if self.medium == "text" else escape(found) % values

    def name(self, value: Value) -> str:
        """A vendor by the name that this language uses; anything else as it is called."""
        if value is None:
            return ""
        return self.word("vendor", value) if known("vendor", str(value)) else clean(str(value))

    def listed(self, value: Value) -> str:
        """A traded share or an index by its name, a share with its symbol."""
        return clean(self._names.get(str(value)) or str(value))

    def vendor(self, row: Row) -> str:
        """The vendor of a row: its own Chinese name where the row has one."""
        found = row.values.get("vendor_zh") if self.language.code == "zh" else None
        return self._set(str(found)) if found else self.name(row.vendor)

    def record(self, text: Value, lang: str = "en") -> str:
        """A text of a record that has no second language, marked as what it is."""
        found = "" if text is None else clean(str(text))
        here = self.language.gettext(found)
        if lang == self.language.code or self.medium == "text" or here != found:
            return here
        return tags.borrowed(lang, found)

    def series(self, row: Row) -> str:
        """The name of a series in the data-quality table."""
        if row.values.get("title"):
            return self.text(row, "title")
        head, _, tail = str(row.item).partition(":")
        if row.check_kind == "unknown_reference":
            # the reason names the topic
            tail = tail.partition(":")[2]
        family = next((f for f in ("kind", "currency") if known(f, head)), "vendor")
        word = self.word(family, head) if known(family, head) else clean(head)
        field, parted, sources = tail.partition(", ")
        if parted and known("column", field):
            tail = f"{self.word('column', field)}, {sources}"
        return f"{word} · {self._tail(tail)}" if tail else word

    def detail(self, row: Row) -> str:
        """The plain detail of a check: its dates as this language writes them."""
        found = _ISO.sub(
            lambda m: formats.day(self.language, dt.date.fromisoformat(m[0])),
            clean(str(row.detail or "")),
        ).replace(" .. ", " – ")
        if row.reason in ("filing_overdue", "results_date_passed"):
            return self.say("due %(day)s", day=found)
        return found

    def _tail(self, tail: str) -> str:
        return self.word("confidence", tail) if known("confidence", tail) else clean(tail)

    def word(self, family: str, value: Value) -> str:
        """The word for a fixed value of a report, in this language."""
        if value is None:
            return ""
        if not known(family, str(value)) and (band := _BAND.fullmatch(str(value))):
            return self.language.text("duty band %(n)s", n=clean(band[1]))
        return self.language.gettext(label(family, str(value)))

    def label(self, family: str, value: Value) -> str:
        """The message behind a fixed value, for `say` to fill in."""
        return label(family, str(value))

    def text(self, row: Row, column: str) -> str:
        """A text of a record; where only English is written, it is marked as English."""
        found = self.plain(row.values, column)
        if self.medium == "text" or self.language.code == "en" or not found:
            return found
        if row.values.get(f"{column}_zh") or not re.search("[A-Za-z]{3}", found):
            return found
        return tags.borrowed("en", found)

    def plain(self, values: Any, column: str) -> str:
        """A text of a record in this language, without control characters."""
        found = values.get(f"{column}_zh") if self.language.code == "zh" else None
        found = found or values[column]
        return "" if found is None else self._set(str(found))

    def _set(self, text: str) -> str:
        return formats.full_width(clean(text)) if self.language.code == "zh" else clean(text)

    def period(self, value: Value) -> str:
        """A period by the name that its filer or publisher gives it."""
        return "–" if value is None else clean(formats.period(self.language, str(value)))

    # Marks and footnotes.

    def mark(self, confidence: Value) -> str:
        """The mark of a figure that is not plainly sourced; empty for one that is."""
        if confidence not in MARKED:
            return ""
        word = self.word("confidence", confidence)
        if self.medium == "text":
            return f" [{word}]"
        return tags.mark(str(confidence), word)

    def cite(self, sources: Value) -> str:
        """Footnote references to sources, numbered in the order in which a page first cites."""
        keys = dict.fromkeys(key for key in str(sources or "").split(";") if key.strip())
        numbers = tuple((key, self.cited.setdefault(key, len(self.cited) + 1)) for key in keys)
        if self.medium == "text":
            return "".join(f"[{number}]" for _, number in numbers[: tags.CITED])
        return tags.footnotes(numbers, linked=self.medium == "web")

    def _figure(self, row: Row, column: str, write: Callable[[Any], str]) -> str:
        return self._wrapped(row, (column,), write(row[column]))

    def _span(self, row: Row, low: str, high: str, write: Callable[[Any, Any], str]) -> str:
        return self._wrapped(row, (low, high), write(row[low], row[high]))

    def _wrapped(self, row: Row, columns: tuple[str, ...], shown: str) -> str:
        if self.medium == "text":
            return shown
        if shown == formats.NULL:
            return tags.blank(self.language.gettext("not known"), shown)
        if self.medium == "mail":
            return shown
        ids = [row.figure(column) for column in columns]
        title = " … ".join(ids) + (f" · {row.source_id}" if row.values.get("source_id") else "")
        exact = "/".join(_exact(row[c]) for c in columns)
        return tags.figure(ids, self._used, exact, title, shown)


def clean(text: str) -> str:
    """A text of a record without control characters and without marks that turn its direction."""
    return _CONTROL.sub(" ", text)


def _percent_places(value: Decimal) -> int:
    """55%, 20.3%, 2.34%: as many places as tell something."""
    if value == value.to_integral_value():
        return 0
    return 2 if abs(value) < 10 else 1


def _exact(value: Value) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


def _date(value: Any) -> dt.date:
    """The day behind a date that a measure holds as the number yyyymmdd."""
    if isinstance(value, dt.date):
        return value
    number = int(value)
    return dt.date(number // 10000, number // 100 % 100, number % 100)
