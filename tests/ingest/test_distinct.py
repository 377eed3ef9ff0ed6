"""Which rows of a file are of one version is told alike in memory and from the disk."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ingest import distinct
from flows.ingest.distinct import Distinct

if TYPE_CHECKING:
    from pathlib import Path

_DAY = dt.date(2026, 1, 2)


def _rows(*sources: str, first: int = 0, of_one_day: bool = False) -> pl.DataFrame:
    days = [_DAY if of_one_day else _DAY + dt.timedelta(first + n) for n in range(len(sources))]
    return pl.DataFrame(
        {"currency": ["CNY"] * len(days), "rate_on": days, "published_on": days,
         "source_id": list(sources), "usd_rate": range(len(days))}
    )  # fmt: skip


@pytest.fixture(params=[1, 2, 5, 1000], ids="at once {}".format)
def versions(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Distinct:
    monkeypatch.setattr(distinct, "_AT_ONCE", request.param)
    return Distinct("fx", tmp_path)


def _told(versions: Distinct) -> list[int]:
    file = versions.repeated()
    return [] if file is None else sorted(pl.read_parquet(file)["row_no"])


def test_of_no_rows_none_repeats(versions: Distinct) -> None:
    assert versions.repeated() is None


def test_of_different_keys_none_repeats_in_any_number_of_pieces(versions: Distinct) -> None:
    for first in range(0, 12, 3):
        versions.add(_rows("T", "T", "T", first=first))

    assert versions.repeated() is None


def test_rows_of_one_version_are_told_by_their_numbers_in_any_pieces(versions: Distinct) -> None:
    versions.add(_rows("T", "T", "T"))
    versions.add(_rows("T", "T", first=3))
    versions.add(_rows("T", first=1))
    versions.add(_rows("T", "T", first=4))

    assert _told(versions) == [1, 4, 5, 6]


def test_of_one_key_and_day_the_main_source_tells_versions_apart(versions: Distinct) -> None:
    versions.add(_rows("T", "U", "V;T", of_one_day=True))
    assert versions.repeated() is None

    versions.add(_rows("V;U", of_one_day=True))
    assert _told(versions) == [2, 3]


def test_rows_of_a_version_that_is_contradicted_elsewhere_are_told_too(
    versions: Distinct, tmp_path: Path
) -> None:
    contradicted = _rows("U;T", first=1).select("currency", "rate_on", "published_on")
    file = tmp_path / "contradicted.parquet"
    contradicted.with_columns(main_source=pl.lit("U")).write_parquet(file)
    versions.add(_rows("T", "T", "T"))
    assert versions.repeated([file]) is None

    versions.add(_rows("V;U", "U", first=0))
    found = versions.repeated([file])

    assert found is not None
    assert pl.read_parquet(found)["row_no"].to_list() == [4]
