"""What a build makes of a change is what it makes of the whole: over random histories, to the row.

The models here are a warehouse in small: shipments cut by month, filings that reach over several,
a rate, sources that disagree, withdrawals, a check, and reports on top. `KEPT_FROM` is set to
nothing, so that every kind is followed, and batches of three sales or more stay in landing files.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import assets
from flows.build import superseded
from flows.build.run import build
from warehouse import landed, ledger, repeated
from warehouse.errors import CheckFailed
from warehouse.home import Home
from warehouse.ledger import Batch
from warehouse.records import KindShape, columns_of, ensure_kinds
from warehouse.store import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

SMALL = Path(__file__).with_name("small")
_MODELS = sorted(path.stem for path in SMALL.glob("*/*.sql"))
_SALES = {"sale_id": "VARCHAR", "vendor": "VARCHAR", "period_start": "DATE", "period_end": "DATE",
          "units": "BIGINT", "published_on": "DATE", "line": "BIGINT", "source_id": "VARCHAR",
          "is_withdrawn": "BOOLEAN"}  # fmt: skip
_RATES = {"month": "DATE", "rate": "BIGINT", "published_on": "DATE", "line": "BIGINT"}

#: Days on which a record becomes known, and as of which a build is made.
_DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=9 * n) for n in range(8)]
_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_MONTHS = [dt.date(2025, month, 1) for month in range(1, 7)]

_sale = st.fixed_dictionaries(
    {
        "sale_id": st.sampled_from("abcdefgh"),
        "vendor": st.sampled_from(["x", "y"]),
        "start": st.sampled_from(_MONTHS),
        "reach": st.sampled_from([0, 0, 0, 40]),
        "units": st.integers(0, 9),
        "published_on": st.sampled_from(_DAYS),
        "source_id": st.sampled_from(["A", "A", "B;A", "C"]),
        "is_withdrawn": st.sampled_from([None, None, None, True]),
    }
)
_rate = st.fixed_dictionaries(
    {
        "month": st.sampled_from(_MONTHS),
        "rate": st.integers(1, 3),
        "published_on": st.sampled_from(_DAYS),
    }
)
_step = st.one_of(
    st.tuples(st.just("sales"), st.lists(_sale, min_size=1, max_size=5)),
    st.tuples(st.just("rates"), st.lists(_rate, min_size=1, max_size=2)),
    st.tuples(st.just("as_of"), st.sampled_from(_DAYS)),
)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Models of this file's own, and no kind too small to be followed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "asset", lambda _: SMALL)
        patch.setattr(superseded, "KEPT_FROM", 0)
        patch.setattr(repeated, "AT_ONCE", 3)
        patch.setattr(landed, "LANDED_FROM", 3)
        yield


def _opened(root: Path) -> tuple[Home, duckdb.DuckDBPyConnection]:
    home = Home(root)
    con = open_warehouse(home)
    ledger.ensure(con)
    kinds = {"sales": KindShape(["sale_id"], _SALES, 1), "rates": KindShape(["month"], _RATES, 1)}
    ensure_kinds(con, kinds)
    return home, con


def _add(con: duckdb.DuckDBPyConnection, kind: str, rows: list[dict[str, Any]]) -> None:
    """Land versions as one batch; of one key, day and source only the last is a version."""
    number = ledger.next_batch_no(con)
    batch = f"b{number}"
    database = con.execute("select path from duckdb_databases() where not internal").fetchall()
    home = Home(Path(database[0][0]).parent)
    columns = ", ".join(f"{name} {type_}" for name, type_ in columns_of(con, f"raw_{kind}").items())
    con.execute(f"create or replace temp table given ({columns})")
    versions = {
        (row.get("sale_id", row.get("month")), row["published_on"], row.get("source_id")): row
        for row in rows
    }
    for line, row in enumerate(versions.values(), start=2):
        values = dict(row)
        if kind == "sales":
            start = values.pop("start")
            values |= {
                "period_start": start,
                "period_end": start + dt.timedelta(days=values.pop("reach")),
            }
        values |= {"line": line, "batch_id": batch, "batch_no": number}
        marks = ", ".join("?" for _ in values)
        names = ", ".join(values)
        con.execute(f"insert into given ({names}) values ({marks})", list(values.values()))
    count = len(versions)
    file = home.landing_file(kind, batch)
    file.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"copy given to '{file}' (format parquet)")
    told = Batch(batch, number, kind, "tidy", "", "", 0, 1, "accepted", "", count, count, 0, 0, _AT)
    assert landed.add(con, home, told) == count
    ledger.record_batch(con, told)


def _content(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Every model's rows as they lie, and in their total order."""
    return {model: con.execute(f'from "{model}"').fetchall() for model in _MODELS}


