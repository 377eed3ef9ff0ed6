"""An edition is made once, never overwritten, whole or not at all, and can be made again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from flows.brief import edition as editions
from flows.brief.names import edition_name
from warehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from flows.brief.edition import Edition

AS_OF = dt.date(2026, 11, 22)
PERIOD: Any = SimpleNamespace(
    kind="weekly", label="2026-W47", start=dt.date(2026, 11, 16), end=AS_OF, as_of=AS_OF
)
SETTINGS: Any = SimpleNamespace(title="chipbrief", sender="chipbrief@example.org", languages=["en"])
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


@pytest.fixture
def con(briefed_home: Path) -> duckdb.DuckDBPyConnection:
    """The reports of a real run, in a database of their own that a test may change."""
    con = duckdb.connect()
    con.execute(f"attach '{Home(briefed_home).published_file}' as published (read_only)")
    for (name,) in con.execute(
        "select table_name from duckdb_tables() where table_name like 'rpt\\_%' escape '\\'"
    ).fetchall():
        con.execute(f"create table {name} as from published.{name}")
    con.execute("detach published")
    return con


@pytest.fixture
def _without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts have tests of their own; drawing them is most of an edition's time."""
    monkeypatch.setattr("flows.brief.charts.sketch", lambda *_: None)


def make(con: duckdb.DuckDBPyConnection, root: Path, **options: Any) -> Edition:
    options = {"period": PERIOD, "build_id": "b1", "issued_at": NOW, **options}
    return editions.brief(con, Home(root), SETTINGS, **options)


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_standing_edition_is_made_again_byte_for_byte_from_its_own_snapshot(
    briefed_home: Path, edition_folder: Path
) -> None:
    again = editions.again(Home(briefed_home), edition_folder.name)

    assert again == content(edition_folder)


@pytest.mark.usefixtures("_without_charts")
def test_the_second_time_there_is_nothing_to_do(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first = make(con, tmp_path)
    before = content(first.folder)

    second = make(con, tmp_path, build_id="b2", issued_at=NOW + dt.timedelta(days=1))

    assert (first.is_new, second.is_new) == (True, False)
    assert second.edition_id == "weekly-2026-W47"
    assert content(first.folder) == before
    assert editions.standing(Home(tmp_path), PERIOD, "b1", ["en"]) is not None
    assert editions.standing(Home(tmp_path), PERIOD, "b2", ["en"]) is not None
    assert editions.standing(Home(tmp_path), PERIOD, "b3", ["en"]) is None


@pytest.mark.usefixtures("_without_charts")
def test_other_figures_make_a_revision_beside_the_first(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first = make(con, tmp_path)
    before = content(first.folder)
    con.execute("update rpt_chip set tpp = 15800 where chip_id = 'nv-h200-sxm'")

    second = make(con, tmp_path, build_id="b2")

    assert (second.edition_id, second.revision, second.is_new) == ("weekly-2026-W47-r2", 2, True)
    assert content(first.folder) == before
    page = second.pages["en"].read_text("utf-8")
    assert "rpt_chip.nv-h200-sxm.tpp" in page.split('id="changes"')[1].split("<section")[0]
    assert "weekly-2026-W47-r2" in (tmp_path / "briefings" / "index.html").read_text("utf-8")


@pytest.mark.usefixtures("_without_charts")
def test_the_next_period_is_compared_with_the_last_one_of_its_kind(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    week = dt.timedelta(days=7)
    earlier = SimpleNamespace(
        kind="weekly", label="2026-W46", start=PERIOD.start - week, end=AS_OF - week,
        as_of=AS_OF - week,
    )  # fmt: skip
    month = SimpleNamespace(
        kind="monthly", label="2026-10", start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 31),
        as_of=dt.date(2026, 10, 31),
    )  # fmt: skip
    make(con, tmp_path, period=month)
    make(con, tmp_path, period=earlier)

    made = make(con, tmp_path)

    told = json.loads((made.folder / "edition.json").read_text("utf-8"))
    assert told["previous"] == "weekly-2026-W46"


@pytest.mark.usefixtures("_without_charts")
def test_a_refused_file_alone_makes_no_new_edition(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    make(con, tmp_path)
    con.execute("delete from rpt_quality")

    assert not make(con, tmp_path, build_id="b2").is_new


@pytest.mark.usefixtures("_without_charts")
def test_a_language_more_is_a_revision_that_keeps_the_others(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    make(con, tmp_path)

    made = make(con, tmp_path, languages=["zh"])

    assert made.edition_id == "weekly-2026-W47-r2"
    assert sorted(made.pages) == ["en", "zh"]


@pytest.mark.usefixtures("_without_charts")
def test_an_edition_is_whole_or_absent(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.durable.replace", full)
        with pytest.raises(OSError, match="No space left"):
            make(con, tmp_path)

    assert list((tmp_path / "briefings").iterdir()) == []
    assert make(con, tmp_path).is_new


@pytest.mark.usefixtures("_without_charts")
def test_what_a_killed_run_left_is_swept_and_is_no_edition(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    left = tmp_path / "briefings" / ".weekly-2026-W47.part-abc"
    left.mkdir(parents=True)
    (left / "web.en.html").write_text("half")

    made = make(con, tmp_path)

    assert made.is_new
    assert not left.exists()


@pytest.mark.usefixtures("_without_charts")
def test_no_clock_is_on_the_page(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = make(con, tmp_path)
    page = first.pages["en"].read_bytes()
    shutil.rmtree(tmp_path / "briefings")

    later = make(con, tmp_path, issued_at=NOW + dt.timedelta(days=365))

    assert later.pages["en"].read_bytes() == page


@pytest.mark.usefixtures("_without_charts")
def test_progress_reaches_its_total(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    seen: list[Any] = []

    make(con, tmp_path, on_progress=seen.append)

    assert (seen[-1].done, len(seen)) == (seen[-1].total, seen[-1].total)


def test_the_folder_holds_what_its_edition_json_lists(edition_folder: Path) -> None:
    told = json.loads((edition_folder / "edition.json").read_text("utf-8"))

    assert set(told["files"]) == set(content(edition_folder)) - {"edition.json"}
    assert told["languages"] == ["en", "zh"]
    assert told["known"]["rows"]["chips"] > 50


def test_a_view_inside_a_period_has_a_name_of_its_own_and_a_revision_too() -> None:
    end, inside = dt.date(2026, 11, 29), dt.date(2026, 11, 25)

    assert edition_name("weekly", "2026-W48", end, end) == "weekly-2026-W48"
    assert edition_name("weekly", "2026-W48", end, end, 2) == "weekly-2026-W48-r2"
    assert edition_name("weekly", "2026-W48", end, inside, 2) == "weekly-2026-W48-at-2026-11-25-r2"
