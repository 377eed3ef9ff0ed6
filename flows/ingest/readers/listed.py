"""Which listing a file of one symbol's prices is of: by `--symbol`, else by the file's name."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ingest.readers.reading import Listing, Request

_WAY_OUT = "Say which: --symbol NVDA, or --symbol 0981@XHKG where a symbol trades in two markets."


def listing_of_file(name: str, request: Request) -> Listing:
    """The listing that a file is of.

    Without `--symbol` the parts of the file's name are looked up: us_NVDA.csv is of NVDA. Raises
    Refused where no part, or more than one, is a symbol that the store lists.
    """
    if request.symbol:
        return listing_of_symbol(request.symbol, request.listings)
    parts = set(re.split(r"[^A-Za-z0-9.^]+", PurePath(name).stem)) - {""}
    symbols = sorted(parts & request.listings.keys())
    if not symbols:
        symbols = sorted({part.upper() for part in parts} & request.listings.keys())
    if not symbols:
        raise Refused(f"{name} does not say which symbol its prices are of.", _WAY_OUT)
    if len(symbols) > 1:
        raise Refused(f"{name} names more than one symbol: {', '.join(symbols)}.", _WAY_OUT)
    return listing_of_symbol(symbols[0], request.listings)


def listing_of_symbol(stated: str, listings: Mapping[str, Sequence[Listing]]) -> Listing:
    """The listing of SYMBOL or SYMBOL@MIC. Raises Refused where there is none or several."""
    symbol, _, mic = stated.partition("@")
    found = [one for one in listings.get(symbol, ()) if mic in ("", one.mic)]
    if not found:
        raise Refused(
            f"The store has no listing of {stated}.",
            "Ingest a record of kind `listings` for it first: its market and currency are there.",
        )
    if len(found) > 1:
        markets = ", ".join(one.mic for one in found)
        raise Refused(f"{symbol} trades in more than one market: {markets}.", _WAY_OUT)
    return found[0]
