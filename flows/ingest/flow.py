"""The `ingest` flow: the plain function of the stage under Prefect, with a table of its files.

A retry is for what passes by itself: another run that holds the lock, a source that does not
answer. A file that is refused is refused again, so it is told and not retried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows import pipeline, settings
from flows.retries import DELAYS_SECONDS, may_pass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ingest.report import FileReport


@task(
    name="ingest",
    task_run_name="ingest",
    retries=3,
    retry_delay_seconds=DELAYS_SECONDS,
    retry_condition_fn=may_pass(ConnectionError, TimeoutError),
    cache_policy=NO_CACHE,
    persist_result=False,
)
def ingest_records(
    paths: Sequence[str] | None = None,
    *,
    besides: bool = False,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
) -> int:
    """Read what is new; returns the number of rows accepted.

    `besides` reads the settings' inputs too. The artifact `ingested-files` holds one row a file.
    """
    config = settings.load()
    if besides and paths:
        config = config.model_copy(update={"inputs": [*config.inputs, *paths]})
        paths = None
    report = pipeline.ingest_stage(config, paths, kind=kind, provider=provider, symbol=symbol)
    log = get_run_logger()
    for file in report.files:
        if file.status == "refused":
            log.warning("%s refused: %s %s", file.shown if file.origin else file.path.name, file.reason, file.way_out)
        elif file.rows_quarantined:
            log.warning("%s: %d rows in quarantine", file.path.name, file.rows_quarantined)
    create_table_artifact(
        key="ingested-files",
        table=[_row(file) for file in report.files],
        description=(
            f"{report.rows_read:,} rows read = {report.rows_accepted:,} accepted"
            f" + {report.rows_duplicate:,} duplicate + {report.rows_quarantined:,} quarantined"
        ),
    )
    return report.rows_accepted


def _row(file: FileReport) -> dict[str, Any]:
    return {
        "file": file.path.name,
        "kind": file.kind,
        "provider": file.provider,
        "status": file.status,
        "batch": file.batch_id,
        "rows read": file.rows_read,
        "accepted": file.rows_accepted,
        "duplicate": file.rows_duplicate,
        "quarantined": file.rows_quarantined,
        "reason": file.reason,
    }


@flow(name="ingest", flow_run_name="ingest")
def ingest(
    paths: list[str] | None = None,
    kind: str | None = None,
    provider: str | None = None,
    symbol: str | None = None,
) -> None:
    """Read records from files; rows that are wrong go to quarantine with their reason.

    Args:
        paths: Files, folders or globs; the bundled records and the settings' inputs where none.
        kind: What the rows are, where the file does not say: prices, sales and so on.
        provider: Who made the files, where their content does not say: tidy, yahoo, akshare, ecb.
        symbol: Whose prices, where the file does not say.
    """
    ingest_records(paths, kind=kind, provider=provider, symbol=symbol)
