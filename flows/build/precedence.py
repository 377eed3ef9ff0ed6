"""The order in which versions of one record count, as plain SQL over the row alone.

The same text orders them in a view, in a window of one batch and on another engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from warehouse.records import KindShape

#: The precedence of a source that states none.
LAST = 1000


def version_order(shape: KindShape, precedence: Mapping[str, int]) -> str:
    """The order of a key's versions, the one that counts first; plain SQL over the row alone."""
    order = ["published_on desc"]
    if "source_id" in shape.columns:
        # rows of one source are the most by far, and cutting each text is what costs
        main = f"case when contains(source_id, ';') then {MAIN_SOURCE} else source_id end"
        if precedence:
            ranks = " ".join(f"when {_text(s)} then {n}" for s, n in sorted(precedence.items()))
            order.append(f"case {main} {ranks} else {LAST} end")
        order.append(main)
    return ", ".join([*order, "batch_no desc", "line desc"])


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
