"""A chart that cannot be drawn stops no edition: a plain line stands in its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flows.brief import charts, edition
from flows.brief.charts import render
from flows.terminal import outcome
from tests.brief.test_edition import con, content, make  # noqa: F401  the fixture
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

LINE = {"en": "This chart could not be drawn", "zh": "此图未能绘制"}
IN_MAIL = {"en": "A chart could not be drawn", "zh": "有一幅图未能绘制"}


def lay_out_badly(lost: str, error: BaseException) -> Callable[..., Any]:
    """A `sketch` that fails on one chart and has nothing to draw of any other."""

    def sketch(name: str, *_: object) -> None:
        if name == lost:
            raise error

    return sketch


@pytest.mark.parametrize("lost", ["price_quotes", "fee_scenarios"])
def test_a_chart_that_cannot_be_laid_out(
    lost: str,
    con: duckdb.DuckDBPyConnection,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(charts, "sketch", lay_out_badly(lost, TypeError("None < str")))

    made = make(con, tmp_path, languages=["en", "zh"])

    for language, line in LINE.items():
        files = {part: (made.folder / f"{part}.{language}.html").read_text("utf-8")
                 for part in ("web", "mail")}  # fmt: skip
        assert files["web"].count(line) == 1
        assert files["mail"].count(IN_MAIL[language]) == (lost == "fee_scenarios")
    assert made.charts_lost == {lang: {lost: "TypeError: None < str"} for lang in ("en", "zh")}
    outcome._edition_lines([made])
    said = capsys.readouterr().out
    assert f"warning: the chart {lost} (en) cannot be drawn" in said
    assert f"warning: the chart {lost} (zh) cannot be drawn" in said
    # the same bytes again, and said again as long as the edition stands
    assert edition.again(Home(tmp_path), made.edition_id) == content(made.folder)
    assert make(con, tmp_path, languages=["en", "zh"]).charts_lost == made.charts_lost


def test_a_chart_that_fails_as_late_as_it_is_drawn(
    con: duckdb.DuckDBPyConnection,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sketch = charts.sketch
    only = "fee_scenarios"

    def one(name: str, figures: Any, lang: str) -> charts.Sketch | None:
        return sketch(name, figures, lang) if name == only else None

    def fail(*_: object) -> bytes:
        raise ValueError("no such mark\nat line 3")

    monkeypatch.setattr(charts, "sketch", one)
    monkeypatch.setattr("flows.brief.studio._cores", lambda: 1)
    monkeypatch.setattr(render, "to_png", fail)

    made = make(con, tmp_path, languages=["en", "zh"])

    assert made.charts_lost["en"] == {only: "ValueError: no such mark"}
    assert not list(made.folder.glob("charts/*"))
    for language, line in LINE.items():
        assert line in (made.folder / f"web.{language}.html").read_text("utf-8")
        mail = (made.folder / f"mail.{language}.html").read_text("utf-8")
        assert IN_MAIL[language] in mail
        assert "<img" not in mail


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), OSError(28, "disk full")])
def test_what_is_no_fault_of_a_chart_is_not_kept_quiet(
    error: BaseException,
    con: duckdb.DuckDBPyConnection,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charts, "sketch", lay_out_badly("claims", error))

    with pytest.raises(type(error)):
        make(con, tmp_path, languages=["en", "zh"])


def test_an_edition_with_all_its_charts_says_nothing_of_them(edition_folder: Path) -> None:
    assert "charts_lost" not in json.loads((edition_folder / "edition.json").read_text("utf-8"))
