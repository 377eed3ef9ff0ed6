"""A guard round one file: what goes wrong in reading it refuses that file, and the rest goes on.

What is no fault of a file still stops a run: a wish to stop, a disk without room, the home that
cannot be written, a promise of ours that does not hold.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused
from warehouse import room
from warehouse.errors import Trouble
from warehouse.failpoint import Injected

if TYPE_CHECKING:
    from warehouse.home import Home

_OURS = (Trouble, Injected, KeyboardInterrupt, SystemExit, GeneratorExit)
_WAY_OUT = (
    "Open it in the program that made it and save it anew, or save it as CSV (UTF-8)."
    " CHIPBRIEF_TRACEBACK=1 shows where it happened."
)


def refusal_of(error: BaseException, name: str, home: Home) -> Refused:
    """The refusal of a file in which reading fails; `name` is what it is called.

    Raises the error itself where it is no fault of the file. An error may be a BaseException and
    no Exception: Polars raises such where its own code fails.
    """
    if isinstance(error, Refused):
        return error
    raise_what_is_ours(error, home)
    if os.environ.get("CHIPBRIEF_TRACEBACK"):
        sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, MemoryError):
        return Refused(
            f"{name} takes more memory to read than there is.", "Split it, or save it as Parquet."
        )
    if isinstance(error, RecursionError):
        return Refused(f"{name} is nested too deep to be read.", "Save it as CSV (UTF-8).")
    said = " ".join(str(error).split())[:120]
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return Refused(f"{name} is damaged, or of a form that is not foreseen ({what}).", _WAY_OUT)


def raise_what_is_ours(error: BaseException, home: Home) -> None:
    """Raise an error that is no fault of a file."""
    if isinstance(error, _OURS) or room.is_used_up(error) or _is_of_the_home(error, home):
        raise error


def _is_of_the_home(error: BaseException, home: Home) -> bool:
    """Whether the store or a file of the home failed, and not what came in."""
    if isinstance(error, OSError):
        named = (error.filename, error.filename2)
        paths = [Path(os.fsdecode(name)) for name in named if isinstance(name, (str, bytes))]
        return any(path.is_relative_to(home.root) for path in paths)
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(
        error,
        (
            duckdb.FatalException,
            duckdb.InternalException,
            duckdb.IOException,
            duckdb.PermissionException,
            duckdb.TransactionException,
        ),
    )
