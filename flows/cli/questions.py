"""The commands that answer: the rule engine, comparison, fee calculator and claim checker."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003  typer reads the types as it runs
from typing import Annotated

import typer

from flows.cli.arguments import AsJson, AsOf, Chip, OneLang, money_of, settings_of

app = typer.Typer()


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

    chips.tell_chip(settings_of(context), name, as_of, as_json=as_json, language=lang)


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
        settings_of(context), name, other, as_of, as_json=as_json, language=lang
    )


@app.command(epilog="Example: chipbrief fee H200 --price 27000 --units 1000 --as-of 2026-08-01")
def fee(
    context: typer.Context,
    name: Chip,
    price: Annotated[
        Decimal | None, typer.Option(parser=money_of, help="Price of one GPU in USD.")
    ] = None,
    units: Annotated[int, typer.Option(min=0, max=10**9, help="How many GPUs.")] = 1,
    cost: Annotated[
        Decimal | None, typer.Option(parser=money_of, help="Unit cost in USD, if you know it.")
    ] = None,
    as_of: AsOf = None,
    lang: OneLang = None,
    as_json: AsJson = False,
) -> None:
    """Work out the fee by rate, base, payer and pass-through, and the law it rests on."""
    from flows.terminal import fees

    fees.tell(settings_of(context), name, price, units, cost, as_of, as_json=as_json, language=lang)


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

    view.tell(settings_of(context), claim, as_of, as_json=as_json, language=lang)
