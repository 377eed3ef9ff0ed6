"""Headers of several rows, as pandas writes a table whose columns have two names.

`yfinance.download(...).to_csv()` puts the price on one row, the ticker on the next and the name of
the index on a third; with `group_by="ticker"` the first two change places. They are told as one
header whose columns are `Close of NVDA`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

#: Between the name of a price and the ticker it is of.
OF = " of "
_PRICES = frozenset({"Open", "High", "Low", "Close", "Adj Close", "Volume"})
_BESIDES = frozenset({"Dividends", "Stock Splits", "Capital Gains", "Repaired?"})
_INDEX = frozenset({"", "Date", "Datetime"})


@dataclass(frozen=True)
class HeaderRows:
    """The columns that the rows name together, the first being the index; where they end."""

    columns: tuple[str, ...]
    last_line: int
    separator: str = ","


def joined(text: str, first_line: int) -> HeaderRows | None:
    """The header that begins on `first_line` as one; None where it is not of several rows."""
    lines = text.split("\n", first_line + 2)[first_line - 1 : first_line + 2]
    rows = [_fields(line) for line in lines]
    if len(rows) < 3 or len(rows[0]) < 2 or len({len(row) for row in rows}) != 1:
        return None
    upper, lower, index = rows
    if index[0] not in _INDEX or any(index[1:]) or not (index[0] or not upper[0]):
        return None
    for prices, tickers in ((upper[1:], lower[1:]), (lower[1:], upper[1:])):
        if set(prices) <= _PRICES | _BESIDES and "Close" in prices and all(tickers):
            columns = [
                f"{price}{OF}{ticker}" for price, ticker in zip(prices, tickers, strict=True)
            ]
            return HeaderRows((index[0] or "Date", *columns), first_line + 2)
    return None


def _fields(line: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line.rstrip("\r")]), [])]
    except csv.Error:
        return []
