"""How things stand: data by age, rows held back, batches, runs, editions, mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.schedule import due
from flows.terminal import answer
from flows.terminal.reading import rows
from flows.terminal.wording import label
from warehouse import clock, standing
from warehouse.store import open_published

if TYPE_CHECKING:
    import duckdb

    from flows.settings import Settings

#: Contradictions that are printed; JSON holds them all.
SHOWN = 40


def tell(settings: Settings, *, as_json: bool) -> None:
    """Print the state of one home: what is in it, how fresh it is, what ran and what is due."""
    home = settings.store
    with open_published(home) as con:
        state: dict[str, Any] = {
            "home": home.root,
            "build": rows(
                con,
                "select build_id, as_of, built_at from ledger_builds"
                " order by build_no desc limit 1",
            ),
            "quality": rows(con, "select * from rpt_quality order by check_kind, quality_no"),
            "contradictions": _contradictions(con),
        }
    state |= standing.read(home)
    state["editions"] = sorted(
        (p.parent.name for p in home.briefings.glob("*/edition.json")), reverse=True
    )
    state["due"] = [
        {"period": d.period.edition_id, "made_as": d.edition_id}
        for d in due.expected(settings.period_kinds, clock.now().date(), home.briefings)
    ]
    state["audiences"] = [
        {"name": a.name, "language": a.language, "periods": a.periods, "mails": len(a.recipients)}
        for a in settings.audiences
    ]
    if as_json:
        answer.to_json(state)
        return
    build = state["build"][0]
    answer.table(
        f"{home.root}: build {build['build_id']} as of {build['as_of']}",
        ["records", "batches", "read", "accepted", "duplicate", "held back", "refused"],
        [
            [r["kind"], r["batches"], r["rows_read"], r["accepted"], r["duplicate"],
             r["held_back"], r["files_refused"]]
            for r in state["records"]
        ],
        numeric=[1, 2, 3, 4, 5, 6],
    )  # fmt: skip
    not_fresh = [q for q in state["quality"] if q["status"] not in ("fresh", "not_expected")]
    answer.table(
        "What to mind" if not_fresh else "All data is fresh and nothing is held back",
        ["what", "status", "last", "expected", "rows", "detail"],
        [
            [
                q["title"] or q["item"],
                label("status", q["status"]),
                q["last_on"],
                q["expected_on"],
                q["row_count"],
                _detail(q),
            ]
            for q in not_fresh
        ],
        numeric=[4],
        notes=["What sources disagree on, record by record: chipbrief status --disagreements"]
        if any(q["status"] == "disagreement" for q in not_fresh)
        else [],
    )
    if state["contradictions"]:
        answer.table(
            "Records that contradict others and are in no figure",
            ["record", "rule", "says / against", "counts instead", "file", "line"],
            [
                [f"{c['kind']} {c['record_key']}", label("reason", c["rule"]), c["detail"],
                 c["against_key"], c["file_name"], c["line"]]
                for c in state["contradictions"][:SHOWN]
            ],
            numeric=[5],
            notes=_beyond(len(state["contradictions"])),
        )  # fmt: skip
    answer.table(
        "Runs",
        ["run", "command", "outcome", "exit code", "said"],
        [[r["run_id"], r["command"], r["outcome"], r["exit_code"], r["said"]]
         for r in state["runs"][:5]],
        notes=[
            f"Due: {', '.join(_made(d) for d in state['due'])}",
            f"Editions: {', '.join(state['editions'][:6]) or 'none yet'}",
        ],
    )  # fmt: skip


def _detail(check: dict[str, Any]) -> str | None:
    """`symbol=NVDA; …: 185.55 / 190.2, 2.5061 % apart`."""
    apart = check["difference_pct"]
    found: str | None = check["detail"]
    return found if apart is None else f"{found}, {answer.number(apart)} % apart"


def _contradictions(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The records that are in no figure because others contradict them, with file and line; not
    those that somebody has dismissed.
    """
    found = con.execute(
        "select count(*) from duckdb_tables()"
        " where table_name in ('int_contradiction', 'ledger_dismissed')"
    ).fetchall()
    if found != [(2,)]:  # published by a version that had no such model
        return []
    return rows(
        con,
        "select one.*, batch.file_name from int_contradiction as one"
        " anti join ledger_dismissed using (batch_id, line, rule)"
        " left join ledger_batches as batch using (batch_id)"
        " order by one.kind, one.rule, one.record_key, one.batch_id, one.line",
    )


def _beyond(count: int) -> list[str]:
    return [f"… and {count - SHOWN} more: --json lists all."] if count > SHOWN else []


def _made(one: dict[str, Any]) -> str:
    """`weekly-2026-W47 (made as weekly-2026-W47-r2)`."""
    made = one["made_as"]
    if made is None:
        return f"{one['period']} (not made yet)"
    return f"{one['period']} ({'made' if made == one['period'] else f'made as {made}'})"
