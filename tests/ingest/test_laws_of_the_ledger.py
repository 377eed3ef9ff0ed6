"""The ledger over random histories: the store is at every step what a few lines of Python say.

Files of exchange rates come in, again and in other orders, corrected, withdrawn, with bad rows that
are mended and replayed; the warehouse is made again in between. The model is told apart from the
program on purpose: it knows versions by key, day and main source, and nothing of SQL.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from flows.build.current import create_views
from flows.ingest import held
from flows.ingest.audit import audit
from flows.ingest.rebuild import rebuild
from flows.ingest.replay import replay
from flows.ingest.run import ingest
from warehouse import content, ledger, store
from warehouse.home import Home

HEADER = (
    "currency,rate_on,usd_rate,derivation,published_on,source_id,confidence,note,is_withdrawn\n"
)
DAYS = [dt.date(2025, 12, day) for day in (8, 9, 10)]


@dataclass(frozen=True)
class Said:
    """A row: what a source says of a rate; `is_bad` where it breaks the contract."""

    currency: str
    rate: int
    published_on: dt.date
    source: str
    is_withdrawn: bool = False
    is_bad: bool = False

    @property
    def version(self) -> tuple[str, dt.date, str]:
        return self.currency, self.published_on, self.source.split(";")[0]

    def line(self) -> str:
        rate = -self.rate if self.is_bad else self.rate
        gone = "true" if self.is_withdrawn else ""
        return (
            f"{self.currency},2025-12-01,{rate},cross,{self.published_on},{self.source},derived,,"
            f"{gone}\n"
        )


said = st.builds(
    Said,
    currency=st.sampled_from(["CNY", "HKD"]),
    rate=st.integers(50, 52),
    published_on=st.sampled_from(DAYS),
    source=st.sampled_from(["A", "A", "B", "A;B"]),
    is_withdrawn=st.sampled_from([False, False, False, True]),
)
rows_of_a_file = st.lists(said, min_size=1, max_size=5)


class Model:
    """What the store must hold: of each version its contents, the last one being the one said."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, dt.date, str], list[tuple[int, Said]]] = {}
        self.batches = 0

    def judge(self, rows: list[Said]) -> list[str]:
        """What becomes of each row of a file: new, duplicate or conflicting."""
        verdicts = []
        for place, row in enumerate(rows):
            same = [other for other in rows if other.version == row.version]
            latest = self.versions.get(row.version, [(0, None)])[-1][1]
            if len(set(same)) > 1:
                verdicts.append("conflicting")
            elif row == latest or row in rows[:place]:
                verdicts.append("duplicate")
            else:
                verdicts.append("new")
        return verdicts

    def take(self, rows: list[Said], verdicts: list[str]) -> None:
        """Store the new rows as a batch."""
        self.batches += 1
        for row, verdict in zip(rows, verdicts, strict=True):
            if verdict == "new":
                self.versions.setdefault(row.version, []).append((self.batches, row))

    def last_batch(self, row: Said) -> int:
        """The number of the last batch that said something of the row's version, 0 for none."""
        return self.versions.get(row.version, [(0, None)])[-1][0]

    def current(self, known_to: dt.date) -> list[tuple[Any, ...]]:
        """The rates that stand on a day: the day published last, then the source first by id."""
        taken = {}
        for (currency, day, main), contents in self.versions.items():
            if day <= known_to:
                order = (-day.toordinal(), main)
                taken[currency] = min(
                    taken.get(currency, (order, contents[-1][1])), (order, contents[-1][1]),
                    key=lambda one: one[0],
                )  # fmt: skip
        return sorted(
            (row.currency, row.rate, row.published_on, row.source)
            for _, row in taken.values()
            if not row.is_withdrawn
        )


@dataclass
class Held:
    """A batch that holds rows back: its number, and the row on each line still held."""

    batch_no: int
    lines: dict[int, Said]


