"""A damaged file is refused by name and the rest goes on; what is not its fault stops a run."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from flows.ingest import arrival, guard
from flows.ingest.refusal import Refused
from tests.ingest.conftest import PRICES
from tests.ingest.workbooks import workbook
from warehouse.errors import Trouble
from warehouse.failpoint import Injected

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home


class Panic(BaseException):
    """As Polars raises where its own code fails: no Exception."""


def half_decided(home: Home) -> list[str]:
    """What a run leaves behind that no manifest tells of."""
    left = [*home.root.glob(".ingest-*"), *home.root.glob("landing/*/.*"), home.spool]
    batches = {path.stem for path in home.manifests.glob("*.json")}
    for folder in ("landing", "quarantine"):
        files = home.root.glob(f"{folder}/*/*.parquet")
        left += [path for path in files if path.stem not in batches]
    return [path.name for path in left if path.exists()]


@pytest.mark.parametrize(
    "error", [Panic("Thrift out of range"), MemoryError(), RecursionError(), IndexError("3")]
)
def test_whatever_a_reader_raises_refuses_its_file_and_the_next_one_is_read(
    error: BaseException,
    home: Home,
    write: Write,
    bar: Bar,
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = write("a.csv", f"{PRICES}\n{bar(8)}\n"), write("b.csv", f"{PRICES}\n{bar(9)}\n")
    sift = arrival.sift

    def fails(kind: str, reading: object, draft: Path, *rest: object) -> object:
        done = sift(kind, reading, draft, *rest)  # type: ignore[arg-type]
        if done.good == 1 and "a.csv" not in seen:
            seen.append("a.csv")
            raise error
        return done

    seen: list[str] = []
    monkeypatch.setattr(arrival, "sift", fails)

    report = take(bad, good)

    first, second = report.files
    assert (first.status, second.status) == ("refused", "accepted")
    assert "a.csv" in first.reason
    assert first.way_out
    assert report.refused_any
    assert first.batch_id  # on record: status tells of it
    assert not half_decided(home)


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        SystemExit(3),
        Injected("a trial"),
        Trouble("a promise of ours is broken"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_what_is_no_fault_of_a_file_stops_the_run(
    error: BaseException,
    home: Home,
    write: Write,
    bar: Bar,
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> object:
        raise error

    monkeypatch.setattr(arrival, "sift", fails)

    with pytest.raises(type(error)):
        take(write("a.csv", f"{PRICES}\n{bar(8)}\n"))
    assert not half_decided(home)


def test_a_file_of_the_home_that_fails_stops_the_run_and_one_of_the_user_does_not(
    home: Home,
) -> None:
    of_home = OSError(errno.EIO, "Input/output error", str(home.manifests / "x.json"))
    of_user = OSError(errno.EIO, "Input/output error", "/mnt/share/x.csv")

    assert isinstance(guard.refusal_of(of_user, "x.csv", home), Refused)
    with pytest.raises(OSError, match=r"x\.json"):
        guard.refusal_of(of_home, "x.csv", home)


FAR = {
    "cell-before-row": '<row r="2"><c r="XFD1048576" t="str"><v>z</v></c></row>',
    "lower-case": '<row r="2"><c r="xfd900000" t="str"><v>z</v></c></row>',
    "four-letters": '<row r="2"><c r="ABCDEF2" t="str"><v>z</v></c></row>',
    "a-row-far-down": '<row r="70000000"><c t="str"><v>z</v></c></row>',
    "no-row": '<c r="XFD1048575" t="str"><v>z</v></c>',
    "another-namespace": '<row xmlns="urn:x"><c r="XFD99999" t="str"><v>z</v></c></row>',
    "inline": '<row r="2"><c r="XFD1048576" t="inlineStr"><is><t>z</t></is></c></row>',
}  # fmt: skip
NO_PLACE = {
    "2A": '<row r="2"><c r="2A" t="str"><v>z</v></c></row>',
    "A0": '<row r="2"><c r="A0" t="str"><v>z</v></c></row>',
    "-2": '<row r="-2"><c t="str"><v>z</v></c></row>',
    "$B$2": '<row r="2"><c r="$B$2" t="str"><v>z</v></c></row>',
}


@pytest.mark.parametrize("cells", FAR.values(), ids=FAR)
def test_a_cell_far_away_is_refused_before_its_grid_is_laid_out(
    cells: str, write: Write, bar: Bar, take: Take
) -> None:
    bad = write("a.xlsx", workbook([PRICES.split(",")], more=cells))

    report = take(bad, write("b.csv", f"{PRICES}\n{bar(9)}\n"))

    assert [file.status for file in report.files] == ["refused", "accepted"]
    assert "more than a workbook is read for" in report.files[0].reason


@pytest.mark.parametrize("cells", NO_PLACE.values(), ids=NO_PLACE)
def test_a_cell_or_row_that_is_none_is_refused_by_its_name(
    cells: str, write: Write, bar: Bar, take: Take
) -> None:
    bad = write("a.xlsx", workbook([PRICES.split(",")], more=cells))

    report = take(bad, write("b.csv", f"{PRICES}\n{bar(9)}\n"))

    assert [file.status for file in report.files] == ["refused", "accepted"]
    assert "a.xlsx is a workbook that cannot be read" in report.files[0].reason


@pytest.mark.parametrize("said", ['<dimension ref="??"/>', '<dimension ref="A1:XFD9:9"/>'])
def test_an_error_of_the_reader_of_workbooks_is_a_refusal(
    said: str, write: Write, bar: Bar, take: Take
) -> None:
    bad = write("a.xlsx", workbook([PRICES.split(","), bar(8).split(",")], before=said))

    report = take(bad, write("b.csv", f"{PRICES}\n{bar(9)}\n"))

    assert report.files[0].status == "refused"
    assert "a.xlsx" in report.files[0].reason
    assert report.files[1].status == "accepted"


def test_an_empty_cell_far_away_is_no_part_of_the_grid(write: Write, bar: Bar, take: Take) -> None:
    styled = '<row r="3"><c r="XFD1048576" s="1"/></row>'
    rows = [PRICES.split(","), bar(8).split(",")]

    report = take(write("a.xlsx", workbook(rows, more=styled)))

    assert (report.files[0].status, report.rows_accepted) == ("accepted", 1)


def test_json_that_is_nested_without_end_is_refused(write: Write, bar: Bar, take: Take) -> None:
    deep = write("a.json", '{"a":' * 200_000 + "1" + "}" * 200_000)

    report = take(deep, write("b.csv", f"{PRICES}\n{bar(9)}\n"))

    assert [file.status for file in report.files] == ["refused", "accepted"]


def test_an_address_that_a_store_does_not_take_is_refused_and_the_rest_goes_on(
    write: Write, bar: Bar, take: Take
) -> None:
    good = write("b.csv", f"{PRICES}\n{bar(9)}\n")

    report = take("s3://bucket/../x.csv", good)  # type: ignore[arg-type]

    assert [file.status for file in report.files] == ["refused", "accepted"]
    assert "s3://bucket/../x.csv" in report.files[0].reason
    assert report.files[0].way_out
