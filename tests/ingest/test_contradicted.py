"""Rows that contradict each other are held back, wherever in the file the pieces part them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest import blocks
from flows.ingest.run import ingest
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "currency,rate_on,usd_rate,derivation,published_on,source_id,confidence,note\n"


def row(currency: str, rate: str, source: str = "T", note: str = "") -> str:
    return f"{currency},2025-12-01,{rate},x,2025-12-31,{source},derived,{note}\n"


#: Rows 2 and 3 contradict each other, in one piece if the file is in pieces of four rows; far
#: behind, row 8 says what row 2 said and row 9 is of another source; rows 5 and 6 are one.
ROWS = [
    row("CNY", "0.14"),
    row("CNY", "0.15"),
    row("HKD", "0.13"),
    row("EUR", "1.1"),
    row("EUR", "1.1"),
    row("GBP", "1.3", note='"a, b"'),
    row("CNY", "0.14"),
    row("CNY", "0.16", source="U;T"),
    row("JPY", "0.007"),
    row("EUR", "1.1"),
]


@pytest.mark.parametrize("size", [1, 100, 230, 1 << 24])
def test_a_contradiction_holds_back_every_row_of_its_version_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    file = tmp_path / "fx.csv"
    file.write_text(HEADER + "".join(ROWS))
    monkeypatch.setattr(blocks, "SIZE", size)
    home = Home(tmp_path / "home")
    with store.open_warehouse(home) as con:
        report = ingest(con, home, [file]).files[0]
        stored = con.execute("select line from raw_fx order by line").fetchall()
        held = con.execute(
            "select line, rule, raw from read_parquet(?) order by line",
            [str(home.quarantine_file("fx", report.batch_id))],
        ).fetchall()

    assert stored == [(4,), (5,), (7,), (9,), (10,)]
    assert held == [
        (line, "conflicting_rows", ROWS[line - 2].removesuffix("\n")) for line in (2, 3, 8)
    ]
    assert (report.rows_read, report.rows_accepted, report.rows_duplicate) == (10, 5, 2)


def test_rows_of_a_stored_version_are_known_after_a_file_of_contradictions(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(HEADER + ROWS[0])
    second.write_text(HEADER + "".join([*ROWS[:2], ROWS[2]]))
    home = Home(tmp_path / "home")
    with store.open_warehouse(home) as con:
        report = ingest(con, home, [first, second, first])

    told = [(f.rows_accepted, f.rows_duplicate, f.rows_quarantined) for f in report.files]
    assert told == [(1, 0, 0), (1, 0, 2)]


def test_a_line_longer_than_any_row_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", 1 << 10)
    monkeypatch.setattr(blocks, "LONGEST_LINE", 1 << 20)
    file = tmp_path / "fx.csv"
    file.write_text(HEADER + ROWS[0] + row("HKD", "0.13", note="n" * (2 << 20)))
    home = Home(tmp_path / "home")
    with store.open_warehouse(home) as con:
        report = ingest(con, home, [file]).files[0]

    assert report.status == "refused"
    assert report.reason == "fx.csv: line 3 has more than 1 MB, which no row has."
