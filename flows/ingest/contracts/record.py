"""What every record carries, whatever its kind, and the column shapes that kinds share.

A kind is a dataframely schema below `Record`. Its key is its primary key without
`published_on`: the same key published on another day is a new version, not a second row.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import dataframely as dy

if TYPE_CHECKING:
    import polars as pl

CONFIDENCES = (
    "seen-primary",
    "seen-secondary",
    "seen-estimate",
    "derived",
    "contested",
    "unverified",
    "invented",
)
PRECISIONS = ("day", "month", "quarter", "year")
PUBLISHED_BASES = ("stated", "filing_deadline", "source_date", "same_day")
EARLIEST = dt.date(1970, 1, 2)
LATEST = dt.date(2100, 1, 1)

#: No control characters; tabs and line breaks are allowed in long texts only.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,119}$"
CURRENCY = r"^[A-Z]{3}$"
MIC = r"^[A-Z0-9]{4}$"


class Text(dy.String):
    """A text whose length is counted in characters: dataframely counts bytes, and a Chinese
    character has three.
    """

    def validation_rules(self, expr: pl.Expr) -> dict[str, pl.Expr]:
        """The rules of the column, by name."""
        rules = super().validation_rules(expr)
        if self.max_length is not None:
            rules["max_length"] = expr.str.len_chars() <= self.max_length
        return rules


def one_of(values: tuple[str, ...], **options: Any) -> dy.String:
    """A text column that holds one of a fixed set of words."""
    return dy.String(regex=f"^({'|'.join(values)})$", **options)


def name(**options: Any) -> Text:
    """A short printable text: a name, a title, a unit."""
    return Text(min_length=1, max_length=300, regex=PRINTABLE, **options)


def text(**options: Any) -> Text:
    """A longer text that a person wrote, always escaped where it is shown."""
    return Text(max_length=4000, regex=TEXT, nullable=True, **options)


def identifier(**options: Any) -> dy.String:
    """An id that may stand in a file name or an address without harm."""
    return dy.String(regex=IDENTIFIER, **options)


def day(**options: Any) -> dy.Date:
    """A calendar date between 1970 and 2100; anything outside is a slip of the provider."""
    return dy.Date(min=EARLIEST, max=LATEST, **options)


def amount(scale: int = 2, **options: Any) -> dy.Decimal:
    """A DECIMAL(28, scale), null where unknown: money in its own currency, a count, a measure."""
    return dy.Decimal(precision=28, scale=scale, **{"nullable": True, **options})


class Record(dy.Schema):
    """Columns of every kind: where a row came from, how sure it is, when it could be known."""

    published_on = dy.Date(
        primary_key=True,
        min=EARLIEST,
        max=LATEST,
        description="The first day on which the world could know this row.",
    )
    source_id = dy.String(
        regex=r"^[A-Za-z0-9._-]+(;[A-Za-z0-9._-]+)*$",
        max_length=200,
        description="Ids of `sources`, the main one first, parted by semicolons.",
    )
    confidence = one_of(CONFIDENCES, description="How sure the row is; see docs/records.md.")
    note = text(description="What a reader must mind.")
    is_withdrawn = dy.Bool(
        nullable=True,
        description="true takes the record back from published_on on; note says why. Else blank.",
    )
    line = dy.Int64(min=1, description="Line of the received file, 1 being its first.")
