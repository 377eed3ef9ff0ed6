"""Figures to render: the bundled records as a real run built them, and rows made by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from flows.assets import asset
from flows.brief import figures as reading
from flows.brief.changes import Changes
from flows.brief.figures import Column, Figures, Row, Table
from flows.brief.issue import Issue
from flows.brief.render import Material

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = dt.date(2026, 11, 22)
ISSUE = Issue("weekly", "2026-W47", dt.date(2026, 11, 16), AS_OF, AS_OF, "chipbrief")


@pytest.fixture(scope="session")
def edition_folder(briefed_home: Path) -> Path:
    """The folder of the edition that a run on the bundled records made."""
    return next((briefed_home / "briefings").glob("weekly-*"))


@pytest.fixture(scope="session")
def real_figures(edition_folder: Path) -> Figures:
    """The figures of that edition."""
    return reading.from_json((edition_folder / "data.json").read_bytes())


def made(**reports: list[dict[str, Any]]) -> Figures:
    """Figures of rows made by hand; a column that a row leaves out is null."""
    tables = {}
    for model, rows in reports.items():
        twin = yaml.safe_load((asset("sql") / "reports" / f"{model}.yml").read_text("utf-8"))
        columns = {c: Column(c, str(twin["columns"][c]["type"])) for c in twin["columns"]}
        found = []
        for row in rows:
            assert set(row) <= set(columns), set(row) - set(columns)
            values = {c: row.get(c) for c in columns}
            found.append(Row(model, tuple(str(values[g]) for g in twin["grain"]), values))
        tables[model] = Table(model, "", tuple(twin["grain"]), columns, tuple(found))
    return Figures(AS_OF, tables)


@pytest.fixture
def material() -> Callable[..., Material]:
    """`material(figures, changes=…, issue=…)`: what a template is rendered from, without charts."""

    def build(figures: Figures, changes: Changes | None = None, issue: Issue = ISSUE) -> Material:
        return Material(issue, figures, changes or Changes(is_first=True), {}, ("en", "zh"))

    return build
