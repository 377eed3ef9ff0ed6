"""A progress bar on a terminal, nothing in a pipe: the outcome speaks for itself there."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.steps import OnProgress


@contextmanager
def bar(quiet: bool = False) -> Iterator[OnProgress | None]:
    """Give a callback that draws one bar a stage on standard error, if that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    from flows.terminal.harmless import harmless

    columns = (
        TextColumn("{task.fields[stage]:<7}"),
        BarColumn(),
        MofNCompleteColumn(),
        Elapsed(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def tell(stage: str, what: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task("", total=total, stage=stage)
            progress.update(tasks[stage], description=harmless(what), completed=done, total=total)

        yield tell
