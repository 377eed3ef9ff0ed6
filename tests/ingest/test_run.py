"""What ingest promises of every file, whatever is in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport
    from tests.ingest.conftest import Bar, HeldBack, Take, Write
    from warehouse.home import Home


def counts(report: FileReport) -> tuple[int, int, int, int]:
    return (
        report.rows_read,
        report.rows_accepted,
        report.rows_duplicate,
        report.rows_quarantined,
    )


def test_a_good_file_becomes_records_with_its_batch_and_line(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, prices: str
) -> None:
    report = take(write("nvda.csv", prices))

    file = report.files[0]
    assert (file.status, file.kind, file.provider) == ("accepted", "prices", "tidy")
    assert counts(file) == (3, 3, 0, 0)
    assert not report.refused_any
    assert report.changed
    rows = con.execute(
        "select close, line, batch_id, batch_no, recorded_at from raw_prices"
    ).fetchall()
    assert [(str(close), line) for close, line, *_ in rows] == [
        ("185.500000", 2),
        ("185.500000", 3),
        ("185.500000", 4),
    ]
    assert {(batch, no, str(at)) for *_, batch, no, at in rows} == {
        (file.batch_id, 1, "2026-01-05 08:00:00")
    }
    assert home.landing_file("prices", file.batch_id).exists()
    assert not home.quarantine_file("prices", file.batch_id).exists()


def test_received_bytes_are_kept_under_their_hash(
    home: Home, con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str
) -> None:
    take(write("nvda.csv", prices), write("noise.csv", b"\x00\x01\x02" * 100))

    hashes = [row[0] for row in con.execute("select file_sha256 from ledger_batches").fetchall()]
    assert len(hashes) == 2
    assert sorted(path.name for path in home.originals.iterdir()) == sorted(hashes)
    assert (home.originals / hashes[0]).read_text() == prices


def test_a_kept_file_whose_bytes_are_not_those_of_its_name_is_replaced(
    home: Home, take: Take, write: Write, prices: str
) -> None:
    file = write("nvda.csv", prices)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    home.originals.mkdir(parents=True)
    (home.originals / sha256).write_bytes(b"what a power cut left")

    assert take(file).files[0].rows_accepted == 3
    assert (home.originals / sha256).read_text() == prices


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n \n\r\n", "blank lines only"),
        ("noise.csv", bytes(range(256)) * 40, "binary data"),
        ("words.csv", b"the quick brown fox\njumps\n", "no header of columns"),
        ("book.xlsx", b"PK\x03\x04rest", "cannot be unpacked"),
        ("book.xls", b"\xd0\xcf\x11\xe0rest", "an old or locked Excel workbook"),
        ("page.csv", b"<!DOCTYPE html><html>,</html>", "a web page"),
        ("utf16.csv", "symbol,mic\n".encode("utf-16") + b"\x00", "not UTF-16 throughout"),
        ("latin.csv", b"symbol,mic\n\xe9\xe8a,b\n", "byte 0xE9 on line 2"),
        ("other.csv", b"city,rainfall\nOslo,3\n", "no known kind or provider"),
        ("headless.csv", b"NVDA,2025-12-08,181.5,1000\n", "no header"),
        ("twice.csv", b"symbol,symbol,mic\na,b,c\n", "names a column twice: symbol"),
        ("cut.parquet", b"PAR1cut", "cannot be read"),
        ("bad.ndjson", b'{"symbol": \n', "not a JSON object"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_a_reason_and_a_way_out(
    con: duckdb.DuckDBPyConnection,
    take: Take,
    write: Write,
    prices: str,
    name: str,
    content: bytes,
    says: str,
) -> None:
    report = take(write(name, content), write("good.csv", prices))

    refused, good = report.files
    assert refused.status == "refused"
    assert says in refused.reason
    assert refused.way_out
    assert counts(refused) == (0, 0, 0, 0)
    assert good.rows_accepted == 3
    assert report.refused_any
    ledger = con.execute("select status, reason from ledger_batches order by batch_no").fetchall()
    assert ledger == [("refused", refused.reason), ("accepted", "")]


def test_a_missing_column_is_named(take: Take, write: Write, prices: str) -> None:
    lines = [line.split(",") for line in prices.splitlines()]
    without_close = "\n".join(
        ",".join(cell for i, cell in enumerate(line) if i != 7) for line in lines
    )

    report = take(write("nvda.csv", without_close)).files[0]

    assert report.status == "refused"
    assert report.kind == "prices"
    assert "looks like prices and lacks the column close" in report.reason


def test_a_header_without_rows_is_refused(take: Take, write: Write, header: str) -> None:
    report = take(write("nvda.csv", header)).files[0]

    assert report.status == "refused"
    assert "no rows" in report.reason


def test_a_refused_file_is_written_once_and_said_each_time(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    file = write("other.csv", "city,rainfall\nOslo,3\n")

    first, second = take(file), take(file)

    assert first.files == second.files
    assert second.refused_any
    assert con.execute("select count(*) from ledger_batches").fetchall() == [(1,)]


def test_bad_rows_are_held_back_with_rule_line_and_raw_text_and_the_rest_goes_on(
    take: Take, write: Write, header: str, bar: Bar, held_back: HeldBack
) -> None:
    negative, ancient = bar(9, close="-1"), bar(10, traded_on="1899-12-31")

    report = take(write("nvda.csv", header + bar(8) + negative + ancient + bar(11)))

    file = report.files[0]
    assert counts(file) == (4, 2, 0, 2)
    assert report.refused_any
    rows = held_back(file).sort("line")
    assert rows["line"].to_list() == [3, 4]
    assert rows["rule"].to_list() == ["close|min_exclusive", "traded_on|min"]
    assert rows["raw"].to_list() == [negative.strip(), ancient.strip()]
    assert rows["reason"][0].startswith("close is '-1': it must be more than 0")
    assert "traded_on is '1899-12-31': less than 1970-01-02" in rows["reason"][1]
    assert {f.rule: (f.count, f.first_line) for f in file.findings} == {
        "close|min_exclusive": (1, 3),
        "traded_on|min": (1, 4),
    }


def test_every_rule_that_a_row_breaks_is_listed(
    take: Take, write: Write, header: str, bar: Bar, held_back: HeldBack
) -> None:
    row = bar(8, mic="nasdaq", close="about 9", currency="", volume="-3")

    file = take(write("nvda.csv", header + row)).files[0]

    assert held_back(file)["rules"].to_list() == [
        "mic|regex;close|not_a_number;volume|min;currency|nullability"
    ]


def test_the_same_file_again_changes_nothing(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str, bar: Bar
) -> None:
    text = prices + bar(11, close="x")
    take(write("nvda.csv", text))

    same = take(write("nvda.csv", text))
    copied = take(write("copy of nvda.csv", text))

    for report in (same, copied):
        assert report.files[0].status == "unchanged"
        assert counts(report.files[0]) == (4, 0, 4, 0)
        assert not report.refused_any
        assert not report.changed
    assert con.execute("select count(*) from raw_prices").fetchall() == [(3,)]
    assert con.execute("select count(*) from ledger_batches").fetchall() == [(1,)]


def test_an_unchanged_run_imports_nothing_heavy(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, prices: str
) -> None:
    file = write("nvda.csv", prices)
    take(file)
    con.close()
    program = (
        "import sys, pathlib\n"
        "from flows.ingest.run import ingest\n"
        "from warehouse import home, store\n"
        "place = home.Home(pathlib.Path(sys.argv[1]))\n"
        "report = ingest(store.open_warehouse(place), place, [pathlib.Path(sys.argv[2])])\n"
        "print(report.files[0].status, [m for m in ('polars', 'dataframely') if m in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", program, home.root, file], capture_output=True, text=True, check=True
    )

    assert said.stdout == "unchanged []\n"


def test_the_same_rows_in_another_file_are_duplicates(
    take: Take, write: Write, prices: str, bar: Bar
) -> None:
    take(write("nvda.csv", prices))

    report = take(write("longer.csv", prices + bar(11))).files[0]

    assert counts(report) == (4, 1, 3, 0)


def test_a_row_that_repeats_within_a_file_is_a_duplicate(
    take: Take, write: Write, prices: str, bar: Bar
) -> None:
    report = take(write("nvda.csv", prices + bar(8) + bar(8))).files[0]

    assert counts(report) == (5, 3, 2, 0)


def test_rows_that_contradict_each_other_are_all_held_back(
    take: Take, write: Write, prices: str, bar: Bar, held_back: HeldBack
) -> None:
    report = take(write("nvda.csv", prices + bar(8, close="186"))).files[0]

    assert counts(report) == (4, 2, 0, 2)
    rows = held_back(report)
    assert rows["line"].to_list() == [2, 5]
    assert set(rows["rule"]) == {"conflicting_rows"}


def test_a_row_that_breaks_a_rule_does_not_drag_the_good_row_of_its_key_along(
    take: Take, write: Write, prices: str, bar: Bar
) -> None:
    report = take(write("nvda.csv", prices + bar(8, close="-1"))).files[0]

    assert counts(report) == (4, 3, 0, 1)


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    take(write("nvda.csv", prices))

    report = take(write("mended.csv", header + bar(9, close="186"))).files[0]

    assert counts(report) == (1, 1, 0, 0)
    versions = con.execute(
        "select batch_no, close from raw_prices where traded_on = '2025-12-09' order by batch_no"
    ).fetchall()
    assert [(no, str(close)) for no, close in versions] == [(1, "185.500000"), (2, "186.000000")]


def test_a_correction_taken_back_is_a_version_too(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    take(write("nvda.csv", prices))
    take(write("mended.csv", header + bar(9, close="186")))

    report = take(write("taken back.csv", header + bar(9))).files[0]

    assert counts(report) == (1, 1, 0, 0)


def test_a_name_that_is_no_text_is_stored_as_marks(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str
) -> None:
    folder = write("other.csv", prices).parent
    (folder / "other.csv").rename(folder / os.fsdecode(b"p\xff\n.csv"))

    first, second = take(folder), take(folder)

    assert (first.files[0].rows_accepted, second.files[0].status) == (3, "unchanged")
    names = con.execute("select file_name from ledger_batches").fetchall()
    assert names == [("p\ufffd\n.csv",)]


def test_a_folder_is_read_in_the_order_of_names(take: Take, write: Write, prices: str) -> None:
    write("b.csv", prices)
    folder = write("a.csv", prices).parent

    report = take(folder)

    assert [file.path.name for file in report.files] == ["a.csv", "b.csv"]
    assert [file.status for file in report.files] == ["accepted", "unchanged"]


def test_wrong_use_is_said_before_anything_is_written(
    home: Home, take: Take, write: Write, prices: str, tmp_path: Path
) -> None:
    file = write("nvda.csv", prices)

    with pytest.raises(WrongUse, match="no file or folder"):
        take(file, tmp_path / "absent.csv")
    with pytest.raises(WrongUse, match="no kind 'price'"):
        take(file, kind="price")
    with pytest.raises(WrongUse, match="provider 'yahu'"):
        take(file, provider="yahu")
    assert not home.originals.exists()


def test_progress_is_told_for_each_file(
    con: duckdb.DuckDBPyConnection, home: Home, write: Write, prices: str
) -> None:
    from flows.ingest.run import ingest

    told = []
    ingest(con, home, [write("nvda.csv", prices)], on_progress=told.append)

    assert [(p.number, p.of, p.step) for p in told] == [
        (1, 1, "reading"),
        (1, 1, "checking"),
        (1, 1, "storing"),
        (1, 1, "done"),
    ]


def test_ledger_holds_the_rules_that_held_rows_back(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("nvda.csv", header + bar(8, close="-1") + bar(9, close="-1") + bar(10, open="x")))

    rows = con.execute("select rule, rows from ledger_quarantine order by rule").fetchall()
    assert rows == [("close|min_exclusive", 2), ("open|not_a_number", 1)]


def test_the_half_written_files_of_a_run_that_died_are_swept(
    home: Home, take: Take, write: Write, prices: str
) -> None:
    half = home.landing_file("prices", ".prices-1.parquet.x1y2").with_suffix(".part")
    work = home.root / ".ingest-x1y2"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    work.mkdir()

    take(write("p.csv", prices))

    assert not half.exists()
    assert not work.exists()
    assert len(list(half.parent.iterdir())) == 1
