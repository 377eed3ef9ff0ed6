"""Tables of a Spark session, asked by the statements that we write for DuckDB.

`execute` answers as a DuckDB connection does, so checks and views are stated once.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flows.build.engines.spark_types import columns_ddl, duckdb_type, spark_type
from flows.build.engines.transpile import to_spark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_DESCRIBE = re.compile(r'\s*describe\s+"(\w+)"\s*', re.IGNORECASE)


@dataclass
class Answer:
    """Rows of a query that has run, with the names of its columns first in each entry."""

    description: list[tuple[str]]
    rows: list[tuple[Any, ...]]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return self.rows


@dataclass
class SparkTables:
    """The session and the columns, with DuckDB types, of every table in it."""

    spark: Any
    columns: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _frames: dict[str, Any] = field(default_factory=dict)

    def query(self, sql: str) -> Any:
        """The frame of a statement of ours; nothing runs before it is asked for rows."""
        return self.spark.sql(to_spark(sql, self.columns))

    def execute(self, sql: str) -> Answer:
        """Run a statement of ours. `describe "t"` gives names and DuckDB types."""
        if found := _DESCRIBE.fullmatch(sql):
            frame = self.spark.table(found[1])
            return Answer([("column_name",), ("column_type",)], list(types(frame).items()))
        frame = self.query(sql)
        return Answer([(name,) for name in frame.columns], [tuple(row) for row in frame.collect()])

    def view(self, name: str, sql: str, columns: Mapping[str, str]) -> None:
        """Name a statement of ours; it runs where it is read."""
        self.name_frame(name, self.query(sql), columns)

    def read_files(
        self,
        name: str,
        paths: Sequence[Path],
        columns: Mapping[str, str],
        *,
        are_few: bool = False,
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Name the rows of Parquet files; a column that an older file lacks is null.

        Few rows are read by one task, so that what is made of them needs no shuffle. `also` gives
        BIGINT columns that Spark's own SQL makes of a row.
        """
        reader = self.spark.read.schema(columns_ddl(dict(columns)))
        frame = reader.parquet(*map(address, paths)) if paths else self._empty(columns)
        if also:
            made = (f"cast({sql} as bigint) as `{column}`" for column, sql in also.items())
            frame = frame.selectExpr("*", *made)
        columns = {**columns, **dict.fromkeys(also, "BIGINT")}
        self.name_frame(name, frame.coalesce(1) if are_few else frame, columns)

    def name_frame(self, name: str, frame: Any, columns: Mapping[str, str]) -> None:
        """Put a frame under a name that statements can read."""
        frame.createOrReplaceTempView(name)
        self._frames[name] = frame
        self.columns[name] = dict(columns)

    @contextmanager
    def shadowed(self, conditions: Mapping[str, str]) -> Iterator[None]:
        """Let names stand for those of their rows of which a condition holds, and no others.

        What is asked for within must have run before the end: a remote Spark looks names up then.
        """
        whole = {name: (self._frames[name], self.columns[name]) for name in conditions}
        for name, condition in conditions.items():
            self.name_frame(
                name, self.query(f'select * from "{name}" where {condition}'), self.columns[name]
            )
        try:
            yield
        finally:
            for name, (frame, columns) in whole.items():
                self.name_frame(name, frame, columns)

    def rows(
        self, name: str, rows: Sequence[Sequence[str | None]], columns: Mapping[str, str]
    ) -> None:
        """A small table of rows given as text, each cast to the type of its column."""
        if not rows:
            self.name_frame(name, self._empty(columns), columns)
            return
        held = ", ".join(f"c{n}" for n in range(len(columns)))
        cast = ", ".join(
            f"cast(c{n} as {spark_type(type_)}) as `{column}`"
            for n, (column, type_) in enumerate(columns.items())
        )
        body = ", ".join("(" + ", ".join(_literal(value) for value in row) + ")" for row in rows)
        self.name_frame(
            name, self.spark.sql(f"select {cast} from values {body} as given ({held})"), columns
        )

    def _empty(self, columns: Mapping[str, str]) -> Any:
        nulls = ", ".join(f"cast(null as {spark_type(t)}) as `{c}`" for c, t in columns.items())
        return self.spark.sql(f"select {nulls} where false")


def types(frame: Any) -> dict[str, str]:
    """The columns of a frame with their types in DuckDB's words."""
    return {part.name: duckdb_type(part.dataType.simpleString()) for part in frame.schema}


def address(path: Path) -> str:
    """Where Spark finds a path: on the file system, whatever else a cluster's default may be."""
    return f"file://{path}"


def _literal(value: str | None) -> str:
    if value is None:
        return "cast(null as string)"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
