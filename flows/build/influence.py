"""The records that a figure rests on: those without which the models make another figure.

Found by trying: a kind of record is taken away, then halves of it, and only the models that read
it are made anew. So joins, filters and choices count, whatever columns they go by. Works on an
in-memory connection in which the models stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.build import graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from flows.build.model import Model

#: How often models are made anew for one kind at most; what is not parted by then is told as one.
TRIES = 160
_ASIDE = "without"


@dataclass
class Behind:
    """The records of one kind behind a figure.

    `is_exact`: each of them alone moves the figure. Otherwise they move it together: one stands
    in for another, or there were too many to try one by one.
    """

    kind: str
    total: int
    is_exact: bool
    rows: list[dict[str, Any]] = field(default_factory=list)


class Without:
    """A figure with some records taken away."""

    #: Whether models that cannot be made without some records are another figure.
    is_another_by_error = True
    #: How often models are made anew for one kind at most.
    tries = TRIES

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        models: Mapping[str, Model],
        report: str,
        column: str,
        key: Mapping[str, Any],
        *,
        rows: str = "",
    ) -> None:
        """`con` uses the catalog in which `models` stand; `key` is the grain of the row. `rows` is
        the end of a query in the place of the report: then the figure is what it has of the key.
        """
        self._con, self._models = con, models
        self._base = con.execute("select current_database()").fetchall()[0][0]
        self._reads = graph.inputs(models)
        where = " and ".join(f'cast("{c}" as varchar) is not distinct from ?' for c in key)
        value, source = f'cast("{column}" as varchar)', f'"{report}"'
        if rows:
            value, source = "count(*)", f"(select * {rows})"
        self._query = f"select {value} from {source} where {where or 'true'}"
        self._key = [None if value is None else str(value) for value in key.values()]
        self.figure = self._value()

    def kinds(self) -> list[str]:
        """The tables of records that the report rests on, by whatever way."""
        read = {table for tables in self._reads.values() for table in tables}
        return sorted(t for t in read if t.startswith("rec_") and "batch_id" in self._columns(t))

    def sources(self, report: str) -> list[str]:
        """The sources that the row names, where its report has them."""
        if not report or "source_id" not in self._columns(report):
            return []
        query = self._query.replace(self._query.split(" from ")[0], "select source_id", 1)
        rows = self._con.execute(query, self._key).fetchall()
        return sorted({one for (said,) in rows if said for one in said.split(";")})

    def size(self, table: str) -> int:
        """How many records a table of them has."""
        return int(self._con.execute(f'select count(*) from "{table}"').fetchall()[0][0])

    def told(self, table: str, found: list[str], most: int, *, is_exact: bool) -> Behind:
        """Records by their row keys, the first `most` of them whole."""
        rows = self._con.execute(
            f"select * from \"{table}\" where list_contains(?, batch_id || ':' || line)"
            f" order by batch_no, line limit {most}",
            [found],
        )
        names = [c[0] for c in rows.description or ()]
        made = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        return Behind(table.removeprefix("rec_"), len(found), is_exact, made)

    def take(self, table: str) -> _Taking:
        """Begin to take records of one kind away."""
        return _Taking(self, table)

    def _columns(self, table: str) -> list[str]:
        return [row[0] for row in self._con.execute(f'describe "{table}"').fetchall()]

    def _value(self) -> list[Any]:
        return self._con.execute(self._query, self._key).fetchall()


class _Taking:
    """One kind, in a catalog where the models that read it are made without some of its rows."""

    def __init__(self, without: Without, table: str) -> None:
        self._w, self._con, self.tries = without, without._con, 0
        con, base = self._con, without._base
        self._table = table
        reads = without._reads
        self._downstream = [
            name
            for name in graph.in_order(reads)
            if table in graph.needed_for({**reads, table: frozenset()}, [name])
        ]
        con.execute(f"attach ':memory:' as {_ASIDE}")
        con.execute(f"use {_ASIDE}")
        con.execute("create table taken (row_key varchar)")
        near = {t for name in self._downstream for t in reads[name]} - set(self._downstream)
        for other in sorted(near - {table}):
            con.execute(f'create view "{other}" as select * from "{base}".main."{other}"')
        con.execute(
            f'create view "{table}" as select * from "{base}".main."{table}"'
            " where batch_id || ':' || line not in (select row_key from taken)"
        )

    def close(self) -> None:
        self._con.execute(f'use "{self._w._base}"')
        self._con.execute(f"detach {_ASIDE}")

    def row_keys(self, sources: Sequence[str]) -> tuple[list[str], list[str]]:
        """All rows of the kind: those of the sources named first, then the others."""
        of_sources = "list_has_any(string_split(source_id, ';'), ?)" if sources else "? is null"
        rows = self._con.execute(
            f"select batch_id || ':' || line as row_key, bool_or({of_sources})"
            f' from "{self._w._base}".main."{self._table}" group by all order by 1',
            [list(sources)],
        ).fetchall()
        return [k for k, near in rows if near], [k for k, near in rows if not near]

    def moves(self, row_keys: Sequence[str]) -> bool:
        """Whether the figure is another without these rows, or cannot be made at all."""
        import duckdb

        self.tries += 1
        con = self._con
        con.execute("delete from taken")
        con.execute("insert into taken select unnest(?)", [list(row_keys)])
        try:
            for name in self._downstream:
                sql = self._w._models[name].sql
                con.execute(f'create or replace table "{name}" as select * from (\n{sql}\n)')
            return self._w._value() != self._w.figure
        except duckdb.Error:
            return self._w.is_another_by_error

    def parted(self, row_keys: list[str]) -> tuple[list[str], bool]:
        """The rows of a set that moves the figure which move it, and whether each does alone."""
        if len(row_keys) == 1:
            return row_keys, True
        if self.tries >= self._w.tries:
            return row_keys, False
        half = len(row_keys) // 2
        found: list[str] = []
        is_exact = True
        for part in (row_keys[:half], row_keys[half:]):
            if self.moves(part):
                rows, exact = self.parted(part)
                found, is_exact = [*found, *rows], is_exact and exact
        return (found, is_exact) if found else (row_keys, False)


def records_behind(
    con: duckdb.DuckDBPyConnection,
    models: Mapping[str, Model],
    report: str,
    column: str,
    key: Mapping[str, Any],
    most: int = 200,
) -> list[Behind]:
    """The records without which the figure is another, kind by kind; `most` rows of each."""
    return behind(Without(con, models, report, column, key), report, most)


def behind(without: Without, report: str, most: int, largest: int | None = None) -> list[Behind]:
    """The same of any figure; kinds of more than `largest` records are left out."""
    sources = without.sources(report)
    told = []
    for table in without.kinds():
        total = without.size(table)
        if not total or (largest is not None and total > largest):
            continue
        taking = without.take(table)
        try:
            near, far = taking.row_keys(sources)
            every = [*near, *far]
            if not every or not taking.moves(every):
                continue
            start = near if near and (not far or not taking.moves(far)) else every
            found, is_exact = taking.parted(start)
        finally:
            taking.close()
        told.append(without.told(table, found, most, is_exact=is_exact))
    return told
