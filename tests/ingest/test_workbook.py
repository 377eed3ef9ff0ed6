"""Excel workbooks: row n of a sheet is line n, and what is not plainly a table is said."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from flows.ingest import workbook
from tests.ingest.test_whole_numbers import SALE as A_SALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from tests.ingest.conftest import HeldBack, Take, Write

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def number(value: float, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def words(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def formula(text: str, value: str = "") -> str:
    return f"<c><f>{text}</f>{f'<v>{value}</v>' if value else ''}</c>"


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def book(
    sheets: dict[str, str], *, hidden: Sequence[str] = (), shared: str = "", after: str = ""
) -> bytes:
    """A workbook as Excel writes one, as small as it can be; style 1 is a date."""
    named, links = "", ""
    files = {}
    for place, (title, rows) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if title in hidden else ""
        named += f'<sheet name="{title}" sheetId="{place}" r:id="rId{place}"{state}/>'
        links += (
            f'<Relationship Id="rId{place}" Type="{LINKS}/worksheet"'
            f' Target="worksheets/sheet{place}.xml"/>'
        )
        files[f"xl/worksheets/sheet{place}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    links += f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/>'
    if shared:
        links += f'<Relationship Id="t" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        files["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    files["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{named}</sheets></workbook>'
    )
    files["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
    )
    files["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>"
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="b" Type="{LINKS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    )
    files["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


HEADER = row(*(words(name) for name in ("Date", "Open", "High", "Low", "Close", "Volume")))
#: 46000 is 2025-12-09 to Excel.
NINTH = row(number(46000, 1), number(185.56), number(185.72), number(183.32), number(184.97),
            number(144719700))  # fmt: skip
TENTH = row(words("2025-12-10"), number(184.97), number(185.48), number(182.04),
            formula("D3+1.74", "183.78"), number(162785400))  # fmt: skip

SALE = A_SALE | {"units": "3", "customer": "x", "note": "y"}

pytestmark = pytest.mark.usefixtures("listings")


def test_each_sheet_is_a_table_with_dates_and_numbers_as_they_are(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    file = write("prices.xlsx", book({"NVDA": HEADER + NINTH + TENTH, "SPX": HEADER + NINTH}))

    first, second = take(file).files

    assert (first.path.name, first.provider, first.rows_accepted) == ("NVDA", "yahoo", 2)
    assert first.assumed[0] == "1 cell(s) hold formulas: the results saved with them."
    assert (second.path.name, second.rows_accepted) == ("SPX", 1)
    rows = con.execute(
        "select cast(traded_on as varchar), cast(close as varchar), cast(volume as varchar), line"
        " from raw_prices where symbol = 'NVDA' order by 1"
    ).fetchall()
    assert rows == [
        ("2025-12-09", "184.970000", "144719700", 2),
        ("2025-12-10", "183.780000", "162785400", 3),
    ]
    assert [f.status for f in take(file).files] == ["unchanged", "unchanged"]


def test_a_row_held_back_is_told_by_its_row_in_the_sheet(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    odd = row(words("2025-12-11"), *[number(180)] * 3, words("#N/A\nsee below"), number(1))
    title = row(words(""))

    report = take(write("NVDA.xlsx", book({"Sheet1": title + HEADER + NINTH + title + odd}))).files[
        0
    ]

    assert report.path.as_posix().endswith("NVDA.xlsx/Sheet1")
    held = held_back(report).row(0, named=True)
    assert (held["line"], held["raw"]) == (5, "2025-12-11,180,180,180,#N/A see below,1")


FAR_APART = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)
UNSAVED = NINTH.replace("<v>184.97</v>", "<f>C2-1</f>")
REFUSED = {
    "the formula in cell E2 was saved without its result (2 such cell(s))": book(
        {"NVDA": HEADER + UNSAVED + UNSAVED}
    ),
    "the formula in cell F1 was saved without its result": book(
        {
            "NVDA": HEADER.replace("</row>", formula("A1") + "</row>").replace(words("Volume"), "")
            + NINTH
        }
    ),
    "NVDA is a hidden sheet": book({"NVDA": HEADER + NINTH}, hidden=["NVDA"]),
    "NVDA is an empty sheet": book({"NVDA": ""}),
    "without a worksheet": book({}),
    "spans 1,048,576 rows and 16,384 columns": book({"NVDA": FAR_APART}),
    "cannot be read: mismatched tag": book({"NVDA": "<row><c></row>"}),
    "cannot be read: list index": book({"NVDA": row('<c t="s"><v>7</v></c>')}),
}


def test_a_sheet_that_is_no_plain_table_is_refused_by_name(take: Take, write: Write) -> None:
    for says, content in REFUSED.items():
        report = take(write("book.xlsx", content)).files[0]

        assert report.status == "refused", says
        assert says in report.reason
        assert report.way_out


def test_one_long_text_in_many_cells_is_counted_as_often_as_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, take: Take, write: Write
) -> None:
    monkeypatch.setattr(workbook, "MOST_LETTERS", 100_000)
    cells = row(*['<c t="s"><v>0</v></c>'] * 20)

    report = take(
        write("book.xlsx", book({"NVDA": cells}, shared=f"<si><t>{'x' * 10_000}</t></si>"))
    ).files[0]

    assert "200,000 letters" in report.reason


def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_opened(take: Take, write: Write) -> None:
    content = book({"NVDA": HEADER + " " * (80 << 20)})

    report = take(write("book.xlsx", content)).files[0]

    assert "expands to more than 200 times" in report.reason


def test_a_row_with_an_error_in_a_cell_is_held_back_and_the_cell_is_named(
    take: Take, write: Write, held_back: HeldBack, con: duckdb.DuckDBPyConnection
) -> None:
    rows = row(*(words(name) for name in SALE))
    errors = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"]
    for number, (name, error) in enumerate(
        zip(["customer", "units", "note", "unit_price"], errors, strict=True), start=2
    ):
        cells = [
            f'<c t="e"><v>{error}</v></c>' if column == name else words(value)
            for column, value in (SALE | {"sale_id": f"s{number}"}).items()
        ]
        rows += row(*cells)
    rows += row(*(words(value) for value in SALE.values()))

    report = take(write("sales.xlsx", book({"Sheet1": rows}))).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (1, 4)
    held = held_back(report)
    assert held["rule"].unique().to_list() == ["cell_error"]
    for error, reason in zip(errors, held["reason"], strict=True):
        assert reason.endswith(f" is {error}.")
    place = list(SALE).index("units")
    assert held["reason"][1] == f"Cell {chr(ord('A') + place)}3 is #N/A."
    assert con.execute("select count(*) from raw_sales").fetchall() == [(1,)]


def test_rows_below_the_first_of_merged_cells_are_held_back_by_the_range(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    blank = {"vendor": ""}
    rows = "".join(
        row(*(words(value) for value in one.values()))
        for one in (dict(zip(SALE, SALE, strict=True)), SALE, SALE | {"sale_id": "b"} | blank,
                    SALE | {"sale_id": "c"} | blank, SALE | {"sale_id": "d"})
    )  # fmt: skip
    content = book({"Sheet1": rows}, after='<mergeCells><mergeCell ref="B2:B4"/></mergeCells>')

    report = take(write("sales.xlsx", content)).files[0]

    held = held_back(report)
    assert (report.rows_accepted, held["line"].to_list()) == (2, [3, 4])
    assert held["rule"].unique().to_list() == ["merged_cells"]
    assert "B2:B4" in held["reason"][0]


def test_of_cells_merged_side_by_side_the_row_is_held_back(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    content = book(
        {"NVDA": HEADER + NINTH + TENTH},
        after='<mergeCells><mergeCell ref="C3:D3"/></mergeCells>',
    )

    report = take(write("book.xlsx", content)).files[0]

    assert (report.rows_accepted, held_back(report)["line"].to_list()) == (1, [3])


def test_merged_names_of_columns_refuse_the_sheet_with_a_way_out(take: Take, write: Write) -> None:
    content = book(
        {"NVDA": HEADER + NINTH}, after='<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'
    )

    report = take(write("book.xlsx", content)).files[0]

    assert "the cells B1:C1 of its first row are merged" in report.reason


def test_only_the_row_of_an_unsaved_formula_is_held_back(
    take: Take, write: Write, held_back: HeldBack
) -> None:
    report = take(write("book.xlsx", book({"NVDA": HEADER + UNSAVED + TENTH}))).files[0]

    held = held_back(report)
    assert (report.rows_accepted, held["line"].to_list()) == (1, [2])
    assert held["rule"].to_list() == ["formula_unsaved"]
    assert "cell E2" in held["reason"][0]


def test_an_hour_behind_a_day_is_not_cut_off(take: Take, write: Write, held_back: HeldBack) -> None:
    header = dict(zip(SALE, SALE, strict=True))
    cells = [number(45818.5, 1) if name == "period_start" else words(value)
             for name, value in SALE.items()]  # fmt: skip
    content = book({"S": row(*(words(v) for v in header.values())) + row(*cells)})

    report = take(write("sales.xlsx", content)).files[0]

    assert held_back(report)["rule"].to_list() == ["period_start|not_a_date"]
    assert "2025-06-10 12:00:00" in held_back(report)["reason"][0]


NOTES = row(words("downloaded by an analyst")) + row(words("do not edit"))


@pytest.mark.parametrize("notes", [NOTES, "", row(words("Source"), words("an exchange"))])
def test_a_sheet_of_notes_beside_a_table_is_no_fault_and_told(
    take: Take, write: Write, notes: str
) -> None:
    file = write("book.xlsx", book({"NVDA": HEADER + NINTH, "Notes": notes}))

    report = take(file)

    assert [f.path.name for f in report.files] == ["NVDA"]
    assert "No table, and passed over: sheet Notes." in report.files[0].assumed
    assert not report.refused_any
    assert [f.status for f in take(file).files] == ["unchanged"]


def test_a_sheet_that_is_nearly_a_table_is_refused_beside_another(take: Take, write: Write) -> None:
    near = row(*(words(name) for name in ("sale-id", *list(SALE)[1:])))
    content = book({"NVDA": HEADER + NINTH, "sales": near})

    report = take(write("book.xlsx", content))

    assert [f.status for f in report.files] == ["accepted", "refused"]
    assert "sale_id (near: 'sale-id')" in report.files[1].reason


def test_one_sheet_can_be_named(take: Take, write: Write) -> None:
    file = write("book.xlsx", book({"NVDA": HEADER + NINTH, "SPX": HEADER + NINTH}))

    missing = take(file, sheet="Prices").files[0]
    assert "has no sheet 'Prices'; it has NVDA, SPX" in missing.reason
    assert missing.way_out == "Name one of them: --sheet 'NVDA'."

    report = take(file, sheet="spx")
    assert [(f.path.name, f.rows_accepted) for f in report.files] == [("SPX", 1)]
