"""The records that travel with chipbrief: tidy CSV files beside the store's code."""

from __future__ import annotations

from pathlib import Path


def seed_files() -> list[Path]:
    """The bundled files, sorted by name; the same in a checkout and in an installed wheel."""
    import warehouse

    folder = Path(str(warehouse.__file__)).parent / "seeds"
    return sorted(folder.glob("*.csv"))
