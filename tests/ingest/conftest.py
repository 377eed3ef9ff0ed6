"""A real home with a real DuckDB file, and files to feed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import polars as pl
import pytest

from flows.ingest.run import ingest
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport, IngestReport

PRICES = (
    "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,"
    "published_on,source_id,confidence"
)
LISTINGS = """\
symbol,mic,security_type,title,title_zh,currency,calendar_mic,published_on,source_id,confidence
NVDA,XNAS,equity,NVIDIA,英伟达,USD,XNAS,2022-01-01,T,seen-secondary
SPX,XNYS,index,S&P 500,标普500,USD,XNYS,2022-01-01,T,seen-secondary
688256,XSHG,equity,Cambricon,寒武纪,CNY,XSHG,2022-01-01,T,seen-secondary
0981,XHKG,equity,SMIC,中芯国际,HKD,XHKG,2022-01-01,T,seen-secondary
0981,XSHG,equity,Other,另一,CNY,XSHG,2022-01-01,T,seen-secondary
"""


class Write(Protocol):
    """Write a file of this name and content; text as UTF-8."""

    def __call__(self, name: str, content: str | bytes) -> Path: ...


class Bar(Protocol):
    """A line of tidy prices: NVDA on a day of December 2025, with what differs named."""

    def __call__(self, day: int, **differs: str) -> str: ...


class Take(Protocol):
    """Ingest these files; with one file, `take(file).files[0]` is its report."""

    def __call__(self, *files: Path, **said: str) -> IngestReport: ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-01-05T08:00:00+00:00")
    root = tmp_path / "home"
    root.mkdir()
    return Home(root)


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with store.open_warehouse(home) as con:
        yield con


@pytest.fixture
def write(tmp_path: Path) -> Write:
    inbox = tmp_path / "inbox"
    inbox.mkdir()

    def write_file(name: str, content: str | bytes) -> Path:
        path = inbox / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def bar() -> Bar:
    def line(day: int, **differs: str) -> str:
        stated = {
            "symbol": "NVDA", "mic": "XNAS", "traded_on": f"2025-12-{day:02}",
            "adjustment": "split", "open": "180", "high": "190", "low": "170", "close": "185.5",
            "volume": "1000", "currency": "USD", "published_on": f"2025-12-{day:02}",
            "source_id": "T", "confidence": "seen-secondary",
        }  # fmt: skip
        return ",".join({**stated, **differs}.values()) + "\n"

    return line


@pytest.fixture
def prices(bar: Bar) -> str:
    """A good file of tidy prices: a header and three days."""
    return f"{PRICES}\n" + "".join(bar(day) for day in (8, 9, 10))


@pytest.fixture
def header() -> str:
    """The header of tidy prices, as a line."""
    return f"{PRICES}\n"


@pytest.fixture
def take(con: duckdb.DuckDBPyConnection, home: Home) -> Take:
    def run(*files: Path, **said: str) -> IngestReport:
        return ingest(con, home, files, **said)  # type: ignore[arg-type]

    return run


@pytest.fixture
def listings(take: Take, write: Write) -> None:
    """A store that knows NVDA, SPX, 688256, and 0981 in two markets."""
    take(write("listings.csv", LISTINGS))


@pytest.fixture
def held_back(home: Home) -> HeldBack:
    def rows(report: FileReport) -> pl.DataFrame:
        return pl.read_parquet(home.quarantine_file(report.kind, report.batch_id))

    return rows


class HeldBack(Protocol):
    """The rows that a file left in quarantine."""

    def __call__(self, report: FileReport) -> pl.DataFrame: ...
