"""One report and all that it rests on, built in memory from a catalog of records, as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import assets
from flows.build import graph
from flows.build.code import remembered
from flows.build.run import prepare

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

    from flows.build.model import Model


def build_report(
    con: duckdb.DuckDBPyConnection, report: str, as_of: dt.date, source: str
) -> dict[str, Model]:
    """Build `report` in the catalog in use from the records in `source`; returns its models."""
    code = remembered(assets.asset("sql"))
    models, reads = code.models, code.reads
    needed = graph.needed_for(reads, [report])
    prepare(con, as_of, source)
    for name in graph.in_order({n: reads[n] for n in sorted(needed)}):
        con.execute(f'create table "{name}" as select * from (\n{models[name].sql}\n)')
    return {name: models[name] for name in sorted(needed)}
