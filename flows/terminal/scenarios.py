"""The scenario grid of the fee calculator: absorbed, split or passed on, by rate and base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.terminal import answer

if TYPE_CHECKING:
    from decimal import Decimal

    from flows.brief.figures import Row
    from flows.brief.page import Page


def show(own: Row, laws: list[Row], scenarios: list[Row], page: Page) -> None:
    """Print a table for each rate and base that an instrument has or the press reads into it."""
    rates = {law.rate for law in laws}
    shown = [s for s in scenarios if s.fee_per_unit_usd is not None and s.rate in rates]
    titles = {law.fee_id: page.text(law, "title") for law in laws}
    for rate, base in dict.fromkeys((s.rate, s.base) for s in shown):
        group = [s for s in shown if (s.rate, s.base) == (rate, base)]
        _table(group, titles, page)
    for line in _notes(own, scenarios, page):
        answer.say(line)


def dollars(value: Decimal | None, page: Page) -> str:
    """An amount per GPU in whole dollars, to the cent where it has cents."""
    from flows.brief import formats

    if value is None:
        return formats.NULL
    places = 0 if value == int(value) else 2
    written = formats.number(page.language, value, places)
    return f"{written}美元" if page.language.code == "zh" else f"${written}"


def _table(group: list[Row], titles: dict[str, str], page: Page) -> None:
    from flows.brief import formats

    first = group[0]
    stands = page.word("status", first.instrument_status)
    if first.fee_id:
        stands += page.say(": ") + titles.get(first.fee_id, first.fee_id)
    answer.table(
        f"{formats.percent(page.language, first.rate * 100, 0)}"
        f" · {page.word('fee_base', first.base)} · {stands}",
        [page.say("passed on"), page.say("fee"), page.say("buyer’s outlay"), page.say("change"),
         page.say("seller keeps"), page.say("margin, fee as a cost"),
         page.say("margin, fee off revenue"), page.say("break-even volume"),
         page.say("fee in all")],
        [
            [
                _passed(s, page),
                page.n(s, "fee_per_unit_usd", 2),
                page.n(s, "landed_cost_usd", 2),
                page.pct(s, "landed_change_pct", 1, sign=True),
                page.n(s, "net_revenue_per_unit_usd", 2),
                page.pct(s, "gross_margin_pct", 1),
                page.pct(s, "net_margin_pct", 1),
                _even(s, page),
                page.money(s, "fee_total_usd"),
            ]
            for s in group
        ],
        numeric=range(1, 9),
        notes=[*_hold(first, page), ""],
    )  # fmt: skip


def _passed(scenario: Row, page: Page) -> str:
    if scenario.pass_through == 0:
        return page.say("none: absorbed")
    if scenario.pass_through == 1:
        return page.say("all: net dollars held")
    return page.say("half")


def _even(scenario: Row, page: Page) -> str:
    """Units that bring the profit of no fee, and that as a multiple."""
    if scenario.break_even_multiple is None:
        return page.word("reason", scenario.reason) or "–"
    return page.say(
        "%(units)s (%(multiple)s)",
        units=page.n(scenario, "break_even_units"),
        multiple=page.x(scenario, "break_even_multiple"),
    )


def _hold(first: Row, page: Page) -> list[str]:
    """The price that would hold the gross margin under a share of revenue, or that none does."""
    from flows.brief import formats

    if first.base != "seller_revenue":
        return []
    if first.hold_margin_price_usd is None:
        return [
            page.say(
                "Price that holds the gross margin: none, %(why)s.",
                why=page.word("reason", first.hold_margin_reason),
            )
        ]
    return [
        page.say(
            "Price that holds the gross margin of %(margin)s: %(price)s, %(multiple)s the price.",
            margin=page.pct(first, "margin_before_fee_pct", 1),
            price=dollars(first.hold_margin_price_usd, page),
            multiple=formats.ratio(page.language, first.hold_margin_price_usd / first.price_usd),
        )
    ]


def _notes(own: Row, scenarios: list[Row], page: Page) -> list[str]:
    said = [
        page.say(
            "Dollars per GPU but for the fee in all. A share of revenue is a share of what the"
            " buyer pays; a duty is charged on customs value, tried at the sale price and, where"
            " a unit cost is known, at that."
        ),
        page.say("“Hypothetical”: no instrument of that day has this rate on this base."),
    ]
    free = next((s for s in scenarios if s.base == "none"), None)
    if own.cost_basis == "unknown":
        return [
            *said,
            page.say(
                "No unit cost was on record on that day: give --cost to see margins and"
                " break-even volumes."
            ),
        ]
    cost = dollars(own.unit_cost_usd, page)
    margin = page.pct(free, "margin_before_fee_pct", 1) if free else "–"
    if own.cost_basis == "given":
        told = page.say(
            "Unit cost %(cost)s as given: gross margin without a fee %(margin)s.",
            cost=cost,
            margin=margin,
        )
    else:
        told = page.say(
            "Unit cost %(cost)s is a weak estimate on record (%(source)s), not a disclosed"
            " figure: gross margin without a fee %(margin)s.",
            cost=cost,
            source=f"{own.source_id.replace(';', ', ')}, {page.word('confidence', own.confidence)}",
            margin=margin,
        )
    return [*said, told]
