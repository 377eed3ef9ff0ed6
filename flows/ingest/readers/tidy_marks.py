"""How a table of our own columns writes its decimals and its days, where that is not plain.

`27.000` is a thousand-fold of itself to half of the world, and `01.10.2026` lies in January to a
quarter of it. The other numbers of a file decide, or the user's word, or the file is refused and
names the option. Text only; nothing is rounded or guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import is_whole
from flows.ingest.readers.days import iso, order_of
from flows.ingest.readers.reading import Stream
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.ingest.readers.reading import Again, Piece
    from flows.ingest.received import Received

#: Rows that are looked at of a file parted by commas; of any other all are.
_LOOKED_AT = 20_000
#: One group of three behind a point: a thousand, or three decimals.
_EITHER = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_POINT = r"^[+-]?([0-9]*|[0-9]{1,3}(,[0-9]{3})+)\.[0-9]+$"
_COMMA = (
    r"^[+-]?([0-9]+,([0-9]{1,2}|[0-9]{4,})|0[0-9]*,[0-9]+"
    r"|[1-9][0-9]{0,2}([.\s'][0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3}){2,})$"
)
#: What each mark lets a number be; the marks of thousands are then left out.
_FORMS = {
    "comma": r"^[+-]?([0-9]+|[1-9][0-9]{0,2}([.\s'][0-9]{3})+)(,[0-9]+)?$",
    "point": r"^[+-]?([0-9]+|[1-9][0-9]{0,2}([,\s'][0-9]{3})+)(\.[0-9]*)?$",
}
_MARKED_DAY = r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}$"


@dataclass(frozen=True)
class Marks:
    """The columns of numbers and of days that a file has, and how they are written.

    `decimal` is `comma`, `point` or None where plain numbers alone are read; `order` is that of
    day, month and year, None where days of our own form alone are.
    """

    numbers: tuple[str, ...]
    days: tuple[str, ...]
    decimal: str | None = None
    order: str | None = None

    @property
    def are_plain(self) -> bool:
        """Whether texts stay as they are."""
        return self.decimal is None and self.order is None

    def plain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with numbers and days in our own form, where they are of the form said."""
        columns = []
        if self.decimal is not None:
            columns += [_number(name, self.decimal) for name in self.numbers]
        if self.order is not None:
            columns += [iso(pl.col(n).str.strip_chars(), self.order).alias(n) for n in self.days]
        return rows.with_columns(columns)


def marks_of(types: Mapping[str, pl.DataType], decimal: str | None, order: str | None) -> Marks:
    """The marks of a file whose columns of text are to have these types, as far as said."""
    numbers = [n for n, dtype in types.items() if isinstance(dtype, pl.Decimal) or is_whole(dtype)]
    days = [name for name, dtype in types.items() if dtype == pl.Date]
    return Marks(tuple(numbers), tuple(days), decimal, order)


def with_marks(
    stream: Stream, marks: Marks, types: Mapping[str, pl.DataType], received: Received, kind: str
) -> Stream:
    """The stream with numbers and days in our own form.

    Raises Refused, from its pieces, where nothing is said of a file that needs it.
    """

    def pieces() -> Iterator[Piece]:
        if marks.decimal is None or marks.order is None:
            _ask(stream, marks, types, received, kind)
        for piece in stream.pieces():
            yield piece if marks.are_plain else _plain(piece, marks)

    return Stream(pieces, stream.raw)


def _plain(piece: Piece, marks: Marks) -> Piece:
    def reread(numbers: pl.Series) -> Again:
        again = piece.reread(numbers)
        return replace(again, rows=marks.plain(again.rows))

    return replace(piece, rows=marks.plain(piece.rows), reread=reread)


