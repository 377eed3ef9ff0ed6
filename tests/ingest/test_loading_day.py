"""A row that says it was published after it was loaded waits in quarantine for its day."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows import assets
from flows.ingest.contracts import KINDS
from flows.ingest.replay import replay

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write
    from warehouse.home import Home

#: The clock of `home` says 5 January 2026.
SALES = (
    "sale_id,vendor,segment,region,basis,scope,period_start,period_end,revenue,currency,value_type,"
    "published_basis,published_on,source_id,confidence\n"
)
SHARES = (
    "publisher,period,period_start,period_end,scope,measure,vendor,kind,share_low_pct,"
    "published_precision,published_on,source_id,confidence\n"
)
DISCLOSURES = (
    "disclosure_id,vendor,segment,region,metric,fiscal_period,period_start,period_end,value,unit,"
    "published_basis,published_on,source_id,confidence\n"
)


def sale(name: str, published_on: str, **differs: str) -> str:
    stated = {
        "sale_id": name, "vendor": "NVIDIA", "segment": "Total", "region": "World",
        "basis": "billing", "scope": "company", "period_start": "2025-10-01",
        "period_end": "2025-12-31", "revenue": "5000000.25", "currency": "USD",
        "value_type": "reported", "published_basis": "stated", "published_on": published_on,
        "source_id": "T", "confidence": "derived",
    }  # fmt: skip
    return ",".join({**stated, **differs}.values()) + "\n"


def as_csv(text: str) -> tuple[str, bytes]:
    return "sales.csv", text.encode()


def as_quoted(text: str) -> tuple[str, bytes]:
    rows = [",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()]
    return "sales.csv", "\n".join(rows).encode()


def as_packed(text: str) -> tuple[str, bytes]:
    return "sales.csv.gz", gzip.compress(text.encode())


def as_ndjson(text: str) -> tuple[str, bytes]:
    return "sales.ndjson", pl.read_csv(text.encode(), infer_schema=False).write_ndjson().encode()


@pytest.mark.parametrize("written", [as_csv, as_quoted, as_packed, as_ndjson])
def test_a_day_after_tomorrow_is_held_back_by_name_in_every_form(
    take: Take,
    write: Write,
    held_back: HeldBack,
    written: Callable[[str], tuple[str, bytes]],
) -> None:
    rows = sale("today", "2026-01-05") + sale("east", "2026-01-06") + sale("early", "2026-01-07")

    report = take(write(*written(SALES + rows))).files[0]

    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (3, 2, 1)
    (row,) = held_back(report).to_dicts()
    assert (row["rule"], "early" in row["raw"]) == ("known_when_loaded", True)
    assert "2026-01-07" in row["reason"]
    assert "2026-01-05" in row["reason"]


@pytest.mark.parametrize("value_type", ["estimate", "forecast", "derived"])
def test_what_is_foretold_must_be_published_all_the_same(
    take: Take, write: Write, value_type: str
) -> None:
    ahead = {"period_end": "2026-12-31", "value_type": value_type}
    rows = sale("said", "2026-01-05", **ahead) + sale("unsaid", "2027-10-15", **ahead)

    report = take(write("sales.csv", SALES + rows)).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (1, 1)


def test_a_figure_is_not_reported_before_its_period_ends(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    over = {"period_start": "2025-01-27", "period_end": "2026-01-25"}
    files = {
        "sales.csv": SALES
        + sale("fy", "2026-01-01", **over)
        + sale("nine months", "2026-01-01", **over, value_type="ytd").replace("nine ", "nine-")
        + sale("guess", "2026-01-01", **over, value_type="estimate")
        + sale("last-day", "2025-12-31"),
        "share_estimates.csv": SHARES
        + "P,2026,2026-01-01,2026-12-31,market,units,NVIDIA,actual,40,day,2026-01-02,T,derived\n"
        + "P,2026,2026-01-01,2026-12-31,market,units,NVIDIA,forecast,40,day,2026-01-02,T,derived\n"
        + "P,some day,,,market,units,NVIDIA,actual,40,day,2026-01-02,T,derived\n",
        "disclosures.csv": DISCLOSURES
        + "a,V,Total,World,net_income,FY,2025-02-01,2026-01-31,5,USD,stated,2026-01-02,T,derived\n"
        + "b,V,Total,World,guided_revenue,FY,2025-02-01,2026-01-31,5,USD,stated,2026-01-02,T,"
        "derived\n",
    }

    reports = take(*(write(name, text) for name, text in files.items())).files

    rules = {file.kind: held_back(file)["rule"].to_list() for file in reports}
    assert rules == {
        "sales": ["reported_after_the_period"] * 2,
        "share_estimates": ["actual_after_the_period"],
        "disclosures": ["reported_after_the_period"],
    }
    assert {file.kind: file.rows_accepted for file in reports} == {
        "sales": 2, "share_estimates": 2, "disclosures": 1,
    }  # fmt: skip


def test_a_replay_lets_a_row_in_once_its_day_has_come(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take(write("sales.csv", SALES + sale("soon", "2026-02-10") + sale("later", "2027-02-10")))

    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-02-08T23:00:00+00:00")
    (early,) = replay(con, home)
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-02-09T00:00:00+00:00")
    (come,) = replay(con, home)

    assert (early.rows_accepted, early.rows_quarantined) == (0, 2)
    assert {still.rule for still in early.still} == {"known_when_loaded"}
    assert (come.rows_accepted, come.rows_quarantined) == (1, 1)
    assert con.execute("select sale_id from raw_sales").fetchall() == [("soon",)]


def test_bundled_records_are_read_whatever_the_clock_says(
    take: Take, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2024-03-01T08:00:00+00:00")
    bundled = assets.seeds() / "share_estimates.csv"

    ours = take(bundled).files[0]
    copied = take(write("share_estimates.csv", bundled.read_bytes() + b"\n")).files[0]

    assert ours.rows_quarantined == 0
    assert copied.rows_quarantined > 0


def test_every_kind_is_asked(take: Take, write: Write) -> None:
    asked = {kind: "published_on" in schema.column_names() for kind, schema in KINDS.items()}
    assert all(asked.values())
    report = take(
        write(
            "sources.csv",
            "key,title,source_kind,published_on,source_id,confidence\n"
            "S,Title,press,2026-01-07,S,derived\n",
        )
    ).files[0]
    assert report.rows_quarantined == 1
