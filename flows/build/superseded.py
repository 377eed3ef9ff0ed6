"""Which versions a later one supersedes, kept for the kinds that have many versions.

`superseded_<kind>` holds the row ids of versions that no longer count, `contested_<kind>` those of
keys on which two sources have spoken, so that a day's batch is compared with the
versions of its own keys and not the whole history with itself. Row ids may be kept because
versions are only appended: those of a table are 0 to n - 1 for ever, which is looked at first, and
those of a landing file are its batch's number and a place in an immutable file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.build.precedence import word_rank
from warehouse import repeated
from warehouse.landed import FILE_STEP
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

    from warehouse.records import KindShape

#: From how many versions on the superseded ones are kept; below, ranking them all costs less.
KEPT_FROM = 200_000

_LEDGER = """
create table if not exists ledger_superseded (
    kind varchar, known_to date, versions bigint, rule varchar);
alter table ledger_superseded add column if not exists made_from varchar;
alter table ledger_superseded add column if not exists landed_to bigint;
"""


@dataclass(frozen=True)
class Versions:
    """The versions of a kind: the table or view, its column of row ids, how many rows it has.

    `stored` of them are in a table, whose last row id is `last_row_id`; the rest are in landing
    files of batches up to the number `landed_to`, 0 where there are none.
    """

    kind: str
    table: str
    row_id: str
    total: int
    stored: int
    last_row_id: int | None
    landed_to: int

    @property
    def are_whole(self) -> bool:
        """Whether no row was ever deleted, so that a row id names one version for good."""
        last = -1 if self.last_row_id is None else self.last_row_id
        return last + 1 == self.stored

    def arrived(self, stored: int, landed_to: int) -> str:
        """The condition that a version came after so many of the table and that landed batch."""
        return (
            f"({self.row_id} >= {stored} and {self.row_id} < {FILE_STEP}"
            f" or {self.row_id} >= {FILE_STEP} and batch_no > {landed_to})"
        )


def current_sql(
    kind: str, table: str, row_id: str, own: str, known_to: dt.date, stands: str
) -> str:
    """The query of the versions known on a day that nothing known then supersedes.

    `table` holds all versions, with their row ids in `row_id`. `stands` is the condition under
    which the version that counts is not a withdrawal.
    """
    return (
        f"select {own} from {table} as version"
        f" anti join superseded_{kind} as old on version.{row_id} = old.row_id"
        f" where version.published_on <= date '{known_to.isoformat()}' and {stands}"
    )


def contested_print(con: duckdb.DuckDBPyConnection, kind: str) -> str | None:
    """What tells the contested versions of a kept kind from others; None where there are none."""
    rows, content, made_from = con.execute(
        "select count(*), sum(cast(hash(row_id) as hugeint)),"
        f" (select made_from from ledger_superseded where kind = '{kind}')"
        f" from contested_{kind}"
    ).fetchall()[0]
    return f"{made_from} {rows} {content}" if rows else None


def keep(
    con: duckdb.DuckDBPyConnection,
    versions: Versions,
    shape: KindShape,
    known_to: dt.date,
    *,
    order: str,
    full: bool,
) -> bool:
    """Bring `superseded_<kind>` and `contested_<kind>` up to date, in the catalog in use.

    True if only what has arrived or become known since was looked at: its row ids and days are
    then in `arrived_<kind>`, and those of what began or ceased to count in `changed_<kind>`. A day
    that lies before the last one, and rows that are gone, mean the whole.
    """
    con.execute(_LEDGER)
    kind, rule = versions.kind, f"of {shape.key} {order}"
    last = con.execute(
        "select known_to, versions, coalesce(landed_to, 0), made_from from ledger_superseded"
        " where kind = ? and rule = ? and made_from is not null",
        [kind, rule],
    ).fetchone()
    follows = (
        not full
        and last is not None
        and versions.are_whole
        and last[0] <= known_to
        and 0 <= last[1] <= versions.stored
        and last[2] <= versions.landed_to
    )
    if follows and last is not None:
        _follow(con, versions, shape, last[0], versions.arrived(*last[1:3]), known_to, order)
        made_from = last[3]
    else:
        _make(con, versions, shape, known_to, order)
        made_from = f"{known_to} {versions.total} {versions.last_row_id} {rule}"
    con.execute("delete from ledger_superseded where kind = ?", [kind])
    # a table with gaps may be given new row ids: what was kept of it is never followed
    stored = versions.stored if versions.are_whole else -1
    con.execute(
        "insert into ledger_superseded by name select ? as kind, ? as known_to, ? as versions,"
        " ? as rule, ? as made_from, ? as landed_to",
        [kind, known_to, stored, rule, made_from, versions.landed_to],
    )
    return follows


def _make(
    con: duckdb.DuckDBPyConnection,
    versions: Versions,
    shape: KindShape,
    known_to: dt.date,
    order: str,
) -> None:
    kind, key = versions.kind, ", ".join(f'"{column}"' for column in shape.key)
    known = f"published_on <= date '{known_to.isoformat()}'"
    is_repeated = repeated.note(con, f"repeated_{kind}", versions.table, key, known)
    con.execute(f"""
        create or replace temp table ranked_{kind} as
        select
            its_row_id as row_id,
            {_is_contested(shape)} as is_contested,
            row_number() over (partition by {key} order by {order}) as version_rank
        from (
            select
                *,
                version.{versions.row_id} as its_row_id,
                {word_rank(shape)} as word_rank
            from {versions.table} as version
            where {known} and {is_repeated}
        ) as version
    """)
    con.execute(f"""
        create or replace table superseded_{kind} as
        select row_id from ranked_{kind} where version_rank > 1 order by row_id
    """)
    con.execute(f"""
        create or replace table contested_{kind} as
        select row_id from ranked_{kind} where is_contested order by row_id
    """)
    con.execute(f"drop table ranked_{kind}")
    con.execute(f"drop table repeated_{kind}")


def _is_contested(shape: KindShape) -> str:
    """Whether two main sources speak of a row's key, as a window over the key's versions.

    Of one day or of two: that is looked at where disagreements are told.
    """
    if "source_id" not in shape.columns:
        return "false"
    key = ", ".join(f'"{column}"' for column in shape.key)
    return (
        f"min({MAIN_SOURCE}) over (partition by {key})"
        f" <> max({MAIN_SOURCE}) over (partition by {key})"
    )


def _follow(
    con: duckdb.DuckDBPyConnection,
    versions: Versions,
    shape: KindShape,
    known_before: dt.date,
    has_arrived: str,
    known_to: dt.date,
    order: str,
) -> None:
    kind, row_id = versions.kind, versions.row_id
    key = ", ".join(f'"{column}"' for column in shape.key)
    before, now = (f"date '{day.isoformat()}'" for day in (known_before, known_to))
    days = [f'"{c}"' for c, type_ in shape.columns.items() if type_ in ("DATE", "TIMESTAMP")]
    columns = [f'"{c}"' for c in ("source_id", "confidence", "line") if c in shape.columns]
    order_before = order.replace("word_rank", "word_rank_before")
    own = ", ".join(dict.fromkeys([*(f'"{c}"' for c in shape.key), *days]))
    con.execute(f"""
        create or replace temp table arrived_{kind} as
        select {row_id} as row_id, {own} from {versions.table}
        where {has_arrived} and published_on <= {now}
        union all
        select {row_id} as row_id, {own} from {versions.table}
        where not {has_arrived} and published_on > {before} and published_on <= {now}
    """)
    con.execute(f"""
        create or replace temp table ranked_{kind} as
        with concerned as (
            select
                version.{row_id} as row_id,
                {", ".join([own, *columns, "batch_no"])},
                not {has_arrived} and published_on <= {before} as was_known
            from {versions.table} as version
            semi join arrived_{kind} using ({key})
            where published_on <= {now}
        )
        select
            row_id,
            {", ".join(days)},
            {_is_contested(shape)} as is_contested,
            row_number() over (partition by {key} order by {order}) as rank_now,
            case
                when was_known
                    then row_number() over (
                        partition by {key}, was_known order by {order_before}
                    )
            end as rank_before
        from (
            select
                *,
                {word_rank(shape)} as word_rank,
                {word_rank(shape, "was_known")} as word_rank_before
            from concerned
        ) as concerned
    """)
    con.execute(f"""
        create or replace temp table changed_{kind} as
        select row_id, {", ".join(days)} from ranked_{kind}
        where (rank_now = 1) <> (coalesce(rank_before, 2) = 1)
    """)
    con.execute(f"""
        insert into superseded_{kind}
        select row_id from ranked_{kind}
        where rank_now > 1 and coalesce(rank_before, 1) = 1
        order by row_id
    """)
    con.execute(f"""
        insert into contested_{kind}
        select row_id from ranked_{kind}
        where is_contested and row_id not in (select row_id from contested_{kind})
        order by row_id
    """)
    con.execute(f"drop table ranked_{kind}")
