"""Quoted claims and the definitions under which each of them holds or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import published, rows
from flows.terminal.wording import label
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from flows.settings import Settings


def tell(settings: Settings, claim: str | None, *, as_json: bool) -> None:
    """Print every claim, or one, with its verdict and each definition's own computed value."""
    with published(settings, None, ()) as con:
        found = rows(con, "select * from fct_claim order by claim_id, definition_id")
    # C2 stands before C10
    found.sort(key=lambda row: (len(row["claim_id"]), row["claim_id"], row["definition_id"]))
    if claim:
        known = dict.fromkeys(row["claim_id"] for row in found)
        found = [row for row in found if row["claim_id"].casefold() == claim.casefold()]
        if not found:
            raise WrongUse(f"No claim has the id {claim!r}.", f"There are {', '.join(known)}.")
    if as_json:
        answer.to_json(found)
        return
    for claim_id in dict.fromkeys(row["claim_id"] for row in found):
        _show([row for row in found if row["claim_id"] == claim_id])


def _show(definitions: list[dict[str, Any]]) -> None:
    first = definitions[0]
    answer.table(
        f"{first['claim_id']}: {first['claim']}: {label('claim_verdict', first['claim_verdict'])}"
        + (f" ({first['true_definitions']})" if first["true_definitions"] else ""),
        ["", "definition", "computed", "stated", "verdict", "sources"],
        [
            [
                row["definition_id"],
                row["definition"],
                answer.in_unit(row["computed_value"], row["unit"]),
                _stated(row),
                label("verdict", row["verdict"]),
                row["source_id"],
            ]
            for row in definitions
        ],
        numeric=[2, 3],
    )


def _stated(row: dict[str, Any]) -> str:
    """What the claim says, with its comparator: `> 13.00x`, `50.00% to 60.00%`."""
    low, high = row["stated_low"], row["stated_high"]
    if low is None and high is None:
        return "–"
    first = answer.in_unit(low if low is not None else high, row["unit"])
    if row["comparator"] == "between":
        return f"{first} to {answer.in_unit(high, row['unit'])}"
    return f"{row['comparator'] or ''} {first}".strip()
