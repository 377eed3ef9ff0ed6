"""Arguments that several commands share, and the settings behind a command.

Typer reads these types as the program starts, so nothing heavy is imported here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from warehouse import clock


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


def day_of(text: str) -> dt.date:
    try:
        return clock.knowable(dt.date.fromisoformat(text))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2026-08-01.") from None


def money_of(text: str) -> Decimal:
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
    typer.Option("--as-of", parser=day_of, metavar="DATE", help="What was knowable on this day."),
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


def settings_of(context: typer.Context, **given: Any) -> Any:
    """The settings that the words before a command name; `given` are the command's own."""
    from flows import settings

    return settings.load(context.obj["config"], home=context.obj["home"], **given)
