"""The bundled records give the article's claims the verdicts that DOMAIN's table gives them.

Worked out by hand from the sources; a change of records that moves one of them must be meant.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from warehouse.home import Home
from warehouse.store import open_published

if TYPE_CHECKING:
    from pathlib import Path

VERDICTS = {
    "C1": ("true_only_if", "A; B"),
    "C2": ("true_only_if", "B"),
    "C3": ("cannot_verify", None),
    "C4": ("true", "A"),
    "C5": ("partly_true", "A; B"),
    "C6": ("true_only_if", "A; B; E"),
    "C7": ("true_only_if", "A"),
    "C8": ("true_only_if", "A"),
    "C9": ("true", "A"),
    "C10": ("partly_true", "A; B; C"),
}
VALUES = {
    ("C1", "A"): "13.37",
    ("C1", "B"): "13.37",
    ("C1", "C"): "6.69",
    ("C1", "D"): "6.69",
    ("C1", "E"): "1.20",
    ("C1", "F"): "1.52",
    ("C2", "A"): "20.00",
    ("C2", "B"): "46.88",
    ("C2", "C"): "0.00",
    ("C2", "D"): "0.00",
    ("C2", "E"): "43.28",
    ("C3", "B"): "-0.31",
    ("C3", "C"): "1.72",
    ("C4", "A"): "4508865000000.00",
    ("C5", "C"): "0.20",
    ("C6", "A"): "0.88",
    ("C6", "B"): "0.60",
    ("C6", "C"): "0.00",
    ("C6", "D"): "890000000.00",
    ("C6", "E"): "555555.56",
    ("C7", "A"): "55.00",
    ("C7", "B"): "40.00",
    ("C7", "C"): "8.00",
    ("C7", "D"): "25.00",
    ("C8", "A"): "95.00",
    ("C8", "B"): "66.00",
    ("C8", "C"): "70.00",
    ("C9", "A"): "20231113.00",
    ("C10", "A"): "1.28",
    ("C10", "B"): "5.73",
    ("C10", "E"): "-0.72",
}


@pytest.fixture(scope="module")
def claims(briefed_home: Path) -> list[tuple[str, str, str, str | None, Decimal | None, str]]:
    with open_published(Home(briefed_home)) as con:
        return con.execute(
            "select claim_id, definition_id, claim_verdict, true_definitions, computed_value,"
            " verdict from fct_claim"
        ).fetchall()


def test_each_claim_has_the_verdict_worked_out_by_hand(claims: list[tuple[str, ...]]) -> None:
    assert {claim: (said, by) for claim, _, said, by, _, _ in claims} == VERDICTS


def test_each_definition_gives_the_value_worked_out_by_hand(claims: list[tuple[str, ...]]) -> None:
    given = {
        (claim, definition): round(Decimal(value), 2)
        for claim, definition, _, _, value, _ in claims
        if value is not None
    }

    assert {key: given[key] for key in VALUES} == {k: Decimal(v) for k, v in VALUES.items()}


def test_the_after_hours_move_is_not_computed_from_anything(claims: list[tuple[str, ...]]) -> None:
    after_hours = [row for row in claims if row[:2] in {("C3", "A"), ("C4", "B")}]

    assert [(row[4], row[5]) for row in after_hours] == [(None, "cannot_verify")] * 2


def test_no_duty_is_a_point_and_the_oral_arrangements_took_nothing(briefed_home: Path) -> None:
    with open_published(Home(briefed_home)) as con:
        fees = {
            row[0]: row[1:]
            for row in con.execute(
                "select fee_id, sum(fee_low_usd), sum(fee_high_usd), sum(announced_high_usd)"
                " from rpt_fee group by fee_id"
            ).fetchall()
        }

    assert fees["fee-232-b1"] == (Decimal(0), Decimal(222_500_000), None)
    assert fees["fee-15-h20"][:2] == fees["fee-15-mi308"][:2] == (None, None)
    assert fees["fee-15-mi308"][2] == Decimal(58_500_000)
