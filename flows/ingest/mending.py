"""The rows held back as a file to mend: the header and the raw lines, as they were received.

Reads the kept original; writes the one file that it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.packed import is_packed
from flows.ingest.quarantine import LONGEST_RAW
from flows.ingest.received import look_at
from warehouse import durable
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.ingest.held import HeldRow
    from warehouse.home import Home


def write_to_mend(home: Home, rows: Sequence[HeldRow], target: Path) -> int:
    """Write the open rows of one batch under the header of their file; returns their number.

    Raises WrongUse where `target` stands already, or the file received was no plain text.
    """
    if target.exists():
        raise WrongUse(f"{target} stands already.", "Name a file that does not exist yet.")
    first = rows[0]
    original = home.originals / first.file_sha256
    received = None if is_packed(original) else look_at(original, first.file_name)
    if received is None or received.form == "parquet" or any(row.raw is None for row in rows):
        raise WrongUse(
            f"{first.file_name} is no text, so its rows cannot be written as they came.",
            "Mend a copy of the whole file and replay it with --file.",
        )
    text = received.path.read_text(encoding="utf-8-sig")
    header = text.splitlines()[: received.header_line] if received.form == "csv" else []
    raw = dict.fromkeys((row.line, row.raw) for row in rows)
    if any(len(str(line)) > LONGEST_RAW for _, line in raw):
        raise WrongUse(
            f"A row of {first.file_name} is too long to be held whole in quarantine.",
            "Mend a copy of the whole file and replay it with --file.",
        )
    lines = [*header, *(str(line) for _, line in raw)]
    durable.write_text(target, "\n".join(lines) + "\n", "to-mend")
    return len(raw)
