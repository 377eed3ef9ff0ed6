"""Sources: where a file can come from besides this machine's own folders, one module each.

A source turns what the user named into files that can be fetched; each is fetched into the spool
below home and goes the way of any other file. Nothing of a credential is in a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from flows.ingest.sources.found import Found
    from flows.settings import Settings

_WEB = ("http", "https")
_OBJECTS = ("s3", "s3a", "gs", "az", "abfs", "abfss")
_KNOWN = "http://, https://, s3://, gs://, az://, query:NAME, live:PROVIDER:SYMBOL"


def is_address(stated: str) -> bool:
    """Whether what the user named is fetched, and not a path of this machine."""
    scheme, colon, _ = stated.partition(":")
    return stated.startswith(("query:", "live:")) or (
        # one slash is what a path keeps of the two of an address
        bool(colon) and scheme.isalnum() and len(scheme) > 1 and f"{scheme}:/" in stated
    )


def find(stated: str, settings: Settings) -> list[Found]:
    """What an address stands for: each file that can be fetched from it, in a stated order.

    Where the source has to be asked and does not answer it is one file, refused when its turn
    comes. Raises WrongUse for an address that cannot be one, or that the settings do not allow.
    """
    scheme = stated.partition(":")[0].lower()
    if scheme in _WEB:
        from flows.ingest.sources import web

        return web.find(stated, settings.http)
    if scheme in _OBJECTS:
        from flows.ingest.sources import objects

        return objects.find(stated)
    if scheme == "query":
        from flows.ingest.sources import queries

        return queries.find(stated, settings.queries)
    if scheme == "live":
        from flows.ingest.sources import live

        return live.find(stated, settings.live)
    raise WrongUse(
        f"Nothing can be fetched from {scheme}: addresses.",
        f"Known: {_KNOWN}. Download it, then name the file.",
    )
