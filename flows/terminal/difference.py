"""What changed between two editions, ranked, on the terminal or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.wording import label

if TYPE_CHECKING:
    from flows.settings import Settings

#: Figures of each kind of change that are printed; JSON holds all.
SHOWN = 25


def tell(settings: Settings, before: str, now: str, *, as_json: bool) -> None:
    """Print every figure that fell away, has another value or is new, with its cause."""
    from flows.brief.changes import KINDS
    from flows.brief.difference import difference, size
    from flows.brief.figure import edition_named

    home = settings.store
    found = difference(home, edition_named(home, before), edition_named(home, now))
    made: list[dict[str, Any]] = [
        {
            "change": one.kind,
            "figure": one.figure,
            "section": one.section,
            "before": one.before,
            "now": one.now,
            "moved_pct": size(one),
            "cause": one.cause,
            "says": one.column.says,
        }
        for one in found.ranked
    ]
    if as_json:
        answer.to_json(
            {
                "before": found.before,
                "now": found.now,
                "is_code_changed": found.changes.is_code_changed,
                "records": {one.kind: one.rows for one in found.changes.records},
                "changes": made,
            }
        )
        return
    counted = Counter(one["change"] for one in made)
    told = ", ".join(
        f"{counted[kind]} {label('change', kind)}"
        for kind in KINDS
        if counted[kind] or kind in ("dropped", "restated", "new")
    )
    answer.say(f"{found.before} → {found.now}: {told} figures.")
    new = ", ".join(f"{one.rows:,} {label('kind', one.kind)}" for one in found.changes.records)
    answer.say(f"Record versions that came: {new or 'none'}.")
    answer.say(f"The models' code {'changed' if found.changes.is_code_changed else 'is the same'}.")
    for kind in counted:
        rows = [one for one in made if one["change"] == kind]
        answer.lines("", f"{label('change', kind)} ({len(rows)})")
        for one in rows[:SHOWN]:
            moved = f" ({one['moved_pct']}%)" if one["moved_pct"] is not None else ""
            answer.lines(
                f"  {one['figure']}: {answer.number(one['before'])} →"
                f" {answer.number(one['now'])}{moved} [{label('cause', one['cause'])}]"
            )
        if len(rows) > SHOWN:
            answer.lines(f"  … and {len(rows) - SHOWN} more: --json prints all.")
