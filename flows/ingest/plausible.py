"""Rates and volumes that cannot be what they say, held back whoever wrote them.

An exchange rate far from the stored rates of the days beside it, upside down, a power of ten away,
or against a second source of the same day; a volume a power of ten from that of another source. A
rate that the store has nothing to compare with is compared with its neighbours in the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from warehouse import records
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from flows.ingest.versions import Verdicts

#: Two sources of one day differ by the hour at which they look, not by more than this.
_SOURCES_APART = 0.05
#: No currency moves by half within a month but by being replaced; with time it may.
_MONTH_APART = 1.5
#: So much nearer to one over the rate beside it: it is upside down.
_NEARER = 0.25
_AS_INVERSE = 0.2
#: Less than this is no error of unit or direction.
_LEAST = 0.1
_TEN = 0.03
_SCHEMA = {"at": pl.Int64, "line": pl.Int64, "rule": pl.String, "reason": pl.String}

#: Beyond this, as a power of ten, a volume is not the one of another source.
_VOLUMES_APART = 1.3
_VOLUME = (
    "The volume of {} of {} is {} times that of another source, {:.0f} ({}): one of the two is in"
    " another unit. If that one is wrong, withdraw it first."
)

_REASONS = {
    "rate_upside_down": "{rate} US dollars for one {currency} on {rate_on} is one over the rate"
    " beside it, {reference} ({reference_on}, {source}): write dollars for one {currency}.",
    "rate_unit": "{rate} US dollars for one {currency} on {rate_on} is a power of ten away from the"
    " rate beside it, {reference} ({reference_on}, {source}): a decimal mark was misread, or it is"
    " of 100 units.",
    "rate_contradicted": "{rate} US dollars for one {currency} on {rate_on} is not the rate of the"
    " same day from {source}, {reference}. If that one is wrong, withdraw it first.",
    "rate_far": "{rate} US dollars for one {currency} on {rate_on} is far from the rate beside it,"
    " {reference} ({reference_on}, {source}). If that one is wrong, withdraw it first.",
}


def set_apart(
    con: duckdb.DuckDBPyConnection, kind: str, draft: Path, verdicts: Verdicts
) -> tuple[Verdicts, pl.DataFrame]:
    """The verdicts without the new rates or bars that cannot be right, and `line`, `rule` and
    `reason` of those.
    """
    # rows that contradict each other say nothing of the others either
    found = implausible(con, kind, draft, verdicts.dropped)
    found = found.filter(~pl.col("at").is_in(verdicts.dropped.implode()))
    dropped = pl.concat([verdicts.dropped.cast(pl.Int64), found["at"].rename("row_no")]).sort()
    kept = replace(verdicts, new=verdicts.new - found.height, dropped=dropped)
    return kept, found.drop("at")


def implausible(
    con: duckdb.DuckDBPyConnection, kind: str, draft: Path, dropped: pl.Series | None = None
) -> pl.DataFrame:
    """`at` (0 the first row of `draft`), `line`, `rule` and `reason` of rows to be held back.

    Rows at `dropped` places are no evidence.
    """
    if kind == "fx":
        return implausible_rates(con, draft, dropped)
    if kind == "prices" and not records.is_empty(con, kind):
        return implausible_volumes(con, draft)
    return pl.DataFrame(schema=_SCHEMA)


def implausible_volumes(con: duckdb.DuckDBPyConnection, draft: Path) -> pl.DataFrame:
    """Bars whose volume is a power of ten times that which another source has of the same day, or
    far from it: one of the two is in lots.
    """
    query = f"""
        with candidate as (
            select
                file_row_number as row_at, line, symbol, mic, traded_on, adjustment,
                {MAIN_SOURCE} as main_source, cast(volume as double) as volume
            from read_parquet($draft, file_row_number = true)
            where volume > 0 and not coalesce(is_withdrawn, false)
        ),
        stored as (
            select
                symbol, mic, traded_on, adjustment, main_source,
                cast(max_by(coalesce(volume, 0), (published_on, batch_no)) as double) as volume
            from (select *, {MAIN_SOURCE} as main_source from raw_prices)
            semi join candidate using (symbol, mic, traded_on, adjustment)
            group by all
            having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
        ),
        pair as (
            select
                candidate.row_at, candidate.line, candidate.symbol, candidate.traded_on,
                stored.main_source, stored.volume as stored,
                log10(candidate.volume / stored.volume) as tens
            from candidate
            inner join stored using (symbol, mic, traded_on, adjustment)
            where stored.volume > 0 and candidate.main_source <> stored.main_source
        )
        select row_at, min(line), 'volume_unit', min(format(
            '{_VOLUME}', traded_on, symbol, round(pow(10, tens), 4), stored, main_source
        ))
        from pair
        where (round(tens) <> 0 and abs(tens - round(tens)) < {_TEN / 3})
            or abs(tens) > {_VOLUMES_APART}
        group by row_at
        order by row_at
    """
    found = con.execute(query, {"draft": str(draft)}).fetchall()
    return pl.DataFrame(found, schema=_SCHEMA, orient="row")


def implausible_rates(
    con: duckdb.DuckDBPyConnection, draft: Path, dropped: pl.Series | None = None
) -> pl.DataFrame:
    """`at` (0 the first row of `draft`), `line`, `rule` and `reason` of rates to be held back."""
    empty = records.is_empty(con, "fx")
    stored = (
        f"""
        select currency, rate_on, main_source,
            cast(max_by(usd_rate, (published_on, batch_no)) as double) as rate
        from (select *, {MAIN_SOURCE} as main_source from raw_fx)
        group by currency, rate_on, main_source
        having not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
        """
        if not empty
        else "select '' as currency, current_date as rate_on, '' as main_source, 1.0 as rate"
        " where false"
    )
    query = f"""
        with stored as materialized ({stored}),
        by_day as (
            select currency, rate_on, min(main_source) as main_source,
                min_by(rate, main_source) as rate
            from stored group by currency, rate_on
        ),
        candidate as (
            select file_row_number as row_at, line, currency, rate_on, {MAIN_SOURCE} as main_source,
                cast(usd_rate as double) as rate, cast(usd_rate as varchar) as stated
            from read_parquet($draft, file_row_number = true)
            where not coalesce(is_withdrawn, false)
        ),
        same_day as (
            select candidate.row_at, min(stored.main_source) as source,
                min_by(stored.rate, stored.main_source) as rate
            from candidate inner join stored
                on candidate.currency = stored.currency
                and candidate.rate_on = stored.rate_on
                and candidate.main_source <> stored.main_source
            group by candidate.row_at
        ),
        before as (
            select candidate.row_at, by_day.rate_on, by_day.rate, by_day.main_source as source
            from candidate asof join by_day
                on candidate.currency = by_day.currency and candidate.rate_on > by_day.rate_on
        ),
        after as (
            select candidate.row_at, by_day.rate_on, by_day.rate, by_day.main_source as source
            from candidate asof join by_day
                on candidate.currency = by_day.currency and candidate.rate_on < by_day.rate_on
        )
        select
            candidate.*,
            same_day.rate as same_rate, same_day.source as same_source,
            before.rate as before_rate, before.rate_on as before_on,
            before.source as before_source,
            after.rate as after_rate, after.rate_on as after_on, after.source as after_source
        from candidate
        left join same_day using (row_at)
        left join before using (row_at)
        left join after using (row_at)
        order by candidate.currency, candidate.rate_on, candidate.row_at
    """
    con.complete()  # DuckDB 2 lets no relation in beside an unfinished result
    rows = pl.DataFrame(con.sql(query, params={"draft": str(draft)})).rename({"row_at": "at"})
    if dropped is not None and len(dropped):
        rows = rows.filter(~pl.col("at").is_in(dropped.cast(rows.schema["at"]).implode()))
    if rows.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    return _against_store(rows)


def _against_store(rows: pl.DataFrame) -> pl.DataFrame:
    """Each rate against the second source of its day, else the nearer stored day, else the file."""
    day = pl.col("rate_on")
    from_before = (day - pl.col("before_on")).dt.total_days()
    to_after = (pl.col("after_on") - day).dt.total_days()
    is_before = (from_before <= to_after).fill_null(pl.col("before_on").is_not_null())

    def chosen(name: str) -> pl.Expr:
        return pl.when(is_before).then(f"before_{name}").otherwise(f"after_{name}")

    rows = rows.with_columns(
        reference=pl.coalesce("same_rate", chosen("rate")),
        reference_on=pl.when(pl.col("same_rate").is_not_null()).then(day).otherwise(chosen("on")),
        source=pl.coalesce("same_source", chosen("source")),
    )
    alone = _beside_in_file(rows)
    rows = rows.with_columns(
        reference=pl.coalesce("reference", alone["reference"]),
        reference_on=pl.coalesce("reference_on", alone["reference_on"]),
        source=pl.coalesce("source", pl.lit("this file")),
    )
    apart = (pl.col("rate") / pl.col("reference")).log()
    days = (day - pl.col("reference_on")).dt.total_days().abs()
    allowed = pl.lit(_MONTH_APART).log() * (1 + pl.max_horizontal(days - 31, pl.lit(0)) / 365)
    tens = apart / pl.lit(10.0).log()
    from_inverse = (pl.col("rate") * pl.col("reference")).log().abs()
    is_inverse = (from_inverse < _NEARER * apart.abs()) & (from_inverse < _AS_INVERSE)
    is_ten = ((tens - tens.round(0)).abs() < _TEN) & (tens.round(0) != 0)
    is_contradicted = pl.col("same_rate").is_not_null() & (apart.abs() > _SOURCES_APART)
    rule = (
        pl.when(is_inverse & (apart.abs() > _LEAST))
        .then(pl.lit("rate_upside_down"))
        .when(is_ten)
        .then(pl.lit("rate_unit"))
        .when(is_contradicted)
        .then(pl.lit("rate_contradicted"))
        .when(apart.abs() > allowed)
        .then(pl.lit("rate_far"))
    )
    held = rows.with_columns(rule=rule).filter(pl.col("rule").is_not_null()).sort("at")
    reasons = [
        _REASONS[one["rule"]].format(
            rate=f"{one['rate']:.6g}",
            currency=one["currency"],
            rate_on=one["rate_on"],
            reference=f"{one['reference']:.6g}",
            reference_on=one["reference_on"],
            source=one["source"],
        )
        for one in held.iter_rows(named=True)
    ]
    found = held.select("at", "line", "rule").with_columns(pl.Series("reason", reasons, pl.String))
    return found.cast({"at": pl.Int64, "line": pl.Int64})


def _beside_in_file(rows: pl.DataFrame) -> pl.DataFrame:
    """What a rate that the store has nothing beside is compared with: of its four neighbours in
    the file the one most like it, null where it has fewer than two.
    """
    places = (-2, -1, 1, 2)
    beside = [pl.col("rate").shift(n).over("currency").alias(f"beside {n}") for n in places]
    apart = [
        (pl.col("rate") / pl.col("rate").shift(n).over("currency")).log().abs().alias(f"apart {n}")
        for n in places
    ]
    days = [pl.col("rate_on").shift(n).over("currency").alias(f"on {n}") for n in places]
    near = rows.select(*beside, *apart, *days)
    least = pl.min_horizontal(pl.col(f"apart {n}") for n in places)
    has_two = pl.sum_horizontal(pl.col(f"apart {n}").is_not_null() for n in places) > 1

    def of_nearest(name: str) -> pl.Expr:
        return pl.coalesce(
            pl.when(has_two & (pl.col(f"apart {n}") == least)).then(f"{name} {n}") for n in places
        )

    return near.select(reference=of_nearest("beside"), reference_on=of_nearest("on"))
