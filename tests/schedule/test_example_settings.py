"""The example settings are settings: every line of the file is understood, commented or not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows import settings
from flows.settings import Http, Live, Query, Settings, Smtp, Spark

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPBRIEF_CONFIG", "")


def test_the_example_can_be_used_as_it_is() -> None:
    loaded = settings.load(ROOT / "chipbrief.example.toml")

    assert [a.name for a in loaded.audiences] == ["Research desk", "研究组"]
    assert loaded.smtp is None


def test_the_example_with_every_setting_switched_on_is_valid_too(tmp_path: Path) -> None:
    text = (ROOT / "chipbrief.example.toml").read_text("utf-8")
    file = tmp_path / "chipbrief.toml"
    switched = re.sub(r"(?m)^# (\[smtp\]|\[spark\]|\[\[queries\]\]|[a-z_]+ = )", r"\1", text)
    file.write_text(switched, "utf-8")

    loaded = settings.load(file)

    assert loaded.smtp is not None
    block = "chipbrief-smtp"
    assert loaded.smtp.password_secret == block
    assert [query.name for query in loaded.queries] == ["desk-sales"]
    assert loaded.spark.conf == {"spark.executor.memory": "4g"}


def test_every_setting_is_shown_in_the_example() -> None:
    text = (ROOT / "chipbrief.example.toml").read_text("utf-8")

    parts = (Settings, Smtp, Http, Query, Live, Spark)
    for field in (name for part in parts for name in part.model_fields):
        assert re.search(rf"(?m)^(# ?)?\[*{field}\b|^#   {field}\b", text), field
