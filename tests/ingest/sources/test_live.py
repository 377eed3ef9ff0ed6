"""Live prices: the real packages ask, and a server on loopback answers in their providers' place.

What the packages send goes through a proxy that is named by the environment alone; it ends their
TLS with a certificate of our own and answers in the shape in which the services answer, with bars
of the bundled records. Run by `make live`, which installs the packages.
"""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from flows.ingest.run import ingest
from flows.settings import Live, Settings
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from flows.ingest.report import IngestReport
    from warehouse.home import Home

    Ask = Callable[..., IngestReport]

_OPEN = 14 * 3600 + 30 * 60
_DAYS = {1765152000: (182.64, 188.0, 182.4, 185.55), 1765238400: (185.56, 185.72, 183.32, 184.97)}


def _float32(price: float) -> float:
    """As Yahoo's service writes it: the nearest float of 32 bits, with all its digits."""
    import struct

    return struct.unpack("f", struct.pack("f", price))[0]  # type: ignore[no-any-return]


def _yahoo(path: str) -> tuple[str, str]:
    """The chart of `v8/finance/chart/NVDA`: two bars, in the shape of the service."""
    if not path.startswith("/v8/finance/chart/NVDA"):
        return "text/plain", "crumb"
    bars = [[_float32(price) for price in bar] for bar in _DAYS.values()]
    o, h, lo, c = ([bar[at] for bar in bars] for at in range(4))
    meta = {
        "currency": "USD", "symbol": "NVDA", "exchangeName": "NMS", "instrumentType": "EQUITY",
        "fullExchangeName": "NasdaqGS", "firstTradeDate": 917015400, "gmtoffset": -18000,
        "regularMarketTime": 1765314000, "hasPrePostMarketData": True, "timezone": "EST",
        "exchangeTimezoneName": "America/New_York", "regularMarketPrice": 184.97,
        "priceHint": 2, "dataGranularity": "1d", "range": "", "validRanges": ["1d", "max"],
        "currentTradingPeriod": {
            key: {"timezone": "EST", "start": 1765290600, "end": 1765314000, "gmtoffset": -18000}
            for key in ("pre", "regular", "post")
        },
    }  # fmt: skip
    result = {
        "meta": meta,
        "timestamp": [day + _OPEN for day in _DAYS],
        "indicators": {
            "quote": [{"open": o, "high": h, "low": lo, "close": c,
                       "volume": [204378100, 144719700]}],
            "adjclose": [{"adjclose": c}],
        },
    }  # fmt: skip
    return "application/json", json.dumps({"chart": {"result": [result], "error": None}})


def _eastmoney(path: str) -> tuple[str, str]:
    """The daily lines of `qt/stock/kline/get` for 688256."""
    asked = parse_qs(urlsplit(path).query)
    assert asked["secid"] == ["1.688256"]
    assert asked["fqt"] == ["0"]
    lines = [
        "2025-12-08,1335.00,1417.80,1441.80,1333.02,98744,13763427900.00,8.07,5.25,70.70,2.36",
        "2025-12-09,1375.00,1436.00,1457.57,1368.00,90594,12883123600.00,6.32,1.28,18.20,2.16",
    ]
    return "application/json", json.dumps({"data": {"code": "688256", "klines": lines}})


_ANSWERS = {
    "query1.finance.yahoo.com": _yahoo,
    "query2.finance.yahoo.com": _yahoo,
    "fc.yahoo.com": _yahoo,
    "push2his.eastmoney.com": _eastmoney,
}


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The proxy; gives the hosts and paths that were asked for."""
    authority, asked = trustme.CA(), list[str]()

    class Proxy(BaseHTTPRequestHandler):
        host = ""

        def do_CONNECT(self) -> None:
            self.host = self.path.partition(":")[0]
            self.send_response(200)
            self.end_headers()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(self.host).configure_cert(context)
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.handle_one_request()

        def do_GET(self) -> None:
            asked.append(f"{self.host}{urlsplit(self.path).path}")
            kind, text = _ANSWERS[self.host](self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_address[1]}")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    yield asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def ask(con: duckdb.DuckDBPyConnection, home: Home) -> Ask:
    def run(stated: str, *, enabled: bool = True) -> IngestReport:
        settings = Settings.model_construct(live=Live(enabled=enabled))
        return ingest(con, home, [stated], settings=settings)

    return run


pytestmark = pytest.mark.filterwarnings("ignore")  # the packages' own


@pytest.mark.live
def test_yfinance_gives_the_bars_of_yahoo_with_the_prices_that_were_meant(
    providers: list[str], listings: None, ask: Ask, con: duckdb.DuckDBPyConnection, home: Home
) -> None:
    report = ask("live:yfinance:NVDA")

    file = report.files[0]
    assert (file.status, file.provider, file.rows_accepted) == ("accepted", "yahoo", 2), report
    assert file.origin == "live:yfinance:NVDA"
    rows = con.execute("select traded_on, close, volume from raw_prices order by 1").fetchall()
    assert [(str(day), str(close), volume) for day, close, volume in rows] == [
        ("2025-12-08", "185.550000", 204378100),
        ("2025-12-09", "184.970000", 144719700),
    ]
    assert "query2.finance.yahoo.com/v8/finance/chart/NVDA" in providers


@pytest.mark.live
def test_akshare_gives_the_bars_of_eastmoney_in_shares(
    providers: list[str], listings: None, ask: Ask, con: duckdb.DuckDBPyConnection
) -> None:
    report = ask("live:akshare:688256")

    file = report.files[0]
    assert (file.status, file.provider, file.rows_accepted) == ("accepted", "akshare", 2), report
    rows = con.execute("select close, volume, adjustment from raw_prices order by 1").fetchall()
    assert [(str(close), *rest) for close, *rest in rows] == [
        ("1417.800000", 9874400, "raw"),
        ("1436.000000", 9059400, "raw"),
    ]
    assert providers == ["push2his.eastmoney.com/api/qt/stock/kline/get"]


@pytest.mark.live
@pytest.mark.parametrize("stated", ["live:yfinance:NVDA", "live:akshare:688256"])
def test_a_service_that_does_not_answer_is_one_refused_file(
    ask: Ask, listings: None, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    file = ask(stated).files[0]

    assert file.status == "refused"
    assert "cannot be fetched" in file.reason or "has no bars" in file.reason


def test_live_prices_are_off_unless_switched_on(ask: Ask) -> None:
    with pytest.raises(WrongUse, match="live prices are off"):
        ask("live:yfinance:NVDA", enabled=False)


@pytest.mark.parametrize("stated", ["live:os:system", "live:yfinance", "live:yfinance:", "live:"])
def test_what_names_no_provider_and_symbol_is_wrong_use(ask: Ask, stated: str) -> None:
    with pytest.raises(WrongUse, match="names no live prices"):
        ask(stated)


def test_a_package_that_is_not_installed_is_named(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(WrongUse, match="needs the extra `live`"):
        ask("live:yfinance:NVDA")
