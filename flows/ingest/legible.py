"""What can still be read in rows held back: their texts by the columns of their file's header.

Written beside the ledgers, so that SQL can say how far a row held back could move a figure. It
decides nothing: a text that is no date or number stays a text. Made again from quarantine/.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.held import FIELDS, OF_BATCH, TABLE_SQL

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from warehouse.home import Home

#: What providers call them; `kind` is a column of shares, and of this table.
_ALIASES = {"date": "traded_on", "日期": "traded_on", "收盘": "close", "kind": "statement_kind"}


def note(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Write what can be read of every batch that holds rows back and is not written yet.

    Returns the number of batches. Costs one query where there is none.
    """
    con.execute(TABLE_SQL)
    missing = con.execute(
        "select distinct batch_id, kind from ledger_quarantine"
        " where batch_id not in (select batch_id from ledger_held) order by 1"
    ).fetchall()
    for batch_id, kind in missing:
        _write(con, home, batch_id, kind)
    return len(missing)


def _write(con: duckdb.DuckDBPyConnection, home: Home, batch_id: str, kind: str) -> None:
    import polars as pl

    rows = con.execute(
        "select batch_id, kind, file_name, line, rule, raw, file_sha256"
        " from read_parquet(?) order by line, rule",
        [str(home.quarantine_file(kind, batch_id))],
    ).fetchall()
    if not rows:
        return
    named, read = _reader_of(home.originals / rows[0][6], rows[0][2])
    common = _said_by_the_rest(con, batch_id, kind)
    given = {name: value for name, value in common.items() if name not in named}
    made = [
        {**dict(zip(OF_BATCH, row, strict=False)), **given, **read(row[5] or "")} for row in rows
    ]
    schema = {name: pl.Int64 if name == "line" else pl.String for name in (*OF_BATCH, *FIELDS)}
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=home.root) as work:
        path = Path(work) / "held.parquet"
        pl.DataFrame(made, schema=schema).write_parquet(path)
        con.execute("insert into ledger_held by name select * from read_parquet(?)", [str(path)])


def _reader_of(original: Path, name: str) -> tuple[list[str], Callable[[str], dict[str, str]]]:
    """The columns that a file names, and a function from the raw text of a row to its texts by
    column; nothing where it fits none.
    """
    from flows.ingest.received import look_at
    from flows.ingest.refusal import Refused

    try:
        received = look_at(original, name)
    except (Refused, OSError):
        return [], lambda _: {}
    columns = [_ALIASES.get(column.lower(), column.lower()) for column in received.header]

    def of_text(raw: str) -> dict[str, str]:
        try:
            values = next(csv.reader(io.StringIO(raw), delimiter=received.separator), [])
        except csv.Error:
            return {}
        # a row of another width may have a value in any column
        return (
            _known(dict(zip(columns, values, strict=True))) if len(values) == len(columns) else {}
        )

    return columns, of_text if received.form == "csv" else _of_json


def _of_json(raw: str) -> dict[str, str]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return _known({_ALIASES.get(str(k).lower(), str(k)): v for k, v in found.items()})


def _known(found: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(found[name]).strip()
        for name in FIELDS
        if found.get(name) is not None and str(found[name]).strip()
    }


def _said_by_the_rest(con: duckdb.DuckDBPyConnection, batch_id: str, kind: str) -> dict[str, str]:
    """What every accepted row of the batch has in common, where its file's rows do not say it."""
    if kind != "prices":
        return {}
    rows = con.execute(
        "select distinct symbol, mic, adjustment, currency from raw_prices where batch_id = ?",
        [batch_id],
    ).fetchall()
    names = ("symbol", "mic", "adjustment", "currency")
    return dict(zip(names, rows[0], strict=True)) if len(rows) == 1 else {}
