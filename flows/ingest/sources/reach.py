"""How far and how long a fetch may reach: no private address, no wait beyond the deadline.

Both look at the connection itself, once it is made and before anything is sent over it, so a name
that leads elsewhere on a second look is no way round them.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(Exception):
    """A name led to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; IPv4 inside IPv6 counts as itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        ip = inner or ip
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


class Reach:
    """Watches the connections of one fetch: `watch` is httpx's `trace` extension.

    When the deadline passes the connection in use is cut, whatever it was waiting for.
    """

    def __init__(self, seconds: float, *, allow_private: bool) -> None:
        self._until = time.monotonic() + seconds
        self._allow_private = allow_private
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    @property
    def seconds_left(self) -> float:
        """Until the deadline; negative behind it."""
        return self._until - time.monotonic()

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Look at each connection as it is made. Raises PrivateAddress, with nothing sent."""
        if event == "connection.connect_tcp.complete":
            stream = info["return_value"]
            address = stream.get_extra_info("server_addr")[0]
            if not self._allow_private and not is_public(address):
                stream.close()
                raise PrivateAddress(address)
            self._socket = stream.get_extra_info("socket")
        elif event == "connection.start_tls.complete":
            self._socket = info["return_value"].get_extra_info("socket")
        if self._socket is not None and self.seconds_left <= 0:
            self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # the plain socket's own: that of TLS would first say goodbye and wait
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
