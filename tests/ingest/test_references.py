"""Names that no record has are told, and held back where the settings are strict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows import assets
from flows.ingest import references
from flows.ingest.replay import replay
from flows.ingest.run import ingest
from flows.settings import Settings
from tests import bundled
from warehouse import store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport, Finding
    from tests.ingest.conftest import Write
    from warehouse.home import Home

#: A good row of each kind that refers to something, by column, and what is published.
ROWS: dict[str, dict[str, str]] = {
    "sales": {
        "sale_id": "s", "vendor": "AMD", "chip_id": "amd-mi308x", "segment": "Total",
        "region": "China", "basis": "shipment", "scope": "product", "period_start": "2025-11-03",
        "period_end": "2025-11-03", "units": "3", "revenue": "30000.5", "currency": "CNY",
        "value_type": "reported", "published_basis": "stated",
    },
    "disclosures": {
        "disclosure_id": "d", "vendor": "AMD", "chip_id": "amd-mi308x", "segment": "Total",
        "region": "World", "metric": "charge", "fiscal_period": "Q", "period_start": "2025-10-01",
        "period_end": "2025-12-31", "value": "5", "unit": "USD", "published_basis": "stated",
    },
    "prices": {
        "symbol": "AMD", "mic": "XNAS", "traded_on": "2025-12-08", "adjustment": "raw",
        "close": "9.25", "currency": "USD",
    },
    "corporate_actions": {
        "symbol": "AMD", "mic": "XNAS", "ex_on": "2025-12-08", "action": "split",
        "price_ratio": "2",
    },
    "listings": {
        "symbol": "ZZZ", "mic": "XNAS", "security_type": "equity", "vendor": "AMD", "title": "Z",
        "title_zh": "Z", "currency": "USD", "benchmark_symbol": "SPX", "calendar_mic": "XNAS",
    },
    "chip_prices": {
        "chip_id": "amd-mi308x", "quoted_on": "2025-12-01", "quoted_precision": "day",
        "currency": "CNY", "quote_unit": "gpu", "channel": "desk", "gpus_per_unit": "1",
        "price_low": "10.5", "price_high": "11",
    },
    "chip_conflicts": {"chip_id": "amd-mi308x", "field": "tdp_w"},
    "chip_formats": {
        "chip_id": "amd-mi308x", "format": "FP16", "sparsity": "dense", "rate_tops": "653.7",
    },
    "supply_counts": {
        "publisher": "Desk", "vendor": "AMD", "chip_id": "all", "place": "China",
        "measure": "owned", "period_start": "2025-10-01", "period_end": "2025-12-31",
        "units": "5",
    },
    "export_status": {
        "chip_id": "amd-mi308x", "jurisdiction": "US", "effective_from": "2025-12-01",
        "effective_from_precision": "day", "status": "free",
    },
    "export_stages": {
        "chip_id": "amd-mi308x", "stage": "eligible", "reached_on": "2025-12-01",
        "reached_precision": "day", "event_id": "bundled",
    },
    "share_estimates": {
        "publisher": "Desk", "period": "2025", "scope": "market", "measure": "units",
        "vendor": "domestic", "kind": "estimate", "share_low_pct": "40",
        "published_precision": "day",
    },
    "events": {
        "event_id": "e", "announced_on": "2025-12-01", "announced_precision": "day",
        "jurisdiction": "US", "authority": "BIS", "instrument": "letter", "kind": "letter",
        "title": "L", "title_zh": "L", "affected_chips": "H20;MI308",
    },
    "fees": {
        "fee_id": "f", "valid_from": "2026-01-01", "title": "F", "title_zh": "F",
        "jurisdiction": "US", "announced_on": "2025-12-01", "rate": "0.1",
        "base": "seller_revenue", "payer": "seller", "inclusion": "exclusive", "instrument": "I",
        "status": "announced", "chip_ids": "amd-mi308x;nv-h20-96", "band_rule_id": "duty_band_1",
        "is_exemption": "false",
    },
}  # fmt: skip
#: Kind, column, a name that no record has, what is said of it.
SLIPS = [
    ("sales", "vendor", "ADM", "vendor ADM is not in companies; near: AMD"),
    ("sales", "chip_id", "amd-mi308", "chip amd-mi308 is not in chips; near: amd-mi308x"),
    ("sales", "region", "Wolrd", "region Wolrd is not a known one; near: World"),
    ("sales", "segment", "Totla", "segment Totla is not a known one; near: Total"),
    ("sales", "currency", "KPW", "currency KPW is not in fx"),
    ("sales", "source_id", "BUNDLED;DESK-1", "source DESK-1 is not in sources"),
    ("disclosures", "vendor", "Huawai", "vendor Huawai is not in companies; near: Huawei"),
    ("disclosures", "region", "Chnia", "region Chnia is not a known one; near: China"),
    ("prices", "symbol", "AMDD", "listing AMDD:XNAS is not in listings; near: AMD:XNAS"),
    ("prices", "mic", "XNYS", "listing AMD:XNYS is not in listings"),
    ("corporate_actions", "mic", "XHKG", "listing AMD:XHKG is not in listings"),
    ("listings", "vendor", "Cambricorn", "vendor Cambricorn is not in companies; near: Cambricon"),
    ("listings", "benchmark_symbol", "SPY2", "symbol SPY2 is not in listings"),
    ("chip_prices", "chip_id", "nv-h200", "chip nv-h200 is not in chips; near: nv-h200-"),
    ("chip_prices", "currency", "KPW", "currency KPW is not in fx"),
    ("chip_conflicts", "chip_id", "nv-h20", "chip nv-h20 is not in chips; near: nv-h20-96"),
    ("chip_formats", "chip_id", "nv-h20", "chip nv-h20 is not in chips; near: nv-h20-96"),
    ("supply_counts", "vendor", "Huawai", "vendor Huawai is not in companies; near: Huawei"),
    ("supply_counts", "chip_id", "nv-h20", "chip nv-h20 is not in chips; near: nv-h20-96"),
    ("export_status", "chip_id", "hw-910x", "chip hw-910x is not in chips"),
    ("export_stages", "event_id", "no-such-event", "event no-such-event is not in events"),
    ("share_estimates", "vendor", "domestik", "vendor domestik is not in companies; near: dom"),
    ("events", "affected_chips", "H20;MI3080", "chip MI3080 is not in chips; near: MI308"),
    ("fees", "chip_ids", "amd-mi308x;nv-h2o", "chip nv-h2o is not in chips"),
    ("fees", "band_rule_id", "duty_band_9", "rule duty_band_9 is not in rules; near: duty_band"),
]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the bundled records, to be copied."""
    from warehouse.home import Home

    home = Home(tmp_path_factory.mktemp("seeded") / "home")
    kinds = ("chips", "companies", "events", "fx", "listings", "rules", "sales", "sources")
    with store.open_warehouse(home) as con:
        ingest(con, home, [assets.seeds() / f"{kind}.csv" for kind in kinds])
    return home.root


