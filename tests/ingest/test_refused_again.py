"""A file that was refused whole comes in when it can be read, once; the refusal stays on record."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from flows.ingest import held
from flows.ingest.audit import audit
from flows.ingest.rebuild import rebuild
from flows.ingest.replay import replay
from tests.ingest.conftest import LISTINGS
from warehouse import content, store
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from flows.ingest.replayed import Replayed
    from tests.ingest.conftest import HeldBack, Take, Write
    from warehouse.home import Home

    Again = Callable[..., list[Replayed]]

YAHOO = """\
Date,Open,High,Low,Close,Adj Close,Volume
2026-01-02,189.8,193.6,188.3,188.9,188.9,148240000
2026-01-05,191.8,193.6,186.2,188.1,188.1,18329000
"""
SESSIONS = """\
mic,session_on,open_at,close_at,published_on,source_id,confidence
XNAS,2026-01-05,2026-01-05T14:30:00Z,2026-01-05T21:00:00Z,2022-01-01,T,derived
"""


@pytest.fixture
def again(con: duckdb.DuckDBPyConnection, home: Home) -> Again:
    def run(*names: str, **said: Any) -> list[Replayed]:
        return replay(con, home, names, **said)

    return run


def _left(home: Home) -> list[str]:
    return [row["file_name"] for row in held.refused_files(home, held.manifests(home))]


def test_a_file_that_is_refused_again_changes_nothing(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, again: Again
) -> None:
    take(write("NVDA.csv", YAHOO))
    before = content.of_warehouse(con), sorted(home.manifests.iterdir())

    (done,) = again()

    assert (done.file_name, done.rows_read, done.holds_back) == ("NVDA.csv", 0, True)
    assert "does not say which symbol" in done.still[0].reason
    assert (content.of_warehouse(con), sorted(home.manifests.iterdir())) == before
    assert _left(home) == ["NVDA.csv"]


def test_a_file_that_can_be_read_now_comes_in_once_under_its_own_name(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, again: Again
) -> None:
    refused = take(path := write("NVDA.csv", YAHOO)).files[0]
    take(write("listings.csv", LISTINGS))

    (done,) = again("NVDA.csv")

    assert (done.batch_id, done.kind, done.rows_read, done.rows_accepted, done.holds_back) == (
        refused.batch_id, "prices", 2, 2, False,
    )  # fmt: skip
    assert con.execute(
        "select file_name, reason from ledger_batches where batch_id = ?", [done.released_by]
    ).fetchall() == [("NVDA.csv", f"replay of {refused.batch_id}")]
    assert _left(home) == []
    assert again() == []
    with pytest.raises(WrongUse, match="is held back"):
        again("NVDA.csv")
    assert take(path).files[0].status == "unchanged"


def test_a_day_that_was_unfinished_when_the_file_came_stays_so(
    take: Take, write: Write, again: Again, held_back: HeldBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(write("NVDA.csv", YAHOO))  # on 2026-01-05 before the close
    take(write("listings.csv", LISTINGS), write("sessions.csv", SESSIONS))
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-09T08:00:00+00:00")

    (done,) = again()

    assert (done.rows_read, done.rows_accepted, done.rows_quarantined) == (2, 1, 1)
    assert [(one.line, one.rule) for one in done.still] == [(3, "session_not_closed")]
    assert done.holds_back


@pytest.mark.usefixtures("listings")
def test_what_the_file_does_not_say_can_be_said_in_the_replay(
    home: Home, take: Take, write: Write, again: Again
) -> None:
    take(write("bars.csv", YAHOO))
    assert "does not say which symbol" in again("bars.csv")[0].still[0].reason

    (done,) = again("bars.csv", symbol="NVDA")

    assert done.rows_accepted == 2
    assert _left(home) == []
    with pytest.raises(WrongUse, match="There is no adjustment 'none'"):
        again(adjustment="none")


def test_a_mended_file_answers_the_refusal_and_a_rebuild_knows_it(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    take: Take,
    write: Write,
    again: Again,
    prices: str,
) -> None:
    take(write("bars.csv", "<!doctype html><p>Please log in</p>"))
    mended = write("mended.csv", prices)

    (done,) = again("bars.csv", mended=mended)

    assert (done.rows_accepted, done.holds_back) == (3, False)
    assert _left(home) == []
    assert not [flaw for one in audit(con, home) for flaw in one.flaws]
    before = content.of_warehouse(con)
    con.close()
    rebuild(home)
    with store.open_warehouse(home) as anew:
        assert content.of_warehouse(anew) == before
    assert _left(home) == []


def test_of_a_packed_file_the_tables_that_were_refused_come_in(
    home: Home, take: Take, write: Write, again: Again, prices: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tidy.csv", prices)
        archive.writestr("NVDA.csv", YAHOO)
    take(write("bars.zip", packed.getvalue()))
    assert _left(home) == ["bars.zip/NVDA.csv"]
    take(write("listings.csv", LISTINGS))

    (done,) = again()

    assert (done.file_name, done.rows_accepted) == ("bars.zip/NVDA.csv", 2)
    assert _left(home) == []


def test_received_bytes_that_are_not_as_they_came_are_not_read(
    home: Home, take: Take, write: Write, again: Again
) -> None:
    refused = take(write("bars.csv", "<!doctype html><p>Please log in</p>")).files[0]
    (original,) = (path for path in home.originals.iterdir())
    original.write_text("other")

    (done,) = again(refused.batch_id)

    assert "gone or were changed" in done.still[0].reason


def test_a_mended_file_that_is_not_there_is_wrong_use(
    take: Take, write: Write, again: Again, tmp_path: Path
) -> None:
    take(write("bars.csv", "<!doctype html><p>Please log in</p>"))

    with pytest.raises(WrongUse, match="There is no file"):
        again("bars.csv", mended=tmp_path / "none.csv")
