"""Files from HTTP(S) servers: verified, bounded in size, time and reach, asked again politely.

An unchanged file costs one conditional request. httpx is imported only when something is fetched.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import math
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from flows.ingest.refusal import Refused
from flows.ingest.sources import address
from flows.ingest.sources.found import Found, Marks, unreachable
from flows.ingest.sources.reach import PrivateAddress, Reach
from flows.ingest.sources.unpack import ACCEPTED, CutOff, unpacked
from flows.retries import LONGEST_SECONDS, wait_before
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from flows.settings import Http

_HOPS = 5
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_MARK = 1000
_HERE = ("localhost", "127.0.0.1", "::1")


class _MayPass(Exception):
    """A try that failed on what may be over soon; `asked` are the seconds of a Retry-After.

    `is_of_the_way` says that the server was not reached at all.
    """

    def __init__(
        self, reason: str, asked: float | None = None, *, is_of_the_way: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        self.is_of_the_way = is_of_the_way


def find(stated: str, http: Http) -> list[Found]:
    """The one file of an address. Raises WrongUse where it is none, or would bare a secret."""
    shown = address.shown(stated)
    try:
        parts = urlsplit(stated)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not stated.isprintable() or " " in stated:
        raise WrongUse(f"{shown} is no address of a file.", "Write it as https://host/path.csv.")
    has_secret = "@" in parts.netloc or "${" in stated
    if parts.scheme.lower() == "http" and has_secret and host not in _HERE:
        raise WrongUse(f"{shown} would send a secret unencrypted.", "Write it with https://.")
    full = address.with_secrets(stated)
    identity = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    fetch = functools.partial(_fetch, full, shown, http)
    return [Found(identity, shown, address.last_name(stated), fetch)]


def _fetch(full: str, shown: str, http: Http, target: Path, known: Marks | None) -> Marks | None:
    """Fetch, and again after what may pass, until the tries or the time are used up."""
    import httpx

    # httpx tells every address that it asks for, with its parameters
    logging.getLogger("httpx").setLevel(logging.WARNING)
    limits = httpx.Timeout(min(http.timeout_seconds, http.whole_seconds))
    with (
        Reach(http.whole_seconds, allow_private=http.allow_private) as reach,
        httpx.Client(verify=httpx.create_ssl_context(), trust_env=False, timeout=limits) as client,
    ):
        for retry in range(1, http.retries + 2):
            try:
                return _try(client, httpx.URL(full), shown, http, reach, target, known)
            except _MayPass as passing:
                asked = passing.asked or 0
                if asked > LONGEST_SECONDS:
                    raise unreachable(
                        shown, f"{passing.reason} and asks to wait {asked:.0f} s"
                    ) from None
                if reach.seconds_left <= 0:
                    raise unreachable(
                        shown, f"it took longer than {http.whole_seconds:g} s"
                    ) from None
                wait = wait_before(retry, passing.asked)
                if retry > http.retries or wait > reach.seconds_left:
                    tries = "one try" if retry == 1 else f"{retry} tries"
                    proxy = _unused_proxy(full) if passing.is_of_the_way else ""
                    raise unreachable(shown, f"{passing.reason} ({tries}){proxy}") from None
                time.sleep(wait)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
                raise Refused(f"{shown} is no address.", "Check its spelling.") from None
    raise AssertionError  # the last round returns or raises


def _try(
    client: httpx.Client,
    url: httpx.URL,
    shown: str,
    http: Http,
    reach: Reach,
    target: Path,
    known: Marks | None,
) -> Marks | None:
    """One try over all its hops, each connection watched."""
    import httpx

    origin, secret = _origin(url), (url.username, url.password)
    headers = {
        "Accept-Encoding": ACCEPTED,
        "Connection": "close",  # what comes after an answer is never taken for the next one
        "User-Agent": "chipbrief",
        **_conditions(known),
    }
    for _ in range(_HOPS + 1):
        may_log_in = any(secret) and _origin(url) == origin
        request = client.build_request("GET", url.copy_with(userinfo=b""), headers=headers)
        request.extensions["trace"] = reach.watch
        try:
            answer = client.send(
                request, stream=True, auth=httpx.BasicAuth(*secret) if may_log_in else None
            )
            try:
                if not answer.has_redirect_location:
                    marks = _take(answer, shown, http, target, known)
                    # a body without a length looks whole where the deadline has cut it
                    if reach.seconds_left <= 0:
                        raise _MayPass("the deadline has passed")
                    if (reach.body_bytes or 0) > _stated_length(answer):
                        raise _MayPass("the answer is longer than the length that it states")
                    return marks
                url = _onward(answer, url, shown, http)
            finally:
                answer.close()
        except PrivateAddress as refused:
            raise Refused(
                f"{address.shown(str(url))} leads to {refused}, which is not a public address.",
                "Set allow_private in [http] if it is a server of your own.",
            ) from None
        except (httpx.ConnectTimeout, httpx.ConnectError) as error:
            raise _failure(error, shown, is_of_the_way=True) from None
        except httpx.TimeoutException:
            raise _MayPass(f"no answer came within {http.timeout_seconds:g} s") from None
        except httpx.TransportError as error:
            raise _failure(error, shown) from None
    raise Refused(f"{shown} sends on more than {_HOPS} times.", "Name the address of the file.")


def _take(
    answer: httpx.Response, shown: str, http: Http, target: Path, known: Marks | None
) -> Marks | None:
    status = answer.status_code
    if status == 304 and known is not None:
        return None
    if status in _MAY_PASS:
        raise _MayPass(f"the server answers {status}", _retry_after(answer))
    if status in (401, 403):
        raise Refused(
            f"{shown} is not open to us: the server answers {status}.",
            "Give a login in the address from the environment: https://${USER}:${PASSWORD}@host/.",
        )
    if status != 200:
        raise Refused(f"{shown} cannot be fetched: {status}.", "Check the address.")
    too_large = Refused(
        f"{shown} is larger than {http.max_bytes:,} bytes.",
        "Raise max_bytes in [http] if it is meant to be.",
    )
    if math.inf > _stated_length(answer) > http.max_bytes:
        raise too_large
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    try:
        with target.open("wb") as file:
            encoding = answer.headers.get("content-encoding", "")
            for piece in unpacked(answer.iter_raw(), encoding):
                size += len(piece)
                if size > http.max_bytes:
                    raise too_large
                file.write(piece)
    except CutOff:
        raise _MayPass("its compressed body is cut off or broken") from None
    except LookupError:
        raise Refused(
            f"{shown} comes encoded as {encoding[:40]!r}, which was not asked for.",
            "Download it, then name the file.",
        ) from None
    return Marks(_mark(answer, "etag"), _mark(answer, "last-modified"))


def _stated_length(answer: httpx.Response) -> float:
    """The Content-Length, infinite where there is none or the body comes in chunks."""
    stated = answer.headers.get("content-length", "")
    in_chunks = "transfer-encoding" in answer.headers
    return int(stated) if stated.isdigit() and not in_chunks else math.inf


def _onward(answer: httpx.Response, url: httpx.URL, shown: str, http: Http) -> httpx.URL:
    onward = url.join(answer.headers["location"])
    leads = address.shown(str(onward))
    if not http.allow_redirects:
        raise Refused(
            f"{shown} sends on to {leads}.",
            "Name that address, or set allow_redirects in [http].",
        )
    if onward.scheme not in ("http", "https") or not onward.host:
        raise Refused(f"{shown} sends on to {leads}.", "Only http and https are followed.")
    if url.scheme == "https" and onward.scheme == "http":
        raise Refused(f"{shown} sends on to {leads}, unencrypted.", "Name an https address.")
    return onward


def _unused_proxy(full: str) -> str:
    """Says of a proxy of the environment that it is not gone through: it would hide the address
    that is led to. Empty where none is set for the address.
    """
    from urllib.request import getproxies, proxy_bypass

    parts, proxies = urlsplit(full), getproxies()
    named = next((n for n in (parts.scheme.lower(), "all") if n in proxies), None)
    if named is None or proxy_bypass(parts.hostname or ""):
        return ""
    return f"; {named.upper()}_PROXY is set, and proxies are not gone through"


def _failure(error: httpx.TransportError, shown: str, *, is_of_the_way: bool = False) -> Exception:
    """A connection that failed: refused where its certificate is wrong, else it may pass."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(
                f"{shown} has a certificate that does not hold: {cause.verify_message}.",
                "SSL_CERT_FILE names a file of the authorities to trust, if it is your own.",
            )
        cause = cause.__cause__ or cause.__context__
    said = str(error)
    if "incomplete" in said or "without sending" in said:
        return _MayPass("the answer was cut off")
    return _MayPass("the connection failed", is_of_the_way=is_of_the_way)


def _conditions(known: Marks | None) -> dict[str, str]:
    if known is None:
        return {}
    stated = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in stated.items() if value}


def _mark(answer: httpx.Response, header: str) -> str:
    value = str(answer.headers.get(header, ""))
    return value if value.isascii() and value.isprintable() and len(value) < _LONGEST_MARK else ""


def _retry_after(answer: httpx.Response) -> float | None:
    stated = answer.headers.get("retry-after", "").strip()
    if stated.isdigit():
        return float(stated)
    try:
        moment = parsedate_to_datetime(stated)
        return max((moment - dt.datetime.now(dt.UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
