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


#: The latest version of each recorded action of a listing that changes its price, not withdrawn.
_ACTIONS = """
    select ex_on, cast(max_by(price_ratio, (published_on, batch_no)) as double) as ratio
    from raw_corporate_actions
    where symbol = $symbol and mic = $mic
    group by ex_on
    having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
        and max_by(action, (published_on, batch_no)) <> 'dividend'
"""


class Market:
    """Answers from the store of one run."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def sessions(self, listing: Listing) -> list[dt.date]:
        """The days on which its exchange was or will be open, as far as they are known."""
        rows = self._con.execute(
            """
            select session_on
            from raw_sessions
            where mic in (
                select calendar_mic from raw_listings where symbol = ? and mic = ?
            )
            group by mic, session_on
            having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
            order by session_on
            """,
            [listing.symbol, listing.mic],
        ).fetchall()
        return sorted({day for (day,) in rows})

    def actions(self, listing: Listing) -> list[Action]:
        """Its recorded splits and bonus issues, the first one first."""
        rows = self._con.execute(
            f"select ex_on, ratio from ({_ACTIONS}) order by ex_on",
            {"symbol": listing.symbol, "mic": listing.mic},
        ).fetchall()
        return [Action(*row) for row in rows]

    def rate(self, currency: str, day: dt.date) -> float | None:
        """US dollars for one unit of a currency on the stored day nearest to it."""
        row = self._con.execute(
            """
            select cast(max_by(usd_rate, (published_on, batch_no)) as double)
            from raw_fx
            where currency = ?
            group by rate_on
            having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
            order by abs(date_diff('day', rate_on, cast(? as date))), rate_on
            limit 1
            """,
            [currency, day],
        ).fetchone()
        return None if row is None else float(row[0])

    def closes(self, listing: Listing) -> pl.DataFrame:
        """The latest closes and volumes of a listing by day, as in `CLOSES`, null where not known.

        Where one of `raw` and `split` is not stored it is had from the other by the recorded
        actions; `has_raw` and `has_split` say which are stored. Rows that were withdrawn are none.
        """
        rows = self._con.execute(
            f"""
            with latest as (
                select
                    traded_on, adjustment,
                    max_by(close, (published_on, batch_no)) as close,
                    max_by(
                        cast(coalesce(volume, -1) as double), (published_on, batch_no)
                    ) as volume
                from raw_prices
                where symbol = $symbol and mic = $mic
                group by traded_on, adjustment
                having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
            ),
            stored as (
                select
                    traded_on, adjustment, cast(close as double) as close,
                    case when volume > 0 then volume end as volume
                from latest
            ),
            action as ({_ACTIONS}),
            by_day as (
                select
                    traded_on,
                    max(case when adjustment = 'raw' then close end) as raw,
                    max(case when adjustment = 'split' then close end) as split,
                    max(case when adjustment = 'total_return' then close end) as total_return,
                    max(case when adjustment = 'raw' then volume end) as raw_volume,
                    max(case when adjustment <> 'raw' then volume end) as split_volume,
                    coalesce((
                        select product(ratio) from action where ex_on > traded_on
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
                split is not null,
                coalesce(raw_volume, split_volume / ratio),
                coalesce(split_volume, raw_volume * ratio)
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
        said.decimal,
        said.volume_unit,
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
            where close_at > ? and not coalesce(is_withdrawn, false)
            group by mic
        )
        select symbol, mic, currency, security_type = 'index', open_from, listed_on
        from listing
        left join first_open using (calendar_mic)
        where version_rank = 1 and not coalesce(is_withdrawn, false)
        order by symbol, mic
        """,
        [received_at.replace(tzinfo=None)],
    ).fetchall()
    found: dict[str, list[Listing]] = {}
    for row in rows:
        listing = Listing(*row)
        found.setdefault(listing.symbol, []).append(listing)
    return found
