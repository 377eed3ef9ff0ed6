"""JSON answers and plain tables: how a result reaches a program or a terminal."""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.terminal.harmless import escaped, harmless

if TYPE_CHECKING:
    from collections.abc import Sequence


def lines(*texts: str) -> None:
    """Print lines as they are, unwrapped, so that raw text can be copied.

    A file's name or a row may hold line breaks and the codes by which a terminal is commanded.
    """
    shown = (harmless(text.replace("\n", "\ufffd")) for text in texts)
    sys.stdout.write("".join(f"{text}\n" for text in shown))


def to_json(answer: Any) -> None:
    """Print an answer as JSON; a decimal that a double cannot hold is printed as text."""
    text = json.dumps(answer, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write(escaped(text) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 2**53:
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value.normalize() else str(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"not an answer: {value!r}")


def number(value: Any, places: int | None = None) -> str:
    """A number with thousands marks and no trailing zeros; an en dash where it is unknown."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal | float | int):
        text = f"{value:,.{places}f}" if places is not None else f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text and places is None else text
    return str(value)


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    numeric: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> None:
    """Print a table that fits the terminal, with notes below it."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=False)
    # printed apart: a table's own title wraps at the width of the table
    console.print(escape(harmless(title)), style="bold")
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(columns):
        shown.add_column(
            escape(harmless(name)), justify="right" if at in numeric else "left", overflow="fold"
        )
    for row in rows:
        shown.add_row(*(escape(harmless(number(value))) for value in row))
    console.print(shown)
    say(*notes)


def say(*notes: str) -> None:
    """Print lines that wrap at words."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    for note in notes:
        console.print(escape(harmless(note)))


def blank() -> None:
    """An empty line between two parts of an answer."""
    sys.stdout.write("\n")
