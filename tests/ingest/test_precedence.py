"""Which version counts: not by the order in which files came, but by day, source and correction."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.build.current import create_landed_views, create_views
from flows.ingest.run import ingest
from warehouse import content, store
from warehouse.home import Home
from warehouse.publish import publish

if TYPE_CHECKING:
    import duckdb

    from tests.ingest.conftest import Bar, Take, Write

INVESTING = """\
"Date","Price","Open","High","Low","Vol.","Change %"
"12/16/2025","7.0712","7.0700","7.0760","7.0680","","-0.02%"
"""
SOURCES = "key,title,source_kind,precedence,published_on,source_id,confidence,note\n"


def _closes(con: duckdb.DuckDBPyConnection, known_to: str = "2026-01-05") -> list[Any]:
    create_views(con, dt.date.fromisoformat(known_to), content.current_catalog(con))
    return con.execute(
        "select day(traded_on), close, source_id from rec_prices order by 1"
    ).fetchall()


def _disagreements(con: duckdb.DuckDBPyConnection) -> list[Any]:
    create_views(con, dt.date(2026, 1, 5), content.current_catalog(con))
    return con.execute(
        "select taken_source_id, other_source_id, field || ': ' || taken_value || ' / ' ||"
        " other_value from rec_disagreements order by all"
    ).fetchall()


HEADER = (
    "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,source_id,"
    "confidence,is_withdrawn\n"
)
_ROWS = st.lists(
    st.builds(
        lambda day, late, source, close, gone: (
            f"NVDA,XNAS,2025-12-{day:02},split,180,190,170,{close},1,USD,"
            f"2025-12-{day + late:02},{source},seen-secondary,{'true' if gone else ''}\n"
        ),
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from(["A", "B", "C;A"]),
        st.integers(171, 189),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
    # one word a key, day and source: another would be a correction, which the last one wins
    unique_by=lambda row: (row.split(",")[2], row.split(",")[10], row.split(",")[11]),
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=_ROWS, data=st.data())
@pytest.mark.trial
def test_rows_in_any_order_and_any_files_give_the_same_records(
    rows: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*rows, *data.draw(st.lists(st.sampled_from(rows)))]))
    cut = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
    parts = [shuffled[a:b] for a, b in zip([0, *cut], [*cut, len(shuffled)], strict=True)]

    assert _after([rows]) == _after([part for part in parts if part])


def _after(files: list[list[str]]) -> tuple[Any, ...]:
    """Current records, all versions and disagreements after the files came in this order."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.root.mkdir()
        with store.open_warehouse(home) as con:
            for number, rows in enumerate(files):
                file = Path(folder) / f"{number}.csv"
                file.write_text(HEADER + "".join(rows))
                report = ingest(con, home, [file])
                assert report.rows_quarantined == 0
            versions = con.execute(
                "select traded_on, published_on, source_id, close, is_withdrawn"
                " from raw_prices order by all"
            ).fetchall()
            return _closes(con), versions, _disagreements(con)


def test_two_sources_of_one_bar_are_both_kept_and_the_difference_is_told(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("b.csv", header + bar(8, source_id="B", close="186") + bar(9, source_id="B")))
    take(write("a.csv", header + bar(8, source_id="A") + bar(9, source_id="A")))

    assert [row[2] for row in _closes(con)] == ["A", "A"]
    assert con.execute("select count(*) from raw_prices").fetchall() == [(4,)]
    assert _disagreements(con) == [("A", "B", "close: 185.5 / 186")]


