"""Packed files: unpacked in a stream, counted as they expand, each table a batch of its own."""

from __future__ import annotations

import gzip
import io
import random
import sys
import tarfile
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from flows.ingest import packed
from flows.ingest.originals import Original
from flows.ingest.refusal import Refused
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Bar, HeldBack, Take, Write

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def zipped(**files: str | bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": zstd.compress,
    "zip": lambda data: zipped(**{"inner/nvda.csv": data}),
    "gz.zst": lambda data: zstd.compress(gzip.compress(data, mtime=0)),
    "gz of two members": lambda data: gzip.compress(data[:40]) + gzip.compress(data[40:]),
    "UTF-8 with a mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16 LE": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16 BE": lambda data: data.decode().encode("utf-16-be"),
    "gzipped UTF-16": lambda data: gzip.compress(data.decode().encode("utf-16"), mtime=0),
}


def test_packed_rows_are_the_rows_and_the_bytes_are_kept_as_received(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    prices: str,
    bar: Bar,
    held_back: HeldBack,
) -> None:
    text = prices + bar(11, close="x")
    first = take(write("plain.csv", text)).files[0]
    assert (first.rows_accepted, first.rows_quarantined) == (3, 1)

    for packing, pack in PACKINGS.items():
        content = pack(text.encode())
        report = take(write(f"nvda.{packing}", content)).files[0]

        assert (report.rows_read, report.rows_duplicate, report.rows_quarantined) == (
            4, 3, 1,
        ), packing  # fmt: skip
        held = held_back(report)
        assert held.select("line", "raw").rows() == [(5, bar(11, close="x").strip())], packing
        sha256 = held["file_sha256"][0]
        assert (home.originals / sha256).read_bytes() == content, packing
    assert list(home.root.glob(".ingest-*")) == []


def test_gb18030_is_read_as_the_chinese_that_it_is(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, listings: None
) -> None:
    text = (
        "日期,股票代码,开盘,收盘,最高,最低,成交量\r\n"
        "2025-12-09,688256,1420.0,1436.0,1450.0,1410.5,70456\r\n"
    )

    for encoding in ("gb18030", "gbk", "gb2312"):
        report = take(write(f"{encoding}.csv", text.encode(encoding))).files[0]
        assert (report.provider, report.rows_read) == ("akshare", 1), encoding

    assert con.execute("select symbol, cast(close as int) from raw_prices").fetchall() == [
        ("688256", 1436)
    ]


