"""The readers, one a provider's format, and the choice between them by a file's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.readers.akshare import AkShare
from flows.ingest.readers.alpaca import Alpaca
from flows.ingest.readers.alphavantage import AlphaVantage
from flows.ingest.readers.baostock import Baostock
from flows.ingest.readers.barchart import Barchart
from flows.ingest.readers.cn_customs import CnCustoms
from flows.ingest.readers.eastmoney import Eastmoney
from flows.ingest.readers.ecb import Ecb
from flows.ingest.readers.epoch import Epoch
from flows.ingest.readers.investing import Investing
from flows.ingest.readers.marketwatch import MarketWatch
from flows.ingest.readers.mootdx import Mootdx
from flows.ingest.readers.nasdaq import Nasdaq
from flows.ingest.readers.near_columns import nearest
from flows.ingest.readers.sec import Sec
from flows.ingest.readers.sheet_zh import SheetZh
from flows.ingest.readers.sina import Sina
from flows.ingest.readers.stooq import Stooq
from flows.ingest.readers.tidy import Tidy
from flows.ingest.readers.tiingo import Tiingo
from flows.ingest.readers.tongdaxin import Tongdaxin
from flows.ingest.readers.tushare import Tushare
from flows.ingest.readers.twelvedata import TwelveData
from flows.ingest.readers.wind import Wind
from flows.ingest.readers.yahoo import Yahoo
from flows.ingest.readers.yfinance import YFinance
from flows.ingest.said import PROVIDERS
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Reader
    from flows.ingest.received import Received

#: Asked in this order; our own format takes what no provider knows, and says what it lacks.
_ALL: tuple[Reader, ...] = (
    AkShare(), Alpaca(), AlphaVantage(), Baostock(), Barchart(), Eastmoney(), Ecb(), Investing(),
    MarketWatch(), Mootdx(), Nasdaq(), Sina(), Stooq(), Tidy(), Tiingo(), Tongdaxin(), Tushare(),
    TwelveData(), Wind(), Yahoo(), YFinance(), Epoch(), Sec(), SheetZh(), CnCustoms(),
)  # fmt: skip
READERS: dict[str, Reader] = {
    name: next(reader for reader in _ALL if reader.name == name) for name in PROVIDERS
}


def reader_for(received: Received, provider: str | None) -> Reader:
    """The reader that the user names, else the first that knows the columns, else `tidy`.

    Raises WrongUse for a provider that there is none of.
    """
    if provider is not None:
        return reader_named(provider)
    for reader in READERS.values():
        if reader.recognises(received):
            return reader
    return READERS["tidy"]


def is_known(received: Received) -> bool:
    """Whether the columns of a file are some reader's."""
    return any(reader.recognises(received) for reader in READERS.values())


def may_be_known(received: Received) -> bool:
    """Whether they are, or are near those of a kind of ours."""
    return is_known(received) or nearest(received.header).is_near


def reader_named(provider: str) -> Reader:
    """The reader of this name. Raises WrongUse where there is none."""
    if provider not in READERS:
        raise WrongUse(
            f"There is no reader for the provider {provider!r}.", f"Known: {', '.join(READERS)}."
        )
    return READERS[provider]
