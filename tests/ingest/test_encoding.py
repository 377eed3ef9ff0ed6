"""The encoding of a text is told or the file refused: other letters never turn Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.ingest.encoding import encoding_of, to_utf8
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from pathlib import Path

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
        ("날짜,종가\n삼성전자,하이닉스\n", "euc-kr", ""),
        ("日付,終値\nトヨタ自動車,ソニー\n", "shift-jis", ""),
        ("日期,開盤\n台積電,聯發科\n", "big5", ""),
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
