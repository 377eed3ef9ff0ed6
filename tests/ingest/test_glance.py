"""The text of a line is told from its cells as it stands in the file, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ingest import block_lines
from flows.ingest.block_lines import BlockLines
from flows.ingest.glance import Glance
from flows.ingest.received import Received

#: Fields, blank ones, marks and separators: rows of any width, short ones and long ones.
cells = st.sampled_from(["", " ", "a", "1.5", " x ", "中", "\u3000", "\x01", "\r", "b\x01"])
texts = st.lists(cells, max_size=6).map(",".join)
quoted = st.sampled_from(['"a, b",,', '5" wafer,x,y', '"', 'x,"open,', '""'])


def _received(*header: str) -> Received:
    return Received(Path("f.csv"), "f.csv", "csv", header)


@given(st.lists(texts | quoted), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_a_line_is_told_from_its_cells_as_it_stands(
    rows: list[str], end: str, is_ended: bool, data: st.DataObject
) -> None:
    text = end.join(rows) + (end if is_ended and rows else "")
    lines = BlockLines(text.encode(), 7, 6 + len(_lines(text)))
    everything = lines.all
    apart = everything.filter(pl.col("raw").str.contains('"', literal=True))["line"].to_list()
    glance = Glance(lines, _received("x", "y", "z"), apart=apart)
    numbers = data.draw(st.lists(st.sampled_from(everything["line"].to_list() or [0]), unique=True))
    asked = pl.Series(sorted(numbers) if everything.height else [], dtype=pl.Int64)

    closer = glance.closer(asked)

    is_row = everything.filter(glance.is_row, pl.col("line").is_in(asked.implode()))
    is_left = is_row.filter(pl.col("raw").str.strip_chars(', \t\r\x1a"') != "")
    assert closer.raw.equals(is_left)
    assert closer.others.equals(everything.filter(~glance.is_row))
    assert closer.rows["line"].equals(is_left["line"])
    fields = [[f.strip() or None for f in raw.split(",")] for raw in is_left["raw"]]
    assert [list(row) for row in closer.rows.select("x", "y", "z").iter_rows()] == fields
    seen = glance.rows().filter(pl.col("line").is_in(is_left["line"].implode()))
    assert closer.is_changed.to_list() == [
        was != now for was, now in zip(seen.iter_rows(), closer.rows.iter_rows(), strict=True)
    ]


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return parts[:-1] if parts[-1] == "" else parts


@pytest.mark.parametrize("few", [0, 1, 100])
@given(rows=st.lists(texts | quoted), end=st.sampled_from(["\n", "\r\n"]))
def test_lines_with_a_quote_are_found_and_parted_alike_few_or_many(
    few: int, rows: list[str], end: str
) -> None:
    text = "".join(row + end for row in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_lines, "_FEW", few)
        lines = BlockLines(text.encode(), 2, 1 + len(_lines(text)))
        found = lines.quoted
        assert found.equals(lines.all.filter(pl.col("raw").str.contains('"', literal=True)))
        for line in found["line"]:
            at = line - 2
            assert lines.text(line, lines.last) == "\n".join(lines.all["raw"][at:])
            before = lines.before(line)
            assert before.all.equals(lines.all.head(at))
            assert text.encode()[: before.size].decode() == "".join(
                line + "\n" for line in _lines(text)[:at]
            )
            assert before.quoted.equals(found.filter(pl.col("line") < line))
