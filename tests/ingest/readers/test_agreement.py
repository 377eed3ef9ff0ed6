"""The same bars of NVDA by several providers are the same records, in any order of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from tests.ingest.conftest import Take, Write
    from tests.ingest.readers.conftest import Layout, Real, StoreBars

FILES = {
    "yahoo": "NVDA.csv",
    "yfinance": "prices.csv",
    "stooq": "nvda_us_d.csv",
    "stooq bulk": "nvda.us.txt",
    "nasdaq": "HistoricalData_NVDA.csv",
    "alphavantage": "daily_NVDA.csv",
    "investing": "NVDA Historical Data.csv",
}
SOURCES = {name: f"PX-{name.partition(' ')[0].upper()}" for name in FILES}


def test_one_bar_by_seven_providers_is_one_bar_in_any_order_of_rows(
    con: duckdb.DuckDBPyConnection,
    take: Take,
    write: Write,
    layout: Layout,
    december: list[Real],
    store_bars: StoreBars,
    bars_of: Callable[[str], list[tuple[str, ...]]],
    as_expected: Callable[..., list[tuple[str, ...]]],
) -> None:
    store_bars(december)

    for stated, name in FILES.items():
        provider = stated.partition(" ")[0]
        report = take(write(name, layout(stated, december))).files[0]
        assert (report.status, report.provider) == ("accepted", provider), report.reason
        assert (report.rows_read, report.rows_quarantined, report.findings) == (22, 0, ())
        # the bulk text of Stooq holds what its CSV held
        assert report.rows_duplicate == (22 if stated == "stooq bulk" else 0), stated
        newest_first = take(write(f"b {name}", layout(stated, december[::-1])), provider=provider)
        assert newest_first.files[0].rows_duplicate == 22, stated
        right = as_expected(december, "raw" if provider == "alphavantage" else "split")
        stored = bars_of(f"PX-{provider.upper()}")
        if provider == "investing":  # its volumes are rounded to 10,000 shares
            rounded = [abs(int(a[5]) - int(b[5])) for a, b in zip(stored, right, strict=True)]
            assert max(rounded) <= 5000
            stored, right = ([row[:5] for row in rows] for rows in (stored, right))
        assert stored == right, stated

    disagreeing = con.execute(
        "select traded_on from raw_prices group by traded_on, adjustment"
        " having count(distinct (open, high, low, close)) > 1"
    ).fetchall()
    assert disagreeing == []
