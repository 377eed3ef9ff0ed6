"""Whatever a contract allows comes in as it was written; what breaks a rule is held back by it.

Rows are drawn from the contracts themselves (`allowed_rows`), written as files and ingested.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ingest.contracts import KINDS
from flows.ingest.quarantine import LONGEST_RAW
from flows.ingest.run import ingest
from tests.ingest.allowed_rows import Row, as_frame, breaks_of, columns_of, kept, rows_of, written
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.ingest.report import FileReport

#: A kind's share of examples: there are many kinds, and each breaks all its rules in one file.
FEW = settings(max_examples=2, derandomize=True, deadline=None)
MORE = settings(FEW, max_examples=4)
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which every row that a contract allows has been published."""
    monkeypatch.setenv("CHIPBRIEF_NOW", "2100-01-01T08:00:00+00:00")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with every table and no rows, to be copied."""
    home = Home(tmp_path_factory.mktemp("empty") / "home")
    with store.open_warehouse(home) as con:
        ingest(con, home, [])
    return home.root


@contextmanager
def taken(empty: Path, name: str, data: bytes) -> Iterator[Taken]:
    """What an empty warehouse makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        shutil.copytree(empty, home.root)
        file = Path(folder) / name
        file.write_bytes(data)
        with store.open_warehouse(home) as con:
            yield Taken(con, home, ingest(con, home, [file]).files[0])


class Taken:
    """A file's report, and what is stored and held back of it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, report: FileReport) -> None:
        self.con, self.home, self.report = con, home, report

    def stored(self, kind: str) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'"{name}"' for name in columns_of(kind))
        query = f"select {columns}, line from raw_{kind} order by line"
        return self.con.execute(query).fetchall()

    def held(self, kind: str) -> list[dict[str, Any]]:
        path = self.home.quarantine_file(kind, self.report.batch_id)
        return pl.read_parquet(path).to_dicts()

    def counts(self) -> tuple[int, int, int, int]:
        """Rows read, accepted, duplicate and quarantined; the law of the batch holds."""
        report = self.report
        assert report.status == "accepted", report
        told = (report.rows_accepted, report.rows_duplicate, report.rows_quarantined)
        assert report.rows_read == sum(told)
        return report.rows_read, *told


def in_lines(texts: list[list[str]], *, all_quoted: bool = False) -> list[str]:
    """Each row of texts as the text of a CSV file, its line break included."""
    lines = []
    for row in texts:
        text = io.StringIO()
        quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
        csv.writer(text, lineterminator="\n", quoting=quoting).writerow(row)
        lines.append(text.getvalue())
    return lines


def starts_of(lines: list[str]) -> list[int]:
    """The line of the file on which each row begins, 1 being the first."""
    starts = [1]
    for line in lines:
        starts.append(starts[-1] + line.count("\n"))
    return starts[:-1]


def as_stored(rows: list[Row], starts: list[int]) -> list[tuple[Any, ...]]:
    """What the store must hold of a CSV file's rows that begin on these lines."""
    return [
        (*(kept(value) for value in row.values()), start)
        for row, start in zip(rows, starts, strict=True)
    ]


def numbered(rows: list[Row]) -> list[tuple[Any, ...]]:
    """What the store must hold of the rows of a Parquet file, which keeps even line breaks."""
    return [(*row.values(), number) for number, row in enumerate(rows, start=1)]


