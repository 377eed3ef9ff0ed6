"""Excel workbooks: row n of a sheet is line n, and what is not plainly a table is said."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from flows.ingest import workbook

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


def book(sheets: dict[str, str], *, hidden: Sequence[str] = (), shared: str = "") -> bytes:
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
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
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
    "the formula in cell 5 of row 2 was saved without its result (1 such cell(s))": book(
        {"NVDA": HEADER + UNSAVED}
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
