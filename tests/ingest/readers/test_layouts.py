"""Bars of many providers in the layouts in which people have them, and the faults that they carry.

The numbers are the recorded ones of NVDA and 688256 (warehouse/seeds); the store holds some of
them, so that what a file leaves open is told by it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from flows.ingest.replay import replay
from tests.ingest.readers.conftest import SEEDS, Real

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

    from flows.ingest.report import FileReport
    from tests.ingest.conftest import HeldBack, Take, Write
    from warehouse.home import Home

    Bars = Callable[..., list[Real]]
    Stored = Callable[[FileReport], list[tuple[Any, ...]]]

LISTED = (
    "symbol,mic,security_type,title,title_zh,currency,listed_on,calendar_mic,published_on,"
    "source_id,confidence\n"
    "NVDA,XNAS,equity,NVIDIA,英伟达,USD,,XNAS,2022-01-01,T,seen-secondary\n"
    "688256,XSHG,equity,Cambricon,寒武纪,CNY,2020-07-20,XSHG,2022-01-01,T,seen-secondary\n"
    "688802,XSHG,equity,MetaX,沐曦股份,CNY,2025-12-17,XSHG,2022-01-01,T,seen-secondary\n"
    "000977,XSHE,equity,Inspur,浪潮信息,CNY,,XSHE,2022-01-01,T,seen-secondary\n"
)
ACTIONS = (
    "symbol,mic,ex_on,action,price_ratio,published_on,source_id,confidence\n"
    "NVDA,XNAS,2024-06-10,split,10,2024-06-10,T,seen-secondary\n"
    "688256,XSHG,2026-05-08,unspecified,1.4918,2026-05-08,T,seen-secondary\n"
)
RATIO = 1.4918
TIDY = (
    "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,source_id,"
    "confidence\n"
)


@pytest.fixture(scope="session")
def bars() -> Bars:
    """Real bars of a symbol from one day to another, on the basis on which they are recorded."""
    with SEEDS.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    names = ("traded_on", "open", "high", "low", "close", "volume")

    def between(symbol: str, first: str, last: str) -> list[Real]:
        return [
            Real(*(row[name] for name in names))
            for row in rows
            if row["symbol"] == symbol and first <= row["traded_on"] <= last
        ]

    return between


@pytest.fixture
def store(take: Take, write: Write, bars: Bars, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with both symbols' bars of November and December 2025, and of January 2024."""
    monkeypatch.setenv("CHIPBRIEF_NOW", "2026-11-23T08:00:00+00:00")
    take(write("listings.csv", LISTED), write("actions.csv", ACTIONS))
    lines = [
        f"{symbol},{mic},{b.day},{basis},{b.open},{b.high},{b.low},{b.close},{b.volume},{money},"
        f"{b.day},T,seen-secondary"
        for symbol, mic, basis, money in (
            ("NVDA", "XNAS", "split", "USD"),
            ("688256", "XSHG", "raw", "CNY"),
        )
        for first, last in (("2024-01-02", "2024-01-12"), ("2025-11-03", "2025-12-19"))
        for b in bars(symbol, first, last)
    ]
    assert take(write("stored.csv", TIDY + "\n".join(lines))).rows_quarantined == 0


@pytest.fixture
def stored(con: duckdb.DuckDBPyConnection) -> Stored:
    """Symbol, basis, day, close and volume of the rows of a report."""

    def rows(report: FileReport) -> list[tuple[Any, ...]]:
        return con.execute(
            "select symbol, adjustment, cast(traded_on as varchar), cast(close as double),"
            " cast(volume as bigint) from raw_prices where batch_id = ? order by all",
            [report.batch_id],
        ).fetchall()

    return rows


def turnover(bar: Real) -> float:
    return round((float(bar.high) + float(bar.low)) / 2 * int(bar.volume), 2)


def lots(bar: Real) -> int:
    return int(bar.volume) // 100


def alpaca(bars: Sequence[Real]) -> str:
    found = [
        {"t": f"{b.day}T05:00:00Z", "o": float(b.open), "h": float(b.high), "l": float(b.low),
         "c": float(b.close), "v": int(b.volume), "n": 9}
        for b in bars
    ]  # fmt: skip
    return json.dumps({"bars": {"NVDA": found}, "next_page_token": None})


