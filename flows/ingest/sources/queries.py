"""The rows of a SQL query against Postgres, as a file: `COPY` streams them as CSV, exactly.

Numbers come as Postgres writes them and never as floats; times come in UTC. The session is read
only and has a time limit. psycopg is imported only when a query is asked.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from flows.ingest.refusal import Refused
from flows.ingest.sources.found import Found, Marks, unreachable
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.settings import Query

_BOOLEAN, _MOMENT = 16, 1184


def find(stated: str, queries: Sequence[Query]) -> list[Found]:
    """The one file of `query:NAME`. Raises WrongUse where no query of that name is set."""
    name = stated.partition(":")[2]
    query = next((query for query in queries if query.name == name), None)
    if query is None:
        known = ", ".join(query.name for query in queries) or "none"
        raise WrongUse(
            f"There is no query {name!r} in the settings (there: {known}).",
            "Add it to chipbrief.toml as a table [[queries]].",
        )
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise WrongUse(
            f"query:{name} needs the extra `postgres`.",
            "Install it: pip install 'chipbrief[postgres]'.",
        ) from None
    shown = f"query:{name}"
    fetch = functools.partial(_fetch, query, _connection(query), shown)
    return [Found(shown, shown, f"{name}.csv", fetch, kind=query.kind)]


def _connection(query: Query) -> str:
    """The connection string; empty where libpq's own variables and files say it."""
    if query.connection is not None:
        return query.connection.get_secret_value()
    if query.connection_env is not None:
        stated = os.environ.get(query.connection_env)
        if not stated:
            raise WrongUse(
                f"query:{query.name} needs the environment variable {query.connection_env}.",
                "Set it to a connection string: postgresql://user:password@host/database.",
            )
        return stated
    if query.connection_secret is not None:
        raise WrongUse(
            f"The connection of query:{query.name} is in a Prefect Secret block.",
            "Run it under Prefect, or set connection_env.",
        )
    return ""


def _fetch(
    query: Query, connection: str, shown: str, target: Path, known: Marks | None
) -> Marks | None:
    """Copy the rows to a file. A query has no marks: it is asked anew in every run."""
    import psycopg

    try:
        with psycopg.connect(connection, connect_timeout=10) as server:
            server.read_only = True
            limit = str(int(query.timeout_seconds * 1000))
            for name, value in (
                ("statement_timeout", limit),
                ("timezone", "UTC"),
                ("datestyle", "ISO, YMD"),
            ):
                server.execute("select set_config(%s, %s, true)", (name, value))
            _copy(server, query.sql, target)
    except psycopg.errors.QueryCanceled:
        raise unreachable(shown, f"it took longer than {query.timeout_seconds:g} s") from None
    except psycopg.Error as error:
        # what a connection string that cannot be parsed holds must not be repeated
        said = error.diag.message_primary
        if error.sqlstate and said and not error.sqlstate.startswith(("08", "28", "57")):
            raise Refused(f"{shown} is no query that runs: {said}.", "Mend its sql.") from None
        reason = said or "the server cannot be reached, or refuses the login"
        raise unreachable(shown, reason) from None
    return Marks()


def _copy(server: Any, sql: str, target: Path) -> None:
    from psycopg.sql import SQL, Composed, Identifier

    inner = SQL("({}\n) as asked").format(SQL(sql.rstrip().rstrip(";")))
    columns = server.execute(SQL("select * from {} limit 0").format(inner)).description or []
    chosen: list[Composed] = []
    for column in columns:
        name = Identifier(column.name)
        if column.type_code == _MOMENT:
            name_in_utc = SQL("{0} at time zone 'UTC' as {0}").format(name)
            chosen.append(name_in_utc)
        elif column.type_code == _BOOLEAN:
            chosen.append(SQL("{0}::text as {0}").format(name))
        else:
            chosen.append(SQL("{}").format(name))
    rows = SQL("copy (select {} from {}) to stdout with (format csv, header)").format(
        SQL(", ").join(chosen), inner
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file, server.cursor() as cursor, cursor.copy(rows) as pieces:
        for piece in pieces:
            file.write(piece)
