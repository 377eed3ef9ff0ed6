"""Sources that say otherwise of one thing: both stay on record, one is taken, both are told.

They speak on the same day, or the one not taken later, of what nobody has seen.

A row is one field of one record in which another source differs beyond rounding. SQL only, over
the version tables. Most kinds have no key of which two sources speak, and of the others most keys
are of one source: what is not contested is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.build.precedence import version_order, word_rank
from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from warehouse.records import KindShape

#: Disagreements of sources, one row a record, field and source that is not taken. Where the other
#: source speaks of the thing under a key of its own, `other_record_key` is that key.
DISAGREEMENT_COLUMNS = {
    "kind": "VARCHAR",
    "record_key": "VARCHAR",
    "other_record_key": "VARCHAR",
    "field": "VARCHAR",
    "published_on": "DATE",
    "taken_source_id": "VARCHAR",
    "other_source_id": "VARCHAR",
    "taken_value": "VARCHAR",
    "other_value": "VARCHAR",
    "difference_pct": "DECIMAL(18,4)",
    "taken_batch_id": "VARCHAR",
    "other_batch_id": "VARCHAR",
}
#: Columns that tell of a statement and not of the thing: they may differ.
_PROVENANCE = frozenset(
    {
        "published_on",
        "published_basis",
        "source_id",
        "confidence",
        "note",
        "line",
        "is_withdrawn",
        "derivation",
    }
)
#: Kinds whose sources write a column at one precision: 185.5 among closes of cents is 185.50.
_AT_ONE_PRECISION = frozenset({"prices", "fx"})
#: Fields that nobody writes with fewer decimals: 186 as a price is 186.00.
_FEWEST_DECIMALS = {
    "prices": {"open": 2, "high": 2, "low": 2, "close": 2},
    "fx": {"usd_rate": 4},
}
#: Numbers closer than this are one number: the noise of a float; of rates, which are printed with
#: five digits and turned over, the last of these.
_NOISE_PCT = {"fx": "0.005"}
_FLOAT_NOISE_PCT = "0.00001"
#: Numbers further apart than this are two numbers, however few digits one of them has.
_ROUNDING_PCT = 1


def contested(
    con: duckdb.DuckDBPyConnection,
    kinds: Mapping[str, KindShape],
    known_to: dt.date,
    source: str,
) -> list[str]:
    """Those of the kinds in which two main sources speak of one key, known by then."""
    asked = [
        f"select '{kind}' where exists (select 1 from \"{source}\".main.raw_{kind}"
        f" where published_on <= date '{known_to.isoformat()}'"
        f" group by {_listed(shape.key)}"
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
    numbers = [c for c in compared if shape.columns[c].startswith(("DECIMAL", "BIGINT"))]
    standing = "".join(
        # a store that has read nothing since withdrawals came has no such column
        f" and not coalesce({side}.is_withdrawn, false)"
        for side in ("taken", "other")
        if "is_withdrawn" in shape.columns
    )
    both = ", ".join(
        f'{side}."{c}" as "{side}_{c}"' for c in compared for side in ("taken", "other")
    )
    fewest = "".join(
        f" when '{c}' then {least}" for c, least in _FEWEST_DECIMALS.get(kind, {}).items()
    )
    fewest = f"case differing.field{fewest} end" if fewest else "null"
    differing = [_field_sql(c, is_number=c in numbers) for c in compared]
    return f"""
        with spoken_of_by_others as (
            select {key}
            from "{source}".main.raw_{kind}
            where published_on <= date '{known_to.isoformat()}'
            group by {key}
            having min({MAIN_SOURCE}) <> max({MAIN_SOURCE})
        ),
        known as (
            select
                *,
                {MAIN_SOURCE} as main_source,
                {word_rank(shape)} as word_rank
            from "{source}".main.raw_{kind} as version
            {among}
            where published_on <= date '{known_to.isoformat()}'
        ),
        latest as (
            select *, row_number() over (
                partition by {key} order by {version_order(shape, precedence)}
            ) as version_place
            from (
                select *, row_number() over (
                    partition by {key}, published_on, main_source
                    order by batch_no desc, line desc
                ) as version_rank
                from known
            )
            where version_rank = 1
        ),
        paired as (
            select
                {named} as record_key,
                taken.published_on,
                taken.main_source as taken_source_id,
                other.main_source as other_source_id,
                taken.batch_id as taken_batch_id,
                other.batch_id as other_batch_id,
                {both}
            from latest as taken
            inner join latest as other using ({key})
            where
                taken.version_place = 1 and other.version_place > 1{standing}
                and other.published_on >= taken.published_on and other.word_rank = 1
        ),
        differing as (
            {" union all ".join(differing) or _NO_FIELD}
        ),
        usual as (
            {_precision_sql(kind, numbers)}
        ),
        measured as (
            select
                differing.*,
                cast(taken_number - other_number as double) as apart,
                greatest(
                    least(
                        coalesce(taken_usual.decimals, {_decimals("taken_value")}),
                        coalesce(other_usual.decimals, {_decimals("other_value")})
                    ),
                    {fewest}
                ) as decimals,
                100 * abs(cast(taken_number - other_number as double)) / coalesce(
                    nullif(abs(cast(taken_number as double)), 0),
                    abs(cast(other_number as double))
                ) as apart_pct
            from differing
            left join usual as taken_usual
                on
                    differing.field = taken_usual.field
                    and differing.taken_source_id = taken_usual.source_id
            left join usual as other_usual
                on
                    differing.field = other_usual.field
                    and differing.other_source_id = other_usual.source_id
        )
        select
            '{kind}' as kind,
            record_key,
            record_key as other_record_key,
            field,
            published_on,
            taken_source_id,
            other_source_id,
            taken_value,
            other_value,
            cast(least(apart_pct, 1e12) as decimal(18, 4)) as difference_pct,
            taken_batch_id,
            other_batch_id
        from measured
        where
            apart is null
            or apart_pct > {_ROUNDING_PCT}
            -- half a unit of the coarser one; of whole units nearly one, since lots are cut off
            or (
                apart_pct > {_NOISE_PCT.get(kind, _FLOAT_NOISE_PCT)}
                and abs(apart)
                > case when decimals < 0 then 0.999 else 0.500001 end * pow(10, -decimals)
            )"""


_NO_FIELD = (
    "select *, cast(null as varchar) as field, cast(null as varchar) as taken_value,"
    " cast(null as varchar) as other_value, cast(null as decimal(38, 10)) as taken_number,"
    " cast(null as decimal(38, 10)) as other_number from paired where false"
)
_PAIR = "record_key, published_on, taken_source_id, other_source_id, taken_batch_id, other_batch_id"


def _field_sql(column: str, *, is_number: bool) -> str:
    """The pairs that differ in one column: a blank says nothing, and so no other thing."""
    taken, other = f'"taken_{column}"', f'"other_{column}"'
    texts = [f"cast({side} as varchar)" for side in (taken, other)]
    if is_number:
        values = [_plain(text) for text in texts]
        numbers = [f"cast({side} as decimal(38, 10))" for side in (taken, other)]
        differs = f"{taken} <> {other}"
    else:
        values, numbers = texts, ["cast(null as decimal(38, 10))"] * 2
        one, two = (f"lower(regexp_replace(trim({text}), '\\s+', ' ', 'g'))" for text in texts)
        differs = f"{one} <> {two}"
    return (
        f"select {_PAIR}, '{column}' as field, {values[0]} as taken_value,"
        f" {values[1]} as other_value, {numbers[0]} as taken_number,"
        f" {numbers[1]} as other_number from paired where {differs}"
    )


def _precision_sql(kind: str, numbers: Sequence[str]) -> str:
    """The most decimals that a source writes in each field, of kinds written at one precision."""
    if kind not in _AT_ONE_PRECISION:
        numbers = ()
    parts = [
        f"select '{c}' as field, {side}_source_id as source_id,"
        f' {_plain(f"""cast("{side}_{c}" as varchar)""")} as value from paired'
        for c in numbers
        for side in ("taken", "other")
    ]
    nothing = "select null::varchar as field, null::varchar as source_id, null::varchar as value"
    rows = " union all ".join([f"{nothing} where false", *parts])
    return (
        f"select field, source_id, max({_decimals('value')}) as decimals"
        f" from ({rows}) where value <> '0' group by field, source_id"
    )


def _plain(text: str) -> str:
    """A number's text without the zeros that its type adds."""
    return f"case when contains({text}, '.') then rtrim(rtrim({text}, '0'), '.') else {text} end"


def _decimals(value: str) -> str:
    """How many decimals a number is written with; of whole ones its zeros, counted below nought."""
    return (
        f"case when contains({value}, '.') then length(split_part({value}, '.', 2))"
        f" else length(rtrim({value}, '0')) - length({value}) end"
    )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
