"""The small files from the field that lie beside a checkout: each with its right value.

They are other people's and are not copied in: where they are not, `test_layouts` has the same
layouts with numbers of our own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from flows.ingest.run import ingest
from warehouse import store
from warehouse.home import Home

if TYPE_CHECKING:
    import duckdb

    from flows.ingest.report import FileReport

FIELD = Path(__file__).parents[4] / "shared" / "field"
#: Other people's files are not in the tree: these tests need them beside the checkout.
pytestmark = pytest.mark.skipif(not FIELD.is_dir(), reason="the files from the field are away")


class Right(NamedTuple):
    """A bar that a file has to give: symbol, basis, day, close, volume; rows of it held back.

    A refused file has a part of its reason instead, and the options that its hint names.
    """

    bar: tuple[str, str, str, float, int | None] | None = None
    held: int = 0
    reason: str = ""
    said: tuple[tuple[str, str], ...] = ()


_CAMBRICON = ("688256", "raw", "2025-12-09", 1436.0)
_NVDA = ("NVDA", "split", "2025-12-09", 184.97, 144719700)
RIGHT = {
    "akshare_hist_688256.parquet": Right((*_CAMBRICON, 9059400)),
    "akshare_lost_leading_zeros_977.csv": Right(("000977", "raw", "2025-12-09", 62.4, 50012700)),
    "akshare_qfq_2023_before_action_688256.csv": Right(
        ("688256", "split", "2023-03-17", 82.4, 22253400), 0, "so says the turnover",
        (("adjustment", "split"),),
    ),
    "akshare_tx_new_star_688256.csv": Right((*_CAMBRICON, 9059417)),
    "akshare_tx_old_star_amount_is_shares_688256.csv": Right((*_CAMBRICON, 9059417)),
    "akshare_units_in_header_688256.csv": Right((*_CAMBRICON, 9059400)),
    "alpaca_bars_NVDA.json": Right(_NVDA),
    "baostock_adjustflag2_qfq_688256.csv": Right(
        ("688256", "split", "2026-04-20", 923.8504, 7519583)
    ),
    "baostock_adjustflag3_688256.csv": Right((*_CAMBRICON, 9059417)),
    "barchart_NVDA_daily.csv": Right(_NVDA),
    "eastmoney_kline_688256.json": Right((*_CAMBRICON, 9059400)),
    "excel_semicolon_decimal_comma_NVDA.csv": Right(_NVDA),
    "marketwatch_NVDA.csv": Right(_NVDA),
    "mootdx_volume_1_688256.csv": Right(("688256", "raw", "2025-07-15", 553.1, 5968500)),
    "pandas_index_column_yahoo_NVDA.csv": Right(_NVDA),
    "sina_us_daily_raw_2023_NVDA.csv": Right(("NVDA", "raw", "2023-12-29", 495.22, 38868980)),
    "stooq_next_days_nvda_us_d.csv": Right(("NVDA", "split", "2026-08-25", 213.05, 122309000)),
    "tiingo_NVDA.csv": Right(("NVDA", "raw", "2024-05-24", 1064.7, 42949400)),
    "tongdaxin_SH#688256.txt": Right((*_CAMBRICON, 9059417)),
    "twelvedata_NVDA.csv": Right(_NVDA),
    "wind_export_688256.csv": Right((*_CAMBRICON, 9059417)),
    "yahoo_100x_one_field_NVDA.csv": Right(_NVDA, 1),
    "yahoo_duplicate_last_row_NVDA.csv": Right(
        ("NVDA", "split", "2025-12-19", 180.99, 324925900), 2
    ),
    "yahoo_held_row_of_a_later_year_NVDA.csv": Right(
        ("NVDA", "split", "2025-12-08", 185.55, 204378100), 1
    ),
    "yahoo_high_below_open_on_a_stored_day_NVDA.csv": Right(
        ("NVDA", "split", "2025-12-08", 185.55, 204378100), 1
    ),
    "yahoo_second_source_ends_earlier_688802.SS.csv": Right(
        ("688802", "split", "2026-07-13", 972.86, 3516272)
    ),
    "yahoo_web_copy_dividend_line_NVDA.csv": Right(_NVDA),
    "yfinance_close_matrix.csv": Right(("688256", "split", "2025-11-17", 873.5085, None)),
    "yfinance_history_NVDA.parquet": Right(("NVDA", "total_return", *_NVDA[2:])),
    "yfinance_reset_index_two_header_rows_NVDA.csv": Right(("NVDA", "total_return", *_NVDA[2:])),
    "yfinance_utc_date_cut_688256.SS.csv": Right(reason="are one early"),
    "yfinance_wide_fetched_before_688256_action.csv": Right(
        _NVDA, 25, said=(("adjustment", "raw"),)
    ),
}  # fmt: skip


def test_every_file_of_bars_gives_its_right_value_or_a_hint_that_works(own_home: Path) -> None:
    home = Home(own_home)
    wrong = []
    with store.open_warehouse(home) as con:
        for name, right in RIGHT.items():
            wrong += [f"{name}: {why}" for why in _wrong(con, home, FIELD / name, right)]

    assert not wrong


def test_rates_of_the_data_portal_are_crosses(own_home: Path) -> None:
    file = FIELD / "ecb_sdmx_EXR.csv"
    with store.open_warehouse(Home(own_home)) as con:
        assert ingest(con, Home(own_home), [file]).rows_accepted == 6
        (rate,) = con.execute(
            "select cast(1 / usd_rate as double) from raw_fx where currency = 'CNY'"
            " and rate_on = '2026-11-03'"
        ).fetchall()[0]
    assert rate == pytest.approx(6.6529, abs=0.0001)


def _wrong(con: duckdb.DuckDBPyConnection, home: Home, file: Path, right: Right) -> list[str]:
    """What is not as it is to be."""
    report = ingest(con, home, [file]).files[0]
    if right.reason or report.status == "refused":
        if not right.reason or right.reason not in report.reason:
            return [f"{report.status} {report.reason}"]
        if not right.said:
            return []
    elif report.rows_quarantined != right.held:
        return [f"{report.rows_quarantined} rows held back: {report.findings}"]
    if right.said:
        report = ingest(con, home, [file], **dict(right.said)).files[0]  # type: ignore[arg-type]
        if report.status == "refused" or report.rows_quarantined:
            return [f"the hint does not work: {report.reason} {report.findings}"]
    return (
        [] if right.bar is None or (right.said and right.held) else _other_bars(con, report, right)
    )


def _other_bars(con: duckdb.DuckDBPyConnection, report: FileReport, right: Right) -> list[str]:
    """The bar of that day that the file gave, or that the store had before, where it is another."""
    assert right.bar is not None
    symbol, basis, day, *values = right.bar
    found = con.execute(
        "select cast(close as double), cast(volume as bigint), batch_id = $batch from raw_prices"
        " where symbol = $symbol and adjustment = $basis and traded_on = $day order by 3 desc",
        {"batch": report.batch_id, "symbol": symbol, "basis": basis, "day": day},
    ).fetchall()
    own = [row[:2] for row in found if row[2]] or [row[:2] for row in found]
    return [] if tuple(values) in own else [f"{own} is not {values}"]
