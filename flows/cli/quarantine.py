"""The words of `chipbrief quarantine`: list, show, replay, dismiss, restore. Parses words only."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads the types as it runs
from typing import Annotated

import typer

from flows.cli.arguments import AsJson, settings_of

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: chipbrief quarantine list --kind prices",
    help="Rows in quarantine: list them, show them with raw text and reason, let them in, dismiss.",
)


@app.command("list", epilog="Example: chipbrief quarantine list --kind prices")
def list_held(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind of records.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only rules that contain this.")] = None,
    file: Annotated[str | None, typer.Option(help="Only the file of this name.")] = None,
    dismissed: Annotated[
        bool, typer.Option("--dismissed", help="What was dismissed instead, by whom and why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is in quarantine, by batch and rule, and which files could not be read."""
    from flows.terminal import quarantine as view

    if dismissed:
        view.tell_dismissed(settings_of(context), kind, file, as_json=as_json)
    else:
        view.tell_list(settings_of(context), kind, rule, file, as_json=as_json)


@app.command("show", epilog="Example: chipbrief quarantine show bars.csv --line 12")
def show_held(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A batch, the beginning of its id, or a file.")],
    line: Annotated[int | None, typer.Option(help="Only the row on this line.")] = None,
    mend: Annotated[
        Path | None, typer.Option(help="Write the rows with their header here, to be mended.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show rows held back: raw line, every rule broken, why, and what to do."""
    from flows.terminal import quarantine as view

    view.tell_rows(settings_of(context), name, line, mend, as_json=as_json)


@app.command("replay", epilog="Example: chipbrief quarantine replay bars.csv --file m.csv")
def replay_held(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Batches or files; all where none.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of records.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="A mended file for the one batch named.")
    ] = None,
    symbol: Annotated[
        str | None, typer.Option(help="Whose prices, where the file does not say.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="Whose file it is, of one that was refused.")
    ] = None,
    adjustment: Annotated[
        str | None, typer.Option(help="raw, split or total_return, of a file that was refused.")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(help="How its days are meant: mdy or dmy.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="The mark before its fractions: comma or point.")
    ] = None,
    volume_unit: Annotated[
        str | None, typer.Option(help="What its volumes count: shares, lots or thousands.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet of a workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read rows held back and files refused again, as received or mended; what passes is let in."""
    from flows import desk
    from flows.terminal import quarantine as view

    done = desk.replay(
        settings_of(context),
        names or [],
        kind=kind,
        mended=file,
        symbol=symbol,
        provider=provider,
        adjustment=adjustment,
        date_order=date_order,
        decimal=decimal,
        volume_unit=volume_unit,
        sheet=sheet,
    )
    view.tell_replay(done, as_json=as_json)
    raise typer.Exit(4 if any(one.holds_back for one in done) else 0)


_NAME = Annotated[str, typer.Argument(help="A batch, the beginning of its id, or a file.")]
_LINE = Annotated[int | None, typer.Option(help="Only the rows on this line.")]
_BECAUSE = Annotated[str, typer.Option(help="Why: kept with the decision.")]
_BY = Annotated[str | None, typer.Option(help="Who decides; you, where it is left out.")]


@app.command(
    "dismiss", epilog='Example: chipbrief quarantine dismiss bars.csv --because "a test export"'
)
def dismiss(
    context: typer.Context,
    name: _NAME,
    because: _BECAUSE,
    line: _LINE = None,
    by: _BY = None,
    as_json: AsJson = False,
) -> None:
    """Let rows or a file leave quarantine by decision: they enter no figure and are not listed,
    counted or replayed any more. The decision is kept below decisions/; `restore` takes it back.
    """
    from flows import desk
    from flows.terminal import quarantine as view

    made = desk.dismiss(settings_of(context), name, because, line=line, who=by)
    view.tell_decided(made, as_json=as_json)


@app.command(
    "restore", epilog='Example: chipbrief quarantine restore bars.csv --because "it was no test"'
)
def restore(
    context: typer.Context,
    name: _NAME,
    because: _BECAUSE,
    line: _LINE = None,
    by: _BY = None,
    as_json: AsJson = False,
) -> None:
    """Take back a dismissal: the rows or the file are in quarantine again."""
    from flows import desk
    from flows.terminal import quarantine as view

    made = desk.restore(settings_of(context), name, because, line=line, who=by)
    view.tell_decided(made, as_json=as_json)