@settings(max_examples=15, deadline=None)
@given(st.lists(_step, min_size=1, max_size=6))
@pytest.mark.trial
def test_following_a_history_gives_at_each_step_what_building_the_whole_gives(
    steps: list[tuple[str, Any]],
) -> None:
    as_of = _DAYS[3]
    # what readers open is another promise, and most of a small build's time
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.build.run._publish", lambda *_, **__: None)
        followed, mine = _opened(Path(name) / "followed")
        whole, other = _opened(Path(name) / "whole")
        with mine, other:
            for what, content in [("sales", []), *steps]:
                if what == "as_of":
                    as_of = content
                else:
                    _add(mine, what, content)
                    _add(other, what, content)

                one = build(mine, followed, as_of=as_of)
                two = build(other, whole, as_of=as_of, full=True)

                assert one.build_id == two.build_id
                assert _content(mine) == _content(other)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    _, opened = _opened(home.root)
    with opened:
        yield opened


def _sold(
    sale_id: str, month: int, units: int = 1, *, reach: int = 0, day: int = 0, source: str = "A"
) -> Any:
    return {"sale_id": sale_id, "vendor": "x", "start": _MONTHS[month], "reach": reach,
            "units": units, "published_on": _DAYS[day], "source_id": source}  # fmt: skip


def test_a_late_row_and_a_correction_remake_their_months_alone(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _add(con, "sales", [_sold("a", 0), _sold("b", 1), _sold("c", 2)])
    build(con, home, as_of=_DAYS[5])
    # a mark that only a month that is made again loses
    con.execute("update fct_month set records = 100 + month(month)")
    _add(con, "sales", [_sold("late", 0), _sold("c", 2, units=5, day=1)])

    build(con, home, as_of=_DAYS[5])

    rows = con.execute("select month(month), records from fct_month order by month").fetchall()
    assert rows == [(1, 2), (2, 102), (3, 1)]


def test_a_shipment_makes_nothing_again_that_reads_filings_only(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _add(con, "sales", [_sold("a", 0), _sold("f", 0, reach=40)])
    build(con, home, as_of=_DAYS[5])
    _add(con, "sales", [_sold("b", 1)])
    shipped = build(con, home, as_of=_DAYS[5])
    _add(con, "sales", [_sold("g", 1, reach=40)])
    filed = build(con, home, as_of=_DAYS[5])

    assert shipped.built == ["fct_month", "chk_large", "rpt_year"]
    assert "int_filing" in filed.built


def test_a_change_stops_where_a_model_comes_out_as_it_was(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _add(con, "sales", [_sold("a", 0, units=0)])
    _add(con, "rates", [{"month": _MONTHS[0], "rate": 1, "published_on": _DAYS[0]}])
    build(con, home, as_of=_DAYS[5])
    _add(con, "rates", [{"month": _MONTHS[0], "rate": 3, "published_on": _DAYS[1]}])

    again = build(con, home, as_of=_DAYS[5])

    assert again.built == ["stg_rate", "fct_month"]


def test_a_check_fails_on_a_touched_month_and_what_stood_stays(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _add(con, "sales", [_sold("a", 0), _sold("b", 1)])
    build(con, home, as_of=_DAYS[5])
    before = _content(con)
    _add(con, "sales", [_sold("c", 1, units=-5)])

    with pytest.raises(CheckFailed, match=r"units_not_negative fails on 1 row.*2025-02-01"):
        build(con, home, as_of=_DAYS[5])

    assert _content(con) == before


def test_rows_that_are_gone_mean_the_whole(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    _add(con, "sales", [_sold("a", 0), _sold("a", 0, units=7, day=1)])
    _add(con, "sales", [_sold("b", 1)])
    build(con, home, as_of=_DAYS[5])
    con.execute("delete from raw_sales where sale_id = 'a' and units = 7")
    con.execute("update ledger_batches set rows_accepted = 1")

    build(con, home, as_of=_DAYS[5])

    assert con.execute("select sum(units) from fct_month").fetchall() == [(2,)]


def test_another_source_is_told_though_its_row_does_not_count_and_a_third_row_is_no_matter(
    con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    _add(con, "sales", [_sold("a", 0), _sold("b", 1)])
    build(con, home, as_of=_DAYS[5])
    _add(con, "sales", [_sold("a", 0, units=7, source="B")])
    disputed = build(con, home, as_of=_DAYS[5])
    told = con.execute("from stg_disagreement").fetchall()
    _add(con, "sales", [_sold("c", 1)])
    elsewhere = build(con, home, as_of=_DAYS[5])

    assert told == [("sale_id=a", "B", "A", "units", "1", "7")]
    assert "stg_disagreement" in disputed.built
    assert "stg_disagreement" not in elsewhere.built
