"""Every trap of the field has a test that names it, in a model's twin or among the tests.

The traps are those of the domain notes: sparse against dense (1) to new listings (20).
"""

from __future__ import annotations

import re
from pathlib import Path

from tests import bundled

TRAPS = set(range(1, 21))
_NAMED = re.compile(r"trap_(\d+)(?:_and_(\d+)\b|_and_(\d+)_)?")


def _names() -> list[str]:
    twins = [test.name for m in bundled.models().values() for test in m.unit_tests]
    functions = [
        name
        for file in sorted(Path(__file__).parent.rglob("test_*.py"))
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    ]
    return [*twins, *functions]


def test_every_trap_is_named_by_a_test() -> None:
    named = {
        int(number)
        for name in _names()
        for found in _NAMED.findall(name)
        for number in found
        if number
    }

    assert TRAPS - named == set()
