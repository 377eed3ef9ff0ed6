"""A file is whole or absent, whatever goes wrong while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from warehouse import durable

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failed_write_leaves_the_old_file_and_no_debris(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    durable.write_text(path, "old", "trial")

    def fail_half_way() -> None:
        with durable.aside(path, "trial") as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail_half_way()

    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
