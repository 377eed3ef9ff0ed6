"""The encoding of a text is told or the file refused: other letters never turn Chinese."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from babel import Locale

from flows.ingest.encoding import encoding_of, to_utf8
from flows.ingest.refusal import Refused
from flows.ingest.script import encoding_of_letters

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Take, Write

CHINESE = "日期,股票代码,开盘\n2025-12-09,688256,1420\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (CHINESE, "utf-8", ""),
        (CHINESE, "utf-8-sig", ""),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        ("symbol,mic\n", "utf-16-le", "utf-16-le"),
        ("symbol,mic\n", "utf-16-be", "utf-16-be"),
        ("vendor,note\nSociété Générale,été\n", "latin-1", ""),
        ("vendor,note\nSiemens,Größe über Maß\n", "cp1252", ""),
        ("дата,цена\nкурс доллара,закрытие\n", "cp1251", ""),
        ("дата,цена\nкурс доллара,закрытие\n", "koi8-r", ""),
        ("날짜,종가\n삼성전자,하이닉스\n", "euc-kr", "cp949"),
        ("vendor,note\nSamsung,한국무역협회\n", "cp949", "cp949"),
        ("customer\n삼성전자\n", "euc-kr", "cp949"),
        ("지역,무역,배송\n", "euc-kr", "cp949"),
        ("日付,終値\nトヨタ自動車,ソニー\n", "shift-jis", "cp932"),
        ("日付,終値\nトヨタ自動車,ソニー\n", "euc-jp", "euc_jp"),
        ("日期,開盤\n台積電,聯發科\n", "big5", "big5hkscs"),
        ("customer\n腾讯控股\n", "gb18030", ""),
        ("厂商,季度,地区\n寒武纪,2026Q2,中国\n", "gbk", "gb18030"),
        ("τιμή,εταιρεία\n", "iso8859-7", ""),
        ("ราคา,บริษัท\n", "cp874", ""),
    ],
)
def test_an_encoding_is_told_or_left(tmp_path: Path, text: str, encoding: str, told: str) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes(text.encode(encoding))

    assert encoding_of(file) == told


def test_what_decodes_is_the_same_text_and_what_does_not_is_refused_with_its_line(
    tmp_path: Path,
) -> None:
    file, target = tmp_path / "f.csv", tmp_path / "t.csv"
    file.write_bytes(CHINESE.encode("gb18030"))
    to_utf8(file, target, "gb18030", "f.csv")
    assert target.read_text(encoding="utf-8") == CHINESE

    file.write_bytes(CHINESE.encode("gb18030") + b"\xff\xff\n")
    with pytest.raises(Refused, match=r"f\.csv is not GB18030 throughout"):
        to_utf8(file, target, "gb18030", "f.csv")


def test_a_letter_over_the_edge_of_what_is_read_at_once_is_one_letter(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    for before in range(4):
        edge = "x" * ((1 << 20) - before)
        file.write_text(edge + "日期", encoding="utf-8")
        assert encoding_of(file) == ""
        file.write_bytes(f"{edge}\n日期,收盘\n".encode("gb18030"))
        assert encoding_of(file) == "gb18030"
    file.write_bytes(("x" * (3 << 20) + "日期收盘").encode("gb18030"))  # one long line
    assert encoding_of(file) == "gb18030"


SALES = (
    "sale_id,vendor,segment,customer,region,basis,scope,period_start,period_end,units,value_type,"
    "published_basis,published_on,source_id,confidence\n"
    "a,NVIDIA,H200,{},China,shipment,product,2025-06-10,2025-06-10,1,reported,stated,2025-07-01,T,"
    "unverified\n"
)
CUSTOMERS = {
    "euc-kr": "한국무역협회 지역 배송",
    "shift-jis": "株式会社日立製作所",
    "euc-jp": "東京エレクトロン",
    "big5": "台灣積體電路製造股份有限公司",
    "gb18030": "深圳市腾讯计算机系统有限公司",
    "utf-16": "Société Générale",
}


@pytest.mark.parametrize("encoding", CUSTOMERS)
def test_a_customer_is_stored_under_its_own_name_and_the_guess_is_told(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, encoding: str
) -> None:
    file = write("sales.csv", SALES.format(CUSTOMERS[encoding]).encode(encoding))

    report = take(file).files[0]

    assert report.rows_accepted == 1, report
    assert con.execute("select customer from raw_sales").fetchall() == [(CUSTOMERS[encoding],)]
    assert "Letters in" in report.assumed[0]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_letters_of_one_language_never_become_those_of_another(n: int) -> None:
    draw = random.Random(n)  # noqa: S311  any texts do
    for code, encodings in LANGUAGES.items():
        names = Locale.parse(code).territories.values()
        for encoding in encodings:
            for _ in range(40):
                text = "a,b," + ",".join(draw.choice(list(names)) for _ in range(n)) + "\n"
                data = text.encode(encoding, errors="ignore")
                told = encoding_of_letters(data) if _is_no_utf8(data) else ""
                assert not told or data.decode(told) == data.decode(encoding), text


LANGUAGES = {
    "zh": ["gb18030"], "ko": ["cp949"], "ja": ["cp932", "euc_jp"], "fr": ["cp1252"],
    "ru": ["cp1251", "iso8859-5"], "el": ["cp1253"], "th": ["cp874"], "ar": ["cp1256"],
    "he": ["cp1255"], "tr": ["cp1254"], "pl": ["cp1250"],
}  # fmt: skip


def _is_no_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False
