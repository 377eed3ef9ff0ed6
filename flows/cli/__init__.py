"""The command line. It parses words, calls the plain functions and says what came of it.

Exit codes: 0 done · 1 something unforeseen · 2 wrong use or configuration · 3 another run holds
the lock · 4 some input was refused or contradicts other · 5 a check failed · 6 some mail was not
delivered.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path  # noqa: TC003  typer reads the types as it runs
from typing import Annotated, NoReturn

import typer

from flows.cli import quarantine, questions, sample, stages, upkeep
from flows.cli.arguments import Config  # noqa: TC001  typer reads it as it runs
from warehouse.errors import Trouble

app = typer.Typer(
    name="chipbrief",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches AI-chip exports to China: records in, traceable bilingual briefings out.",
)
app.add_typer(stages.app)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(upkeep.app)
app.add_typer(questions.app)
app.add_typer(sample.app, name="sample")


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


def main() -> None:
    """Run the command line; an error says what happened and the way out."""
    _leave(_ended())


def _ended() -> int:
    """Run the command that is asked for; returns the exit code."""
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except Trouble as trouble:
        _say(str(trouble))
        return trouble.exit_code
    except Exception as error:
        from flows.terminal.unforeseen import in_words

        if os.environ.get("CHIPBRIEF_TRACEBACK"):
            sys.excepthook(type(error), error, error.__traceback__)
        _say(in_words(error))
        return 1
    return 0


def _leave(exit_code: int) -> NoReturn:
    """End the process without taking the interpreter apart.

    That would cost a fifth of a run in which nothing changed, and lets DuckDB's binding complain
    of objects that Python has yet to free, in dozens of lines. Threads are waited for and what was
    registered for the end is done, as Python itself does it.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads it any more
        exit_code = exit_code or 1
    os._exit(exit_code)


def _say(error: str) -> None:
    from flows.terminal.harmless import harmless

    sys.stderr.write(f"chipbrief: {harmless(error)}\n")
