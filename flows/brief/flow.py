"""The `brief` flow: the plain function of the stage under Prefect, with a link to each page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from prefect import flow, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows import pipeline, settings
from flows.settings import Language, PeriodKind
from warehouse.errors import LockHeld

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun

PeriodName = Annotated[
    PeriodKind | None,
    Field(description="Only this kind of briefing; each that somebody reads where none is given."),
]
AsOf = Annotated[
    dt.date | None,
    Field(description="What was knowable on this day; the last completed period where none."),
]
Languages = Annotated[
    list[Language] | None, Field(description="Languages to write; the settings' where none.")
]


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.data, LockHeld)


@task(
    name="brief",
    task_run_name="brief {period} as of {as_of}",
    retries=3,
    retry_delay_seconds=[30, 120, 300],
    retry_condition_fn=_may_pass,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def write_editions(
    period: PeriodKind | None = None,
    as_of: dt.date | None = None,
    languages: Sequence[Language] | None = None,
) -> list[str]:
    """Write the editions that are due, or the one that is named; returns their ids.

    One artifact a page, `briefing-page-en` and so on: under one key the newest is shown.
    """
    editions = pipeline.brief_stage(
        settings.load(), period=period, as_of=as_of, languages=languages
    )
    for edition in editions:
        news = "new" if edition.is_new else "unchanged"
        for language, page in sorted(edition.pages.items()):
            create_link_artifact(
                key=f"briefing-page-{language}",
                link=Path(page).resolve().as_uri(),
                link_text=f"{edition.edition_id} ({language})",
                description=f"{edition.edition_id}, {news}: {page}",
            )
    return [edition.edition_id for edition in editions]


@flow(name="brief", flow_run_name="brief {period} as of {as_of}")
def brief(period: PeriodName = None, as_of: AsOf = None, languages: Languages = None) -> None:
    """Write the briefing: a web page, a mail and a text in each language."""
    write_editions(period, as_of, languages)
