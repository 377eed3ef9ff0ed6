"""Quoted figures against what the records give, definition by definition.

A panel a claim on its own scale: the rule is what was stated, the dots what each definition
comes to. Claims that fewer than three definitions can be set against are left to the table.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.brief.charts.layout import PAGE, heading, key_row, subheading, wrapped
from flows.brief.charts.plot import Plot, Record, Reports, rows_of

if TYPE_CHECKING:
    from flows.brief.charts.words import Words

LEFT, WIDE, RIGHT, LINE, GAP = 272, 156, 56, 16, 6
LEAST = 3
_UNITS = ("ratio", "percent")


def plot(figures: Reports, words: Words) -> Plot | None:
    """Nothing to draw where no claim has enough computed definitions."""
    _ = words.gettext
    claims = _comparable(rows_of(figures, "rpt_claim"))
    if not claims:
        return None
    heads: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    y = 0.0
    for rows in claims:
        first = rows[0]
        title = wrapped(words.named(first, "claim"), 12.5 * 1.2, PAGE)
        y += LINE * len(title) + GAP
        top = y
        for row in rows:
            text = wrapped(words.named(row, "definition"), 12 * 1.08, LEFT - 10)
            high = LINE * len(text) + GAP
            lines.append(_line(row, rows, y + 3, y + high / 2, text, words))
            y += high
        heads.append(
            {
                "y": top - LINE * len(title) + 4,
                "label": title,
                "top": top,
                "bottom": y,
                "low": _pixel(first["stated_low"], rows),
                "high": _pixel(_stated_high(first), rows),
            }
        )
        y += 12
    texts = {
        "title": heading(_("Stated figures against what the records give"), PAGE),
        "subtitle": subheading(
            _("One dot a definition; the red rule is the figure as stated; each claim on its "
              "own scale from zero"),
            PAGE,
        ),
    }  # fmt: skip
    values = {"width": WIDE, "height": y, "left": -LEFT, "right": WIDE + RIGHT}
    key = key_row(
        [("holds", _("true by this definition")), ("fails", _("false by this definition"))],
        -LEFT,
        y + 8,
        PAGE,
    )
    return Plot(_alt(claims, words), texts, values, {"heads": heads, "lines": lines, "key": key})


def _comparable(rows: list[Record]) -> list[list[Record]]:
    """Claims with enough definitions in one unit against one stated figure."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in sorted(rows, key=_place):
        if row["computed_value"] is None or row["stated_low"] is None:
            continue
        if row["unit"] in _UNITS and row["computed_value"] >= 0 and row["stated_low"] > 0:
            key = (row["claim_id"], row["unit"], row["stated_low"], row["stated_high"])
            groups.setdefault(key, []).append(row)
    return [own for own in groups.values() if len(own) >= LEAST]


def _place(row: Record) -> tuple[bool, int, str, int, str]:
    """The order of the page; claims without a place come last, by their ids."""
    number = row["claim_no"]
    ids = (str(row["claim_id"]), row["definition_no"] or 0, str(row["definition_id"]))
    return (number is None, number or 0, *ids)


def _stated_high(row: Record) -> Decimal:
    high = row["stated_high"]
    return Decimal(row["stated_low"] if high is None else high)


def _pixel(value: Decimal, rows: list[Record]) -> float:
    top = max(*(r["computed_value"] for r in rows), rows[0]["stated_low"], _stated_high(rows[0]))
    return round(float(value / top) * WIDE, 2)


def _line(
    row: Record, rows: list[Record], top: float, middle: float, text: list[str], words: Words
) -> dict[str, Any]:
    value = row["computed_value"]
    percent = row["unit"] == "percent"
    return {
        "y": top,
        "middle": middle,
        "zero": 0,
        "x": _pixel(value, rows),
        "definition": text,
        "value": words.percent(value, 1) if percent else f"{words.number(value, 2)}×",
        "verdict": row["verdict"],
    }


def _alt(claims: list[list[Record]], words: Words) -> str:
    _ = words.gettext
    parts = []
    for rows in claims:
        true = sum(r["verdict"] == "holds" for r in rows)
        parts.append(
            _("{claim}: true by {true} of {count} definitions").format(
                claim=words.named(rows[0], "claim"), true=true, count=len(rows)
            )
        )
    return _("Stated figures against computed ones: {parts}.").format(parts=words.joined(parts))
