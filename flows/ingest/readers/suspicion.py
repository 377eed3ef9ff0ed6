"""Daily bars that are not what they are sold as, told from the file and the exchange's calendar.

A wrong row is set apart under the name of the check, a file wrong throughout is refused. No row is
mended: what it should have been is not known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import day_of
from flows.ingest.readers.days import is_timed
from flows.ingest.readers.reading import Listing
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Request

#: Turnover over volume is the day's mean price; a volume in other units is off by a lot of 100.
_OFF_BY_A_LOT = (40.0, 250.0)
#: Between the largest volume before and the smallest after a change of unit.
_CLEAR_GAP = 8.0
#: A side of fewer rows shows no unit.
_FEWEST = 3
#: A tick of 0.01 makes so many whole prices in a row unlikely beyond doubt.
_WHOLE_ROWS = 5
#: Bars of weeks or months, told by so many of them.
_FEWEST_DAYS, _A_WEEK = 8, 5.0
_QUOTED_IN_CENTS = ("USD", "CNY", "HKD")

_NO_SESSION = "The exchange ({}) was not open on {}: the row is a copy of another day's, or a slip."
_CURRENCY = "The row is in {}, and {} is quoted in {}."
_TURNOVER = (
    "A turnover of {} on a volume of {} shares is {} a share, which is no price near {}: the volume"
    " is in another unit than the rest of the file."
)
_VOLUME = (
    "From {} on volumes are about {} times those before: one side is in lots. These rows are the"
    " ones that are not in the unit of this provider."
)
_REPEATED = (
    "The file has {} twice with the same prices, and the volume of the other row is larger: this"
    " one was taken before the session was whole."
)
_PRICE = "The close of {} is about {} times that of most rows of the file: it is in another unit."


def refuse_other_intervals(rows: pl.DataFrame, name: str) -> None:
    """Raises Refused where rows are moments, or several to a day and symbol in most days, or a
    week and more apart from each other.
    """
    _refuse_wider(rows, name)
    timed = rows.filter(is_timed(pl.col("date")))
    days = rows.group_by("symbol", "mic", "date").agg(
        pl.struct("open", "high", "low", "close").n_unique().alias("bars")
    )
    repeated = days.filter(pl.col("bars") > 1).height
    if timed.height * 2 > rows.height or (days.height and repeated * 2 > days.height):
        example = timed["date"][0] if timed.height else rows["date"][0]
        raise Refused(
            f"{name} holds bars within a day, such as {example}, not daily bars.",
            "Download the daily interval.",
            kind="prices",
        )


def _refuse_wider(rows: pl.DataFrame, name: str) -> None:
    for one in rows.partition_by("symbol", "mic"):
        days = one.select(day_of(pl.col("traded_on"))).to_series().drop_nulls().unique().sort()
        between = days.diff().dt.total_days().median()
        if days.len() >= _FEWEST_DAYS and isinstance(between, float) and between >= _A_WEEK:
            raise Refused(
                f"{name} holds a bar every {between:.0f} days, not daily bars.",
                "Download the daily interval.",
                kind="prices",
            )


def set_other_currency_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that state another currency than their listing's."""
    stated = pl.col("stated_currency").str.to_uppercase()
    possible = stated.str.split("/")
    is_other = ~possible.list.contains(pl.col("currency")).fill_null(value=True)
    reason = pl.format(_CURRENCY, "stated_currency", "symbol", "currency")
    return set_apart(rows, ragged, is_other, "other_currency", reason)


def set_without_session_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame, request: Request
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows of days on which the exchange was shut: by its calendar where that is known,
    else by the week.
    """
    day = day_of(pl.col("traded_on"))
    marked = []
    for one in rows.partition_by("symbol", "mic", maintain_order=True):
        symbol, mic, currency, is_index = one.select("symbol", "mic", "currency", "is_index").row(0)
        listing = Listing(symbol, mic, currency, is_index)
        open_on = request.market.sessions(listing) if request.market else ()
        is_shut = day.dt.weekday() > 5
        if open_on:
            is_known = day.is_between(open_on[0], open_on[-1])
            is_shut = pl.when(is_known).then(~day.is_in(open_on)).otherwise(is_shut)
        marked.append(one.with_columns(is_shut.alias("is_shut")))
    if not marked:
        return rows, ragged
    by_line = pl.concat(marked).sort("line", maintain_order=True)
    reason = pl.format(_NO_SESSION, "mic", "traded_on")
    rows, ragged = set_apart(by_line, ragged, pl.col("is_shut"), "no_session", reason)
    return rows.drop("is_shut"), ragged


def set_repeated_apart(
    one: pl.DataFrame, ragged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows of a day that another row has with the same prices and a larger volume, as
    some providers repeat the last day from a live quote. Of wholly equal rows none is parted.
    """
    prices = [pl.col(name).cast(pl.Float64, strict=False) for name in ("open", "high", "low")]
    of_day = ["day", pl.struct(*prices, "as_close")]
    is_less = (pl.col("as_volume") < pl.col("as_volume").max().over(of_day)).fill_null(value=False)
    return set_apart(
        one, ragged, is_less & pl.col("day").is_not_null(), "repeated_day",
        pl.format(_REPEATED, "traded_on"),
    )  # fmt: skip


