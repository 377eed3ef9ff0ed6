"""The commands of the operator: where a figure came from, what changed, is all of it whole."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.arguments import AsJson, settings_of
from warehouse.errors import WrongUse

app = typer.Typer()


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
        view.tell_list(settings_of(context), listed, match, as_json=as_json)
        return
    if figure is None:
        raise WrongUse("Which figure?", "Name its id, or list them: chipbrief trace --list EDITION")
    from flows import desk

    view.tell(desk.trace(settings_of(context), figure, edition), as_json=as_json)


@app.command(epilog="Example: chipbrief diff weekly-2026-W46 weekly-2026-W47")
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="The earlier edition.")],
    now: Annotated[str, typer.Argument(help="The later edition.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two editions, figure by figure and why: losses first."""
    from flows.terminal import difference

    difference.tell(settings_of(context), before, now, as_json=as_json)


@app.command(epilog="Example: chipbrief verify --json")
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Look whether all of a home is whole: files, hashes, laws, models, copies, editions."""
    from flows import desk
    from flows.terminal import upkeep

    verdict = desk.verify(settings_of(context))
    upkeep.tell_verdict(verdict, as_json=as_json)
    raise typer.Exit(verdict.exit_code)


@app.command(epilog="Example: chipbrief rebuild")
def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the warehouse again from landing/: the same content, shown by its hash."""
    from flows import desk
    from flows.terminal import progress, upkeep

    with progress.bar(as_json) as on_progress:
        made, built = desk.rebuild(settings_of(context), on_progress)
    upkeep.tell_rebuild(made, built, as_json=as_json)
