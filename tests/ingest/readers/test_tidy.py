"""Our own format: the kind told from the columns, in CSV, NDJSON and Parquet alike."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ingest.contracts import KINDS
from flows.ingest.readers.reading import Request
from flows.ingest.readers.tidy import Tidy
from flows.ingest.received import Received
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("only_needed", [True, False])
def test_each_kind_is_told_from_its_columns(tmp_path: Path, kind: str, only_needed: bool) -> None:
    columns = KINDS[kind].columns().items()
    header = tuple(n for n, c in columns if n != "line" and not (only_needed and c.nullable))

    plan = Tidy().plan(Received(tmp_path, "x.csv", "csv", header, 1), Request())

    assert plan.kind == kind
    assert plan.findings == ()


def test_a_stated_kind_must_fit(tmp_path: Path) -> None:
    received = Received(tmp_path, "x.csv", "csv", ("symbol", "mic"), 1)

    with pytest.raises(Refused, match=r"looks like prices and lacks the columns "):
        Tidy().plan(received, Request(kind="prices"))


def test_unknown_columns_are_named_and_not_stored(take: Take, write: Write, prices: str) -> None:
    lines = prices.splitlines()
    wider = [f"{lines[0]},adj_close,Bid", *(f"{line},1,2" for line in lines[1:])]

    report = take(write("nvda.csv", "\n".join(wider))).files[0]

    assert report.rows_accepted == 3
    assert [(f.rule, f.example) for f in report.findings] == [
        ("unknown_column", "adj_close"),
        ("unknown_column", "Bid"),
    ]


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_the_same_rows_in_another_form_are_duplicates(
    take: Take, write: Write, prices: str, form: str
) -> None:
    take(write("nvda.csv", prices))
    typed = pl.read_csv(
        prices.encode(), try_parse_dates=True, schema_overrides={"close": pl.Float64}
    )
    written = io.BytesIO()
    if form == "ndjson":
        typed.write_ndjson(written)
    else:
        typed.with_columns(pl.col("traded_on").cast(pl.Datetime("ns"))).write_parquet(written)

    report = take(write(f"nvda.{form}", written.getvalue())).files[0]

    assert (report.status, report.kind, report.provider) == ("accepted", "prices", "tidy")
    assert (report.rows_read, report.rows_duplicate) == (3, 3)


def test_a_broken_line_of_ndjson_is_held_back_by_its_number(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, held_back: HeldBack
) -> None:
    good = (
        '{"currency":"CNY","rate_on":"2025-12-09","usd_rate":0.1415,"derivation":"x",'
        '"published_on":"2025-12-09","source_id":"T","confidence":"derived"}'
    )
    lines = [good, "", '{"currency":"HKD",', "[1, 2]", good.replace("CNY", "hkd")]

    report = take(write("fx.ndjson", "\n".join(lines))).files[0]

    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (4, 1, 3)
    held = held_back(report)
    assert held.select("line", "rule").rows() == [
        (3, "not_an_object"),
        (4, "not_an_object"),
        (5, "currency|regex"),
    ]
    assert held["raw"].to_list() == lines[2:]
    assert str(con.execute("select usd_rate from raw_fx").fetchall()[0][0]) == "0.1415000000"


def test_an_object_may_leave_out_what_is_empty(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    first = (
        '{"currency":"CNY","rate_on":"2025-12-09","usd_rate":0.1415,"derivation":"x",'
        '"published_on":"2025-12-09","source_id":"T","confidence":"derived"}'
    )
    second = first.replace('"CNY"', '"HKD","note":"later"')

    take(write("fx.ndjson", f"{first}\n{second}\n"))

    notes = con.execute("select currency, note from raw_fx order by currency").fetchall()
    assert notes == [("CNY", None), ("HKD", "later")]


def test_a_row_of_parquet_is_held_back_by_its_place(
    take: Take, write: Write, prices: str, held_back: HeldBack
) -> None:
    frame = pl.read_csv(prices.encode()).with_columns(
        pl.when(pl.int_range(pl.len()) == 1).then(-1).otherwise("close").alias("close")
    )
    written = io.BytesIO()
    frame.write_parquet(written)

    report = take(write("nvda.parquet", written.getvalue())).files[0]

    held = held_back(report)
    assert held.select("line", "rule").rows() == [(2, "close|min_exclusive")]
    assert '"symbol":"NVDA"' in held["raw"][0]
