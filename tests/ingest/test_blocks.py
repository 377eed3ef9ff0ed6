"""A file in blocks is the file: no line is lost, parted or given another number."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.ingest import blocks
from flows.ingest.received import Received

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
        assert block.data.count(b"\n") <= most
        number += block.data.count(b"\n")
    assert [block.is_last for block in found] == [*[False] * (len(found) - 1), True]
    assert found[-1].bytes_read == len(data)
