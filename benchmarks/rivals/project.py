"""Our statements written down as a dbt project and as a SQLMesh project, word for word.

Every table is made whole in each run, as a plain translation would do it: what a rival would gain
from incremental models of its own is not tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from benchmarks.statements import SOURCE
from warehouse.records import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from benchmarks.statements import Statement


def write_records(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Copy the records of `warehouse` into a file that older DuckDBs read too."""
    con.execute(f"attach '{file}' as copy_of (storage_version 'v1.2.0')")
    for table in tables(con, SOURCE):
        if table.startswith(("raw_", "ledger_")):
            con.execute(f'create table copy_of."{table}" as from {SOURCE}.main."{table}"')
    con.execute("detach copy_of")


def write_dbt(statements: Sequence[Statement], folder: Path, records: Path) -> None:
    """A dbt project with one model a statement, and a profile of two threads."""
    models = folder / "models"
    models.mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: rival\nprofile: rival\nmodel-paths: [models]\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        "rival:\n  target: here\n  outputs:\n    here:\n      type: duckdb\n"
        f"      path: {folder / 'rival.duckdb'}\n      threads: 2\n"
        f"      attach: [{{path: {records}, alias: {SOURCE}, read_only: true}}]\n"
    )
    for made in statements:
        kind = "view" if made.is_view else "table"
        needs = "".join(f"-- depends_on: {{{{ ref('{name}') }}}}\n" for name in made.reads)
        made_as = f"{{{{ config(materialized='{kind}') }}}}\n"
        text = f"{made_as}{needs}{{% raw %}}\n{made.sql}\n{{% endraw %}}\n"
        (models / f"{made.name}.sql").write_text(text)


def write_sqlmesh(statements: Sequence[Statement], folder: Path, records: Path) -> None:
    """A SQLMesh project with one model a statement; tables are named with their schema."""
    models = folder / "models"
    models.mkdir(parents=True)
    (folder / "config.yaml").write_text(
        "gateways:\n  here:\n    connection:\n      type: duckdb\n      catalogs:\n"
        f"        rival: {folder / 'rival.duckdb'}\n"
        f"        {SOURCE}: {{type: duckdb, path: {records}, read_only: true}}\n"
        f"      concurrent_tasks: 2\n"
        "    state_connection: {type: duckdb, database: " + str(folder / "state.duckdb") + "}\n"
        "default_gateway: here\nmodel_defaults: {dialect: duckdb, start: 2020-01-01}\n"
        "disable_anonymized_analytics: true\n"
    )
    names = {made.name for made in statements}
    for made in statements:
        kind = "VIEW" if made.is_view else "FULL"
        sql = _qualified(made.sql, names)
        text = f"MODEL (name main.{made.name}, kind {kind});\n\n{sql}\n"
        (models / f"{made.name}.sql").write_text(text)


def _qualified(sql: str, names: set[str]) -> str:
    """The statement with `main.` before the names of other statements, its own CTEs left alone."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not table.db and table.name in names - own:
            table.set("db", exp.to_identifier("main"))
    return tree.sql(dialect="duckdb", pretty=True)
