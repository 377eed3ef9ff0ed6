"""Every hostile text in every text field of every kind: kept as it is, or held back and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ingest.contracts import KINDS
from flows.ingest.run import ingest
from tests.hostile.texts import HOSTILE, as_csv, marked, one_field_a_row, text_fields
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_kept_as_it_is_or_held_back_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-11-23T08:00:00+00:00")
    (tmp_path / "home").mkdir()
    home = Home(tmp_path / "home")
    files = []
    for kind in KINDS:
        files.append(tmp_path / f"{kind}.csv")
        files[-1].write_bytes(as_csv(one_field_a_row(kind, HOSTILE[text])))

    with store.open_warehouse(home) as con:
        reports = dict(zip(KINDS, ingest(con, home, files).files, strict=True))
        for kind, report in reports.items():
            fields = text_fields(kind)
            assert report.rows_read == len(fields), (kind, report)
            assert report.status == "accepted", (kind, report)
            kept = pl.DataFrame(con.sql(f"select * from raw_{kind}"))
            held = pl.read_parquet(home.quarantine_file(kind, report.batch_id))
            assert held.filter(pl.col("reason").str.len_chars() == 0).is_empty(), kind
            assert held.filter(pl.col("rule").str.len_chars() == 0).is_empty(), kind
            for field in fields:
                # line breaks inside a field are all of one kind in the store
                whole = marked(kind, field, HOSTILE[text]).replace("\r\n", "\n")
                is_kept = whole in kept[field].to_list()
                is_held = held["raw"].str.contains(f"@{kind}.{field}@", literal=True).any()
                assert is_kept != is_held, (kind, field)
        assert set(reports) == set(KINDS)


def test_every_kind_has_text_fields_and_lets_a_hostile_note_in() -> None:
    # what the tests beside this one stand on: were nothing let in, they would show nothing
    from tests.hostile.conftest import let_in

    for kind in KINDS:
        assert "note" in let_in(kind, HOSTILE["markup"]), kind
        assert "note" in let_in(kind, HOSTILE["tricks"]), kind
        assert "source_id" not in let_in(kind, HOSTILE["markup"]), kind
