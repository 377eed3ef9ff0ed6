"""Two editions are compared figure by figure, losses first, with the cause that is known."""

from __future__ import annotations

from decimal import Decimal

import yaml

from flows.assets import asset
from flows.brief import changes as changes_module
from flows.brief.changes import SECTION_OF, Known, compare
from flows.brief.figures import Column, Figures
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
    assert (part.section, part.dropped, part.restated, part.new) == ("chips", 1, 1, 1)


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
