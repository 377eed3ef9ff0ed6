"""The order in which versions of one record count, as plain SQL over a row and its `word_rank`.

The same text orders them in a view, in a window of one batch and on another engine. Each main
source has one last word on a key; only last words compete. Among them a row that somebody has seen
comes before an unverified one, then the one published last, then the source of the
stated precedence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.records import MAIN_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from warehouse.records import KindShape

#: The precedence of a source that states none.
LAST = 1000
#: Marks of rows that nobody has seen: they displace no other source's row. A row that was invented
#: for a trial does, since that is what a trial of a chip or a rule asks for.
UNSEEN = ("unverified",)


def word_rank(shape: KindShape, *also: str) -> str:
    """The window that numbers what one main source said of a key, its last word first.

    `also` are further columns to part by.
    """
    own = [f'"{column}"' for column in shape.key] + list(also)
    if "source_id" in shape.columns:
        own.append(_main())
    return (
        f"row_number() over (partition by {', '.join(own)}"
        " order by published_on desc, batch_no desc, line desc)"
    )


def version_order(shape: KindShape, precedence: Mapping[str, int], word: str = "word_rank") -> str:
    """The order of a key's versions, the one that counts first.

    Plain SQL over the row alone and `word`, the column that `word_rank` gave it.
    """
    order = ["published_on desc"]
    if "source_id" in shape.columns:
        main = _main()
        if "confidence" in shape.columns:
            unseen = ", ".join(_text(mark) for mark in UNSEEN)
            order = [
                f"least({word}, 2)",
                f"case when confidence in ({unseen}) then 1 else 0 end",
                *order,
            ]
        if precedence:
            ranks = " ".join(f"when {_text(s)} then {n}" for s, n in sorted(precedence.items()))
            order.append(f"case {main} {ranks} else {LAST} end")
        order.append(main)
    return ", ".join([*order, "batch_no desc", "line desc"])


def needs_words(shape: KindShape) -> bool:
    """Whether the order of a kind's versions asks which of them is its source's last word."""
    return "source_id" in shape.columns and "confidence" in shape.columns


def _main() -> str:
    # rows of one source are the most by far, and cutting each text is what costs
    return f"case when contains(source_id, ';') then {MAIN_SOURCE} else source_id end"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
