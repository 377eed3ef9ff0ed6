"""What one rate comes to per GPU, by base and by how much of it the buyer bears.

A bar runs from what the seller keeps to what the buyer spends; its length is the fee, and the
price before any fee parts it into the seller's and the buyer's share. A calculation on stated
inputs, not a record.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts import axes
from flows.brief.charts.layout import PAGE, heading, key_row, subheading
from flows.brief.charts.plot import Plot, Record, Reports, chip_name, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

LEFT, WIDE, RIGHT, ROW, HEAD = 122, 252, 110, 20, 28
_BASES = ("customs_value_at_price", "customs_value_at_transfer_price", "seller_revenue")
#: Columns that a bar is drawn from: a scenario that lacks one has none.
_DRAWN = (
    "rate_pct",
    "price_usd",
    "pass_through_pct",
    "net_revenue_per_unit_usd",
    "landed_cost_usd",
    "fee_share_of_price_pct",
)


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no scenario of a duty-bearing chip has a fee."""
    scenarios = _shown(rows_of(figures, "rpt_scenario"))
    if not scenarios:
        return None
    _ = words.gettext
    first = scenarios[0]
    lines, heads = _placed(scenarios, words)
    ticks = axes.even(
        min(s["net_revenue_per_unit_usd"] for s in scenarios),
        max(s["landed_cost_usd"] for s in scenarios),
        4,
    )
    rate = words.percent(first["rate_pct"])
    height = len(lines) * ROW + len(heads) * HEAD
    texts = {
        "title": heading(
            _("What {rate} comes to per {chip}, by base and by who bears it").format(
                rate=rate, chip=chip_name(first)
            ),
            PAGE,
        ),
        "subtitle": subheading(
            _("US$ thousand a GPU, from what the seller keeps to what the buyer spends"), PAGE
        ),
        "price": _("price {price}").format(price=words.usd(first["price_usd"])),
        "fee": _("fee"),
        "share": _("of price"),
    }
    key = key_row(
        [("seller", _("the seller bears")), ("buyer", _("the buyer bears"))],
        -LEFT,
        height + 34,
        PAGE,
    )
    values: dict[str, Any] = {
        "width": WIDE,
        "height": height,
        "left": -LEFT,
        "right": WIDE + RIGHT,
        "x_domain": [ticks[0], ticks[-1]],
        **axes.axis("x", ticks, words.price_tick),
    }
    data = {"lines": lines, "heads": heads, "price": [{"usd": first["price_usd"]}], "key": key}
    return Plot(_alt(scenarios, words), texts, values, data)


def _shown(rows: list[Record]) -> list[Record]:
    """The highest rate on the chip whose duty is in force, at the high end of its price."""
    known = [
        r
        for r in rows
        if r["fee_per_unit_usd"] and r["base"] in _BASES and all(r[c] is not None for c in _DRAWN)
    ]
    live = [r for r in known if r["instrument_status"] == "in_force"] or known
    if not live:
        return []
    best = max(live, key=lambda r: (r["rate_pct"], r["price_usd"], r["chip_id"]))
    return sorted(
        (
            r
            for r in known
            if r["chip_id"] == best["chip_id"]
            and r["rate_pct"] == best["rate_pct"]
            and r["price_case"] == best["price_case"]
        ),
        key=lambda r: (_BASES.index(r["base"]), r["pass_through_pct"]),
    )


def _placed(
    scenarios: list[Record], words: Words
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    _ = words.gettext
    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    y = 0.0
    for place, row in enumerate(scenarios):
        if place == 0 or scenarios[place - 1]["base"] != row["base"]:
            heads.append({"y": y + HEAD - 8, "label": _head(row, words)})
            y += HEAD
        lines.append(
            {
                "y": y + ROW / 2,
                "net": row["net_revenue_per_unit_usd"],
                "price": row["price_usd"],
                "landed": row["landed_cost_usd"],
                "passed": _("{share} passed on").format(
                    share=words.percent(row["pass_through_pct"])
                ),
                "fee": f"{words.usd(row['fee_per_unit_usd'])}",
                "share": words.percent(row["fee_share_of_price_pct"], 1),
            }
        )
        y += ROW
    return lines, heads


def _head(row: Record, words: Words) -> str:
    _ = words.gettext
    name = {
        "customs_value_at_price": _("Duty on customs value, taken to be the price"),
        "customs_value_at_transfer_price": _("Duty on customs value, taken to be {value}"),
        "seller_revenue": _("Share of the seller's revenue"),
    }[row["base"]]
    if row["customs_value_usd"] is not None:
        name = name.format(value=words.usd(row["customs_value_usd"]))
    status = {
        "in_force": _("in force"),
        "announced": _("announced, never in force"),
        "announced_base_unstated": _("announced, base not stated"),
        "hypothetical": _("hypothetical"),
    }.get(row["instrument_status"])
    return f"{name} · {status}" if status else name


def _alt(scenarios: list[Record], words: Words) -> str:
    _ = words.gettext
    low = min(scenarios, key=lambda r: Decimal(r["fee_per_unit_usd"]))
    high = max(scenarios, key=lambda r: Decimal(r["fee_per_unit_usd"]))
    return _(
        "Bars of the fee on one {chip} at {price}: a rate of {rate} takes from {low} to {high}, "
        "by base and by the share passed to the buyer."
    ).format(
        chip=chip_name(low),
        price=words.usd(low["price_usd"]),
        rate=words.percent(low["rate_pct"]),
        low=words.usd(low["fee_per_unit_usd"]),
        high=words.usd(high["fee_per_unit_usd"]),
    )
