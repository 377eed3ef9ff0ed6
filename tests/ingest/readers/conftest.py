"""Real bars of NVDA (warehouse/seeds) in the layouts of the providers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

from flows.ingest.readers import reader_for
from flows.ingest.readers.reading import Listing, Request
from flows.ingest.received import look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb

    from flows.ingest.readers.reading import Reading
    from tests.ingest.conftest import Take, Write

SEEDS = Path(__file__).parents[3] / "warehouse" / "seeds" / "prices.csv"


class Real(NamedTuple):
    """A bar as recorded: ISO day and plain numbers, in text."""

    day: str
    open: str
    high: str
    low: str
    close: str
    volume: str

    @property
    def us_day(self) -> str:
        return f"{self.day[5:7]}/{self.day[8:]}/{self.day[:4]}"

    @property
    def compact(self) -> str:
        return self.day.replace("-", "")


class Layout(Protocol):
    """Bars as the text of a provider's file."""

    def __call__(self, provider: str, bars: Sequence[Real]) -> str: ...


@pytest.fixture(scope="session")
def nvda() -> Callable[[str, str], list[Real]]:
    """NVDA's real bars from one day to another, restated for splits."""
    with SEEDS.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["symbol"] == "NVDA"]

    def between(first: str, last: str) -> list[Real]:
        names = ("traded_on", "open", "high", "low", "close", "volume")
        return [
            Real(*(row[name] for name in names))
            for row in rows
            if first <= row["traded_on"] <= last
        ]

    return between


@pytest.fixture
def december(nvda: Callable[[str, str], list[Real]]) -> list[Real]:
    """The 22 sessions of December 2025."""
    return nvda("2025-12-01", "2025-12-31")


@pytest.fixture
def store_bars(take: Take, write: Write, header: str, listings: None) -> StoreBars:
    def store(bars: Sequence[Real], adjustment: str = "split") -> None:
        lines = [
            f"NVDA,XNAS,{b.day},{adjustment},{b.open},{b.high},{b.low},{b.close},{b.volume},USD,"
            f"{b.day},T,seen-secondary\n"
            for b in bars
        ]
        assert take(write("stored.csv", header + "".join(lines))).rows_quarantined == 0

    return store


class StoreBars(Protocol):
    """Put bars of NVDA into the store, from a tidy file."""

    def __call__(self, bars: Sequence[Real], adjustment: str = "split") -> None: ...


@pytest.fixture
def bars_of(con: duckdb.DuckDBPyConnection) -> Callable[[str], list[tuple[str, ...]]]:
    """The latest stored bars that name this source: day, prices, volume, in order, as text."""

    def rows(source: str) -> list[tuple[str, ...]]:
        return con.execute(
            "select cast(traded_on as varchar), cast(cast(open as double) as varchar),"
            " cast(cast(high as double) as varchar), cast(cast(low as double) as varchar),"
            " cast(cast(close as double) as varchar), cast(volume as varchar), adjustment"
            " from raw_prices where source_id = ? order by 1",
            [source],
        ).fetchall()

    return rows


def expected(bars: Sequence[Real], adjustment: str = "split") -> list[tuple[str, ...]]:
    return [(b.day, *(str(float(price)) for price in b[1:5]), b.volume, adjustment) for b in bars]


@pytest.fixture
def as_expected() -> Callable[..., list[tuple[str, ...]]]:
    """Bars as `bars_of` gives them."""
    return expected


@pytest.fixture
def layout() -> Layout:
    return _layout


def _layout(provider: str, bars: Sequence[Real]) -> str:
    header, line = {
        # the real /work sample: a Yahoo download across the split of 2024
        "yahoo": (
            "Date,Open,High,Low,Close,Adj Close,Volume",
            lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.close},{b.volume}",
        ),
        # yfinance 0.2.54 and later, auto_adjust=False: three header rows
        "yfinance": (
            "Price,Adj Close,Close,High,Low,Open,Volume\nTicker" + ",NVDA" * 6 + "\nDate,,,,,,",
            lambda b: f"{b.day},{b.close},{b.close},{b.high},{b.low},{b.open},{b.volume}",
        ),
        "stooq": (
            "Date,Open,High,Low,Close,Volume",
            lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.volume}",
        ),
        # bulk text as in Stooq's d_us_txt.zip
        "stooq bulk": (
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>",
            lambda b: (
                f"NVDA.US,D,{b.compact},000000,{b.open},{b.high},{b.low},{b.close},{b.volume},0"
            ),
        ),
        "nasdaq": (
            "Date,Close/Last,Volume,Open,High,Low",
            lambda b: f"{b.us_day},${b.close},{b.volume},${b.open},${b.high},${b.low}",
        ),
        "alphavantage": (
            "timestamp,open,high,low,close,volume",
            lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.volume}",
        ),
        "investing": (
            '"Date","Price","Open","High","Low","Vol.","Change %"',
            lambda b: (
                f'"{b.us_day}","{b.close}","{b.open}","{b.high}","{b.low}",'
                f'"{int(b.volume) / 1e6:.2f}M",""'
            ),
        ),
    }[provider]
    return "\n".join([header, *(line(bar) for bar in bars)]) + "\n"


@pytest.fixture
def as_json() -> Callable[..., str]:
    """Bars as the JSON of Alpha Vantage's TIME_SERIES_DAILY, newest first."""

    def text(bars: Sequence[Real], *, indent: int | None = 4) -> str:
        names = ("1. open", "2. high", "3. low", "4. close", "5. volume")
        series = {b.day: dict(zip(names, b[1:], strict=True)) for b in reversed(bars)}
        meta = {"1. Information": "Daily Prices", "2. Symbol": "NVDA", "5. Time Zone": "US/Eastern"}
        return json.dumps({"Meta Data": meta, "Time Series (Daily)": series}, indent=indent)

    return text


LISTED = (
    Listing("NVDA", "XNAS", "USD", is_index=False),
    Listing("688256", "XSHG", "CNY", is_index=False),
    Listing("0981", "XHKG", "HKD", is_index=False),
    Listing("0981", "XSHG", "CNY", is_index=False),
    Listing("SPX", "XNYS", "USD", is_index=True),
)


class Read(Protocol):
    """Read a text as a file of this name, without a store; `said` as in `Request`."""

    def __call__(
        self, name: str, text: str, provider: str | None = None, **said: str
    ) -> Reading: ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    listings: dict[str, list[Listing]] = {}
    for one in LISTED:
        listings.setdefault(one.symbol, []).append(one)

    def run(name: str, text: str, provider: str | None = None, **said: str) -> Reading:
        path = tmp_path / "read"
        path.write_text(text, encoding="utf-8")
        received = look_at(path, name)
        request = Request(listings=listings, **said)  # type: ignore[arg-type]
        reader = reader_for(received, provider)
        return reader.read(received, reader.plan(received, request), request)

    return run
