"""The `build` flow: the plain function of the stage under Prefect, with a table of its models.

A failed check is not retried: the same records fail it again, and readers keep what they have.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  Prefect reads parameters' types as it runs

from prefect import flow, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows import pipeline, settings
from flows.retries import DELAYS_SECONDS, may_pass
from warehouse.store import open_published


def _run_name() -> str:
    given = runtime.task_run.parameters
    return f"build as of {given.get('as_of') or 'of the newest due briefing'}"


@task(
    name="build",
    task_run_name=_run_name,
    retries=3,
    retry_delay_seconds=DELAYS_SECONDS,
    retry_condition_fn=may_pass(),
    cache_policy=NO_CACHE,
    persist_result=False,
)
def build_models(as_of: dt.date | None = None, *, full: bool = False) -> str:
    """Bring the models up to date and publish them; returns the build's id.

    The artifact `built-models` holds the rows of every model that was made anew.
    """
    config = settings.load()
    report = pipeline.build_stage(config, as_of=as_of, full=full)
    with open_published(config.store) as con:
        rows = dict(con.execute("select model, rows from ledger_models").fetchall())
    create_table_artifact(
        key="built-models",
        table=[{"model": model, "rows": rows.get(model)} for model in report.built],
        description=(
            f"Build {report.build_id} as of {report.as_of}: {len(report.built)} models made anew"
            if report.is_new
            else f"Build {report.build_id} as of {report.as_of} stands: nothing has changed"
        ),
    )
    return report.build_id


@flow(name="build", flow_run_name="build")
def build(as_of: dt.date | None = None, full: bool = False) -> None:
    """Bring the models up to date, check them and publish them together.

    Args:
        as_of: What was knowable on this day; the newest due briefing's day where none.
        full: Make every model anew.
    """
    build_models(as_of, full=full)
