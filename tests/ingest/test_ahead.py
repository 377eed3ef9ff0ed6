"""What is read ahead comes in its order, and what goes wrong comes where it would have come."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from flows.ingest.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


def _readers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("reading")]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
def test_every_item_comes_once_in_its_order(count: int) -> None:
    assert list(ahead(iter(range(1, count + 1)))) == list(range(1, count + 1))
    assert not _readers()


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield from (1, 2, 3)
        made.set()
        yield 4

    for item in ahead(items()):
        if item == 3:
            assert made.wait(timeout=30)


@pytest.mark.parametrize("good", [0, 1, 2, 3, 5])
def test_an_error_is_raised_behind_the_items_before_it(good: int) -> None:
    def items() -> Iterator[int]:
        yield from range(1, good + 1)
        raise ValueError("cut off")

    seen: list[int] = []
    with pytest.raises(ValueError, match="cut off"):
        seen.extend(ahead(items()))

    assert seen == list(range(1, good + 1))
    assert not _readers()


def test_nothing_goes_on_reading_once_nobody_asks() -> None:
    items = ahead(iter(range(1, 1000)))
    assert [next(items) for _ in range(4)] == [1, 2, 3, 4]

    items.close()  # type: ignore[attr-defined]

    assert not _readers()
