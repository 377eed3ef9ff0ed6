"""Two editions are compared figure by figure, losses first, with the cause that is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import yaml

from flows.assets import asset
from flows.brief import changes as changes_module
from flows.brief.changes import SECTION_OF, Known, compare
from flows.brief.figures import Column, Figures, Row
from flows.brief.language import language
from flows.brief.news import lines
from flows.brief.page import Page
from flows.brief.words import known
from tests.brief.conftest import made

D = Decimal


def chips(tpp: Decimal | None, *more: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"chip_id": "nv-h200-sxm", "short_name": "H200", "tpp": tpp, "duty_band": "band_1"}
    ]
    return rows + [{"chip_id": name, "short_name": name, "tpp": D(1)} for name in more]


def test_the_first_edition_compares_with_nothing() -> None:
    changes = compare(None, made(rpt_chip=chips(D(15832))), "", Known(), Known())

    assert changes.is_first
    assert changes.items == ()


def test_losses_come_before_restatements_before_new_figures() -> None:
    before = made(rpt_chip=chips(D(15832), "gone"))
    now = made(rpt_chip=chips(D(15800), "fresh"))

    changes = compare(before, now, "weekly-2026-W46", Known({}, 1, "a"), Known({}, 2, "a"))

    assert [item.kind for item in changes.items] == ["dropped", "restated", "new"]
    assert [item.figure for item in changes.items] == [
        "rpt_chip.gone.tpp",
        "rpt_chip.nv-h200-sxm.tpp",
        "rpt_chip.fresh.tpp",
    ]
    assert (changes.items[1].before, changes.items[1].now) == (D(15832), D(15800))
    part = changes.parts[0]
    assert part.section == "chips"
    assert {k: n for k, n in part.counts.items() if n} == {"dropped": 1, "restated": 1, "new": 1}


def test_a_cause_is_no_more_exact_than_what_is_known() -> None:
    before, now = made(rpt_chip=chips(D(1))), made(rpt_chip=chips(D(2)))

    def cause(known_before: Known, known_now: Known) -> str:
        return compare(before, now, "x", known_before, known_now).items[0].cause

    assert cause(Known({"chips": 5}, 1, "a"), Known({"chips": 6}, 2, "a")) == "restated_data"
    assert cause(Known({"chips": 5}, 1, "a"), Known({"chips": 5}, 1, "b")) == "changed_code"
    assert cause(Known({"chips": 5}, 1, "a"), Known({"chips": 6}, 2, "b")) == "data_and_code"
    assert cause(Known({"chips": 5}, 1, "a"), Known({"chips": 5}, 1, "a")) == "time"


def test_a_status_that_turns_is_news_and_a_day_that_passes_is_not() -> None:
    row = {"item_kind": "event", "item_id": "e", "status": "scheduled", "days_until": 5}
    before = made(rpt_calendar=[row])

    waited = compare(before, made(rpt_calendar=[{**row, "days_until": 4}]), "x", Known(), Known())
    missed = compare(before, made(rpt_calendar=[{**row, "status": "overdue"}]), "x", Known(),
                     Known())  # fmt: skip

    assert waited.items == ()
    assert [(item.before, item.now) for item in missed.items] == [("scheduled", "overdue")]


def test_what_came_in_is_counted_by_kind() -> None:
    same = made(rpt_chip=chips(D(1)))

    changes = compare(same, same, "x", Known({"sales": 3}, 1, "a"),
                      Known({"sales": 5, "fx": 2}, 2, "a"))  # fmt: skip

    assert [(a.kind, a.rows) for a in changes.records] == [("fx", 2), ("sales", 2)]
    assert changes.items == ()


def test_the_changes_are_told_by_what_they_are_of() -> None:
    share = {
        "event_id": "e", "symbol": "NVDA", "mic": "XNAS", "window_name": "[0]",
        "event_title": "H200 allowed", "event_title_zh": "放行H200", "vendor": "NVIDIA",
    }  # fmt: skip
    more = {"raw_return_pct": D("1.5"), "abnormal_return_pct": D("1.2")}
    before = made(rpt_chip=chips(D(15832)), rpt_reaction=[{**share, **more}])
    now = made(rpt_chip=chips(D("15832.4")), rpt_reaction=[share])
    changes = compare(before, now, "x", Known({}, 1, "a"), Known({}, 2, "a"))

    told = lines(changes, Page(language("en"), "web"))

    assert [(t.kind, t.name, t.column, t.figures, t.before, t.now) for t in told] == [
        ("dropped", "H200 allowed", "", 2, "", ""),
        ("restated", "H200", "TPP", 1, "15,832", "15,832.40"),
    ]
    assert lines(changes, Page(language("zh"), "web"))[0].name == "放行H200"


def test_a_difference_that_rounding_would_hide_is_written_out() -> None:
    def move(value: str) -> Figures:
        return made(rpt_reaction=[{
            "event_id": "e", "symbol": "NVDA", "mic": "XNAS", "window_name": "[0]",
            "event_title": "x", "vendor": "NVIDIA", "raw_return_pct": D(value),
        }])  # fmt: skip

    changes = compare(move("1.234567"), move("1.234568"), "x", Known(), Known())
    (line,) = lines(changes, Page(language("en"), "web"))

    assert (line.before, line.now) == ("1.234567", "1.234568")


def test_every_figure_that_can_change_has_a_name_for_its_column() -> None:
    unnamed = set()
    for model in SECTION_OF:
        twin = yaml.safe_load((asset("sql") / "reports" / f"{model}.yml").read_text("utf-8"))
        for name, stated in twin["columns"].items():
            column = Column(name, str(stated["type"]))
            if changes_module._is_figure(column) and not known("column", name):
                unnamed.add(name)

    assert unnamed == set()


def test_a_headline_of_another_event_is_new_and_no_restatement() -> None:
    def move(event: str, value: str) -> Figures:
        return made(rpt_headline=[{
            "figure_key": "market_move_us", "subject": "NVDA", "text": event, "value": D(value)
        }])  # fmt: skip

    other = compare(move("first", "4.06"), move("second", "-1.44"), "x", Known(), Known())
    same = compare(move("first", "4.06"), move("first", "4.07"), "x", Known(), Known())

    assert [(item.kind, item.before) for item in other.items] == [("new", None)]
    assert [item.kind for item in same.items] == ["restated"]


def test_a_headline_of_more_days_is_extended_and_one_of_another_basis_is_new() -> None:
    def revenue(last: dt.date, value: int, basis: str = "customer_hq") -> Figures:
        return made(rpt_headline=[{
            "figure_key": "china_revenue", "subject": "NVIDIA", "basis": basis, "value": D(value),
            "period_from": dt.date(2025, 1, 27), "period_to": last, "source_id": "Q",
        }])  # fmt: skip

    quarter, half = revenue(dt.date(2025, 4, 27), 9659), revenue(dt.date(2025, 7, 27), 13644)
    other = revenue(dt.date(2025, 4, 27), 5522, "billing")

    (longer,) = compare(quarter, half, "x", Known(), Known()).items
    (shorter,) = compare(half, quarter, "x", Known(), Known()).items
    (billing,) = compare(quarter, other, "x", Known(), Known()).items

    assert (longer.kind, longer.before, longer.now) == ("extended", D(9659), D(13644))
    assert (shorter.kind, shorter.before) == ("new", None)
    assert (billing.kind, billing.before) == ("new", None)


def revenue(last: dt.date, amount: int, source_id: str = "Q1", **more: object) -> dict[str, object]:
    return {
        "series_key": "nvidia", "period_start": dt.date(2025, 1, 27), "period_end": last,
        "vendor": "NVIDIA", "revenue_local": D(amount), "revenue_usd": D(amount),
        "method": "filed", "source_id": source_id, **more,
    }  # fmt: skip


def told(before: list[dict[str, object]], now: list[dict[str, object]]) -> list[tuple[str, str]]:
    """What is told of the revenue in dollars and as filed, of an edition with new records."""
    changes = compare(
        made(rpt_revenue=before), made(rpt_revenue=now), "x", Known({}, 1, "a"), Known({}, 2, "a")
    )
    return [
        (item.kind, item.figure.split("|", 1)[1])
        for item in changes.items
        if item.column.name in ("revenue_usd", "revenue_local")
    ]


QUARTER, HALF = dt.date(2025, 4, 27), dt.date(2025, 7, 27)


def test_a_half_year_is_no_restatement_of_the_quarter_that_begins_with_it() -> None:
    of_half = [f"2025-01-27|2025-07-27.{c}" for c in ("revenue_local", "revenue_usd")]
    of_quarter = [f"2025-01-27|2025-04-27.{c}" for c in ("revenue_local", "revenue_usd")]

    beside = told([revenue(QUARTER, 5)], [revenue(QUARTER, 5), revenue(HALF, 9)])
    instead = told([revenue(QUARTER, 5)], [revenue(HALF, 9)])
    resolved = told([revenue(HALF, 9)], [revenue(QUARTER, 5)])

    assert beside == [("new", of_half[0]), ("new", of_half[1])]
    assert instead == [("extended", of_half[0]), ("extended", of_half[1])]
    assert resolved == [
        ("dropped", of_quarter[0].replace("2025-04-27", "2025-07-27")),
        ("dropped", of_quarter[1].replace("2025-04-27", "2025-07-27")),
        ("new", of_quarter[0]),
        ("new", of_quarter[1]),
    ]


def test_only_a_new_version_of_the_same_record_is_a_restatement() -> None:
    before = [revenue(QUARTER, 5)]

    again = told(before, [revenue(QUARTER, 6)])
    farm = told(before, [revenue(QUARTER, 6, "FARM")])
    rate = told(before, [revenue(QUARTER, 5, revenue_usd=D("5.1"))])

    assert {kind for kind, _ in again} == {"restated"}
    assert {kind for kind, _ in farm} == {"another_record"}
    assert rate == [("updated", "2025-01-27|2025-04-27.revenue_usd")]


def test_a_figure_worked_out_of_several_records_is_updated() -> None:
    def fee(value: int) -> Figures:
        return made(rpt_fee_month=[{
            "fee_id": "f", "vendor": "NVIDIA", "chip_id": "h", "month": dt.date(2026, 2, 1),
            "fee_high_usd": D(value), "source_id": "P",
        }])  # fmt: skip

    (item,) = compare(fee(1), fee(2), "x", Known({}, 1, "a"), Known({}, 2, "a")).items
    (code,) = compare(
        made(rpt_chip=chips(D(1))), made(rpt_chip=chips(D(2))), "x",
        Known({}, 1, "a"), Known({}, 1, "b"),
    ).items  # fmt: skip

    assert (item.kind, item.cause) == ("updated", "new_data")
    assert (code.kind, code.cause) == ("updated", "changed_code")


def test_an_edition_of_the_shorter_key_is_compared_by_both_ends_of_the_period() -> None:
    """Editions written before the id held the end of the period."""
    old = made(rpt_revenue=[revenue(QUARTER, 5), revenue(HALF, 9)])
    table = old["rpt_revenue"]
    short = [Row(row.model, row.key[:2], row.values) for row in table]
    before = Figures(
        old.as_of,
        {"rpt_revenue": replace(table, grain=table.grain[:2], rows=tuple(short[:1]))},
    )

    same = compare(before, made(rpt_revenue=[revenue(QUARTER, 5)]), "x", Known(), Known())
    half = compare(before, made(rpt_revenue=[revenue(HALF, 9)]), "x", Known(), Known())

    assert same.items == ()
    assert {item.kind for item in half.items} == {"extended"}


@pytest.mark.parametrize("code", ["en", "zh"])
def test_each_kind_of_change_is_told_with_both_values(code: str) -> None:
    before = made(rpt_revenue=[revenue(QUARTER, 5, "A"), revenue(HALF, 9, series_key="other")])
    now = made(rpt_revenue=[
        revenue(QUARTER, 6, "B"),
        revenue(dt.date(2025, 10, 26), 12, series_key="other"),
    ])  # fmt: skip
    changes = compare(before, now, "x", Known({}, 1, "a"), Known({}, 2, "a"))

    found = lines(changes, Page(language(code), "web"))

    assert changes.kinds == ("another_record", "extended")
    assert {(line.kind, line.has_both) for line in found} == {
        ("another_record", True), ("extended", True)
    }  # fmt: skip
    assert all(line.before and line.now for line in found)


def test_another_source_of_the_same_voice_restates() -> None:
    """A filing a year on says anew what the first one said; a farm does not."""
    sources = [
        {"source_key": "Q1", "publisher": "NVIDIA"},
        {"source_key": "Q2", "publisher": "NVIDIA"},
        {"source_key": "FARM"},
    ]

    def kinds(source_id: str) -> set[str]:
        changes = compare(
            made(rpt_revenue=[revenue(QUARTER, 5)], rpt_source=sources),
            made(rpt_revenue=[revenue(QUARTER, 6, source_id)], rpt_source=sources),
            "x", Known({}, 1, "a"), Known({}, 2, "a"),
        )  # fmt: skip
        return {item.kind for item in changes.items}

    assert (kinds("Q2"), kinds("FARM")) == ({"restated"}, {"another_record"})
