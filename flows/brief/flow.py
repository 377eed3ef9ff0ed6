"""The `brief` flow: the plain function of the stage under Prefect, with a link to each page."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  Prefect reads parameters' types as it runs
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow, runtime, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import NO_CACHE

from flows import pipeline, settings
from flows.retries import DELAYS_SECONDS, may_pass
from flows.settings import Language, PeriodKind  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Sequence


def _run_name() -> str:
    given = runtime.task_run.parameters
    as_of = f" as of {given.get('as_of')}" if given.get("as_of") else ""
    return f"brief {given.get('period') or 'what is due'}{as_of}"


@task(
    name="brief",
    task_run_name=_run_name,
    retries=3,
    retry_delay_seconds=DELAYS_SECONDS,
    retry_condition_fn=may_pass(),
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


@flow(name="brief", flow_run_name="brief")
def brief(
    period: PeriodKind | None = None,
    as_of: dt.date | None = None,
    languages: list[Language] | None = None,
) -> None:
    """Write the briefing: a web page, a mail and a text in each language.

    Args:
        period: Only this kind of briefing; each that some audience reads where none is given.
        as_of: What was knowable on this day; the end of the last completed period where none.
        languages: Languages to write, en or zh; the settings' where none are given.
    """
    write_editions(period, as_of, languages)
