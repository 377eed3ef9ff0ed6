"""What a replay says of each batch: how many rows were let in, and why the others stay."""

from __future__ import annotations

from dataclasses import dataclass

#: The rule under which a file stays of which nothing can be read.
FILE_REFUSED = "file_refused"


@dataclass(frozen=True)
class Still:
    """A row that stays held back, and why; without a line and a rule of its own, a whole file."""

    line: int | None
    rule: str
    reason: str


@dataclass(frozen=True)
class Replayed:
    """What became of a batch's open rows: read = accepted + duplicate + quarantined.

    `released_by` is the batch that the released rows came in by, empty where none did. Of a file
    that was refused whole, and can be read now, the rows are all of the file's.
    """

    batch_id: str
    kind: str
    file_name: str
    rows_read: int
    rows_accepted: int
    rows_duplicate: int
    rows_quarantined: int
    released_by: str
    still: tuple[Still, ...]

    @property
    def holds_back(self) -> bool:
        """Whether rows, or the whole file, are still held back."""
        return bool(self.rows_quarantined) or any(s.rule == FILE_REFUSED for s in self.still)
