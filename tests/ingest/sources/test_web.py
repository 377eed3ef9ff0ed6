"""Files from an HTTP server with every fault that we could think of."""

from __future__ import annotations

import gzip
import io
import logging
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from flows.ingest.sources.address import shown
from tests.ingest.sources.conftest import HEAD, Server, body, send
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    import duckdb

    from flows.ingest.report import FileReport
    from tests.ingest.conftest import Take, Write
    from tests.ingest.sources.conftest import Answer, Fetch

    Refusal = Callable[..., FileReport]


def test_a_file_from_a_server_is_read_like_one_from_a_folder(
    server: Server, fetch: Fetch, con: duckdb.DuckDBPyConnection, prices: str
) -> None:
    report = fetch(server.on("/bars/nvda.csv", body(prices)))

    file = report.files[0]
    assert (file.status, file.kind, file.rows_accepted) == ("accepted", "prices", 3)
    assert (str(file.path), file.origin) == ("nvda.csv", server.address("/bars/nvda.csv"))
    assert con.execute("select count(*), min(line) from raw_prices").fetchall() == [(3, 2)]


def test_an_unchanged_file_costs_one_conditional_request(
    server: Server, fetch: Fetch, prices: str
) -> None:
    def answer(to: BaseHTTPRequestHandler) -> None:
        if to.headers.get("If-None-Match") == '"v1"':
            body("", 304, ETag='"v1"')(to)
        else:
            body(prices, ETag='"v1"', Last_Modified="Mon, 08 Dec 2025 22:00:00 GMT")(to)

    address = server.on("/nvda.csv", answer)
    fetch(address)
    again = fetch(address)

    assert (again.files[0].status, again.rows_duplicate) == ("unchanged", 3)
    assert not again.refused_any
    (_, first), (_, second) = server.asked
    assert "If-None-Match" not in first
    assert second["If-Modified-Since"] == "Mon, 08 Dec 2025 22:00:00 GMT"


def test_a_changed_file_is_read_anew_and_its_new_mark_is_kept(
    server: Server, fetch: Fetch, prices: str, bar: Callable[..., str]
) -> None:
    address = server.on("/n.csv", body(prices, ETag='"1"'), body(prices + bar(11), ETag='"2"'))
    fetch(address)
    changed = fetch(address)
    fetch(address)

    assert (changed.rows_accepted, changed.rows_duplicate) == (1, 3)
    assert [headers.get("If-None-Match") for _, headers in server.asked] == [None, '"1"', '"2"']


