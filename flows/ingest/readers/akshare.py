"""Daily bars as AKShare gives them, of Eastmoney, Sina and Tencent, with its English twins.

As traded unless asked for otherwise, which the file does not show: the stored closes do. Volume of
mainland stocks is in lots of 100 shares with Eastmoney and Tencent, in shares with Sina and for
other markets. Turnover and the percentages are not stored: the received bytes are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.days import iso
from flows.ingest.readers.numbers import LOT, counted, percent, ungrouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_CHINESE = {
    "日期": "date", "股票代码": "ticker", "开盘": "open", "收盘": "close", "最高": "high",
    "最低": "low", "成交量": "volume", "成交额": "amount", "涨跌幅": "stated_pct",
}  # fmt: skip
#: Eastmoney's own export and other pages write the names in full.
_LONGER = {
    "代码": "ticker", "时间": "date", "交易日期": "date", "开盘价": "open", "收盘价": "close",
    "最高价": "high", "最低价": "low", "总手": "volume", "金额": "amount", "涨幅": "stated_pct",
}  # fmt: skip
_ENGLISH = {
    **{name: name for name in ("date", *PRICES, "volume", "amount")}, "pct_chg": "stated_pct",
}  # fmt: skip
_MAINLAND = ("XSHG", "XSHE", "BJSE")


class AkShare(DailyBars):
    """Reads the table with Chinese headers, and the English ones, which name no symbol."""

    name = "akshare"
    source = "PX-AKSHARE"
    basis = "raw"

    def recognises(self, received: Received) -> bool:
        """The Chinese price columns; or English ones with a turnover or a change in per cent."""
        ours = set(self.columns(received).values())
        named = set(received.header)
        is_chinese = not named.isdisjoint({*_CHINESE, *_LONGER}) and ours >= {"date", *PRICES}
        is_english = named >= {"date", *PRICES} and not named.isdisjoint(
            {"pct_chg", "turnover", "outstanding_share", "amount"}
        )
        return received.form == "csv" and (is_chinese or is_english)

    def columns(self, received: Received) -> Mapping[str, str]:
        """In either language. Tencent's turnover column holds its volume."""
        known = {**_CHINESE, **_LONGER, **_ENGLISH}
        ours = {stated: known[stated] for stated in received.header if stated in known}
        if "volume" not in ours.values() and ours.get("amount") == "amount":
            ours["amount"] = "volume"
        return ours

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """Lots to shares where it writes lots; 3.5万手, 1.2亿 and 2.1% to plain numbers."""
        in_lots = pl.col("mic").is_in(_MAINLAND) & pl.lit(
            "outstanding_share" not in received.header
        )
        volume = pl.col("volume")
        return rows.with_columns(
            iso(pl.col("date")),
            *(ungrouped(pl.col(price)).alias(price) for price in PRICES),
            volume=pl.when(in_lots).then(counted(volume, lot=LOT)).otherwise(counted(volume)),
            amount=counted(pl.col("amount")),
            stated_pct=percent(pl.col("stated_pct")),
            lots=in_lots,
        )
