"""Daily bars and exchange rates as Investing.com gives them for download, in English or Chinese.

Newest first, every cell in quotes, 144.72M for a volume. Its editions write 12/09/2025 and
09/12/2025 alike: another row decides, or the user. A file named for a pair of currencies
(USD_CNY Historical Data.csv) holds rates. The adjustment is told by the stored closes.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.lines import read_table
from flows.ingest.parse import day_of
from flows.ingest.readers.bars import DailyBars
from flows.ingest.readers.days import iso, order_of
from flows.ingest.readers.marks import ASK
from flows.ingest.readers.numbers import decimal_of, pointed, ungrouped
from flows.ingest.readers.reading import Plan, Reading
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_PAIR = re.compile(r"^([A-Z]{3})[_/ -]?([A-Z]{3})(?![A-Z])")
#: A rate and the same one with its mark read otherwise are a thousandfold apart.
_NEAR = 30
_DERIVED = "{} of the Investing.com close of {}/{}"


class Investing(DailyBars):
    """Reads one symbol's bars, or the rates of one currency to the dollar."""

    name = "investing"
    source = "PX-INVESTING"
    basis = None
    known: ClassVar[Mapping[str, str]] = {
        "date": "date", "price": "close", "open": "open", "high": "high", "low": "low",
        "vol.": "volume", "change %": "stated_pct",
        "日期": "date", "收盘": "close", "开盘": "open", "高": "high", "低": "low",
        "交易量": "volume", "涨跌幅": "stated_pct",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """Its names of close and change, or the Chinese ones of high and low."""
        named = set(received.header)
        return received.form == "csv" and (
            {"Date", "Price", "Change %"} <= named or {"日期", "收盘", "高", "低"} <= named
        )

    def plan(self, received: Received, request: Request) -> Plan:
        """Bars of a listing, or rates where the name or `--symbol` is a pair of currencies."""
        pair = _pair_of(received, request)
        if pair is None:
            return super().plan(received, request)
        base, quote = pair
        if "USD" not in pair:
            raise Refused(
                f"{received.name} holds {base}/{quote}, and rates are kept to the dollar.",
                "Download the rate of each to the USD.",
                kind="fx",
            )
        missing = {"date", "close"} - set(self.columns(received).values())
        if missing:
            raise Refused(
                f"{received.name} is no table of rates: it lacks {', '.join(sorted(missing))}.",
                "The columns are Date and Price.",
                kind="fx",
            )
        said = (f"{base}/{quote}", request.date_order, request.decimal)
        options = " ".join(part for part in said if part)
        return Plan(
            "fx",
            self.name,
            options,
            assumed=(f"Every row is {quote} for one {base}, at the close.",),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a row."""
        if plan.kind != "fx":
            return super().read(received, plan, request)
        base, quote = plan.subject[:3], plan.subject[4:7]
        table = read_table(received)
        ours = self.columns(received)
        rows = table.rows.select(
            *(pl.col(stated).alias(name) for stated, name in ours.items()), "line"
        )
        order = order_of(rows["date"], request.date_order, received.name)
        rows = rows.with_columns(iso(pl.col("date"), order))
        mark, said = _mark_of(rows, base, quote, request, received)
        rows = rows.with_columns(ungrouped(pointed(pl.col("close"), mark)))
        rows, ragged = set_apart(
            rows,
            table.ragged,
            day_of(pl.col("date")).dt.weekday() > 5,
            "no_session",
            pl.format("{} is a day of the weekend, on which no rate is made.", "date"),
        )
        rate = pl.col("close")
        is_dollar_base = base == "USD"
        records = rows.select(
            pl.lit(quote if is_dollar_base else base).alias("currency"),
            pl.col("date").alias("rate_on"),
            (_inverse(rate) if is_dollar_base else rate).alias("usd_rate"),
            pl.lit(_DERIVED.format("Inverse" if is_dollar_base else "Copy", base, quote)).alias(
                "derivation"
            ),
            pl.col("date").alias("published_on"),
            pl.lit(self.source).alias("source_id"),
            pl.lit("derived" if is_dollar_base else "seen-secondary").alias("confidence"),
            "line",
        )
        return Reading(records, ragged, table.raw, assumed=said)


def _pair_of(received: Received, request: Request) -> tuple[str, str] | None:
    stated = request.symbol or PurePath(received.name).name
    pair = _PAIR.match(stated)
    if pair is None or (request.symbol or request.kind) in request.listings:
        if request.kind == "fx":
            raise Refused(
                f"{received.name} does not say of which two currencies its rates are.",
                "Say which: --symbol USD/CNY.",
                kind="fx",
            )
        return None
    if request.kind not in (None, "fx"):
        return None
    return pair[1], pair[2]


def _mark_of(
    rows: pl.DataFrame, base: str, quote: str, request: Request, received: Received
) -> tuple[str | None, tuple[str, ...]]:
    """The mark before the fraction of rates, by their own forms or by the stored rate beside them.

    Raises Refused where all have one group of three and the store shows nothing.
    """
    if request.decimal:
        return request.decimal, ()
    prices = [rows[name] for name in ("close", "open", "high", "low") if name in rows.columns]
    mark = decimal_of(prices, [])
    if mark is not None:
        is_told = mark == "comma"
        return mark, ("A comma stands before the fraction of its numbers.",) if is_told else ()
    example = rows["close"].drop_nulls()[0]
    day = rows.select(day_of(pl.col("date"))).to_series().drop_nulls()
    other = quote if base == "USD" else base
    known = request.market.rate(other, day[0]) if request.market and day.len() else None
    if known:
        known = 1 / known if base == "USD" else known
        for told in ("comma", "point"):
            rate = rows.select(
                ungrouped(pointed(pl.col("close"), told)).cast(pl.Float64, strict=False).median()
            ).item()
            if rate and 1 / _NEAR < rate / known < _NEAR:
                shown = f"A {told} stands before the fraction: so says the rate in the store."
                return told, (shown,)
    raise Refused(
        f"{received.name} does not say whether {example} is a whole number of thousands or a"
        " fraction: all its rates have one group of three.",
        ASK,
        kind="fx",
    )


def _inverse(rate: pl.Expr) -> pl.Expr:
    """One over it, to 10 decimals; what is no number above zero is handed on as it is."""
    below = rate.cast(pl.Decimal(38, 10), strict=False)
    above = pl.lit("1").cast(pl.Decimal(38, 20))
    quotient = pl.when(below > 0).then(above / below).cast(pl.Decimal(28, 10)).cast(pl.String)
    # so small a rate that it is nothing to ten decimals must not pass for its own inverse
    return pl.when(below == 0).then(pl.format("1/{}", rate)).otherwise(pl.coalesce(quotient, rate))
