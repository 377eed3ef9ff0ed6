"""What can still be read in rows held back: their texts by the columns of their file's header.

Written beside the ledgers, so that SQL can say how far a row held back could move a figure. It
decides nothing: a text that is no date or number stays a text. Made from quarantine/, for a build.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.held import FIELDS, OF_BATCH, TABLE_SQL
from warehouse.transaction import transaction

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from warehouse.home import Home

#: What providers call them; `kind` is a column of shares, and of this table.
_ALIASES = {"date": "traded_on", "日期": "traded_on", "收盘": "close", "kind": "statement_kind"}

#: Rows read at a time, however many a file holds back.
_AT_A_TIME = 100_000


def note(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Write what can be read of every batch that holds rows back and is not written yet, all rows
    of a batch or none.

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

    held = pl.scan_parquet(home.quarantine_file(kind, batch_id), glob=False)
    first = held.select("file_sha256", "file_name").head(1).collect()
    if first.is_empty():
        return
    form = _form_of(home.originals / first.item(0, 0), first.item(0, 1))
    common = _said_by_the_rest(con, batch_id, kind)
    given = [pl.lit(v).alias(name) for name, v in common.items() if name not in form.columns]
    height = held.select(pl.len()).collect().item()
    with (
        tempfile.TemporaryDirectory(prefix=".ingest-", dir=home.root) as work,
        transaction(con),
    ):
        path = Path(work) / "held.parquet"
        for start in range(0, height, _AT_A_TIME):
            rows = held.slice(start, _AT_A_TIME).select(*OF_BATCH, "raw").collect()
            texts = form.texts(rows["raw"].fill_null(""))
            told = rows.drop("raw").hstack(texts.with_columns(given))
            # a column of nothing is nothing to carry over
            told = told[[column.name for column in told if column.null_count() < told.height]]
            told.write_parquet(path, compression="uncompressed", statistics=False)
            con.execute(
                "insert into ledger_held by name select * from read_parquet(?)", [str(path)]
            )


@dataclass(frozen=True)
class _Form:
    """How the rows of a file are written: the columns that it names, and what parts them; None
    where a row is JSON. No columns where that cannot be told.
    """

    columns: tuple[str, ...] = ()
    separator: str | None = None

    def texts(self, raw: pl.Series) -> pl.DataFrame:
        """The texts of rows by `FIELDS`, from their raw texts; null where a row fits none."""
        import polars as pl

        schema = dict.fromkeys(FIELDS, pl.String)
        if not self.columns:
            return pl.DataFrame({name: [None] * len(raw) for name in FIELDS}, schema=schema)
        if self.separator is None:
            return pl.DataFrame([_of_json(text) for text in raw], schema=schema)
        # a quote or a line's end within needs a reader of its own, which takes one row at a time
        is_plain = ~raw.str.contains_any(['"', "\r", "\n", "\0"])
        values = raw.str.split(self.separator)
        # a row of another width may have a value in any column
        fits = is_plain & (values.list.len() == len(self.columns))
        places = {name: place for place, name in enumerate(self.columns) if name in schema}
        plain = pl.DataFrame({"values": values, "fits": fits}).select(
            pl.when("fits")
            .then(pl.col("values").list.get(places[name], null_on_oob=True).str.strip_chars())
            .replace("", None)
            .alias(name)
            if name in places
            else pl.lit(None, pl.String).alias(name)
            for name in FIELDS
        )
        if is_plain.all():
            return plain
        numbers = (~is_plain).arg_true()
        apart = [self._of_text(text, places) for text in raw.gather(numbers)]
        told = pl.DataFrame(apart, dict.fromkeys(places, pl.String), orient="row")
        return plain.with_columns(plain[n].scatter(numbers, told[n]).alias(n) for n in places)

    def _of_text(self, raw: str, places: dict[str, int]) -> list[str | None]:
        """The texts of one row at these places."""
        lines = io.StringIO(raw) if "\n" in raw or "\r" in raw else (raw,)
        try:
            values = next(csv.reader(lines, delimiter=self.separator or ","), [])
        except csv.Error:
            values = []
        if len(values) != len(self.columns):
            return [None] * len(places)
        return [values[place].strip() or None for place in places.values()]


def _form_of(original: Path, name: str) -> _Form:
    """How the rows of a kept file are written."""
    from flows.ingest.received import look_at
    from flows.ingest.refusal import Refused

    try:
        received = look_at(original, name)
    except (Refused, OSError):
        return _Form()
    columns = tuple(_ALIASES.get(column.lower(), column.lower()) for column in received.header)
    return _Form(columns, received.separator if received.form == "csv" else None)


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
