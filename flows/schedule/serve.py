"""Serving the timetable: one process that registers the deployments and runs them when due.

For one machine, without a work pool. Imports Prefect, and only when called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.schedule.timetable import TIMETABLE

if TYPE_CHECKING:
    from flows.settings import Settings


def serve(settings: Settings) -> None:
    """Serve every entry of the timetable until the process is stopped.

    Needs a Prefect server (`prefect server start`). One run at a time: the warehouse has one
    writer. Runs read the settings that this process was started with.
    """
    import os

    import prefect

    # Each run is a process of its own, which reads its settings from the environment.
    os.environ["CHIPBRIEF_HOME"] = str(settings.store.root)
    prefect.serve(*deployments(), limit=1)


def deployments() -> list[Any]:
    """The timetable as Prefect deployments."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows import flow

    return [
        getattr(flow, entry.function).to_deployment(
            name=entry.name,
            description=entry.says,
            parameters=dict(entry.parameters),
            entrypoint_type=EntrypointType.MODULE_PATH,
            schedules=[
                Cron(slot.cron, timezone=slot.timezone, active=slot.is_active, slug=slot.slug)
                for slot in entry.slots
            ],
        )
        for entry in TIMETABLE
    ]
