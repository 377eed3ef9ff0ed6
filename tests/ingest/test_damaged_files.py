"""Files with flipped bytes and cut ends: each is read, held back or refused, and none stops a run.

The damage is drawn from a seed: CHIPBRIEF_DAMAGE_SEED names another.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import sys
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.ingest.conftest import PRICES
from tests.ingest.test_guard import half_decided
from tests.ingest.workbooks import workbook

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.ingest.conftest import Bar, Take, Write
    from warehouse.home import Home

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SEED = int(os.environ.get("CHIPBRIEF_DAMAGE_SEED", "20261201"))


def whole(lines: list[str]) -> dict[str, bytes]:
    """The same rows in each form, by its ending."""
    text = "\n".join(lines).encode()
    rows = pl.read_csv(text, infer_schema=False)
    found = {"csv": text, "csv.gz": gzip.compress(text), "csv.zst": zstd.compress(text)}
    for form in ("zstd", "snappy", "uncompressed"):
        made = io.BytesIO()
        rows.write_parquet(made, compression=form)  # type: ignore[arg-type]
        found[f"{form}.parquet"] = made.getvalue()
    made = io.BytesIO()
    rows.write_ndjson(made)
    found["json"] = made.getvalue()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", text)
        archive.writestr("b.parquet", found["zstd.parquet"])
    found["zip"] = made.getvalue()
    found["xlsx"] = workbook([line.split(",") for line in lines])
    return found


def damaged(data: bytes, draw: random.Random) -> bytes:
    """Bytes flipped anywhere, or near the end, where Parquet and archives keep their lists; cut."""
    if draw.random() < 0.15:
        return data[: draw.randrange(len(data))]
    first = max(0, len(data) - draw.choice((16, 200, 3000))) if draw.random() < 0.5 else 0
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5, 30))):
        at = draw.randrange(first, len(data))
        changed[at] = draw.choice((0, 255, draw.randrange(256), changed[at] ^ 1))
    return bytes(changed)


def files(lines: list[str], count: int, seed: int) -> dict[str, bytes]:
    """So many damaged files, by name."""
    draw, forms = random.Random(seed), whole(lines)  # noqa: S311
    drawn = [draw.choice(sorted(forms)) for _ in range(count)]
    return {f"{n:04}.{form}": damaged(forms[form], draw) for n, form in enumerate(drawn)}


def test_damaged_files_stop_nothing(home: Home, write: Write, bar: Bar, take: Take) -> None:
    lines = [PRICES, *(bar(day) for day in (8, 9, 10, 11, 12, 15, 16))]
    bad = [write(name, data) for name, data in files(lines, 120, SEED).items()]
    last = write("whole.csv", f"{PRICES}\n{bar(17)}\n")

    report = take(*bad, last)

    assert len(report.files) >= len(bad)
    assert all(file.reason and file.way_out for file in report.files if file.status == "refused")
    assert report.files[-1].status == "accepted"
    assert report.files[-1].rows_read == 1
    assert report.files_refused > 10
    assert not half_decided(home)
    law = report.rows_accepted + report.rows_duplicate + report.rows_quarantined
    assert law == report.rows_read


@pytest.mark.trial
@pytest.mark.parametrize("turn", range(4))
def test_damaged_files_stop_no_command(
    turn: int,
    own_home: Path,
    bar: Bar,
    tmp_path: Path,
    run_chipbrief: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    lines = [PRICES, *(bar(day) for day in (8, 9, 10, 11, 12, 15, 16))]
    folder = tmp_path / "damaged"
    folder.mkdir()
    for name, data in files(lines, 300, SEED + 1 + turn).items():
        (folder / name).write_bytes(data)

    done = run_chipbrief(own_home, "ingest", str(folder))

    assert done.returncode in {0, 4}, done.stderr
    assert "Traceback" not in done.stderr
