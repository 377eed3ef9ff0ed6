"""The rows held back as SQL can ask of them: the table of their legible texts, what is open of it.

Filled from quarantine/ before a build, whose models read it, and so in no content hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import ledger

if TYPE_CHECKING:
    import datetime as dt

#: Columns by which a figure can be told, as contracts name them; all are kept as text.
#: `statement_kind` is `kind` of the shares, which is a column of its own here.
FIELDS = (
    "published_on", "vendor", "chip_id", "segment", "region", "basis", "value_type", "sale_id",
    "period_start", "period_end", "units", "revenue", "currency", "symbol", "mic", "traded_on",
    "adjustment", "close", "publisher", "period", "scope", "measure", "statement_kind",
    "share_low_pct", "share_high_pct",
)  # fmt: skip
OF_BATCH = {
    "batch_id": "VARCHAR",
    "kind": "VARCHAR",
    "file_name": "VARCHAR",
    "line": "BIGINT",
    "rule": "VARCHAR",
}
COLUMNS = {**OF_BATCH, **dict.fromkeys(FIELDS, "VARCHAR")}

TABLE_SQL = "create table if not exists ledger_held ({})".format(
    ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
)


def open_sql(catalog: str, known_to: dt.date) -> str:
    """The query behind `rec_held`: the rows of `ledger_held` still held back, known on a day.

    A row is known from its `published_on`, and from the day on which its batch came at the latest:
    one that states no readable day is known from that day on alone.
    """
    own = f'"{catalog}".main.'
    return f"""
        select held.*
        from {own}ledger_held as held
        semi join ({ledger.open_sql(catalog)}) as open using (batch_id)
        anti join {own}ledger_released as released using (batch_id, line, rule)
        anti join {own}ledger_dismissed as dismissed using (batch_id, line, rule)
        left join {own}ledger_batches as batch using (batch_id)
        where {_known("held.published_on", known_to)}"""


def counts_sql(catalog: str, known_to: dt.date, *, with_rows: bool) -> str:
    """The query behind `rec_quarantine`: rows still held back by batch and rule, known on a day.

    `with_rows`: whether the store keeps `ledger_held`, and so days of single rows. What a batch
    that is not in it held back is known from the day on which it came.
    """
    own = f'"{catalog}".main.'
    rows = f"""
        select batch_id, rule, count(*) filter (
            where {_known("held.published_on", known_to)}
        ) as rows
        from {own}ledger_held as held
        anti join {own}ledger_released as released using (batch_id, line, rule)
        anti join {own}ledger_dismissed as dismissed using (batch_id, line, rule)
        left join {own}ledger_batches as batch using (batch_id)
        group by batch_id, rule"""
    told = rows if with_rows else "select '' as batch_id, '' as rule, 0 as rows where false"
    return f"""
        select open.* replace (
            cast(least(open.rows, coalesce(told.rows, open.rows)) as bigint) as rows
        )
        from ({ledger.open_sql(catalog)}) as open
        left join ({told}) as told using (batch_id, rule)
        left join {own}ledger_batches as batch using (batch_id)
        where told.rows > 0 or told.rows is null and {_known("null", known_to)}"""


def _known(published_on: str, known_to: dt.date) -> str:
    came_on = "cast(batch.recorded_at as date)"
    stated = f"try_cast({published_on} as date)"
    return f"least(coalesce({stated}, {came_on}), {came_on}) <= date '{known_to.isoformat()}'"


def none_sql() -> str:
    """The same columns and no row, for a store that keeps no such table."""
    nothing = ", ".join(f"cast(null as {type_}) as {name}" for name, type_ in COLUMNS.items())
    return f"select {nothing} where false"
