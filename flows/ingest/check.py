"""The rows of a file against the contract of their kind: candidates, and rows held back.

A row is held back with every rule that it breaks, the first being the one that it is counted
under, and with a sentence that names column, value and rule.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from types import new_class
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from flows.ingest import loading_day
from flows.ingest.contracts import KINDS
from flows.ingest.contracts.alone import dy
from flows.ingest.parse import OF, parsed, unparsed_number
from flows.ingest.wording import reason

if TYPE_CHECKING:
    import datetime as dt

    from flows.ingest.contracts.record import Record

#: The shape of rows held back, before the batch and the raw text are added.
HELD = {"line": pl.Int64, "rule": pl.String, "rules": pl.String, "reason": pl.String}


@dataclass(frozen=True)
class Checked:
    """`candidates`: rows in the contract's types that keep every rule, with `row_no`.

    `held`: the others, as in `HELD`, in the order of the file.
    """

    candidates: pl.DataFrame
    held: pl.DataFrame


def check(kind: str, rows: pl.DataFrame, latest: dt.date | None = None) -> Checked:
    """Check text rows (`line`, `row_no` and columns of the contract) against their contract.

    A row that was published after `latest` is held back too.
    """
    typed = parsed(rows, KINDS[kind])
    verdicts = [name for name in typed.columns if OF in name]
    contract = _row_contract(kind)
    # the contract is given places of `rows` for numbers: what it finds is picked by them
    placed = typed.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row_no"))
    good, failure = contract.filter(placed.select(contract.column_names()))
    broken = {rule: (~typed[rule]).arg_true().cast(pl.Int64) for rule in verdicts}
    for known in loading_day.is_known(latest):
        broken[loading_day.RULE] = (~typed.select(known).to_series()).arg_true().cast(pl.Int64)
    does_parse = pl.repeat(value=True, n=rows.height, eager=True)
    for places in broken.values():
        does_parse = does_parse.scatter(places, False)
    candidates = typed[good["row_no"]].filter(does_parse[good["row_no"]])
    if len(failure):
        details = failure.details()
        for rule in failure.counts():
            broken[rule] = details["row_no"].filter(details[rule] == "invalid")
    return Checked(
        candidates.select(*KINDS[kind].column_names(), "row_no").sort("row_no"),
        _held(kind, rows, broken, latest),
    )


@cache
def _row_contract(kind: str) -> type[Record]:
    """The contract of one row: without the rule that keys are unique, with the row's number.

    Whether a row repeats or contradicts another is decided later, against the store as well.
    """
    schema = KINDS[kind]
    columns: dict[str, dy.Column] = {"row_no": dy.Int64()}
    for name, column in schema.columns().items():
        if column.primary_key:
            columns[name] = copy.copy(column)
            columns[name].primary_key = False

    def body(namespace: dict[str, Any]) -> None:
        namespace.update(columns)

    return cast("type[Record]", new_class(f"{schema.__name__}Row", (schema,), exec_body=body))


def _held(
    kind: str, rows: pl.DataFrame, broken: dict[str, pl.Series], latest: dt.date | None
) -> pl.DataFrame:
    """The rows that break a rule; `broken` has the places in `rows` of those that break each."""
    order = {name: place for place, name in enumerate(KINDS[kind].column_names())}

    def by_column(rule: str) -> tuple[int, str]:
        # rules of several columns come after those of one, which are their cause more often
        return order.get(rule.partition(OF)[0], len(order)), rule

    # text that did not parse left a null behind: that the null is not allowed says nothing more
    unparsed = {
        rule.partition(OF)[0]: places for rule, places in broken.items() if "|not_a_" in rule
    }
    worded = []
    for rule in sorted(broken, key=by_column):
        places = broken[rule]
        column, _, asked = rule.partition(OF)
        if asked == "nullability" and column in unparsed:
            places = places.filter(~places.is_in(unparsed[column].implode()))
        if len(places):
            worded.append(_worded(kind, rule, rows, places, latest))
    if not worded:
        return pl.DataFrame(schema=HELD)
    told = pl.concat(worded).sort("place", maintain_order=True)
    has_more = told["place"].is_duplicated()
    several = (
        told.filter(has_more)
        .group_by("place", maintain_order=True)
        .agg(
            pl.col("rule").first(),
            pl.col("rule").str.join(";").alias("rules"),
            pl.col("reason").str.join(" "),
        )
    )
    alone = told.filter(~has_more).select("place", "rule", pl.col("rule").alias("rules"), "reason")
    held = pl.concat([alone, several])
    return held.select(
        rows["line"][held["place"]],
        "rule",
        "rules",
        "reason",
        row_no=rows["row_no"][held["place"]],
    ).sort("row_no")


def _worded(
    kind: str, rule: str, rows: pl.DataFrame, places: pl.Series, latest: dt.date | None
) -> pl.DataFrame:
    """`place`, `rule` and `reason` of the rows at these places, which break the rule."""
    if rule == loading_day.RULE and latest is not None:
        said = loading_day.reason(latest)
    else:
        said = reason(KINDS[kind], rule, rows.columns)
    column, _, asked = rule.partition(OF)
    concerned = rows[sorted({column, *said.meta.root_names()} & {*rows.columns})][places]
    worded = concerned.select(
        places.alias("place"), pl.lit(rule).alias("rule"), said.alias("reason")
    )
    if asked != "not_a_number":
        return worded
    dtype = KINDS[kind].columns()[column].dtype
    told = concerned.select(unparsed_number(pl.col(column), dtype)).to_series()
    for other in ("not_whole", "too_large"):
        if (told == other).any():
            sentence = reason(KINDS[kind], column + OF + other, rows.columns)
            as_other = worded.with_columns(
                pl.lit(column + OF + other).alias("rule"),
                concerned.select(sentence.alias("reason")).to_series(),
            )
            is_other = pl.lit(told == other)
            worded = worded.with_columns(
                pl.when(is_other).then(as_other[name]).otherwise(name).alias(name)
                for name in ("rule", "reason")
            )
    return worded
