"""What the store knows of markets, for readers of prices: listings, sessions and closes.

Readers touch no store; they are handed a `Request` whose `Market` is asked only by those that
need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.reading import CLOSES, Action, Listing, Request
from warehouse import clock

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

    from flows.ingest.said import Said


class Market:
    """Answers from the store of one run."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def sessions(self, listing: Listing) -> list[dt.date]:
        """The days on which its exchange was or will be open, as far as they are known."""
        rows = self._con.execute(
            """
            select distinct session_on
            from raw_sessions
            where mic in (
                select calendar_mic from raw_listings where symbol = ? and mic = ?
            )
            order by session_on
            """,
            [listing.symbol, listing.mic],
        ).fetchall()
        return [day for (day,) in rows]

    def actions(self, listing: Listing) -> list[Action]:
        """Its recorded splits and bonus issues, the first one first."""
        rows = self._con.execute(
            """
            select ex_on, cast(max_by(price_ratio, (published_on, batch_no)) as double)
            from raw_corporate_actions
            where symbol = ? and mic = ? and action <> 'dividend'
            group by ex_on
            order by ex_on
            """,
            [listing.symbol, listing.mic],
        ).fetchall()
        return [Action(*row) for row in rows]

    def closes(self, listing: Listing) -> pl.DataFrame:
        """The latest closes of a listing by day, as in `CLOSES`, null where not known.

        Where one of `raw` and `split` is not stored it is had from the other by the recorded
        actions; `has_raw` and `has_split` say which are stored.
        """
        rows = self._con.execute(
            """
            with stored as (
                select
                    traded_on,
                    adjustment,
                    cast(max_by(close, (published_on, batch_no)) as double) as close
                from raw_prices
                where symbol = $symbol and mic = $mic
                group by traded_on, adjustment
            ),
            action as (
                select
                    ex_on,
                    cast(max_by(price_ratio, (published_on, batch_no)) as double) as price_ratio
                from raw_corporate_actions
                where symbol = $symbol and mic = $mic and action <> 'dividend'
                group by ex_on
            ),
            by_day as (
                select
                    traded_on,
                    max(close) filter (where adjustment = 'raw') as raw,
                    max(close) filter (where adjustment = 'split') as split,
                    max(close) filter (where adjustment = 'total_return') as total_return,
                    coalesce((
                        select product(price_ratio) from action where ex_on > traded_on
                    ), 1) as ratio
                from stored
                group by traded_on
            )
            select
                traded_on,
                coalesce(raw, split * ratio),
                coalesce(split, raw / ratio),
                total_return,
                raw is not null,
                split is not null
            from by_day
            order by traded_on
            """,
            {"symbol": listing.symbol, "mic": listing.mic},
        ).fetchall()
        return pl.DataFrame(rows, schema=CLOSES, orient="row")


def request_of(
    con: duckdb.DuckDBPyConnection,
    said: Said,
    *,
    needs_listings: bool,
    received_at: dt.datetime | None = None,
) -> Request:
    """What a reader is told of a file beside its bytes.

    `received_at` is when the file came, now where not given: a session that was open then is
    still an unfinished day in it however late it is read again.
    """
    return Request(
        said.kind,
        said.symbol,
        _listings(con, received_at or clock.now()) if needs_listings else {},
        said.adjustment,
        said.date_order,
        Market(con),
    )


def _listings(con: duckdb.DuckDBPyConnection, received_at: dt.datetime) -> dict[str, list[Listing]]:
    """The latest version of every listing in the store, by symbol, with its exchange's clock."""
    rows = con.execute(
        """
        with listing as (
            select *, row_number() over (
                partition by symbol, mic order by published_on desc, batch_no desc
            ) as version_rank
            from raw_listings
        ),
        first_open as (
            select mic as calendar_mic, min(session_on) as open_from
            from raw_sessions
            where close_at > ?
            group by mic
        )
        select symbol, mic, currency, security_type = 'index', open_from
        from listing
        left join first_open using (calendar_mic)
        where version_rank = 1
        order by symbol, mic
        """,
        [received_at.replace(tzinfo=None)],
    ).fetchall()
    found: dict[str, list[Listing]] = {}
    for row in rows:
        listing = Listing(*row)
        found.setdefault(listing.symbol, []).append(listing)
    return found
