"""What the readers of daily bars have in common: a header to recognise, a listing to find, and the
way from a provider's columns to records past every check that a bar has to pass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.header_rows import OF
from flows.ingest.lines import column_names
from flows.ingest.parse import day_of
from flows.ingest.readers import footnotes, shifted, suspicion, volumes
from flows.ingest.readers.basis import Stated, settle
from flows.ingest.readers.days import at_the_exchange, iso, order_of, without_close
from flows.ingest.readers.headings import CURRENCIES, LOT, MONEY, heading, is_like_a_volume
from flows.ingest.readers.known import known_of
from flows.ingest.readers.listed import (
    listing_of_file,
    listing_of_symbol,
    listings_of_code,
    listings_of_ticker,
)  # fmt: skip
from flows.ingest.readers.marks import mark_of
from flows.ingest.readers.numbers import (
    SIGNS,
    counted,
    percent,
    pointed,
    sign_of,
    unsigned,
)  # fmt: skip
from flows.ingest.readers.reading import Listing, Plan, Reading
from flows.ingest.readers.tables import any_table
from flows.ingest.readers.whole_bars import set_apart, set_contradicted_apart, set_open_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.ingest.lines import Table
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

    _ListingOf = Callable[[str, Mapping[str, Sequence[Listing]]], list[Listing]]

PRICES = ("open", "high", "low", "close")
#: What providers write where there is no value.
_NOTHING = ("-", "N/A", "n/a", "NaN", "nan", "null")
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

    A subclass names its columns in `known`, by their bare names in lower case, ours being date,
    ticker, open, high, low, close, volume, amount, stated_pct and stated_currency. What a table of
    its format leaves open is told by the class variables; the file and the user go before them.
    """

    name: ClassVar[str]
    #: The id of `sources` on every row.
    source: ClassVar[str]
    #: Ours by theirs, without units and in lower case.
    known: ClassVar[Mapping[str, str]] = {}
    #: The adjustment that the format itself states; None where it states none.
    basis: ClassVar[str | None]
    #: Whether it is of no other; else an action on record since has to be shown by evidence.
    is_basis_firm: ClassVar[bool] = True
    #: What prices are taken as where nothing decides and no action makes a difference.
    otherwise: ClassVar[str | None] = None
    #: How 03/04/2025 is meant, where the format says so.
    date_order: ClassVar[str | None] = None
    #: Whether codes of the rows are of the mainland: 977 is 000977 there.
    is_mainland: ClassVar[bool] = False
    needs_listings = True
    needed: ClassVar[tuple[str, ...]] = ("date", *PRICES)

    def columns(self, received: Received) -> Mapping[str, str]:
        """Ours by theirs, for the columns of this file; a column left out is not stored."""
        by_name = {stated: self.known.get(heading(stated).bare) for stated in received.header}
        return {stated: ours for stated, ours in by_name.items() if ours}

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """The same rows with what is peculiar to the format brought to the common forms.

        All columns are text as received; `mic` and `is_index` of each row are known here.
        """
        return rows

    def lot(self, received: Received, mic: str) -> int | None:
        """Shares for one of a volume where nothing else says so; None where that has to be said."""
        return 1

    def amount_times(self, mic: str) -> int:
        """Whole money for one of a turnover."""
        return 1

    def stated_basis(self, received: Received) -> Stated:
        """What a file says of its adjustment."""
        return Stated(self.basis, self.is_basis_firm, self.otherwise)

    def table(self, received: Received) -> Table:
        """The rows as text under the provider's names."""
        return any_table(received)

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
                "Rename its columns to Date, Open, High, Low, Close and Volume, or to those that"
                " docs/records.md shows.",
                kind="prices",
            )
        basis = request.adjustment or self.stated_basis(received).basis
        said = (request.adjustment, request.date_order, request.decimal, request.volume_unit)
        options = [part for part in said if part]
        unread = _unread_volumes(self.columns(received), received)
        if "ticker" in named:
            assumed = (_BASES[basis], *unread)
            return Plan("prices", self.name, " ".join(options), assumed=assumed)
        listing = listing_of_file(received.name, request)
        return Plan(
            kind="prices",
            provider=self.name,
            subject=" ".join([f"{listing.symbol}@{listing.mic}", *options]),
            listing=listing,
            assumed=(
                f"Every row is of {listing.symbol} ({listing.mic}), in {listing.currency}.",
                "It is an index level." if listing.is_index else _BASES[basis],
                *unread,
            ),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a row. Raises Refused where the file is not what it says it is."""
        table, notes = footnotes.left_out(self.table(received), received)
        ours = self.columns(received)
        theirs = dict(zip(received.header, column_names(received.header), strict=True))
        rows = table.rows.select(
            *(pl.col(theirs.get(stated, stated)).alias(name) for stated, name in ours.items()),
            "line",
        )
        listing_of = listings_of_code if self.is_mainland else listings_of_ticker
        rows, ragged = _with_listing(
            rows, table.ragged, plan.listing, request, received.name, listing_of
        )
        rows = self.normalised(_with_all_columns(rows), received, request)
        rows, said = self._plain(rows, received, request)
        kept, refusals = [], []
        assumed = [*notes, *said]
        for one in rows.partition_by("symbol", "mic", maintain_order=True):
            try:
                good, ragged, remarks = self._checked(one, ragged, received, request)
            except Refused as refusal:
                # of several tickers only the one concerned is refused
                refusals.append(refusal)
                reason = pl.lit(f"{refusal.what} {refusal.way_out}".strip(), pl.String)
                everything = pl.lit(value=True)
                _, ragged = set_apart(one, ragged, everything, "ticker_refused", reason)
                continue
            kept.append(good)
            assumed.extend(remarks)
        if refusals and not any(good.height for good in kept):
            raise refusals[0]
        found = pl.concat(kept).sort("line", maintain_order=True) if kept else _no_rows(rows)
        told = tuple(dict.fromkeys(assumed))
        return Reading(_records(found, self.source), ragged, table.raw, assumed=told)

    def _plain(
        self, rows: pl.DataFrame, received: Received, request: Request
    ) -> tuple[pl.DataFrame, list[str]]:
        """The rows with ISO days, plain numbers, signs told as currencies; what was decided."""
        besides = ("volume", "amount", "stated_pct")
        rows = rows.with_columns(
            pl.when(~pl.col(name).is_in(_NOTHING)).then(pl.col(name)).alias(name)
            for name in besides
        ).with_columns(at_the_exchange(pl.col("date"), pl.col("mic")))
        rows = rows.with_columns(without_close(rows["date"]))
        order = order_of(rows["date"], request.date_order or self.date_order, received.name)
        rows = rows.with_columns(iso(pl.col("date"), order))
        mark, said = mark_of(rows, request, received)
        rows = rows.with_columns(
            pointed(pl.col(name), mark).alias(name) for name in (*besides, *PRICES)
        )
        headings = {ours: heading(stated) for stated, ours in self.columns(received).items()}
        currency = {sign: "/".join(of) for sign, of in SIGNS.items()}
        of_header = CURRENCIES.get(headings["close"].unit if "close" in headings else "")
        sign = sign_of(pl.col("close")).replace_strict(
            currency, default=of_header, return_dtype=pl.String
        )
        money = MONEY.get(headings["amount"].unit, 0) if "amount" in headings else 0
        rows = rows.with_columns(
            *(unsigned(pl.col(price)).alias(price) for price in PRICES),
            stated_currency=pl.coalesce("stated_currency", sign),
            stated_pct=percent(pl.col("stated_pct")),
            traded_on=pl.col("date"),
            # an index has no volume of its own: providers fill in 0
            volume=pl.when(
                ~pl.col("is_index") | (pl.col("volume").cast(pl.Float64, strict=False) != 0)
            ).then("volume"),
        )
        parted = [
            one.with_columns(
                amount=counted(pl.col("amount"), lot=money or self.amount_times(one["mic"][0]))
            )
            for one in rows.partition_by("mic", maintain_order=True)
        ]
        rows = pl.concat(parted).sort("line", maintain_order=True) if parted else rows
        return rows, said

    def _checked(
        self, one: pl.DataFrame, ragged: pl.DataFrame, received: Received, request: Request
    ) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
        """The good bars of one listing with their `adjustment`, the others, and what was decided.

        Raises Refused where they are not what the file says they are.
        """
        symbol, mic, currency, is_index, listed_on = one.select(
            "symbol", "mic", "currency", "is_index", "listed_on"
        ).row(0)
        name, remarks = received.name, []
        known = known_of(Listing(symbol, mic, currency, is_index), request)
        one = _typed(one)
        suspicion.refuse_other_intervals(one, name)
        shifted.refuse_shifted_days(one, known, symbol, name)
        one, ragged = shifted.set_before_listing_apart(one, ragged, listed_on, known, name)
        one, ragged = suspicion.set_other_currency_apart(one, ragged)
        one, ragged = suspicion.set_without_session_apart(one, ragged, request)
        one, ragged = set_open_apart(one, ragged)
        one, ragged = set_contradicted_apart(one, ragged, request)
        unit = self._unit(received, request, mic)
        one, found, is_other = volumes.in_shares(one, unit, known, mic, name)
        if (is_other or unit.times is None) and found.why:
            remarks.append(f"{volumes.in_words(found)} ({symbol}): {found.why}.")
        one = _typed(one.with_columns(lots=pl.lit(found.is_lots)))
        one, ragged = suspicion.set_repeated_apart(one, ragged)
        one, ragged = suspicion.set_other_units_apart(one, ragged, name)
        if not one.height:
            return one.with_columns(adjustment=pl.lit(None, pl.String)), ragged, remarks
        stated = self.stated_basis(received)
        if request.adjustment:
            stated = Stated(request.adjustment)
        one, ragged, said = settle(one, ragged, stated, known, name)
        one, ragged = volumes.set_unlike_stored_apart(one, ragged, known, name)
        if said and stated.basis is None and not request.adjustment:
            remarks.append(said)
        return one, ragged, remarks

    def _unit(self, received: Received, request: Request, mic: str) -> volumes.Unit:
        of_volume = (s for s, ours in self.columns(received).items() if ours == "volume")
        in_header = heading(next(of_volume, "")).unit
        stated = volumes.stated_unit(in_header, request.volume_unit, received.name)
        times = self.lot(received, mic)
        return stated or volumes.Unit(times, is_lots=times == LOT)


def _typed(one: pl.DataFrame) -> pl.DataFrame:
    return one.with_columns(
        day_of(pl.col("traded_on")).alias("day"),
        *(
            pl.col(name).cast(pl.Float64, strict=False).alias(f"as_{name}")
            for name in ("close", "volume", "amount")
        ),
    )


def _no_rows(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.clear().with_columns(adjustment=pl.lit(None, pl.String))


def _unread_volumes(columns: Mapping[str, str], received: Received) -> tuple[str, ...]:
    """What is said of columns that look like volumes and are not read."""
    unread = [
        name
        for name in received.header
        if name not in columns and OF not in name and is_like_a_volume(name)
    ]
    if not unread:
        return ()
    named = ", ".join(unread)
    if "volume" in columns.values():
        return (f"The column {named} was not read: another one is the volume.",)
    return (f"No volume was read: {named} is a column that is not known as one.",)


def _with_listing(
    rows: pl.DataFrame,
    ragged: pl.DataFrame,
    listing: Listing | None,
    request: Request,
    name: str,
    listing_of: _ListingOf,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with the columns of their listing; those of a ticker without one are set apart.

    Raises Refused where no ticker of the file has one.
    """
    if listing is not None:
        rows = rows.with_columns(pl.lit("").alias("ticker"))
        by_ticker = {"": listing}
    else:
        tickers = rows["ticker"].drop_nulls().unique().sort().to_list()
        by_ticker = _by_ticker(tickers, request, name, listing_of)
    listed = pl.DataFrame(
        [
            (ticker, one.symbol, one.mic, one.currency, one.is_index, one.open_from, one.listed_on)
            for ticker, one in by_ticker.items()
        ],
        schema={
            "ticker": pl.String, "symbol": pl.String, "mic": pl.String, "currency": pl.String,
            "is_index": pl.Boolean, "open_from": pl.Date, "listed_on": pl.Date,
        },
        orient="row",
    )  # fmt: skip
    rows = rows.join(listed, on="ticker", how="left", maintain_order="left")
    is_unlisted = pl.col("symbol").is_null()
    reason = pl.format(_NO_LISTING, pl.col("ticker").fill_null("an empty ticker"))
    return set_apart(rows, ragged, is_unlisted, "no_listing", reason)


def _by_ticker(
    tickers: list[str], request: Request, name: str, listing_of: _ListingOf
) -> dict[str, Listing]:
    if request.symbol:
        one = listing_of_symbol(request.symbol, request.listings)
        if len(tickers) > 1:
            raise Refused(
                f"{name} is of more than one symbol: {', '.join(tickers[:4])}.",
                "Leave out --symbol: the rows say whose they are.",
                kind="prices",
            )
        return dict.fromkeys(tickers, one)
    found = {ticker: listing_of(ticker, request.listings) for ticker in tickers}
    single = {ticker: of[0] for ticker, of in found.items() if len(of) == 1}
    if not single and tickers:
        listing_of_symbol(tickers[0], request.listings)  # says what is wrong with it
    return single


def _with_all_columns(rows: pl.DataFrame) -> pl.DataFrame:
    optional = (*PRICES, "volume", "amount", "stated_pct", "stated_currency")
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
