"""What the user says of the files of one command, and the words that it may be said in.

Apart from the readers, so that help and checks of a command cost no import of theirs.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass

from flows.ingest.version import CONTRACT_VERSION

#: The readers by the name that `--provider` takes, in the order in which they are asked.
PROVIDERS = (
    "ecb", "alphavantage", "alpaca", "eastmoney", "tushare", "baostock", "wind", "tongdaxin",
    "mootdx", "akshare", "nasdaq", "investing", "barchart", "tiingo", "twelvedata", "marketwatch",
    "stooq", "yfinance", "sina", "yahoo", "epoch", "sec", "saleszh",
    "cncustoms", "tidy",
)  # fmt: skip
#: Month, day and year as a file may have them.
DATE_ORDERS = ("mdy", "dmy", "ymd")
#: The mark before the fraction of a number.
DECIMALS = ("comma", "point")
#: What one of a volume stands for.
VOLUME_UNITS = ("shares", "lots", "thousands")
#: So many options the first version had.
_FIRST_OPTIONS = 5


@dataclass(frozen=True)
class Said:
    """Each None where the user leaves it to the file."""

    kind: str | None = None
    provider: str | None = None
    symbol: str | None = None
    adjustment: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    volume_unit: str | None = None
    sheet: str | None = None

    @property
    def options(self) -> str:
        """What was said and the version of the contracts, as ids and ledgers know a reading by.

        Options that the first version did not have are left out where nothing is said, so that
        what was read before them stays known.
        """
        values = list(astuple(self))
        while len(values) > _FIRST_OPTIONS and values[-1] is None:
            values.pop()
        return json.dumps([*values, CONTRACT_VERSION])
