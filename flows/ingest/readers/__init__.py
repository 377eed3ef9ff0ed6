"""The readers, one a provider's format, and the choice between them by a file's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.readers.akshare import AkShare
from flows.ingest.readers.ecb import Ecb
from flows.ingest.readers.tidy import Tidy
from flows.ingest.readers.yahoo import Yahoo
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Reader
    from flows.ingest.received import Received

#: Asked in this order; our own format takes what no provider knows, and says what it lacks.
READERS: dict[str, Reader] = {r.name: r for r in (Ecb(), AkShare(), Yahoo(), Tidy())}


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


def reader_named(provider: str) -> Reader:
    """The reader of this name. Raises WrongUse where there is none."""
    if provider not in READERS:
        raise WrongUse(
            f"There is no reader for the provider {provider!r}.", f"Known: {', '.join(READERS)}."
        )
    return READERS[provider]
