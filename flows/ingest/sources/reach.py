"""How far and how long a fetch may reach: no private address, no wait beyond the deadline.

Both look at the connection itself, once it is made and before anything is sent over it, so a name
that leads elsewhere on a second look is no way round them. What comes over it is counted, beyond
the length that an answer states too.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

#: How long a server may take to hang up after its answer, as it is asked to.
_LINGER_SECONDS = 0.5
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
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
        self._stream: Any = None
        self._head = bytearray()
        #: The bytes that came after the head of the answer; None before its end.
        self.body_bytes: int | None = None
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
            self._follow(stream)
        elif event == "connection.start_tls.complete":
            self._follow(info["return_value"])
        elif event == "http11.receive_response_body.complete":
            with suppress(Exception):  # it has hung up, in whatever way
                self._stream.read(1 << 16, timeout=_LINGER_SECONDS)
        if self._socket is not None and self.seconds_left <= 0:
            self._cut()

    def _follow(self, stream: Any) -> None:
        """Keep the connection in use, and count what is read from it."""
        self._stream, self._socket = stream, stream.get_extra_info("socket")
        self._head.clear()
        self.body_bytes = None
        read = stream.read

        def counted(*args: Any, **kwargs: Any) -> bytes:
            data: bytes = read(*args, **kwargs)
            self._count(data)
            return data

        stream.read = counted

    def _count(self, data: bytes) -> None:
        if self.body_bytes is not None:
            self.body_bytes += len(data)
            return
        self._head += data
        while end := _HEAD_ENDS.search(self._head):
            is_interim = self._head[8:10] == b" 1"  # 100 or 103: the answer's own head follows
            del self._head[: end.end()]
            if not is_interim:
                self.body_bytes = len(self._head)
                return

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # the plain socket's own: that of TLS would first say goodbye and wait
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
