"""From the paths and addresses that a user names to what is read, in a stated order."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest.sources import is_address
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.ingest.sources.found import Found
    from flows.settings import Settings


def find_arrivals(
    stated: Sequence[Path | str], settings: Settings | None = None
) -> list[Path | Found]:
    """The files here and those of sources that are named: each once, in the order named.

    `settings` say what may be fetched; those in use where none are given.
    """
    found: dict[Path | str, Path | Found] = {}
    for each in stated:
        if not is_address(str(each)):
            for file in find_files([each]):
                found.setdefault(file, file)
            continue
        from flows.ingest import sources

        if settings is None:
            from flows.settings import load

            settings = load()
        for of_source in sources.find(str(each), settings):
            found.setdefault(of_source.identity, of_source)
    return list(found.values())


def find_files(paths: Sequence[Path | str]) -> list[Path]:
    """The files that the paths stand for: each once, in the order named, folders sorted.

    A folder means every file below it; names that begin with a dot are left out. A glob
    (`*`, `?`, `[`, `**`) that matches nothing is wrong use, like a path that does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _files_of(str(path)):
            found.setdefault(file.absolute(), None)
    return list(found)


def printable(name: Path | str) -> str:
    """A path or name as text that can be stored: bytes that are no UTF-8 become marks."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def _files_of(stated: str) -> Iterator[Path]:
    path = Path(stated).expanduser()
    if not stated.strip():
        raise WrongUse("A path to ingest is empty.", "Name a file or a folder; . is this one.")
    if path.is_dir():
        yield from sorted(_below(path))
    elif path.is_file():
        yield path
    elif glob.has_magic(stated):
        matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
        if not matches:
            raise WrongUse(f"No file matches {stated}.", "Check the folder and the pattern.")
        for match in matches:
            yield from sorted(_below(Path(match))) if Path(match).is_dir() else [Path(match)]
    elif path.exists():
        raise WrongUse(f"{stated} is neither a file nor a folder.", "Name a file or a folder.")
    else:
        raise WrongUse(f"There is no file or folder {stated}.", "Check the spelling of the path.")


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
