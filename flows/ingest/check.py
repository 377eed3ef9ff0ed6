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

from flows.ingest.contracts import KINDS
from flows.ingest.contracts.alone import dy
from flows.ingest.parse import OF, is_number, parsed
from flows.ingest.wording import reason

if TYPE_CHECKING:
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


def check(kind: str, rows: pl.DataFrame) -> Checked:
    """Check text rows (`line`, `row_no` and columns of the contract) against their contract."""
    typed = parsed(rows, KINDS[kind])
    verdicts = [name for name in typed.columns if OF in name]
    does_parse = pl.all_horizontal(verdicts) if verdicts else pl.lit(value=True)
    contract = _row_contract(kind)
    good, failure = contract.filter(typed.select(contract.column_names()))
    candidates = good.select(*KINDS[kind].column_names(), "row_no")
    unparsed = typed.filter(~does_parse)
    if unparsed.is_empty() and not len(failure):
        return Checked(candidates, pl.DataFrame(schema=HELD))
    broken = pl.concat(
        [
            _rules_broken(unparsed.select("row_no", *verdicts), verdicts),
            _contract_rules_broken(failure.details(), contract),
        ]
    )
    candidates = candidates.join(unparsed.select("row_no"), on="row_no", how="anti")
    return Checked(candidates.sort("row_no"), _held(kind, rows, broken))


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


def _rules_broken(verdicts: pl.DataFrame, rules: list[str]) -> pl.DataFrame:
    """`row_no` and `rule` of each verdict that is false."""
    return (
        verdicts.unpivot(rules, index="row_no", variable_name="rule", value_name="kept")
        .filter(~pl.col("kept"))
        .select("row_no", "rule")
    )


def _contract_rules_broken(details: pl.DataFrame, contract: type[Record]) -> pl.DataFrame:
    rules = [name for name in details.columns if name not in contract.column_names()]
    verdicts = details.select("row_no", *(pl.col(rule) != "invalid" for rule in rules))
    return _rules_broken(verdicts, rules)


def _held(kind: str, rows: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    column = pl.col("rule").str.split(OF).list.first()
    # text that did not parse left a null behind: that the null is not allowed says nothing more
    unparsed = broken.filter(pl.col("rule").str.contains(r"\|not_a_")).select("row_no", column)
    is_consequence = pl.col("rule").str.ends_with(f"{OF}nullability")
    consequences = broken.filter(is_consequence).with_columns(column.alias("column"))
    consequences = consequences.join(
        unparsed.rename({"rule": "column"}), on=["row_no", "column"], how="semi"
    )
    broken = broken.join(consequences, on=["row_no", "rule"], how="anti")

    bad_rows = rows.join(broken.select("row_no").unique(), on="row_no", how="semi")
    order = {name: place for place, name in enumerate(["row_no", *KINDS[kind].column_names()])}
    worded = [
        _worded(kind, rule, bad_rows.join(part.select("row_no"), on="row_no", how="semi"), order)
        for (rule,), part in broken.partition_by("rule", as_dict=True).items()
    ]
    return (
        pl.concat(worded)
        .sort("row_no", "place", "rule")
        .group_by("row_no", maintain_order=True)
        .agg(
            pl.col("line").first(),
            pl.col("rule").first(),
            pl.col("rule").str.join(";").alias("rules"),
            pl.col("reason").str.join(" "),
        )
        .sort("row_no")
    )


def _worded(kind: str, rule: str, rows: pl.DataFrame, order: dict[str, int]) -> pl.DataFrame:
    column = rule.partition(OF)[0]
    # rules of several columns come after those of one, which are their cause more often than not
    place = order.get(column, len(order))
    worded = rows.select(
        "row_no",
        "line",
        pl.lit(place).alias("place"),
        pl.lit(rule).alias("rule"),
        reason(KINDS[kind], rule, rows.columns).alias("reason"),
    )
    if not rule.endswith(f"{OF}not_a_number"):
        return worded
    dtype = KINDS[kind].columns()[column].dtype
    too_large = rows.select(is_number(pl.col(column), dtype).alias("is_large")).to_series()
    large_rule = column + OF + "too_large"
    return worded.with_columns(
        pl.when(too_large).then(pl.lit(large_rule)).otherwise("rule").alias("rule"),
        pl.when(too_large)
        .then(rows.select(reason(KINDS[kind], large_rule, rows.columns)).to_series())
        .otherwise("reason")
        .alias("reason"),
    )
