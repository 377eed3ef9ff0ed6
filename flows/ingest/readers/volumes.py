"""In which unit volumes are: shares, lots of 100, thousands.

A unit in the name of the column, or `--volume-unit`, decides; else the turnover beside the volume
does, then the volumes that the store holds of the same days or the days next to them, and only then
the unit that a provider's format is known by. What decides must not be spoken against by the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.headings import LOT, LOTS, VOLUMES
from flows.ingest.readers.numbers import counted
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.known import Known

ASK = "Say which: --volume-unit shares, lots or thousands."
#: Turnover over volume is the day's mean price; a volume in other units is off by a lot of 100.
OFF_BY_A_LOT = (40.0, 250.0)
_THOUSAND = 1000
_SAID = {"shares": 1, "lots": LOT, "thousands": _THOUSAND}
_WORDS = {1: "shares", LOT: "lots of 100 shares", _THOUSAND: "thousands of shares"}
#: A mean over this much of the close, or under it, is that of another unit.
_LEVEL = 8.0
#: Beyond this a volume is not the stored one whatever the provider.
_FAR = 20.0
_MAINLAND = ("XSHG", "XSHE", "BJSE")
#: Where a lot is 100 shares; elsewhere each company has its own.
_LOTS_OF_100 = (*_MAINLAND, "XNAS", "XNYS", "XASE", "ARCX", "BATS")
_MOST = 0.8

_STORED = (
    "The volume of {} is {} times that in the store, {}: it is in another unit, or another day's."
)


@dataclass(frozen=True)
class Unit:
    """Shares for one of a volume. `is_firm`: the file or the user says so, not only the format.

    `times` is None where neither does. `why` says who says so.
    """

    times: int | None
    is_firm: bool = False
    is_lots: bool = False
    why: str = ""


def stated_unit(in_header: str, said: str | None, name: str) -> Unit | None:
    """The unit that the user or the name of the column states, None where neither does.

    Raises Refused for a unit in the name that is not known.
    """
    if said is not None:
        return Unit(_SAID[said], is_firm=True, is_lots=said == "lots", why="as you say")
    if not in_header:
        return None
    if in_header not in VOLUMES:
        raise Refused(
            f"{name} has volumes in {in_header!r}, a unit that is not known.", ASK, kind="prices"
        )
    times = VOLUMES[in_header]
    return Unit(times, True, in_header in LOTS, "as the name of the column says")


def in_shares(
    one: pl.DataFrame, unit: Unit, known: Known, mic: str, name: str
) -> tuple[pl.DataFrame, Unit, bool]:
    """The bars with `volume` in shares as text, the unit that decided, and whether it is not the
    one that the format is known by.

    Raises Refused where nothing decides, or where what is stated is spoken against.
    """
    if unit.is_firm and unit.is_lots and mic not in _LOTS_OF_100:
        raise Refused(
            f"{name} has volumes in lots, and a lot has no one size on {mic}.",
            "Say --volume-unit shares if they are in shares.",
            kind="prices",
        )
    typed = one.with_columns(
        counted(pl.col("volume")).cast(pl.Float64, strict=False).alias("as_volume")
    )
    is_marked = pl.col("volume").str.contains("[手股]").fill_null(value=False)
    plain = typed.filter(~is_marked)
    evident, why = _evident(plain, known, mic) if not unit.is_firm else (None, "")
    found = Unit(evident, is_lots=evident == LOT, why=why) if evident is not None else unit
    if found.times is None:
        if plain.filter(pl.col("as_volume") > 0).is_empty():
            found = Unit(1)
        else:
            raise Refused(
                f"{name} does not say whether its volumes are in shares or in lots, such as"
                f" {plain['volume'].drop_nulls().head(1).item()}, and neither a turnover nor the"
                " store shows it.",
                ASK,
                kind="prices",
            )
    volume = counted(pl.col("volume"), lot=found.times or 1)
    is_other = evident is not None and unit.times is not None and evident != unit.times
    return one.with_columns(volume.alias("volume")), found, is_other


def _evident(one: pl.DataFrame, known: Known, mic: str) -> tuple[int | None, str]:
    """The unit that turnover, or else the store, shows, and how."""
    both = one.filter(pl.col("as_volume") > 0, pl.col("as_amount") > 0, pl.col("as_close") > 0)
    if both.height:
        mean = (both["as_amount"] / both["as_volume"] / both["as_close"]).median()
        times = _unit_of(float(mean), mic)  # type: ignore[arg-type]
        if times is not None:
            return times, "so says the turnover beside them"
    days = one.filter(pl.col("as_volume") > 0).join(
        known.closes, left_on="day", right_on="traded_on", how="inner"
    )
    ratio = (days["raw_volume"] / days["as_volume"]).drop_nulls()
    if ratio.len():
        times = _unit_of(float(ratio.median()), mic)  # type: ignore[arg-type]
        if times is not None:
            return times, "so say the volumes of the same days in the store"
    near = known.neighbours(one)
    if near.height:
        ratio = (near["raw_volume"] / near["as_volume"]).drop_nulls().drop_nans()
        ratio = ratio.filter(ratio.is_finite())
        if ratio.len():
            times = _unit_of(float(ratio.median()), mic)  # type: ignore[arg-type]
            if times is not None:
                return times, "so say the volumes of the days next to them in the store"
    return None, ""


def _unit_of(ratio: float, mic: str) -> int | None:
    if ratio <= 0 or not math.isfinite(ratio):
        return None
    if 1 / _LEVEL < ratio < _LEVEL:
        return 1
    low, high = OFF_BY_A_LOT
    return LOT if mic in _MAINLAND and low / 2 < ratio < high * 2 else None


def set_unlike_stored_apart(
    one: pl.DataFrame, ragged: pl.DataFrame, known: Known, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the bars (`as_volume` in shares) whose volume is a power of ten times the stored one,
    or far from it. Raises Refused where most are.
    """
    days = (
        one.filter(pl.col("as_volume") > 0)
        .select("line", "day", "as_volume")
        .join(known.closes, left_on="day", right_on="traded_on", how="inner")
        .filter(pl.col("raw_volume") > 0)
        .with_columns(
            (pl.col("as_volume") / pl.col("raw_volume")).alias("to_raw"),
            (pl.col("as_volume") / pl.col("split_volume")).alias("to_split"),
        )
    )
    off = days.filter(_is_off("to_raw") & _is_off("to_split"))
    if off.is_empty():
        return one, ragged
    # of a restated and an as-traded ratio the one that is nearer to a power of ten says it
    is_raw_nearer = _from_a_power("to_raw") <= _from_a_power("to_split")
    off = off.with_columns(
        pl.when(is_raw_nearer).then("to_raw").otherwise("to_split").alias("times"),
        pl.when(is_raw_nearer).then("raw_volume").otherwise("split_volume").alias("stored"),
    )
    if off.height >= _MOST * days.height and days.height > 1:
        times = float(off["times"].median())  # type: ignore[arg-type]
        raise Refused(
            f"The volumes in {name} are {times:.4g} times those of {one['symbol'][0]} in the store"
            f" on {off.height} of {days.height} days: they are in another unit.",
            ASK,
            kind="prices",
        )
    marked = one.join(
        off.select("line", "times", "stored"), on="line", how="left", maintain_order="left"
    )
    reason = pl.format(
        _STORED, "traded_on", pl.col("times").round(4), pl.col("stored").cast(pl.Int64)
    )
    rows, ragged = set_apart(marked, ragged, pl.col("times").is_not_null(), "volume_unit", reason)
    return rows.drop("times", "stored"), ragged


def _from_a_power(name: str) -> pl.Expr:
    tens = pl.col(name).log(10)
    return (tens - tens.round(0)).abs()


def _is_off(name: str) -> pl.Expr:
    tens = pl.col(name).log(10)
    is_power = (tens.round(0) != 0) & ((tens - tens.round(0)).abs() < 0.02)
    return is_power | (tens.abs() > math.log10(_FAR))


def in_words(unit: Unit) -> str:
    """The unit as a sentence for the report."""
    return f"Volumes are in {_WORDS.get(unit.times or 1, f'units of {unit.times} shares')}"
