"""A chip under the rules of a day: its figures, what each rule says, and the working behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import find_chip, published, rows
from flows.terminal.wording import headed, listed, pen, row

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.figures import Row
    from flows.brief.page import Page
    from flows.settings import Settings

_MODELS = ("dim_chip", "int_chip_edge", "int_chip_rule", "int_chip_flip", "stg_chip_format")
_FIGURES = (
    ("memory_gb", "GB"),
    ("memory_bandwidth_gbs", "GB/s"),
    ("interconnect_gbs", "GB/s"),
    ("die_area_mm2", "mm²"),
    ("tdp_w", "W"),
)
_QUERIES = {
    "formats": "select format, dense_tops, bit_length, tpp from stg_chip_format"
    " where chip_id = ? order by tpp desc, format_rank",
    "rules": "select rule_id, rule_role, is_met, reason, missing_inputs, missing_parameters,"
    " valid_from from int_chip_rule where chip_id = ? order by rule_id",
    "tests": "select rule_id, rule_role, alternative, parameter, operator, threshold, value,"
    " distance_pct, is_met, is_within_1pct, is_binding, die_area_bound_mm2 from int_chip_edge"
    " where chip_id = ? order by rule_id, alternative, parameter, operator",
    "flips": "select int_chip_flip.*, dim_chip.tpp as recorded_tpp from int_chip_flip"
    " inner join dim_chip using (chip_id) where chip_id = ? order by variant_id, rule_id",
}


def tell_chip(
    settings: Settings,
    name: str,
    as_of: dt.date | None,
    *,
    as_json: bool,
    language: str | None = None,
) -> None:
    """Print a chip's figures, its class, zone and band as of a day, and every test behind them."""
    with published(settings, as_of, _MODELS) as con:
        chip = find_chip(con, name)
        found = {key: rows(con, query, [chip["chip_id"]]) for key, query in _QUERIES.items()}
    if as_json:
        answer.to_json({"chip": chip, **found})
        return
    page = pen(settings, language)
    rules, tests, flips = ([row(r) for r in found[key]] for key in ("rules", "tests", "flips"))
    _figures(row(chip), [row(f) for f in found["formats"]], page)
    _verdicts(row(chip), rules, page)
    _edges(tests, page)
    _flips(flips, page)
    _tests(row(chip), tests, page)


def _figures(chip: Row, formats_of: list[Row], page: Page) -> None:
    from flows.brief import formats

    answer.table(
        page.say(
            "%(vendor)s %(model)s (%(id)s), as of %(day)s",
            vendor=page.name(chip.vendor),
            model=chip["model"],
            id=chip.chip_id,
            day=formats.day(page.language, chip.as_of),
        ),
        [page.say("figure"), page.say("value"), page.say("unit"), page.say("working")],
        [
            [
                page.say("%(format)s, dense", format=rate.format),
                page.n(rate, "dense_tops"),
                "TOPS" if str(rate.format).startswith("INT") else "TFLOPS",
                f"× {rate.bit_length} bit = {page.n(rate, 'tpp')}",
            ]
            for rate in formats_of
        ]
        + [
            [page.say("FP8, sparse headline"), page.n(chip, "fp8_sparse_tflops"), "TFLOPS",
             page.say("never compared with dense")]
        ]
        + [[page.word("column", column), page.n(chip, column), unit, ""]
           for column, unit in _FIGURES],
        numeric=[1],
    )  # fmt: skip


def _verdicts(chip: Row, rules: list[Row], page: Page) -> None:
    from flows.brief import edges, formats

    zone = {True: "met", False: "not_met", None: "unknown"}[chip.is_review_eligible]
    duty = page.word("duty_band", chip.duty_band)
    if chip.duty_rate_pct is not None:
        duty += f" · {page.pct(chip, 'duty_rate_pct', 0)}"
    answer.table(
        page.say("Under the rules"),
        [page.say("what"), page.say("says"), page.say("because")],
        [
            ["TPP", page.n(chip, "tpp"), _tpp(chip, page)],
            [
                page.word("parameter", "performance_density"),
                page.n(chip, "performance_density", 2),
                _density(chip, page),
            ],
            [
                "3A090",
                page.word("eccn_class", chip.eccn_class),
                _because(chip.eccn_reason, rules, ("class_a", "class_b"), page),
            ],
            [
                page.say("review zone"),
                page.word("outcome_of_zone", zone)
                if chip.is_us_origin
                else page.word("duty_band", "not_applicable"),
                _because(chip.review_reason, rules, ("review_zone",), page),
            ],
            [
                page.say("duty band"),
                duty,
                _because(chip.duty_reason, rules, ("duty_band",), page),
            ],
            [page.say("US export status"), *_status(chip, "us", page)],
            [page.say("China side"), *_status(chip, "cn", page)],
        ],
    )
    answer.say(edges.standing(chip, page))
    if chip.standing == "letter_below_class":
        answer.say(page.say("The letter: %(what)s.", what=page.record(chip.letter_instrument)))
    if chip.contested_fields:
        answer.say(
            page.say(
                "Sources disagree on: %(fields)s.",
                fields=listed(page, "column", chip.contested_fields),
            )
        )
    answer.say(
        page.say(
            "Sources: %(sources)s · %(confidence)s",
            sources=chip.source_id.replace(";", ", "),
            confidence=page.word("confidence", chip.confidence),
        )
    )
    if chip.note:
        answer.say(page.say("Note on record: %(note)s", note=page.record(chip.note)))
    if chip.eccn_class == "needs_die_area":
        shown = formats.number(page.language, chip.tpp)
        answer.say(
            page.say("TPP is %(tpp)s: the die area decides the class, see below.", tpp=shown)
        )
    answer.blank()


