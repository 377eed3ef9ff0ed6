"""The commands that do the work: the whole job, each stage, and how things stand."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  typer reads the types as it runs
from typing import Annotated

import typer

from flows.cli.arguments import AsJson, AsOf, Lang, Period, WithEngine, day_of, settings_of
from flows.ingest.said import PROVIDERS
from warehouse.errors import WrongUse

app = typer.Typer()


@app.command(epilog="Example: chipbrief run --period weekly --lang en --lang zh")
def run(
    context: typer.Context,
    period: Period = None,
    as_of: AsOf = None,
    lang: Lang = None,
    engine: WithEngine = None,
    as_json: AsJson = False,
) -> None:
    """Do the whole job: ingest what is new, build, brief, deliver what is due."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        report = pipeline.run(
            settings_of(context, engine=engine),
            period=period,
            as_of=as_of,
            languages=lang,
            on_progress=on_progress,
        )
    outcome.tell_run(report, as_json=as_json)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: chipbrief ingest prices/NVDA.csv --provider yahoo")
def ingest(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs; http(s)://, s3://; query:NAME."),
    ],
    kind: Annotated[str | None, typer.Option(help="What the rows are: prices, sales, …")] = None,
    provider: Annotated[
        str | None, typer.Option(help=f"Who made the file: {', '.join(sorted(PROVIDERS))}.")
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="Whose prices, where the file does not say.")
    ] = None,
    adjustment: Annotated[
        str | None, typer.Option(help="What prices are: raw, split or total_return.")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(help="How 03/04/2025 is meant: mdy or dmy.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="How 1,234 is meant: comma or point before the fraction.")
    ] = None,
    volume_unit: Annotated[
        str | None, typer.Option(help="What volumes count: shares, lots or thousands.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet of a workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read records from files and addresses; wrong rows go to quarantine with their reason."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        report = pipeline.ingest_stage(
            settings_of(context),
            paths,
            kind=kind,
            provider=provider,
            symbol=symbol,
            adjustment=adjustment,
            date_order=date_order,
            decimal=decimal,
            volume_unit=volume_unit,
            sheet=sheet,
            on_progress=on_progress,
        )
    outcome.tell_ingest(report, as_json=as_json)
    raise typer.Exit(4 if report.refused_any else 0)


@app.command(epilog="Example: chipbrief build --full")
def build(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Make every model anew.")] = False,
    as_of: AsOf = None,
    engine: WithEngine = None,
    as_json: AsJson = False,
) -> None:
    """Bring the models up to date, check them and publish them together."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        report = pipeline.build_stage(
            settings_of(context, engine=engine), as_of=as_of, full=full, on_progress=on_progress
        )
    outcome.tell_build(report, as_json=as_json)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: chipbrief brief --period monthly --as-of 2026-10-31 --lang zh")
def brief(
    context: typer.Context,
    period: Period = None,
    as_of: AsOf = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Write the briefing: a web page, a mail and a text in each language."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        editions = pipeline.brief_stage(
            settings_of(context),
            period=period,
            as_of=as_of,
            languages=lang,
            on_progress=on_progress,
        )
    outcome.tell_editions(editions, as_json=as_json)


@app.command(epilog="Example: chipbrief send --dry-run")
def send(
    context: typer.Context,
    edition: Annotated[str | None, typer.Option(help="This edition, not what is due.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go to whom; send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mail what is due; without an SMTP server the messages are written to the outbox."""
    from flows import pipeline
    from flows.terminal import outcome

    report = pipeline.deliver_stage(settings_of(context), edition_id=edition, dry_run=dry_run)
    outcome.tell_delivery(report, as_json=as_json)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: chipbrief backfill --from 2026-06-01 --to 2026-08-31")
def backfill(
    context: typer.Context,
    first: Annotated[
        dt.date, typer.Option("--from", parser=day_of, metavar="DATE", help="First day.")
    ],
    last: Annotated[dt.date, typer.Option("--to", parser=day_of, metavar="DATE", help="Last day.")],
    period: Period = None,
    as_json: AsJson = False,
) -> None:
    """Write the briefings of past periods that never had one, as each was knowable then."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        editions = pipeline.backfill_stage(
            settings_of(context), first, last, period=period, on_progress=on_progress
        )
    outcome.tell_editions(editions, as_json=as_json)


@app.command(epilog="Example: chipbrief serve")
def serve(context: typer.Context) -> None:
    """Serve the scheduled flows to a Prefect server until interrupted."""
    from flows.schedule.serve import serve as serve_flows

    serve_flows(settings_of(context))


@app.command(epilog="Example: chipbrief status --disagreements --kind prices --json")
def status(
    context: typer.Context,
    disagreements: Annotated[
        bool,
        typer.Option("--disagreements", help="List where sources disagree, the widest first."),
    ] = False,
    kind: Annotated[
        str | None, typer.Option("--kind", help="With --disagreements: only this kind of record.")
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", help="With --disagreements: only this column.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how fresh the data is, what is held back, what ran and what is due."""
    if disagreements:
        from flows.terminal import disagreements as view

        view.tell(settings_of(context), kind, field, as_json=as_json)
        return
    if kind or field:
        raise WrongUse("--kind and --field choose among disagreements.", "Add --disagreements.")
    from flows.terminal import standing

    standing.tell(settings_of(context), as_json=as_json)
