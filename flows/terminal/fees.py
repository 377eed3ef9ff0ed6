"""The fee calculator: the scenario models run on the user's own price, and the law behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer, scenarios
from flows.terminal.reading import find_chip, rows
from flows.terminal.wording import pen, row
from warehouse.errors import WrongUse
from warehouse.store import open_published

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from flows.brief.figures import Row
    from flows.brief.page import Page
    from flows.settings import Settings

_AMOUNTS = """
select * from fct_fee_amount
order by effective_from desc nulls last, announced_on desc, fee_id
"""
_FEES = "select distinct fee_id from int_fee_chip where chip_id = ? order by fee_id"


def tell(
    settings: Settings,
    name: str,
    price: Decimal | None,
    units: int,
    cost: Decimal | None,
    as_of: dt.date | None,
    *,
    as_json: bool,
    language: str | None = None,
) -> None:
    """Print the fee by rate, base and pass-through for one price, and which law each rests on.

    Raises WrongUse where no price is given and none is on record.
    """
    from flows.build.what_if import what_if

    with open_published(settings.store) as con:
        chip = find_chip(con, name)
        day = as_of or rows(con, "select as_of from parameters")[0]["as_of"]
    file, chip_id = settings.store.published_file, chip["chip_id"]
    with what_if(file, day, ["int_fee_chip", "int_chip_quote"]) as con:
        fees = [r["fee_id"] for r in rows(con, _FEES, [chip_id])]
        quotes = rows(con, "select * from int_chip_quote where chip_id = ?", [chip_id])
    own = _inputs(chip, fees, quotes[0] if quotes else {}, price, units, cost)
    given = {"int_scenario_input": [own]}
    with what_if(file, day, ["fct_fee_amount", "fct_fee_scenario"], given) as con:
        amounts = rows(con, _AMOUNTS)
        grid = rows(con, "select * from fct_fee_scenario order by rate, base, pass_through")
    inputs = {**own, "cost_basis": _cost_basis(cost, own)}
    if as_json:
        answer.to_json({"as_of": day, "inputs": inputs, "laws": amounts, "scenarios": grid})
        return
    page = pen(settings, language)
    laws = [row(a) for a in amounts]
    _instruments(row(chip), day, row(own), laws, page)
    _columns(laws, page)
    scenarios.show(row(inputs), laws, [row(s) for s in grid], page)


def _inputs(
    chip: dict[str, Any],
    fees: list[str],
    quote: dict[str, Any],
    price: Decimal | None,
    units: int,
    cost: Decimal | None,
) -> dict[str, Any]:
    used_price = price if price is not None else quote.get("price_low_usd")
    if used_price is None:
        raise WrongUse(
            f"No price of {chip['short_name']} per GPU in dollars is on record.",
            "Give one: --price 27000.",
        )
    used_cost = cost if cost is not None else quote.get("unit_cost_low_usd")
    sources = [
        quote.get("price_source_id") if price is None else None,
        quote.get("cost_source_id") if cost is None else None,
    ]
    return {
        "chip_id": chip["chip_id"],
        "price_case": "given" if price is not None else "low",
        "volume_case": "given",
        "short_name": chip["short_name"],
        "price_usd": used_price,
        "quoted_on": None if price is not None else quote.get("quoted_on"),
        "unit_cost_usd": used_cost,
        "transfer_price_usd": used_cost,
        "units": units,
        "fee_ids": ";".join(fees),
        "source_id": ";".join(s for s in sources if s) or chip["source_id"],
        "confidence": quote.get("cost_confidence") or chip["confidence"],
    }


def _cost_basis(cost: Decimal | None, own: dict[str, Any]) -> str:
    """Whether the unit cost was given, is the estimate on record, or is unknown."""
    if cost is not None:
        return "given"
    return "unknown" if own["unit_cost_usd"] is None else "recorded"


def _instruments(chip: Row, day: dt.date, own: Row, laws: list[Row], page: Page) -> None:
    """Each instrument with its rate, base, payer, standing and days, and what is said of it."""
    from flows.brief import formats

    language = page.language
    total = formats.money(language, own.price_usd * own.units)
    answer.table(
        page.say(
            "%(units)s × %(chip)s at %(price)s, %(total)s in all, as of %(day)s",
            units=formats.number(language, own.units),
            chip=chip["model"],
            price=scenarios.dollars(own.price_usd, page),
            total=total,
            day=formats.day(language, day),
        ),
        [page.say("instrument"), page.say("rests on"), page.say("status"), page.say("since"),
         page.say("rate"), page.say("base"), page.say("base and fee"), page.say("payer")],
        [
            [
                page.text(law, "title"),
                page.record(law.instrument),
                page.word("status", law.status),
                _since(law, page),
                formats.percent(language, law.rate * 100, 0),
                page.word("fee_base", law.base),
                page.word("inclusion", law.inclusion),
                page.say("not stated")
                if law.payer == "unspecified"
                else page.record(law.payer),
            ]
            for law in laws
        ],
        numeric=[4],
        notes=[]
        if laws
        else [page.say("No instrument on record names or covers this chip on that day.")],
    )  # fmt: skip
    for text in dict.fromkeys(page.text(law, "challenge") for law in laws if law.challenge):
        answer.say(page.say("In dispute: %(challenge)s", challenge=text))
    answer.blank()


def _since(law: Row, page: Page) -> str:
    if law.effective_from is None:
        shown = page.say("announced %(day)s", day=page.day(law, "announced_on"))
        return page.say("%(announced)s, never in force", announced=shown)
    shown = page.say("from %(day)s", day=page.day(law, "effective_from"))
    if law.last_valid_on is None:
        return shown
    last = page.say("to %(day)s", day=page.day(law, "last_valid_on"))
    return f"{shown} {last}"


def _columns(laws: list[Row], page: Page) -> None:
    """What is owed, what was announced and what the press reckons: three columns, never added."""
    if not laws:
        return
    answer.table(
        page.say("What it takes of that volume: three answers, never added"),
        [page.say("instrument"), page.say("in force"), page.say("announced"),
         page.say("press formula, rate × revenue"), page.say("assumption")],
        [
            [
                page.text(law, "title"),
                page.money_span(law, "in_force_low_usd", "in_force_high_usd"),
                page.money_span(law, "announced_low_usd", "announced_high_usd"),
                page.money(law, "press_formula_usd"),
                page.word("reason", law.assumption),
            ]
            for law in laws
        ],
        numeric=[1, 2, 3],
        notes=[
            page.say(
                "The value declared at US entry is not published: it is taken to lie between"
                " the unit cost (or nothing, where that is unknown) and the sale price."
            ),
            "",
        ],
    )  # fmt: skip
