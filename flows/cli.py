"""The command line. It parses words, calls the plain functions and says what came of it.

Exit codes: 0 done · 1 something unforeseen · 2 wrong use or configuration · 3 another run holds
the lock · 4 some input was refused · 5 a check failed · 6 some mail was not delivered.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from warehouse import clock
from warehouse.errors import Trouble, WrongUse

app = typer.Typer(
    name="chipbrief",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches AI-chip exports to China: records in, traceable bilingual briefings out.",
)


class PeriodKind(StrEnum):
    """How often a briefing comes out."""

    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"
    quarterly = "quarterly"


class Language(StrEnum):
    """The languages of a briefing."""

    en = "en"
    zh = "zh"


class Engine(StrEnum):
    """What computes the models."""

    duckdb = "duckdb"
    spark = "spark"


def _day(text: str) -> dt.date:
    try:
        return clock.knowable(dt.date.fromisoformat(text))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2026-08-01.") from None


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AsOf = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="What was knowable on this day."),
]
Lang = Annotated[
    list[Language] | None, typer.Option("--lang", help="Language; may be given twice.")
]
Period = Annotated[PeriodKind | None, typer.Option("--period", help="Only this kind of briefing.")]
WithEngine = Annotated[
    Engine | None, typer.Option("--engine", help="What computes the models; the settings' engine.")
]
Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; chipbrief.toml where you stand.")
]
Chip = Annotated[str, typer.Argument(help="A chip as people type it (H200) or its id.")]


@app.callback()
def chipbrief(
    context: typer.Context,
    config: Config = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Where runs write; CHIPBRIEF_HOME too.")
    ] = None,
) -> None:
    """Watches AI-chip exports to China: records in, traceable bilingual briefings out."""
    context.obj = {"config": config, "home": home}


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
            _settings(context, engine=engine),
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
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.")],
    kind: Annotated[str | None, typer.Option(help="What the rows are: prices, sales, …")] = None,
    provider: Annotated[
        str | None, typer.Option(help="Who made the file: tidy, yahoo, akshare, ecb.")
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="Whose prices, where the file does not say.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read records from files; rows that are wrong go to quarantine with their reason."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        report = pipeline.ingest_stage(
            _settings(context),
            paths,
            kind=kind,
            provider=provider,
            symbol=symbol,
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
            _settings(context, engine=engine), as_of=as_of, full=full, on_progress=on_progress
        )
    outcome.tell_build(report, as_json=as_json)


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
            _settings(context),
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

    report = pipeline.deliver_stage(_settings(context), edition_id=edition, dry_run=dry_run)
    outcome.tell_delivery(report, as_json=as_json)
    raise typer.Exit(report.exit_code)


@app.command(epilog="Example: chipbrief backfill --from 2026-06-01 --to 2026-08-31")
def backfill(
    context: typer.Context,
    first: Annotated[
        dt.date, typer.Option("--from", parser=_day, metavar="DATE", help="First day.")
    ],
    last: Annotated[dt.date, typer.Option("--to", parser=_day, metavar="DATE", help="Last day.")],
    period: Period = None,
    as_json: AsJson = False,
) -> None:
    """Write the briefings of past periods that never had one, as each was knowable then."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        editions = pipeline.backfill_stage(
            _settings(context), first, last, period=period, on_progress=on_progress
        )
    outcome.tell_editions(editions, as_json=as_json)


@app.command(epilog="Example: chipbrief serve")
def serve(context: typer.Context) -> None:
    """Serve the scheduled flows to a Prefect server until interrupted."""
    from flows.schedule.serve import serve as serve_flows

    serve_flows(_settings(context))


@app.command(epilog="Example: chipbrief status --json")
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say how fresh the data is, what is held back, what ran and what is due."""
    from flows.terminal import standing

    standing.tell(_settings(context), as_json=as_json)


@app.command(epilog="Example: chipbrief chip H200 --as-of 2025-12-20")
def chip(context: typer.Context, name: Chip, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Show a chip's figures, its class under the export rules, and the working."""
    from flows.terminal import chips

    chips.tell_chip(_settings(context), name, as_of, as_json=as_json)


@app.command(epilog="Example: chipbrief compare H200 H20 --json")
def compare(
    context: typer.Context,
    name: Chip,
    other: Chip,
    as_json: AsJson = False,
) -> None:
    """Compare two chips, each measure with its definition: dense with dense, never mixed."""
    from flows.terminal import chips

    chips.tell_comparison(_settings(context), name, other, as_json=as_json)


@app.command(epilog="Example: chipbrief fee H200 --price 27000 --units 1000 --as-of 2026-08-01")
def fee(
    context: typer.Context,
    name: Chip,
    price: Annotated[float | None, typer.Option(help="Price of one GPU in USD.")] = None,
    units: Annotated[int, typer.Option(min=0, max=10**9, help="How many GPUs.")] = 1,
    cost: Annotated[float | None, typer.Option(help="Unit cost in USD, if you know it.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Work out the fee by rate, base, payer and pass-through, and the law it rests on."""
    from flows.terminal import fees

    for label, given in (("--price", price), ("--cost", cost)):
        if given is not None and not 0 < given < 1e9:
            raise WrongUse(f"{label} {given:g} is not a price of one GPU.", "Give US dollars.")
    fees.tell(_settings(context), name, price, units, cost, as_of, as_json=as_json)


@app.command(epilog="Example: chipbrief claims C1")
def claims(
    context: typer.Context,
    claim: Annotated[str | None, typer.Argument(help="Only this claim, by its id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check quoted claims: which definition, if any, makes each of them true."""
    from flows.terminal import claims as view

    view.tell(_settings(context), claim, as_json=as_json)


def _settings(context: typer.Context, **given: Any) -> Any:
    from flows import settings

    return settings.load(context.obj["config"], home=context.obj["home"], **given)


def main() -> None:
    """Run the command line; an error says what happened and the way out."""
    try:
        app()
    except Trouble as trouble:
        sys.stderr.write(f"chipbrief: {trouble}\n")
        sys.exit(trouble.exit_code)
    except Exception as error:
        from flows.terminal.unforeseen import in_words

        if os.environ.get("CHIPBRIEF_TRACEBACK"):
            raise
        sys.stderr.write(f"chipbrief: {in_words(error)}\n")
        sys.exit(1)