def test_two_sources_in_one_file_are_no_conflict_and_one_source_twice_is(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    rows = bar(8, source_id="A") + bar(8, source_id="B", close="186")
    report = take(write("two.csv", header + rows + bar(9) + bar(9, close="186"))).files[0]

    assert (report.rows_accepted, report.rows_quarantined) == (2, 2)


def test_the_precedence_that_a_source_states_decides_from_its_day(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("ab.csv", header + bar(8, source_id="A") + bar(8, source_id="B", close="186")))
    stated = "B,The exchange,exchange,1,2025-12-20,T,seen-primary,It is the venue itself.\n"
    take(write("sources.csv", SOURCES + stated))

    assert [row[2] for row in _closes(con, "2025-12-19")] == ["A"]
    assert [row[2] for row in _closes(con, "2025-12-20")] == ["B"]
    assert _disagreements(con) == [("B", "A", "close: 186 / 185.5")]


def test_a_correction_by_the_same_source_wins_though_it_names_another_beside(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, header: str, bar: Bar
) -> None:
    take(write("a.csv", header + bar(8, source_id="A;B")))
    take(write("b.csv", header + bar(8, source_id="A", close="186")))

    assert [(int(row[1]), row[2]) for row in _closes(con)] == [(186, "A")]
    assert _disagreements(con) == []


def test_a_withdrawal_takes_a_record_back_from_its_day_and_history_stays(
    con: duckdb.DuckDBPyConnection, take: Take, write: Write, bar: Bar
) -> None:
    day = bar(8).rstrip() + ",\n"
    gone = bar(8, published_on="2025-12-20").rstrip() + ",true\n"
    back = bar(8, published_on="2025-12-28", close="187").rstrip() + ",\n"
    take(write("withdrawn.csv", HEADER + gone))
    take(write("all.csv", HEADER + day + back))

    days = ("2025-12-07", "2025-12-08", "2025-12-19", "2025-12-20", "2025-12-27", "2025-12-28")
    known = {on: [int(row[1]) for row in _closes(con, on)] for on in days}

    assert known == {
        "2025-12-07": [], "2025-12-08": [185], "2025-12-19": [185],
        "2025-12-20": [], "2025-12-27": [], "2025-12-28": [187],
    }  # fmt: skip
    assert con.execute("select count(*) from raw_prices").fetchall() == [(3,)]


@pytest.mark.parametrize(
    ("known_to", "china"),
    [
        ("2025-03-26", {}),
        ("2025-03-27", {"billing": 17_108_000_000}),
        ("2026-02-27", {"billing": 17_108_000_000}),
        ("2026-02-28", {"billing": 17_108_000_000, "customer_hq": 25_048_000_000}),
    ],
)
def test_nvidias_fiscal_2025_china_revenue_stands_on_both_bases_each_from_its_day(
    sales: duckdb.DuckDBPyConnection, known_to: str, china: dict[str, int]
) -> None:
    create_views(sales, dt.date.fromisoformat(known_to), content.current_catalog(sales))

    rows = sales.execute(
        "select basis, revenue from rec_sales where vendor = 'NVIDIA' and segment = 'Total'"
        " and region = 'China incl. HK' and fiscal_period = 'FY25' and value_type = 'ytd'"
    ).fetchall()
    assert dict(rows) == china


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store with the bundled sales alone."""
    from flows import assets

    home = Home(tmp_path_factory.mktemp("sales"))
    with store.open_warehouse(home) as con:
        ingest(con, home, [assets.seeds() / "sales.csv"])
        yield con


@pytest.mark.trial
def test_the_bundled_records_in_another_order_and_other_files_give_the_same_marts(
    tmp_path: Path,
) -> None:
    """Reference and sales records, each file cut in two and turned round; every model compared."""
    from flows import assets
    from flows.build.run import build

    kinds = ("sales", "companies", "sources", "fees", "share_estimates")
    seeds = [assets.seeds() / f"{kind}.csv" for kind in kinds]
    turned = []
    for seed in reversed(seeds):
        header, *rows = seed.read_text("utf-8").splitlines()
        assert not any(row.count('"') % 2 for row in rows)
        for part in (rows[::-2], rows[-2::-2]):
            path = tmp_path / f"{len(turned)}-{seed.name}"
            path.write_text("\n".join([header, *part]) + "\n", "utf-8")
            turned.append(path)

    def models_after(name: str, files: list[Path]) -> dict[str, str]:
        home = Home(tmp_path / name)
        home.root.mkdir()
        with store.open_warehouse(home) as con:
            ingest(con, home, files)
            build(con, home, as_of=dt.date(2025, 12, 31))
            names = con.execute("select model from ledger_models order by 1").fetchall()
            return {model: content.hash_of(con, model) for (model,) in names}

    straight, other = models_after("straight", seeds), models_after("turned", turned)

    assert len(straight) > 70
    assert {m for m in straight if straight[m] != other[m]} == set()


def test_an_answer_for_another_day_takes_the_versions_that_the_build_takes(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, header: str, bar: Bar
) -> None:
    say = "{0},{0},database,{1},2022-01-01,T,seen-secondary,\n"
    take(write("sources.csv", SOURCES + say.format("A", 20) + say.format("B", 10)))
    take(write("a.csv", header + bar(8, source_id="A") + bar(9, source_id="A")))
    take(write("b.csv", header + bar(8, source_id="B", close="186")))
    gone = bar(9, source_id="A", published_on="2025-12-10").replace("\n", ",true\n")
    take(write("gone.csv", header.replace("\n", ",is_withdrawn\n") + gone))
    small = ["raw_sources", "ledger_batches", "ledger_quarantine", "ledger_kinds"]
    publish(con, home, small, "build-1")

    for day in (dt.date(2025, 12, 9), dt.date(2025, 12, 10)):
        create_views(con, day, content.current_catalog(con))
        with store.connect(":memory:") as asked:
            asked.execute(f"attach '{home.published_file}' as published (read_only)")
            create_landed_views(asked, "prices", day, "published", home)
            for view in ("rec_prices", "rec_prices_versions"):
                query = f"select * from {view} order by all"
                built = con.execute(query).fetchall()
                assert asked.execute(query).fetchall() == built
                assert built
            taken = asked.execute("select source_id from rec_prices order by traded_on").fetchall()
        assert taken == ([("B",), ("A",)] if day.day == 9 else [("B",)])


@pytest.mark.parametrize("ecb_last", [False, True])
def test_the_reference_rate_of_the_ecb_is_taken_before_a_close_of_the_same_day(
    ecb_last: bool, con: duckdb.DuckDBPyConnection, take: Take, write: Write
) -> None:
    seeds = Path(__file__).parents[2] / "warehouse" / "seeds" / "sources.csv"
    files = [
        write("eurofxref.csv", "Date,USD,CNY,\n2025-12-16,1.1650,8.2300,\n"),
        write("USD_CNY Historical Data.csv", INVESTING),
    ]

    report = take(seeds, *(reversed(files) if ecb_last else files))

    assert not report.refused_any
    create_views(con, dt.date(2026, 1, 5), content.current_catalog(con))
    taken = con.execute(
        "select source_id, cast(usd_rate as varchar) from rec_fx"
        " where currency = 'CNY' and rate_on = '2025-12-16'"
    ).fetchall()
    assert taken == [("ECB", "0.1415552855")]  # 1.1650 / 8.2300
    (row,) = _disagreements(con)
    assert row[:2] == ("ECB", "PX-INVESTING")
    assert "usd_rate: 0.1415552855" in row[2]
