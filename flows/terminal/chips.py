"""A chip under the rules, and two chips side by side, each measure with its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import find_chip, published, rows
from flows.terminal.wording import label

if TYPE_CHECKING:
    import datetime as dt

    from flows.settings import Settings

_MODELS = ("dim_chip", "int_chip_edge", "int_chip_rule")
_FIGURES = (
    ("fp4_dense_tflops", "FP4 dense", "TFLOPS"),
    ("fp8_dense_tflops", "FP8 dense", "TFLOPS"),
    ("int8_dense_tops", "INT8 dense", "TOPS"),
    ("fp16_dense_tflops", "FP16 dense", "TFLOPS"),
    ("fp8_sparse_tflops", "FP8 sparse headline (never compared)", "TFLOPS"),
    ("memory_gb", "memory", "GB"),
    ("memory_bandwidth_gbs", "memory bandwidth", "GB/s"),
    ("interconnect_gbs", "interconnect", "GB/s"),
    ("die_area_mm2", "die area", "mm²"),
    ("tdp_w", "power", "W"),
)


def tell_chip(settings: Settings, name: str, as_of: dt.date | None, *, as_json: bool) -> None:
    """Print a chip's figures, its class, zone and band as of a day, and every test behind them."""
    with published(settings, as_of, _MODELS) as con:
        chip = find_chip(con, name)
        rules = rows(
            con,
            "select rule_id, is_met, reason, missing_parameters, valid_from from int_chip_rule"
            " where chip_id = ? order by rule_id",
            [chip["chip_id"]],
        )
        edges = rows(
            con,
            "select rule_id, alternative, parameter, operator, threshold, value, distance_pct,"
            " is_met, is_within_1pct from int_chip_edge where chip_id = ?"
            " order by rule_id, alternative, parameter, operator",
            [chip["chip_id"]],
        )
    if as_json:
        answer.to_json({"chip": chip, "rules": rules, "tests": edges})
        return
    answer.table(
        f"{chip['vendor']} {chip['model']} ({chip['chip_id']}), as of {chip['as_of']}",
        ["figure", "value", "unit"],
        [[text, chip[column], unit] for column, text, unit in _FIGURES],
        numeric=[1],
    )
    answer.table(
        "Under the rules",
        ["what", "says", "because"],
        [
            [
                "TPP",
                chip["tpp"],
                f"dense TOPS × bit length, largest in {chip['tpp_format'] or '–'}",
            ],
            ["performance density", chip["performance_density"], "TPP per mm² of die"],
            ["3A090", label("eccn_class", chip["eccn_class"]), _reason(chip["eccn_reason"])],
            ["review zone", _yes(chip["is_review_eligible"]), _reason(chip["review_reason"])],
            ["duty band", label("duty_band", chip["duty_band"]), _reason(chip["duty_reason"])],
            [
                "US export status",
                label("export_status", chip["us_status"]),
                f"since {chip['us_status_from']}: {chip['us_status_basis']}"
                if chip["us_status"]
                else "–",
            ],
            ["China side", label("export_status", chip["cn_status"]), chip["cn_status_basis"]],
        ],
    )
    notes = [f"Sources: {chip['source_id']} · {label('confidence', chip['confidence'])}"]
    if chip["is_near_edge"]:
        notes.insert(0, _near_edge(chip))
    if chip["contested_fields"]:
        notes.insert(0, f"Sources disagree on: {chip['contested_fields']}.")
    if chip["note"]:
        notes.append(chip["note"])
    answer.table(
        "Every test",
        ["rule", "alternative", "test", "value", "met", "distance %"],
        [
            [
                e["rule_id"],
                e["alternative"],
                f"{e['parameter']} {e['operator']} {answer.number(e['threshold'])}",
                e["value"],
                "unknown" if e["is_met"] is None else e["is_met"],
                e["distance_pct"],
            ]
            for e in edges
        ],
        numeric=[3, 5],
        notes=notes,
    )


def tell_comparison(settings: Settings, name: str, other: str, *, as_json: bool) -> None:
    """Print every measure of two chips: like for like first, mixed definitions marked."""
    with published(settings, None, ()) as con:
        left, right = find_chip(con, name), find_chip(con, other)
        measures = rows(
            con,
            "select measure, value, other_value, unit, ratio, change_pct, is_like_for_like,"
            " definition, missing, source_id, confidence from fct_chip_comparison"
            " where chip_id = ? and other_chip_id = ? order by measure_no",
            [left["chip_id"], right["chip_id"]],
        )
    for measure in measures:
        measure["definition"] = label("definition", measure["definition"])
        measure["summary"] = _summary(measure)
        measure["source_id"] = ";".join(dict.fromkeys(measure["source_id"].split(";")))
    if as_json:
        answer.to_json(
            {
                "chip": left["chip_id"],
                "other_chip": right["chip_id"],
                "as_of": left["as_of"],
                "measures": measures,
            }
        )
        return
    answer.table(
        f"{left['model']} against {right['model']}, as of {left['as_of']}",
        ["measure", left["short_name"], right["short_name"], "unit", "says", "definition"],
        [
            [
                label("measure", m["measure"]),
                m["value"],
                m["other_value"],
                m["unit"],
                m["summary"] or "unknown",
                m["definition"]
                if m["is_like_for_like"]
                else f"NOT LIKE FOR LIKE: {m['definition']}",
            ]
            for m in measures
        ],
        numeric=[1, 2],
        notes=[
            (
                f"{left['short_name']}: {left['source_id']} · {right['short_name']}:"
                f" {right['source_id']}"
            )
        ],
    )


def _summary(measure: dict[str, Any]) -> str | None:
    """A multiple where one chip has several times the other, a percentage where they are near."""
    if measure["ratio"] is None:
        return None
    if measure["ratio"] >= 2:
        return f"{measure['ratio']:.2f}x"
    return f"{measure['change_pct']:+.1f}%"


def _near_edge(chip: dict[str, Any]) -> str:
    return (
        f"Within 1% of an edge: {chip['nearest_edge_rule']}, {chip['nearest_edge_parameter']}"
        f" {chip['nearest_edge_operator']} {answer.number(chip['nearest_edge_threshold'])}"
        f" ({chip['nearest_edge_pct']:+.2f}%). Rounding can flip it."
    )


def _reason(key: str | None) -> str:
    return label("reason", key) if key else "–"


def _yes(value: bool | None) -> str:
    return "unknown" if value is None else ("inside" if value else "outside")
