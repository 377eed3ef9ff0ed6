"""Days as providers write them, to 2025-12-09; day and month are never guessed.

A file in which 03/04/2025 may be either is decided by another of its rows, by the user, or not at
all. A moment with its offset is the day on which it is midnight at the exchange. What is no day is
handed on as it is, for the contract to refuse with the text as received.
"""

from __future__ import annotations

import polars as pl

from flows.ingest.parse import day_of
from flows.ingest.refusal import Refused

_NUMERIC = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$"
_MIDNIGHT = r"[T ]0?0:00(:00(\.0+)?)?\s*(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?$"
_TIMED = r"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_AT_CLOSE = r"^(.*[0-9])[T ](1[56]:00(?::00)?)$"
_ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*(Z|UTC|[+-][0-9]{2}:?[0-9]{2})$"
_CHINESE = r"^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日$"
_BY_NAME = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d %b, %Y")
#: The clocks of the exchanges, by market.
ZONES = {
    **dict.fromkeys(("XNAS", "XNYS", "XASE", "ARCX", "BATS"), "America/New_York"),
    **dict.fromkeys(("XSHG", "XSHE", "BJSE"), "Asia/Shanghai"),
    "XHKG": "Asia/Hong_Kong", "XTAI": "Asia/Taipei",
}  # fmt: skip


def iso(text: pl.Expr, order: str = "ymd") -> pl.Expr:
    """Text of days in one form, midnight of them too; `order` is that of 03/04/2025."""
    bare = text.str.replace(_MIDNIGHT, "")
    parts = bare.str.extract_groups(_NUMERIC)
    first, second = parts.struct.field("1"), parts.struct.field("2")
    month, day = (second, first) if order == "dmy" else (first, second)
    numeric = pl.format("{}-{}-{}", parts.struct.field("3"), month, day)
    known = pl.coalesce(
        day_of(bare),
        day_of(bare.str.replace(_CHINESE, "$1-$2-$3")),
        *(bare.str.to_date(form, strict=False) for form in _BY_NAME),
        *([day_of(numeric)] if order != "ymd" else []),
    )
    return pl.coalesce(known.cast(pl.String), text)


def at_the_exchange(text: pl.Expr, mic: pl.Expr) -> pl.Expr:
    """2025-11-17T05:00:00Z to 2025-11-17 for New York: a moment that is midnight there, or that
    is midnight on its own clock, is that day; any other stays as it is.
    """
    moment = (
        text.str.replace(" ", "T", literal=True)
        .str.replace(r"(Z|\s*UTC)$", "+00:00")
        .str.replace(r"(T[0-9]{2}:[0-9]{2})([+-])", "$1:00$2")
        .str.replace(r"([+-][0-9]{2})([0-9]{2})$", "$1:$2")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC")
    )
    day = pl.lit(None, pl.String)
    for zone in sorted(set(ZONES.values())):
        of_zone = [market for market, its in ZONES.items() if its == zone]
        there = moment.dt.convert_time_zone(zone)
        is_midnight = (there.dt.hour() == 0) & (there.dt.minute() == 0)
        day = (
            pl.when(mic.is_in(of_zone) & is_midnight)
            .then(there.dt.date().cast(pl.String))
            .otherwise(day)
        )
    is_asked = text.str.contains(_ZONED) & ~text.str.contains(_MIDNIGHT)
    return pl.when(is_asked).then(pl.coalesce(day, text)).otherwise(text)


def without_close(texts: pl.Series) -> pl.Series:
    """Days that all carry the same hour of a market's close, such as 15:00, without it; others as
    they are.
    """
    parts = texts.str.extract_groups(_AT_CLOSE).struct.unnest()
    days, hours = parts["1"], parts["2"].drop_nulls()
    if days.null_count() > texts.null_count() or hours.n_unique() != 1:
        return texts
    return days.rename(texts.name)


def order_of(texts: pl.Series, stated: str | None, name: str) -> str:
    """Which of day and month comes first in a file's dates; `stated` is the user's word.

    Raises Refused where no row decides, or where one contradicts another.
    """
    bare = texts.drop_nulls().str.replace(_MIDNIGHT, "")
    parts = bare.str.extract_groups(_NUMERIC).struct.unnest()
    if stated or parts["1"].null_count() == parts.height:
        return stated or "ymd"
    day_first = bool((parts["1"].cast(pl.Int32) > 12).any())
    month_first = bool((parts["2"].cast(pl.Int32) > 12).any())
    if day_first != month_first:
        return "dmy" if day_first else "mdy"
    example = bare.filter(bare.str.contains(_NUMERIC))[0]
    if day_first:
        what = f"{name} has dates with the day first and dates with the month first"
    else:
        what = f"{name} does not say whether {example} has the month or the day first"
    raise Refused(f"{what}.", "Say which: --date-order mdy or --date-order dmy.", kind="prices")


def is_timed(text: pl.Expr) -> pl.Expr:
    """Whether it is a moment within a day."""
    return text.str.contains(_TIMED) & ~text.str.contains(_MIDNIGHT)
