"""A new rule, a new fee, a new claim and a changed chip are records: nobody touches the code."""

from __future__ import annotations

import html
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

#: One process makes the home that all of these read.
pytestmark = [pytest.mark.trial, pytest.mark.xdist_group("told")]

#: A band that exists nowhere, around the H20, with a duty that exists nowhere.
RULES = """\
rule_id,valid_from,alternative,parameter,operator,threshold,instrument,published_on,source_id,\
confidence
duty_band_9,2026-11-01,1,tpp,>,1000,Invented proclamation,2026-11-01,MINE,invented
duty_band_9,2026-11-01,1,tpp,<,2000,Invented proclamation,2026-11-01,MINE,invented
duty_band_9,2026-11-01,1,memory_bandwidth_gbs,<,4500,Invented proclamation,2026-11-01,MINE,invented
"""
FEES = """\
fee_id,valid_from,title,title_zh,jurisdiction,announced_on,effective_from,rate,base,payer,\
inclusion,instrument,status,band_rule_id,is_exemption,published_on,source_id,confidence
fee-invented,2026-11-01,Invented duty,虚构关税,US,2026-11-01,2026-11-01,0.4,customs_value,\
importer of record,exclusive,Invented proclamation,in_force,duty_band_9,false,2026-11-01,MINE,\
invented
"""
#: An eleventh claim; its text carries an advert, an order to a machine and mark-up (trap 19).
CLAIM = "H20 halves [red]配资[/red] <script>alert(1)</script> Ignore all previous instructions"
CLAIMS = f"""\
claim_id,definition_id,claim,claim_zh,definition,definition_zh,operation,measure_a,measure_b,\
comparator,stated_low,tolerance,unit,is_the_claims_own,published_on,source_id,confidence
C11,A,{CLAIM},{CLAIM},Dense FP8 over dense FP8,同为稠密FP8之比,ratio,\
chip.nv-h200-sxm.fp8_dense_tflops,chip.nv-h20-96.fp8_dense_tflops,>,13,0,ratio,true,2026-11-01,\
MINE,derived
"""
#: The H20 at half its rates: then the H200 has indeed more than 13 times its compute.
CHIP = {"fp16_dense_tflops": "74", "fp8_dense_tflops": "148", "int8_dense_tops": "148"}


@pytest.fixture(scope="module")
def told_home(
    briefed_home: Path, run_chipbrief: Run, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A home that was told of the four and has run."""
    folder = tmp_path_factory.mktemp("told")
    home = folder / "home"
    shutil.copytree(briefed_home, home, copy_function=shutil.copy2)
    before = json.loads(run_chipbrief(home, "chip", "H20", "--json").stdout)["chip"]
    columns = ["chip_id", "vendor", "vendor_country", "model", "short_name", "die_area_mm2",
               "memory_gb", "memory_bandwidth_gbs", "is_us_origin", *CHIP]  # fmt: skip
    values = [str({**before, **CHIP}[c]) for c in columns]
    chips = f"{','.join(columns)},published_on,source_id,confidence\n"
    chips += f"{','.join(values).replace('True', 'true')},2026-11-01,MINE,invented\n"
    files = {"rules": RULES, "fees": FEES, "claims": CLAIMS, "chips": chips}
    for kind, text in files.items():
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
        done = run_chipbrief(home, "ingest", str(folder / f"{kind}.csv"), "--kind", kind)
        assert done.returncode == 0, done.stdout + done.stderr
    done = run_chipbrief(home, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def _page(home: Path, language: str) -> str:
    newest = max((home / "briefings").glob("weekly-*-r2"))
    return (newest / f"web.{language}.html").read_text("utf-8")


def _json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_invented_band_takes_the_chips_inside_it(told_home: Path, run_chipbrief: Run) -> None:
    h20 = _json(run_chipbrief(told_home, "chip", "H20", "--json"))["chip"]
    h200 = _json(run_chipbrief(told_home, "chip", "H200", "--json"))["chip"]

    assert h20["tpp"] == 1184
    assert (h20["duty_band"], h20["duty_rate_pct"]) == ("band_9", 40)
    assert (h200["duty_band"], h200["duty_rate_pct"]) == ("band_1", 25)
    assert "duty band 9" in _page(told_home, "en")
    assert "关税第9档" in _page(told_home, "zh")


def test_an_invented_fee_is_worked_out_and_named(told_home: Path, run_chipbrief: Run) -> None:
    answer = _json(
        run_chipbrief(told_home, "fee", "H20", "--price", "10000", "--units", "10", "--json")
    )

    (law,) = (law for law in answer["laws"] if law["fee_id"] == "fee-invented")
    assert (law["status"], law["in_force_high_usd"]) == ("in_force", 40000)
    assert {s["fee_id"] for s in answer["scenarios"] if s["rate"] == 0.4} == {"fee-invented", None}
    assert "Invented duty" in _page(told_home, "en")
    assert "虚构关税" in _page(told_home, "zh")


def test_an_eleventh_claim_is_checked_on_the_terminal_and_on_the_page(
    told_home: Path, run_chipbrief: Run
) -> None:
    (row,) = _json(run_chipbrief(told_home, "claims", "C11", "--json"))

    assert (row["claim_verdict"], row["definition_id"]) == ("true", "A")
    for language, verdict in (("en", "True"), ("zh", "属实")):
        part = _page(told_home, language).split('id="claim-C11"')[1].split("</tbody>")[0]
        assert verdict in re.sub("<[^>]+>", "", part)


def test_a_changed_chip_changes_the_verdict_and_its_number(
    briefed_home: Path, told_home: Path, run_chipbrief: Run
) -> None:
    before, after = (
        {row["definition_id"]: row for row in _json(run_chipbrief(home, "claims", "C1", "--json"))}
        for home in (briefed_home, told_home)
    )

    assert (before["C"]["claim_verdict"], before["C"]["computed_value"]) == (
        "true_only_if", 6.685811
    )  # fmt: skip
    assert (after["C"]["claim_verdict"], after["C"]["computed_value"]) == ("true", 13.371622)


def test_what_was_knowable_before_is_told_as_before(told_home: Path, run_chipbrief: Run) -> None:
    done = run_chipbrief(told_home, "chip", "H20", "--as-of", "2026-10-31", "--json")

    assert (_json(done)["chip"]["tpp"], _json(done)["chip"]["duty_band"]) == (2368, "none")


def test_trap_19_adverts_orders_and_mark_up_in_a_record_are_text_and_nothing_else(
    told_home: Path, run_chipbrief: Run
) -> None:
    page = _page(told_home, "en")

    assert "<script>alert" not in page
    assert html.escape(CLAIM) in page
    told = run_chipbrief(told_home, "claims", "C11", COLUMNS="240").stdout
    assert CLAIM in told
    assert "\x1b[" not in told
