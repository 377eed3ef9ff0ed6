"""Invented shipments over the bundled chips, vendors and buyers, marked as such in every row.

A row depends on its number and the seed only, so a file of any length is made piece by piece. The
rows are a series of their own (segment and basis) and are never added to a filing.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl

from flows import assets
from flows.sample.drawing import drawn

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2026, 9, 30)
#: In a day's batch every hundredth row corrects an earlier one, every twentieth is of a past month.
CORRECTED, LATE = 100, 20
#: What a draw is for.
_CHIP, _BUYER, _DAY, _LAG, _UNITS, _PRICE, _TARGET = range(1, 8)


def shipped(seed: int, number: pl.Series) -> pl.DataFrame:
    """The shipments of these numbers, each known some days after it was sold."""
    days = (LAST - FIRST).days + 1
    sold_on = _days_after(pl.lit(FIRST), drawn(seed, _DAY) % days)
    known_on = _days_after(sold_on, drawn(seed, _LAG) % 6)
    return _rows(seed, number, f"invented-{seed}-", sold_on, known_on)


def of_day(seed: int, number: pl.Series, day: dt.date, after: int) -> pl.DataFrame:
    """A day's batch: sales of the day, late ones of past months, and corrections.

    A correction is a row of the first `after` rows of this seed, one unit larger, known on `day`.
    """
    own = seed + day.toordinal()  # another draw every day
    late = pl.when(pl.col("number") % LATE == 1).then(28 + drawn(own, _DAY) % 180).otherwise(0)
    sold_on = _days_after(pl.lit(day), -late.cast(pl.Int32))
    fresh = _rows(own, number, f"invented-{seed}-{day:%Y%m%d}-", sold_on, pl.lit(day))
    is_corrected = pl.col("number") % CORRECTED == 0
    corrected = number.to_frame().filter(is_corrected)
    targets = corrected.select((drawn(own, _TARGET) % after).alias("number")).to_series()
    restated = shipped(seed, targets).with_columns(
        corrected["number"],
        pl.lit(day).alias("published_on"),
        pl.col("units") + 1,
        (pl.col("revenue") + pl.col("unit_price")).cast(pl.Decimal(28, 2)),
    )
    return pl.concat([fresh.filter(~is_corrected), restated]).sort("number")


def _rows(
    seed: int, number: pl.Series, prefix: str, sold_on: pl.Expr, published_on: pl.Expr
) -> pl.DataFrame:
    chips, buyers = _chips(), _buyers()
    chip = drawn(seed, _CHIP) % chips.height
    own = {name: pl.lit(chips[name]).gather(pl.col("chip")) for name in chips.columns}
    percent = 80 + drawn(seed, _PRICE).cast(pl.Int64) % 41
    units = 1 + drawn(seed, _UNITS).cast(pl.Int64) % 512
    padded = pl.col("number").cast(pl.String).str.zfill(9)
    said = {
        "region": "China",
        "basis": "shipment",
        "scope": "product",
        "segment": "Invented shipments",
        "value_type": "reported",
        "published_basis": "stated",
        "source_id": "INVENTED",
        "confidence": "invented",
        "note": "Invented for trials.",
    }
    return (
        number.to_frame()
        .with_columns(chip.alias("chip"), units.alias("units"))
        .with_columns((own["base_cents"] * percent // 100).alias("cents"))
        .select(
            "number",
            pl.concat_str(pl.lit(prefix), padded).alias("sale_id"),
            own["vendor"].alias("vendor"),
            own["chip_id"].alias("chip_id"),
            pl.lit(buyers).gather(drawn(seed, _BUYER) % buyers.len()).alias("customer"),
            sold_on.alias("period_start"),
            sold_on.alias("period_end"),
            "units",
            _money(pl.col("cents")).alias("unit_price"),
            _money(pl.col("cents") * pl.col("units")).alias("revenue"),
            own["currency"].alias("currency"),
            published_on.alias("published_on"),
            *(pl.lit(value).alias(name) for name, value in said.items()),
        )
    )


def _days_after(day: pl.Expr, days: pl.Expr) -> pl.Expr:
    # whole days are added as numbers: durations would be ten times slower
    return (day.cast(pl.Int32) + days.cast(pl.Int32)).cast(pl.Date)


def _money(cents: pl.Expr) -> pl.Expr:
    return (cents.cast(pl.Decimal(28, 2)) / 100).cast(pl.Decimal(28, 2))


@cache
def _chips() -> pl.DataFrame:
    """Chip, vendor and currency of each bundled chip, and an invented price in cents."""
    is_chinese = pl.col("vendor_country") == "CN"
    dollars = 5_000 + pl.int_range(pl.len(), dtype=pl.Int64) * 7_919 % 30_000
    return (
        _seed("chips")
        .unique("chip_id")
        .sort("chip_id")
        .select(
            "chip_id",
            "vendor",
            pl.when(is_chinese).then(pl.lit("CNY")).otherwise(pl.lit("USD")).alias("currency"),
            (dollars * pl.when(is_chinese).then(700).otherwise(100)).alias("base_cents"),
        )
    )


@cache
def _buyers() -> pl.Series:
    """The bundled companies that buy chips: clouds, server makers and the like."""
    buys = pl.col("bucket").is_in(["in_house", "other"])
    return _seed("companies").filter(buys)["vendor"].unique().sort()


def _seed(kind: str) -> pl.DataFrame:
    return pl.read_csv(assets.seeds() / f"{kind}.csv", infer_schema=False)
