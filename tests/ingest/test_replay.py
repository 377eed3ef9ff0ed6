"""Rows held back come in when they pass, once, by a batch of their own; the record of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.ingest import held, manifest
from flows.ingest import replay as replaying
from flows.ingest.audit import audit
from flows.ingest.rebuild import rebuild
from flows.ingest.replay import Replayed, replay
from warehouse import content, ledger, store
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home

Replay = Any


@pytest.fixture
def again(con: duckdb.DuckDBPyConnection, home: Home) -> Callable[..., list[Replayed]]:
    def run(*names: str, **said: Any) -> list[Replayed]:
        return replay(con, home, names, **said)

    return run


@pytest.fixture
def bad(take: Take, write: Write, prices: str, bar: Bar) -> Path:
    """A file with three good bars, one without its high as highest and one with a bad day."""
    path = write("bad.csv", prices + bar(11, high="171") + bar(12, traded_on="12/12/2025"))
    take(path)
    return path


def _closes(con: duckdb.DuckDBPyConnection) -> list[int]:
    rows = con.execute("select day(traded_on) from raw_prices order by 1").fetchall()
    return [row[0] for row in rows]


def _open(home: Home) -> list[tuple[str, int]]:
    return [(row["rule"], row["rows"]) for row in held.open_counts(home, held.manifests(home))]


def _still_open(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute(f"select coalesce(sum(rows), 0) from ({ledger.open_sql()})").fetchone()
    return int(row[0]) if row else -1


@pytest.mark.usefixtures("bad")
def test_a_replay_of_the_original_changes_nothing_while_nothing_has_changed(
    con: duckdb.DuckDBPyConnection, home: Home, again: Callable[..., list[Replayed]]
) -> None:
    before = content.of_warehouse(con)

    (done,) = again()

    assert (done.rows_read, done.rows_accepted, done.rows_quarantined) == (2, 0, 2)
    assert [(s.line, s.rule) for s in done.still] == [
        (5, "high_is_highest"),
        (6, "traded_on|not_a_date"),
    ]
    assert content.of_warehouse(con) == before
    assert len(list(home.manifests.glob("*.json"))) == 1


def test_what_a_newer_contract_accepts_comes_in_from_the_original(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    bad: Path,
    again: Callable[..., list[Replayed]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = replaying.check

    def lenient(kind: str, rows: Any) -> Any:
        # the day is still no date: only the bar that broke the rule of the high can pass
        import polars as pl

        return check(kind, rows.with_columns(pl.lit("190").alias("high")))

    monkeypatch.setattr(replaying, "check", lenient)
    (done,) = again("bad.csv")

    assert (done.rows_read, done.rows_accepted, done.rows_quarantined) == (2, 1, 1)
    assert _closes(con) == [8, 9, 10, 11]
    assert _open(home) == [("traded_on|not_a_date", 1)]
    batch = ledger.find_batch(con, done.released_by)
    assert batch is not None
    assert (batch.file_name, batch.rows_read, batch.rows_accepted) == (bad.name, 1, 1)


@pytest.mark.parametrize("whole", [True, False])
def test_a_mended_file_lets_in_what_it_mends_and_the_record_stays(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    bad: Path,
    again: Callable[..., list[Replayed]],
    write: Write,
    header: str,
    prices: str,
    bar: Bar,
    whole: bool,
) -> None:
    mended = write("mended.csv", (prices if whole else header) + bar(11) + bar(12))

    (done,) = again("bad.csv", mended=mended)

    assert (done.rows_read, done.rows_accepted, done.rows_quarantined) == (2, 2, 0)
    assert _closes(con) == [8, 9, 10, 11, 12]
    assert _open(home) == []
    assert _still_open(con) == 0
    rows = held.rows_of(home, held.manifests(home), done.batch_id)
    assert [(row.line, row.released_by) for row in rows] == [
        (5, done.released_by),
        (6, done.released_by),
    ]
    held_ever = con.execute("select sum(rows) from ledger_quarantine").fetchall()
    assert held_ever == [(2,)]


def test_a_replay_twice_changes_nothing(
    con: duckdb.DuckDBPyConnection,
    bad: Path,
    again: Callable[..., list[Replayed]],
    write: Write,
    header: str,
    bar: Bar,
) -> None:
    mended = write("mended.csv", header + bar(11) + bar(12))
    again("bad.csv", mended=mended)
    before = content.of_warehouse(con)

    assert again("bad.csv", mended=mended) == []
    assert again() == []
    assert content.of_warehouse(con) == before


def test_a_mended_file_may_be_mended_further(
    con: duckdb.DuckDBPyConnection,
    bad: Path,
    again: Callable[..., list[Replayed]],
    write: Write,
    header: str,
    bar: Bar,
) -> None:
    first = again("bad.csv", mended=write("m.csv", header + bar(11) + bar(12, close="x")))
    then = again("bad.csv", mended=write("m.csv", header + bar(11) + bar(12)))

    assert [(d.rows_accepted, d.rows_quarantined) for d in (*first, *then)] == [(1, 1), (1, 0)]
    assert _closes(con) == [8, 9, 10, 11, 12]


def test_a_replay_is_rebuilt_from_landing_and_passes_its_audit(
    home: Home,
    con: duckdb.DuckDBPyConnection,
    bad: Path,
    again: Callable[..., list[Replayed]],
    write: Write,
    header: str,
    bar: Bar,
) -> None:
    again("bad.csv", mended=write("mended.csv", header + bar(11) + bar(12)))
    before = content.of_warehouse(con)
    assert [a.flaws for a in audit(con, home) if a.flaws] == []
    con.close()
    home.warehouse_file.unlink()

    assert rebuild(home).after == before
    with store.open_warehouse(home) as made:
        assert _still_open(made) == 0


def test_a_replay_that_dies_once_decided_is_carried_forward(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    bad: Path,
    again: Callable[..., list[Replayed]],
    take: Take,
    write: Write,
    header: str,
    bar: Bar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    mended = write("mended.csv", header + bar(11) + bar(12))
    with monkeypatch.context() as patch:
        patch.setattr(manifest, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            again("bad.csv", mended=mended)
    assert _closes(con) == [8, 9, 10]

    take(bad)

    assert _closes(con) == [8, 9, 10, 11, 12]
    assert _still_open(con) == 0


def test_an_old_row_takes_no_later_versions_place(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    bad: Path,
    again: Callable[..., list[Replayed]],
    take: Take,
    write: Write,
    header: str,
    bar: Bar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take(write("later.csv", header + bar(11, close="188")))
    check = replaying.check

    def lenient(kind: str, rows: Any) -> Any:
        import polars as pl

        return check(kind, rows.with_columns(pl.lit("190").alias("high")))

    monkeypatch.setattr(replaying, "check", lenient)
    (done,) = again()

    assert (done.rows_accepted, done.rows_quarantined) == (0, 2)
    assert "superseded" in {s.rule for s in done.still}


def test_a_bar_of_an_unfinished_day_stays_held_however_late_it_is_replayed(
    home: Home,
    con: duckdb.DuckDBPyConnection,
    take: Take,
    write: Write,
    listings: None,
    again: Callable[..., list[Replayed]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = "mic,session_on,open_at,close_at,published_on,source_id,confidence\n"
    session = (
        "XNAS,2026-01-05,2026-01-05T14:30:00Z,2026-01-05T21:00:00Z,2025-01-01,T,seen-primary\n"
    )
    take(write("sessions.csv", columns + session))
    bars = "Date,Open,High,Low,Close,Volume\n2026-01-05,180,190,170,185,10\n"
    assert take(write("NVDA.csv", bars)).files[0].rows_quarantined == 1

    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-02-05T08:00:00+00:00")
    (done,) = again("NVDA.csv")

    assert (done.rows_accepted, done.still[0].rule) == (0, "session_not_closed")


def test_a_mended_file_that_fits_no_rows_is_refused_with_the_way_out(
    bad: Path, again: Callable[..., list[Replayed]], write: Write, header: str, bar: Bar
) -> None:
    with pytest.raises(WrongUse, match="--mend"):
        again("bad.csv", mended=write("m.csv", header + bar(11)))
    with pytest.raises(WrongUse, match="list"):
        again("other.csv")
    with pytest.raises(WrongUse, match="one batch"):
        again(kind="sales", mended=bad)
