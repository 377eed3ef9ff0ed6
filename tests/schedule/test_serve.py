"""What `chipbrief serve` registers is the timetable; nothing loads Prefect before it is asked."""

from __future__ import annotations

import subprocess
import sys

from flows.schedule.serve import deployments
from flows.schedule.timetable import TIMETABLE


def test_the_served_deployments_are_the_timetable() -> None:
    for made, entry in zip(deployments(), TIMETABLE, strict=True):
        assert (made.name, made.flow_name) == (entry.name, entry.function)
        assert made.entrypoint == f"flows.flow.{entry.function}"
        assert made.parameters == entry.parameters
        for given, slot in zip(made.schedules, entry.slots, strict=True):
            assert (given.slug, given.active) == (slot.slug, slot.is_active)
            assert (given.schedule.cron, given.schedule.timezone) == (slot.cron, slot.timezone)


def test_the_plain_functions_load_no_prefect() -> None:
    code = (
        "import sys, flows.pipeline, flows.deliver.delivery, flows.schedule.serve,"
        " flows.schedule.due; sys.exit('prefect' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
