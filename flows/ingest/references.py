"""Names that rows use and that no record has: which, how often, and what is near them.

What is on record is asked of `stg_known_name`, the model that the briefing counts by, over all
versions in the store; which columns refer to what is stated here and in `int_unknown_reference`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from flows import assets
from flows.ingest.loading_day import is_bundled
from flows.ingest.report import Finding
from flows.near import near

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport
    from flows.ingest.versions import Verdicts
    from warehouse.home import Home

#: What a row held back for such a name breaks, where the settings are strict.
RULE = "reference_on_record"
#: A finding that holds no row back.
NOTE = "unknown_reference"
#: Names of one file that are said one by one.
_SAID = 12
#: Topics without records of their own, whose names are known where two sources use them.
_SHARED = ("region", "segment")
_ON_RECORD = {
    "vendor": "companies", "chip": "chips", "source": "sources", "listing": "listings",
    "symbol": "listings", "rule": "rules", "event": "events", "currency": "fx",
    "chip_name": "chips",
}  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """A column, or an expression over several, that holds a name of a topic.

    `is_list`: names parted by semicolons. `beside` is a topic whose names will do as well.
    """

    topic: str
    column: str
    is_list: bool = False
    beside: str = ""


_OF_SALES = (
    Reference("vendor", "vendor"),
    Reference("chip", "chip_id"),
    Reference("region", "region"),
    Reference("segment", "segment"),
)
_CHIP = Reference("chip", "chip_id")
_CHIP_COUNTED = Reference(
    "chip", "case when chip_id not in ('all', 'unspecified') then chip_id end"
)
_CURRENCY = Reference("currency", "currency")
_LISTING = Reference("listing", "symbol || ':' || mic")
_SOURCE = Reference("source", "source_id", is_list=True)
REFERENCES: dict[str, tuple[Reference, ...]] = {
    "sales": (*_OF_SALES, _CURRENCY),
    "disclosures": _OF_SALES,
    "prices": (_LISTING,),
    "corporate_actions": (_LISTING,),
    "listings": (Reference("vendor", "vendor"), Reference("symbol", "benchmark_symbol")),
    "chip_prices": (_CHIP, _CURRENCY),
    "chip_conflicts": (_CHIP,),
    "chip_formats": (_CHIP,),
    "supply_counts": (Reference("vendor", "vendor"), _CHIP_COUNTED),
    "export_status": (_CHIP,),
    "export_stages": (_CHIP, Reference("event", "event_id")),
    "share_estimates": (Reference("vendor", "vendor", beside="share_vendor"),),
    "events": (Reference("chip_name", "affected_chips", is_list=True),),
    "fees": (Reference("chip", "chip_ids", is_list=True), Reference("rule", "band_rule_id")),
}


@dataclass(frozen=True)
class Unknown:
    """A name that no record has: rows that use it and the line of the first of them."""

    topic: str
    name: str
    rows: int
    first_line: int
    near: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """`chip nv-h200 is not in chips; near: nv-h200-sxm`, for a reader."""
        return _sentence(self.topic, self.name, self.near)


@dataclass(frozen=True)
class Names:
    """The names on record by topic, and of which topics the store has any record."""

    known: dict[str, set[str]]
    has_any: dict[str, bool]

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> Names:
        """Those of the store as it is now."""
        return cls(_known(con), _recorded(con))


def noted(
    con: duckdb.DuckDBPyConnection, home: Home, reports: Iterable[FileReport]
) -> list[FileReport]:
    """The reports of a run with a note for each unknown name, once all its files are in the store,
    so that the order of files decides nothing. Of the bundled records nothing is noted.
    """
    done = []
    names: Names | None = None
    for report in reports:
        if report.status == "accepted" and report.rows_accepted and not is_bundled(report.path):
            landed = home.landing_file(report.kind, report.batch_id)
            names = names or Names.of(con)
            notes = findings(con, report.kind, landed, names)
            done.append(replace(report, findings=(*report.findings, *notes)))
        else:
            done.append(report)
    return done


def findings(
    con: duckdb.DuckDBPyConnection, kind: str, landed: Path, names: Names | None = None
) -> list[Finding]:
    """A note for each unknown name of a landing file; what is beyond the first ones is counted.

    Topics of which the store has no record at all are not asked: there is nothing to compare with.
    """
    told = unknown(con, kind, landed, names)
    notes = [Finding(NOTE, one.rows, one.first_line, one.sentence) for one in told[:_SAID]]
    rest = told[_SAID:]
    if rest:
        words = f"{len(rest)} more names that are not on record."
        notes.append(Finding(NOTE, sum(r.rows for r in rest), rest[0].first_line, words))
    return notes


def unknown(
    con: duckdb.DuckDBPyConnection, kind: str, rows: Path, on_record: Names | None = None
) -> list[Unknown]:
    """The names in a Parquet file of a kind that no record has, the most frequent first."""
    on_record = on_record or Names.of(con)
    known, has_any = on_record.known, on_record.has_any
    found = []
    for reference in _written(con, kind, rows):
        topic = reference.topic
        if not has_any.get(topic, has_any["chip"]):
            continue
        names = known.get(topic, set()) | known.get(reference.beside, set())
        missing = _missing(con, reference, names)
        if topic in _SHARED:
            missing = _without_shared(con, topic, missing, rows)
        found += [
            Unknown(topic, name, count, line, tuple(near(name, names, 3, 0.6)) if n < _SAID else ())
            for n, (name, count, line) in enumerate(missing)
        ]
    return found


def set_apart(
    con: duckdb.DuckDBPyConnection, kind: str, draft: Path, verdicts: Verdicts
) -> tuple[Verdicts, pl.DataFrame]:
    """The verdicts with the new rows dropped that use an unknown name, and `line` and `reason` of
    those.
    """
    rows = rows_with_unknown(con, kind, draft)
    rows = rows.filter(~pl.col("row_no").is_in(verdicts.dropped.implode()))
    dropped = pl.concat([verdicts.dropped.cast(pl.Int64), rows["row_no"]]).sort()
    kept = replace(verdicts, new=verdicts.new - rows.height, dropped=dropped)
    return kept, rows.select("line", "reason")


def rows_with_unknown(con: duckdb.DuckDBPyConnection, kind: str, rows: Path) -> pl.DataFrame:
    """`row_no` (0 the first), `line` and `reason` of the rows of a Parquet file that use a name
    which no record has.
    """
    parts = []
    known = _known(con)
    for reference, written in zip(_of(kind), _written(con, kind, rows), strict=True):
        topic = reference.topic
        names = known.get(topic, set()) | known.get(reference.beside, set())
        missing = _missing(con, written, names)
        if topic in _SHARED:
            missing = _without_shared(con, topic, missing, rows)
        if not missing:
            continue
        said = {
            name: _sentence(topic, name, near(name, names, 3, 0.6) if n < _SAID else ())
            for n, (name, *_) in enumerate(missing)
        }
        each = _each(reference)
        con.complete()
        used = pl.DataFrame(
            con.sql(
                f"select file_row_number as row_no, line, unnest({each}) as name"
                " from read_parquet($rows, file_row_number = true)"
                f" where list_has_any({each}, $names)",
                params={"rows": str(rows), "names": list(said)},
            )
        )
        sentence = pl.col("name").replace_strict(said, default=None, return_dtype=pl.String)
        parts.append(used.select("row_no", "line", sentence.alias("reason")).drop_nulls())
    if not parts:
        return pl.DataFrame(schema={"row_no": pl.Int64, "line": pl.Int64, "reason": pl.String})
    return (
        pl.concat(parts)
        .group_by("row_no", "line", maintain_order=True)
        .agg(pl.col("reason").str.join(". ") + ": mend the name, or record it, and replay the row.")
        .sort("row_no")
    )


def _of(kind: str) -> tuple[Reference, ...]:
    return (*REFERENCES.get(kind, ()), _SOURCE)


def _each(reference: Reference) -> str:
    """The names that a row uses, as a list."""
    if reference.is_list:
        return f"list_transform(string_split({reference.column}, ';'), lambda name: trim(name))"
    return f"[{reference.column}]"


def _known(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The names on record, by topic."""
    staging = assets.asset("sql") / "staging"
    word = (staging / "stg_reference_word.sql").read_text(encoding="utf-8")
    named = (staging / "stg_known_name.sql").read_text(encoding="utf-8").replace("rec_", "raw_")
    found: dict[str, set[str]] = {}
    query = f"with stg_reference_word as (\n{word}\n) select topic, name from (\n{named}\n)"
    for topic, name in con.execute(query).fetchall():
        found.setdefault(topic, set()).add(name)
    return found


