"""Files from object stores: S3 and what speaks its protocol, Google Cloud Storage, Azure.

Through obstore, which is the Rust crate under Polars' own object store with its bytes laid open:
Polars gives tables, and what is kept here is the file. Credentials, endpoint and region come from
the environment, as each provider's own tools read them.
"""

from __future__ import annotations

import functools
import os
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from flows.ingest.refusal import Refused
from flows.ingest.sources.found import Found, Marks, file_name, unreachable
from warehouse import room
from warehouse.errors import NothingThere, WrongUse

if TYPE_CHECKING:
    from pathlib import Path

    from obstore import GetOptions

_MAGIC = re.compile(r"[*?\[]")
_STATED = re.compile(r"(?P<bucket>[a-z0-9]+://[A-Za-z0-9._@-]+)/(?P<key>.*)", re.DOTALL)
_PIECE = 8 << 20
_ACCESS = (
    "Its environment decides: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and"
    " AWS_ENDPOINT_URL for S3; AWS_SKIP_SIGNATURE=true for a public bucket."
)


def find(stated: str) -> list[Found]:
    """The objects that an address stands for, sorted: one, all below a `/`, or a glob's matches.

    Raises WrongUse where nothing matches, or the extra `objects` is not installed. A store that
    does not answer is one file, refused when its turn comes.
    """
    match = _STATED.fullmatch(stated)
    if not match or not match["key"] or not stated.isprintable():
        raise WrongUse(
            f"{stated!r} is no address of objects.", "Write it as s3://bucket/path/name*.csv."
        )
    bucket, key = match["bucket"], match["key"]
    store = _store(bucket)
    if not _MAGIC.search(key) and not key.endswith("/"):
        return [_found(bucket, key, store)]
    try:
        listed = _listed(store, key)
    except _errors() as error:
        return [Found(stated, stated, file_name(stated), functools.partial(_refuse, stated, error))]
    if not listed:
        raise NothingThere(f"No object matches {stated}.", "Check the bucket and the pattern.")
    return [_found(bucket, each, store) for each in listed]


def _found(bucket: str, key: str, store: Any) -> Found:
    shown = f"{bucket}/{key}"
    fetch = functools.partial(_fetch, store, key, shown)
    return Found(shown, shown, key.rpartition("/")[2], fetch)


def _listed(store: Any, key: str) -> list[str]:
    import obstore

    fixed = _MAGIC.split(key)[0].rpartition("/")[0]
    pages = obstore.list(store, prefix=fixed or None)
    keys = sorted(str(each["path"]) for page in pages for each in page)
    if key.endswith("/"):
        return keys
    return [each for each in keys if _matches(each.split("/"), key.split("/"))]


def _matches(parts: list[str], patterns: list[str]) -> bool:
    """A glob on whole path parts: `*` stays within one, `**` stands for any number of them."""
    if not patterns:
        return not parts
    first, *others = patterns
    if first == "**":
        return any(_matches(parts[skip:], others) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], first) and _matches(parts[1:], others)


def _fetch(store: Any, key: str, shown: str, target: Path, known: Marks | None) -> Marks | None:
    import obstore

    unchanged: GetOptions = {"if_none_match": known.etag} if known and known.etag else {}
    try:
        got = obstore.get(store, key, options=unchanged)
        target.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        with target.open("wb") as file:
            for piece in got.stream(min_chunk_size=_PIECE):
                size += file.write(piece)
    except obstore.exceptions.NotModifiedError:
        return None
    except _errors() as error:
        _refuse(shown, error)
    if size != got.meta["size"]:
        raise unreachable(shown, f"{size:,} of {got.meta['size']:,} bytes came")
    return Marks(etag=got.meta["e_tag"] or "")


def _refuse(shown: str, error: Exception, *_: object) -> Marks | None:
    """Refuse in our own words: those of a store may quote the key it was asked with."""
    import obstore.exceptions as store

    if room.is_used_up(error):
        raise error
    if isinstance(error, (store.NotFoundError, FileNotFoundError)):
        raise Refused(f"There is no object {shown}.", "End a folder with /, or name a pattern.")
    if isinstance(error, (store.PermissionDeniedError, store.UnauthenticatedError)):
        raise Refused(f"{shown} is not open to us.", _ACCESS)
    if isinstance(error, ValueError):
        raise Refused(f"{shown} is no path of objects.", "Write it without '.' or '..' in it.")
    refusal = unreachable(shown, "the store does not answer as it should")
    raise Refused(refusal.what, f"{refusal.way_out} {_ACCESS}")


def _errors() -> tuple[type[Exception], ...]:
    import obstore

    # of a path with . or .. in it, a ValueError
    return (obstore.exceptions.BaseError, OSError, ValueError)


def _store(bucket: str) -> Any:
    import datetime as dt

    try:
        from obstore.store import from_url
    except ImportError:
        raise WrongUse(
            f"{bucket} needs the extra `objects`.", "Install it: pip install 'chipbrief[objects]'."
        ) from None
    # options given here hide this one of the environment's: unencrypted only where it says so
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
    return from_url(
        bucket,
        client_options={"timeout": "600s", "connect_timeout": "10s", "allow_http": plain},
        retry_config={"max_retries": 3, "retry_timeout": dt.timedelta(seconds=60)},
    )
