"""What chip, compare, fee and claims say, in both languages and as of a day."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = "2026-11-23T08:00:00+00:00"


@pytest.fixture
def ask(briefed_home: Path) -> Callable[..., str]:
    """What a command prints on a wide terminal; in this process, for there are many."""

    def run(*words: str) -> str:
        done = CliRunner().invoke(
            app,
            ["--home", str(briefed_home), *words],
            env={"COLUMNS": "240", "CHIPBRIEF_NOW": NOW},
            catch_exceptions=False,
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


@pytest.fixture
def says(ask: Callable[..., str]) -> Callable[..., str]:
    """The same with runs of blanks as one."""
    return lambda *words: re.sub(r"[ \t]+", " ", ask(*words))


def _scenario(answer: Any, base: str, passed: float) -> Any:
    (row,) = (
        s
        for s in answer["scenarios"]
        if (s["base"], s["pass_through"], s["rate"]) == (base, passed, 0.25)
    )
    return row


def test_trap_5_every_edge_within_one_percent_is_listed_with_what_would_turn_it(
    says: Callable[..., str],
) -> None:
    told = says("chip", "MI325X")

    assert "Case-by-case review zone TPP < 21,000 20,919.2 met −0.38%" in told
    assert "Section 232 duty band 2 TPP > 20,800 20,919.2 met +0.57%" in told
    assert "Section 232 duty band 2 TPP < 21,100 20,919.2 met −0.86%" in told
    assert "TPP 20,919.2 → inside TPP 20,800 → outside TPP > 20,800 contested" in told
    assert "TPP 20,800 → outside TPP > 20,800 dense rates rounded to 2 figures" in told
    assert "TPP 21,000 → outside TPP < 21,000 TPP rounded to 2 figures" in told


def test_trap_6_h20_needs_a_licence_below_every_threshold_by_a_dated_letter(
    says: Callable[..., str],
) -> None:
    told = says("chip", "H20", "--as-of", "2025-04-20")

    assert (
        "Below every threshold of 3A090, and a US licence is needed all the same:"
        " by the letter of 9 Apr 2025 (made public on 15 Apr 2025)."
    ) in told
    assert "is-informed letter to NVIDIA" in told
    assert "虽低于3A090的全部阈值，仍须美国许可：依据2025年4月9日的函件" in says(
        "chip", "H20", "--as-of", "2025-04-20", "--lang", "zh"
    )


def test_trap_8_a_statement_is_not_in_effect(says: Callable[..., str]) -> None:
    told = says("chip", "H200", "--as-of", "2025-12-20")

    assert "Announced on 8 Dec 2025, not in effect on 20 Dec 2025" in told
    assert "case-by-case review, import duty" not in told
    assert "duty band none no duty in force" in told


def test_trap_17_what_is_missing_is_named(says: Callable[..., str]) -> None:
    told = says("chip", "MI308X")

    assert "TPP – unknown, because no dense rate is on record" in told
    assert "3A090 unknown unknown, because not on record: dense compute rates" in told
    assert "not on record: dense compute rates, memory bandwidth" in told
    assert "FP16, dense 653.7 TFLOPS → met" in told


def test_a_class_that_hinges_on_the_die_area_says_at_which_area(says: Callable[..., str]) -> None:
    told = says("chip", "MLU370-X8")

    assert "3A090 needs die area unknown, because not on record: die area" in told
    assert "performance density ≥ 5.92 met if die area ≤ 346 mm²" in told


def test_trap_1_a_sparse_rate_is_named_as_what_would_turn_the_answer(
    says: Callable[..., str],
) -> None:
    told = says("chip", "H200")

    assert "FP8, dense 3,958 TFLOPS → outside" in told
    assert "sparse: halve before comparing or computing TPP" in told


def test_answers_as_of_the_published_day_are_the_published_answers(
    ask: Callable[..., str],
) -> None:
    for words in (["chip", "MI325X"], ["compare", "H200", "H20"], ["claims"]):
        published, again = (
            json.loads(ask(*words, *day, "--json")) for day in ([], ["--as-of", "2026-11-22"])
        )
        assert published
        assert published == again, words


def test_claims_and_comparisons_know_no_later_record(ask: Callable[..., str]) -> None:
    told = json.loads(ask("claims", "C6", "--as-of", "2026-03-01", "--json"))
    verdicts = {row["definition_id"]: row["verdict"] for row in told}

    assert verdicts["F"] == "cannot_verify"
    assert {"C", "D", "E"} & set(verdicts) == set()
    with pytest.raises(WrongUse, match="No chip is called 'H200'"):
        ask("compare", "H200", "H20", "--as-of", "2023-11-10")


def test_trap_7_the_fee_of_h200_in_three_columns_worked_out_by_hand(
    ask: Callable[..., str],
) -> None:
    """27,000 × 1,000 = 27,000,000; 25% of it 6,750,000; of nothing known, 0."""
    words = ("fee", "H200", "--price", "27000", "--units", "1000", "--json")
    later, earlier = (
        json.loads(ask(*words, "--as-of", day)) for day in ("2026-08-01", "2025-12-20")
    )

    duty, said = later["laws"]
    assert (duty["fee_id"], duty["status"], duty["base"]) == (
        "fee-232-b1", "in_force", "customs_value"
    )  # fmt: skip
    assert (duty["in_force_low_usd"], duty["in_force_high_usd"]) == (0, 6750000)
    assert duty["assumption"] == "customs_value_between_zero_and_revenue"
    assert duty["announced_high_usd"] is None
    assert "Learning Resources" in duty["challenge"]
    assert (said["status"], said["in_force_high_usd"], said["announced_high_usd"]) == (
        "superseded", None, None
    )  # fmt: skip
    (only,) = earlier["laws"]
    assert (only["fee_id"], only["status"], only["payer"]) == (
        "fee-25-h200-announced", "announced", "unspecified"
    )  # fmt: skip
    assert only["in_force_high_usd"] is only["announced_high_usd"] is None
    assert only["press_formula_usd"] == duty["press_formula_usd"] == 6750000
    statuses = {s["instrument_status"] for s in earlier["scenarios"] if s["rate"] == 0.25}
    assert statuses == {"announced_base_unstated"}


def test_the_closed_forms_at_a_margin_of_71_percent_worked_out_by_hand(
    ask: Callable[..., str],
) -> None:
    """c = 0.29 × 27,000 = 7,830: the table of the field's own arithmetic."""
    answer = json.loads(
        ask("fee", "H200", "--price", "27,000", "--units", "1000", "--cost", "7830",
            "--as-of", "2026-08-01", "--json")
    )  # fmt: skip

    absorbed = _scenario(answer, "seller_revenue", 0)
    assert (absorbed["gross_margin_pct"], absorbed["net_margin_pct"]) == (46, 61.3333)
    assert (absorbed["break_even_multiple"], absorbed["break_even_units"]) == (1.5435, 1544)
    assert absorbed["hold_margin_price_usd"] == 7830 / 0.04 == 195750
    assert _scenario(answer, "seller_revenue", 0.5)["landed_change_pct"] == 16.6667
    held = _scenario(answer, "seller_revenue", 1)
    assert (held["landed_cost_usd"], held["net_revenue_per_unit_usd"]) == (36000, 27000)
    duty = _scenario(answer, "customs_value_at_price", 1)
    assert (duty["landed_cost_usd"], duty["fee_share_of_outlay_pct"]) == (33750, 20)
    at_cost = _scenario(answer, "customs_value_at_transfer_price", 0)
    assert (at_cost["fee_per_unit_usd"], at_cost["fee_total_usd"]) == (1957.5, 1957500)
    assert answer["laws"][0]["in_force_low_usd"] == 1957500


