"""Errors that no stage foresaw, in words: a full disk, a folder that may not be written, a defect.

Whatever was in hand is undone by the next run; what was published stays as it was.
"""

from __future__ import annotations

import duckdb

from warehouse.store import is_damage

_DISK = ("No space left on device", "Permission denied", "Read-only file system", "Disk quota")


def in_words(error: Exception) -> str:
    """What happened, with the file where one is known, and the way out, in two lines."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}.\n{_ROOM}"
    said = str(error).strip() or "no text"
    if isinstance(error, duckdb.Error):
        shown = said.splitlines()[-1].removeprefix("Original error: ").strip('"')
        if is_damage(error):
            return f"a database file of the home is not whole: {shown}\n{_DAMAGED}"
        way_out = _ROOM if any(sign in said for sign in _DISK) else _DEFECT
        return f"the warehouse could not be written or read: {shown}\n{way_out}"
    return f"{type(error).__name__}: {said.splitlines()[0]}\n{_DEFECT}"


_ROOM = (
    "Check that the home may be written (--home names another) and that its disk has room; then"
    " run this again: nothing published has changed."
)
_DAMAGED = (
    "Run `chipbrief rebuild`: it makes the warehouse again from landing/, and the copy that readers"
    " see from that."
)
_DEFECT = (
    "This was not foreseen: CHIPBRIEF_TRACEBACK=1 shows where it happened. Nothing published has"
    " changed."
)
