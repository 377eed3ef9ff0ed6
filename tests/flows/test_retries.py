"""A retry is made where waiting can help, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from flows import retries
from flows.deliver.report import Became, Delivery, DeliveryReport, NotDelivered
from warehouse.errors import CheckFailed, LockHeld, WrongUse


def _undelivered(became: Became, held_up: str = "") -> NotDelivered:
    lost = Delivery("weekly-2026-W47", "en", "Desk", "ann@x.example", became, "why", "<id@x>")
    return NotDelivered(DeliveryReport((lost,), held_up=held_up))


#: Prefect is loaded where its other tests are.
@pytest.mark.xdist_group("prefect")
@pytest.mark.parametrize(
    ("stage", "error", "again"),
    [
        ("ingest", LockHeld("busy"), True),
        ("ingest", TimeoutError("no answer"), True),
        ("ingest", ConnectionResetError("gone"), True),
        ("ingest", WrongUse("no such file"), False),
        ("build", LockHeld("busy"), True),
        ("build", CheckFailed("two rows of one grain"), False),
        ("brief", LockHeld("busy"), True),
        ("brief", ValueError("unforeseen"), False),
        ("deliver", _undelivered("pending"), True),
        ("deliver", _undelivered("unknown"), True),
        ("deliver", _undelivered("failed"), False),
        ("deliver", _undelivered("pending", held_up="535 wrong password"), False),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(
    stage: str, error: Exception, again: bool
) -> None:
    from prefect.states import Failed

    from flows.brief.flow import write_editions
    from flows.build.flow import build_models
    from flows.deliver.flow import deliver_mail
    from flows.ingest.flow import ingest_records

    tasks = {
        "ingest": ingest_records, "build": build_models, "brief": write_editions,
        "deliver": deliver_mail,
    }  # fmt: skip
    task: Any = tasks[stage]
    assert task.retries == 3
    assert task.retry_condition_fn(task, None, Failed(data=error)) is again


def test_the_waits_between_fetches_grow_and_vary_and_have_a_bound() -> None:
    waits = [[retries.wait_before(retry) for _ in range(50)] for retry in (1, 2, 3, 20)]

    assert all(0.25 <= wait <= 0.5 for wait in waits[0])
    assert all(1 <= wait <= 2 for wait in waits[2])
    assert all(30 <= wait <= retries.LONGEST_SECONDS for wait in waits[3])
    assert all(len(set(each)) > 10 for each in waits)


def test_a_wait_that_was_asked_for_is_kept_within_the_bound() -> None:
    asked = [retries.wait_before(1, seconds) for seconds in (0.0, 7.0, 9999.0, -3.0)]

    assert asked == [0.0, 7.0, retries.LONGEST_SECONDS, 0.0]