def test_the_fee_says_how_weak_its_cost_is_and_what_no_price_can_hold(
    says: Callable[..., str],
) -> None:
    recorded = says("fee", "H200", "--price", "27000", "--units", "1000")
    unknown = says("fee", "H200", "--price", "27000", "--units", "1000", "--as-of", "2026-08-01")

    assert "Unit cost $4,250 is a weak estimate on record (COST, estimate)" in recorded
    assert "Price that holds the gross margin: none, no price holds the margin" in recorded
    assert "$1.063–6.75 million" in recorded
    assert "No unit cost was on record on that day" in unknown
    assert "In dispute: Section 232 stands" in unknown


def test_trap_14_the_terminal_counts_in_wan_in_chinese(says: Callable[..., str]) -> None:
    told = says("fee", "H200", "--price", "27000", "--units", "1000", "--lang", "zh")

    assert "合计2700万美元" in told
    assert "106.3万～675万美元" in told
    assert "第232条关税第一档" in told


def test_chinese_answers_hold_no_english_sentence(says: Callable[..., str]) -> None:
    told = says("compare", "H200", "H20", "--lang", "zh") + says("claims", "--lang", "zh")

    assert "6.69倍" in told
    assert "口径不一致" in told
    assert "部分属实" in told
    assert re.findall(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", told) == []


def test_the_language_of_the_settings_is_the_default(
    briefed_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "chipbrief.toml").write_text('languages = ["zh"]\n')

    assert "属实" in run_chipbrief(briefed_home, "claims", "C9", cwd=tmp_path).stdout


def test_a_claim_in_parts_says_which_hold_and_a_share_has_no_sign(
    says: Callable[..., str],
) -> None:
    parts, share = says("claims", "C10"), says("claims", "C7")

    assert "and rose: Partly true" in parts
    assert "this part holds: B · Moore Threads rose on 9 December" in parts
    assert "this part fails: D · Moore Threads did not move much on 9 December" in parts
    assert "“Not much” is our reading: within 3% either way." in parts
    assert "55% 50–60% holds" in share
    assert "+55" not in share
