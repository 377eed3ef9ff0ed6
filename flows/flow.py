"""The whole job under Prefect: `briefing` runs the four stages, `refresh` the first two.

The stages are tasks here and not subflows: each subflow would cost a second of its own. The
run ledger of the warehouse is the record of truth; Prefect's is for watching and alerting.
"""

from __future__ import annotations

from prefect import flow

from flows import pipeline, settings
from flows.brief.flow import AsOf, Languages, PeriodName, write_editions
from flows.build.flow import build_models
from flows.deliver.flow import Recipients, deliver_mail
from flows.ingest.flow import Paths, ingest_records


@flow(name="briefing", flow_run_name="briefing {period} as of {as_of}")
def briefing(
    period: PeriodName = None,
    as_of: AsOf = None,
    languages: Languages = None,
    recipients: Recipients = None,
    paths: Paths = None,
) -> list[str]:
    """Ingest what is new, build, brief, deliver what is due; returns the editions' ids."""
    ingest_records(paths, besides=True)
    due = pipeline.due_editions(settings.load(), period=period, as_of=as_of)
    build_models(max(edition.as_of for edition in due))
    editions = write_editions(period, as_of, languages)
    deliver_mail(recipients=recipients)
    return editions


@flow(name="refresh", flow_run_name="refresh")
def refresh(paths: Paths = None) -> None:
    """Ingest what is new and bring the models up to date; no briefing is written."""
    ingest_records(paths, besides=True)
    build_models()
