"""The names on record that are near one that is not: what a person may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(wanted: str, known: Iterable[str], most: int = 4, likeness: float = 0.5) -> list[str]:
    """The nearest of the known names in any case, the nearest first; none where none is near.

    Names that go on where the wanted one ends come first: `nv-h200` is short for `nv-h200-sxm`.
    """
    import difflib

    lower = {name.casefold(): name for name in known}
    short = wanted.strip().casefold()
    longer = [name for name in lower if len(short) > 2 and name.startswith(short)]
    alike = difflib.get_close_matches(short, list(lower), most, likeness)
    found = dict.fromkeys([*sorted(longer, key=lambda n: (len(n), n)), *alike])
    return [lower[name] for name in found][:most]
