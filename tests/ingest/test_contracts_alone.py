"""Contracts come without what their library takes in besides and they never use."""

from __future__ import annotations

import subprocess
import sys


def test_ingest_starts_without_sqlalchemy_and_leaves_it_to_whoever_wants_it() -> None:
    program = (
        "import sys, flows.ingest.arrival\n"
        "assert 'dataframely' in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('sqlalchemy')]\n"
        "import sqlalchemy\n"
        "print(sqlalchemy.__name__)\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (said.stdout, said.returncode) == ("sqlalchemy\n", 0), said.stderr
