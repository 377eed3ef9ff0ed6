"""The `deliver` flow: the plain function of the stage under Prefect.

Mail that a server did not take yet is tried again after minutes; what it refused for good, and
what a person must mend first, is not. The password may come from a Prefect Secret block; it is
fetched here and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows import pipeline, settings
from flows.deliver.report import NotDelivered
from warehouse.errors import LockHeld, WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun

    from flows.deliver.report import DeliveryReport
    from flows.settings import Settings


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.data
    return isinstance(error, LockHeld) or (isinstance(error, NotDelivered) and error.may_pass)


@task(
    name="deliver",
    task_run_name="deliver",
    retries=3,
    retry_delay_seconds=[60, 300, 900],
    retry_condition_fn=_may_pass,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def deliver_mail(
    edition_id: str | None = None,
    recipients: Sequence[str] | None = None,
    *,
    dry_run: bool = False,
) -> int:
    """Send what is due; returns how many messages were sent or filed.

    The artifact `deliveries` counts them by edition and audience; addresses stay in the outbox.
    Raises NotDelivered where some mail did not reach its server.
    """
    report = pipeline.deliver_stage(
        with_password(settings.load()),
        edition_id=edition_id,
        recipients=recipients,
        dry_run=dry_run,
    )
    for line in report.lines():
        get_run_logger().info("%s", line)
    create_table_artifact(
        key="deliveries",
        table=_table(report),
        description=f"{report.already} delivered before; outbox: {report.outbox}",
    )
    if report.undelivered:
        raise NotDelivered(report)
    return report.count("sent", "filed")


def with_password(config: Settings) -> Settings:
    """The settings with the password of the Secret block that they name, where none is set.

    Raises WrongUse where the block cannot be read.
    """
    smtp = config.smtp
    if smtp is None or smtp.password is not None or smtp.password_secret is None:
        return config
    try:
        held = cast("Secret[Any]", Secret.load(smtp.password_secret)).get()
    except ValueError:
        raise WrongUse(
            f"Prefect has no Secret block {smtp.password_secret!r}.",
            "Create it in the Prefect UI, or set CHIPBRIEF_SMTP__PASSWORD.",
        ) from None
    known = smtp.model_copy(update={"password": SecretStr(str(held))})
    return config.model_copy(update={"smtp": known})


def _table(report: DeliveryReport) -> list[dict[str, Any]]:
    counts = Counter((d.edition_id, d.language, d.audience, d.became) for d in report.deliveries)
    return [
        {"edition": e, "language": lang, "audience": audience, "became": became, "messages": n}
        for (e, lang, audience, became), n in sorted(counts.items())
    ]


@flow(name="deliver", flow_run_name="deliver")
def deliver(
    edition_id: str | None = None,
    recipients: list[str] | None = None,
    dry_run: bool = False,
) -> None:
    """Mail what is due; without an SMTP server the messages are written to the outbox.

    Args:
        edition_id: This edition; the newest of each period that is not delivered where none.
        recipients: Only these of the audiences' recipients; all of them where none are given.
        dry_run: Say what would go to whom; send nothing.
    """
    deliver_mail(edition_id, recipients, dry_run=dry_run)