def alpaca_single(bars: Sequence[Real]) -> str:
    found = json.loads(alpaca(bars))["bars"]["NVDA"]
    return json.dumps({"bars": found, "symbol": "NVDA", "next_page_token": None}, indent=1)


def eastmoney(bars: Sequence[Real]) -> str:
    lines = [
        f"{b.day},{b.open},{b.close},{b.high},{b.low},{lots(b)},{turnover(b)},4.1,,1.0,2.1"
        for b in bars
    ]
    return json.dumps({"rc": 0, "data": {"code": "688256", "market": 1, "klines": lines}})


def of_lines(
    header: str, line: Callable[[Real], str], *, footer: str = "", title: str = ""
) -> Callable[[Sequence[Real]], str]:
    def text(bars: Sequence[Real]) -> str:
        return "\n".join([*([title] if title else []), header, *map(line, bars), footer]) + "\n"

    return text


def us(b: Real) -> str:
    return f"{b.day[5:7]}/{b.day[8:]}/{b.day[:4]}"


def comma(text: str) -> str:
    return text.replace(".", ",")


NVDA_LAYOUTS: dict[str, tuple[str, Callable[[Sequence[Real]], str]]] = {
    "alpaca": ("bars.json", alpaca),
    "alpaca one symbol": ("bars.json", alpaca_single),
    "barchart": ("NVDA_daily.csv", of_lines(
        "Time,Open,High,Low,Latest,Change,%Change,Volume",
        lambda b: f'{b.day},{b.open},{b.high},{b.low},{b.close},+0.3,+1.7%,"{int(b.volume):,}"',
        footer='"Downloaded from Barchart.com as of 12-19-2025 08:09pm CST"',
    )),
    "marketwatch": ("NVDA.csv", of_lines(
        "Date,Open,High,Low,Close,Volume",
        lambda b: f'"{us(b)}","${b.open}","${b.high}","${b.low}","${b.close}",'
                  f'"{int(b.volume):,}"',
    )),
    "twelvedata": ("NVDA.csv", of_lines(
        "datetime;open;high;low;close;volume",
        lambda b: f"{b.day};{float(b.open):.5f};{float(b.high):.5f};{float(b.low):.5f};"
                  f"{float(b.close):.5f};{b.volume}",
    )),
    "yahoo": ("NVDA.csv", of_lines(
        ",Date,Open,High,Low,Close,Adj Close,Volume",
        lambda b: f"0,{b.day},{b.open},{b.high},{b.low},{b.close},{b.close},{b.volume}",
    )),
    "yahoo page": ("NVDA.csv", of_lines(
        "Date,Open,High,Low,Close*,Adj Close**,Volume",
        lambda b: f'"Dec {b.day[8:]}, 2025",{b.open},{b.high},{b.low},{b.close},{b.close},'
                  f'"{int(b.volume):,}"',
        footer='"Dec 04, 2025","0.01 Dividend",,,,,',
    )),
    "yahoo with commas": ("NVDA.csv", of_lines(
        "Date;Open;High;Low;Close;Adj Close;Volume",
        lambda b: f"{b.day[8:]}.{b.day[5:7]}.{b.day[:4]};{comma(b.open)};{comma(b.high)};"
                  f"{comma(b.low)};{comma(b.close)};{comma(b.close)};{b.volume}",
    )),
    "yfinance": ("prices.csv", of_lines(
        "Date,Adj Close,Close,High,Low,Open,Volume\n,NVDA,NVDA,NVDA,NVDA,NVDA,NVDA",
        lambda b: f"{b.day},{b.close},{b.close},{b.high},{b.low},{b.open},{b.volume}",
    )),
    "stooq": ("nvda_us_d.csv", of_lines(
        "Date,Open,High,Low,Close,Volume",
        lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.volume}",
    )),
    "yahoo in thousands": ("NVDA.csv", of_lines(
        "Date,Open,High,Low,Close,Adj Close,Volume (000s)",
        lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.close},"
                  f"{int(b.volume) / 1000:.1f}",
    )),
    "yahoo in UTC": ("NVDA.csv", of_lines(
        "Date,Open,High,Low,Close,Adj Close,Volume",
        lambda b: f"{b.day} 05:00:00+00:00,{b.open},{b.high},{b.low},{b.close},{b.close},"
                  f"{b.volume}",
    )),
}  # fmt: skip


