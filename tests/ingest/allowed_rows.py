"""Rows that a record contract allows, drawn from its own columns, and every way to break one.

A new column, bound or word of a contract is covered without a line here; a new rule over several
columns wants one in `_ARRANGED`, and the tests fail until it is there.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import dataframely as dy
import polars as pl
from hypothesis import strategies as st

from flows.ingest.contracts import KINDS, key_of
from flows.ingest.contracts.prices import MOST_APART
from flows.ingest.contracts.record import EARLIEST, LATEST, PRINTABLE, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]

#: Where texts go wrong: quotes, separators, blanks inside, formulas, wide and joined letters.
_TELLING = st.sampled_from(
    ['"', '""', 'a "b"', "a,b;c|d", "=1+1", "-", "null", "NaN", "1e5", "2025-12-01", "英伟达,“H20”",
     "a\u3000b", "e\u0301", "👩‍🔬", "\u202ex", "a\u2028b", "\ufeffx", "x\\n", "'"]
)  # fmt: skip
_BROKEN_LINES = st.sampled_from(["two\nlines", "a\n\n,\nb", "a\r\nb", 'a "b\n" c', "tab\tx"])
_FREE = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]),
                min_size=1, max_size=20)  # fmt: skip
#: No contract states a largest number for some columns: DECIMAL(28) does.
_DIGITS = 28


@functools.cache
def columns_of(kind: str) -> dict[str, Any]:
    """The columns that a file of a kind may have."""
    return {name: column for name, column in KINDS[kind].columns().items() if name != "line"}


@functools.cache  # Hypothesis looks a strategy through when it is first drawn from
def rows_of(kind: str, most: int = 4) -> st.SearchStrategy[list[Row]]:
    """Rows that the contract allows, each of another version: all of them must come in."""
    columns = columns_of(kind)
    arrange = _ARRANGED.get(kind, lambda row: row)
    drawn = st.fixed_dictionaries({name: _value(column) for name, column in columns.items()})
    # what is drawn need not have the order of the columns
    row = drawn.map(lambda row: arrange({name: row[name] for name in columns}))
    return st.lists(row, min_size=1, max_size=most, unique_by=lambda row: _version(kind, row))


def _version(kind: str, row: Row) -> tuple[Any, ...]:
    own = tuple(row[name] for name in key_of(kind))
    return *own, row["published_on"], row["source_id"].split(";")[0]


def _value(column: Any) -> st.SearchStrategy[Any]:
    value = _stated(column)
    return st.none() | value if column.nullable else value


def _stated(column: Any) -> st.SearchStrategy[Any]:
    if isinstance(column, dy.String):
        return _text(column.regex or "", column.max_length)
    if isinstance(column, dy.Decimal):
        low, high = _in_steps(column)
        return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-column.scale))
    if isinstance(column, dy.Int64):
        return st.integers(column.min, column.max)
    if isinstance(column, dy.Date):
        return st.dates(column.min or EARLIEST, column.max or LATEST)
    return {dy.Bool: st.booleans(), dy.Datetime: st.datetimes()}[type(column)]


def _in_steps(column: dy.Decimal) -> tuple[int, int]:
    """The least and the largest number that the column allows, in its last decimal place."""
    step = 10**column.scale
    low, high = 1 - 10**_DIGITS, 10**_DIGITS - 1
    if column.min is not None:
        low = int(column.min * step)
    if column.min_exclusive is not None:
        low = int(column.min_exclusive * step) + 1
    if column.max is not None:
        high = int(column.max * step)
    return low, high


@functools.cache
def _text(pattern: str, max_length: int | None) -> st.SearchStrategy[str]:
    """Texts that the pattern allows, without the blanks at either end that a reader takes away."""
    if pattern in (PRINTABLE, TEXT):
        longest = st.just("长" * (max_length or 1))
        drawn = _FREE | _TELLING | longest
        drawn = drawn | _BROKEN_LINES if pattern == TEXT else drawn
    else:
        drawn = st.from_regex(pattern.removeprefix("^").removesuffix("$"), fullmatch=True)
    most = max_length or 10**9
    return drawn.map(str.strip).filter(lambda text: 0 < len(text) <= most)


def _rising(row: Row, *names: str) -> None:
    """Put what is stated in these columns in order, the smallest first."""
    there = [name for name in names if row[name] is not None]
    row.update(zip(there, sorted(row[name] for name in there), strict=True))


def _price(row: Row) -> Row:
    _rising(row, "traded_on", "published_on")
    _rising(row, "low", "open", "high")
    prices = [name for name in ("low", "open", "close", "high") if row[name] is not None]
    most = MOST_APART * min(row[name] for name in prices)
    row |= {name: min(row[name], most) for name in prices}
    stated = [row[name] for name in prices]
    bounds = {"low": min(stated), "high": max(stated)}
    return row | {name: bound for name, bound in bounds.items() if row[name] is not None}


def _session(row: Row) -> Row:
    """Opens on its own date, and closes within the day after."""
    opened, closed = row["open_at"], row["close_at"]
    row["open_at"] = dt.datetime.combine(row["session_on"], opened.time(), opened.tzinfo)
    seconds = 1 + (closed.hour * 3600 + closed.minute * 60 + closed.second) % 86_400
    row["close_at"] = row["open_at"] + dt.timedelta(seconds=seconds)
    if row["close_at"].date() > LATEST:
        row["open_at"] -= dt.timedelta(days=1)
        row["close_at"] -= dt.timedelta(days=1)
    return row


def _sale(row: Row) -> Row:
    _rising(row, "period_start", "period_end")
    row["period_end"] = min(row["period_end"], row["period_start"] + dt.timedelta(731))
    if row["value_type"] in ("reported", "ytd"):
        row["published_on"] = max(row["published_on"], row["period_end"])
    _rising(row, "units_low", "units_high")
    _rising(row, "revenue_low", "revenue_high")
    if all(row[name] is None for name in ("units", "units_high", "revenue", "revenue_high")):
        row["units"] = Decimal(1)
    if None not in (row["units"], row["unit_price"]) and row["units"] * row["unit_price"] > 10**15:
        row["units"], row["unit_price"] = row["units"] % 10**7, row["unit_price"] % 10**7
    if None not in (row["units"], row["unit_price"], row["revenue"]):
        # the rule multiplies as floats, which hold a cent of sums like these
        row["units"], row["unit_price"] = row["units"] % 10**6, row["unit_price"] % 10**6
        row["revenue"] = (row["units"] * row["unit_price"]).quantize(Decimal("0.01"))
    if any(row[name] is not None for name in ("revenue", "revenue_high", "unit_price")):
        row["currency"] = row["currency"] or "USD"
    return row


def _chip(row: Row) -> Row:
    dense, sparse = row["fp8_dense_tflops"], row["fp8_sparse_tflops"]
    if None not in (dense, sparse):
        row["fp8_dense_tflops"] = dense = max(dense / 2, Decimal("0.001")).quantize(
            Decimal("0.001")
        )
        row["fp8_sparse_tflops"] = dense * 2
    return row


def _range(*names: str) -> Callable[[Row], Row]:
    def arranged(row: Row) -> Row:
        _rising(row, *names)
        return row

    return arranged


def _stage(row: Row) -> Row:
    most = Decimal(10**5 if row["quantity_unit"] == "customer" else 10**11)
    _rising(row, "quantity_low", "quantity_high")
    quantities = {name: row[name] for name in ("quantity_low", "quantity_high")}
    return row | {name: n if n is None else min(n, most) for name, n in quantities.items()}


def _share(row: Row) -> Row:
    _rising(row, "share_low_pct", "share_high_pct")
    if row["kind"] == "actual" and row["period_end"] is not None:
        row["published_on"] = max(row["published_on"], row["period_end"])
    return row | {"copy_of": None} if row["copy_of"] == row["publisher"] else row


def _fee(row: Row) -> Row:
    if row["status"] == "in_force":
        row["effective_from"] = row["effective_from"] or row["valid_from"]
    return row


def _disclosure(row: Row) -> Row:
    if row["metric"] in ("net_income", "reserve_release", "unshipped_revenue"):
        row["published_on"] = max(row["published_on"], row["period_end"])
    return row


def _quote(row: Row) -> Row:
    _rising(row, "quoted_on", "published_on")
    _rising(row, "price_low", "price_high")
    return row


def _count(row: Row) -> Row:
    _rising(row, "period_start", "period_end")
    _rising(row, "units_low", "units_high")
    _rising(row, "h100e_low", "h100e_high")
    if all(row[name] is None for name in ("units", "units_high", "h100e", "h100e_high")):
        row["units"] = Decimal(1)
    return row


#: What a kind's rules over several columns ask of a row.
_ARRANGED: dict[str, Callable[[Row], Row]] = {
    "prices": _price,
    "sessions": _session,
    "sales": _sale,
    "chips": _chip,
    "chip_prices": _quote,
    "fx": _range("rate_on", "published_on"),
    "disclosures": _disclosure,
    "export_stages": _stage,
    "share_estimates": _share,
    "fees": _fee,
    "supply_counts": _count,
}


class Break(NamedTuple):
    """A text that a column must not hold, and the rule that says so."""

    column: str
    rule: str
    text: str


def breaks_of(kind: str) -> list[Break]:
    """Every way to break one cell of a row of a kind, as the contract states its columns."""
    return [
        Break(name, f"{name}|{rule}", text)
        for name, column in columns_of(kind).items()
        for rule, text in _breaks(column)
    ]


def _breaks(column: Any) -> Iterator[tuple[str, str]]:
    if not column.nullable:
        yield "nullability", ""
    if isinstance(column, dy.String):
        yield from _breaks_of_text(column)
    elif isinstance(column, dy.Decimal):
        yield from (("not_a_number", text) for text in ("n/a", "1,5", "1.2.3", "$5", "2025-12-01"))
        if not column.scale:
            yield from (("not_whole", text) for text in ("0.5", "2.50", "15e-1", "1e-400"))
        yield "too_large", f"1{'0' * (_DIGITS - column.scale)}"
        step = Decimal(1).scaleb(-column.scale)
        yield from _beyond(column, step)
    elif isinstance(column, dy.Int64):
        yield from (("not_a_number", text) for text in ("x", "1 000"))
        yield from (("not_whole", text) for text in ("1.5", ".5", "12345e-4"))
        yield "too_large", "9" * 19
        yield from _beyond(column, 1)
    elif isinstance(column, dy.Date):
        yield from (("not_a_date", text) for text in ("2025-02-29", "31.12.2025", "12/31/2025"))
        yield from _beyond(column, dt.timedelta(1))
    else:
        wrong = {dy.Bool: ("not_a_boolean", "maybe"), dy.Datetime: ("not_a_time", "2025-12-01")}
        yield wrong[type(column)]


def _beyond(column: Any, step: Any) -> Iterator[tuple[str, str]]:
    """The first value on the other side of each bound."""
    if column.min is not None:
        yield "min", str(column.min - step)
    if getattr(column, "min_exclusive", None) is not None:
        yield "min_exclusive", str(column.min_exclusive)
    if column.max is not None:
        yield "max", str(column.max + step)


def _breaks_of_text(column: dy.String) -> Iterator[tuple[str, str]]:
    pattern = column.regex or ""
    odd = ["a\x07b", "\x7f"] if pattern in (PRINTABLE, TEXT) else ["a b", "../x", "中", "a\x07b"]
    if words := re.fullmatch(r"\^\(([^()]+)\)\$", pattern):
        odd += [re.sub(r"\\", "", word) + "s" for word in words[1].split("|")]
    yield from (("regex", text) for text in odd)
    if column.max_length:
        yield "max_length", "x" * (column.max_length + 1)


def written(value: Any) -> str:
    """A value as a person writes it in a CSV."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def kept(value: Any) -> Any:
    """A value as the store keeps it: line breaks inside a text are all of one kind."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def as_frame(kind: str, rows: list[Row]) -> pl.DataFrame:
    """The rows in the types of the contract."""
    schema = {name: column.dtype for name, column in columns_of(kind).items()}
    return pl.DataFrame(rows, schema=schema)
