"""Sources that say otherwise of one thing on the same day: both stand, one is taken, both are told.

SQL only, over the version tables. Most rows of a kind are of one source: only keys that another
source speaks of as well are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.build.precedence import version_order
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

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


def all_sql(
    kinds: Mapping[str, KindShape], known_to: dt.date, source: str, precedence: Mapping[str, int]
) -> str:
    """The query behind `rec_disagreements`, over every kind that names its sources."""
    parts = [
        f"select * from ({kind_sql(kind, shape, known_to, source, precedence)})"
        for kind, shape in kinds.items()
        if "source_id" in shape.columns
    ]
    nothing = ", ".join(f"cast(null as {t}) as {c}" for c, t in DISAGREEMENT_COLUMNS.items())
    return " union all ".join([f"select {nothing} where false", *parts])


def kind_sql(
    kind: str,
    shape: KindShape,
    known_to: dt.date,
    source: str,
    precedence: Mapping[str, int],
) -> str:
    """The disagreements of one kind: the latest version of each source, of the day that counts."""
    key = ", ".join(f'"{c}"' for c in shape.key)
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
        with known as not materialized (
            select *
            from "{source}".main.raw_{kind}
            where published_on <= date '{known_to.isoformat()}'
        ),
        said as (
            select source_id, {MAIN_SOURCE} as main_source, count(*) as rows
            from known
            group by source_id
        ),
        commonest as (
            select main_source from said group by main_source
            order by sum(rows) desc, main_source limit 1
        ),
        spoken_of_by_others as (
            select distinct {key}
            from known
            where source_id in (
                select source_id from said
                where main_source <> (select main_source from commonest)
            )
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
                from (select *, {MAIN_SOURCE} as main_source from known)
                semi join spoken_of_by_others using ({key})
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
