"""Headers of several rows, as pandas writes a table whose columns have two names, and headers with
a title above them, as terminals write them.

`yfinance.download(...).to_csv()` puts the price on one row, the ticker on the next and the name of
the index on a third; with `group_by="ticker"` the first two change places, and after `reset_index`
there are two. They are told as one header whose columns are `Close of NVDA`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.ingest.received import Received

#: Between the name of a price and the ticker it is of.
OF = " of "
_PRICES = frozenset({"Open", "High", "Low", "Close", "Adj Close", "Volume"})
_BESIDES = frozenset({"Dividends", "Stock Splits", "Capital Gains", "Repaired?"})
_INDEX = frozenset({"", "Date", "Datetime", "Price", "Ticker"})
_SEPARATORS = "\t,;|"
#: Lines of a title at the most.
_MOST_TITLE = 3
#: A header of bars under a title: a day and an opening price.
_DAY = re.compile(r"^(日期|时间|交易日期|date|time|datetime)$", re.IGNORECASE)
_OPEN = re.compile(r"^(开盘|开盘价|open)([(（].*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderRows:
    """The columns that the rows name together, the first being the index; where they end."""

    columns: tuple[str, ...]
    last_line: int
    separator: str = ","


def joined(text: str, first_line: int) -> HeaderRows | None:
    """The header that begins on `first_line` as one; None where it is not of several rows."""
    lines = text.split("\n", first_line + _MOST_TITLE)[first_line - 1 : first_line + _MOST_TITLE]
    rows = [_fields(line) for line in lines[:3]]
    return _of_rows(rows, first_line) or _under_title(lines, first_line)


def title_of(received: Received) -> str:
    """The text above the header of a file, "" where there is none."""
    if received.form != "csv" or received.header_line < 2:
        return ""
    with received.path.open(encoding="utf-8", errors="replace") as text:
        lines = [text.readline() for _ in range(received.header_line - 1)]
    return " ".join("".join(lines).removeprefix("\ufeff").split())


def _of_rows(rows: list[list[str]], first_line: int) -> HeaderRows | None:
    if len(rows) < 2 or len(rows[0]) < 2 or len(rows[0]) != len(rows[1]):
        return None
    upper, lower = rows[0], rows[1]
    index = rows[2] if len(rows) > 2 and len(rows[2]) == len(upper) else None
    has_index = index is not None and index[0] in _INDEX and not any(index[1:])
    if has_index and index is not None and (index[0] or not upper[0]):
        names = _named(upper, lower)
        if names:
            return HeaderRows((index[0] or "Date", *names), first_line + 2)
    # the index is named on the first row, and the second holds tickers alone
    if upper[0] in ("Date", "Datetime") and lower[0] in ("", "Ticker"):
        names = _named(upper, lower)
        if names:
            return HeaderRows((upper[0], *names), first_line + 1)
    return None


def _named(upper: list[str], lower: list[str]) -> list[str]:
    for prices, tickers in ((upper[1:], lower[1:]), (lower[1:], upper[1:])):
        is_ticker = all(ticker and not _is_number(ticker) for ticker in tickers)
        if set(prices) <= _PRICES | _BESIDES and "Close" in prices and is_ticker:
            return [f"{price}{OF}{ticker}" for price, ticker in zip(prices, tickers, strict=True)]
    return []


def _is_number(text: str) -> bool:
    # 688256.SS and 600519 are tickers; a price has a fraction
    return re.fullmatch(r"[+-]?[0-9]*\.[0-9]+|[0-9]{7,}", text) is not None


def _under_title(lines: list[str], first_line: int) -> HeaderRows | None:
    for place, line in enumerate(lines[:_MOST_TITLE]):
        for separator in _SEPARATORS:
            fields = [field.strip() for field in line.strip("\r").split(separator)]
            if len(fields) < 5:
                continue
            named = [field.strip('"') for field in fields]
            is_header = any(map(_DAY.match, named)) and any(map(_OPEN.match, named))
            if place and is_header and len({*named}) == len(named):
                return HeaderRows(tuple(named), first_line + place, separator)
            return None  # the first line with columns is the header
    return None


def _fields(line: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line.rstrip("\r")]), [])]
    except csv.Error:
        return []
