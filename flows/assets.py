"""Where the files that travel with the program lie: models, templates and seeds.

In a checkout they stand beside the packages; in a wheel they travel inside them.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(name: str) -> Path:
    """The folder `sql` or `templates`, in a checkout or in an installed wheel."""
    inside = _PACKAGE / "_assets" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def seeds() -> Path:
    """The folder of bundled records."""
    return _PACKAGE.parent / "warehouse" / "seeds"


def checkout() -> Path | None:
    """The root of the checkout that the program runs from, or None when it is installed."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "sql").is_dir() else None
