"""What the readers of daily bars have in common: a header to recognise, a listing to find, and the
way from a provider's columns to records past every check that a bar has to pass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.lines import column_names, read_table
from flows.ingest.readers import suspicion
from flows.ingest.readers.basis import settle
from flows.ingest.readers.listed import listing_of_file, listing_of_symbol, listings_of_ticker
from flows.ingest.readers.reading import Plan, Reading
from flows.ingest.readers.whole_bars import set_apart, set_contradicted_apart, set_open_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.lines import Table
    from flows.ingest.readers.reading import Listing, Request
    from flows.ingest.received import Received

PRICES = ("open", "high", "low", "close")
_BASES = {
    "raw": "Prices are as traded, not adjusted.",
    "split": "Prices are restated for splits, not for dividends.",
    "total_return": "Prices are restated for splits and dividends.",
    None: "Whether prices are as traded or restated for splits was told by the stored closes.",
}
_NO_LISTING = (
    "The store has no listing of {}, or several: its market and currency are not known. Ingest a"
    " record of kind listings for it."
)


class DailyBars(ABC):
    """Reads a table of daily bars; a provider's format says which columns are what.

    A subclass names its columns in `columns`, ours being date, ticker, open, high, low, close,
    volume, amount, stated_pct and stated_currency, and brings them to our units in `normalised`.
    """

    name: ClassVar[str]
    #: The id of `sources` on every row.
    source: ClassVar[str]
    #: The adjustment that the format itself states; None where it states none.
    basis: ClassVar[str | None]
    needs_listings = True
    needed: ClassVar[tuple[str, ...]] = ("date", *PRICES)

    @abstractmethod
    def columns(self, received: Received) -> Mapping[str, str]:
        """Ours by theirs, for the columns of this file; a column left out is not stored."""

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """The same rows with ISO days, plain numbers, shares, and `amount` in whole money.

        `mic` and `is_index` of each row are known here.
        """
        return rows

    def basis_of(self, received: Received) -> str | None:
        """The adjustment that a file states."""
        return self.basis

    def table(self, received: Received) -> Table:
        """The rows as text under the provider's names."""
        return read_table(received)

    @abstractmethod
    def recognises(self, received: Received) -> bool:
        """Whether the columns of the file are this provider's."""

    def plan(self, received: Received, request: Request) -> Plan:
        """Find the symbol; its market and currency come from its listing."""
        if request.kind not in (None, "prices"):
            raise Refused(f"{received.name} holds prices, not {request.kind}.", "Leave out --kind.")
        ours = list(self.columns(received).values())
        named = set(ours)
        if len(named) < len(ours):
            twice = sorted({name for name in ours if ours.count(name) > 1})
            raise Refused(
                f"{received.name} has two columns for {', '.join(twice)}.",
                "Drop one of them.",
                kind="prices",
            )
        missing = [column for column in self.needed if column not in named]
        if missing:
            raise Refused(
                f"{received.name} is no file of daily bars of {self.name}: it lacks"
                f" {', '.join(missing)}.",
                "docs/records.md shows what is recognised; --provider says whose it is.",
                kind="prices",
            )
        basis = request.adjustment or self.basis_of(received)
        options = [part for part in (request.adjustment, request.date_order) if part]
        if "ticker" in named:
            return Plan("prices", self.name, " ".join(options), assumed=(_BASES[basis],))
        listing = listing_of_file(received.name, request)
        return Plan(
            kind="prices",
            provider=self.name,
            subject=" ".join([f"{listing.symbol}@{listing.mic}", *options]),
            listing=listing,
            assumed=(
                f"Every row is of {listing.symbol} ({listing.mic}), in {listing.currency}.",
                "It is an index level." if listing.is_index else _BASES[basis],
            ),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a row. Raises Refused where the file is not what it says it is."""
        table = self.table(received)
        ours = self.columns(received)
        theirs = dict(zip(received.header, column_names(received.header), strict=True))
        rows = table.rows.select(
            *(pl.col(theirs.get(stated, stated)).alias(name) for stated, name in ours.items()),
            "line",
        )
        rows, ragged = _with_listing(rows, table.ragged, plan.listing, request, received.name)
        rows = self.normalised(_with_all_columns(rows), received, request)
        rows = rows.with_columns(
            traded_on=pl.col("date"),
            # an index has no volume of its own: providers fill in 0
            volume=pl.when(
                ~pl.col("is_index") | (pl.col("volume").cast(pl.Float64, strict=False) != 0)
            ).then("volume"),
        )
        suspicion.refuse_other_intervals(rows, received.name)
        rows, ragged = suspicion.set_other_currency_apart(rows, ragged)
        rows, ragged = suspicion.set_without_session_apart(rows, ragged, request)
        rows, ragged = set_open_apart(rows, ragged)
        rows, ragged = set_contradicted_apart(rows, ragged, request)
        rows, ragged = suspicion.set_other_units_apart(rows, ragged, received.name)
        rows, ragged = settle(rows, ragged, self.basis_of(received), request, received.name)
        return Reading(_records(rows, self.source), ragged, table.raw)


def _with_listing(
    rows: pl.DataFrame,
    ragged: pl.DataFrame,
    listing: Listing | None,
    request: Request,
    name: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with the columns of their listing; those of a ticker without one are set apart.

    Raises Refused where no ticker of the file has one.
    """
    if listing is not None:
        rows = rows.with_columns(pl.lit("").alias("ticker"))
        by_ticker = {"": listing}
    else:
        tickers = rows["ticker"].drop_nulls().unique().sort().to_list()
        by_ticker = _by_ticker(tickers, request, name)
    listed = pl.DataFrame(
        [
            (ticker, one.symbol, one.mic, one.currency, one.is_index, one.open_from)
            for ticker, one in by_ticker.items()
        ],
        schema={
            "ticker": pl.String, "symbol": pl.String, "mic": pl.String, "currency": pl.String,
            "is_index": pl.Boolean, "open_from": pl.Date,
        },
        orient="row",
    )  # fmt: skip
    rows = rows.join(listed, on="ticker", how="left", maintain_order="left")
    is_unlisted = pl.col("symbol").is_null()
    reason = pl.format(_NO_LISTING, pl.col("ticker").fill_null("an empty ticker"))
    return set_apart(rows, ragged, is_unlisted, "no_listing", reason)


def _by_ticker(tickers: list[str], request: Request, name: str) -> dict[str, Listing]:
    if request.symbol:
        one = listing_of_symbol(request.symbol, request.listings)
        if len(tickers) > 1:
            raise Refused(
                f"{name} is of more than one symbol: {', '.join(tickers[:4])}.",
                "Leave out --symbol: the rows say whose they are.",
                kind="prices",
            )
        return dict.fromkeys(tickers, one)
    found = {ticker: listings_of_ticker(ticker, request.listings) for ticker in tickers}
    single = {ticker: of[0] for ticker, of in found.items() if len(of) == 1}
    if not single and tickers:
        listing_of_symbol(tickers[0], request.listings)  # says what is wrong with it
    return single


def _with_all_columns(rows: pl.DataFrame) -> pl.DataFrame:
    optional = ("volume", "amount", "stated_pct", "stated_currency")
    absent = [name for name in optional if name not in rows.columns]
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)


def _records(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    return rows.select(
        "symbol", "mic", "traded_on", "adjustment", *PRICES, "volume", "currency",
        pl.col("traded_on").alias("published_on"),
        pl.lit(source).alias("source_id"),
        pl.lit("seen-secondary").alias("confidence"),
        "line",
    )  # fmt: skip
