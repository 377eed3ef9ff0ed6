"""Where sources say otherwise of one thing: each field that differs, the widest apart first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import rows
from warehouse.errors import WrongUse
from warehouse.store import open_published

if TYPE_CHECKING:
    from flows.settings import Settings

_ALL = """
select disagreement.*, taken.file_name as taken_file, other.file_name as other_file
from stg_disagreement as disagreement
left join ledger_batches as taken on disagreement.taken_batch_id = taken.batch_id
left join ledger_batches as other on disagreement.other_batch_id = other.batch_id
where (? is null or disagreement.kind = ?) and (? is null or disagreement.field = ?)
order by
    difference_pct desc nulls last, disagreement.kind, disagreement.field, published_on desc,
    record_key, other_record_key, taken_source_id, other_source_id
"""
#: As many as a terminal is read for; a program gets all.
_SHOWN = 50


def tell(settings: Settings, kind: str | None, field: str | None, *, as_json: bool) -> None:
    """Print every disagreement of sources, or those of one kind of record or one field.

    Raises WrongUse for a kind or field on which nobody disagrees, with those on which somebody
    does.
    """
    with open_published(settings.store) as con:
        found = rows(con, _ALL, [kind, kind, field, field])
        if not found and (kind or field):
            _refuse(rows(con, "select distinct kind, field from stg_disagreement order by all"))
    if as_json:
        answer.to_json({"disagreements": found})
        return
    if not found:
        answer.lines("No two sources on record say otherwise of one thing, beyond rounding.")
        return
    more = len(found) - _SHOWN
    answer.table(
        f"{len(found)} disagreement(s), the widest first; the first value counts",
        ["record", "field", "taken", "from", "other", "says", "apart %"],
        [
            [
                f"{one['kind']}: {_name(one)}",
                one["field"],
                one["taken_value"],
                one["taken_source_id"],
                one["other_value"],
                one["other_source_id"],
                one["difference_pct"],
            ]
            for one in found[:_SHOWN]
        ],
        numeric=[2, 4, 6],
        notes=[f"{more} more: --json lists all, --kind and --field choose."] if more > 0 else [],
    )


def _name(one: dict[str, Any]) -> str:
    key, other = one["record_key"], one["other_record_key"]
    return str(key) if key == other else f"{key} (other: {other})"


def _refuse(there: list[dict[str, Any]]) -> None:
    named = ", ".join(f"{one['kind']} {one['field']}" for one in there)
    raise WrongUse(
        "No two sources disagree on that.",
        f"They do on: {named}." if there else "No two sources on record disagree on anything.",
    )
