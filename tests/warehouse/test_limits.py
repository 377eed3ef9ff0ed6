"""Memory and threads as the settings say, on every connection that a command opens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOW
from warehouse import limits

ROOT = Path(__file__).parents[2]
#: Runs a command and writes the limits of each connection as it is opened and as it is closed.
_WATCHED = """
import json, sys
import duckdb
opened, real = [], duckdb.connect
log = open(sys.argv[1], "a")
asked = "select current_setting('memory_limit'), current_setting('threads')"
def connect(*words, **more):
    con = real(*words, **more)
    opened.append(con.cursor())
    look()
    return con
def look():
    for con in opened:
        try:
            log.write(json.dumps(con.execute(asked).fetchall()[0]) + "\\n")
        except duckdb.Error:
            pass
    log.flush()
duckdb.connect = connect
from flows.ingest import parts
read = parts.read_file
def watched(*words):
    done = read(*words)
    look()
    return done
parts.read_file = watched
sys.argv = ["chipbrief", *sys.argv[2:]]
from flows.cli import main
main()
"""


@pytest.mark.parametrize(
    "words",
    [("ingest", "{file}"), ("build",), ("status",), ("claims",), ("verify",), ("rebuild",),
     ("quarantine", "list"), ("fee", "H200", "--price", "27000")],
    ids=lambda words: words[0],
)  # fmt: skip
@pytest.mark.trial
def test_no_connection_has_more_than_the_settings_say(
    words: tuple[str, ...], own_home: Path, tmp_path: Path
) -> None:
    log, file = tmp_path / "log", tmp_path / "sales.csv"
    lines = (ROOT / "warehouse" / "seeds" / "sales.csv").read_text("utf-8").splitlines()
    file.write_text("\n".join([lines[0], f"new-{lines[1]}"]) + "\n", "utf-8")
    own = {k: v for k, v in os.environ.items() if not k.startswith("CHIPBRIEF_")}

    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(log), *(word.format(file=file) for word in words)],
        env={
            **own,
            "CHIPBRIEF_NOW": NOW,
            "CHIPBRIEF_HOME": str(own_home),
            "CHIPBRIEF_MEMORY_LIMIT": "400MB",
            "CHIPBRIEF_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = {tuple(json.loads(line)) for line in log.read_text().splitlines()}
    assert seen == {("381.4 MiB", 1)}


def test_duckdb_is_opened_in_one_place() -> None:
    modules = [p for folder in ("flows", "warehouse") for p in (ROOT / folder).rglob("*.py")]
    opens = [p.name for p in modules if re.search(r"duckdb\.connect\(", p.read_text("utf-8"))]

    assert opens == ["store.py"]


@pytest.mark.parametrize(
    ("size", "number"),
    [
        ("381.4 MiB", 399926886),
        ("8GB", 8 * 10**9),
        ("1000000000 bytes", 10**9),
        ("1.5 TiB", 3 << 39),
    ],
)
def test_a_size_as_duckdb_writes_it_is_so_many_bytes(size: str, number: int) -> None:
    assert limits.bytes_of(size) == number
