"""The fee calculator: the scenario model run on the user's own price, and the law behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import find_chip, rows
from flows.terminal.wording import label
from warehouse.errors import WrongUse
from warehouse.store import open_published

if TYPE_CHECKING:
    import datetime as dt

    from flows.settings import Settings

_BASES = {
    "none": "of anything",
    "seller_revenue": "of the seller's revenue",
    "customs_value_at_price": "of customs value at the sale price",
    "customs_value_at_transfer_price": "of customs value at unit cost",
}
_LAW = """
select fee.fee_id, fee.title, fee.instrument, fee.status, fee.rate, fee.base, fee.payer,
    fee.inclusion, fee.effective_from, fee.announced_on, chip.applies_from, chip.applies_to,
    chip.matched_by, fee.source_id, fee.confidence
from int_fee_chip as chip
inner join stg_fee as fee on chip.fee_id = fee.fee_id and chip.valid_from = fee.valid_from
where chip.chip_id = ?
order by fee.effective_from desc nulls last, fee.announced_on desc, fee.fee_id
"""


def tell(
    settings: Settings,
    name: str,
    price: float | None,
    units: int,
    cost: float | None,
    as_of: dt.date | None,
    *,
    as_json: bool,
) -> None:
    """Print the fee by rate, base and pass-through for one price, and which law each rests on.

    Raises WrongUse where no price is given and none is on record.
    """
    from flows.build.what_if import what_if

    with open_published(settings.store) as con:
        chip = find_chip(con, name)
        day = as_of or rows(con, "select as_of from parameters")[0]["as_of"]
    file, chip_id = settings.store.published_file, chip["chip_id"]
    with what_if(file, day, ["int_fee_chip", "stg_fee", "int_scenario_input"]) as con:
        laws = rows(con, _LAW, [chip_id])
        known = rows(
            con,
            "select * from int_scenario_input where chip_id = ? order by price_case desc limit 1",
            [chip_id],
        )
    own = _inputs(chip, laws, known, price, units, cost)
    with what_if(file, day, ["fct_fee_scenario"], {"int_scenario_input": [own]}) as con:
        scenarios = rows(con, "select * from fct_fee_scenario order by rate, base, pass_through")
    if as_json:
        answer.to_json({"as_of": day, "inputs": own, "laws": laws, "scenarios": scenarios})
        return
    _show(chip, day, own, laws, scenarios)


def _inputs(
    chip: dict[str, Any],
    laws: list[dict[str, Any]],
    known: list[dict[str, Any]],
    price: float | None,
    units: int,
    cost: float | None,
) -> dict[str, Any]:
    recorded = known[0] if known else {}
    used_price = price if price is not None else recorded.get("price_usd")
    if used_price is None:
        raise WrongUse(
            f"No price of {chip['short_name']} per GPU in dollars is on record.",
            "Give one: --price 27000.",
        )
    used_cost = cost if cost is not None else recorded.get("unit_cost_usd")
    return {
        "chip_id": chip["chip_id"],
        "price_case": "given" if price is not None else recorded.get("price_case"),
        "volume_case": "given",
        "short_name": chip["short_name"],
        "price_usd": used_price,
        "quoted_on": None if price is not None else recorded.get("quoted_on"),
        "unit_cost_usd": used_cost,
        "transfer_price_usd": used_cost,
        "units": units,
        "fee_ids": ";".join(sorted({law["fee_id"] for law in laws})),
        "source_id": recorded.get("source_id") or chip["source_id"],
        "confidence": recorded.get("confidence") or chip["confidence"],
    }


def _show(
    chip: dict[str, Any],
    day: dt.date,
    own: dict[str, Any],
    laws: list[dict[str, Any]],
    scenarios: list[dict[str, Any]],
) -> None:
    answer.table(
        f"What {chip['model']} is charged, as of {day}",
        ["instrument", "status", "rate %", "base", "payer", "since"],
        [
            [
                law["instrument"],
                label("status", law["status"]),
                law["rate"] * 100,
                label("fee_base", law["base"]),
                law["payer"],
                law["effective_from"] or f"announced {law['announced_on']}, never in effect",
            ]
            for law in laws
        ],
        numeric=[2],
        notes=[] if laws else ["No instrument on record names or covers this chip on that day."],
    )
    cost = own["unit_cost_usd"]
    rates = {law["rate"] for law in laws} | {0}
    shown = [s for s in scenarios if s["fee_per_unit_usd"] is not None and s["rate"] in rates]
    for rate, base in dict.fromkeys((s["rate"], s["base"]) for s in shown):
        group = [s for s in shown if (s["rate"], s["base"]) == (rate, base)]
        stands = label("status", group[0]["instrument_status"])
        answer.table(
            f"{own['units']:,} × {chip['short_name']} at ${answer.number(own['price_usd'])}:"
            f" {rate * 100:.0f}% {_BASES[base]} ({stands})",
            ["buyer", "fee $", "landed $", "change", "net $", "margin", "in all $", "even at"],
            [
                [
                    f"{s['pass_through'] * 100:.0f}%",
                    answer.number(s["fee_per_unit_usd"], 0),
                    answer.number(s["landed_cost_usd"], 0),
                    f"{s['landed_change_pct']:+.1f}%",
                    answer.number(s["net_revenue_per_unit_usd"], 0),
                    _percent(s["gross_margin_pct"]),
                    answer.number(s["fee_total_usd"], 0),
                    s["break_even_units"],
                ]
                for s in group
            ],
            numeric=range(8),
        )  # fmt: skip
    answer.say(
        "Amounts are per GPU but for “in all”; “buyer” is the share passed on to the buyer."
        " A fee on revenue is a share of what the buyer pays;"
        " a duty is charged on the value declared at US entry, which nobody publishes: the price"
        " and the unit cost are its bounds. “Even at”: units that bring the profit of no fee.",
        f"Unit cost ${answer.number(cost)} ({label('confidence', own['confidence'])},"
        f" {own['source_id']})."
        if cost is not None
        else "Unit cost unknown on that day: give --cost to see margins and break-even.",
        "“Hypothetical”: no instrument that covers this chip on that day has this rate and base.",
    )


def _percent(value: Any) -> str:
    return "–" if value is None else f"{value:.1f}%"