def _number(name: str, decimal: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    thousands, point = (r"[.\s']", ",") if decimal == "comma" else (r"[,\s']", ".")
    bare = text.str.replace_all(thousands, "").str.replace(point, ".", literal=True)
    # what is of the other form must not be read as if nothing had been said
    other = pl.format("{} (decimal {} said)", text, pl.lit(decimal))
    is_other = text.str.contains("[.,]")
    return (
        pl.when(text.str.contains(_FORMS[decimal])).then(bare).when(is_other).then(other)
        .otherwise(text).alias(name)
    )  # fmt: skip


def _ask(
    stream: Stream, marks: Marks, types: Mapping[str, pl.DataType], received: Received, kind: str
) -> None:
    """Raises Refused where the numbers or the days of a file can be read in two ways, or in none.

    A file parted by commas writes no decimal comma, so of it only whole numbers are asked for.
    """
    is_parted_by_comma = received.form == "csv" and received.separator == ","
    either: dict[str, tuple[int, str]] = {}
    comma: tuple[str, int, str] | None = None
    has_point = False
    commas = 0
    first = _first_rows(stream)
    if marks.order is None:
        _ask_of_days(first, marks.days, received.name, kind)
    of_all = (_rows_of(piece) for piece in stream.pieces())
    for rows in [first] if is_parted_by_comma or received.form != "csv" else of_all:
        for name in marks.numbers if marks.decimal is None else ():
            texts = rows.select("line", pl.col(name).str.strip_chars().alias("text")).drop_nulls()
            text = pl.col("text")
            told = texts.select(
                either=text.str.contains(_EITHER),
                comma=text.str.contains(_COMMA),
                point=text.str.contains(_POINT) & ~text.str.contains(_EITHER),
            )
            has_point |= bool(told["point"].any())
            commas += int(told["comma"].sum())
            is_asked = is_whole(types[name]) or not is_parted_by_comma
            if is_asked and told["either"].any() and name not in either:
                either[name] = texts.filter(told["either"]).row(0)
            if comma is None and told["comma"].any():
                comma = (name, *texts.filter(told["comma"]).row(0))
        if has_point:
            break
    if marks.decimal is not None or has_point:
        return
    if comma is not None and (commas > 1 or either or received.separator != ","):
        name, line, text_of_it = comma
        raise Refused(
            f"{received.name} writes numbers with a decimal comma, such as {text_of_it!r} for"
            f" {name} on line {line}.",
            "Say so: --decimal comma.",
            kind=kind,
            provider="tidy",
        )
    for name, (line, text_of_it) in either.items():
        whole, _, thousand = text_of_it.partition(".")
        raise Refused(
            f"{received.name}: {text_of_it!r} for {name} on line {line} is {whole}{thousand} where"
            f" a point parts thousands and {whole}.{thousand} where it parts decimals, and no"
            " other number of the file says which.",
            f"Say which: --decimal comma ({whole}{thousand}) or --decimal point"
            f" ({whole}.{thousand}).",
            kind=kind,
            provider="tidy",
        )


def _first_rows(stream: Stream) -> pl.DataFrame:
    """The first rows of a file that are looked at, however many pieces they come in."""
    found: list[pl.DataFrame] = []
    for piece in stream.pieces():
        found.append(_rows_of(piece))
        if sum(rows.height for rows in found) >= _LOOKED_AT:
            break
    return pl.concat(found).sort("line").head(_LOOKED_AT)


def _rows_of(piece: Piece) -> pl.DataFrame:
    """All the rows of a piece, those that a glance does not see too."""
    seen = piece.rows if piece.is_row is None else piece.rows.filter(piece.is_row)
    if not piece.has_more:
        return seen
    return pl.concat([seen, piece.reread(pl.Series([], dtype=pl.Int64)).rows])


def _ask_of_days(rows: pl.DataFrame, days: tuple[str, ...], name: str, kind: str) -> None:
    """Raises Refused where no day of a column is of our own form: their order must be said."""
    for column in days:
        texts = rows[column].str.strip_chars().drop_nulls()
        if texts.is_empty() or not texts.str.contains(_MARKED_DAY).all():
            continue
        try:
            order = order_of(texts, None, name)
        except Refused as refusal:
            raise Refused(refusal.what, refusal.way_out, kind=kind, provider="tidy") from None
        raise Refused(
            f"{name} writes its days as {texts[0]!r} ({column}), which our own tables do not.",
            f"Say so: --date-order {order}.",
            kind=kind,
            provider="tidy",
        )
