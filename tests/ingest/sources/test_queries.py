"""Rows of a query: a Postgres cluster of our own, on a socket in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from flows.ingest.run import ingest
from flows.settings import Query, Settings
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from flows.ingest.report import IngestReport
    from warehouse.home import Home

    Ask = Callable[..., IngestReport]

_LOGIN = "hunter2"
_BARS = """
create sequence counter;
create table bars (
    symbol text, mic text, traded_on date, close numeric(18, 6), volume bigint,
    is_final boolean, seen_at timestamptz);
insert into bars values
    ('NVDA', 'XNAS', '2025-12-09', 184.970000, 144719700, true, '2025-12-09 18:00-05'),
    ('NVDA', 'XNAS', '2025-12-08', 185.550000, 204378100, true, '2025-12-08 18:00-05');
"""
_SQL = """
select
    symbol, mic, traded_on, 'split' as adjustment, close as open, close as high, close as low,
    close, volume, 'USD' as currency, traded_on as published_on, 'DESK' as source_id,
    'seen-primary' as confidence
from bars
order by traded_on -- the desk's own order
;
"""


def _binaries() -> Path:
    """Where Debian keeps the server's programs, the newest version last."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "Install Debian's postgresql; .ci/run does."
    return found[-1].parent


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The connection string of a running cluster; Postgres does not run as root, so nobody does."""
    folder = Path(tempfile.mkdtemp(prefix="chipbrief-pg-", dir="/tmp"))
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    (folder / "password").write_text(_LOGIN)
    (folder / "password").chmod(0o644)
    programs = _binaries()

    def run(program: str, *words: str) -> None:
        as_owner: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [str(programs / program), "-D", str(folder / "data"), *words],
            **(as_owner if os.getuid() == 0 else {}),
            cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    try:
        run("initdb", "-U", "desk", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}",
            "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        connection = f"host={folder} user=desk dbname=postgres password={_LOGIN}"
        with psycopg.connect(connection) as server:
            server.execute(_BARS)
        yield connection
        run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ask(
    con: duckdb.DuckDBPyConnection, home: Home, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., IngestReport]:
    """Ingest one query; its connection string comes from the environment."""

    def run(connection: str, sql: str, **more: Any) -> IngestReport:
        monkeypatch.setenv("DESK_CONNECTION", connection)
        query = Query(name="bars", sql=sql, connection_env="DESK_CONNECTION", **more)
        settings = Settings.model_construct(queries=[query])
        return ingest(con, home, ["query:bars"], settings=settings)

    return run


@pytest.mark.postgres
def test_the_rows_of_a_query_become_records_exactly(
    cluster: str, ask: Ask, con: duckdb.DuckDBPyConnection
) -> None:
    report = ask(cluster, _SQL, kind="prices")

    file = report.files[0]
    assert (file.status, file.kind, file.rows_accepted) == ("accepted", "prices", 2)
    assert file.origin == "query:bars"
    rows = con.execute("select close, volume, line from raw_prices order by line").fetchall()
    assert [(str(close), volume, line) for close, volume, line in rows] == [
        ("185.550000", 204378100, 2),
        ("184.970000", 144719700, 3),
    ]


@pytest.mark.postgres
def test_the_same_rows_are_unchanged_and_a_corrected_one_is_a_version(
    cluster: str, ask: Ask
) -> None:
    ask(cluster, _SQL)
    again = ask(cluster, _SQL)
    corrected = ask(cluster, _SQL.replace("volume,", "volume + 100 as volume,"))

    assert again.files[0].status == "unchanged"
    assert (corrected.rows_accepted, corrected.rows_duplicate) == (2, 0)


@pytest.mark.postgres
def test_truth_and_time_are_written_as_records_need_them(
    cluster: str, home: Home, ask: Ask
) -> None:
    ask(cluster, "select is_final, seen_at, null::text as note, '' as word from bars limit 1")

    (kept,) = home.originals.iterdir()
    assert kept.read_text() == ('is_final,seen_at,note,word\ntrue,2025-12-09 23:00:00,,""\n')


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select nothing from bars", 'column "nothing" does not exist'),
        ("drop table bars", "no query that runs"),
        ("select 1 as a) as b; drop table bars; --", "no query that runs"),
        ("with gone as (delete from bars returning 1) select * from gone", "no query that runs"),
        ("select nextval('counter') as no, 1 as one", "no query that runs"),
        ("select pg_sleep(9)", "longer than 0.3 s"),
    ],
)
def test_a_query_that_fails_writes_or_hangs_is_refused(
    cluster: str, ask: Ask, sql: str, reason: str
) -> None:
    report = ask(cluster, sql, timeout_seconds=0.3)

    assert report.files[0].status == "refused"
    assert reason in report.files[0].reason
    with psycopg.connect(cluster) as server:
        assert server.execute("select count(*) from bars").fetchall() == [(2,)]


@pytest.mark.postgres
def test_a_login_that_is_refused_is_told_without_the_password(cluster: str, ask: Ask) -> None:
    report = ask(cluster.replace(_LOGIN, "hunter3"), _SQL)

    assert "cannot be fetched" in report.files[0].reason
    assert "hunter" not in repr(report)


@pytest.mark.parametrize(
    "connection", ["hunter2 is no connection", "host=/nowhere user=desk password=hunter2"]
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(
    ask: Ask, connection: str
) -> None:
    report = ask(connection, _SQL)

    assert "cannot be reached" in report.files[0].reason
    assert "hunter" not in repr(report)


def test_a_query_that_is_not_set_is_wrong_use(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    with pytest.raises(WrongUse, match="There is no query 'bars'"):
        ingest(con, home, ["query:bars"], settings=Settings.model_construct(queries=[]))


def test_a_connection_that_the_environment_lacks_is_wrong_use(
    con: duckdb.DuckDBPyConnection, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_CONNECTION", raising=False)
    query = Query(name="bars", sql="select 1", connection_env="DESK_CONNECTION")
    with pytest.raises(WrongUse, match="DESK_CONNECTION"):
        ingest(con, home, ["query:bars"], settings=Settings.model_construct(queries=[query]))


def test_a_query_of_a_kind_that_there_is_not_is_wrong_use_before_it_is_asked(ask: Ask) -> None:
    with pytest.raises(WrongUse, match="no kind 'salez'"):
        ask("host=/nowhere", "select 1", kind="salez")


def test_two_queries_of_one_name_are_wrong_settings() -> None:
    query = {"name": "bars", "sql": "select 1"}
    with pytest.raises(ValueError, match="same name"):
        Settings.model_validate({"queries": [query, query]})
