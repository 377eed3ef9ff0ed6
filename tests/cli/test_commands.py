"""The command line answers people and programs, and ends with the exit code that it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]


def _json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_h200_against_h20_like_for_like_and_mixed(briefed_home: Path, run_chipbrief: Run) -> None:
    answer = _json(run_chipbrief(briefed_home, "compare", "H200", "H20", "--json"))

    says = {m["measure"]: m for m in answer["measures"]}
    assert says["fp8_dense"]["summary"] == "6.69×"
    assert says["tpp"]["summary"] == "6.69×"
    assert says["memory_bandwidth"]["summary"] == "+20.0%"
    assert says["memory_capacity"]["summary"] == "+46.9%"
    assert says["fp8_sparse_over_dense"]["summary"] == "13.37×"
    assert says["fp8_dense"]["is_like_for_like"]
    assert not says["fp8_sparse_over_dense"]["is_like_for_like"]
    assert all(" " in m["definition"] for m in answer["measures"])


def test_a_second_run_has_nothing_to_do_and_doubles_no_row(
    own_home: Path, run_chipbrief: Run
) -> None:
    before = _json(run_chipbrief(own_home, "status", "--json"))["records"]

    again = _json(run_chipbrief(own_home, "run", "--json"))

    assert again["did_nothing"]
    assert again["ingest"]["rows_accepted"] == 0
    assert "Nothing to do" in run_chipbrief(own_home, "run").stdout
    assert _json(run_chipbrief(own_home, "status", "--json"))["records"] == before


def test_bad_files_are_refused_or_quarantined_and_the_rest_goes_on(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    header = "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,"
    header += "published_on,source_id,confidence\n"
    row = "TEST,XNAS,{day},raw,{open},11,9,10,100,USD,2026-01-05,MINE,seen-secondary\n"
    files = tmp_path / "in"
    files.mkdir()
    (files / "noise.csv").write_bytes(bytes(range(256)) * 40)
    (files / "empty.csv").write_bytes(b"")
    (files / "no_close.csv").write_text(header.replace("close,", "") + "x\n")
    good = header + row.format(day="2026-01-05", open=10)
    (files / "good.csv").write_text(
        good + row.format(day="1899-12-31", open=10) + row.format(day="2026-01-02", open=-3)
    )
    (files / "same.csv").write_text((files / "good.csv").read_text())

    done = run_chipbrief(own_home, "ingest", str(files), "--json")

    answer = json.loads(done.stdout)
    by_name = {file["path"].rsplit("/", 1)[1]: file for file in answer["files"]}
    assert done.returncode == 4
    assert {n for n, f in by_name.items() if f["status"] == "refused"} == {
        "noise.csv",
        "empty.csv",
        "no_close.csv",
    }
    assert all(f["reason"] and f["way_out"] for f in by_name.values() if f["status"] == "refused")
    assert "close" in by_name["no_close.csv"]["reason"]
    assert (by_name["good.csv"]["rows_accepted"], by_name["good.csv"]["rows_quarantined"]) == (1, 2)
    assert by_name["same.csv"]["rows_accepted"] == 0
    for file in answer["files"]:
        held = file["rows_duplicate"] + file["rows_quarantined"]
        assert file["rows_read"] == file["rows_accepted"] + held


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["compare", "H2000", "H20"], 2, "Near it: H200"),
        (["ingest", "no/such/file.csv"], 2, "no file or folder"),
        (["chip", "H200", "--as-of", "yesterday"], 2, "2026-08-01"),
        (["fee", "H200", "--price", "-1"], 2, "price"),
        (["claims", "C99"], 2, "C10"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_wrong_use_ends_with_2_and_says_the_way_out(
    own_home: Path, run_chipbrief: Run, words: list[str], code: int, says: str
) -> None:
    done = run_chipbrief(own_home, *words)

    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_before_the_first_build_is_told_what_to_run(
    tmp_path: Path, run_chipbrief: Run
) -> None:
    done = run_chipbrief(tmp_path / "new", "chip", "H200")

    assert done.returncode == 2
    assert "chipbrief run" in done.stderr


def test_wrong_settings_name_the_setting(tmp_path: Path, run_chipbrief: Run) -> None:
    (tmp_path / "chipbrief.toml").write_text('languages = ["fr"]\n[smtp]\nhost = "h"\nport = 0\n')

    done = run_chipbrief(tmp_path / "home", "run", cwd=tmp_path)

    assert done.returncode == 2
    assert "languages" in done.stderr
    assert "smtp.port" in done.stderr


def test_a_run_beside_another_ends_with_3(tmp_path: Path, run_chipbrief: Run) -> None:
    hold = (
        "import sys, pathlib\nfrom warehouse.home import Home\n"
        "from warehouse.lock import WriterLock\n"
        "with WriterLock(Home(pathlib.Path(sys.argv[1])), 'run'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        done = run_chipbrief(tmp_path, "run")
        holder.kill()

    assert done.returncode == 3
    assert str(holder.pid) in done.stderr


def test_the_command_line_imports_no_prefect() -> None:
    look = "import sys, flows.cli, flows.pipeline; sys.exit('prefect' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_every_command_shows_an_example(run_chipbrief: Run, tmp_path: Path) -> None:
    listed = run_chipbrief(tmp_path, "--help").stdout.split("Commands:")[1]
    names = [
        line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "
    ]

    assert {
        "run",
        "ingest",
        "build",
        "brief",
        "send",
        "status",
        "chip",
        "compare",
        "fee",
        "claims",
    } <= set(names)
    for name in names:
        assert (
            f"chipbrief {name}"
            in run_chipbrief(tmp_path, name, "--help").stdout.split("Example")[1]
        )


def test_a_chip_is_judged_by_the_rules_of_the_day(briefed_home: Path, run_chipbrief: Run) -> None:
    announced = _json(
        run_chipbrief(briefed_home, "chip", "H200", "--as-of", "2025-12-20", "--json")
    )
    licence = _json(run_chipbrief(briefed_home, "chip", "H20", "--as-of", "2025-04-20", "--json"))

    assert announced["chip"]["us_status"] == "announced_not_effective"
    assert announced["chip"]["duty_band"] == "none"
    assert licence["chip"]["eccn_class"] == "below"
    assert licence["chip"]["us_status"] == "licence_required_no_licences"


def test_the_fee_of_a_price_rests_on_a_named_law(briefed_home: Path, run_chipbrief: Run) -> None:
    answer = _json(
        run_chipbrief(
            briefed_home, "fee", "H200", "--price", "27000", "--units", "1000",
            "--as-of", "2026-08-01", "--json",
        )
    )  # fmt: skip

    in_force = [law for law in answer["laws"] if law["status"] == "in_force"]
    by_price = [
        s
        for s in answer["scenarios"]
        if s["base"] == "customs_value_at_price" and s["rate"] == 0.25 and s["pass_through"] == 1
    ]
    assert [law["instrument"] for law in in_force] == ["Proclamation 11002"]
    assert by_price[0]["landed_cost_usd"] == 33750
    assert by_price[0]["fee_total_usd"] == 6750000
    assert by_price[0]["fee_share_of_outlay_pct"] == 20


def test_claims_say_which_definition_makes_them_true(
    briefed_home: Path, run_chipbrief: Run
) -> None:
    answer = _json(run_chipbrief(briefed_home, "claims", "c1", "--json"))

    assert {row["claim_verdict"] for row in answer} == {"true_only_if"}
    assert {row["definition_id"] for row in answer if row["verdict"] == "holds"} == {"A", "B"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["ingest", ""], 2, "A path to ingest is empty"),
        (["brief", "--as-of", "9999-12-31"], 2, "Name a day that has begun"),
        (["build", "--as-of", "2030-01-01"], 2, "Name a day that has begun"),
        (["chip", "H200", "--as-of", "0001-01-01"], 2, "days run from 1970-01-02"),
        (["chip", "H200", "--as-of", "1970-06-01"], 2, "No chip was on record on that day"),
        (["fee", "H200", "--price", "27000", "--units", "9" * 21], 2, "1000000000"),
    ],
)
def test_what_cannot_be_answered_is_said_and_never_a_traceback(
    own_home: Path, run_chipbrief: Run, words: list[str], code: int, says: str
) -> None:
    done = run_chipbrief(own_home, *words)

    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_written_is_named_with_the_way_out(
    run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("a file, not a folder")

    for home, code in ((tmp_path / "home", 2), (Path("/proc/nowhere"), 1)):
        done = run_chipbrief(home, "run")

        assert done.returncode == code
        assert str(home) in done.stderr
        assert "--home names another" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CHIPBRIEF_LANGUAGES", "zh", "Write lists and tables as JSON"),
        ("CHIPBRIEF_TITLE", "Brief\r\nBcc: x@example.org", "title: Value error, must be one line"),
        ("CHIPBRIEF_THREADS", "100000", "threads: "),
        ("CHIPBRIEF_NOW", "yesterday", "CHIPBRIEF_NOW is not a date and time"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong_with_it(
    run_chipbrief: Run, tmp_path: Path, name: str, value: str, says: str
) -> None:
    done = run_chipbrief(tmp_path / "home", "run", cwd=tmp_path, **{name: value})

    assert done.returncode == 2, done.stderr
    assert says in done.stderr


def test_a_setting_that_is_set_to_nothing_is_not_set(own_home: Path, run_chipbrief: Run) -> None:
    done = run_chipbrief(own_home, "run", CHIPBRIEF_THREADS="", CHIPBRIEF_TITLE="")

    assert done.returncode == 0, done.stderr


def test_an_unrecorded_bonus_issue_is_told_by_name_and_the_way_out_works(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    bar = tmp_path / "bar.csv"
    bar.write_text(
        "symbol,mic,traded_on,adjustment,open,high,low,close,volume,currency,published_on,"
        "source_id,confidence\n"
        "688256,XSHG,2026-10-12,raw,400,410,390,400,1000,CNY,2026-10-12,MINE,seen-secondary\n"
    )
    action = tmp_path / "action.csv"
    action.write_text(
        "symbol,mic,ex_on,action,price_ratio,published_on,source_id,confidence\n"
        "688256,XSHG,2026-10-12,bonus_issue,2.5,2026-10-12,MINE,seen-secondary\n"
    )
    run_chipbrief(own_home, "ingest", str(bar))

    told = run_chipbrief(own_home, "build")
    standing = _json(run_chipbrief(own_home, "status", "--json"))
    run_chipbrief(own_home, "ingest", str(action))
    built = run_chipbrief(own_home, "build")

    assert told.returncode == 4
    (one,) = standing["contradictions"]
    assert (one["rule"], one["line"], one["file_name"]) == ("bar_beyond_price_limit", 2, "bar.csv")
    assert "traded_on=2026-10-12" in one["record_key"]
    latest, ingested, *_ = standing["runs"]
    assert (latest["command"], latest["outcome"], latest["exit_code"]) == ("build", "done", 4)
    assert (ingested["command"], ingested["outcome"]) == ("ingest", "done")
    assert {r["kind"]: r["batches"] for r in standing["records"]}["prices"] == 2
    assert built.returncode == 0, built.stderr


def test_the_run_that_has_just_ended_stands_in_the_ledger(
    briefed_home: Path, run_chipbrief: Run
) -> None:
    runs = _json(run_chipbrief(briefed_home, "status", "--json"))["runs"]

    assert [(r["command"], r["outcome"], r["exit_code"]) for r in runs][-1] == ("run", "done", 0)


def test_the_name_of_a_file_cannot_command_the_terminal(
    own_home: Path, run_chipbrief: Run, tmp_path: Path
) -> None:
    (tmp_path / "\x1b[2Ja\nb.csv").write_text("x\n")

    done = run_chipbrief(own_home, "ingest", str(tmp_path / "*.csv"))

    assert done.returncode == 4
    assert "\x1b" not in done.stdout
    assert "�[2Ja�b.csv" in done.stdout


def test_status_says_what_is_due_and_what_it_was_made_as(
    briefed_home: Path, run_chipbrief: Run
) -> None:
    state = _json(run_chipbrief(briefed_home, "status", "--json"))

    assert state["due"] == [{"period": "weekly-2026-W47", "made_as": "weekly-2026-W47"}]
    assert "weekly-2026-W47 (made)" in run_chipbrief(briefed_home, "status").stdout
