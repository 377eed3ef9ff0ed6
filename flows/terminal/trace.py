"""A figure's descent on the terminal: what it means, how it is made, which lines it came from."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.terminal import answer

if TYPE_CHECKING:
    from flows.desk import Trace
    from flows.settings import Settings

#: Records of each kind that are printed; JSON holds more.
SHOWN = 12
#: Columns that stand in the first line of a record.
_APART = ("source_id", "confidence", "published_on", "batch_id", "batch_no", "recorded_at", "line",
          "note", "published_basis", "is_withdrawn")  # fmt: skip


def tell_list(
    settings: Settings, edition_id: str, containing: str | None, *, as_json: bool
) -> None:
    """The ids of an edition's figures with their values; `containing` narrows them."""
    from flows.brief import figure

    home = settings.store
    rows = figure.listed(home, figure.edition_named(home, edition_id), containing)
    if as_json:
        answer.to_json(rows)
        return
    answer.lines(*(f"{row['figure']}  {answer.number(row['value'])}" for row in rows))


def tell(trace: Trace, *, as_json: bool) -> None:
    """The whole descent of one figure."""
    if as_json:
        answer.to_json(_as_answer(trace))
        return
    figure = trace.figure
    unit = figure.column.unit or figure.row.values.get("unit") or ""
    answer.lines(
        f"{figure.figure_id} = {answer.number(figure.value)} {unit}".rstrip(),
        f"in {trace.edition_id}, as of {figure.making.issue.as_of}: {figure.column.says}",
        f"{figure.table.model}: {figure.table.meaning}",
    )
    if not _is_same(trace):
        answer.lines(f"The models of today make {trace.now} of the same records.")
    answer.lines("", "How it is made")
    for step in trace.steps:
        answer.lines(f"  {step.model}.{step.column}: {step.says}")
        answer.lines(*(f"      {cte}: {' '.join(sql.split())}" for cte, sql in step.expressions))
        answer.lines(
            f"      reads {', '.join(step.reads)}" if step.reads else "      reads nothing"
        )
    answer.lines("", "The records without which it is another")
    for one in trace.behind:
        said = "each alone moves it" if one.is_exact else "they move it together"
        answer.lines(f"  {one.kind}: {one.total:,} ({said})")
        for row in one.rows[:SHOWN]:
            file = trace.files[row["batch_id"]]
            own = "; ".join(f"{k}={v}" for k, v in row.items() if k not in _APART and v is not None)
            answer.lines(
                f"    {file['file_name']} line {row['line']} · {row['source_id']} ·"
                f" {row['confidence']} · known from {row['published_on']} · {row['batch_id']}",
                f"      {own[:400]}",
            )
            if raw := trace.raw.get((row["batch_id"], row["line"])):
                answer.lines(f"      | {raw[:400]}")
        if one.total > SHOWN:
            answer.lines(f"    … and {one.total - SHOWN:,} more: --json prints them.")
    answer.lines("", "Kept originals")
    answer.lines(*(f"  {told['file_name']}: {told['original']}" for told in trace.files.values()))


def _is_same(trace: Trace) -> bool:
    value = trace.figure.value
    if isinstance(value, Decimal) and trace.now is not None:
        return Decimal(trace.now) == value
    return (None if value is None else str(value)) == trace.now or isinstance(value, bool)


def _as_answer(trace: Trace) -> dict[str, Any]:
    figure = trace.figure
    return {
        "figure": figure.figure_id,
        "edition": trace.edition_id,
        "as_of": figure.making.issue.as_of,
        "value": figure.value,
        "value_now": trace.now,
        "is_same": _is_same(trace),
        "unit": figure.column.unit,
        "says": figure.column.says,
        "model": figure.table.model,
        "meaning": figure.table.meaning,
        "row": dict(figure.row.values),
        "steps": [asdict(step) for step in trace.steps],
        "records": [
            {
                "kind": one.kind,
                "total": one.total,
                "is_exact": one.is_exact,
                "rows": [
                    {
                        **row,
                        "file_name": trace.files[row["batch_id"]]["file_name"],
                        "original": trace.files[row["batch_id"]]["original"],
                        "raw": trace.raw.get((row["batch_id"], row["line"])),
                    }
                    for row in one.rows
                ],
            }
            for one in trace.behind
        ],
    }
