"""Daily bars as AKShare gives them, of Eastmoney, Sina and Tencent, with its English twins.

As traded unless asked for otherwise, which the file does not show: the store, or the turnover,
does. Volume of mainland stocks is in lots of 100 shares with Eastmoney and Tencent, in shares with
Sina, for other markets and for what Tencent has of the STAR board; turnover and stored volumes go
before that. Turnover and the percentages are not stored: the received bytes are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import polars as pl

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import LOT, heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

_CHINESE = {
    "日期": "date", "股票代码": "ticker", "开盘": "open", "收盘": "close", "最高": "high",
    "最低": "low", "成交量": "volume", "成交额": "amount", "涨跌幅": "stated_pct",
    # Eastmoney's own export and other pages write the names in full
    "代码": "ticker", "证券代码": "ticker", "时间": "date", "交易日期": "date", "交易日": "date",
    "开盘价": "open", "收盘价": "close", "最高价": "high", "最低价": "low", "总手": "volume",
    "成交数量": "volume", "成交股数": "volume", "金额": "amount", "成交金额": "amount",
    "涨幅": "stated_pct",
}  # fmt: skip
_ENGLISH = {
    **{name: name for name in ("date", *PRICES, "volume", "amount")}, "pct_chg": "stated_pct",
}  # fmt: skip
MAINLAND = ("XSHG", "XSHE", "BJSE")


class AkShare(DailyBars):
    """Reads the table with Chinese headers, and the English ones, which name no symbol."""

    name = "akshare"
    source = "PX-AKSHARE"
    basis = "raw"
    is_basis_firm = False
    is_mainland = True
    known: ClassVar[Mapping[str, str]] = {**_CHINESE, **_ENGLISH}

    def recognises(self, received: Received) -> bool:
        """The Chinese price columns; or English ones with a turnover or a change in per cent."""
        ours = set(self.columns(received).values())
        named = {heading(name).bare for name in received.header}
        is_chinese = not named.isdisjoint(_CHINESE) and ours >= {"date", *PRICES}
        is_english = named >= {"date", *PRICES} and not named.isdisjoint(
            {"pct_chg", "turnover", "outstanding_share", "amount"}
        )
        return received.form in ("csv", "parquet", "ndjson") and (is_chinese or is_english)

    def columns(self, received: Received) -> Mapping[str, str]:
        """In either language. Tencent's only turnover column holds its volume."""
        ours = dict(super().columns(received))
        if "volume" not in ours.values():
            ours.update({name: "volume" for name in ours if heading(name).bare == "amount"})
        return ours

    def lot(self, received: Received, mic: str) -> int | None:
        """Lots on the mainland, but with Sina."""
        return LOT if mic in MAINLAND and "outstanding_share" not in received.header else 1

    def normalised(self, rows: pl.DataFrame, received: Received, request: Request) -> pl.DataFrame:
        """20251209, as a number with a fraction too."""
        return rows.with_columns(pl.col("date").str.replace(r"^([0-9]{8})\.0$", "$1"))
