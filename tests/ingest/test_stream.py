"""A file read in pieces gives the same as one read whole, and in bounded memory."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.ingest import blocks, lines
from flows.ingest.contracts import KINDS
from flows.ingest.lines import read_table
from flows.ingest.readers import tidy, tidy_parquet
from flows.ingest.readers.reading import Reading
from flows.ingest.run import ingest
from flows.sample.sales import Sample, write
from warehouse import store
from warehouse.home import Home

HEADER = "currency,rate_on,usd_rate,derivation,published_on,source_id,confidence,note"

notes = st.sampled_from(
    ["", "a", '"a ""word"""', '"two\nlines"', '"one\n\n,2\n3"', "中文", "\u3000中", " "]
)
good = st.builds(
    lambda currency, day, rate, note: (
        f"{currency},2025-12-{day:02},{rate},x,2025-12-31,T,derived,{note}"
    ),
    st.sampled_from(["CNY", "HKD", '"EUR"', " USD"]),
    st.integers(1, 9),
    st.sampled_from(["0.14", "7.1", "1", "1e-1", " 2"]),
    notes,
)
odd = st.sampled_from(
    [
        "CNY,2025/12/1,0.14,x,20251231,T,derived,",  # dates of another form
        "CNY,31.12.2025,0.14,x,2025-12-31,T,derived,",
        "cny,2025-12-01,-1,x,2025-12-31,T,derived,n",
        "CNY,2025-12-01,0.14,x,2025-12-31,T,derived",  # a field too few
        "CNY,2025-12-01,0.14,x,2025-12-31,T,derived,,",
        "CNY,2025-12-01,0.14,x,2025-12-31,T,derived,,\x01",
        "CNY,2025-12-01,0.14,x,2025-12-31,T,derived,,\x01,",
        'CNY,2025-12-01,0.14,x,2025-12-31,T,derived,"open',
        'CNY,2025-12-01,0.14,x,2025-12-31,T,derived,"a" b',
        'CNY,2025-12-01,0.14,5" wafer,2025-12-31,T,derived,',
        '"',
        "",
        " , ,,",
        ",,,,,,,",
        "\x1a",
        "a\rb",
    ]
)
ends = st.sampled_from(["\n", "\r\n"])


