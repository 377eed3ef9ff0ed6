"""What a refusal tells to do is done here, and it helps: the file is read, or more is told."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

import pytest

from flows.ingest import held
from flows.ingest.mending import write_to_mend
from flows.ingest.replay import replay
from tests.ingest.test_whole_numbers import SALE, csv_of
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Take, Write
    from warehouse.home import Home

GOOD = SALE | {"units": "3"}


def renamed(**names: str) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([names.get(name, name) for name in GOOD])
    writer.writerow(GOOD.values())
    return written.getvalue()


def test_columns_that_are_near_are_named_and_renaming_them_helps(take: Take, write: Write) -> None:
    report = take(
        write("export.csv", renamed(sale_id="Sale ID", period_start="period_begin"))
    ).files[0]

    assert "looks like sales and lacks the columns" in report.reason
    assert "period_start (near: 'period_begin'), sale_id (near: 'Sale ID')" in report.reason
    assert take(write("export.csv", renamed())).rows_accepted == 1


def test_a_file_of_no_known_kind_is_told_what_a_kind_needs_once_one_is_named(
    take: Take, write: Write
) -> None:
    file = write("export.csv", "who,what\na,b\n")

    assert "--kind and --provider say which" in take(file).files[0].way_out
    assert "looks like fx and lacks the columns confidence" in take(file, kind="fx").files[0].reason


def test_a_listing_that_was_missing_lets_the_file_in_once_it_is_there(
    take: Take, write: Write
) -> None:
    bars = write("ACME.csv", "Date,Open,High,Low,Close,Adj Close,Volume\n"
                 "2025-12-09,1.5,2,1.25,1.75,1.75,100\n")  # fmt: skip
    listing = (
        "symbol,mic,security_type,title,title_zh,currency,calendar_mic,published_on,source_id,"
        "confidence\nACME,XNAS,equity,Acme,某某,USD,XNAS,2022-01-01,T,unverified\n"
    )

    first = take(bars, symbol="ACME").files[0]
    assert "of kind `listings`" in first.way_out
    take(write("listings.csv", listing))

    assert take(bars, symbol="ACME").rows_accepted == 1


@pytest.mark.parametrize("packed", [False, True])
def test_rows_are_mended_as_the_message_says(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    tmp_path: Path,
    packed: bool,
) -> None:
    pack = gzip.compress if packed else bytes
    text = csv_of({"sale_id": "b", "units": "1"}, {"units": "2.5"})
    name = "sales.csv.gz" if packed else "sales.csv"
    report = take(write(name, pack(text.encode()))).files[0]
    mended = tmp_path / f"mended-{name}"
    rows = held.rows_of(home, held.manifests(home), report.batch_id)

    if packed:
        with pytest.raises(WrongUse, match="Mend a copy of the whole file"):
            write_to_mend(home, rows, mended)
        mended.write_bytes(pack(text.replace("2.5", "2").encode()))
    else:
        write_to_mend(home, rows, mended)
        mended.write_text(mended.read_text().replace("2.5", "2"))

    done = replay(con, home, [report.batch_id], mended=mended)
    assert [one.rows_accepted for one in done] == [1]
