"""A figure is found by the id that any edition gave it, of today's key or of an earlier one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from flows.brief import figure
from flows.brief.difference import difference
from warehouse.errors import WrongUse
from warehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

SERIES = "nvidia--china-incl-hk--customer_hq--total"
BOTH = f"rpt_revenue.{SERIES}|2026-01-26|2026-04-26.revenue_usd"
FIRST = f"rpt_revenue.{SERIES}|2026-01-26.revenue_usd"


def edition_of(home: Path) -> str:
    return next((home / "briefings").glob("weekly-*")).name


def in_the_older_shape(home: Path) -> None:
    """Make the edition one that was written before the key held the end of the period."""
    path = home / "briefings" / edition_of(home) / "data.json"
    data = json.loads(path.read_text())
    grain = data["tables"]["rpt_revenue"]["grain"]
    assert grain == ["series_key", "period_start", "period_end"]
    data["tables"]["rpt_revenue"]["grain"] = grain[:2]
    path.write_text(json.dumps(data))


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("figure_id", [BOTH, FIRST])
def test_ids_of_both_keys_are_understood_in_editions_of_either(
    own_home: Path, figure_id: str, is_older: bool
) -> None:
    if is_older:
        in_the_older_shape(own_home)

    found = figure.find(Home(own_home), edition_of(own_home), figure_id)

    assert found.figure_id == (FIRST if is_older else BOTH)
    assert found.value == 4_550_000_000


def test_an_older_id_that_means_two_figures_names_both(own_home: Path) -> None:
    path = own_home / "briefings" / edition_of(own_home) / "data.json"
    data = json.loads(path.read_text())
    table = data["tables"]["rpt_revenue"]
    names = [column[0] for column in table["columns"]]
    end = names.index("period_end")
    row = next(r for r in table["rows"] if r[:1] == [SERIES] and r[end] == "2026-04-26")
    table["rows"].append([*row[:end], "2026-07-26", *row[end + 1 :]])
    path.write_text(json.dumps(data))

    with pytest.raises(WrongUse) as error:
        figure.find(Home(own_home), edition_of(own_home), FIRST)

    assert BOTH in str(error.value.way_out)


def test_an_edition_of_the_older_key_is_compared_with_a_newer_one(own_home: Path) -> None:
    older = edition_of(own_home)
    newer = own_home / "briefings" / f"{older}-again"
    newer.mkdir()
    for path in (own_home / "briefings" / older).iterdir():
        if path.suffix == ".json":
            (newer / path.name).write_bytes(path.read_bytes())
    in_the_older_shape(own_home)

    assert difference(Home(own_home), older, newer.name).changes.items == ()
    assert difference(Home(own_home), newer.name, older).changes.items == ()
