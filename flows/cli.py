"""The command line. It parses words, calls the plain functions and says what came of it.

Exit codes: 0 done · 1 something unforeseen · 2 wrong use or configuration · 3 another run holds
the lock · 4 some input was refused · 5 a check failed · 6 some mail was not delivered.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli_quarantine import app as quarantine
from flows.ingest.said import PROVIDERS
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
samples = typer.Typer(
    no_args_is_help=True,
    help="Write invented records for trials.",
    epilog="Example: chipbrief sample sales --rows 1000 trial.csv",
)
app.add_typer(samples, name="sample")
app.add_typer(quarantine, name="quarantine")


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


def _money(text: str) -> Decimal:
    """A price as people type it; the exact decimal, no float."""
    try:
        given = Decimal(text.replace(",", "").lstrip("$")).quantize(Decimal("0.01"))
    except ArithmeticError:
        given = Decimal(0)
    if not 0 < given < 10**9:
        raise typer.BadParameter(
            f"{text!r} is not a price of one GPU. Give US dollars: 27000 or 27000.50."
        )
    return given


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AsOf = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="What was knowable on this day."),
]
Lang = Annotated[
    list[Language] | None, typer.Option("--lang", help="Language; may be given twice.")
]
OneLang = Annotated[
    Language | None, typer.Option("--lang", help="Language; the first of the settings.")
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
    as_json: AsJson = False,
) -> None:
    """Read records from files and addresses; wrong rows go to quarantine with their reason."""
    from flows import pipeline
    from flows.terminal import outcome, progress

    with progress.bar(as_json) as on_progress:
        report = pipeline.ingest_stage(
            _settings(context),
            paths,
            kind=kind,
            provider=provider,
            symbol=symbol,
            adjustment=adjustment,
            date_order=date_order,
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


@app.command(epilog="Example: chipbrief trace rpt_headline.h200_tpp.value")
def trace(
    context: typer.Context,
    figure: Annotated[
        str | None, typer.Argument(help="A figure's id, as its page and data.json have it.")
    ] = None,
    edition: Annotated[str | None, typer.Option(help="Of this edition, not the newest.")] = None,
    listed: Annotated[
        str | None, typer.Option("--list", metavar="EDITION", help="List an edition's figures.")
    ] = None,
    match: Annotated[str | None, typer.Option(help="Of the list, only ids that hold this.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show where a figure came from: meaning, SQL, records, file and line of the kept original."""
    from flows.terminal import trace as view

    if listed is not None:
        view.tell_list(_settings(context), listed, match, as_json=as_json)
        return
    if figure is None:
        raise WrongUse("Which figure?", "Name its id, or list them: chipbrief trace --list EDITION")
    from flows import desk

    view.tell(desk.trace(_settings(context), figure, edition), as_json=as_json)


@app.command(epilog="Example: chipbrief diff weekly-2026-W46 weekly-2026-W47")
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="The earlier edition.")],
    now: Annotated[str, typer.Argument(help="The later edition.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two editions, figure by figure and why: losses first."""
    from flows.terminal import difference

    difference.tell(_settings(context), before, now, as_json=as_json)


@app.command(epilog="Example: chipbrief verify --json")
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Look whether all of a home is whole: files, hashes, laws, models, copies, editions."""
    from flows import desk
    from flows.terminal import upkeep

    verdict = desk.verify(_settings(context))
    upkeep.tell_verdict(verdict, as_json=as_json)
    raise typer.Exit(verdict.exit_code)


@app.command(epilog="Example: chipbrief rebuild")
def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the warehouse again from landing/: the same content, shown by its hash."""
    from flows import desk
    from flows.terminal import progress, upkeep

    with progress.bar(as_json) as on_progress:
        made, built = desk.rebuild(_settings(context), on_progress)
    upkeep.tell_rebuild(made, built, as_json=as_json)


@app.command(epilog="Example: chipbrief chip H200 --as-of 2025-12-20")
def chip(
    context: typer.Context,
    name: Chip,
    as_of: AsOf = None,
    lang: OneLang = None,
    as_json: AsJson = False,
) -> None:
    """Show a chip's figures, its class under the export rules, and the working."""
    from flows.terminal import chips

    chips.tell_chip(_settings(context), name, as_of, as_json=as_json, language=lang)


@app.command(epilog="Example: chipbrief compare H200 H20 --json")
def compare(
    context: typer.Context,
    name: Chip,
    other: Chip,
    as_of: AsOf = None,
    lang: OneLang = None,
    as_json: AsJson = False,
) -> None:
    """Compare two chips, each measure with its definition: dense with dense, never mixed."""
    from flows.terminal import comparison

    comparison.tell_comparison(
        _settings(context), name, other, as_of, as_json=as_json, language=lang
    )


@app.command(epilog="Example: chipbrief fee H200 --price 27000 --units 1000 --as-of 2026-08-01")
def fee(
    context: typer.Context,
    name: Chip,
    price: Annotated[
        Decimal | None, typer.Option(parser=_money, help="Price of one GPU in USD.")
    ] = None,
    units: Annotated[int, typer.Option(min=0, max=10**9, help="How many GPUs.")] = 1,
    cost: Annotated[
        Decimal | None, typer.Option(parser=_money, help="Unit cost in USD, if you know it.")
    ] = None,
    as_of: AsOf = None,
    lang: OneLang = None,
    as_json: AsJson = False,
) -> None:
    """Work out the fee by rate, base, payer and pass-through, and the law it rests on."""
    from flows.terminal import fees

    fees.tell(_settings(context), name, price, units, cost, as_of, as_json=as_json, language=lang)


@app.command(epilog="Example: chipbrief claims C1")
def claims(
    context: typer.Context,
    claim: Annotated[str | None, typer.Argument(help="Only this claim, by its id.")] = None,
    as_of: AsOf = None,
    lang: OneLang = None,
    as_json: AsJson = False,
) -> None:
    """Check quoted claims: which definition, if any, makes each of them true."""
    from flows.terminal import claims as view

    view.tell(_settings(context), claim, as_of, as_json=as_json, language=lang)


@samples.command("sales", epilog="Example: chipbrief sample sales --rows 1000 --seed 7 trial.csv")
def sample_sales(
    path: Annotated[Path, typer.Argument(help="Where to: a name ending in .csv or .parquet.")],
    rows: Annotated[int, typer.Option(min=1, max=2**32 - 1, help="How many shipments.")],
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Same seed, same rows.")] = 1,
    bad: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that break a rule: 0.01.")
    ] = 0.0,
    day: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="A day's batch: late, corrected."),
    ] = None,
    after: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Rows of the sample that --day follows.")
    ] = 0,
) -> None:
    """Invent shipments over the bundled chips; every row is marked as invented."""
    from flows.sample.sales import Sample, write

    write(Sample(rows, seed, bad, day.date() if day else None, after), path)
    typer.echo(f"{rows:,} invented shipments are in {path}.")


def _settings(context: typer.Context, **given: Any) -> Any:
    from flows import settings

    return settings.load(context.obj["config"], home=context.obj["home"], **given)


def main() -> None:
    """Run the command line; an error says what happened and the way out."""
    try:
        app()
    except Trouble as trouble:
        _say(str(trouble))
        sys.exit(trouble.exit_code)
    except Exception as error:
        from flows.terminal.unforeseen import in_words

        if os.environ.get("CHIPBRIEF_TRACEBACK"):
            raise
        _say(in_words(error))
        sys.exit(1)


def _say(error: str) -> None:
    from flows.terminal.harmless import harmless

    sys.stderr.write(f"chipbrief: {harmless(error)}\n")
