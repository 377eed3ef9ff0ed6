"""A server on loopback that answers as it is told, faults included."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

import pytest

from flows.ingest.run import ingest
from flows.settings import Http, Settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    import duckdb

    from flows.ingest.report import FileReport, IngestReport
    from warehouse.home import Home

    Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """`answers` by path, each used up but the last; `asked` are the requests that came."""

    port: int = 0
    scheme: str = "http"
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, *answers: Answer) -> str:
        """Answer a path so, and give its address."""
        self.answers[path] = list(answers)
        return self.address(path)


def body(
    data: bytes | str, status: int = 200, *, stated: int | None = None, **headers: str
) -> Answer:
    """An answer with a body; `stated` is a Content-Length that is not the body's."""
    content = data.encode() if isinstance(data, str) else data

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(content) if stated is None else stated))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(content)
        to.close_connection = True

    return answer


def serving(server: Server, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run the server in a thread of its own, for as long as the caller is at it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            known = server.answers.get(self.path) or [body("no such path", 404)]
            answer = known.pop(0) if len(known) > 1 else known[0]
            try:
                answer(self)
            except OSError:  # the client has left, which some tests want
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    if context is not None:
        http.socket = context.wrap_socket(http.socket, server_side=True)
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving(Server())


class Fetch(Protocol):
    """Ingest these addresses; what is given by name are settings of `[http]`."""

    def __call__(self, *addresses: str, **http: object) -> IngestReport: ...


@pytest.fixture
def fetch(con: duckdb.DuckDBPyConnection, home: Home) -> Fetch:
    def run(*addresses: str, **http: object) -> IngestReport:
        allowed = {"allow_private": True, "retries": 0, "timeout_seconds": 5.0, **http}
        settings = Settings.model_construct(http=Http.model_validate(allowed))
        return ingest(con, home, addresses, settings=settings)

    return run


@pytest.fixture
def refusal(fetch: Fetch, home: Home) -> Callable[..., FileReport]:
    """The report of an address that is refused, once it is sure that nothing is left behind."""

    def run(address: str, **http: object) -> FileReport:
        report = fetch(address, **http)
        file = report.files[0]
        assert (file.status, report.refused_any) == ("refused", True)
        assert file.reason
        assert file.way_out
        assert not home.spool.exists() or not list(home.spool.iterdir())
        return file

    return run


#: The first line of an answer that is sent as raw bytes.
HEAD = b"HTTP/1.1 200 OK\r\n"


def send(*pieces: bytes, every: float = 0.0) -> Answer:
    """An answer as raw bytes, then the connection is closed."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            to.wfile.write(piece)
            time.sleep(every)
        to.close_connection = True

    return answer
