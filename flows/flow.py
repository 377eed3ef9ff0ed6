"""The whole job under Prefect: `briefing` runs the four stages, `refresh` the first two.

The stages are tasks here and not subflows: each subflow would cost a second of its own. The
run ledger of the warehouse is the record of truth; Prefect's is for watching and alerting.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  Prefect reads parameters' types as it runs

from prefect import flow, runtime

from flows.brief.flow import write_editions
from flows.build.flow import build_models
from flows.deliver.flow import deliver_mail
from flows.ingest.flow import ingest_records
from flows.settings import Language, PeriodKind  # noqa: TC001


def _run_name() -> str:
    given = runtime.flow_run.parameters
    as_of = f" as of {given['as_of']}" if given.get("as_of") else ""
    return f"{given.get('period') or 'due'} briefing{as_of}"


@flow(name="briefing", flow_run_name=_run_name)
def briefing(
    period: PeriodKind | None = None,
    as_of: dt.date | None = None,
    languages: list[Language] | None = None,
    recipients: list[str] | None = None,
    paths: list[str] | None = None,
) -> list[str]:
    """Ingest what is new, build, brief, deliver what is due; returns the editions' ids.

    Args:
        period: Only this kind of briefing; each that some audience reads where none is given.
        as_of: What was knowable on this day; the end of the last completed period where none.
        languages: Languages to write, en or zh; the settings' where none are given.
        recipients: Only these of the audiences' recipients; all of them where none are given.
        paths: Files, folders, globs or addresses to read besides the settings' inputs.
    """
    ingest_records(paths, besides=True)
    build_models()
    editions = write_editions(period, as_of, languages)
    deliver_mail(recipients=recipients)
    return editions


@flow(name="refresh", flow_run_name="refresh")
def refresh(paths: list[str] | None = None) -> None:
    """Ingest what is new and bring the models up to date; no briefing is written.

    Args:
        paths: Files, folders, globs or addresses to read besides the settings' inputs.
    """
    ingest_records(paths, besides=True)
    build_models()
