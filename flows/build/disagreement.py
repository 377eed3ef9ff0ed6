"""Sources that say otherwise of one thing on the same day: both stand, one is taken, both are told.

SQL only, over the version tables. Most kinds have no key of which two sources speak, and of the
others most keys are of one source: what is not contested is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.build.precedence import version_order
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from warehouse.records import KindShape

#: Disagreements of sources, one row a pair: key, the version taken and another.
DISAGREEMENT_COLUMNS = {
    "kind": "VARCHAR",
    "record_key": "VARCHAR",
    "published_on": "DATE",
    "taken_source_id": "VARCHAR",
    "other_source_id": "VARCHAR",
    "taken_batch_id": "VARCHAR",
    "other_batch_id": "VARCHAR",
    "differing": "VARCHAR",
}
#: Columns that tell of a statement and not of the thing: they may differ.
_PROVENANCE = frozenset(
    {"published_on", "published_basis", "source_id", "confidence", "note", "line", "is_withdrawn"}
)


def contested(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    known_to: dt.date,
    source: str,
) -> list[str]:
    """Those of the kinds in which two main sources speak of one key on one day, known by then."""
    asked = [
        f"select '{kind}' where exists (select 1 from \"{source}\".main.raw_{kind}"
        f" where published_on <= date '{known_to.isoformat()}'"
        f" group by {_listed(shape.key)}, published_on"
        f" having min({MAIN_SOURCE}) <> max({MAIN_SOURCE}))"
        for kind, shape in kinds.items()
        if "source_id" in shape.columns
    ]
    return [k for (k,) in con.execute(" union all ".join(asked)).fetchall()] if asked else []


def all_sql(queries: Iterable[str]) -> str:
    """The query behind `rec_disagreements`, over those of the kinds that are contested."""
    nothing = ", ".join(f"cast(null as {t}) as {c}" for c, t in DISAGREEMENT_COLUMNS.items())
    parts = [f"select * from ({query})" for query in queries]
    return " union all ".join([f"select {nothing} where false", *parts])


def kind_sql(
    kind: str,
    shape: KindShape,
    known_to: dt.date,
    source: str,
    precedence: Mapping[str, int],
    *,
    kept_by: str | None,
) -> str:
    """The disagreements of one kind: the latest version of each source, of the day that counts.

    `kept_by`: the column of row ids, where those of contested versions are in `contested_<kind>`.
    """
    if kept_by:
        among = f"semi join contested_{kind} as one on version.{kept_by} = one.row_id"
    else:
        among = f"semi join spoken_of_by_others using ({_listed(shape.key)})"
    key = _listed(shape.key)
    named = " || '; ' || ".join(f"'{c}=' || cast(taken.\"{c}\" as varchar)" for c in shape.key)
    compared = [c for c in shape.columns if c not in _PROVENANCE and c not in shape.key]
    differing = ", ".join(
        f'case when taken."{c}" is distinct from other."{c}" then \'{c}: \''
        f" || coalesce(cast(taken.\"{c}\" as varchar), 'blank') || ' / '"
        f" || coalesce(cast(other.\"{c}\" as varchar), 'blank') end"
        for c in compared
    )
    standing = "".join(
        # a store that has read nothing since withdrawals came has no such column
        f" and not coalesce({side}.is_withdrawn, false)"
        for side in ("taken", "other")
        if "is_withdrawn" in shape.columns
    )
    return f"""
        with spoken_of_by_others as (
            select {key}
            from "{source}".main.raw_{kind}
            where published_on <= date '{known_to.isoformat()}'
            group by {key}
            having min({MAIN_SOURCE}) <> max({MAIN_SOURCE})
        ),
        known as (
            select *, {MAIN_SOURCE} as main_source
            from "{source}".main.raw_{kind} as version
            {among}
            where published_on <= date '{known_to.isoformat()}'
        ),
        latest as (
            select *, row_number() over (
                partition by {key} order by {version_order(shape, precedence)}
            ) as place
            from (
                select *, row_number() over (
                    partition by {key}, published_on, main_source
                    order by batch_no desc, line desc
                ) as version_rank
                from known
            )
            where version_rank = 1
        ),
        compared as (
            select
                '{kind}' as kind,
                {named} as record_key,
                taken.published_on,
                taken.main_source as taken_source_id,
                other.main_source as other_source_id,
                taken.batch_id as taken_batch_id,
                other.batch_id as other_batch_id,
                concat_ws('; ', {differing}) as differing
            from latest as taken
            inner join latest as other using ({key}, published_on)
            where taken.place = 1 and other.place > 1{standing}
        )
        select * from compared where differing <> ''"""


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
