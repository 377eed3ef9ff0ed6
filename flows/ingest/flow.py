"""The `ingest` flow: the plain function of the stage under Prefect, with a table of its files.

A retry is for what passes by itself: another run that holds the lock, a source that does not
answer. A file that is refused is refused again, so it is told and not retried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows import pipeline, settings
from flows.retries import DELAYS_SECONDS, may_pass
from warehouse.errors import WrongUse

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
    adjustment: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    volume_unit: str | None = None,
    sheet: str | None = None,
) -> int:
    """Read what is new; returns the number of rows accepted.

    `besides` reads the settings' inputs too. The artifact `ingested-files` holds one row a file.
    """
    config = with_connections(settings.load())
    if besides and paths:
        config = config.model_copy(update={"inputs": [*config.inputs, *paths]})
        paths = None
    report = pipeline.ingest_stage(
        config, paths, kind=kind, provider=provider, symbol=symbol, adjustment=adjustment,
        date_order=date_order, decimal=decimal, volume_unit=volume_unit, sheet=sheet,
    )  # fmt: skip
    log = get_run_logger()
    for file in report.files:
        if file.is_refused:
            name = file.origin or file.path.name
            log.warning("%s refused: %s %s", name, file.reason, file.way_out)
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


def with_connections(config: settings.Settings) -> settings.Settings:
    """The settings with each query's connection from the Secret block that it names.

    Raises WrongUse where a block cannot be read.
    """
    queries = []
    for query in config.queries:
        found = query
        if query.connection is None and query.connection_secret is not None:
            try:
                held = cast("Secret[Any]", Secret.load(query.connection_secret)).get()
            except ValueError:
                raise WrongUse(
                    f"Prefect has no Secret block {query.connection_secret!r}.",
                    f"Create it in the Prefect UI, or set connection_env of query {query.name}.",
                ) from None
            found = query.model_copy(update={"connection": SecretStr(str(held))})
        queries.append(found)
    return config.model_copy(update={"queries": queries})


def _row(file: FileReport) -> dict[str, Any]:
    return {
        "file": file.origin or file.path.name,
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
    adjustment: str | None = None,
    date_order: str | None = None,
    decimal: str | None = None,
    volume_unit: str | None = None,
    sheet: str | None = None,
) -> None:
    """Read records from files; rows that are wrong go to quarantine with their reason.

    Args:
        paths: Files, folders, globs or addresses; the bundled records and the settings' inputs
            where none.
        kind: What the rows are, where the file does not say: prices, sales and so on.
        provider: Who made the files, where their content does not say; docs/records.md has them.
        symbol: Whose prices, where the file does not say.
        adjustment: What the prices are, where the file does not say: raw, split, total_return.
        date_order: How 03/04/2025 is meant, where no other row shows it: mdy or dmy.
        decimal: The mark before fractions, where no value shows it: comma or point.
        sheet: The one sheet of a workbook to read; all of them where none is named.
        volume_unit: What volumes count, where nothing shows it: shares, lots or thousands.
    """
    ingest_records(
        paths, kind=kind, provider=provider, symbol=symbol, adjustment=adjustment,
        date_order=date_order, decimal=decimal, volume_unit=volume_unit, sheet=sheet,
    )  # fmt: skip
