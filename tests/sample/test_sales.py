"""Invented sales: the same for the same seed, marked in every row, and good beside real records."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.sample import sales
from flows.sample.sales import Sample, write
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

DAY = dt.date(2026, 10, 1)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_seed_gives_the_same_rows_whatever_the_piece_they_are_made_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    read = pl.read_csv if suffix == ".csv" else pl.read_parquet
    write(Sample(1000, 7), tmp_path / f"whole{suffix}")
    monkeypatch.setattr(sales, "_PIECE", 37)
    write(Sample(1000, 7), tmp_path / f"pieces{suffix}")
    write(Sample(1000, 8), tmp_path / f"other{suffix}")

    whole, pieces, other = (read(tmp_path / f"{n}{suffix}") for n in ("whole", "pieces", "other"))

    assert whole.height == 1000
    assert whole.equals(pieces)
    assert whole["sale_id"].n_unique() == 1000
    assert not whole["revenue"].equals(other["revenue"])


def test_every_row_says_that_it_is_invented(tmp_path: Path) -> None:
    write(Sample(500, 7, bad=0.5), tmp_path / "t.csv")

    lines = (tmp_path / "t.csv").read_text().splitlines()[1:]

    assert len(lines) == 500
    assert all("INVENTED,invented" in line for line in lines)


def test_csv_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    write(Sample(300, 7), tmp_path / "t.csv")
    write(Sample(300, 7), tmp_path / "t.parquet")

    typed = pl.read_parquet(tmp_path / "t.parquet")

    assert pl.read_csv(tmp_path / "t.csv", infer_schema=False).equals(
        typed.with_columns(pl.all().cast(pl.String))
    )


def test_a_share_of_bad_rows_is_bad_in_every_way(
    tmp_path: Path, run_chipbrief: Run, own_home: Path
) -> None:
    write(Sample(4000, 7, bad=0.05), tmp_path / "t.csv")

    done = run_chipbrief(own_home, "ingest", str(tmp_path / "t.csv"), "--json")

    report = json.loads(done.stdout)["files"][0]
    assert done.returncode == 4
    assert 0.03 < report["rows_quarantined"] / 4000 < 0.08
    assert {finding["rule"] for finding in report["findings"]} == {
        "vendor|nullability", "reported_after_the_period", "basis|regex", "currency|regex",
        "units|min", "revenue_is_units_times_price", "conflicting_rows", "revenue|not_a_number",
        "period_end|not_a_date", "ragged_row", "unclosed_quote",
    }  # fmt: skip


def test_a_day_adds_corrects_and_is_late_and_the_whole_build_holds_beside_real_records(
    tmp_path: Path, run_chipbrief: Run, own_home: Path
) -> None:
    before, after = tmp_path / "before.parquet", tmp_path / "day.parquet"
    write(Sample(3000, 7), before)
    write(Sample(500, 7, day=DAY, after=3000), after)

    done = run_chipbrief(own_home, "ingest", str(before), str(after), "--json")
    built = run_chipbrief(own_home, "build")

    assert [file["rows_accepted"] for file in json.loads(done.stdout)["files"]] == [3000, 500]
    assert built.returncode == 0, built.stdout + built.stderr
    old, day = pl.read_parquet(before), pl.read_parquet(after)
    assert set(day["published_on"]) == {DAY}
    assert day.join(old, on="sale_id").height == 5
    new = day.join(old, on="sale_id", how="anti")
    assert new.filter(pl.col("period_start") < DAY).height == 25


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"neither \.csv nor \.parquet"):
        write(Sample(1, 1), tmp_path / "t.json")
    with pytest.raises(WrongUse, match="corrects rows of the sample before"):
        write(Sample(1, 1, day=DAY), tmp_path / "t.csv")
