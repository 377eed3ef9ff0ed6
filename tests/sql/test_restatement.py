"""A restated figure is never subtracted from one of another vintage, on any day that is asked of.

The filings go in by the program's own door and come out of the models of the build.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from flows.build.what_if import what_if
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = (
    "sale_id,vendor,segment,region,basis,scope,fiscal_period,period_start,period_end,revenue,"
    "currency,value_type,published_basis,published_on,source_id,confidence\n"
)
ROW = (
    "{id},Restater,Total,China,unspecified,company,{name},2025-01-01,{end},{revenue},CNY,ytd,"
    "stated,{published},HYG-F10,seen-primary\n"
)
Q1 = {"id": "r-q1", "name": "2025Q1", "end": "2025-03-31"}
H1 = {"id": "r-h1", "name": "2025H1", "end": "2025-06-30"}
FIRST = [
    Q1 | {"revenue": 100, "published": "2025-04-30"},
    H1 | {"revenue": 250, "published": "2025-08-31"},
]
Q1_RESTATED = Q1 | {"revenue": 90, "published": "2026-04-30"}
H1_RESTATED = H1 | {"revenue": 240, "published": "2026-08-31"}


@pytest.fixture(scope="module")
def pieces(
    tmp_path_factory: pytest.TempPathFactory, run_chipbrief: Callable[..., Any]
) -> Callable[[str], dict[str, tuple[Decimal | None, str]]]:
    """By piece of the vendor's year: its value and how it is known, as of a day."""
    folder = tmp_path_factory.mktemp("restated")
    files = {"sales.csv": FIRST, "sales_q1.csv": [Q1_RESTATED], "sales_h1.csv": [H1_RESTATED]}
    for name, rows in files.items():
        (folder / name).write_text(HEAD + "".join(ROW.format(**row) for row in rows), "utf-8")
    home = Home(folder / "home")
    done = run_chipbrief(home.root, "ingest", *(str(folder / name) for name in files))
    assert done.returncode == 0, done.stdout + done.stderr

    def asked(day: str) -> dict[str, tuple[Decimal | None, str]]:
        with what_if(home.warehouse_file, dt.date.fromisoformat(day), ["int_sales_fiscal"]) as con:
            rows = con.execute(
                "select fiscal_period, value, method from int_sales_fiscal"
                " where vendor = 'Restater'"
            ).fetchall()
        return {name: (value, method) for name, value, method in rows}

    return asked


def test_before_any_restatement_the_second_quarter_is_had_by_difference(
    pieces: Callable[[str], dict[str, tuple[Decimal | None, str]]],
) -> None:
    assert pieces("2026-04-29") == {
        "2025Q1": (Decimal(100), "filed"),
        "2025Q2": (Decimal(150), "differenced"),
    }


def test_trap_11_once_a_part_is_restated_the_difference_is_blank_and_says_so(
    pieces: Callable[[str], dict[str, tuple[Decimal | None, str]]],
) -> None:
    assert pieces("2026-05-31") == {
        "2025Q1": (Decimal(90), "filed"),
        "2025Q2": (None, "restated"),
    }


def test_once_the_whole_is_restated_too_both_are_of_one_vintage_again(
    pieces: Callable[[str], dict[str, tuple[Decimal | None, str]]],
) -> None:
    assert pieces("2026-09-30") == {
        "2025Q1": (Decimal(90), "filed"),
        "2025Q2": (Decimal(150), "differenced"),
    }
