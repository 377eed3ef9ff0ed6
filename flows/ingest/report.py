"""What ingest tells its caller: one report a file, findings by rule, and progress on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from flows.moves import Move

Status = Literal["accepted", "unchanged", "refused"]
Step = Literal["fetching", "reading", "checking", "storing", "done"]

NOTES = frozenset({"unknown_column", "close_changed", "close_disputed", "unknown_reference"})


@dataclass(frozen=True)
class Finding:
    """A rule that some rows of a file broke: how many, and the line of the first of them.

    The rules of `NOTES` hold no row back: a column that is not stored, a close that changes,
    a name that no record has.
    """

    rule: str
    count: int
    first_line: int | None
    example: str = ""


@dataclass(frozen=True)
class FileReport:
    """What became of one file: rows_read = rows_accepted + rows_duplicate + rows_quarantined.

    `unchanged` means that the same content was loaded before: all its rows are duplicates.
    `refused` means that no row could be told from the file; `reason` and `way_out` say why.
    `origin` is the address that it was fetched from, without credentials; `path` is its name then.
    `dismissed` says who dismissed a refusal, when and why.
    """

    path: Path
    status: Status
    kind: str = ""
    provider: str = ""
    batch_id: str = ""
    rows_read: int = 0
    rows_accepted: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    reason: str = ""
    way_out: str = ""
    findings: tuple[Finding, ...] = ()
    assumed: tuple[str, ...] = ()
    origin: str = ""
    dismissed: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file could be read and nobody has dismissed it."""
        return self.status == "refused" and not self.dismissed

    @property
    def shown(self) -> str:
        """Where it came from, for a reader."""
        return self.origin or str(self.path)


#: Of one file, by table within it ("" where it is not packed): batch, kind, provider and rows.
Earlier = dict[str, tuple[str, str, str, int]]


def unchanged(file: Path, earlier: Earlier) -> list[FileReport]:
    """The reports of a file that was read before and has not changed since."""
    return [
        FileReport(file / part, "unchanged", kind, by, batch_id, rows, rows_duplicate=rows)
        for part, (batch_id, kind, by, rows) in earlier.items()
    ]


@dataclass(frozen=True)
class IngestReport:
    """The reports of all files, in the order in which they were read.

    `remarks` say what was named and is not read, such as a pattern that matches no file. `moves`
    say what the accepted rows may move.
    """

    files: list[FileReport] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Rows found in all files."""
        return sum(file.rows_read for file in self.files)

    @property
    def rows_accepted(self) -> int:
        """Rows that became new versions of records."""
        return sum(file.rows_accepted for file in self.files)

    @property
    def rows_duplicate(self) -> int:
        """Rows that the store, or the file itself, already held."""
        return sum(file.rows_duplicate for file in self.files)

    @property
    def rows_quarantined(self) -> int:
        """Rows held back with a reason."""
        return sum(file.rows_quarantined for file in self.files)

    @property
    def files_refused(self) -> int:
        """Files of which nothing could be read, but for those that somebody dismissed."""
        return sum(file.is_refused for file in self.files)

    @property
    def changed(self) -> bool:
        """Whether any record was added."""
        return self.rows_accepted > 0

    @property
    def refused_any(self) -> bool:
        """Whether a file was refused or a row held back in this run: exit code 4."""
        return self.files_refused > 0 or self.rows_quarantined > 0


class Tell(Protocol):
    """Told the step that a file enters and, in a long file, its bytes read and its bytes."""

    def __call__(self, step: Step, *of_bytes: int) -> None: ...


@dataclass(frozen=True)
class Progress:
    """File `number` of `of` is in a step; for a progress bar.

    While a long file is read, `bytes_read` of its `bytes` are behind.
    """

    path: Path
    number: int
    of: int
    step: Step
    bytes_read: int = 0
    bytes: int = 0
