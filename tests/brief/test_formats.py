"""Numbers, money, dates and periods are written as the readers of each language write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from flows.brief import formats
from flows.brief.language import language
from warehouse.errors import WrongUse

EN, ZH = language("en"), language("zh")
D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        (D("4550000000"), "USD", "$4.55 billion", "45.5亿美元"),
        (D("890000000.00"), "USD", "$890 million", "8.9亿美元"),
        (D("4510000000000"), "USD", "$4.51 trillion", "4.51万亿美元"),
        (D("27000"), "USD", "$27,000", "2.7万美元"),
        (D("1400000"), "CNY", "CNY 1.4 million", "140万元"),
        (D("60000000"), "USD", "$60 million", "6000万美元"),
        (D("-180000000"), "USD", "−$180 million", "−1.8亿美元"),
        (D("0"), "USD", "$0", "0美元"),
        (None, "USD", "–", "–"),
    ],
)
def test_money_is_scaled_as_its_readers_count(
    amount: Decimal | None, currency: str, english: str, chinese: str
) -> None:
    assert formats.money(EN, amount, currency) == english
    assert formats.money(ZH, amount, currency) == chinese


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (D(0), D(890000000), "$0–890 million", "0～8.9亿美元"),
        (D(27000), D(28000), "$27,000–28,000", "2.7万～2.8万美元"),
        (D(5000), D(5000), "$5,000", "5000美元"),
        (None, D(890000000), "at most $890 million", "不超过8.9亿美元"),
        (D(890000000), None, "at least $890 million", "不低于8.9亿美元"),
        (None, None, "–", "–"),
    ],
)
def test_a_range_of_money_has_one_unit(
    low: Decimal | None, high: Decimal | None, english: str, chinese: str
) -> None:
    assert formats.money_span(EN, low, high) == english
    assert formats.money_span(ZH, low, high) == chinese


def test_a_table_keeps_one_unit_a_column() -> None:
    assert formats.money_cell(EN, D("4550000000")) == "4.55"
    assert formats.money_cell(ZH, D("4550000000")) == "45.5"
    assert formats.money_cell_span(EN, D(0), D("890000000")) == "0.00–0.89"


def test_percent_ranges() -> None:
    assert formats.span(EN, D(10), D(25), unit="%") == "10–25%"
    assert formats.span(ZH, D(10), D(25), unit="%") == "10%～25%"
    assert formats.span(EN, D(-3), D(3), unit="%") == "−3 to 3%"


def test_rounding_is_half_up_and_minus_is_a_minus() -> None:
    assert formats.percent(EN, D("0.125"), 2) == "0.13%"
    assert formats.number(EN, D("-0.3126"), 2, sign=True) == "−0.31"
    assert formats.number(EN, D("-0.001"), 1) == "0.0"
    assert formats.ratio(EN, D("6.685811")) == "6.69×"
    assert formats.ratio(ZH, D("6.685811")) == "6.69倍"


@pytest.mark.parametrize(
    ("precision", "english", "chinese"),
    [
        ("day", "8 Dec 2025", "2025年12月8日"),
        ("month", "Dec 2025", "2025年12月"),
        ("quarter", "Q4 2025", "2025年第四季度"),
        ("year", "2025", "2025年"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(precision: str, english: str, chinese: str) -> None:
    day = dt.date(2025, 12, 8)

    assert formats.day(EN, day, precision) == english
    assert formats.day(ZH, day, precision) == chinese


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("FY27Q1", "Q1 FY27", "2027财年第一季度"),
        ("2025H1", "H1 2025", "2025年上半年"),
        ("2026Q1", "Q1 2026", "2026年第一季度"),
        ("FY2025", "FY2025", "2025财年"),
        ("2025", "2025", "2025年"),
        ("after H200", "after H200", "H200放行后"),
    ],
)
def test_a_period_is_named_as_on_the_mainland(name: str, english: str, chinese: str) -> None:
    assert formats.period(EN, name) == english
    assert formats.period(ZH, name) == chinese


def test_days_do_not_say_the_year_twice() -> None:
    start, end = dt.date(2026, 1, 26), dt.date(2026, 4, 26)

    assert formats.days(EN, start, end) == "26 Jan–26 Apr 2026"
    assert formats.days(ZH, start, end) == "2026年1月26日—4月26日"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("第232条:对两档芯片加征25%从价关税", "第232条：对两档芯片加征25%从价关税"),
        ("英伟达(NVIDIA)", "英伟达（NVIDIA）"),
        ("总处理性能(TPP)之比", "总处理性能（TPP）之比"),
        ("推定拒绝,逐案审查", "推定拒绝，逐案审查"),
        ("TPP 15,832 (H200)", "TPP 15,832 (H200)"),
        ("TPP<21,000且带宽<6,500", "TPP<21,000且带宽<6,500"),
    ],
)
def test_stops_beside_chinese_are_full_width_and_numbers_are_left(typed: str, printed: str) -> None:
    assert formats.full_width(typed) == printed


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(WrongUse, match="Choose of en, zh"):
        language("de")


def test_an_amount_that_is_not_zero_is_never_written_as_zero() -> None:
    assert formats.money_cell(language("en"), Decimal(3_600_000)) == "0.004"
    assert formats.money_cell(language("en"), Decimal(0)) == "0.00"


def test_both_languages_write_an_amount_to_the_same_figures() -> None:
    assert formats.money(language("en"), Decimal(222_500_000)) == "$222.5 million"
    assert formats.money(language("zh"), Decimal(222_500_000)) == "2.225亿美元"
