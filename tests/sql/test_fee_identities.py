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

from flows import assets
from flows.build.current import VERSION_COLUMNS
from flows.build.model import Model, load_models
from flows.build.trial import PARAMETER_COLUMNS, try_model
from flows.ingest.shapes import shapes
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

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
    return load_models(assets.asset("sql"))["fct_fee_scenario"]


@pytest.fixture(scope="module")
def table_shapes() -> dict[str, dict[str, str]]:
    inputs = load_models(assets.asset("sql"))["int_scenario_input"]
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