def set_other_units_apart(
    rows: pl.DataFrame, ragged: pl.DataFrame, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows whose volume or price is in another unit than the rest of their file.

    Raises Refused where prices are whole numbers throughout, or every volume is off.
    """
    kept = []
    for one in rows.partition_by("symbol", "mic", maintain_order=True):
        _refuse_whole_prices(one, name)
        typed = one.with_columns(
            pl.col("close").cast(pl.Float64, strict=False).alias("as_close"),
            pl.col("volume").cast(pl.Float64, strict=False).alias("as_volume"),
            pl.col("amount").cast(pl.Float64, strict=False).alias("as_amount"),
        )
        typed, ragged = _by_turnover(typed, ragged, name)
        typed, ragged = _by_volume_level(typed, ragged)
        typed, ragged = _by_price_level(typed, ragged)
        kept.append(typed.select(rows.columns))
    return (pl.concat(kept).sort("line", maintain_order=True) if kept else rows), ragged


def _refuse_whole_prices(one: pl.DataFrame, name: str) -> None:
    if one.height < _WHOLE_ROWS or one["is_index"][0]:
        return
    if one["currency"][0] not in _QUOTED_IN_CENTS:
        return
    numbers = one.select(
        pl.col("open", "high", "low", "close").cast(pl.Float64, strict=False)
    ).drop_nulls()
    is_whole = numbers.select((pl.all() == pl.all().round(0)).all()).row(0)
    if numbers.height >= _WHOLE_ROWS and all(is_whole):
        raise Refused(
            f"{name}: all {numbers.height} rows have whole prices, such as"
            f" {one['close'][0]}: they may be in cents, or scaled by 100 or 10,000.",
            "If they are not, write them as a table of our own columns (docs/records.md).",
            kind="prices",
        )


def _by_turnover(
    one: pl.DataFrame, ragged: pl.DataFrame, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    mean = pl.col("as_amount") / pl.col("as_volume")
    times = mean / pl.col("as_close")
    low, high = _OFF_BY_A_LOT
    is_off = (
        (pl.col("as_volume") > 0)
        & (pl.col("as_amount") > 0)
        & (times.is_between(low, high) | (1 / times).is_between(low, high))
    ).fill_null(value=False)
    off = one.filter(is_off)
    told = one.filter((pl.col("as_volume") > 0) & (pl.col("as_amount") > 0)).height
    if off.height and off.height * 2 > told:
        raise Refused(
            f"{name}: turnover and volume of most rows do not go together, as in line"
            f" {off['line'][0]}: volumes are in shares where lots were expected, or the reverse.",
            "Say what volumes count: --volume-unit shares, lots or thousands.",
            kind="prices",
        )
    reason = pl.format(_TURNOVER, "amount", "volume", mean.round(2), "close")
    return set_apart(one, ragged, is_off, "volume_unit", reason)


def _by_volume_level(one: pl.DataFrame, ragged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A day from which every volume is a hundred times larger, or smaller, than every one before.

    The provider's unit is shares by now, so the smaller side is in lots; where lots were turned
    to shares the larger side was in shares.
    """
    by_day = one.filter(pl.col("as_volume") > 0).sort("traded_on")
    volume = by_day["as_volume"]
    if volume.len() < 2 * _FEWEST:
        return one, ragged
    up = volume.cum_min(reverse=True).shift(-1) / volume.cum_max()
    down = volume.cum_min() / volume.cum_max(reverse=True).shift(-1)
    gap = pl.select(pl.max_horizontal(up, down).fill_null(0)).to_series()
    at = gap.arg_max()
    if at is None or gap[at] < _CLEAR_GAP or not _FEWEST <= at + 1 <= volume.len() - _FEWEST:
        return one, ragged
    before, after = volume[: at + 1].median(), volume[at + 1 :].median()
    times = float(after) / float(before)  # type: ignore[arg-type]
    low, high = _OFF_BY_A_LOT
    if not (low <= times <= high or low <= 1 / times <= high):
        return one, ragged
    since = by_day["traded_on"][at + 1]
    in_lots = "lots" in one.columns and bool(one["lots"][0])
    earlier = (times > 1) != in_lots
    is_off = pl.col("traded_on") < since if earlier else pl.col("traded_on") >= since
    said = f"{times:.0f}" if times > 1 else f"1/{1 / times:.0f}"
    return set_apart(
        one, ragged, is_off, "volume_unit", pl.lit(_VOLUME.format(since, said), pl.String)
    )


def _by_price_level(one: pl.DataFrame, ragged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose close is a hundred, a thousand or ten thousand times that of the most rows."""
    by_day = one.filter(pl.col("as_close") > 0).sort("traded_on")
    tens = (by_day["as_close"] / by_day["as_close"].shift(1)).log(10).fill_null(0.0)
    steps = tens.round(0)
    is_step = (steps.abs() >= 2) & ((tens - steps).abs() < 0.1)
    if not is_step.any():
        return one, ragged
    level = pl.select(pl.when(is_step).then(steps).otherwise(0.0).cum_sum()).to_series()
    rows_at = Counter(level)
    usual = max(reversed(level), key=rows_at.__getitem__)  # of two as frequent the later one
    levels = by_day.select("line", (10 ** (level - usual)).alias("times"))
    marked = one.join(levels, on="line", how="left", maintain_order="left")
    is_off = (pl.col("times") != 1).fill_null(value=False)
    rows, ragged = set_apart(
        marked, ragged, is_off, "price_unit", pl.format(_PRICE, "traded_on", "times")
    )
    return rows.drop("times"), ragged