def _recorded(con: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    """Whether the store has any record of a topic."""
    # each alone: DuckDB plans many subqueries of one select at ten times the cost
    return {
        topic: bool(con.execute(f"select 1 from raw_{kind} limit 1").fetchall())
        for topic, kind in _ON_RECORD.items()
    }


def _written(con: duckdb.DuckDBPyConnection, kind: str, rows: Path) -> list[Reference]:
    """Count the rows of a Parquet file by what they refer to, in the table `written`; returns the
    references as columns of it. Columns have few values, and files many rows.
    """
    references = _of(kind)
    columns = [f"{one.column} as name_{n}" for n, one in enumerate(references)]
    con.execute(
        f"create or replace temp table written as select {', '.join(columns)},"
        " count(*) as rows, min(line) as line from read_parquet($rows) group by all",
        {"rows": str(rows)},
    )
    return [replace(one, column=f"name_{n}") for n, one in enumerate(references)]


def _missing(
    con: duckdb.DuckDBPyConnection, reference: Reference, known: set[str]
) -> list[tuple[str, int, int]]:
    """Name, number of rows and first line of each name in `written` that is not a known one."""
    found = con.execute(
        "with used as ("
        f" select unnest({_each(reference)}) as name, rows, line from written"
        f" where {reference.column} is not null"
        ") select name, cast(sum(rows) as bigint), min(line) from used"
        " where name <> '' and not list_contains($known, name)"
        " group by name order by 2 desc, name",
        {"known": sorted(known)},
    ).fetchall()
    if reference.topic == "segment":
        # capitals make no other segment
        lower = {name.lower() for name in known}
        return [one for one in found if one[0].lower() not in lower]
    if reference.topic == "region":
        return [one for one in found if not one[0].startswith("China")]
    return found


def _without_shared(
    con: duckdb.DuckDBPyConnection, topic: str, missing: list[tuple[str, int, int]], rows: Path
) -> list[tuple[str, int, int]]:
    """The names that no second source uses, in this file and in the store."""
    if not missing:
        return missing
    main = f"split_part(source_id, ';', 1) as main_source, {topic} as name"
    shared = con.execute(
        "select name from ("
        f" select {main} from read_parquet($rows)"
        f" union all select {main} from raw_sales"
        f" union all select {main} from raw_disclosures"
        ") where list_contains($names, name) group by name having count(distinct main_source) > 1",
        {"rows": str(rows), "names": [name for name, *_ in missing]},
    ).fetchall()
    return [one for one in missing if (one[0],) not in shared]


def _sentence(topic: str, name: str, nearest: list[str] | tuple[str, ...]) -> str:
    where = _ON_RECORD.get(topic)
    topic = topic.removesuffix("_name")
    said = f"{topic} {name} is not in {where}" if where else f"{topic} {name} is not a known one"
    return f"{said}; near: {', '.join(nearest)}" if nearest else said