def in_parquet(frame: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


@every_kind
@MORE
@given(data=st.data())
def test_what_a_contract_allows_is_stored_as_it_was_written(
    empty: Path, kind: str, data: st.DataObject
) -> None:
    rows = data.draw(rows_of(kind))
    form = data.draw(st.sampled_from(["plain.csv", "quoted.csv", "typed.parquet"]), label="form")
    if form == "typed.parquet":
        content, stored = in_parquet(as_frame(kind, rows)), numbered(rows)
    else:
        texts = [[*columns_of(kind)], *([written(v) for v in row.values()] for row in rows)]
        lines = in_lines(texts, all_quoted=form == "quoted.csv")
        content, stored = "".join(lines).encode(), as_stored(rows, starts_of(lines)[1:])

    with taken(empty, form, content) as file:
        assert file.counts() == (len(rows), len(rows), 0, 0), file.report.findings
        assert file.stored(kind) == stored


@every_kind
@FEW
@given(data=st.data())
def test_a_row_with_one_bad_cell_is_held_by_the_rule_it_breaks_and_the_others_come_in(
    empty: Path, kind: str, data: st.DataObject
) -> None:
    rows = data.draw(rows_of(kind))
    good = [[written(value) for value in row.values()] for row in rows]
    names = [*columns_of(kind)]
    breaks = breaks_of(kind)
    bad = []
    for number, broken in enumerate(breaks):
        row = dict(zip(names, good[number % len(good)], strict=True))
        bad.append([*(row | {broken.column: broken.text}).values()])
    # good rows before, among and after the bad ones
    middle = len(bad) // 2
    texts = [names, *good[:1], *bad[:middle], *good[1:-1], *bad[middle:], *good[1:][-1:]]
    lines = in_lines(texts)
    starts = starts_of(lines)
    at_bad = [1 + len(good[:1]) + n + (len(good[1:-1]) if n >= middle else 0)
              for n in range(len(bad))]  # fmt: skip

    with taken(empty, "rows.csv", "".join(lines).encode()) as file:
        assert file.counts() == (len(texts) - 1, len(rows), 0, len(breaks))
        at_good = [start for at, start in enumerate(starts) if at and at not in at_bad]
        assert file.stored(kind) == as_stored(rows, at_good)
        for broken, at, row in zip(breaks, at_bad, file.held(kind), strict=True):
            is_told(broken.column, broken.rule, row)
            assert row["line"] == starts[at]
            assert row["raw"] == as_held(lines[at])


@every_kind
@FEW
@given(data=st.data())
def test_a_bad_cell_of_a_parquet_file_holds_back_its_row_alone(
    empty: Path, kind: str, data: st.DataObject
) -> None:
    rows = data.draw(rows_of(kind))
    broken = data.draw(st.sampled_from(breaks_of(kind)))
    at = data.draw(st.integers(0, len(rows) - 1), label="which row")
    column = broken.column
    # a column with a text that is no value of its type can be but a column of texts
    texts = [written(row[column]) for row in rows]
    texts[at] = broken.text
    frame = as_frame(kind, rows).with_columns(pl.Series(column, texts))

    with taken(empty, "rows.parquet", in_parquet(frame)) as file:
        assert file.counts() == (len(rows), len(rows) - 1, 0, 1)
        whole = numbered(rows)
        assert file.stored(kind) == whole[:at] + whole[at + 1 :]
        (row,) = file.held(kind)
        is_told(column, broken.rule, row)
        assert row["line"] == at + 1
        if len(row["raw"]) <= LONGEST_RAW:
            assert json.loads(row["raw"])[column] == broken.text


def as_held(line: str) -> str:
    """The raw text of a CSV row as quarantine holds it: a very long one is cut, with a mark."""
    raw = line.replace("\r\n", "\n").removesuffix("\n")
    if len(raw) <= LONGEST_RAW:
        return raw
    return f"{raw[:LONGEST_RAW]}… [cut: {len(raw)} characters in all]"


def is_told(column: str, rule: str, row: dict[str, Any]) -> None:
    """The row is counted under a rule of the bad column; the one broken is among those named."""
    assert rule in row["rules"].split(";"), row
    assert row["rule"].partition("|")[0] == column, row
    assert column in row["reason"], row


def test_every_column_of_every_kind_can_be_broken() -> None:
    for kind in KINDS:
        assert {broken.column for broken in breaks_of(kind)} == set(columns_of(kind))
