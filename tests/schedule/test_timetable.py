"""The work pool's timetable and the served one are the same, and every flow in it exists."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from flows.schedule.timetable import TIMETABLE

ROOT = Path(__file__).parents[2]


def test_prefect_yaml_says_what_the_timetable_says() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]

    for given, entry in zip(deployments, TIMETABLE, strict=True):
        assert given["name"] == entry.name
        assert given["description"] == entry.says
        assert given["entrypoint"] == f"flows/flow.py:{entry.function}"
        assert given.get("parameters", {}) == entry.parameters
        slots = [
            (s["slug"], s["cron"], s["timezone"], s.get("active", True)) for s in given["schedules"]
        ]
        assert slots == [(s.slug, s.cron, s.timezone, s.is_active) for s in entry.slots]


def test_every_function_of_the_timetable_stands_in_the_flow_file() -> None:
    tree = ast.parse((ROOT / "flows" / "flow.py").read_text("utf-8"))

    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert {entry.function for entry in TIMETABLE} <= named


def test_a_briefing_starts_on_the_same_date_in_its_time_zone_and_in_utc() -> None:
    for entry in TIMETABLE:
        for slot in entry.slots:
            minute, hour = (int(part) for part in slot.cron.split()[:2])
            for month in (1, 7):
                local = dt.datetime(2026, month, 20, hour, minute, tzinfo=ZoneInfo(slot.timezone))
                assert local.astimezone(dt.UTC).date() == local.date()


def test_no_secret_stands_in_what_is_committed() -> None:
    for name in ("prefect.yaml", "chipbrief.example.toml"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert not [line for line in lines if line.lstrip("# ").startswith("password =")]
