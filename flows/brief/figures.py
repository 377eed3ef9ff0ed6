"""Figures: the rows of every report model as plain values, read once and kept as data.json.

A page, a mail and a chart are made from `Figures` alone, so an edition can be rendered again
from its data.json byte for byte. Reads the report tables; writes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from flows.assets import asset
from flows.build.code import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from flows.build.model import Model

Value: TypeAlias = str | int | bool | Decimal | dt.date | dt.datetime | None

#: Bumped when the shape of data.json changes; an older shape stays readable.
FORMAT = 1

# a view is one too: of a report that stands while a build is made beside it
_BUILT = "select table_name from information_schema.tables where table_catalog = current_database()"
#: Keys of a report whose grain has changed, the newest last: an id of any edition is understood.
KEYS = {
    "rpt_revenue": (("series_key", "period_start"), ("series_key", "period_start", "period_end")),
}
#: Reports on the state of the records, not on chips, policy or money.
ABOUT_RECORDS = ("rpt_quality", "rpt_held", "rpt_source")


@dataclass(frozen=True)
class Column:
    """A column of a report as its twin states it: DuckDB type, unit and meaning."""

    name: str
    type: str
    unit: str = ""
    says: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a report. `row.fee_high_usd` is a value, `row.figure('fee_high_usd')` its id."""

    model: str
    key: tuple[str, ...]
    values: Mapping[str, Value]

    def __getitem__(self, column: str) -> Value:
        return self.values[column]

    def __getattr__(self, column: str) -> Any:
        if column.startswith("__"):
            raise AttributeError(column)
        try:
            return self.values[column]
        except KeyError as error:
            raise AttributeError(f"{self.model} has no column {column}") from error

    def figure(self, column: str) -> str:
        """The id of a figure: `<model>.<grain values joined by |>.<column>`."""
        return f"{self.model}.{'|'.join(self.key)}.{column}"


@dataclass(frozen=True)
class Table:
    """All rows of a report in the order of its grain."""

    model: str
    meaning: str
    grain: tuple[str, ...]
    columns: Mapping[str, Column]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def written(self) -> str:
        """The table as it stands in data.json, one line a row; written once and used thrice."""
        head = {
            "meaning": self.meaning,
            "grain": list(self.grain),
            "columns": [[c.name, c.type, c.unit, c.says] for c in self.columns.values()],
        }
        rows = ",\n".join(_dump([_written(row[c]) for c in self.columns]) for row in self)
        return f'{_dump(self.model)}: {_dump(head)[:-1]}, "rows": [\n{rows}\n]}}'


@dataclass(frozen=True)
class Figures:
    """Every report by name. A report that was not built has no rows, and its section says so."""

    as_of: dt.date
    tables: Mapping[str, Table]

    def __getitem__(self, model: str) -> Table:
        return self.tables.get(model) or Table(model, "", (), {}, ())

    def rows(self, model: str) -> tuple[Row, ...]:
        """The rows of a report; none where it was not built."""
        return self[model].rows

    def by(self, model: str, *order: str) -> list[Row]:
        """The rows of a report in the order of the columns named, nulls last, then by grain."""
        return sorted(self.rows(model), key=lambda row: [_place(row[c]) for c in order])

    def to_json(self) -> bytes:
        """Canonical JSON: keys sorted, decimals and dates as text, one line a row."""
        body = ",\n".join(self.tables[name].written for name in sorted(self.tables))
        return (
            f'{{"format": {FORMAT}, "as_of": "{self.as_of.isoformat()}", "tables": {{\n'
            f"{body}\n}}}}\n"
        ).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal digests mean equal figures."""
        return hashlib.sha256(self.to_json()).hexdigest()

    @cached_property
    def content_digest(self) -> str:
        """The same without the reports on the records themselves.

        A file that was refused or a source that was re-counted changes no figure that a reader
        was given, and so makes no new edition.
        """
        kept = {name: t for name, t in self.tables.items() if name not in ABOUT_RECORDS}
        return Figures(self.as_of, kept).digest


def read(
    con: duckdb.DuckDBPyConnection, as_of: dt.date, models: Iterable[Model] | None = None
) -> Figures:
    """Read every report of these models that was built, of our own models if none are given; each
    in the total order of its grain.
    """
    built = {name for (name,) in con.execute(_BUILT).fetchall()}
    known = remembered(asset("sql")).models.values() if models is None else models
    reports = sorted(
        (model for model in known if model.layer == "reports" and model.name in built),
        key=lambda model: model.name,
    )
    return Figures(as_of, {model.name: _read_table(con, model) for model in reports})


def from_json(data: bytes) -> Figures:
    """The figures that an edition was made from, read back from its data.json."""
    kept = json.loads(data)
    tables = {}
    for name, table in kept["tables"].items():
        columns = {c[0]: Column(*c) for c in table["columns"]}
        readers = [_reader(c.type) for c in columns.values()]
        rows = (
            {
                c: None if v is None else read(v)
                for c, v, read in zip(columns, row, readers, strict=True)
            }
            for row in table["rows"]
        )
        tables[name] = _table(name, table["meaning"], tuple(table["grain"]), columns, rows)
    return Figures(dt.date.fromisoformat(kept["as_of"]), tables)


def rekeyed(table: Table, grain: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows under the key of another edition's grain, where they have its columns."""
    if table.grain == grain or not set(grain) <= set(table.columns):
        return table.rows
    return tuple(Row(table.model, tuple(_key(row[g]) for g in grain), row.values) for row in table)


def _read_table(con: duckdb.DuckDBPyConnection, model: Model) -> Table:
    order = ", ".join(f'"{column}"' for column in model.grain)
    result = con.execute(f'select * from "{model.name}" order by {order}')
    said = {column.name: column for column in model.columns}
    columns = {}
    for name, kind, *_ in result.description or ():
        told = said.get(name)
        unit, says = (told.unit or "", told.says) if told else ("", "")
        columns[name] = Column(name, str(kind), unit, says)
    rows = (dict(zip(columns, row, strict=True)) for row in result.fetchall())
    return _table(model.name, model.meaning, model.grain, columns, rows)


def _table(
    model: str,
    meaning: str,
    grain: tuple[str, ...],
    columns: Mapping[str, Column],
    rows: Iterator[dict[str, Value]],
) -> Table:
    made = tuple(Row(model, tuple(_key(row[g]) for g in grain), row) for row in rows)
    return Table(model, meaning, grain, columns, made)


def _key(value: Value) -> str:
    return "" if value is None else str(_written(value))


def _place(value: Value) -> tuple[bool, Any]:
    return (value is None, "" if value is None else value)


def _written(value: Value) -> Any:
    """A value as JSON holds it: decimals and dates as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, float):
        raise TypeError("a report column is DOUBLE: published figures are DECIMAL")
    return value


def _reader(kind: str) -> Any:
    if kind.startswith("DECIMAL"):
        return Decimal
    if kind == "DATE":
        return dt.date.fromisoformat
    if kind.startswith("TIMESTAMP"):
        return dt.datetime.fromisoformat
    return lambda value: value


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
