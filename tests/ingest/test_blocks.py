"""A file in blocks is the file: no line is lost, parted or given another number."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.ingest import blocks
from flows.ingest.received import Received

if TYPE_CHECKING:
    from random import Random

_LINE = st.integers(0, 12).map(lambda width: "x" * width)


@given(
    st.lists(_LINE, min_size=1, max_size=40).filter(lambda lines: any(lines)),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 60),
    st.integers(1, 5),
    st.integers(0, 3),
)
# one long line, then more short ones than a block may have: no half of it has both
@example(["x" * 40, *[""] * 12, "x"], "\n", 60, 3, 0)
def test_the_blocks_of_a_file_are_its_lines_in_order(
    lines: list[str], end: str, size: int, most: int, after: int
) -> None:
    data = end.join(lines).encode()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SIZE", size)
        patch.setattr(blocks, "MOST_LINES", most)
        file = Path(folder) / "f.csv"
        file.write_bytes(data)
        found = list(blocks.Blocks(Received(file, "f.csv", "csv", ("x",)), after))

    whole = b"".join(block.data for block in found)
    skipped = data.split(b"\n", after)
    assert whole == (skipped[after] if len(skipped) > after else b"")
    number = after + 1
    for block in found:
        assert not block.data or block.first_line == number
        assert not block.data or block.last_line == number + len(block.data.splitlines()) - 1
        assert block.data.count(b"\n") <= most
        number += block.data.count(b"\n")
    assert [block.is_last for block in found] == [*[False] * (len(found) - 1), True]
    assert found[-1].bytes_read == len(data)


@given(
    st.lists(_LINE, min_size=1, max_size=20), st.integers(1, 60), st.randoms(use_true_random=False)
)
def test_lines_that_are_given_back_begin_the_next_block(
    lines: list[str], size: int, chance: Random
) -> None:
    data = "".join(line + "\n" for line in ["x", *lines]).encode()
    seen: list[tuple[int, bytes]] = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SIZE", size)
        file = Path(folder) / "f.csv"
        file.write_bytes(data)
        reading = blocks.Blocks(Received(file, "f.csv", "csv", ("x",)), 1)
        for block in reading:
            there = block.data.splitlines(keepends=True)
            kept = len(there) if block.is_last else chance.randint(1, len(there))
            seen += enumerate(there[:kept], block.first_line)
            reading.unread(len(block.data) - len(b"".join(there[:kept])))

    assert seen == list(enumerate(data.splitlines(keepends=True)[1:], 2))
