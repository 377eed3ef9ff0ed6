"""Addresses: secrets from the environment put in, credentials kept out of what is shown."""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from warehouse.errors import WrongUse

_FROM_ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

#: Parameters whose values are shown. Of any other one only the name is: it may be a key.
_PLAIN = frozenset(
    {
        *("symbol", "symbols", "ticker", "tickers", "ts_code", "s", "function", "exchange"),
        *("date", "start", "start_date", "end", "end_date", "from", "to", "period", "period1"),
        *("period2", "range", "interval", "i", "f", "format", "datatype", "outputsize", "sheet"),
    }
)


def with_secrets(stated: str) -> str:
    """The address with each `${NAME}` replaced by that environment variable, quoted.

    Raises WrongUse where one is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise WrongUse(
                f"{shown(stated)} needs the environment variable {match[1]}, which is not set.",
                "Set it, or write the address without it.",
            )
        return quote(found, safe="")

    return _FROM_ENVIRONMENT.sub(value, stated)


def shown(address: str) -> str:
    """The address as it may be printed: no user, no password, only well-known parameters."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address.partition(':')[0]}://…"
    query = "&".join(
        f"{quote(name)}={quote(value) if name.lower() in _PLAIN else '…'}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def last_name(address: str) -> str:
    """The last part of the path, decoded: what the file is called."""
    parts = urlsplit(address)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or "file"