@pytest.mark.parametrize("layout", NVDA_LAYOUTS)
def test_bars_of_new_york_are_read_in_every_layout(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored, layout: str
) -> None:
    name, text = NVDA_LAYOUTS[layout]
    ours = bars("NVDA", "2025-12-01", "2025-12-19")

    report = take(write(name, text(ours))).files[0]

    assert (report.status, report.rows_quarantined) == ("accepted", 0), report.reason
    assert report.provider == layout.split()[0]
    if report.rows_accepted:  # else the same rows as of the source before
        assert stored(report) == [
            ("NVDA", "split", b.day, float(b.close), int(b.volume)) for b in ours
        ]


MAINLAND = {
    "akshare": ("688256.csv", of_lines(
        "日期,股票代码,开盘(元),收盘(元),最高(元),最低(元),成交量（手）,成交额(元)",
        lambda b: f"{b.day},688256,{b.open},{b.close},{b.high},{b.low},{lots(b)},{turnover(b)}",
    )),
    "akshare in shares": ("688256.csv", of_lines(
        "日期,股票代码,开盘,收盘,最高,最低,成交量【股】",
        lambda b: f"{b.day},688256,{b.open},{b.close},{b.high},{b.low},{b.volume}",
    )),
    "akshare of tencent": ("tx_688256.csv", of_lines(
        "date,open,close,high,low,amount",
        lambda b: f"{b.day},{b.open},{b.close},{b.high},{b.low},{b.volume}.0",
    )),
    "akshare of tencent with turnover": ("tx_688256.csv", of_lines(
        "date,open,close,high,low,volume,turnover,amount",
        lambda b: f"{b.day},{b.open},{b.close},{b.high},{b.low},{b.volume}.0,0.02,{turnover(b)}",
    )),
    "baostock": ("k.csv", of_lines(
        "date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus",
        lambda b: f"{b.day},sh.688256,{b.open},{b.high},{b.low},{b.close},1.0,{b.volume},"
                  f"{turnover(b)},3,2.3,1",
    )),
    "eastmoney": ("kline.json", eastmoney),
    "mootdx": ("688256.csv", of_lines(
        "date,open,close,high,low,volume,volume.1",
        lambda b: f"{b.day},{b.open},{b.close},{b.high},{b.low},{lots(b)}.0,{lots(b)}.0",
    )),
    "tongdaxin": ("SH#688256.txt", of_lines(
        "      日期\t    开盘\t    最高\t    最低\t    收盘\t    成交量\t    成交额",
        lambda b: f"{b.day.replace('-', '/')}\t{b.open}\t{b.high}\t{b.low}\t{b.close}\t{b.volume}"
                  f"\t{turnover(b)}",
        title="688256 寒武纪 日线 不复权", footer="#数据来源:通达信",
    )),
    "wind": ("688256.csv", of_lines(
        "代码,简称,日期,前收盘价(元),开盘价(元),最高价(元),最低价(元),收盘价(元),成交量(股)",
        lambda b: f'688256.SH,寒武纪-U,{b.day},1.0,{b.open},{b.high},{b.low},{b.close},'
                  f'"{int(b.volume):,}"',
        footer="\n数据来源：Wind",
    )),
}  # fmt: skip


@pytest.mark.parametrize("layout", MAINLAND)
def test_bars_of_shanghai_are_as_traded_and_in_shares(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored, layout: str
) -> None:
    name, text = MAINLAND[layout]
    ours = bars("688256", "2025-11-10", "2025-12-10")

    report = take(write(name, text(ours))).files[0]

    assert (report.status, report.rows_quarantined) == ("accepted", 0), report.reason
    assert report.provider == layout.split()[0]
    found = stored(report)
    assert [row[:4] for row in found] == [("688256", "raw", b.day, float(b.close)) for b in ours]
    assert all(abs(row[4] - int(b.volume)) < 100 for row, b in zip(found, ours, strict=True))


