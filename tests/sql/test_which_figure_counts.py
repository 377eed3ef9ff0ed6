"""Which of several records of sales counts: one rule, in every mart, whatever order they came in.

Precedence of sources decides between voices, the later figure of one voice restates the earlier,
and what nobody has seen displaces nothing. Records go in by the program's own door and come out
of the models of the build.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.build.check import check_model
from flows.build.what_if import what_if
from flows.ingest.run import ingest
from tests import bundled
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    import duckdb

AS_OF = dt.date(2026, 11, 1)
HEAD = (
    "sale_id,vendor,chip_id,segment,region,basis,scope,period_start,period_end,revenue,units,"
    "currency,value_type,published_basis,published_on,source_id,confidence\n"
)
SOURCES = (
    "key,title,source_kind,precedence,publisher,succeeds,published_on,source_id,confidence,note\n"
    "GOOD,Good,filing,1,,,2020-01-01,GOOD,seen-primary,first\n"
    "FARM,Farm,news,9,,,2020-01-01,FARM,seen-primary,last\n"
    "K10,Annual,filing,,Filer,,2020-01-01,K10,seen-primary,\n"
    "Q10,Quarterly,filing,,Filer,,2020-01-01,Q10,seen-primary,\n"
    "OLD,Old blog,blog,,,,2020-01-01,OLD,seen-primary,\n"
    "NEW,New blog,blog,,,OLD,2020-01-01,NEW,seen-primary,\n"
)
MARTS = {
    "fct_sales_quarter": "*",
    "fct_revenue_month": "*",
    "fct_fee_month": "*",
    "fct_coverage": "*",
    "rpt_revenue": "*",
    "rpt_sales_quarter": "*",
    "int_measure": "*",
    "int_contradiction_sales": "* exclude (batch_id, line)",
    "stg_disagreement": "* exclude (taken_batch_id, other_batch_id)",
}
#: A fee on what chip x brings, so that the month's bounds show.
GIVEN = {
    "stg_fee": [
        {
            "fee_id": "fee", "valid_from": "2024-01-01", "rate": "0.25", "base": "seller_revenue",
            "in_force_from": "2024-01-01", "source_id": "F", "confidence": "seen-primary",
        }
    ],
    "int_fee_chip": [
        {
            "fee_id": "fee", "valid_from": "2024-01-01", "chip_id": "x", "matched_by": "named",
            "applies_from": "2024-01-01", "source_id": "F", "confidence": "seen-primary",
        }
    ],
}  # fmt: skip


def _row(sale_id: str, revenue: int | str, **other: str) -> str:
    said = {
        "vendor": "Segco", "chip": "", "segment": "Total", "region": "China", "basis": "billing",
        "scope": "company", "start": "2025-01-01", "end": "2025-03-31", "units": "",
        "currency": "USD", "type": "reported", "published": "2025-04-30", "source": "GOOD",
        "mark": "seen-primary",
    } | other  # fmt: skip
    return (
        "{id},{vendor},{chip},{segment},{region},{basis},{scope},{start},{end},{revenue},{units},"
        "{currency},{type},stated,{published},{source},{mark}\n"
    ).format(id=sale_id, revenue=revenue, **said)


FEW = ["fct_sales_quarter", "int_contradiction_sales", "stg_disagreement"]


@contextmanager
def _built(
    files: Sequence[Sequence[str]], marts: Sequence[str] = FEW
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts after the files came in this order; each holds what its twin states."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.root.mkdir()
        with store.open_warehouse(home) as con:
            sources = Path(folder) / "sources.csv"
            sources.write_text(SOURCES, "utf-8")
            received = [sources]
            for number, rows in enumerate(files):
                received.append(Path(folder) / f"sales_{number}.csv")
                received[-1].write_text(HEAD + "".join(rows), "utf-8")
            assert ingest(con, home, received).rows_quarantined == 0
        with what_if(home.warehouse_file, AS_OF, marts, GIVEN) as con:
            for name in marts:
                assert check_model(con, bundled.models()[name]).findings == []
            yield con


def _quarter(rows: Sequence[str], name: str = "2025Q1") -> tuple[Decimal | None, str]:
    with _built([rows]) as con:
        found = con.execute(
            "select revenue_usd, source_id from fct_sales_quarter where quarter_name = ?", [name]
        ).fetchall()
    assert len(found) == 1, found
    value, source = found[0]
    return value, source


def _pieces(rows: Sequence[str]) -> dict[str, tuple[Any, str]]:
    with _built([rows]) as con:
        return {
            f"{start:%m}-{end:%m}": (value, method)
            for start, end, value, method in con.execute(
                "select period_start, period_end, value, method from int_sales_fiscal order by 1"
            ).fetchall()
        }


ROWS = st.lists(
    st.builds(
        lambda sale_id, revenue, period, source, mark, published, currency, segment: _row(
            sale_id,
            revenue,
            chip="x",
            start=period[0],
            end=period[1],
            source=source,
            mark=mark,
            published=published,
            currency=currency,
            segment=segment,
        ),
        st.sampled_from("abcd"),
        st.integers(1, 5).map(lambda n: n * 1000),
        st.sampled_from(
            [("2025-01-01", "2025-03-31"), ("2025-01-01", "2025-06-30"),
             ("2025-02-01", "2025-04-30"), ("2025-06-10", "2025-06-10")]
        ),
        st.sampled_from(["GOOD", "FARM", "K10", "Q10", "OLD", "NEW;OLD", "UNLISTED"]),
        st.sampled_from(["seen-primary", "seen-secondary", "unverified", "invented"]),
        st.sampled_from(["2025-07-30", "2025-08-30"]),
        st.sampled_from(["USD", "USD", "CNY"]),
        st.sampled_from(["Total", "total", "Cloud", " cloud"]),
    ),
    min_size=2,
    max_size=7,
    # one word a record, day and source: another would be a correction, and the last one wins
    unique_by=lambda row: (row.split(",")[0], *row.rstrip().split(",")[-3:-1]),
)  # fmt: skip


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, data=st.data())
@pytest.mark.trial
def test_no_mart_depends_on_the_order_of_lines_files_or_batches(
    rows: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cut = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=2)))
    parts = [shuffled[a:b] for a, b in zip([0, *cut], [*cut, len(shuffled)], strict=True)]

    assert _content([rows]) == _content([part for part in parts if part])


def _content(files: Sequence[Sequence[str]]) -> dict[str, list[Any]]:
    with _built(files, list(MARTS)) as con:
        return {
            name: con.execute(f"select {columns} from {name} order by all").fetchall()
            for name, columns in MARTS.items()
        }


def test_the_better_precedence_wins_under_one_id_in_either_order_of_lines() -> None:
    rows = [_row("a", 100), _row("a", 170, source="FARM")]

    assert _quarter(rows) == _quarter(rows[::-1]) == (100, "GOOD")


def test_a_correction_of_the_same_source_and_day_received_later_wins() -> None:
    with _built([[_row("a", 100)], [_row("a", 170)]]) as con:
        assert con.execute("select revenue_usd from fct_sales_quarter").fetchall() == [(170,)]


def test_trap_18_an_unverified_figure_under_an_id_of_its_own_displaces_no_filing() -> None:
    filed = [
        _row("q1", 1111, type="ytd", source="K10"),
        _row("h1", 2881, end="2025-06-30", type="ytd", source="K10", published="2025-08-31"),
    ]
    farm = _row("farm", 187, source="LUMI", mark="unverified", published="2026-01-10")

    assert _pieces([*filed, farm]) == {"01-03": (1111, "filed"), "04-06": (1770, "differenced")}
    with _built([[*filed, farm]]) as con:
        restated = con.execute("select restated_on, value_before from int_sales_fiscal").fetchall()
        told = con.execute(
            "select record_key, other_record_key, other_source_id, taken_value, other_value"
            " from stg_disagreement"
        ).fetchall()
    assert restated == [(None, None), (None, None)]
    assert told == [("sale_id=q1", "sale_id=farm", "LUMI", "1111.00", "187.00")]


def test_an_unverified_figure_of_the_same_id_published_later_displaces_none_either() -> None:
    rows = [_row("q1", 1111, source="K10"),
            _row("q1", 187, source="LUMI", mark="unverified", published="2026-01-10")]  # fmt: skip

    assert _quarter(rows) == _quarter(rows[::-1]) == (1111, "K10")
    with _built([rows]) as con:
        told = con.execute("select record_key, other_source_id from stg_disagreement").fetchall()
    assert told == [("sale_id=q1", "LUMI")]


def test_an_unverified_figure_is_used_where_nobody_else_speaks() -> None:
    assert _quarter([_row("farm", 187, source="LUMI", mark="unverified")]) == (187, "LUMI")


def test_a_source_may_lower_its_own_figure_to_unverified() -> None:
    rows = [_row("q1", 100), _row("q1", 90, mark="unverified", published="2025-06-01")]

    assert _quarter(rows) == (90, "GOOD")


def test_the_later_filing_of_one_publisher_restates_the_earlier_and_says_since_when() -> None:
    rows = [_row("q", 100, source="Q10"), _row("k", 90, source="K10", published="2026-03-01")]
    with _built([rows]) as con:
        restated = con.execute(
            "select value, restated_on, value_before from int_sales_fiscal"
        ).fetchall()
        assert con.execute("select count(*) from stg_disagreement").fetchall() == [(0,)]

    assert restated == [(90, dt.date(2026, 3, 1), 100)]


def test_what_succeeds_a_source_restates_it_and_another_source_does_not() -> None:
    old, new = _row("o", 100, source="OLD"), _row("n", 90, source="NEW", published="2026-03-01")
    other = _row("x", 80, source="UNLISTED", published="2026-05-01")

    assert _quarter([old, new, other]) == (90, "NEW")
    assert _quarter([old, other]) == (100, "OLD")


def test_a_surer_voice_comes_first_where_no_precedence_is_stated() -> None:
    rows = [_row("a", 100, source="A1", mark="seen-secondary"), _row("z", 80, source="Z1")]

    assert _quarter(rows) == (80, "Z1")


def test_a_second_currency_beside_the_first_adds_nothing_and_is_told() -> None:
    rows = [_row("usd", 5522), _row("cny", 40000, currency="CNY", source="PAPER",
                                    published="2025-05-02")]  # fmt: skip
    with _built([rows]) as con:
        assert con.execute("select revenue_usd from fct_sales_quarter").fetchall() == [(5522,)]
        told = con.execute("select rule, record_key, against_key from int_contradiction_sales")
        assert told.fetchall() == [("second_currency", "sale_id=cny", "sale_id=usd")]


def test_a_quarter_and_its_half_year_in_two_currencies_are_not_added() -> None:
    rows = [_row("q1", 100), _row("h1", 1500, end="2025-06-30", type="ytd", currency="CNY",
                                  published="2025-08-31")]  # fmt: skip
    with _built([rows]) as con:
        assert con.execute("select sum(revenue_usd) from fct_revenue_month").fetchall() == [(100,)]
        told = con.execute("select rule, record_key from int_contradiction_sales").fetchall()
    assert told == [("second_currency", "sale_id=h1")]


def test_one_series_however_its_vendor_segment_and_region_are_written() -> None:
    rows = [
        _row("h1", 300, end="2025-06-30", type="ytd", published="2025-08-31"),
        _row("q1", 100, vendor="SEGCO", segment="total", region="china"),
    ]

    assert _pieces(rows) == {"01-03": (100, "filed"), "04-06": (200, "differenced")}


def test_two_values_of_one_voice_and_day_are_told_as_a_contradiction() -> None:
    with _built([[_row("a", 100), _row("b", 120)]]) as con:
        assert con.execute("select revenue_usd from fct_sales_quarter").fetchall() == [(100,)]
        told = con.execute("select rule, record_key, against_key from int_contradiction_sales")
        assert told.fetchall() == [("one_voice_two_values", "sale_id=b", "sale_id=a")]


def test_of_three_periods_in_a_row_that_cross_only_the_middle_one_is_left_out() -> None:
    rows = [
        _row("a", 100, published="2025-08-01"),
        _row("b", 100, start="2025-03-01", end="2025-05-31", published="2025-08-01"),
        _row("c", 100, start="2025-05-01", end="2025-07-31", published="2025-08-01"),
    ]
    with _built([rows]) as con:
        used = con.execute("select sale_id from int_sales_fiscal order by 1").fetchall()
        told = con.execute("select rule, record_key from int_contradiction_sales").fetchall()

    assert used == [("a",), ("c",)]
    assert told == [("periods_cross", "sale_id=b")]


@pytest.mark.parametrize("mark", ["unverified", "invented"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-02-01", "2025-02-28"),  # inside
        ("2025-01-01", "2025-01-31"),
        ("2025-01-01", "2025-12-31"),  # around
        ("2024-07-01", "2025-06-30"),
        ("2025-02-15", "2025-04-14"),  # across
        ("2024-12-01", "2025-01-31"),
    ],
)
def test_what_nobody_has_seen_splits_no_filed_figure(mark: str, start: str, end: str) -> None:
    rows = [
        _row("filed", 788, published="2025-04-20", source="GOOD"),
        _row("next", 400, start="2025-04-01", end="2025-06-30", published="2025-07-20"),
        _row("farm", 900, start=start, end=end, published="2026-02-28", source="FARM", mark=mark),
    ]
    with _built([rows]) as con:
        used = con.execute(
            "select sale_id, value, method from int_sales_fiscal order by 1"
        ).fetchall()
        told = con.execute("select rule, record_key from int_contradiction_sales").fetchall()

    assert used == [("filed", 788, "filed"), ("next", 400, "filed")]
    assert told == [("unseen_beside_seen", "sale_id=farm")]


def test_each_source_of_a_quarter_is_named_once() -> None:
    rows = [
        _row("q1", 100, end="2025-02-14", source="GOOD;OLD"),
        _row("q2", 100, start="2025-02-15", source="OLD;GOOD;NEW"),
    ]

    assert _quarter(rows) == (200, "GOOD;OLD;NEW")


def test_a_difference_below_nothing_is_marked_where_it_stands() -> None:
    rows = [
        _row("m9", 900, end="2025-09-30", type="ytd", published="2025-10-31"),
        _row("fy", 800, end="2025-12-31", type="ytd", published="2026-03-31"),
    ]
    with _built([rows], ["rpt_revenue", "rpt_sales_quarter"]) as con:
        marked = con.execute(
            "select period_start, revenue_usd, doubt from rpt_revenue where doubt is not null"
        ).fetchall()
        quarters = con.execute(
            "select quarter_name from rpt_sales_quarter where doubt is not null"
        ).fetchall()

    assert marked == [(dt.date(2025, 10, 1), -100, "negative_difference")]
    assert quarters == [("2025Q4",)]


def test_shipments_stand_in_a_table_of_their_own_even_those_on_a_filings_basis() -> None:
    rows = [
        _row("q2", 9000, start="2025-04-01", end="2025-06-30", published="2025-08-01"),
        _row("own", 27, start="2025-06-10", end="2025-06-10", units="1", published="2025-08-01"),
        _row("late", 54, start="2025-07-10", end="2025-07-10", units="2", basis="shipment",
             published="2025-08-01"),
    ]  # fmt: skip
    with _built([rows], ["rpt_shipment", "rpt_sales_quarter"]) as con:
        own = con.execute(
            "select quarter_name, units, revenue_usd, record_count from rpt_shipment order by 1"
        ).fetchall()
        filed = con.execute("select quarter_name, revenue_usd from rpt_sales_quarter").fetchall()

    assert own == [("2025Q2", 1, 27, 1), ("2025Q3", 2, 54, 1)]
    assert filed == [("2025Q2", 9000)]


def test_a_shipment_inside_a_filed_period_raises_the_fees_lower_bound_only() -> None:
    filed = _row("q2", "", chip="x", start="2025-04-01", end="2025-06-30", basis="unspecified",
                 scope="product", published="2025-08-01")  # fmt: skip
    head = HEAD.rstrip() + ",revenue_low,revenue_high\n"
    filed = filed.rstrip() + ",0,9100\n"
    ship = _row("own", 27, chip="x", start="2025-06-10", end="2025-06-10", basis="shipment",
                scope="product", source="OWN", published="2025-08-01")  # fmt: skip
    ship = ship.rstrip() + ",,\n"
    with _fees(head, [filed]) as before, _fees(head, [filed, ship]) as after:
        sums = "select sum(revenue_low_usd), sum(revenue_high_usd), sum(fee_high_usd)"
        assert before.execute(f"{sums} from fct_fee_month").fetchall() == [(0, 9100, 2275)]
        assert after.execute(f"{sums} from fct_fee_month").fetchall() == [(27, 9100, 2275)]


@contextmanager
def _fees(head: str, rows: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.root.mkdir()
        for name, text in (("sources.csv", SOURCES), ("sales.csv", head + "".join(rows))):
            (Path(folder) / name).write_text(text, "utf-8")
        with store.open_warehouse(home) as con:
            files = [Path(folder) / name for name in ("sources.csv", "sales.csv")]
            assert ingest(con, home, files).rows_quarantined == 0
        with what_if(home.warehouse_file, AS_OF, ["fct_fee_month"], GIVEN) as con:
            yield con
