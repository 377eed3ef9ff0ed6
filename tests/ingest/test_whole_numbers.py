"""A fraction of a whole chip or share is never rounded: it is held back, whatever the format."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write

SALE = {
    "sale_id": "a",
    "vendor": "NVIDIA",
    "segment": "H200",
    "region": "China",
    "basis": "shipment",
    "scope": "product",
    "period_start": "2025-06-10",
    "period_end": "2025-06-10",
    "units": "2.5",
    "unit_price": "27000",
    "currency": "USD",
    "value_type": "reported",
    "published_basis": "stated",
    "published_on": "2025-07-01",
    "source_id": "T",
    "confidence": "unverified",
}


def csv_of(*rows: dict[str, str], separator: str = ",", quote: str = "") -> str:
    lines = [[*SALE], *([(SALE | row)[name] for name in SALE] for row in rows)]
    return "".join(
        separator.join(f"{quote}{field}{quote}" for field in line) + "\n" for line in lines
    )


def ndjson_of(units: str) -> str:
    pairs = ", ".join(f'"{k}": "{v}"' for k, v in SALE.items() if k != "units")
    return f'{{{pairs}, "units": {units}}}\n'


def parquet_of(folder: Path, units: pl.Series) -> bytes:
    file = folder / "written.parquet"
    row = pl.DataFrame({name: [value] for name, value in SALE.items() if name != "units"})
    row.with_columns(units.alias("units")).write_parquet(file)
    return file.read_bytes()


TEXTS = {
    "plain.csv": csv_of({}),
    "among.csv": csv_of({"sale_id": "b", "units": "3"}, {}),
    "quoted.csv": csv_of({}, quote='"'),
    "semicolon.csv": csv_of({"unit_price": "27000.5"}, separator=";"),
    "tab.csv": csv_of({"units": "1e-1"}, separator="\t"),
    "number.ndjson": ndjson_of("2.5"),
    "exponent.ndjson": ndjson_of("25e-1"),
    "text.ndjson": ndjson_of('"0.5"'),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_fraction_of_a_unit_is_held_back_with_its_reason(
    take: Take, write: Write, held_back: HeldBack, name: str
) -> None:
    report = take(write(name, TEXTS[name])).files[0]

    assert report.rows_quarantined == 1
    held = held_back(report).row(0, named=True)
    assert held["rule"] == "units|not_whole"
    assert "not a whole number, and nothing is rounded" in held["reason"]


@pytest.mark.parametrize(
    "units",
    [
        pl.Series([5.5]),
        pl.Series([0.25], dtype=pl.Float32),
        pl.Series(["5.5"]),
        pl.Series([Decimal("5.50")], dtype=pl.Decimal(10, 2)),
    ],
)
def test_a_fraction_in_parquet_is_held_back_too(
    take: Take, write: Write, held_back: HeldBack, tmp_path: Path, units: pl.Series
) -> None:
    report = take(write("sales.parquet", parquet_of(tmp_path, units))).files[0]

    assert held_back(report)["rule"].to_list() == ["units|not_whole"]


@pytest.mark.parametrize(
    "units",
    [
        pl.Series([5.0]),
        pl.Series([Decimal("5.000")], dtype=pl.Decimal(10, 3)),
        pl.Series(["5.0"]),
        pl.Series(["0.5e1"]),
        pl.Series([5], dtype=pl.UInt8),
    ],
)
def test_a_whole_number_in_the_form_of_a_fraction_is_whole(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, tmp_path: Path, units: pl.Series
) -> None:
    take(write("sales.parquet", parquet_of(tmp_path, units)))

    assert con.execute("select units from raw_sales").fetchall() == [(Decimal(5),)]


def test_a_share_is_whole_too(take: Take, write: Write, held_back: HeldBack) -> None:
    prices = (
        "symbol,mic,traded_on,adjustment,close,volume,currency,published_on,source_id,confidence\n"
        "NVDA,XNAS,2025-12-09,split,184.97,144.719,USD,2025-12-09,T,unverified\n"
    )

    # the close says that a point parts decimals
    report = take(write("prices.csv", prices)).files[0]

    assert held_back(report)["rule"].to_list() == ["volume|not_whole"]


def test_several_values_in_a_cell_of_parquet_are_held_back_and_not_written_as_text(
    take: Take, write: Write, held_back: HeldBack, tmp_path: Path
) -> None:
    file = tmp_path / "nested.parquet"
    row = SALE | {"units": "3"}
    pl.DataFrame([row, row | {"sale_id": "b"}]).with_columns(
        pl.Series("customer", [{"name": "x"}, None])
    ).write_parquet(file)

    report = take(write("sales.parquet", file.read_bytes())).files[0]

    assert (report.rows_accepted, held_back(report)["rule"].to_list()) == (1, ["nested_value"])
    assert held_back(report)["line"].to_list() == [1]
