"""A retry is made where waiting can help, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.states import Failed

from flows.brief.flow import write_editions
from flows.build.flow import build_models
from flows.deliver.flow import deliver_mail
from flows.deliver.report import Became, Delivery, DeliveryReport, NotDelivered
from flows.ingest.flow import ingest_records
from warehouse.errors import CheckFailed, LockHeld, WrongUse


def _undelivered(became: Became, held_up: str = "") -> NotDelivered:
    lost = Delivery("weekly-2026-W47", "en", "Desk", "ann@x.example", became, "why", "<id@x>")
    return NotDelivered(DeliveryReport((lost,), held_up=held_up))


@pytest.mark.parametrize(
    ("stage", "error", "again"),
    [
        (ingest_records, LockHeld("busy"), True),
        (ingest_records, TimeoutError("no answer"), True),
        (ingest_records, ConnectionResetError("gone"), True),
        (ingest_records, WrongUse("no such file"), False),
        (build_models, LockHeld("busy"), True),
        (build_models, CheckFailed("two rows of one grain"), False),
        (write_editions, LockHeld("busy"), True),
        (write_editions, ValueError("unforeseen"), False),
        (deliver_mail, _undelivered("pending"), True),
        (deliver_mail, _undelivered("unknown"), True),
        (deliver_mail, _undelivered("failed"), False),
        (deliver_mail, _undelivered("pending", held_up="535 wrong password"), False),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(
    stage: Any, error: Exception, again: bool
) -> None:
    assert stage.retries == 3
    assert stage.retry_condition_fn(stage, None, Failed(data=error)) is again