class Histories(RuleBasedStateMachine):
    """A warehouse and its model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = Home(self.folder / "home")
        self.con = store.open_warehouse(self.home)
        ingest(self.con, self.home, [])
        self.model = Model()
        self.files: list[list[Said]] = []
        self.held: dict[str, Held] = {}
        self.names = 0

    def teardown(self) -> None:
        try:
            for day in (DAYS[0] - dt.timedelta(1), *DAYS):
                assert rates(self.con, day) == self.model.current(day)
            decided = held.manifests(self.home)
            for batch_id, one in self.held.items():
                rows = held.rows_of(self.home, decided, batch_id)
                still = {row.line: f"{row.raw}\n" for row in rows if row.released_by is None}
                assert still == {line: row.line() for line, row in one.lines.items()}
            assert [one for one in audit(self.con, self.home) if one.flaws] == []
        finally:
            self.con.close()
            shutil.rmtree(self.folder)

    def write(self, rows: list[Said]) -> Path:
        self.names += 1
        path = self.folder / f"{self.names}.csv"
        path.write_text(HEADER + "".join(row.line() for row in rows))
        return path

    def take(self, rows: list[Said]) -> None:
        (report,) = ingest(self.con, self.home, [self.write(rows)]).files
        counts = (report.rows_accepted, report.rows_duplicate, report.rows_quarantined)
        if rows in self.files:
            assert (report.status, counts) == ("unchanged", (0, len(rows), 0))
            return
        self.files.append(rows)
        good = [row for row in rows if not row.is_bad]
        verdicts = self.model.judge(good)
        self.model.take(good, verdicts)
        fates = iter(verdicts)
        lines = {
            at: row
            for at, row in enumerate(rows, start=2)
            if row.is_bad or next(fates) == "conflicting"
        }
        assert report.status == "accepted"
        assert report.rows_read == len(rows)
        assert counts == (verdicts.count("new"), verdicts.count("duplicate"), len(lines))
        if lines:
            self.held[report.batch_id] = Held(self.model.batches, lines)

    @rule(rows=rows_of_a_file)
    def new_rows(self, rows: list[Said]) -> None:
        self.take(rows)

    @rule(rows=rows_of_a_file, data=st.data())
    def some_bad_rows(self, rows: list[Said], data: st.DataObject) -> None:
        bad = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
        self.take([replace(row, is_bad=b) for row, b in zip(rows, bad, strict=True)])

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def the_same_bytes_again(self, data: st.DataObject) -> None:
        self.take(data.draw(st.sampled_from(self.files)))

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def the_same_rows_in_another_file(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.files), min_size=1, max_size=2))
        self.take(data.draw(st.permutations([row for rows in some for row in rows])))

    @precondition(lambda self: self.model.versions)
    @rule(data=st.data(), rate=st.integers(50, 52), is_withdrawn=st.booleans())
    def a_correction_or_a_withdrawal(
        self, data: st.DataObject, rate: int, is_withdrawn: bool
    ) -> None:
        version = data.draw(st.sampled_from(sorted(self.model.versions)))
        stands = self.model.versions[version][-1][1]
        self.take([replace(stands, rate=rate, is_withdrawn=is_withdrawn)])

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def a_mended_file(self, data: st.DataObject) -> None:
        batch_id = data.draw(st.sampled_from(sorted(self.held)))
        lines = self.held[batch_id].lines
        mended = {
            line: data.draw(st.sampled_from([row, replace(row, is_bad=False)]) | said)
            for line, row in lines.items()
        }
        (done,) = replay(self.con, self.home, [batch_id], mended=self.write([*mended.values()]))
        self.let_in(batch_id, mended, done, is_mended=True)

    @rule()
    def a_replay_of_all_that_is_held(self) -> None:
        for done in replay(self.con, self.home):
            self.let_in(done.batch_id, dict(self.held[done.batch_id].lines), done, is_mended=False)

    def let_in(self, batch_id: str, rows: dict[int, Said], done: Any, *, is_mended: bool) -> None:
        """Lines that pass and that nothing speaks against come in, as a batch of their own."""
        batch = self.held[batch_id]
        candidates = {line: row for line, row in rows.items() if not row.is_bad}
        while True:
            verdicts = self.model.judge([*candidates.values()])
            stays = {
                line
                for (line, row), verdict in zip(candidates.items(), verdicts, strict=True)
                if verdict == "conflicting"
                # an old text takes no later version's place
                or (verdict == "new" and not is_mended
                    and self.model.last_batch(row) > batch.batch_no)
            }  # fmt: skip
            if not stays:
                break
            candidates = {line: row for line, row in candidates.items() if line not in stays}
        if candidates:
            self.model.take([*candidates.values()], verdicts)
        new = verdicts.count("new")
        assert (done.rows_accepted, done.rows_duplicate) == (new, len(candidates) - new)
        assert done.rows_quarantined == len(rows) - len(candidates)
        for line in candidates:
            del batch.lines[line]
        if not batch.lines:
            del self.held[batch_id]

    @rule(from_nothing=st.booleans())
    def the_warehouse_is_made_again(self, from_nothing: bool) -> None:
        before = content.of_warehouse(self.con)
        self.con.close()
        if from_nothing and list(self.home.manifests.glob("*.json")):
            self.home.warehouse_file.unlink()
        if list(self.home.manifests.glob("*.json")):
            assert rebuild(self.home).after == before
        self.con = store.open_warehouse(self.home)
        assert content.of_warehouse(self.con) == before

    @invariant()
    def every_row_that_was_read_is_somewhere_once(self) -> None:
        broken = self.con.execute(
            "select batch_id from ledger_batches"
            " where rows_read <> rows_accepted + rows_duplicate + rows_quarantined"
        ).fetchall()
        assert broken == []
        batches, accepted = self.con.execute(
            "select count(*), coalesce(sum(rows_accepted), 0) from ledger_batches"
        ).fetchall()[0]
        assert batches == self.model.batches
        stored = self.con.execute(
            "select currency, cast(usd_rate as integer), published_on, source_id,"
            " coalesce(is_withdrawn, false), batch_no from raw_fx order by all"
        ).fetchall()
        assert len(stored) == accepted
        assert stored == sorted(
            (row.currency, row.rate, row.published_on, row.source, row.is_withdrawn, number)
            for contents in self.model.versions.values()
            for number, row in contents
        )

    @invariant()
    def what_is_held_is_still_held(self) -> None:
        open_rows: dict[str, int] = {}
        for batch_id, rows in self.con.execute(
            f"select batch_id, rows from ({ledger.open_sql()})"
        ).fetchall():
            open_rows[batch_id] = open_rows.get(batch_id, 0) + rows
        assert open_rows == {batch_id: len(one.lines) for batch_id, one in self.held.items()}

    @invariant()
    def the_rates_of_a_day_are_those_of_the_model(self) -> None:
        # a day a step, in turn: to look at all of them is most of what a step costs
        day = DAYS[-1 - self.names % len(DAYS)]
        assert rates(self.con, day) == self.model.current(day)


def rates(con: Any, known_to: dt.date) -> list[tuple[Any, ...]]:
    """The current records of the store on a day."""
    create_views(con, known_to, content.current_catalog(con))
    return con.execute(
        "select currency, cast(usd_rate as integer), published_on, source_id from rec_fx"
        " order by all"
    ).fetchall()


TestHistories = pytest.mark.trial(Histories.TestCase)
TestHistories.settings = settings(
    max_examples=3, stateful_step_count=10, derandomize=True, deadline=None
)


@settings(max_examples=5, derandomize=True, deadline=None)
@given(
    rows=st.lists(said, min_size=2, max_size=8, unique_by=lambda row: row.version), data=st.data()
)
@pytest.mark.trial
def test_files_published_on_different_days_may_come_in_any_order(
    rows: list[Said], data: st.DataObject
) -> None:
    by_day = [[row for row in rows if row.published_on == day] for day in DAYS]
    files = data.draw(st.permutations([file for file in by_day if file]))
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with store.open_warehouse(home) as con:
            for number, file in enumerate(files):
                path = Path(folder) / f"{number}.csv"
                path.write_text(HEADER + "".join(row.line() for row in file))
                assert ingest(con, home, [path]).files[0].rows_accepted == len(file)
            # the model is told them in the order of their days
            for file in by_day:
                model.take(file, model.judge(file))
            for day in DAYS:
                assert rates(con, day) == model.current(day)
