"""Daily bars from a provider's own service, through its Python package: off unless switched on.

The package's table is written as the file that its users save, so that the reader of that format
and all its checks stand behind it. The packages are the extra `live`; each has terms of its own.
"""

from __future__ import annotations

import functools
import importlib
import tempfile
from typing import TYPE_CHECKING, Any

from flows.ingest.refusal import Refused
from flows.ingest.sources.found import Found, Marks, unreachable
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from flows.settings import Live

_SECONDS = 30
_PRICES = ["Open", "High", "Low", "Close", "Adj Close"]


def find(stated: str, live: Live) -> list[Found]:
    """The one file of `live:PROVIDER:SYMBOL`, or `live:PROVIDER:SYMBOL:OURS`.

    The last part is the symbol of our listings, where the provider's is another: `^GSPC:SPX`.
    Raises WrongUse where live prices are off, or the provider or its package is not there.
    """
    provider, _, symbols = stated.removeprefix("live:").partition(":")
    theirs, _, ours = symbols.partition(":")
    if not live.enabled:
        raise WrongUse(
            f"{stated!r}: live prices are off.", "Set enabled = true in [live] to switch them on."
        )
    if provider not in _FETCHES or not theirs or not stated.isprintable():
        raise WrongUse(
            f"{stated!r} names no live prices.",
            f"Write live:PROVIDER:SYMBOL with one of {', '.join(_FETCHES)}.",
        )
    try:
        package = importlib.import_module(provider)
    except ImportError:
        raise WrongUse(
            f"{stated!r} needs the extra `live`.", "Install it: pip install 'chipbrief[live]'."
        ) from None
    fetch = functools.partial(_fetch, package, _FETCHES[provider], theirs, live.first_day, stated)
    return [Found(stated, stated, f"{ours or theirs}.csv", fetch)]


def _fetch(
    package: Any,
    table_of: Callable[[Any, str, dt.date], Any],
    symbol: str,
    first_day: dt.date,
    shown: str,
    target: Path,
    known: Marks | None,
) -> Marks | None:
    """Ask for the bars and write them as CSV. The service has no marks: it is asked anew."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        table = table_of(package, symbol, first_day)
    except Exception as error:  # the packages let through whatever their own parts raise
        raise unreachable(shown, f"the package fails with {type(error).__name__}") from None
    if table.empty:
        raise Refused(
            f"{shown} has no bars since {first_day}.", "Check the symbol as the provider writes it."
        )
    table.to_csv(target, index=False)
    return Marks()


def _from_yfinance(package: Any, symbol: str, first_day: dt.date) -> Any:
    """The table that Yahoo's own download has: dates, prices restated for splits, volume."""
    with tempfile.TemporaryDirectory(prefix="chipbrief-") as cache:
        package.set_tz_cache_location(cache)  # it would write to the user's folder of caches
        bars = package.Ticker(symbol).history(
            start=first_day.isoformat(), interval="1d", auto_adjust=False, actions=False,
            timeout=_SECONDS,
        )  # fmt: skip
    bars = bars.reset_index()
    if bars.empty:
        return bars
    bars["Date"] = bars["Date"].dt.strftime("%Y-%m-%d")
    prices = bars[_PRICES]
    short = prices.astype("float32")
    # the service gives 185.55 as 185.5500030517578, its nearest binary float of 32 bits: the
    # shortest number of that float is the one that was meant
    if (short.astype("float64") == prices).all(axis=None):
        bars[_PRICES] = short
        bars = bars.astype(dict.fromkeys(_PRICES, "float32"))
    return bars[["Date", *_PRICES, "Volume"]]


def _from_akshare(package: Any, symbol: str, first_day: dt.date) -> Any:
    """The table of `stock_zh_a_hist`, as traded, with its Chinese headers."""
    return package.stock_zh_a_hist(
        symbol=symbol, period="daily", start_date=f"{first_day:%Y%m%d}", adjust="",
        timeout=_SECONDS,
    )  # fmt: skip


_FETCHES = {"yfinance": _from_yfinance, "akshare": _from_akshare}
