"""A text file as blocks of whole lines, so that a file of any size is read in bounded memory.

Each block knows the line that it begins on. Bytes that are no UTF-8 are refused by their line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from flows.ingest.received import refusal_of_encoding
from flows.ingest.refusal import Refused
from flows.ingest.survey import Survey, survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.ingest.received import Received

#: Bytes of a block: large enough to keep the cores busy, small beside any memory.
SIZE = 1 << 24
#: Lines of a block: rows of hardly a byte would take a hundred times their size.
MOST_LINES = 500_000
#: Bytes of a line: no row is as long, so there are no line breaks where a table has them.
LONGEST_LINE = 1 << 26
_BOM = b"\xef\xbb\xbf"
#: As much of a file as its encoding is told from.
_HEAD = 1 << 18


@dataclass(frozen=True)
class Block:
    """Whole lines, parted by line feeds: `first_line` and `last_line` are the numbers of two.

    The last is one before the first where there is no line at all. `bytes_read` counts from the
    beginning of the file; `is_last` says that no block follows. `survey` is of `data`, where it was
    made as the block was read.
    """

    data: bytes
    first_line: int
    last_line: int
    bytes_read: int
    is_last: bool
    survey: Survey | None = None


class Blocks:
    """The lines after the line `after_line` in blocks of about `SIZE` bytes.

    Lines may end in LF, CR LF, or in a file without any LF, in CR. Going through them raises
    Refused for what is not UTF-8, and for a line that is longer than any row.
    """

    def __init__(self, received: Received, after_line: int = 0) -> None:
        self._received = received
        self._after_line = after_line
        self._unread = 0

    def unread(self, size: int) -> None:
        """Let the next block begin with the last `size` bytes, whole lines, of the one at hand."""
        self._unread = size

    def __iter__(self) -> Iterator[Block]:
        received, skipped = self._received, self._after_line
        is_cr = _has_only_cr(received.path)
        mark = b"\r" if is_cr else b"\n"
        line = 1
        size = received.path.stat().st_size
        # one room for all blocks: to be given new memory costs more than to read
        room = bytearray(min(SIZE, size))
        with received.path.open("rb") as source:
            while True:
                read = source.readinto(room)
                is_last = source.tell() >= size
                end = read if is_last else room.rfind(mark, 0, read) + 1
                if not end and read:
                    data = _long_line(bytes(room), mark, source, received.name, line)
                    looked, is_last = survey(data, mark), source.tell() >= size
                else:
                    all_of_them = end
                    end, looked = _not_too_many(room, end, mark)
                    is_last = is_last and end == all_of_them
                    data = bytes(memoryview(room)[:end])
                    source.seek(end - read, 1)
                is_open = bool(data) and not data.endswith(mark)
                last_line = line + looked.lines + is_open - 1
                as_read = data
                if is_cr:
                    data = data.replace(b"\r", b"\n")
                if line == 1:
                    data = data.removeprefix(_BOM)
                if not looked.is_ascii:
                    _refuse_other_encodings(data, line, received)
                while skipped and data:
                    _, _, data = data.partition(b"\n")
                    line, skipped = line + 1, skipped - 1
                if data or is_last:
                    of_data = looked if data is as_read else None
                    yield Block(data, line, last_line, source.tell(), is_last, of_data)
                if is_last:
                    return
                line = last_line + 1
                if self._unread:
                    line -= data.count(b"\n", len(data) - self._unread)
                    source.seek(-self._unread, 1)
                    self._unread = 0


def _long_line(data: bytes, mark: bytes, source: BinaryIO, name: str, line: int) -> bytes:
    """The line that `data` begins and what follows ends; what comes after it is unread."""
    end = 0
    while not end and (more := source.read(SIZE)):
        end = more.find(mark) + 1
        source.seek(end - len(more) if end else 0, 1)
        data += more[:end] if end else more
        if len(data) > LONGEST_LINE:
            raise Refused(
                f"{name}: line {line} has more than {LONGEST_LINE >> 20} MB, which no row has.",
                "Write each row on a line of its own.",
            )
    return data


def _not_too_many(room: bytearray, end: int, mark: bytes) -> tuple[int, Survey]:
    """How much of the first `end` bytes is not too many lines, and its survey."""
    while (looked := survey(memoryview(room)[:end], mark)).lines > MOST_LINES:
        end = room.rfind(mark, 0, end // 2) + 1 or room.find(mark) + 1
    return end, looked


def _has_only_cr(path: Path) -> bool:
    with path.open("rb") as source:
        while chunk := source.read(SIZE):
            if b"\n" in chunk:
                return False
    return True


def _refuse_other_encodings(data: bytes, line: int, received: Received) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        with received.path.open("rb") as source:
            head = source.read(_HEAD)
        # the lines before count; what they hold does not, but for the head
        head = head[: head.rfind(b"\n", 0, max(0, len(head))) + 1] if line > 1 else b""
        padding = b"\n" * (line - 1 - head.count(b"\n"))
        before = head + padding
        raise refusal_of_encoding(before + data, len(before) + error.start, received.name) from None