def test_tongdaxins_file_is_read_in_its_own_encoding(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    name, text = MAINLAND["tongdaxin"]
    ours = bars("688256", "2025-11-10", "2025-12-10")

    report = take(write(name, text(ours).replace("\n", "\r\n").encode("gb18030"))).files[0]

    assert (report.provider, report.rows_accepted) == ("tongdaxin", len(ours))


def restated(ours: Sequence[Real], by: float = RATIO) -> list[Real]:
    names = ("open", "high", "low", "close")
    return [
        b._replace(**{name: f"{float(getattr(b, name)) / by:.4f}" for name in names}) for b in ours
    ]


def test_baostocks_flag_two_is_restated_to_date(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    name, text = MAINLAND["baostock"]
    ours = bars("688256", "2025-11-10", "2025-12-10")

    report = take(write(name, text(restated(ours)).replace(",3,2.3,1", ",2,2.3,1"))).files[0]

    assert {row[1] for row in stored(report)} == {"split"}


def test_a_suspended_day_of_baostock_is_no_bar(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    name, text = MAINLAND["baostock"]
    lines = text(bars("688256", "2025-11-10", "2025-12-10")).splitlines()
    lines[3] = lines[3].removesuffix(",1") + ",0"

    report = take(write(name, "\n".join(lines))).files[0]

    assert [(f.rule, f.first_line) for f in report.findings][:1] == [("suspended", 4)]


def test_prices_restated_before_an_action_are_told_by_the_turnover_and_the_hint_works(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    # adjust="qfq": no day in common with the store, the turnover is of prices as traded
    name, text = MAINLAND["akshare"]
    of_june = bars("688256", "2024-06-03", "2024-06-21")
    lines = text(of_june).strip().splitlines()
    low = [
        line.replace(f"{b.open},{b.close},{b.high},{b.low}", f"{r.open},{r.close},{r.high},{r.low}")
        for line, b, r in zip(lines[1:], of_june, restated(of_june), strict=True)
    ]
    file = write(name, "\n".join([lines[0], *low]))

    report = take(file).files[0]

    assert report.status == "refused"
    assert "so says the turnover" in report.reason
    assert report.way_out.startswith("Say --adjustment split")
    said = take(file, adjustment="split").files[0]
    assert {row[1] for row in stored(said)} == {"split"}


def test_without_turnover_or_store_a_basis_that_would_matter_is_asked_for(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    name, text = MAINLAND["akshare in shares"]
    file = write(name, text(bars("688256", "2024-06-03", "2024-06-21")))

    report = take(file).files[0]

    assert report.status == "refused"
    assert "has an action on record since" in report.reason
    assert take(file, adjustment="raw").files[0].status == "accepted"


PLAIN = of_lines(
    "date,open,high,low,close,volume",
    lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.volume}.0",
)
CAPITAL = of_lines(
    "Date,Open,High,Low,Close,Adj Close,Volume",
    lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.close},{b.volume}",
)
#: Sessions of the end of December 2023, next to the first stored ones, as traded then.
LAST_OF_2023 = [
    Real("2023-12-27", "495.11", "496.80", "490.85", "494.17", "23364790"),
    Real("2023-12-28", "496.43", "498.84", "494.12", "495.22", "24658690"),
    Real("2023-12-29", "498.13", "499.97", "487.51", "495.22", "38868980"),
]


@pytest.mark.parametrize("name", ["us_NVDA.csv", "sina_NVDA.csv"])
def test_a_plain_table_as_traded_is_told_by_the_stored_session_next_to_it(
    take: Take, write: Write, store: None, stored: Stored, name: str
) -> None:
    report = take(write(name, PLAIN(LAST_OF_2023))).files[0]

    assert [row[1:4] for row in stored(report)][-1] == ("raw", "2023-12-29", 495.22)


def test_a_stale_basis_without_a_day_in_common_is_refused_and_the_hint_works(
    take: Take, write: Write, store: None, stored: Stored
) -> None:
    file = write("NVDA.csv", CAPITAL(LAST_OF_2023))

    report = take(file).files[0]

    assert report.status == "refused"
    assert "so says the step to the stored session of 2024-01-02" in report.reason
    said = take(file, adjustment="raw").files[0]
    assert {row[1] for row in stored(said)} == {"raw"}


def test_two_new_days_join_the_stored_series(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    name, text = NVDA_LAYOUTS["stooq"]

    report = take(write(name, text(bars("NVDA", "2025-12-22", "2025-12-23")))).files[0]

    assert [row[1:3] for row in stored(report)] == [("split", "2025-12-22"),
                                                    ("split", "2025-12-23")]  # fmt: skip


def test_withdrawn_closes_are_no_evidence(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    name, text = NVDA_LAYOUTS["stooq"]
    taken_back = "".join(
        f"NVDA,XNAS,{b.day},split,{b.open},{b.high},{b.low},{b.close},{b.volume},USD,2026-01-02,"
        "T,seen-secondary,true\n"
        for b in bars("NVDA", "2025-12-01", "2025-12-19")
    )
    take(write("back.csv", f"{TIDY.strip()},is_withdrawn\n{taken_back}"))

    report = take(write(name, text(bars("NVDA", "2025-12-22", "2025-12-23")))).files[0]

    assert report.status == "refused"
    assert "--adjustment" in report.way_out


def a_day_early(ours: Sequence[Real]) -> list[Real]:
    day = dt.timedelta(days=1)
    return [b._replace(day=str(dt.date.fromisoformat(b.day) - day)) for b in ours]


def test_days_cut_from_utc_are_refused_by_the_next_stored_session(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    ours = restated(a_day_early(bars("688256", "2025-11-18", "2025-11-21")))

    report = take(write("688256.SS.csv", CAPITAL(ours))).files[0]

    assert report.status == "refused"
    assert "one early: on 4 day(s) its closes of 688256 are those of the next" in report.reason


def test_days_cut_from_utc_are_refused_by_their_weekdays_alone(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    ours = a_day_early(bars("688802", "2026-05-25", "2026-06-05"))

    report = take(write("688802.SS.csv", CAPITAL(ours))).files[0]

    assert "have Sundays and no Friday" in report.reason


def test_a_first_bar_before_the_listing_shows_days_that_are_one_early(
    take: Take, write: Write, store: None, bars: Bars, held_back: HeldBack
) -> None:
    first = bars("688802", "2025-12-17", "2025-12-18")

    report = take(write("688802.SS.csv", CAPITAL(a_day_early(first)))).files[0]
    assert "688802 was first traded on 2025-12-17" in report.reason

    long_before = first[0]._replace(day="2025-12-01")
    other = take(write("688802.SS.csv", CAPITAL([long_before, *first]))).files[0]
    assert held_back(other)["rule"].to_list() == ["before_listing"]


def wide(new_york: Sequence[Real], shanghai: Sequence[Real]) -> str:
    names = ("Adj Close", "Close", "High", "Low", "Open", "Volume")
    header = [",".join(["Price", *(n for n in names for _ in range(2))]),
              ",".join(["Ticker", *(["688256.SS", "NVDA"] * len(names))]),
              "Date" + "," * 2 * len(names)]  # fmt: skip

    def cells(b: Real) -> list[str]:
        return [b.close, b.close, b.high, b.low, b.open, b.volume]

    by_day = {b.day: b for b in new_york}
    rows = [
        ",".join([b.day, *(v for pair in zip(cells(b), cells(by_day[b.day]), strict=True)
                           for v in pair)])
        for b in shanghai
        if b.day in by_day
    ]  # fmt: skip
    return "\n".join([*header, *rows]) + "\n"


def test_of_several_tickers_only_the_one_concerned_is_refused_and_the_hint_works(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored, held_back: HeldBack
) -> None:
    span = ("2025-11-17", "2025-12-19")
    file = write("prices.csv", wide(bars("NVDA", *span), bars("688256", *span)))

    report = take(file).files[0]

    assert {row[:2] for row in stored(report)} == {("NVDA", "split")}
    rows = held_back(report)
    assert set(rows["rule"]) == {"ticker_refused"}
    assert "of 688256" in rows["reason"][0]
    assert "Say --adjustment raw" in rows["reason"][0]
    said = take(file, adjustment="raw").files[0]
    assert ("688256", "raw") in {row[:2] for row in stored(said)}


def test_closes_alone_of_two_tickers_are_told_by_the_store(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    span = ("2025-12-01", "2025-12-12")
    pairs = zip(restated(bars("688256", *span)), bars("NVDA", *span), strict=True)
    text = "Date,688256.SS,NVDA\n" + "".join(f"{a.day},{a.close},{b.close}\n" for a, b in pairs)

    report = take(write("closes.csv", text)).files[0]

    assert report.rows_quarantined == 0
    assert {row[:2] for row in stored(report)} == {("688256", "split"), ("NVDA", "split")}


def test_a_day_repeated_from_a_live_quote_is_one_bar(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    *_, last = ours = bars("NVDA", "2025-12-22", "2025-12-30")
    live = last._replace(volume=str(int(last.volume) - 1000))

    report = take(write("NVDA.csv", CAPITAL([*ours, live]))).files[0]

    assert stored(report)[-1][2:] == (last.day, float(last.close), int(last.volume))
    assert [(f.rule, f.count) for f in report.findings][:1] == [("repeated_day", 1)]


def test_a_field_a_hundred_times_the_rest_holds_its_row_back(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    first, *rest = bars("NVDA", "2025-12-22", "2025-12-30")
    slipped = first._replace(high=str(float(first.high) * 100))

    report = take(write("NVDA.csv", CAPITAL([slipped, *rest]))).files[0]

    assert [(f.rule, f.first_line) for f in report.findings][:1] == [("prices_in_one_unit", 2)]


@pytest.mark.parametrize(("times", "unit"), [(0.01, "lots"), (0.001, "thousands")])
def test_volumes_far_from_the_stored_ones_are_refused(
    take: Take, write: Write, store: None, bars: Bars, times: float, unit: str
) -> None:
    ours = [b._replace(volume=str(int(int(b.volume) * times)))
            for b in bars("NVDA", "2025-12-01", "2025-12-19")]  # fmt: skip

    report = take(write("NVDA.csv", CAPITAL(ours))).files[0]

    assert report.status == "refused"
    assert f"{times:g} times those of NVDA in the store on 15 of 15 days" in report.reason
    assert unit in report.way_out


def test_one_volume_far_from_the_stored_one_holds_its_row_back(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    first, *rest = bars("NVDA", "2025-12-01", "2025-12-19")
    slipped = first._replace(volume=str(int(first.volume) * 100))

    report = take(write("NVDA.csv", CAPITAL([slipped, *rest]))).files[0]

    assert [(f.rule, f.first_line) for f in report.findings][:1] == [("volume_unit", 2)]


def test_a_unit_that_nothing_shows_is_asked_for_and_the_answer_is_taken(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    name, text = MAINLAND["mootdx"]
    file = write(name, text(bars("688256", "2024-06-03", "2024-06-21")))

    report = take(file, adjustment="raw").files[0]
    assert "does not say whether its volumes are in shares or in lots" in report.reason
    assert "--volume-unit" in report.way_out

    said = take(file, adjustment="raw", volume_unit="lots").files[0]
    assert stored(said)[0][4] % 100 == 0
    assert "The column volume.1 was not read: another one is the volume." in said.assumed


def test_a_fraction_of_a_share_and_an_unknown_unit_are_not_guessed(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    first, *rest = bars("NVDA", "2025-12-22", "2025-12-30")
    slipped = first._replace(volume="144.719")

    report = take(write("NVDA.csv", CAPITAL([slipped, *rest]))).files[0]
    assert [(f.rule, f.first_line) for f in report.findings][:1] == [("volume|not_whole", 2)]

    text = CAPITAL(rest).replace("Volume", "Volume (pallets)")
    other = take(write("b_NVDA.csv", text)).files[0]
    assert "'pallets', a unit that is not known" in other.reason


def test_a_column_that_may_be_a_volume_and_is_not_read_is_told(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    text = CAPITAL(bars("NVDA", "2025-12-22", "2025-12-30")).replace("Volume", "Shares Traded")

    report = take(write("NVDA.csv", text)).files[0]

    assert "No volume was read: Shares Traded is a column that is not known as one." in (
        report.assumed
    )


def test_prices_of_one_group_of_three_are_told_by_the_store_or_asked_for(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    def three(text: str) -> str:
        return f"{float(text):.3f}".replace(".", ",")

    text = of_lines(
        "Date;Open;High;Low;Close;Adj Close;Volume",
        lambda b: f"{b.day};{three(b.open)};{three(b.high)};{three(b.low)};{three(b.close)};"
                  f"{three(b.close)};{b.volume}",
    )  # fmt: skip
    ours = bars("NVDA", "2025-12-22", "2025-12-30")

    report = take(write("NVDA.csv", text(ours))).files[0]
    assert stored(report)[0][3] == float(ours[0].close)
    assert any("so say the closes in the store" in said for said in report.assumed)

    other = write("000977.csv", text(ours))
    assert "--decimal" in take(other).files[0].way_out
    assert take(other, decimal="comma").files[0].rows_accepted == len(ours)


def test_the_order_of_day_and_month_may_be_said_of_a_table_like_yahoos(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    text = of_lines(
        "Date,Open,High,Low,Close,Adj Close,Volume",
        lambda b: f"{us(b)},{b.open},{b.high},{b.low},{b.close},{b.close},{b.volume}",
    )
    file = write("NVDA.csv", text(bars("NVDA", "2025-12-01", "2025-12-05")))

    assert "--date-order mdy" in take(file).files[0].way_out

    said = take(file, date_order="mdy").files[0]
    assert said.rows_quarantined == 0
    assert [row[2] for row in stored(said)] == [f"2025-12-0{n}" for n in range(1, 6)]


def test_a_code_that_lost_its_zeros_is_the_mainlands(
    take: Take, write: Write, store: None, stored: Stored
) -> None:
    text = (
        "日期,股票代码,开盘,收盘,最高,最低,成交量,成交额\n"
        "2025-12-09,977,62.90,62.40,63.30,62.00,500127,3133795782.0\n"
    )

    assert [row[0] for row in stored(take(write("hist.csv", text)).files[0])] == ["000977"]


@pytest.mark.parametrize("provider", [None, "akshare", "yahoo"])
def test_bars_come_as_parquet_too(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored, tmp_path: Path,
    provider: str | None,
) -> None:  # fmt: skip
    ours = bars("NVDA", "2025-12-22", "2025-12-30")
    numbers = {n.capitalize(): [float(getattr(b, n)) for b in ours]
               for n in ("open", "high", "low", "close")}  # fmt: skip
    frame = pl.DataFrame({
        "Date": pl.Series([b.day for b in ours]).str.to_datetime(time_zone="America/New_York"),
        **numbers,
        "Volume": [int(b.volume) for b in ours],
    })  # fmt: skip
    if provider == "akshare":
        frame = frame.rename({name: name.lower() for name in frame.columns})
    file = tmp_path / "NVDA.parquet"
    frame.write_parquet(file)

    report = take(file, **({"provider": provider} if provider else {})).files[0]

    assert report.status == "accepted", report.reason
    assert [row[2:] for row in stored(report)] == [
        (b.day, float(b.close), int(b.volume)) for b in ours
    ]


def test_a_split_that_is_not_on_record_is_named_and_the_hint_works(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    # 688802 as if it had been split 4 for 1 before its first stored day
    new = bars("688802", "2026-05-25", "2026-05-29")
    rows = "".join(
        f"688802,XSHG,{b.day},split,{b.open},{b.high},{b.low},{b.close},{b.volume},CNY,{b.day},T,"
        "seen-secondary\n"
        for b in new
    )
    take(write("after.csv", TIDY + rows))
    before = restated(bars("688802", "2026-05-20", "2026-05-22"), by=0.25)
    file = write("688802.csv", PLAIN(before))

    report = take(file).files[0]
    assert report.status == "refused"
    assert "a split that is not on record" in report.reason
    assert "corporate_actions" in report.way_out

    action = "688802,XSHG,2026-05-25,split,4,2026-05-25,T,seen-secondary\n"
    take(write("split.csv", ACTIONS.partition("\n")[0] + "\n" + action))
    assert {row[1] for row in stored(take(file).files[0])} == {"raw"}


def test_the_rows_of_one_ticker_are_let_in_by_a_replay_that_says_their_basis(
    con: duckdb.DuckDBPyConnection, home: Home, take: Take, write: Write, store: None, bars: Bars
) -> None:
    span = ("2025-11-17", "2025-12-19")
    report = take(write("prices.csv", wide(bars("NVDA", *span), bars("688256", *span)))).files[0]

    (done,) = replay(con, home, [report.batch_id], adjustment="raw")

    assert done.rows_quarantined == 0
    counts = con.execute(
        "select count(*) from raw_prices where symbol = '688256' and source_id = 'PX-YFINANCE'"
        " and adjustment = 'raw'"
    ).fetchall()
    assert counts == [(report.rows_quarantined,)]


def test_a_cut_code_of_a_mainland_table_is_never_hong_kongs(
    take: Take, write: Write, store: None, held_back: HeldBack
) -> None:
    take(write("hk.csv", LISTED.partition("\n")[0] + "\n0981,XHKG,equity,SMIC,中芯国际,HKD,,XHKG,"
               "2022-01-01,T,seen-secondary\n"))  # fmt: skip
    text = (
        "日期,股票代码,开盘,收盘,最高,最低,成交量,成交额\n"
        "2025-12-09,981,62.90,62.40,63.30,62.00,500127,3133795782.0\n"
    )

    assert held_back(take(write("hist.csv", text)).files[0])["rule"].to_list() == ["no_listing"]


def test_a_unit_in_the_header_that_the_store_is_against_is_refused(
    take: Take, write: Write, store: None, bars: Bars
) -> None:
    name, text = MAINLAND["akshare in shares"]
    lying = text(bars("688256", "2025-11-10", "2025-12-10")).replace("成交量【股】", "成交量(手)")

    report = take(write(name, lying)).files[0]

    assert "100 times those of 688256 in the store on 23 of 23 days" in report.reason
    assert take(write(name, lying), volume_unit="shares").files[0].status == "accepted"


def test_lots_of_new_york_are_of_a_hundred_and_those_of_hong_kong_are_asked_for(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored
) -> None:
    text = of_lines(
        "Date,Open,High,Low,Close,Adj Close,Vol(lots)",
        lambda b: f"{b.day},{b.open},{b.high},{b.low},{b.close},{b.close},{lots(b)}",
    )
    ours = bars("NVDA", "2025-12-22", "2025-12-30")
    report = take(write("NVDA.csv", text(ours))).files[0]
    assert abs(stored(report)[0][4] - int(ours[0].volume)) < 100

    take(write("hk.csv", LISTED.partition("\n")[0] + "\n0981,XHKG,equity,SMIC,中芯国际,HKD,,XHKG,"
               "2022-01-01,T,seen-secondary\n"))  # fmt: skip
    other = take(write("0981.HK.csv", text(ours))).files[0]
    assert "a lot has no one size on XHKG" in other.reason


@pytest.mark.parametrize("is_list", [True, False])
def test_bars_come_as_objects_of_json_too(
    take: Take, write: Write, store: None, bars: Bars, stored: Stored, is_list: bool
) -> None:
    ours = bars("NVDA", "2025-12-22", "2025-12-30")
    objects = [
        f'{{"date": "{b.day}T00:00:00.000Z", "close": {b.close}, "high": {b.high}, "low": {b.low},'
        f' "open": {b.open}, "volume": {b.volume}}}'
        for b in ours
    ]
    text = f"[{','.join(objects)}]" if is_list else "\n".join(objects)

    report = take(write("NVDA.json", text)).files[0]

    assert report.status == "accepted", report.reason
    assert [row[2:] for row in stored(report)] == [
        (b.day, float(b.close), int(b.volume)) for b in ours
    ]
