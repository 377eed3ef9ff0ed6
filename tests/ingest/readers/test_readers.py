"""Which reader is asked: the names that `--provider` takes, and that no two claim a file."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from flows.ingest.readers import READERS, reader_named
from flows.ingest.refusal import Refused
from flows.ingest.said import PROVIDERS
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.ingest.readers.conftest import Layout, Read, Real

    Bars = Callable[[str, str], list[Real]]


def test_every_reader_is_named_by_help_and_by_the_error(
    run_chipbrief: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    shown = re.sub(r"\s+", " ", run_chipbrief(tmp_path, "ingest", "--help").stdout)

    with pytest.raises(WrongUse) as error:
        reader_named("yahu")

    assert tuple(READERS) == PROVIDERS
    assert ", ".join(sorted(PROVIDERS)) in shown
    assert all(name in error.value.way_out for name in PROVIDERS)


ODD = (
    "", "null", "NaN", "inf", "-1", "0", "1e400", "9" * 60, "9" * 24 + "T", "$", "%", "$$1",
    "1,2,3", '"', "'", "日", "亿", "\x00", "\u202e", "2025-13-45", "99/99/9999",
    "2025-12-09 09:30:00", "-", "1.5万亿亿", "31/12/2025", "N/A", "[]", "{}", " ", "²", "１２",
)  # fmt: skip


@pytest.mark.trial
def test_no_cell_crashes_a_reader_or_loses_its_line(read: Read, layout: Layout, nvda: Bars) -> None:
    chance = random.Random(20261124)  # noqa: S311  for the same cells each time
    bars = nvda("2025-12-08", "2025-12-12")
    rows = 0
    for _ in range(40):
        for provider in ("yahoo", "yfinance", "stooq bulk", "nasdaq", "alphavantage", "investing"):
            lines = layout(provider, bars).splitlines()
            for _ in range(3):
                place = chance.randrange(len(lines))
                cells = lines[place].split(",")
                cells[chance.randrange(len(cells))] = chance.choice(ODD)
                lines[place] = ",".join(cells)

            with suppress(Refused):
                reading = read(
                    "NVDA.csv", "\n".join(lines), provider.partition(" ")[0], adjustment="split"
                )
                rows += reading.rows.height
                told = {*reading.rows["line"], *reading.ragged["line"]}
                assert told == set(reading.raw["line"])

    assert rows > 300