def test_the_tables_of_a_packed_file_are_batches_of_their_own_and_unchanged_together(
    server: Server, fetch: Fetch, header: str, bar: Callable[..., str]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", header + bar(8))
        archive.writestr("b.csv", header + bar(9))
    address = server.on("/bars.zip", body(packed.getvalue(), ETag='"1"'), body("", 304, ETag='"1"'))

    first, again = fetch(address), fetch(address)

    assert [f.origin for f in first.files] == [f"{address}/a.csv", f"{address}/b.csv"]
    assert [f.status for f in first.files] == ["accepted", "accepted"]
    assert [(f.status, f.origin) for f in again.files] == [
        ("unchanged", f"{address}/a.csv"),
        ("unchanged", f"{address}/b.csv"),
    ]


def test_the_same_bytes_without_a_mark_are_unchanged(
    server: Server, fetch: Fetch, prices: str
) -> None:
    address = server.on("/nvda.csv", body(prices))
    fetch(address)

    assert fetch(address).files[0].status == "unchanged"


def test_what_was_refused_is_asked_for_whole_again(server: Server, fetch: Fetch) -> None:
    address = server.on("/odd.csv", body("a,b\n1,2\n", ETag='"1"'))
    fetch(address)
    fetch(address)

    assert ["If-None-Match" in headers for _, headers in server.asked] == [False, False]


def test_a_fetch_that_fails_is_one_refused_file_and_the_rest_goes_on(
    server: Server, fetch: Fetch, prices: str, write: Write
) -> None:
    report = fetch(
        server.on("/gone.csv", body("", 404)),
        server.on("/nvda.csv", body(prices)),
        str(write("here.csv", prices)),
    )

    assert [file.status for file in report.files] == ["refused", "accepted", "unchanged"]
    assert "404" in report.files[0].reason


def test_an_error_that_passes_is_tried_again(server: Server, fetch: Fetch, prices: str) -> None:
    address = server.on("/n.csv", body("busy", 500), body("busy", 503), body(prices))

    assert fetch(address, retries=2).rows_accepted == 3
    assert len(server.asked) == 3


def test_an_error_that_stays_is_told_with_the_number_of_tries(
    server: Server, refusal: Refusal
) -> None:
    file = refusal(server.on("/n.csv", body("busy", 502)), retries=1)

    assert "the server answers 502 (2 tries)" in file.reason
    assert len(server.asked) == 2


def test_a_server_that_asks_to_wait_is_waited_for(
    server: Server, fetch: Fetch, prices: str
) -> None:
    began = time.monotonic()
    address = server.on("/n.csv", body("slow down", 429, Retry_After="1"), body(prices))

    assert fetch(address, retries=1).rows_accepted == 3
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("asked", ["3600", "Wed, 01 Jan 2098 00:00:00 GMT"])
def test_a_server_that_asks_to_wait_too_long_is_left_for_the_next_run(
    server: Server, refusal: Refusal, asked: str
) -> None:
    file = refusal(server.on("/n.csv", body("", 503, Retry_After=asked)), retries=5)

    assert "asks to wait" in file.reason
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((HEAD + b"Content-Length: 5000\r\n\r\na,b\n1,2\n",), id="short"),
        pytest.param((HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",), id="chunks"),
        pytest.param((HEAD + b"Content-Le",), id="in the headers"),
        pytest.param((b"",), id="at once"),
        pytest.param((HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabc",), id="lengths"),
        pytest.param((b"\x00\x01 no http at all\r\n\r\n",), id="no HTTP"),
    ],
)  # fmt: skip
def test_an_answer_that_is_cut_off_or_broken_leaves_nothing(
    server: Server, refusal: Refusal, con: duckdb.DuckDBPyConnection, pieces: tuple[bytes, ...]
) -> None:
    file = refusal(server.on("/n.csv", send(*pieces)))

    assert "cannot be fetched" in file.reason
    assert con.execute("select count(*) from ledger_files").fetchall() == [(0,)]


def test_an_answer_that_was_cut_off_once_is_had_by_the_next_try(
    server: Server, fetch: Fetch, prices: str
) -> None:
    address = server.on("/n.csv", body(prices[:-30], stated=len(prices)), body(prices))

    assert fetch(address, retries=1).rows_accepted == 3


@pytest.mark.parametrize("pause", [0, 0.05], ids=["at once", "a moment later"])
def test_an_answer_that_is_longer_than_it_states_is_refused(
    pause: float, server: Server, refusal: Refusal, prices: str
) -> None:
    def answer(to: BaseHTTPRequestHandler) -> None:
        body(prices, stated=len(prices) - 100)(to) if not pause else body(prices)(to)
        time.sleep(pause)
        to.wfile.write(b"more" if pause else b"")

    file = refusal(server.on("/n.csv", answer), retries=1)

    assert "longer than the length that it states (2 tries)" in file.reason


def test_what_follows_an_answer_is_not_taken_for_the_next_one(
    server: Server, fetch: Fetch, prices: str
) -> None:
    forged = prices.replace("185.5", "999.9")
    smuggled = f"HTTP/1.1 200 OK\r\nContent-Length: {len(forged)}\r\n\r\n{forged}"
    busy = body(f"busy{smuggled}", 503, stated=4)

    file = fetch(server.on("/n.csv", busy, body(prices)), retries=1).files[0]

    assert (file.status, file.rows_accepted) == ("accepted", 3)
    assert len(server.asked) == 2


def test_an_interim_answer_before_the_real_one_counts_for_nothing(
    server: Server, fetch: Fetch, prices: str
) -> None:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        body(prices)(to)

    assert fetch(server.on("/n.csv", answer)).files[0].rows_accepted == 3


def test_a_server_that_says_nothing_is_left(server: Server, refusal: Refusal) -> None:
    def wait(_: BaseHTTPRequestHandler) -> None:
        time.sleep(1)

    assert "no answer came" in refusal(server.on("/n.csv", wait), timeout_seconds=0.3).reason


@pytest.mark.parametrize("before", [HEAD + b"\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_is_cut_off_at_the_deadline(
    server: Server, refusal: Refusal, before: bytes
) -> None:
    began = time.monotonic()
    address = server.on("/n.csv", send(before, *[b"a"] * 200, every=0.05))

    file = refusal(address, timeout_seconds=5, whole_seconds=0.5, retries=3)

    assert "longer than 0.5 s" in file.reason
    assert time.monotonic() - began < 9


def test_a_compressed_answer_is_unpacked(server: Server, fetch: Fetch, prices: str) -> None:
    half = len(prices) // 2
    members = gzip.compress(prices[:half].encode()) + gzip.compress(prices[half:].encode())

    assert fetch(server.on("/n.csv", body(members, Content_Encoding="gzip"))).rows_accepted == 3


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        pytest.param(gzip.compress(b"a,b\n" * 999)[:-9], "gzip", "cut off or broken", id="cut off"),
        pytest.param(b"a,b\n1,2\n", "gzip", "cut off or broken", id="not packed"),
        pytest.param(b"", "gzip", "cut off or broken", id="empty"),
        pytest.param(b"a,b\n", "br", "was not asked for", id="other encoding"),
    ],
)
def test_a_compressed_answer_that_is_none_is_refused(
    server: Server, refusal: Refusal, data: bytes, encoding: str, reason: str
) -> None:
    assert reason in refusal(server.on("/n.csv", body(data, Content_Encoding=encoding))).reason


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(body("x" * 2000), id="by its length"),
        pytest.param(send(HEAD + b"\r\n", b"x" * 2000), id="without a length"),
        pytest.param(body(gzip.compress(b"x" * 9_000_000), Content_Encoding="gzip"), id="unpacked"),
    ],
)
def test_a_file_larger_than_allowed_is_refused(
    server: Server, refusal: Refusal, answer: Answer
) -> None:
    file = refusal(server.on("/n.csv", answer), max_bytes=1000, retries=3)

    assert "larger than 1,000 bytes" in file.reason
    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_told(refusal: Refusal) -> None:
    assert "the connection failed" in refusal("http://127.0.0.1:1/n.csv").reason


