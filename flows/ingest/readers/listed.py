"""Which listing prices are of: by `--symbol`, by the ticker on a row, else by the file's name.

Providers write a market behind a ticker (688256.SS, 0981.HK, nvda.us) or before it (sh688256).
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ingest.readers.reading import Listing, Request

_WAY_OUT = "Say which: --symbol NVDA, or --symbol 0981@XHKG where a symbol trades in two markets."
_US = ("XNAS", "XNYS", "XASE", "ARCX", "BATS")
#: What providers put behind a ticker, or before the six digits of a mainland one.
_MARKETS = {
    "SS": ("XSHG",), "SH": ("XSHG",), "SZ": ("XSHE",), "BJ": ("BJSE",), "HK": ("XHKG",),
    "TW": ("XTAI",), "US": _US, "O": ("XNAS",), "N": ("XNYS",),
}  # fmt: skip
#: Indices whose ticker differs from the name that they are listed under.
_INDICES = {"^GSPC": "SPX", "^SPX": "SPX", "^SOX": "SOX", "000300": "CSI300", "399300": "CSI300"}
_MAINLAND_DIGITS, _HONG_KONG_DIGITS = 6, 5
_MAINLAND = ("XSHG", "XSHE", "BJSE")
_SUFFIXES = (".gz", ".zst", ".zip", ".csv", ".txt", ".json", ".xlsx", ".parquet", ".tsv")


def listing_of_file(name: str, request: Request) -> Listing:
    """The listing that a file is of.

    Without `--symbol` the parts of the file's name are looked up: us_NVDA.csv is of NVDA, and so is
    the NVDA.csv or the sheet NVDA of a packed file. Raises Refused where no part, or more than
    one, is a symbol that the store lists.
    """
    if request.symbol:
        return listing_of_symbol(request.symbol, request.listings)
    # the table's own name first, then those of what it was packed in
    for place in reversed(PurePath(name).parts):
        symbols = _named_in(place, request.listings)
        if len(symbols) > 1:
            raise Refused(f"{name} names more than one symbol: {', '.join(symbols)}.", _WAY_OUT)
        if symbols:
            return listing_of_symbol(symbols[0], request.listings)
    raise Refused(f"{name} does not say which symbol its prices are of.", _WAY_OUT)


def _named_in(name: str, listings: Mapping[str, Sequence[Listing]]) -> list[str]:
    while name.lower().endswith(_SUFFIXES):
        name = name[: name.rindex(".")]
    parts = set(re.split(r"[^A-Za-z0-9.^]+", name)) - {""}
    symbols = sorted(parts & listings.keys())
    if not symbols:
        symbols = sorted({part.upper() for part in parts} & listings.keys())
    if not symbols:
        found = {
            f"{one.symbol}@{one.mic}"
            for part in parts
            if re.search(r"[0-9^.]", part)
            for one in listings_of_ticker(part, listings)
        }
        symbols = sorted(found)
    return symbols


def listing_of_symbol(stated: str, listings: Mapping[str, Sequence[Listing]]) -> Listing:
    """The listing of SYMBOL, SYMBOL@MIC or a ticker. Raises Refused for none or several."""
    symbol, _, mic = stated.partition("@")
    found = [one for one in listings.get(symbol, ()) if mic in ("", one.mic)]
    if not found and not mic:
        found = listings_of_ticker(symbol, listings)
    if not found:
        raise Refused(
            f"The store has no listing of {stated}.",
            "Ingest a record of kind `listings` for it first: its market and currency are there.",
        )
    if len(found) > 1:
        markets = ", ".join(one.mic for one in found)
        raise Refused(f"{symbol} trades in more than one market: {markets}.", _WAY_OUT)
    return found[0]


def listings_of_code(code: str, listings: Mapping[str, Sequence[Listing]]) -> list[Listing]:
    """The listings that a code in a table of the mainland may mean: 977 is 000977 there, and never
    a shorter code of Hong Kong that lost its zeros too.
    """
    full = code.rjust(_MAINLAND_DIGITS, "0") if code.isdigit() else code
    found = [one for one in listings_of_ticker(full, listings) if one.mic in _MAINLAND]
    is_cut = code.isdigit() and len(code) < _HONG_KONG_DIGITS
    return found if found or is_cut else listings_of_ticker(code, listings)


def listings_of_ticker(ticker: str, listings: Mapping[str, Sequence[Listing]]) -> list[Listing]:
    """The listings that a provider's ticker may mean: one, or none, or several."""
    bare, _, suffix = ticker.upper().rpartition(".")
    prefix = re.fullmatch(r"(SH|SZ|BJ|HK)[.#_-]?([0-9]{5,6})", ticker.upper())
    if prefix:
        bare, suffix = prefix[2], prefix[1]
    markets = _MARKETS.get(suffix)
    if markets is None or not bare:
        bare, markets = ticker.upper(), None
    names = [_INDICES.get(bare, bare), bare]
    if bare.isdigit() and (markets in (None, ("XHKG",))):
        names.append(bare.lstrip("0").rjust(4, "0"))  # 00981 and 981 are 0981 in Hong Kong
    if bare.isdigit() and len(bare) < _MAINLAND_DIGITS and markets != ("XHKG",):
        # a spreadsheet reads 000977 as a number and leaves 977
        names.append(bare.rjust(_MAINLAND_DIGITS, "0"))
    for name in names:
        found = [one for one in listings.get(name, ()) if markets is None or one.mic in markets]
        if found:
            return found
    return []
