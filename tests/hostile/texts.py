"""Hostile texts, and the files that carry them in every text field of every kind of record.

The fields come from the contracts, so a new one is covered without a line here.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl

from flows import assets
from flows.ingest.contracts import KINDS, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a page or a template might take for its own; short enough for a name.
MARKUP = (
    '=HYPERLINK("https://evil.example","x")<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    "'onmouseover=x </style></svg></title><!--{{7*7}}{% raw %}${7*7}{#"
)
#: What a query, a path, a link, a terminal, a spreadsheet or a reader's eye might.
TRICKS = (
    "@SUM(1)'; drop table raw_chips; --\") union select 1 -- ../../etc/passwd%00"
    " javascript:alert(3) [red]x[/red][link=https://evil.example]y[/link]"
    " \u202egnp.exe\u2066\u200f\x9b31m\x9d0;t\x9c"
)
#: A header of its own, and what commands a terminal.
LINES = f"title\r\nBcc: evil@example.org\r\n\r\n{TRICKS}"
CONTROL = "a\x1b[2J\x07\x00b"
HOSTILE = {"markup": MARKUP, "tricks": TRICKS, "lines": LINES, "control": CONTROL}


def text_fields(kind: str) -> list[str]:
    """The columns of a kind that hold text."""
    return [n for n, column in KINDS[kind].columns().items() if column.dtype == pl.String()]


def seed_rows(kind: str) -> list[dict[str, str]]:
    """The first bundled records of a kind, as text, every text column present."""
    with (assets.seeds() / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for _, row in zip(range(60), csv.DictReader(file), strict=False)]
    return [dict.fromkeys(text_fields(kind), "") | row for row in rows]


def marked(kind: str, field: str, text: str) -> str:
    """The text with the name of its field behind it, to be found again by."""
    return f"{text} @{kind}.{field}@"


def one_field_a_row(kind: str, text: str) -> list[dict[str, str]]:
    """For each text field a good row in which that field alone is hostile."""
    rows = seed_rows(kind)
    return [
        rows[number % len(rows)] | {field: marked(kind, field, text)}
        for number, field in enumerate(text_fields(kind))
    ]


def every_field(kind: str, fields: Sequence[str], text: str) -> list[dict[str, str]]:
    """All versions of every second bundled record, with all these fields but the key hostile."""
    key = key_of(kind)
    hostile = {field: marked(kind, field, text) for field in fields if field not in key}
    rows = [(tuple(row[column] for column in key), row) for row in seed_rows(kind)]
    chosen = set(list(dict.fromkeys(key for key, _ in rows))[1::2])
    return [row | hostile for key, row in rows if key in chosen]


def intact(kind: str, column: str) -> list[str]:
    """A column of the bundled records that `every_field` leaves as they are."""
    key = key_of(kind)
    rows = {tuple(row[k] for k in key): row[column] for row in seed_rows(kind)}
    return list(rows.values())[::2]


def as_csv(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows as a file that a spreadsheet would write."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