def test_a_proxy_of_the_environment_is_not_gone_through_and_that_is_told(
    server: Server,
    fetch: Fetch,
    refusal: Refusal,
    prices: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.address(""))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    there = fetch(server.on("/n.csv", body(prices))).files[0]
    away = refusal("http://127.0.0.1:1/n.csv", retries=0)

    assert there.rows_accepted == 3
    assert [path for path, _ in server.asked] == ["/n.csv"]
    assert "HTTP_PROXY is set, and proxies are not gone through" in away.reason


def test_a_login_that_is_missing_is_told(server: Server, refusal: Refusal) -> None:
    assert "not open to us" in refusal(server.on("/n.csv", body("", 401))).reason


def test_no_credential_reaches_a_report_a_log_or_the_ledger(
    server: Server, fetch: Fetch, con: duckdb.DuckDBPyConnection, home: object, prices: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DESK_KEY", "hunter4")
    path = "/nvda.csv?symbol=NVDA&apikey=hunter2&t=hunter3&key="
    server.on(f"{path}hunter4", body(prices, ETag='"1"'))
    address = server.address(f"{path}${{DESK_KEY}}").replace("://", "://ann:hunter1@")

    good = fetch(address)
    server.on(f"{path}hunter4", body("", 500))
    bad = fetch(address)

    assert good.rows_accepted == 3
    assert bad.files[0].status == "refused"
    said = f"{good!r}{bad!r}{caplog.text}"
    for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
        said += str(con.execute(f"select * from {table}").fetchall())
    assert "hunter" not in said
    assert "ann" not in good.files[0].shown
    assert good.files[0].shown.endswith("/nvda.csv?symbol=NVDA&apikey=…&t=…&key=…")


@pytest.mark.parametrize(
    "stated",
    ["https:///a.csv", "https://", "http://[::1/a.csv", "https://host:port/a.csv", "https:/a.csv",
     "https://h/a b.csv", "https://h/a\r\nHost: x", "ftp://h/a.csv", "gopher://h/a.csv",
     "http://ann:hunter2@bars.example/a.csv", "http://bars.example/${UNSET}",
     "https://bars.example/${CHIPBRIEF_NOT_SET}"],
)  # fmt: skip
def test_what_is_no_address_or_would_bare_a_secret_is_wrong_use(fetch: Fetch, stated: str) -> None:
    with pytest.raises(WrongUse) as raised:
        fetch(stated)
    assert "hunter2" not in str(raised.value)


def test_an_address_is_shown_without_user_password_or_fragment() -> None:
    assert shown("https://u:p@h:8443/a.csv?q=1&symbol=N#x") == "https://h:8443/a.csv?q=…&symbol=N"


def test_a_name_from_an_address_stays_one_name(server: Server, fetch: Fetch, prices: str) -> None:
    report = fetch(server.on("/x/..%2F..%2F.ssh%0Akeys.csv", body(prices)))

    assert report.rows_accepted == 3
    assert str(report.files[0].path) == "_.._.ssh_keys.csv"


def test_what_a_run_that_died_had_fetched_is_cleared_away(
    take: Take, write: Write, home: object, prices: str
) -> None:
    from warehouse.home import Home

    assert isinstance(home, Home)
    left = home.spool / "abc" / "n.csv"
    left.parent.mkdir(parents=True)
    left.write_text("half")

    take(write("nvda.csv", prices))

    assert not home.spool.exists()
