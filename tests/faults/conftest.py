"""A small world in which runs are made to die: few records, one language, a mail server with moods.

Each trial starts from a copy of the same home, on the day on which new files have come in: a
correction, rows that break rules, a file that is no table. What is left after a fault and a rerun
is compared with what an undisturbed run leaves.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
FIRST_DAY, SECOND_DAY = "2026-01-20T08:00:00+00:00", "2026-02-03T08:00:00+00:00"
READERS = ("ann@example.org", "bob@example.org", "cy@example.org", "dee@example.org")

#: Columns that tell of the run and not of the data: they differ from run to run.
_OF_THE_RUN = {"seconds", "built_at", "attempts"}
_RUN_TABLES = {"ledger_runs"}


@dataclass
class MoodyServer:
    """Takes ann's mail, refuses bob for good, asks cy to wait once, loses dee's first answer."""

    port: int = 0
    taken: list[tuple[str, str]] = field(default_factory=list)
    waited: bool = False
    lost: bool = False

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("bob"):
            return "550 no such reader"
        if address.startswith("cy") and not self.waited:
            self.waited = True
            return "450 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        text = bytes(envelope.content or b"")
        message_id = text.partition(b"Message-ID:")[2].partition(b"\r\n")[0].decode().strip()
        self.taken.append((envelope.rcpt_tos[0], message_id))
        if envelope.rcpt_tos[0].startswith("dee") and not self.lost:
            self.lost = True
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MoodyServer]:
    """A mail server on loopback, on a port of the system's choosing."""
    state = MoodyServer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        made = lambda: SMTP(state, hostname="mail.test", loop=loop)  # noqa: E731
        return await loop.create_server(made, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    state.port = server.sockets[0].getsockname()[1]
    yield state

    async def stop() -> None:
        server.close()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def moody_server() -> Iterator[MoodyServer]:
    """A mail server with moods of its own for each trial."""
    with mail_server() as server:
        yield server


@pytest.fixture
def everybody_got_one() -> Callable[[MoodyServer], None]:
    """`taken_once`, for tests."""
    return taken_once


@dataclass(frozen=True)
class World:
    """A home, the folder that it reads, and its settings file."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def log(self) -> Path:
        """Where a run writes the points that it passes, if it is asked to."""
        return self.root / "points.log"

    def copy(self, root: Path) -> World:
        """The same home elsewhere, reading the same folder: paths in the ledger stay true."""
        root.mkdir(parents=True)
        shutil.copytree(self.home, root / "home", copy_function=shutil.copy2)
        shutil.copy2(self.root / "chipbrief.toml", root)
        return World(root)

    def command(self, *words: str) -> list[str]:
        program = str(Path(sys.executable).with_name("chipbrief"))
        return [program, "--config", str(self.root / "chipbrief.toml"), *words]

    def environment(self, now: str, server: MoodyServer | None, **more: str) -> dict[str, str]:
        own = {k: v for k, v in os.environ.items() if not k.startswith("CHIPBRIEF_")}
        if server is not None:
            own |= {
                "CHIPBRIEF_SMTP__HOST": "127.0.0.1",
                "CHIPBRIEF_SMTP__PORT": str(server.port),
                "CHIPBRIEF_SMTP__SECURITY": "none",
            }
        return own | {"CHIPBRIEF_NOW": now, "CHIPBRIEF_HOME": str(self.home), **more}

    def run(
        self, now: str, server: MoodyServer | None, *words: str, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """A run of the program in a process of its own, to its end or its death."""
        return subprocess.run(
            self.command(*words),
            env=self.environment(now, server, **more),
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def second_day(
        self, server: MoodyServer | None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """The whole job on the day on which new files have come in."""
        return self.run(SECOND_DAY, server, "run", **more)

    def command_on_second_day(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Any command, without a mail server."""
        return self.run(SECOND_DAY, None, *words, **more)

    def half_written(self) -> list[str]:
        """What a run that died left aside; a rerun clears it away."""
        aside = (".part", ".ingest-", ".spool")
        return [p.name for p in self.home.rglob("*") if any(name in p.name for name in aside)]

    def content(self) -> dict[str, str]:
        """Everything that must be the same, by its name: files by bytes, tables by rows."""
        found = {}
        for folder in ("landing", "quarantine", "decisions", "briefings", "outbox"):
            for path in sorted((self.home / folder).rglob("*")):
                if path.is_file() and ".writer.lock" not in path.name:
                    name = path.relative_to(self.home).as_posix()
                    found[name] = _state(path) if folder == "outbox" else _digest(path)
        for file in ("warehouse.duckdb", "published.duckdb"):
            with duckdb.connect(str(self.home / file), read_only=True) as con:
                found |= {f"{file}:{t}": rows for t, rows in _tables(con).items()}
        return found


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _state(path: Path) -> str:
    """A message by its bytes; its state without how often and how it was tried."""
    if path.suffix != ".json":
        return _digest(path)
    import json

    told = json.loads(path.read_text("utf-8"))
    return str({k: v for k, v in told.items() if k not in {"attempts", "reason", "server"}})


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    found = {}
    for (table,) in con.execute("select table_name from duckdb_tables() order by all").fetchall():
        if table in _RUN_TABLES:
            continue
        names = [c[0] for c in con.execute(f'describe "{table}"').fetchall()]
        kept = ", ".join(f'"{name}"' for name in names if name not in _OF_THE_RUN)
        rows = f'select {kept} from "{table}"'
        lines = f"select one::varchar as line from ({rows}) as one"
        (told,) = con.execute(
            f"select string_agg(line, chr(10) order by line) from ({lines})"
        ).fetchall()
        found[table] = hashlib.sha256(str(told[0]).encode()).hexdigest()
    return found


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A home that was run on the first day; then the files of the second day arrive."""
    root = tmp_path_factory.mktemp("faults")
    world, received = World(root), root / "received"
    received.mkdir()
    for seeds in sorted((ROOT / "warehouse" / "seeds").glob("*.csv")):
        _thinned(seeds, received / seeds.name)
    readers = ", ".join(f'"{reader}"' for reader in READERS)
    (root / "chipbrief.toml").write_text(
        f'use_seeds = false\ninputs = ["{received}/*"]\nlanguages = ["en"]\n'
        f'[[audiences]]\nname = "Desk"\nperiods = ["monthly"]\nrecipients = [{readers}]\n'
    )
    # before any mail goes out: the first day's edition has no reader
    # as many builds as are kept, so that the second day's removes the oldest
    days = [("build", "--as-of", f"2025-{month:02}-28") for month in (9, 10, 11)]
    for words in (("ingest", str(received)), *days, ("build",)):
        done = world.run(FIRST_DAY, None, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    _second_day(received)
    return world


def _thinned(seeds: Path, target: Path) -> None:
    """The bundled records that were known on the first day, with a few symbols and months of daily
    series only.
    """
    keep: dict[str, Callable[[dict[str, str]], bool]] = {
        "prices": lambda row: (
            row["symbol"] in {"NVDA", "SPX", "688256", "CSI300"}
            and "2025-05" < row["traded_on"] < "2026-01-20"
        ),
        "sessions": lambda row: "2025-05" < row["session_on"] < "2026-03",
        "fx": lambda row: row["rate_on"] > "2024-06",
    }
    wanted = keep.get(seeds.stem, lambda _: True)
    with seeds.open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        rows = [r for r in reader if wanted(r) and r["published_on"] <= FIRST_DAY[:10]]
        names = list(reader.fieldnames or ())
    if not rows:  # a kind of which nothing was known by then
        return
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, names)
        writer.writeheader()
        writer.writerows(rows)


def _second_day(received: Path) -> None:
    """A corrected filing, a new one, rows that break rules; and a page in place of a file."""
    with (received / "sales.csv").open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        names, rows = list(reader.fieldnames or ()), list(reader)
    first = next(row for row in rows if row["revenue"] and row["value_type"] == "reported")
    corrected = first | {"published_on": "2026-02-01", "note": "restated for the trial"}
    broken = [
        first | {"sale_id": "broken-1", "period_end": "yesterday"},
        first | {"sale_id": "broken-2", "confidence": "certain"},
    ]
    with (received / "sales_day_two.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, names)
        writer.writeheader()
        writer.writerows([corrected, *broken])
    (received / "prices_day_two.csv").write_text("<!doctype html><p>Please log in</p>")


@dataclass(frozen=True)
class Undisturbed:
    """What the second day leaves without a fault, and the points that it passes, in order."""

    content: dict[str, str]
    points: list[str]
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(prepared: World, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """The second day without a fault, once with the server and once without any."""
    world = prepared.copy(tmp_path_factory.mktemp("undisturbed") / "world")
    began = time.monotonic()
    with mail_server() as server:
        done = world.second_day(server, CHIPBRIEF_FAILPOINT_LOG=str(world.log))
    assert done.returncode == 6, done.stdout + done.stderr  # bob's mail is refused for good
    taken_once(server)
    seconds = time.monotonic() - began
    points = world.log.read_text("utf-8").splitlines()
    return Undisturbed(world.content(), [line.split()[0] for line in points], seconds)


def taken_once(server: MoodyServer) -> None:
    """Everybody but bob got the mail, and nobody another one than the first."""
    ids: dict[str, set[str]] = {}
    for reader, message_id in server.taken:
        ids.setdefault(reader, set()).add(message_id)
    assert set(ids) == {reader for reader in READERS if not reader.startswith("bob")}
    assert all(len(found) == 1 for found in ids.values()), ids
