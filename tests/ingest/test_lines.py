"""Rows of CSV text: none lost, none shifted, each with its line and raw text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ingest.lines import MAX_LINES_OF_A_ROW, Table, read_table
from flows.ingest.received import Received, look_at
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.conftest import Write


@pytest.fixture
def table(write: Write) -> ReadText:
    def read(text: str | bytes) -> Table:
        return read_table(look_at(write("file.csv", text), "file.csv"))

    return read


class ReadText:
    """Read a CSV text whose first line is its header."""

    def __call__(self, text: str | bytes) -> Table: ...


def cells(table: Table) -> list[tuple[object, ...]]:
    return table.rows.select("line", pl.exclude("line")).rows()


def test_blank_cells_are_null_and_outer_blanks_are_trimmed(table: ReadText) -> None:
    read = table('a,b,c\n1, x ,\n"",　y　,""\n')

    assert cells(read) == [(2, "1", "x", None), (3, None, "y", None)]


def test_lines_are_counted_as_received(table: ReadText) -> None:
    read = table("\n\na,b\n\n1,2\n , \n,\n3,4")

    assert cells(read) == [(5, "1", "2"), (8, "3", "4")]
    assert read.ragged.is_empty()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_from_the_header(table: ReadText, separator: str) -> None:
    read = table(f"a{separator}b\n1.5{separator}2\n")

    assert cells(read) == [(2, "1.5", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(table: ReadText, end: str) -> None:
    read = table(f"a,b{end}1,2{end}3,4{end}")

    assert cells(read) == [(2, "1", "2"), (3, "3", "4")]


def test_a_byte_order_mark_is_no_part_of_the_first_name(table: ReadText) -> None:
    read = table(b"\xef\xbb\xbfa,b\n1,2\n")

    assert read.rows.columns == ["a", "b", "line"]


def test_a_quoted_field_holds_separators_quotes_and_line_breaks(table: ReadText) -> None:
    read = table('a,b,c\n1,"x, ""y""",3\n4,"two\n\nlines",6\n7,8,9\n')

    assert cells(read) == [
        (2, "1", 'x, "y"', "3"),
        (3, "4", "two\n\nlines", "6"),
        (6, "7", "8", "9"),
    ]
    assert read.raw.filter(pl.col("line") == 3)["raw"].to_list() == ['4,"two\n\nlines",6']


def test_rows_of_another_width_are_set_apart_with_their_line(table: ReadText) -> None:
    read = table("a,b,c\n1,2,3\n4,5\n6,7,8,9\n")

    assert cells(read) == [(2, "1", "2", "3")]
    assert read.ragged.select("line", "rule").rows() == [(3, "ragged_row"), (4, "ragged_row")]
    assert read.ragged["reason"][0] == "The row has 2 fields where the header has 3."
    assert dict(read.raw.rows())[4] == "6,7,8,9"


def test_a_separator_at_the_end_of_every_line_is_no_column(table: ReadText) -> None:
    read = table("a,b,\n1,2,\n3,4,5\n6,7\n")

    assert cells(read)[0][:3] == (2, "1", "2")
    assert sorted(read.ragged["line"]) == [3, 4]


def test_a_quote_inside_a_field_is_a_character(table: ReadText) -> None:
    read = table('a,b\n5" wafer,2\n3,6" x\n')

    assert cells(read) == [(2, '5" wafer', "2"), (3, "3", '6" x')]


def test_a_stray_quote_breaks_its_own_line_only(table: ReadText) -> None:
    read = table('a,b\n1,2\n3,"4\n5,6\n7,8\n')

    assert [line for line, *_ in cells(read)] == [2, 4, 5]
    assert read.ragged.select("line", "rule").rows() == [(3, "unclosed_quote")]


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(table: ReadText) -> None:
    read = table('a,b\n1,"2\n3,4\n5,6\n"7,8\n9,10\n')

    assert [line for line, *_ in cells(read)] == [3, 4, 6]
    assert sorted(read.ragged["line"]) == [2, 5]


def test_text_after_a_closing_quote_breaks_the_line(table: ReadText) -> None:
    read = table('a,b\n"1"x,2\n3,4\n')

    assert cells(read) == [(3, "3", "4")]
    assert read.ragged["line"].to_list() == [2]


def test_a_quoted_field_has_an_end_to_its_lines(table: ReadText) -> None:
    lines = "x\n" * MAX_LINES_OF_A_ROW

    read = table(f'a,b\n1,"{lines}"\n3,4\n')

    assert cells(read) == [(MAX_LINES_OF_A_ROW + 3, "3", "4")]
    assert sorted(read.ragged["line"]) == list(range(2, MAX_LINES_OF_A_ROW + 3))


def test_a_wrong_byte_far_into_the_file_is_named_by_its_line(table: ReadText) -> None:
    with pytest.raises(Refused, match="byte 0xFF on line 30002"):
        table(b"a,b\n" + b"1234567890,1\n" * 30_000 + b"\xff,2\n")


@settings(deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.sampled_from('a"\n ,;1é中'), max_size=6).map(str.strip),
            min_size=3,
            max_size=3,
        ).filter(any),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    rows = [row for row in rows if any(cell.strip('", ;\n') for cell in row)]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    path: Path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_text(written.getvalue(), encoding="utf-8", newline="")

    read = read_table(Received(path, "written.csv", "csv", ("a", "b", "c"), 1))

    assert read.ragged.is_empty()
    assert [row[1:] for row in cells(read)] == [
        tuple(cell.strip() or None for cell in row) for row in rows
    ]