def test_gb18030_that_begins_after_the_first_look_is_found(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    many = [bar(1, traded_on=f"19{70 + n // 300}-{1 + n // 25 % 12:02}-{1 + n % 25:02}")
            for n in range(3200)]  # fmt: skip
    wide = header.strip() + ",note\n" + "".join(f"{line.strip()},\n" for line in many)
    text = wide + bar(2).strip() + ",收盘价由交易所公布\n"
    assert len(wide) > 1 << 18

    report = take(write("late.csv", text.encode("gb18030"))).files[0]

    assert report.status == "accepted"
    assert con.execute("select note from raw_prices where note is not null").fetchall() == [
        ("收盘价由交易所公布",)
    ]


def test_each_file_of_an_archive_is_a_batch_and_one_that_is_bad_stops_no_other(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    archive = write(
        "all.zip",
        zipped(**{"a.csv": prices, "notes.txt": "see the terms\n", "b.csv": header + bar(11),
                  "__MACOSX/._a.csv": b"\x00", ".DS_Store": b"\x00"}),
    )  # fmt: skip

    first, second = take(archive), take(archive)

    assert [(f.path.relative_to(archive.parent).as_posix(), f.status) for f in first.files] == [
        ("all.zip/a.csv", "accepted"),
        ("all.zip/notes.txt", "refused"),
        ("all.zip/b.csv", "accepted"),
    ]
    assert "all.zip/notes.txt has no header" in first.files[1].reason
    # a refusal may depend on the store, so the archive is looked at again
    assert [f.status for f in second.files] == ["unchanged", "refused", "unchanged"]
    names = con.execute("select file_name from ledger_batches order by batch_no").fetchall()
    assert names == [("all.zip/a.csv",), ("all.zip/notes.txt",), ("all.zip/b.csv",)]


def test_an_archive_read_whole_is_not_opened_again(
    monkeypatch: pytest.MonkeyPatch, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    archive = write("all.zip", zipped(**{"a.csv": prices, "b.csv": header + bar(11)}))
    assert take(archive).rows_accepted == 4
    monkeypatch.setattr(packed, "unpack", None)

    again = take(archive)

    assert [(f.path.name, f.status, f.rows_read) for f in again.files] == [
        ("a.csv", "unchanged", 3),
        ("b.csv", "unchanged", 1),
    ]


def test_names_in_an_archive_are_words_and_lead_nowhere(
    tmp_path: Path, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    hostile = zipped(
        **{"../../../escaped.csv": prices, "/etc/absolute.csv": header + bar(11),
           "C:\\windows\\drive.csv": header + bar(12), "\x1b[31mred.csv": header + bar(13)}
    )  # fmt: skip

    report = take(write("h.zip", hostile))

    assert [f.status for f in report.files] == ["accepted"] * 4
    inbox = tmp_path / "inbox"
    assert [f.path.relative_to(inbox).as_posix() for f in report.files] == [
        "h.zip/escaped.csv", "h.zip/etc/absolute.csv", "h.zip/C/windows/drive.csv",
        "h.zip/\ufffd[31mred.csv",
    ]  # fmt: skip
    assert [path.name for path in inbox.iterdir()] == ["h.zip"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "inbox"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_two_batches(
    take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.csv", prices)
        archive.writestr("a.csv", header + bar(11))

    report = take(write("twice.zip", written.getvalue()))

    assert [(f.path.name, f.rows_accepted) for f in report.files] == [("a.csv", 3), ("a.csv#2", 1)]


def _tar() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return written.getvalue()


def _locked() -> bytes:
    data = bytearray(zipped(**{"a.csv": "x,y\n"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BOMB = bytes(80 << 20)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.csv.gz": (lambda: gzip.compress(BOMB), "expands to more than 200 times"),
    "bomb.csv.zst": (lambda: zstd.compress(BOMB), "expands to more than 200 times"),
    "bomb.zip": (lambda: zipped(**{"a.csv": BOMB}), "expands to more than 200 times"),
    "cut.csv.gz": (lambda: gzip.compress(b"a,b\n1,2\n" * 900)[:-20], "cannot be unpacked"),
    "cut.csv.zst": (lambda: zstd.compress(b"a,b\n1,2\n" * 900)[:-5], "cannot be unpacked"),
    "cut.zip": (lambda: zipped(**{"a.csv": "a,b\n"})[:-8], "cannot be unpacked"),
    "bad.zip": (
        lambda: zipped(**{"a.csv": "a,b\n" * 9}).replace(b"PK\x01\x02", b"PK\x01\x03"),
        "cannot be unpacked",
    ),
    "empty.zip": (zipped, "holds 0 files"),
    "many.zip": (lambda: zipped(**{f"{n}.csv": "" for n in range(1001)}), "holds 1,001 files"),
    "a.tar.gz": (lambda: gzip.compress(_tar()), "is a tar archive"),
    "locked.zip": (_locked, "a.csv is locked with a password"),
    "deep.csv": (
        lambda: gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"a,b\n")))),
        "packed more than 3 deep",
    ),
    "word.docx": (
        lambda: zipped(**{"word/document.xml": ""}), "an office file other than .xlsx",
    ),
    "empty.csv.gz": (lambda: gzip.compress(b""), "empty.csv.gz is empty"),
}  # fmt: skip


def test_what_cannot_be_unpacked_is_refused_by_name_and_leaves_nothing_behind(
    home: Home, take: Take, write: Write
) -> None:
    for name, (content, says) in REFUSED.items():
        report = take(write(name, content())).files[0]

        assert report.status == "refused", name
        assert says in report.reason, name
        assert name in report.reason
        assert report.way_out, name
    assert list(home.root.glob(".ingest-*")) == []


def test_many_small_bombs_in_one_archive_count_together(
    take: Take, write: Write, prices: str
) -> None:
    parts = {f"{n}.csv": bytes(9 << 20) for n in range(8)}

    report = take(write("bombs.zip", zipped(**{"good.csv": prices, **parts})))

    assert report.files[0].status == "accepted"
    assert "expands to more than" in report.files[-1].reason


def test_text_that_shrinks_well_is_no_bomb(take: Take, write: Write, header: str, bar: Bar) -> None:
    text = header + bar(8) * 20_000  # 60 to 1 and more
    content = gzip.compress(text.encode())
    assert len(text) > 100 * len(content)

    report = take(write("same.csv.gz", content)).files[0]

    assert (report.rows_read, report.rows_accepted) == (20_000, 1)


def test_a_run_that_died_between_two_tables_of_an_archive_goes_on_with_the_second(
    monkeypatch: pytest.MonkeyPatch, take: Take, write: Write, prices: str, header: str, bar: Bar
) -> None:
    archive = write("all.zip", zipped(**{"a.csv": prices, "b.csv": header + bar(11)}))
    whole = packed._Unpacking._member
    calls = []

    def die_at_second(self: packed._Unpacking, *args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(packed._Unpacking, "_member", die_at_second)
    with pytest.raises(KeyboardInterrupt):
        take(archive)

    report = take(archive)

    assert [(f.status, f.rows_accepted) for f in report.files] == [
        ("unchanged", 0),
        ("accepted", 1),
    ]


def test_no_damage_to_a_packed_file_is_more_than_a_refusal(tmp_path: Path) -> None:
    table = b"symbol,mic\nNVDA,XNAS\n" * 30
    whole = [
        gzip.compress(table), zstd.compress(table), zipped(**{"a.csv": table, "b/c.csv": table}),
        zipped(**{"xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": "<x/>"}),
        "日期,收盘\n1,2\n".encode("gb18030"), table.decode().encode("utf-16"),
    ]  # fmt: skip
    file, spool = tmp_path / "f", tmp_path / "spool"
    spool.mkdir()
    chance = random.Random(20261124)  # noqa: S311  for the same damage each time

    told = 0
    for _ in range(600):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 20))] = chance.randbytes(
                chance.choice((1, 1, 8))
            )
        file.write_bytes(data)
        if packed.is_packed(file):
            for part in packed.unpack(
                Original(file, "0" * 64, len(data)), "f", spool, Home(tmp_path)
            ):
                with suppress(Refused):
                    told += bool(part.received().header)
            assert list(spool.iterdir()) == []

    assert told > 50