def _tpp(chip: Row, page: Page) -> str:
    if chip.tpp is None:
        return page.say("unknown, because no dense rate is on record")
    return page.say("largest of dense rate × bit length: %(format)s", format=chip.tpp_format)


def _density(chip: Row, page: Page) -> str:
    lacks = [
        key
        for key, known in (("dense_rates", chip.tpp), ("die_area_mm2", chip.die_area_mm2))
        if known is None
    ]
    if lacks:
        return _unknown(";".join(lacks), page)
    area = page.n(chip, "die_area_mm2")
    if chip.is_die_area_estimate:
        return page.say("TPP ÷ %(area)s mm² of die, an estimate", area=area)
    return page.say("TPP ÷ %(area)s mm² of die", area=area)


def _because(reason: str, rules: list[Row], roles: tuple[str, ...], page: Page) -> str:
    """The reason in words; what is missing is named where the answer is unknown."""
    lacks = [r.missing_inputs for r in rules if r.rule_role in roles and r.reason == "unknown"]
    if lacks and reason.endswith(("_unknown", "_undecided")):
        return _unknown(";".join(lacks), page)
    return page.word("reason", reason)


def _unknown(lacks: str, page: Page) -> str:
    return page.say(
        "unknown, because not on record: %(what)s", what=listed(page, "missing_input", lacks)
    )


def _status(chip: Row, side: str, page: Page) -> list[str]:
    status = chip[f"{side}_status"]
    if not status:
        return [page.say("no record"), "–"]
    since = page.day(chip, f"{side}_status_from", f"{side}_status_precision")
    basis = page.record(chip[f"{side}_status_basis"])
    says = page.say("since %(day)s", day=since)
    return [page.word("export_status", status), headed(page, says, basis) if basis else says]


def _edges(tests: list[Row], page: Page) -> None:
    """Every bound that the chip stands within 1% of, the nearest first."""
    from flows.brief import edges

    near = sorted(
        (t for t in tests if t.is_within_1pct and t.is_binding), key=lambda t: abs(t.distance_pct)
    )
    if not near:
        answer.say(page.say("No bound of a rule in force lies within 1%."), "")
        return
    answer.table(
        page.say("Within 1% of a bound: a rounded figure may fall on its other side"),
        [page.say("rule"), page.say("test"), page.say("value"), page.say("met"),
         page.say("distance")],
        [
            [page.word("rule", t.rule_id), edges.bound(t, page), page.n(t, "value"),
             page.word("outcome_of_class", _met(t)), page.pct(t, "distance_pct", 2, sign=True)]
            for t in near
        ],
        numeric=[2, 4],
    )  # fmt: skip


def _flips(flips: list[Row], page: Page) -> None:
    """Contested and rounded figures with which a rule would say something else."""
    from flows.brief import edges

    if not flips:
        answer.say(page.say("No contested or rounded figure on record turns an answer."), "")
        return
    answer.table(
        page.say("Other figures in print that turn an answer"),
        [page.say("rule"), page.say("on record"), page.say("otherwise"), page.say("test"),
         page.say("where from")],
        [
            [page.word("rule", f.rule_id), edges.recorded(f, page), edges.otherwise(f, page),
             edges.bound(f, page), edges.origin(f, page)]
            for f in flips
        ],
    )  # fmt: skip


def _tests(chip: Row, tests: list[Row], page: Page) -> None:
    from flows.brief import edges

    lines: list[list[Any]] = []
    for t in tests:
        if t.die_area_bound_mm2 is not None and not chip.die_area_mm2:
            at_most = t.operator.startswith(">")
            word = "≤" if at_most else ">"
            value = page.say(
                "met if die area %(sign)s %(area)s mm²",
                sign=word,
                area=page.n(t, "die_area_bound_mm2", 0),
            )
        else:
            value = page.n(t, "value", 2 if t.parameter == "performance_density" else None)
        lines.append(
            [page.word("rule", t.rule_id), str(t.alternative), edges.bound(t, page), value,
             page.word("outcome_of_class", _met(t)), page.pct(t, "distance_pct", 2, sign=True)]
        )  # fmt: skip
    answer.table(
        page.say("Every test"),
        [page.say("rule"), page.say("alternative"), page.say("test"), page.say("value"),
         page.say("met"), page.say("distance")],
        lines,
        numeric=[3, 5],
    )  # fmt: skip


def _met(test: Row) -> str:
    return {True: "met", False: "not_met", None: "unknown"}[test.is_met]
