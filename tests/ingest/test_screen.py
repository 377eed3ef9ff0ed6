"""The screen lets in just what a check lets in, so that a row held back always breaks a rule."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ingest import screen
from flows.ingest.check import check
from flows.ingest.contracts import KINDS
from flows.ingest.contracts.record import EARLIEST, LATEST
from flows.ingest.screen import screened
from tests.ingest.allowed_rows import breaks_of, columns_of, rows_of, written

#: Texts of which readers and rules think this or that.
ODD = (
    "2025-12-09", "2025/12/9", "20251209", "2025-12-09T00:00:00Z", "2025-02-30", "9.12.2025",
    "2025-12-09 10:00", "2025-12-09T10:00:00+08:00", "0", "-1", "+1.", ".5", "1e5", "1e-12", "1.0",
    "1.5", "1.5e1", "15e-1", "1E+2", "2.", "1e-400",
    "１２", "nan", "inf", "9" * 18, "9" * 40, "true", "No", "x", "中", "x" * 300, "a;b",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(data=st.data())
def test_the_screen_lets_in_just_what_a_check_lets_in(kind: str, data: st.DataObject) -> None:
    columns = [*columns_of(kind)]
    rows = [{name: written(value) or None for name, value in row.items()}
            for row in data.draw(rows_of(kind))]  # fmt: skip
    texts = st.sampled_from([*ODD, *(broken.text or None for broken in breaks_of(kind)), None])
    cells = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(columns), texts)
    for at, name, text in data.draw(st.lists(cells, max_size=6)):
        rows.append(rows[at] | {name: text})
    trimmed = pl.col(columns).str.strip_chars()
    frame = (
        pl.DataFrame(rows, dict.fromkeys(columns, pl.String))
        .with_columns(pl.when(trimmed != "").then(trimmed).name.keep())
        .with_row_index("row_no", 1)
        .with_columns(pl.col("row_no").cast(pl.Int64))
        .with_columns(line="row_no")
    )

    latest = data.draw(st.none() | st.dates(EARLIEST, LATEST), "latest")

    typed, is_good = screened(kind, frame, latest)

    checked = check(kind, frame, latest)
    candidates = checked.candidates
    assert candidates.height + checked.held.height == frame.height
    assert typed.filter(is_good)["row_no"].to_list() == candidates["row_no"].to_list()
    assert typed.filter(is_good).select(candidates.columns).equals(candidates)


@pytest.mark.parametrize("most", [0, 1])
def test_days_of_every_form_are_read_alike_one_by_one_and_by_their_few_values(
    monkeypatch: pytest.MonkeyPatch, most: float
) -> None:
    monkeypatch.setattr(screen, "_SMALL", 2)
    monkeypatch.setattr(screen, "_FEW", most)
    days = ["2025-12-09", "2025/12/9", "20251209", "2025-02-30", None, "2025-12-09T00:00:00Z"]
    row = {"currency": "CNY", "usd_rate": "0.14", "derivation": "x", "published_on": "2025-12-31",
           "source_id": "T", "confidence": "derived"}  # fmt: skip
    numbers = range(1, 3 * len(days) + 1)
    frame = pl.DataFrame(
        [
            row | {"rate_on": day, "line": n, "row_no": n}
            for n, day in zip(numbers, 3 * days, strict=True)
        ]
    )

    typed, is_good = screened("fx", frame)

    assert is_good.to_list() == 3 * [True, True, True, False, False, True]
    assert set(typed.filter(is_good)["rate_on"].cast(pl.String)) == {"2025-12-09"}
