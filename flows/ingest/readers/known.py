"""What the store knows of one listing, asked once for all checks of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.reading import CLOSES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from flows.ingest.readers.reading import Action, Listing, Request

#: Sessions that may lie between two closes of which one shows the level of the other.
_NEAR = 3


@dataclass(frozen=True)
class Known:
    """Sessions in order, recorded splits in order, stored closes and volumes as in `CLOSES`."""

    sessions: Sequence[dt.date]
    actions: Sequence[Action]
    closes: pl.DataFrame

    def ratio_since(self, day: pl.Expr) -> pl.Expr:
        """The product of the recorded ratios whose ex-day is after `day`: as traded over restated
        to date.
        """
        ratio = pl.lit(1.0)
        for action in self.actions:
            ratio = ratio * pl.when(day < action.ex_on).then(action.ratio).otherwise(1.0)
        return ratio

    def place(self, days: pl.Series) -> pl.Series:
        """A number for each day that rises by one from session to session."""
        if len(self.sessions):
            sessions = pl.Series(self.sessions, dtype=pl.Date).sort()
            inside = days.is_between(sessions[0], sessions[-1]).all()
            if inside:
                return sessions.search_sorted(days, "left").cast(pl.Int64)
        epoch = pl.lit("1970-01-05").str.to_date()
        frame = days.rename("day").to_frame()
        return frame.select(pl.business_day_count(epoch, "day").cast(pl.Int64)).to_series()

    def neighbours(self, one: pl.DataFrame) -> pl.DataFrame:
        """Bars of `one` (`day`, `as_close`) on days that are not stored, each with the nearest
        stored closes before and after it that are few sessions away, by `raw` and `split`, with
        `since` (the ratio from the stored day to the bar's, as-traded prices divided by it).
        """
        bars = (
            one.filter(pl.col("as_close") > 0, pl.col("day").is_not_null())
            .select("day", "as_close", "as_volume")
            .unique("day", keep="last", maintain_order=True)
            .join(self.closes, left_on="day", right_on="traded_on", how="anti")
            .sort("day")
        )
        stored = self.closes.sort("traded_on").rename({"traded_on": "stored_on"})
        if bars.is_empty() or stored.is_empty():
            return pl.DataFrame()
        pairs = pl.concat(
            bars.join_asof(
                stored.with_columns(pl.col("stored_on").alias("at")),
                left_on="day", right_on="at", strategy=strategy,
                check_sortedness=False,
            ).drop("at", strict=False)
            for strategy in ("backward", "forward")
        ).filter(pl.col("stored_on").is_not_null())  # fmt: skip
        if pairs.is_empty():
            return pl.DataFrame()
        apart = (self.place(pairs["day"]) - self.place(pairs["stored_on"])).abs()
        pairs = pairs.filter(apart <= _NEAR)
        since = self.ratio_since(pl.col("stored_on")) / self.ratio_since(pl.col("day"))
        return pairs.with_columns(since.alias("since"))


def known_of(listing: Listing, request: Request) -> Known:
    """Ask the store of a listing; nothing is known where there is no store."""
    market = request.market
    if market is None:
        return Known((), (), pl.DataFrame(schema=CLOSES))
    actions = () if listing.is_index else market.actions(listing)
    return Known(market.sessions(listing), actions, market.closes(listing))
