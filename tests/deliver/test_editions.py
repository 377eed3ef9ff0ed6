"""Which editions a delivery may take: regular ones by itself, a view inside a period by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.deliver import editions

if TYPE_CHECKING:
    from pathlib import Path


def _archive(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "edition.json").write_text("{}")
    return folder


def test_a_view_inside_a_period_is_never_the_newest_edition(tmp_path: Path) -> None:
    issued = editions.issued(_archive(tmp_path, "weekly-2026-W47", "weekly-2026-W48-at-2026-11-25"))

    assert editions.newest(issued)["weekly"].edition_id == "weekly-2026-W47"


def test_a_view_inside_a_period_can_be_sent_by_its_name(tmp_path: Path) -> None:
    issued = editions.issued(_archive(tmp_path, "weekly-2026-W48-at-2026-11-25-r2"))

    named = editions.named(issued, "weekly-2026-W48-at-2026-11-25-r2")

    assert (named.period, named.at, named.revision) == ("weekly-2026-W48", "2026-11-25", 2)


def test_a_name_that_is_no_editions_is_no_path(tmp_path: Path) -> None:
    issued = editions.issued(_archive(tmp_path, "weekly-2026-W47-at-soon", "notes"))

    assert issued == []