def left_behind(folder: Path, name: str, data: bytes) -> dict[str, object]:
    """What ingesting a file leaves in a home of its own: manifest, landing and quarantine bytes."""
    home = Home(folder / f"home of {len(list(folder.iterdir()))}")
    (folder / name).write_bytes(data)
    with store.open_warehouse(home) as con:
        report = ingest(con, home, [folder / name]).files[0]
        stored = con.execute("select * from raw_fx order by all").fetchall()
    kept = [*home.root.glob("landing/**/*"), *home.root.glob("quarantine/**/*")]
    files = {
        path.relative_to(home.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in kept
        if path.is_file()
    }
    return {"report": report, "stored": stored, **files}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-05T08:00:00+00:00")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(good, good, odd), max_size=15), ends, st.integers(1, 400))
def test_a_csv_in_pieces_leaves_the_same_behind_as_one_read_whole(
    now: None, rows: list[str], end: str, size: int
) -> None:
    data = end.join([HEADER, *rows]).encode()
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        whole = left_behind(Path(folder), "fx.csv", data)
        # with care throughout, without a glance
        patch.setattr(tidy.Tidy, "read", _read_whole)
        careful = left_behind(Path(folder), "fx.csv", data)
        patch.undo()
        patch.setattr(blocks, "SIZE", size)
        pieces = left_behind(Path(folder), "fx.csv", data)

    assert pieces == whole
    # what a file leaves open is asked where it is read
    if "--date-order" not in whole["report"].way_out:  # type: ignore[attr-defined]
        assert careful == whole


def _read_whole(_: object, received: object, *__: object) -> Reading:
    table = read_table(received)  # type: ignore[arg-type]
    known = [name for name in KINDS["fx"].column_names() if name in table.rows.columns]
    return Reading(table.rows.select(*dict.fromkeys([*known, "line"])), table.ragged, table.raw)


def test_a_field_of_many_lines_is_followed_through_pieces_to_its_end(
    now: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "CNY,2025-12-01,0.14,x,2025-12-31,T,derived,"
    other = [row.replace("-01", f"-0{day}") for day in (2, 3)]
    within, open_end = "line\n" * 90, "x\n" * 200
    text = f'{HEADER}\n{row}"{within}"\n{other[0]}\n{other[1]}"{open_end}'
    monkeypatch.setattr(blocks, "SIZE", 64)
    monkeypatch.setattr(lines, "MAX_LINES_OF_A_ROW", 100)

    told = left_behind(tmp_path, "fx.csv", text.encode())

    report = told["report"]
    assert report.rows_accepted == 2  # type: ignore[attr-defined]
    assert [f.rule for f in report.findings] == ["ragged_row", "unclosed_quote"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_objects_and_parquet_in_pieces_leave_the_same_behind(
    now: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    rows = pl.DataFrame(
        {
            "currency": ["CNY", "cny", "HKD", "EUR", "EUR", "USD"],
            "rate_on": ["2025-12-01"] * 6,
            "usd_rate": ["0.14", "0.14", "x", "1.1", "1.2", "1"],
            "derivation": [None, "x", "x", " x ", "x", ""],
            "published_on": ["2025-12-31"] * 6,
            "source_id": ["T"] * 6,
            "confidence": ["derived"] * 6,
        }
    )
    text = rows.write_ndjson().encode() + b"[]\n"
    rows.with_columns(pl.col("rate_on").str.to_date()).write_parquet(tmp_path / "p")
    typed = (tmp_path / "p").read_bytes()
    whole = [
        left_behind(tmp_path, "fx.ndjson", text),
        left_behind(tmp_path, "fx.parquet", typed),
    ]
    monkeypatch.setattr(blocks, "SIZE", size)
    monkeypatch.setattr(tidy_parquet, "SIZE", size)

    assert left_behind(tmp_path, "fx.ndjson", text) == whole[0]
    assert left_behind(tmp_path, "fx.parquet", typed) == whole[1]
    assert whole[0]["report"].rows_quarantined == 7  # type: ignore[attr-defined]
    assert whole[1]["report"].rows_quarantined == 6  # type: ignore[attr-defined]


def test_a_long_file_tells_its_progress_in_bytes(
    now: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "t.csv"
    write(Sample(2000, 7), file)
    monkeypatch.setattr(blocks, "SIZE", 100_000)
    home, told = Home(tmp_path / "home"), []
    with store.open_warehouse(home) as con:
        ingest(con, home, [file], on_progress=told.append)

    read = [progress.bytes_read for progress in told if progress.bytes_read]
    assert read == sorted(set(read))
    assert 3 <= len(read) <= 5
    assert {progress.bytes for progress in told if progress.bytes_read} == {file.stat().st_size}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    sizes = (10_000, 150_000)
    for rows in sizes:
        write(Sample(rows, 7, bad=0.01), tmp_path / f"{rows}.csv")

    small, large = (_peak_mb(tmp_path, rows) for rows in sizes)

    # 20 times the rows and 80 MB more of text; blocks, row groups and DuckDB's share are fixed
    assert large - small < 600


def _peak_mb(folder: Path, rows: int) -> float:
    program = (
        "import pathlib, resource, sys\n"
        "from flows.ingest import blocks\n"
        "from flows.ingest.run import ingest\n"
        "from warehouse import home, store\n"
        "blocks.SIZE = 1 << 21\n"
        "place = home.Home(pathlib.Path(sys.argv[1]))\n"
        "with store.open_warehouse(place) as con:\n"
        "    report = ingest(con, place, [pathlib.Path(sys.argv[2])])\n"
        "assert report.rows_read == int(sys.argv[3])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    words = [str(folder / f"home {rows}"), str(folder / f"{rows}.csv"), str(rows)]
    said = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    return float(said.stdout)