@pytest.fixture
def seeded_home(seeded: Path, tmp_path: Path) -> Home:
    import shutil

    from warehouse.home import Home

    shutil.copytree(seeded, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def known(seeded_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with store.open_warehouse(seeded_home) as con:
        yield con


def names(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """A source and an event that are on record."""
    return tuple(
        con.execute(f"select min({key}) from {table}").fetchall()[0][0]
        for key, table in (("key", "raw_sources"), ("event_id", "raw_events"))
    )  # type: ignore[return-value]


def written(con: duckdb.DuckDBPyConnection, kind: str, **differs: str) -> str:
    source, event = names(con)
    row = {"published_on": "2025-12-10", "confidence": "derived", "source_id": source}
    row = {**ROWS[kind], **row, **differs}
    if row.get("event_id") == "bundled":
        row["event_id"] = event
    row["source_id"] = row["source_id"].replace("BUNDLED", source)
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


def notes(report: FileReport) -> list[Finding]:
    return [found for found in report.findings if found.rule == references.NOTE]


def test_every_kind_that_refers_to_something_has_a_row_here() -> None:
    assert set(references.REFERENCES) == set(ROWS)


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_of_known_names_is_noted_nowhere(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write, kind: str
) -> None:
    file = write(f"{kind}.csv", written(known, kind))

    report = ingest(known, seeded_home, [file]).files[0]

    assert (report.rows_accepted, notes(report)) == (1, [])


@pytest.mark.parametrize(("kind", "column", "name", "words"), SLIPS)
def test_a_name_that_no_record_has_is_noted_with_the_near_ones_and_counted_by_the_model(
    known: duckdb.DuckDBPyConnection,
    seeded_home: Home,
    write: Write,
    kind: str,
    column: str,
    name: str,
    words: str,
) -> None:
    file = write(f"{kind}.csv", written(known, kind, **{column: name}))

    report = ingest(known, seeded_home, [file]).files[0]

    assert report.rows_accepted == 1
    (note,) = notes(report)
    assert (note.count, note.first_line) == (1, 2)
    assert note.example.startswith(words)
    topic, said = note.example.split(" is not ")[0].split(" ", 1)
    assert (kind, topic, said) in unknown_by_the_model(known)


def unknown_by_the_model(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str]]:
    """What `int_unknown_reference` makes of all the records in the store."""
    models = bundled.models()
    for name in ("stg_reference_word", "stg_sales_name", "stg_sales_mark", "stg_record_mark",
                 "stg_known_name", "int_unknown_reference"):  # fmt: skip
        sql = models[name].sql.replace("rec_", "raw_")
        con.execute(f'create or replace temp table "{name}" as {sql}')
    return set(con.execute("select kind, topic, name from int_unknown_reference").fetchall())


def test_the_bundled_records_refer_to_nothing_that_is_not_there(tmp_path: Path) -> None:
    from warehouse.home import Home

    home = Home(tmp_path / "home")
    with store.open_warehouse(home) as con:
        ingest(con, home, sorted(assets.seeds().glob("*.csv")))

        assert unknown_by_the_model(con) == set()
        for path in assets.seeds().glob("*.csv"):
            (batch,) = home.landing_file(path.stem, "").parent.glob("*.parquet")
            assert references.unknown(con, path.stem, batch) == [], path.stem


def test_the_order_of_files_decides_nothing(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    sale = write("a-sales.csv", written(known, "sales", vendor="Newcomer"))
    company = write(
        "b-companies.csv",
        "vendor,legal_name,vendor_zh,reporting_currency,fiscal_year_end,hq_country,bucket,"
        "published_on,source_id,confidence\n"
        f"Newcomer,N,N,USD,12-31,US,foreign,2025-12-10,{names(known)[0]},derived\n",
    )

    reports = ingest(known, seeded_home, [sale, company]).files

    assert [notes(report) for report in reports] == [[], []]


def test_a_segment_or_region_of_two_sources_is_a_filers_own_word(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    two = known.execute("select distinct key from raw_sources order by key limit 2").fetchall()
    own = {"region": "Atlantis", "segment": "Abaci"}
    rows = [
        written(known, "sales", sale_id=f"s-{n}", source_id=source, **own)
        for n, (source,) in enumerate(two)
    ]
    first = ingest(known, seeded_home, [write("one-sales.csv", rows[0])], kind="sales").files[0]
    second = ingest(known, seeded_home, [write("two-sales.csv", rows[1])], kind="sales").files[0]

    assert [note.example.split(" is ")[0] for note in notes(first)] == [
        "region Atlantis",
        "segment Abaci",
    ]
    assert notes(second) == []


def test_capitals_make_no_other_segment(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    file = write("sales.csv", written(known, "sales", segment="total"))

    report = ingest(known, seeded_home, [file]).files[0]

    assert notes(report) == []
    assert unknown_by_the_model(known) == set()


def test_names_are_counted_and_many_are_told_as_one(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    head, row = written(known, "sales").splitlines()
    rows = [row.replace("s,AMD", f"s-{n},V{n // 2}") for n in range(40)]
    file = write("sales.csv", "\n".join([head, *rows]) + "\n")

    report = ingest(known, seeded_home, [file]).files[0]

    told = notes(report)
    assert len(told) < 20
    assert {note.count for note in told[:-1]} == {2}
    assert sum(note.count for note in told) == 40


def test_strict_settings_hold_the_row_back_until_the_name_is_on_record(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    strict = Settings(unknown_references="quarantine", home=seeded_home.root)
    head, row = written(known, "chip_prices").splitlines()
    slip = row.replace("amd-mi308x", "amd-mi999x").replace("desk", "other")
    file = write("chip_prices.csv", "\n".join([head, row, slip]) + "\n")

    report = ingest(known, seeded_home, [file], settings=strict).files[0]

    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (2, 1, 1)
    (held,) = held_rows(seeded_home, report)
    assert (held["rule"], held["line"], held["raw"]) == (references.RULE, 3, slip)
    assert held["reason"].startswith("chip amd-mi999x is not in chips; near: amd-mi")

    (stays,) = replay(known, seeded_home, is_strict=True)
    assert [(still.line, still.rule) for still in stays.still] == [(3, references.RULE)]

    chip = "chip_id,vendor,vendor_country,model,short_name,is_us_origin,published_on,source_id"
    values = f"amd-mi999x,AMD,US,M,M,true,2025-12-10,{names(known)[0]}"
    ingest(
        known, seeded_home, [write("chips.csv", f"{chip},confidence\n{values},derived\n")],
        settings=strict,
    )  # fmt: skip
    (done,) = replay(known, seeded_home, is_strict=True)
    assert (done.rows_accepted, done.rows_quarantined) == (1, 0)


def test_strict_settings_let_the_bundled_records_in_and_duplicates_stay_duplicates(
    known: duckdb.DuckDBPyConnection, seeded_home: Home, write: Write
) -> None:
    strict = Settings(unknown_references="quarantine", home=seeded_home.root)
    bundled_file = assets.seeds() / "chip_conflicts.csv"
    text = written(known, "sales", vendor="Nobody")

    ours = ingest(known, seeded_home, [bundled_file], settings=strict).files[0]
    warned = ingest(known, seeded_home, [write("sales.csv", text)]).files[0]
    again = ingest(known, seeded_home, [write("again-sales.csv", text + "\n")], kind="sales",
                   settings=strict).files[0]  # fmt: skip

    assert (ours.rows_quarantined, warned.rows_accepted) == (0, 1)
    assert (again.rows_duplicate, again.rows_quarantined) == (1, 0)


def held_rows(home: Home, report: FileReport) -> list[dict[str, object]]:
    import polars as pl

    return pl.read_parquet(home.quarantine_file(report.kind, report.batch_id)).to_dicts()
