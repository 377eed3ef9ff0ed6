"""A home in which every second record is hostile, built, briefed and mailed by the program."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.ingest.check import check
from flows.ingest.contracts import KINDS
from tests.conftest import chipbrief
from tests.hostile.texts import MARKUP, TRICKS, as_csv, every_field, one_field_a_row, text_fields

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

_CONFIG = """
title = "{{7*7}}<b>daily</b>"
[[audiences]]
name = "<script>{{7*7}}</script>"
language = "en"
periods = ["weekly"]
recipients = ["ann@example.org"]
[[audiences]]
name = "'; drop table raw_chips; --"
language = "zh"
periods = ["weekly"]
recipients = ["li@example.org"]
"""
#: A file name of everything that a terminal, a page or a path might stumble over.
FILE_NAME = "=1+1<img src=x onerror=alert(4)>{{7*7}}[b]\u202e\x9b31m\x1b[2J\n\"'[x].csv"


@dataclass(frozen=True)
class Briefed:
    """The home, its newest edition's folder, and how to ask the program about it."""

    home: Path
    edition: Path
    run: Callable[..., subprocess.CompletedProcess[str]]


def let_in(kind: str, text: str) -> list[str]:
    """The fields whose contract lets the text in: what is hostile beyond them is held back."""
    rows = one_field_a_row(kind, text)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).with_columns(
        [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in rows[0]]
    )
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    good = check(kind, frame.with_columns(number.alias("row_no"), number.alias("line"))).candidates
    fields = text_fields(kind)
    return [fields[no - 1] for no in good["row_no"].sort().to_list()]


@pytest.fixture(scope="session")
def briefed(briefed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Briefed:
    work = tmp_path_factory.mktemp("hostile")
    home, inbox = work / "home", work / "in"
    shutil.copytree(briefed_home, home, copy_function=shutil.copy2)
    inbox.mkdir()
    (work / "chipbrief.toml").write_text(_CONFIG, "utf-8")
    for kind in KINDS:
        rows = every_field(kind, let_in(kind, MARKUP), MARKUP)[::2]
        rows += every_field(kind, let_in(kind, TRICKS), TRICKS)[1::2]
        (inbox / f"{kind}.csv").write_bytes(as_csv(rows))
    (inbox / FILE_NAME).write_text("no,records\n1,2\n", "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return chipbrief(home, *words, cwd=work)

    taken = run("ingest", str(inbox))
    assert taken.returncode == 4, taken.stdout + taken.stderr  # the odd file, refused
    assert taken.stdout.count("refused") == 1, taken.stdout
    done = run("run")
    assert done.returncode == 0, done.stdout + done.stderr
    newest = max((home / "briefings").glob("weekly-*"), key=lambda folder: folder.name)
    return Briefed(home, newest, run)
