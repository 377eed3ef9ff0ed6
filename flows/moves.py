"""What accepted rows will move: the sections that read them, or why none does.

Told from the graph of the models, from what each says that it reads only (`reads_only` in its
twin), and from the rows: not known on the day of the briefing that is due, older than the version
on record, taken back, of a region that no figure is of. Nothing is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import assets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import duckdb

    from flows.build.code import Code
    from flows.ingest.report import FileReport
    from warehouse.home import Home

#: What a series of a kind is told by; other kinds are told as a whole.
_SERIES: dict[str, tuple[str, ...]] = {
    "sales": ("vendor", "region", "basis", "value_type"),
    "prices": ("symbol", "mic"),
    "chips": ("chip_id",),
    "chip_prices": ("chip_id",),
    "export_status": ("chip_id",),
    "export_stages": ("chip_id",),
    "chip_conflicts": ("chip_id",),
    "fees": ("fee_id",),
    "rules": ("rule_id",),
    "fx": ("currency",),
    "companies": ("vendor",),
    "listings": ("symbol", "mic"),
    "corporate_actions": ("symbol", "mic"),
    "events": ("kind",),
    "share_estimates": ("publisher", "vendor"),
    "disclosures": ("vendor", "metric"),
    "claims": ("claim_id",),
    "sessions": ("mic",),
}
#: The days that a row is of.
_DAYS = {
    "sales": ("period_start", "period_end"), "disclosures": ("period_start", "period_end"),
    "prices": ("traded_on", "traded_on"), "fx": ("rate_on", "rate_on"),
}  # fmt: skip
#: Series of one command that are told one by one.
MOST = 8
#: Of larger batches it is not asked which rows are older than what is on record.
_COMPARED = 200_000


@dataclass(frozen=True)
class Move:
    """A series that rows were accepted of, and the sections of the page that read such rows.

    `reasons` say how many of the rows are in no figure, or not yet, and why.
    """

    kind: str
    series: tuple[str, ...]
    first_on: dt.date | None
    last_on: dt.date | None
    rows: int
    sections: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`sales of NVIDIA, China, shipment, reported, 2026-10 (1 row): fees`."""
        of = ", ".join([*self.series, *self._days()])
        what = f"{self.kind} of {of}" if of else self.kind
        where = ", ".join(self.sections) or "no figure"
        counted = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        reached = f"{what} ({counted}): {where}"
        return (": " if not self.sections else "; ").join([reached, *self.reasons])

    def _days(self) -> list[str]:
        if self.first_on is None or self.last_on is None:
            return []
        first, last = f"{self.first_on:%Y-%m}", f"{self.last_on:%Y-%m}"
        return [first if first == last else f"{first} to {last}"]


def moves(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    files: Sequence[FileReport],
    as_of: dt.date,
    section_of: Mapping[str, str],
) -> list[Move]:
    """What the accepted rows of these files will move, the series with most rows first.

    `as_of` is the day of the newest briefing that is due. `section_of` has the sections of the
    reports that show figures.
    """
    from flows.build.code import remembered
    from flows.ingest.loading_day import is_bundled

    code = remembered(assets.asset("sql"))
    told: list[Move] = []
    for kind in sorted({file.kind for file in files}):
        landed = [
            str(home.landing_file(kind, file.batch_id))
            for file in files
            if file.kind == kind and file.rows_accepted and not is_bundled(file.path)
        ]
        if landed:
            rows = sum(file.rows_accepted for file in files if file.kind == kind)
            told += _of_kind(con, code, kind, landed, as_of, section_of, rows <= _COMPARED)
    return sorted(told, key=lambda move: (-move.rows, move.kind, move.series))


def _of_kind(
    con: duckdb.DuckDBPyConnection,
    code: Code,
    kind: str,
    landed: list[str],
    as_of: dt.date,
    section_of: Mapping[str, str],
    is_compared: bool,
) -> list[Move]:
    series = _SERIES.get(kind, ())
    first, last = _DAYS.get(kind, ("cast(null as date)", "cast(null as date)"))
    readers = {
        name: dict(code.models[name].reads_only).get(f"rec_{kind}", "true")
        for name, tables in code.reads.items()
        if f"rec_{kind}" in tables
    }
    older = _older(kind) if is_compared else "false"
    read = ", ".join(f"coalesce(bool_or({said}), false)" for said in readers.values()) or "false"
    names = "".join(f"{column}, " for column in series)
    found = con.execute(
        f"select {names} min({first}), max({last}), count(*),"
        f" count(*) filter (where published_on > $as_of),"
        " count(*) filter (where is_withdrawn), "
        f" count(*) filter (where {older}), [{read}]"
        f" from read_parquet($landed) as landed"
        + (f" group by {', '.join(series)}" if series else ""),
        {"as_of": as_of, "landed": landed},
    ).fetchall()
    told = []
    for row in found:
        names_of = tuple(str(value) for value in row[: len(series)])
        first_on, last_on, rows, early, withdrawn, old, is_read = row[len(series) :]
        reading = [name for name, meets in zip(readers, is_read, strict=False) if meets]
        sections = _sections(code, reading, section_of)
        reasons = _reasons(rows, early, withdrawn, old, as_of)
        if kind == "sales" and (said := _of_no_figure(names_of[1])):
            sections, reasons = [], [said, *reasons]
        told.append(Move(kind, names_of, first_on, last_on, rows, tuple(sections), tuple(reasons)))
    return told


def _sections(code: Code, reading: Sequence[str], section_of: Mapping[str, str]) -> list[str]:
    """The sections whose reports rest on these models, in the order of the page."""
    downstream = {*reading}
    for name in code.order:
        if code.reads[name] & downstream:
            downstream.add(name)
    there = {section for report, section in section_of.items() if report in downstream}
    return [section for section in dict.fromkeys(section_of.values()) if section in there]


def _reasons(rows: int, early: int, withdrawn: int, old: int, as_of: dt.date) -> list[str]:
    said = []
    if early:
        said.append(
            f"{_share(early, rows)} published after {as_of}, the day of the briefing that is due:"
            " in no figure until one of a later day"
        )
    if old:
        said.append(f"{_share(old, rows)} older than the version on record: in past briefings only")
    if withdrawn:
        said.append(f"{_share(withdrawn, rows)} taken back")
    return said


def _share(some: int, rows: int) -> str:
    return "all" if some == rows else f"{some:,} of them"


def _of_no_figure(region: str) -> str:
    # capitals, blanks and hyphens make no other series
    plain = "".join(c for c in region.casefold() if c.isalnum())
    if plain.startswith("china") or plain in ("world", "nonchina"):
        return ""
    return f"none is of region {region}"


def _older(kind: str) -> str:
    """The condition that the store has a version of the same record that was published later."""
    from flows.ingest.shapes import shapes

    same = " and ".join(f'stored."{c}" = landed."{c}"' for c in shapes()[kind].key)
    return (
        f"exists (select 1 from raw_{kind} as stored where {same}"
        " and stored.published_on > landed.published_on)"
    )


def lines(told: Sequence[Move]) -> list[str]:
    """The moves for a person; what is beyond the largest series is counted."""
    shown = [f"may move: {move.sentence}." for move in told[:MOST]]
    rest = told[MOST:]
    if rest:
        shown.append(f"may move: {len(rest)} more series, {sum(m.rows for m in rest):,} rows.")
    return shown
