"""What a batch's closes change: told as the models will take them, by the rule of what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.report import Finding
from flows.ingest.shapes import shapes
from warehouse import clock, content
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

#: Providers round differently; a close that moves by more is another price.
_ROUNDING = 0.005
#: Bars of two bases further apart than this are no one series (`int_price_basis`).
_NO_ONE_SERIES = 1.4
_CHANGED = "On {} the close of {} was {} ({}) and is now {}."
_DISPUTED = (
    "On {} the close of {} stays {} ({}); this file says {} ({}): the sources disagree, and the"
    " first counts. chipbrief status --disagreements lists it after a build."
)


def changed_closes(con: duckdb.DuckDBPyConnection, landed: Path) -> list[Finding]:
    """How many rows of a landing file change the close that the models use of a day, by over half
    a per cent, and how many say another close than the one that stays; with the first line and
    its figures. No row is held back for it.
    """
    apart = _apart(con, landed)
    if not apart:
        return []
    from flows.build.current import precedence_of

    precedence = precedence_of(con, clock.now().date(), content.current_catalog(con))
    found = con.execute(_told_sql(precedence)).fetchall()
    con.execute("drop table apart; drop table said_of_apart")
    return [
        Finding(
            rule,
            len(rows),
            rows[0][1],
            _CHANGED.format(*rows[0][2:7])
            if rule == "close_changed"
            else _DISPUTED.format(*rows[0][2:]),
        )
        for rule in ("close_changed", "close_disputed")
        if (rows := [row for row in found if row[0] == rule])
    ]


def _apart(con: duckdb.DuckDBPyConnection, landed: Path) -> bool:
    """Note the days of which a row says another close than a stored one, and all that is said of
    them; False where there are none. Bars as traded are set against restated ones by the recorded
    actions.
    """
    con.execute(
        f"""
        create or replace temp table apart as
        with pair as (
            select
                candidate.symbol,
                candidate.mic,
                candidate.traded_on,
                candidate.adjustment = stored.adjustment as is_same_basis,
                case candidate.adjustment
                    when 'raw' then candidate.close / stored.close
                    else stored.close / candidate.close
                end as times
            from read_parquet(?) as candidate
            inner join raw_prices as stored using (symbol, mic, traded_on)
            where
                candidate.adjustment <> 'total_return'
                and stored.adjustment <> 'total_return'
        )
        select symbol, mic, traded_on
        from pair
        where is_same_basis and abs(times - 1) > {_ROUNDING}
        union
        select symbol, mic, traded_on
        from pair
        where not is_same_basis and abs(times / {_ratio_sql("pair")} - 1) > {_ROUNDING}
        """,
        [str(landed)],
    )
    if not con.execute("select 1 from apart limit 1").fetchall():
        con.execute("drop table apart")
        return False
    names = "symbol, mic, traded_on, adjustment, close, published_on, source_id, confidence"
    also = f"{names}, is_withdrawn, batch_no, line"
    con.execute(
        f"""
        create or replace temp table said_of_apart as
        select
            *,
            case adjustment when 'raw' then close / {_ratio_sql("said")} else close end
                as restated
        from (
            select {also}, false as is_new from raw_prices
            union all by name
            select {also}, true as is_new from read_parquet(?)
        ) as said
        semi join apart using (symbol, mic, traded_on)
        where adjustment <> 'total_return'
        """,
        [str(landed)],
    )
    return True


def _ratio_sql(of: str) -> str:
    """The product of the recorded ratios after a bar's day."""
    return f"""coalesce((
        select product(cast(action.price_ratio as double))
        from (
            select symbol, mic, ex_on, max_by(price_ratio, (published_on, batch_no)) as price_ratio
            from raw_corporate_actions
            group by symbol, mic, ex_on
            having
                not max_by(coalesce(is_withdrawn, false), (published_on, batch_no))
                and max_by(action, (published_on, batch_no)) <> 'dividend'
        ) as action
        where
            action.symbol = {of}.symbol
            and action.mic = {of}.mic
            and action.ex_on > {of}.traded_on
    ), 1)"""


def _told_sql(precedence: Mapping[str, int]) -> str:
    """The rows that change a close or dispute it, in the order of the file."""
    return f"""
        with before as ({_used_sql("not is_new", precedence)}),
        after as ({_used_sql("true", precedence)}),
        told as (
            select
                case when after.is_new and after.line = said.line then 'close_changed'
                    else 'close_disputed' end as rule,
                said.*,
                case when after.is_new and after.line = said.line then before.adjustment
                    else after.adjustment end as stays_adjustment,
                case when after.is_new and after.line = said.line then before.close
                    else after.close end as stays_close,
                case when after.is_new and after.line = said.line then before.restated
                    else after.restated end as stays_restated,
                case when after.is_new and after.line = said.line then before.source_id
                    else after.source_id end as stays_source
            from said_of_apart as said
            inner join after using (symbol, mic, traded_on)
            left join before using (symbol, mic, traded_on)
            where
                said.is_new
                and not coalesce(said.is_withdrawn, false)
                and (after.series = 'joined' or after.series = said.adjustment)
                and (before.series is null or before.series in ('joined', said.adjustment))
        )
        select
            rule, line, traded_on, symbol,
            format('{{}}', case when adjustment = stays_adjustment then cast(stays_close as double)
                else round(stays_restated, 4) end),
            stays_source,
            format('{{}}', case when adjustment = stays_adjustment then cast(close as double)
                else round(restated, 4) end),
            source_id
        from told
        where
            abs(restated / stays_restated - 1) > {_ROUNDING}
            -- an earlier word of the same source is no news
            and (
                rule = 'close_changed'
                or split_part(source_id, ';', 1) <> split_part(stays_source, ';', 1)
            )
        order by line
    """


def _used_sql(among: str, precedence: Mapping[str, int]) -> str:
    """The bar that the models use of each day: of each basis the version that counts, and of two
    bases that are one series the one that `int_price_basis` prefers.
    """
    from flows.build.precedence import LAST, UNSEEN, version_order, word_rank

    shape = shapes()["prices"]
    key = ", ".join(shape.key)
    ranks = " ".join(
        f"when '{source.replace(chr(39), chr(39) * 2)}' then {n}"
        for source, n in sorted(precedence.items())
    )
    place = f"case {MAIN_SOURCE} {ranks} else {LAST} end" if ranks else str(LAST)
    unseen = ", ".join(f"'{mark}'" for mark in UNSEEN)
    return f"""
        select *
        from (
            select *, row_number() over (
                partition by symbol, mic, traded_on, series
                order by
                    case when confidence in ({unseen}) then 1 else 0 end,
                    published_on desc,
                    {place},
                    case adjustment when 'split' then 1 else 2 end
            ) as use_rank
            from (
                select *, case
                    when max(restated) over day > {_NO_ONE_SERIES} * min(restated) over day
                        then adjustment
                    else 'joined'
                end as series
                from (
                    select *, row_number() over (
                        partition by {key} order by {version_order(shape, precedence)}
                    ) as version_rank
                    from (
                        select *, {word_rank(shape)} as word_rank
                        from said_of_apart
                        where {among}
                    )
                )
                where version_rank = 1 and not coalesce(is_withdrawn, false)
                window day as (partition by symbol, mic, traded_on)
            )
        )
        where use_rank = 1"""
