"""What a reader is given and what it hands back. Readers turn a file into text columns only:
types, rules and duplicates are decided after them, in the same way for every provider.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flows.ingest.received import Received
    from flows.ingest.report import Finding


@dataclass(frozen=True)
class Listing:
    """Where a symbol trades and in which currency it is quoted.

    `open_from` is the first session of its exchange that has not closed yet, `listed_on` the first
    day of trading; None where the store knows none.
    """

    symbol: str
    mic: str
    currency: str
    is_index: bool
    open_from: dt.date | None = None
    listed_on: dt.date | None = None


@dataclass(frozen=True)
class Action:
    """A split or bonus issue: prices before `ex_on` are divided by `ratio` to compare."""

    ex_on: dt.date
    ratio: float


#: The columns of `Market.closes`.
CLOSES = {
    "traded_on": pl.Date, "raw": pl.Float64, "split": pl.Float64, "total_return": pl.Float64,
    "has_raw": pl.Boolean, "has_split": pl.Boolean, "raw_volume": pl.Float64,
    "split_volume": pl.Float64,
}  # fmt: skip


class Market(Protocol):
    """What the store knows of a listing; see `flows.ingest.market`."""

    def sessions(self, listing: Listing) -> Sequence[dt.date]:
        """The days on which its exchange is open, in order, as far as they are known."""

    def actions(self, listing: Listing) -> Sequence[Action]:
        """Its recorded splits and bonus issues, in order."""

    def rate(self, currency: str, day: dt.date) -> float | None:
        """US dollars for one unit of a currency on the stored day nearest to it."""

    def closes(self, listing: Listing) -> pl.DataFrame:
        """Stored closes and volumes by day on each basis, as in `CLOSES`."""


@dataclass(frozen=True)
class Request:
    """What the user said of a file, and the listings that the store knows, by symbol."""

    kind: str | None = None
    symbol: str | None = None
    listings: Mapping[str, Sequence[Listing]] = field(default_factory=dict)
    adjustment: str | None = None
    date_order: str | None = None
    market: Market | None = None
    decimal: str | None = None
    volume_unit: str | None = None


@dataclass(frozen=True)
class Plan:
    """How a file will be read, told from its header alone.

    `subject` is what the whole file is about where its rows do not say it: `NVDA@XNAS`.
    """

    kind: str
    provider: str
    subject: str = ""
    listing: Listing | None = None
    assumed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The rows of a file as text, in the columns of the contract.

    `rows`: String columns named as in the contract, those that the file has, and `line` (Int64).
    `ragged`: `line`, `rule`, `reason` of rows that could not be told apart into columns.
    `raw`: `line`, `raw`: the text of each row as received.
    `assumed`: what the rows showed and the file does not say, in sentences.
    """

    rows: pl.DataFrame
    ragged: pl.DataFrame
    raw: pl.DataFrame
    assumed: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Again(Reading):
    """Rows read with care, trimmed; `rows` have `row_no` too.

    `is_other` (Boolean) says which of the rows a glance did not see, or saw with other texts.
    """

    is_other: pl.Series


@dataclass(frozen=True)
class Piece:
    """A stretch of a large file, at a first glance and, where that does not do, with care.

    `rows`: as in `Reading`, with `row_no` (Int64, rising through the file); the values need not be
    trimmed. `is_row` (Boolean) says which of them are rows as they stand, all where it is None: to
    part them is left to whoever parts good rows from others anyway. `has_more` says that there may
    be rows that a glance could not tell. `reread` reads those and, with care, the rows of the
    numbers given. `bytes_read` counts from the beginning of the file.
    """

    rows: pl.DataFrame
    has_more: bool
    reread: Callable[[pl.Series], Again]
    bytes_read: int = 0
    is_row: pl.Series | None = None


@dataclass(frozen=True)
class Stream:
    """A file in pieces, in order; both functions begin anew each time that they are called.

    `raw` gives `line` and `raw`, as in `Reading`, of the rows that begin on the lines asked for.
    """

    pieces: Callable[[], Iterator[Piece]]
    raw: Callable[[pl.Series], Iterator[pl.DataFrame]]


class Reader(Protocol):
    """One provider's format."""

    @property
    def name(self) -> str:
        """The provider's name, as `--provider` takes it."""

    @property
    def needs_listings(self) -> bool:
        """Whether market and currency come from the listings of the store."""

    def recognises(self, received: Received) -> bool:
        """Whether the columns of the file are this provider's."""

    def plan(self, received: Received, request: Request) -> Plan:
        """Decide kind and subject. Raises Refused, naming what is missing."""

    def read(self, received: Received, plan: Plan, request: Request) -> Reading | Stream:
        """Read all rows, or say how to read them in pieces. Raises Refused, here or from the
        pieces, where the whole file cannot be read.
        """
