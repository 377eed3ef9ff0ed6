"""The bundled records: each file fits its contract, each id resolves, no trap is walked into."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import warehouse
from flows.ingest.contracts import KINDS, key_of

SEEDS = Path(warehouse.__file__).parent / "seeds"
FILES = sorted(SEEDS.glob("*.csv"))
LAST_DAY = dt.date(2026, 11, 22)


def kind_of(path: Path) -> str:
    return path.stem


def rows_of(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_contract(path: Path) -> pl.DataFrame:
    """The file as the contract's types, read as text first so that nothing is guessed."""
    text = pl.read_csv(path, infer_schema=False)
    typed: list[pl.Expr] = []
    for name, dtype in KINDS[kind_of(path)].create_empty().schema.items():
        if name == "line":
            typed.append((pl.int_range(pl.len()) + 2).cast(pl.Int64).alias(name))
        elif name not in text.columns:
            typed.append(pl.lit(None).cast(dtype).alias(name))
        elif dtype == pl.Boolean:
            typed.append(pl.col(name).replace_strict({"true": True, "false": False}).alias(name))
        elif dtype == pl.Date:
            typed.append(pl.col(name).str.to_date("%Y-%m-%d"))
        elif isinstance(dtype, pl.Datetime):
            typed.append(pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us"))
        else:
            typed.append(pl.col(name).cast(dtype))
    return text.select(typed)


def test_there_are_seeds_of_every_kind() -> None:
    assert {kind_of(path) for path in FILES} == set(KINDS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_fits_its_contract(path: Path) -> None:
    frame = as_contract(path)
    accepted, refused = KINDS[kind_of(path)].filter(frame)
    assert refused.counts() == {}
    assert len(accepted) == frame.height > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_are_plain_utf8_with_lf_and_no_stray_blanks(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    for row in csv.reader(raw.decode("utf-8").splitlines()):
        assert all(cell == cell.strip() for cell in row)


def test_every_source_named_is_in_sources_and_every_source_is_its_own() -> None:
    known = {row["key"] for row in rows_of("sources")}
    named = {
        id_ for path in FILES for row in rows_of(path.stem) for id_ in row["source_id"].split(";")
    }
    assert named <= known
    assert all(row["source_id"] == row["key"] for row in rows_of("sources"))


def test_ids_of_chips_events_rules_vendors_and_listings_resolve() -> None:
    chips = {row["chip_id"] for row in rows_of("chips")}
    for name in ("sales", "export_status", "export_stages", "chip_prices", "chip_conflicts"):
        assert {row["chip_id"] for row in rows_of(name)} - {""} <= chips
    fee_chips = {id_ for row in rows_of("fees") for id_ in row["chip_ids"].split(";")} - {""}
    assert fee_chips <= chips
    assert {row["event_id"] for row in rows_of("export_stages")} - {""} <= {
        row["event_id"] for row in rows_of("events")
    }
    assert {row["band_rule_id"] for row in rows_of("fees")} - {""} <= {
        row["rule_id"] for row in rows_of("rules")
    }
    vendors = {row["vendor"] for row in rows_of("companies")}
    for name in ("chips", "sales", "disclosures", "listings"):
        assert {row["vendor"] for row in rows_of(name)} - {""} <= vendors
    listed = {(row["symbol"], row["mic"]) for row in rows_of("listings")}
    priced = {(row["symbol"], row["mic"]) for row in rows_of("prices")}
    assert priced <= listed
    benchmarks = {row["benchmark_symbol"] for row in rows_of("listings")} - {""}
    assert benchmarks <= {symbol for symbol, _ in priced}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_published_in_the_future_and_no_version_twice(path: Path) -> None:
    key = [*key_of(kind_of(path)), "published_on"]
    rows = rows_of(path.stem)
    assert max(row["published_on"] for row in rows) <= LAST_DAY.isoformat()
    assert len({tuple(row[c] for c in key) for row in rows}) == len(rows)


def test_no_sale_is_known_before_its_period_is_over_but_estimates() -> None:
    early = [row["sale_id"] for row in rows_of("sales") if row["published_on"] <= row["period_end"]]
    assert early == ["huawei-cy2025-world-ascend-unspecified-units-semianalysis"]


def revenue(vendor: str, basis: str, region: str) -> dict[str, Decimal]:
    return {
        row["fiscal_period"]: Decimal(row["revenue"])
        for row in rows_of("sales")
        if (row["vendor"], row["basis"], row["region"], row["segment"])
        == (vendor, basis, region, "Total")
    }


@pytest.mark.parametrize("year", ["FY23", "FY24", "FY25"])
def test_nvidia_billing_quarters_sum_to_the_filed_year(year: str) -> None:
    china = revenue("NVIDIA", "billing", "China incl. HK")
    assert sum(china[f"{year}Q{q}"] for q in (1, 2, 3, 4)) == china[year]


def test_trap_9_headquarters_figures_are_not_known_before_the_filing_that_restated_them() -> None:
    restated = [
        row
        for row in rows_of("sales")
        if (row["vendor"], row["basis"], row["region"])
        == ("NVIDIA", "customer_hq", "China incl. HK")
    ]
    assert len(restated) == 14
    assert min(row["published_on"] for row in restated) == "2025-12-05"
    known: dict[str, list[str]] = {}
    for row in restated:
        known.setdefault(row["fiscal_period"], []).append(row["published_on"])
    assert known["FY25"] == ["2026-02-28"]
    assert known["FY26Q1"] == ["2026-05-20"]
    # worked out of the year at first, then printed as the comparative
    assert known["FY26Q2"] == ["2026-05-20", "2026-08-26"]
    assert known["FY27Q2"] == known["FY27H1"] == known["FY26H1"] == ["2026-08-26"]


def test_nvidia_by_headquarters_adds_up_and_is_apart_from_billing() -> None:
    """63,769 + 12,006 + 4,550 + 1,290 = 81,615; 12,430 - 4,550 = 7,880; FY26Q2: 3,985 and 2,769."""

    def members(period: str) -> dict[str, int]:
        return {
            row["region"]: int(row["revenue"]) // 10**6
            for row in rows_of("sales")
            if (row["vendor"], row["basis"], row["fiscal_period"])
            == ("NVIDIA", "customer_hq", period)
        }

    world = {
        row["fiscal_period"]: int(row["revenue"]) // 10**6
        for row in rows_of("sales")
        if (row["vendor"], row["region"], row["segment"]) == ("NVIDIA", "World", "Total")
    }
    for period in ("FY26Q2", "FY27Q1", "FY27Q2"):
        assert sum(members(period).values()) == world[period], period
    assert sum(members("FY26").values()) == 215_938
    hq = revenue("NVIDIA", "customer_hq", "China incl. HK")
    billing = revenue("NVIDIA", "billing", "China incl. HK")
    assert hq["FY27Q1"] + hq["FY27Q2"] == hq["FY27H1"] == 12_430 * 10**6
    assert hq["FY26Q1"] + hq["FY26Q2"] == hq["FY26H1"] == 13_644 * 10**6
    assert (hq["FY26Q2"], billing["FY26Q2"]) == (3_985 * 10**6, 2_769 * 10**6)
    assert "FY27Q2" not in billing


def test_trap_11_accumulated_filings_are_marked_as_such() -> None:
    for row in rows_of("sales"):
        spans = re.fullmatch(r"(FY\d+|FY\d+H1|\d{4}H1|\d{4}Q1-Q3)", row["fiscal_period"])
        own = row["confidence"] in {"derived", "seen-estimate"}
        assert (row["value_type"] == "ytd") == bool(spans and not own)


def test_trap_13_huawei_2025_keeps_its_three_counts() -> None:
    units = [
        int(r["units"])
        for r in rows_of("sales")
        if (r["vendor"], r["fiscal_period"]) == ("Huawei", "CY2025")
    ]
    assert sorted(units) == [200_000, 805_000, 812_000]


def test_the_h200_revenue_known_only_as_a_bound_stays_a_bound() -> None:
    (row,) = [r for r in rows_of("sales") if r["sale_id"] == "nvda-fy27q2-china-h200-unspecified"]
    assert (row["revenue"], row["revenue_low"], row["revenue_high"]) == ("", "0", "890000000")


def test_trap_7_the_duty_is_on_customs_value_and_the_revenue_shares_never_in_force() -> None:
    for row in rows_of("fees"):
        if row["status"] == "in_force" and Decimal(row["rate"]) > 0:
            assert row["base"] == "customs_value"
        if row["fee_id"].startswith("fee-15-"):
            assert (row["status"], row["effective_from"]) == ("announced", "")


def test_trap_5_the_duty_bands_are_strict_at_both_ends() -> None:
    bands = [row for row in rows_of("rules") if row["rule_id"].startswith("duty_band_")]
    assert len(bands) == 8
    assert {row["operator"] for row in bands} == {"<", ">"}


def test_trap_17_chips_without_a_datasheet_stay_blank() -> None:
    blank = {"amd-mi308x", "cam-mlu590", "cam-mlu690", "hyg-k100-ai", "hyg-bw1000", "mx-c550"}
    for row in rows_of("chips"):
        if row["chip_id"] in blank:
            assert not row["fp16_dense_tflops"]
            assert not row["memory_bandwidth_gbs"]
            assert row["confidence"] == "contested"


def test_short_names_find_one_chip() -> None:
    names = {(row["short_name"].lower(), row["chip_id"]) for row in rows_of("chips")}
    assert len({name for name, _ in names}) == len(names)
    assert {("h200", "nv-h200-sxm"), ("h20", "nv-h20-96"), ("h100", "nv-h100-sxm")} <= names


def prices(symbol: str) -> dict[str, dict[str, str]]:
    return {row["traded_on"]: row for row in rows_of("prices") if row["symbol"] == symbol}


def test_trap_15_closes_around_the_statement_are_those_of_the_two_price_files() -> None:
    assert prices("NVDA")["2025-12-08"]["close"] == "185.55"
    assert prices("NVDA")["2025-12-09"]["close"] == "184.97"
    assert prices("688256")["2025-12-09"]["close"] == "1436"


@pytest.mark.parametrize("symbol", ["688256", "688041", "688795", "688802"])
def test_a_shares_leave_out_the_intraday_snapshots_and_count_whole_shares(symbol: str) -> None:
    bars = prices(symbol)
    assert not {"2025-12-30", "2026-01-20"} & set(bars)
    assert {row["adjustment"] for row in bars.values()} == {"raw"}
    assert all(row["volume"].isdigit() for row in bars.values())
    assert max(bars) == "2026-10-09"


def test_the_cambricon_action_explains_the_jump_of_its_ex_day() -> None:
    bars = prices("688256")
    (action,) = [r for r in rows_of("corporate_actions") if r["symbol"] == "688256"]
    before = Decimal(bars["2026-05-07"]["close"])
    after = Decimal(bars[action["ex_on"]]["close"])
    assert after / before - 1 < Decimal("-0.36")
    assert abs(after / (before / Decimal(action["price_ratio"])) - 1) < Decimal("0.06")


def test_every_trading_day_of_a_price_file_is_a_session_of_its_exchange() -> None:
    sessions = {(row["mic"], row["session_on"]) for row in rows_of("sessions")}
    calendars = {(r["symbol"], r["mic"]): r["calendar_mic"] for r in rows_of("listings")}
    for row in rows_of("prices"):
        assert (calendars[row["symbol"], row["mic"]], row["traded_on"]) in sessions


def test_the_dollar_rates_are_the_cross_of_the_two_published_ones() -> None:
    rates: dict[Any, Decimal] = {
        (row["currency"], row["rate_on"]): Decimal(row["usd_rate"]) for row in rows_of("fx")
    }
    assert rates["EUR", "2026-10-30"] == Decimal("1.1172")
    assert rates["CNY", "2026-10-30"] == round(Decimal("1.1172") / Decimal("7.4326"), 10)


def test_every_event_fee_and_claim_speaks_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for name, columns in (
        ("events", ["title_zh"]),
        ("fees", ["title_zh"]),
        ("claims", ["claim_zh", "definition_zh", "quote_zh"]),
        ("companies", ["vendor_zh"]),
        ("listings", ["title_zh"]),
        ("export_stages", ["detail_zh"]),
    ):
        for row in rows_of(name):
            assert all(han.search(row[column]) for column in columns if row[column] != "AMD"), row
    for row in rows_of("events"):
        assert bool(row["summary"]) == bool(row["summary_zh"])


def test_all_ten_claims_of_the_article_are_there_each_with_a_plain_reading() -> None:
    claims = rows_of("claims")
    assert {row["claim_id"] for row in claims} == {f"C{n}" for n in range(1, 11)}
    for claim_id in {row["claim_id"] for row in claims}:
        assert any(r["is_the_claims_own"] == "true" for r in claims if r["claim_id"] == claim_id)


def test_chip_measures_named_by_claims_are_columns_of_chips_that_hold_a_figure() -> None:
    chips = {row["chip_id"]: row for row in rows_of("chips")}
    for row in rows_of("claims"):
        for measure in (row["measure_a"], row["measure_b"]):
            if measure.startswith("chip.") and not measure.endswith(".tpp"):
                _, chip_id, column = measure.split(".")
                assert chips[chip_id][column]
