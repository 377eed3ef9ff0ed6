"""Whatever the price, rate and cost, no cent of a fee scenario is lost or made.

Random inputs go through the scenario model itself; its closed forms are worked out again here in
exact fractions, from the formulas and not from the SQL.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.build.current import VERSION_COLUMNS
from flows.build.trial import PARAMETER_COLUMNS, try_model
from flows.ingest.shapes import shapes
from tests import bundled
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.build.model import Model

CENT = Fraction(1, 100)
MONEY = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
RATES = st.integers(1, 999_999).map(lambda millionths: Decimal(millionths) / 10**6)
QUICK = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def scenario() -> Model:
    return bundled.models()["fct_fee_scenario"]


@pytest.fixture(scope="module")
def table_shapes() -> dict[str, dict[str, str]]:
    inputs = bundled.models()["int_scenario_input"]
    return {
        "int_scenario_input": {c.name: c.type for c in inputs.columns},
        "rec_fees": {**shapes()["fees"].columns, **VERSION_COLUMNS},
        "parameters": PARAMETER_COLUMNS,
    }


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:") as opened:
        yield opened


@QUICK
@given(price=MONEY, cost=MONEY, transfer=MONEY, rate=RATES, units=st.integers(0, 10**7))
def test_fee_and_net_revenue_are_the_outlay_and_the_forms_are_the_books(
    con: duckdb.DuckDBPyConnection,
    scenario: Model,
    table_shapes: dict[str, dict[str, str]],
    price: Decimal,
    cost: Decimal,
    transfer: Decimal,
    rate: Decimal,
    units: int,
) -> None:
    own = {
        "chip_id": "x",
        "price_case": "given",
        "volume_case": "given",
        "price_usd": price,
        "unit_cost_usd": cost,
        "transfer_price_usd": transfer,
        "units": units,
        "fee_ids": "f",
    }
    fee = {"fee_id": "f", "rate": rate, "base": "customs_value", "status": "announced"}

    made = try_model(
        con,
        scenario,
        {
            "int_scenario_input": [own],
            "rec_fees": [fee],
            "parameters": [{"as_of": "2026-11-22"}],
        },
        table_shapes,
    )

    assert len(made) == 10
    for row in made:
        assert row["fee_per_unit_usd"] + row["net_revenue_per_unit_usd"] == row["landed_cost_usd"]
        assert row["fee_total_usd"] + row["net_revenue_total_usd"] == row["landed_total_usd"]
        fee_due, outlay = _by_hand(row, price, transfer, rate)
        assert abs(Fraction(row["fee_per_unit_usd"]) - fee_due) <= CENT
        assert abs(Fraction(row["landed_cost_usd"]) - outlay) <= CENT
        _breaks_even(row, price, cost)
        _holds_the_margin(row, price, cost)


def _by_hand(
    row: dict[str, Any], price: Decimal, transfer: Decimal, rate: Decimal
) -> tuple[Fraction, Fraction]:
    """The fee and the buyer's outlay per unit, by the closed form of the base."""
    p, r, passed = Fraction(price), Fraction(rate), Fraction(row["pass_through"])
    if row["base"] == "none":
        return Fraction(0), p
    if row["base"] == "seller_revenue":
        outlay = p * (1 + passed * r / (1 - r))
        return r * outlay, outlay
    value = p if row["base"] == "customs_value_at_price" else Fraction(transfer)
    return r * value, p + passed * r * value


def _breaks_even(row: dict[str, Any], price: Decimal, cost: Decimal) -> None:
    """The break-even volume brings at least the gross profit of the volume without a fee."""
    net = row["net_revenue_per_unit_usd"]
    if price <= cost or net <= cost:
        assert row["break_even_multiple"] is None
        return
    short = (price - cost) * row["units"] - (net - cost) * row["break_even_units"]
    assert short <= (net - cost) / Decimal(10**6)


def _holds_the_margin(row: dict[str, Any], price: Decimal, cost: Decimal) -> None:
    """At the price that holds the margin, what is left of it after fee and cost is that margin.

    (P'(1 - r) - c) / P' = 1 - c / P, so P' = c / (c / P - r); where r >= c / P there is none.
    """
    made, rate = row["hold_margin_price_usd"], Fraction(row["rate"])
    if row["base"] not in ("seller_revenue", "none"):
        assert (made, row["hold_margin_reason"]) == (None, "base_is_not_revenue")
        return
    room = Fraction(cost) / Fraction(price) - rate
    due = Fraction(cost) / room if room > 0 else None
    if due is None or due >= 10**16:
        assert (made, row["hold_margin_reason"]) == (None, "no_price_holds_the_margin")
        return
    assert row["hold_margin_reason"] is None
    slip = CENT + due * (1 + Fraction(cost) / Fraction(price) / room) / 10**12
    assert abs(Fraction(made) - due) <= slip


@QUICK
@given(
    price=MONEY,
    transfer=st.one_of(st.none(), MONEY),
    rate=RATES,
    units=st.integers(0, 10**7),
    status=st.sampled_from(["in_force", "announced", "not_yet_in_force", "superseded"]),
    base=st.sampled_from(["seller_revenue", "customs_value", "unspecified"]),
)
def test_no_amount_stands_in_two_columns_and_bounds_hold_the_press_formula_at_most(
    con: duckdb.DuckDBPyConnection,
    amounts: Model,
    amount_shapes: dict[str, dict[str, str]],
    price: Decimal,
    transfer: Decimal | None,
    rate: Decimal,
    units: int,
    status: str,
    base: str,
) -> None:
    own = {"chip_id": "x", "price_case": "given", "volume_case": "given", "price_usd": price,
           "transfer_price_usd": transfer, "units": units}  # fmt: skip
    fee = {"fee_id": "f", "valid_from": "2026-01-15", "is_current": True, "is_exemption": False,
           "effective_from": "2026-01-15", "status": status, "base": base,
           "rate": rate}  # fmt: skip
    bears = {"chip_id": "x", "fee_id": "f", "valid_from": "2026-01-15"}

    (row,) = try_model(
        con,
        amounts,
        {
            "int_scenario_input": [own],
            "stg_fee": [fee],
            "int_fee_chip": [bears],
            "parameters": [{"as_of": "2026-11-22"}],
        },
        amount_shapes,
    )

    revenue = price * units
    press = row["press_formula_usd"]
    assert abs(Fraction(press) - Fraction(rate) * Fraction(revenue)) <= CENT / 2
    shown = [(row["in_force_low_usd"], row["in_force_high_usd"]),
             (row["announced_low_usd"], row["announced_high_usd"])]  # fmt: skip
    stated = [pair for pair in shown if pair != (None, None)]
    assert len(stated) == (base != "unspecified" and status != "superseded")
    for low, high in stated:
        assert 0 <= low <= high == press
        if base == "customs_value":
            floor = min(transfer, price) * units if transfer is not None else Decimal(0)
            assert abs(Fraction(low) - Fraction(rate) * Fraction(floor)) <= CENT / 2


@pytest.fixture(scope="module")
def amounts() -> Model:
    return bundled.models()["fct_fee_amount"]


@pytest.fixture(scope="module")
def amount_shapes() -> dict[str, dict[str, str]]:
    models = bundled.models()
    read = ("int_scenario_input", "stg_fee", "int_fee_chip")
    tables = {name: {c.name: c.type for c in models[name].columns} for name in read}
    return {**tables, "parameters": PARAMETER_COLUMNS}
