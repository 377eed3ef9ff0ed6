"""Rows that a contract lets in stop no briefing, whatever other records they contradict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

PRICES = "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,"
SHARES = "publisher,period,scope,measure,vendor,kind,share_low_pct,share_high_pct,"
SHARES += "published_precision,"
STATUS = "chip_id,jurisdiction,effective_from,effective_from_precision,status,"
FEES = "fee_id,valid_from,title,title_zh,jurisdiction,announced_on,effective_from,rate,base,payer,"
FEES += "inclusion,instrument,status,band_rule_id,is_exemption,"
TAIL = "published_on,source_id,confidence\n"

#: Lawful files whose records contradict each other or those on record: kind, text, the key and the
#: rule that is told of one of them, and its line.
FED = {
    "a_bar_beyond_its_price_limit": (
        "prices",
        PRICES + TAIL + "688256,XSHG,2026-10-12,raw,1985.5,1999.5,1970.25,1985.99,1000,CNY,"
        "2026-10-12,MINE,seen-secondary\n",
        ("symbol=688256; mic=XSHG; traded_on=2026-10-12; adjustment=raw",
         "bar_beyond_price_limit", 2),
    ),
    "shares_over_a_hundred": (
        "share_estimates",
        SHARES + TAIL
        + "Someone,2025,cards,units,NVIDIA,actual,70.5,70.5,day,2026-03-01,MINE,derived\n"
        "Someone,2025,cards,units,AMD,actual,41.2,41.2,day,2026-03-01,MINE,derived\n",
        ("publisher=Someone; period=2025; scope=cards; measure=units; vendor=AMD; kind=actual",
         "shares_over_hundred", 3),
    ),
    "a_session_that_closes_before_the_one_before_it": (
        "sessions",
        "mic,session_on,open_at,close_at," + TAIL
        + "XNAS,2026-10-13,2026-10-12 13:30:00,2026-10-12 20:00:30,2026-10-01,MINE,derived\n",
        ("mic=XNAS; session_on=2026-10-13", "session_out_of_order", 2),
    ),
    "two_statuses_of_one_day": (
        "export_status",
        STATUS + TAIL + "nv-h200-sxm,US,2026-11-02,day,free,2026-11-02,MINE,derived\n"
        "nv-h200-sxm,US,2026-11-02,day,not_approved,2026-11-02,MINE,derived\n",
        ("chip_id=nv-h200-sxm; jurisdiction=US; effective_from=2026-11-02; status=free",
         "two_statuses_from_one_day", 2),
    ),
    "a_duty_of_a_band_without_thresholds": (
        "fees",
        FEES + TAIL
        + "fee-x,2026-11-01,Duty,关税,US,2026-11-01,2026-11-01,0.4,customs_value,importer,"
        "exclusive,Proclamation,in_force,duty_band_7,false,2026-11-01,MINE,invented\n",
        ("fee_id=fee-x; valid_from=2026-11-01", "band_without_thresholds", 2),
    ),
}  # fmt: skip


def _json(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def _feed(run_chipbrief: Run, home: Path, name: str) -> None:
    kind, text, _ = FED[name]
    file = home.parent / f"{name}.csv"
    file.write_text(text, "utf-8")
    done = run_chipbrief(home, "ingest", str(file), "--kind", kind)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.trial
def test_each_is_left_out_told_with_file_and_line_and_the_edition_goes_out(
    own_home: Path, run_chipbrief: Run
) -> None:
    for name in FED:
        _feed(run_chipbrief, own_home, name)

    done = run_chipbrief(own_home, "run", "--json")

    assert done.returncode == 4, done.stdout + done.stderr
    answer = _json(done)
    assert [edition["is_new"] for edition in answer["editions"]] == [True]
    status = _json(run_chipbrief(own_home, "status", "--json"))
    told = {
        (c["record_key"], c["rule"], c["line"]): c["file_name"] for c in status["contradictions"]
    }
    for name, (kind, _, wanted) in FED.items():
        assert told.pop(wanted) == f"{name}.csv"
        assert any(
            q["check_kind"] == "contradiction" and q["item"] == f"{kind}:{wanted[1]}"
            for q in status["quality"]
        )
    assert {rule for _, rule, _ in told} <= {"shares_over_hundred"}  # the other of the table
    assert answer["build"]["contradictions"] == len(status["contradictions"])
    shown = run_chipbrief(own_home, "status").stdout
    assert "Records that contradict others" in shown
    page = max(own_home.glob("briefings/weekly-*-r2/web.en.html")).read_text("utf-8")
    assert "beyond the daily price limit: the bar is in no figure" in page
    page = max(own_home.glob("briefings/weekly-*-r2/web.zh.html")).read_text("utf-8")
    assert "超出涨跌幅限制" in page
    # it stands until it is mended: the next run says so again, and does nothing else
    again = run_chipbrief(own_home, "run", "--json")
    assert (again.returncode, _json(again)["did_nothing"]) == (4, True)


@pytest.mark.trial
def test_a_contradiction_that_is_mended_is_gone(own_home: Path, run_chipbrief: Run) -> None:
    _feed(run_chipbrief, own_home, "a_bar_beyond_its_price_limit")
    told = run_chipbrief(own_home, "build")
    kind, text, _ = FED["a_bar_beyond_its_price_limit"]
    mended = own_home.parent / "mended.csv"
    mended.write_text(text.replace("1985.5,1999.5,1970.25,1985.99", "985.5,999.5,970.25,985.99"))
    run_chipbrief(own_home, "ingest", str(mended), "--kind", kind)

    done = run_chipbrief(own_home, "build", "--json")

    assert told.returncode == 4
    assert "1 record(s) contradict others" in told.stdout
    assert (done.returncode, _json(done)["contradictions"]) == (0, 0)
