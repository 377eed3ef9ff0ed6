"""A run that dies is carried forward by the next: the same rows, number, time and bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

import pytest

from flows.ingest import manifest
from warehouse import landed, ledger, store
from warehouse.errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home


class Died(BaseException):
    """Stands in for SIGKILL: nothing that handles errors may swallow it."""


def bytes_of(home: Home) -> dict[str, str]:
    """The hash of every file that a run leaves behind, but for the database."""
    kept = [*home.root.glob("landing/**/*"), *home.root.glob("quarantine/**/*")]
    return {
        path.relative_to(home.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in kept
        if path.is_file()
    }


def table(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("select * from raw_prices order by all").fetchall()


class DieAt(Protocol):
    """Do something that dies where a function is called."""

    def __call__(self, module: object, function: str, do: Callable[[], object]) -> None: ...


@pytest.fixture
def die_at(monkeypatch: pytest.MonkeyPatch) -> DieAt:
    def dies(*_: object, **__: object) -> None:
        raise Died

    def run(module: object, function: str, do: Callable[[], object]) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(module, function, dies)
            with pytest.raises(Died):
                do()

    return run


@pytest.fixture
def dirty(prices: str, bar: Bar) -> str:
    return prices + bar(11, close="-1")


@pytest.mark.parametrize(
    "where",
    [
        (manifest, "commit"),
        (manifest, "write"),
        (landed, "add"),
        (ledger, "record_batch"),
        (ledger, "remember_file"),
    ],
    ids=lambda where: f"{where[0].__name__}.{where[1]}",
)
def test_a_rerun_after_a_death_gives_the_same_bytes_and_rows(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    tmp_path: Path,
    take: Take,
    write: Write,
    dirty: str,
    die_at: DieAt,
    where: tuple[object, str],
) -> None:
    file = write("nvda.csv", dirty)
    die_at(*where, lambda: take(file))

    report = take(file).files[0]

    assert (report.status, report.rows_accepted, report.rows_quarantined) == ("accepted", 3, 1)
    died, rows = bytes_of(home), table(con)
    other = type(home)(tmp_path / "undisturbed")
    with store.open_warehouse(other) as undisturbed:
        from flows.ingest.run import ingest

        ingest(undisturbed, other, [file])
        assert table(undisturbed) == rows
    assert bytes_of(other) == died
    assert take(file).files[0].status == "unchanged"


def test_a_batch_decided_keeps_its_number_and_time_when_another_file_comes_first(
    con: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    take: Take,
    write: Write,
    prices: str,
    header: str,
    bar: Bar,
    die_at: DieAt,
) -> None:
    first = write("nvda.csv", prices)
    die_at(manifest, "commit", lambda: take(first))

    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-06T08:00:00+00:00")
    take(write("later.csv", header + bar(8, close="186")))

    batches = con.execute(
        "select file_name, batch_no, cast(recorded_at as date)::varchar from ledger_batches"
        " order by batch_no"
    ).fetchall()
    assert batches == [("nvda.csv", 1, "2026-01-05"), ("later.csv", 2, "2026-01-06")]
    assert take(first).files[0].status == "unchanged"


def test_a_deleted_warehouse_is_made_again_from_the_landing_files(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    dirty: str,
    header: str,
    bar: Bar,
) -> None:
    files = [
        write("nvda.csv", dirty),
        write("noise.csv", b"\x00\x01" * 99),
        write("mended.csv", header + bar(9, close="186")),
    ]
    take(*files)
    queries = (
        "select * from raw_prices",
        "select * from ledger_batches",
        "select * from ledger_quarantine",
    )
    before = [con.execute(f"{query} order by all").fetchall() for query in queries]
    con.close()
    home.warehouse_file.unlink()

    with store.open_warehouse(home) as again:
        from flows.ingest.run import ingest

        report = ingest(again, home, files)
        after = [again.execute(f"{query} order by all").fetchall() for query in queries]

    assert after == before
    assert [file.rows_accepted for file in report.files] == [3, 0, 1]


def test_landed_rows_that_are_not_those_decided_are_not_committed(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    prices: str,
    die_at: DieAt,
) -> None:
    die_at(manifest, "commit", lambda: take(write("nvda.csv", prices)))
    landed = next(home.root.glob("landing/prices/*.parquet"))
    con.execute(f"copy (from read_parquet('{landed}') limit 1) to '{landed}.cut' (format parquet)")
    (landed.parent / f"{landed.name}.cut").replace(landed)

    with pytest.raises(Trouble, match=r"prices-.*\.parquet is not as it was"):
        take(write("nvda.csv", prices))

    assert table(con) == []


def test_a_manifest_that_is_damaged_is_named(
    home: Home, take: Take, write: Write, prices: str
) -> None:
    home.manifests.mkdir(parents=True)
    (home.manifests / "prices-x.json").write_text("{")

    with pytest.raises(Trouble, match=r"prices-x\.json cannot be read"):
        take(write("nvda.csv", prices))


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_bytes_do_not_depend_on_threads(
    tmp_path: Path,
    write: Write,
    home: Home,
    header: str,
    bar: Bar,
    threads: int,
    said: Callable[[str], str],
) -> None:
    rows = "".join(bar(1 + i % 28, symbol=f"S{i:05}", close=f"{171 + i % 17}") for i in range(3000))
    other = type(home)(tmp_path / f"with {threads}")
    with store.open_warehouse(other) as con:
        con.execute(f"set threads = {threads}")
        from flows.ingest.run import ingest

        ingest(con, other, [write("many.csv", header + rows + bar(8, close="x"))])

    digest = hashlib.sha256(repr(sorted(bytes_of(other).items())).encode()).hexdigest()
    assert said(digest) == digest


@pytest.fixture(scope="module")
def said() -> Callable[[str], str]:
    """Remembers the first answer of this module's tests."""
    first: list[str] = []

    def same(answer: str) -> str:
        first.append(answer)
        return first[0]

    return same
