"""The rows held back as SQL can ask of them: the table of their legible texts, what is open of it.

Filled from quarantine/ before a build, whose models read it, and so in no content hash.
"""

from __future__ import annotations

from warehouse import ledger

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


def open_sql(catalog: str) -> str:
    """The query behind `rec_held`: the rows of `ledger_held` that are still held back."""
    own = f'"{catalog}".main.'
    return f"""
        select held.*
        from {own}ledger_held as held
        semi join ({ledger.open_sql(catalog)}) as open using (batch_id)
        anti join {own}ledger_released as released using (batch_id, line, rule)"""


def none_sql() -> str:
    """The same columns and no row, for a store that keeps no such table."""
    nothing = ", ".join(f"cast(null as {type_}) as {name}" for name, type_ in COLUMNS.items())
    return f"select {nothing} where false"
