"""The words of `chipbrief sample`: invented records for trials."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  typer reads the types as it runs
from pathlib import Path  # noqa: TC003
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Write invented records for trials.",
    epilog="Example: chipbrief sample sales --rows 1000 trial.csv",
)


@app.callback()
def sample() -> None:
    """Write invented records for trials."""


@app.command("sales", epilog="Example: chipbrief sample sales --rows 1000 --seed 7 trial.csv")
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
