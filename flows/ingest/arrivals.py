"""From the paths and addresses that a user names to what is read, in a stated order."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.ingest.report import FileReport
from flows.ingest.sources import is_address
from warehouse.errors import NothingThere, WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.ingest.sources.found import Found
    from flows.settings import Settings


@dataclass(frozen=True)
class Input:
    """What the settings name to be read by each run.

    Where it stands for nothing the run goes on and says so, unless it is `required`.
    """

    path: str
    required: bool = False


@dataclass
class Arrivals:
    """What there is to read, each once; what was named and is not read; what is missing."""

    found: list[Path | Found] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    missing: list[FileReport] = field(default_factory=list)


def find_arrivals(
    stated: Sequence[Path | str | Input], settings: Settings | None = None
) -> Arrivals:
    """The files here and those of sources that are named: each once, in the order named.

    `settings` say what may be fetched; those in use where none are given. A pattern that matches
    nothing is a remark, an input's path that does not exist a refused file. Raises WrongUse for
    another path that does not exist, for an input that is required and stands for nothing, and
    where patterns were named and there is nothing at all.
    """
    arrivals = Arrivals()
    known: set[Path | str] = set()
    nothing: list[NothingThere] = []
    for each in stated:
        try:
            for key, one in _found(each, settings, arrivals.remarks):
                if key not in known:
                    known.add(key)
                    arrivals.found.append(one)
        except WrongUse as error:
            if not isinstance(each, Input):
                if not isinstance(error, NothingThere):
                    raise
                nothing.append(error)
            elif each.required:
                way_out = f"It is required by the settings. {error.way_out}"
                raise WrongUse(error.what, way_out) from None
            elif is_address(each.path) and not isinstance(error, NothingThere):
                raise
            if isinstance(error, NothingThere):
                arrivals.remarks.append(f"{error.what} Nothing is read for it.")
            elif isinstance(each, Input):
                file = Path(each.path)
                arrivals.missing.append(
                    FileReport(file, "refused", reason=error.what, way_out=error.way_out)
                )
    if nothing and not arrivals.found:
        raise nothing[0]
    return arrivals


def find_files(paths: Sequence[Path | str], remarks: list[str] | None = None) -> list[Path]:
    """The files that the paths stand for: each once, in the order named, folders sorted.

    A folder means every file below it; names that begin with a dot are left out. Only regular
    files are read: of what else a folder or a pattern (`*`, `?`, `[`, `**`) comes upon, `remarks`
    are made. Raises NothingThere for a pattern that matches nothing, WrongUse for a path that does
    not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _files_of(str(path), [] if remarks is None else remarks):
            found.setdefault(file.absolute(), None)
    return list(found)


def _found(
    stated: Path | str | Input, settings: Settings | None, remarks: list[str]
) -> Iterator[tuple[Path | str, Path | Found]]:
    """What one path or address stands for, with what tells it from others."""
    named = stated.path if isinstance(stated, Input) else str(stated)
    if not is_address(named):
        files = find_files([named], remarks)
        if not files and isinstance(stated, Input):
            raise NothingThere(f"{named} holds no file.", "Put files there, or name another.")
        yield from ((file, file) for file in files)
        return
    from flows.ingest import sources

    if settings is None:
        from flows.settings import load

        settings = load()
    for of_source in sources.find(named, settings):
        yield of_source.identity, of_source


def printable(name: Path | str) -> str:
    """A path or name as text that can be stored: bytes that are no UTF-8 become marks."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def _files_of(stated: str, remarks: list[str]) -> Iterator[Path]:
    path = Path(stated).expanduser()
    if not stated.strip():
        raise WrongUse("A path to ingest is empty.", "Name a file or a folder; . is this one.")
    if path.is_dir():
        yield from _below(path, remarks)
    elif path.is_file():
        yield path
    elif glob.has_magic(stated):
        files = list(_matching(str(path), remarks))
        if not files:
            raise NothingThere(f"No file matches {stated}.", "Check the folder and the pattern.")
        yield from files
    elif path.exists() or path.is_symlink():
        raise WrongUse(f"{stated} is neither a file nor a folder.", "Name a file or a folder.")
    else:
        raise WrongUse(f"There is no file or folder {stated}.", "Check the spelling of the path.")


def _matching(pattern: str, remarks: list[str]) -> Iterator[Path]:
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207
        path = Path(match)
        if path.is_dir():
            yield from _below(path, remarks)
        elif _is_regular(path, remarks):
            yield path


def _below(folder: Path, remarks: list[str]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not (hidden or path.is_dir()) and _is_regular(path, remarks):
            yield path


def _is_regular(path: Path, remarks: list[str]) -> bool:
    """Whether a name is of a file: a pipe would be waited for, a device has no end."""
    try:
        if path.is_file():
            return True
        is_dangling = path.is_symlink() and not path.exists()
        what = "is a link that leads nowhere" if is_dangling else "is no regular file"
    except OSError as error:
        what = f"cannot be looked at ({error.strerror})"
    remarks.append(f"{path} {what}: it is not read.")
    return False
