"""Two chips side by side, each measure with its definition: dense with dense, never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.terminal import answer
from flows.terminal.reading import find_chip, published, rows
from flows.terminal.wording import headed, pen, row

if TYPE_CHECKING:
    import datetime as dt

    from flows.brief.figures import Row
    from flows.brief.page import Page
    from flows.settings import Settings

_MODELS = ("dim_chip", "fct_chip_comparison")


def tell_comparison(
    settings: Settings,
    name: str,
    other: str,
    as_of: dt.date | None,
    *,
    as_json: bool,
    language: str | None = None,
) -> None:
    """Print every measure of two chips: like for like first, mixed definitions marked."""
    with published(settings, as_of, _MODELS) as con:
        left, right = find_chip(con, name), find_chip(con, other)
        measures = rows(
            con,
            "select measure, value, other_value, unit, ratio, change_pct, is_like_for_like,"
            " definition, missing, source_id, confidence from fct_chip_comparison"
            " where chip_id = ? and other_chip_id = ? order by measure_no",
            [left["chip_id"], right["chip_id"]],
        )
    page = pen(settings, language)
    told = [_told(measure, page) for measure in measures]
    if as_json:
        answer.to_json(
            {
                "chip": left["chip_id"],
                "other_chip": right["chip_id"],
                "as_of": left["as_of"],
                "measures": told,
            }
        )
        return
    _show(row(left), row(right), [row(t) for t in told], page)


def _told(measure: dict[str, Any], page: Page) -> dict[str, Any]:
    sources = dict.fromkeys(measure["source_id"].split(";"))
    return {
        **measure,
        "definition": page.word("definition", measure["definition"]),
        "summary": _summary(row(measure), page),
        "source_id": ";".join(sources),
    }


def _show(left: Row, right: Row, measures: list[Row], page: Page) -> None:
    from flows.brief import formats

    answer.table(
        page.say(
            "%(chip)s against %(other)s, as of %(day)s",
            chip=left["model"],
            other=right["model"],
            day=formats.day(page.language, left.as_of),
        ),
        [page.say("measure"), left.short_name, right.short_name, page.say("unit"),
         page.say("says"), page.say("definition")],
        [
            [
                page.word("measure", m.measure),
                page.n(m, "value"),
                page.n(m, "other_value"),
                m.unit,
                m.summary or page.say("unknown: %(why)s", why=page.word("missing", m.missing)),
                m.definition
                if m.is_like_for_like
                else page.say("NOT LIKE FOR LIKE: %(definition)s", definition=m.definition),
            ]
            for m in measures
        ],
        numeric=[1, 2],
        notes=[
            headed(
                page,
                chip.short_name,
                f"{chip.source_id.replace(';', ', ')}"
                f" · {page.word('confidence', chip.confidence)}",
            )
            for chip in (left, right)
        ],
    )  # fmt: skip


def _summary(measure: Row, page: Page) -> str | None:
    """A multiple where one chip has several times the other, a percentage where they are near."""
    if measure.ratio is None:
        return None
    if measure.ratio >= 2:
        return page.x(measure, "ratio")
    return page.pct(measure, "change_pct", 1, sign=True)
