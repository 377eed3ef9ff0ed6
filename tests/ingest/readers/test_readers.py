"""Which reader is asked: the names that `--provider` takes, and that no two claim a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flows.ingest.readers import READERS, reader_named
from flows.ingest.said import PROVIDERS
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


def test_every_reader_is_named_by_help_and_by_the_error(
    run_chipbrief: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    shown = re.sub(r"\s+", " ", run_chipbrief(tmp_path, "ingest", "--help").stdout)

    with pytest.raises(WrongUse) as error:
        reader_named("yahu")

    assert tuple(READERS) == PROVIDERS
    assert ", ".join(sorted(PROVIDERS)) in shown
    assert all(name in error.value.way_out for name in PROVIDERS)
