"""What is read ahead comes in its order, and what goes wrong comes where it would have come."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from flows.ingest.ahead import ahead, each

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


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
def test_what_is_made_of_each_item_comes_in_their_order(count: int) -> None:
    assert list(each(lambda n: -n, iter(range(count)))) == [-n for n in range(count)]
    assert not _readers()


def test_two_are_made_at_once_and_the_first_comes_first() -> None:
    second_is_there = threading.Event()

    def make(item: int) -> int:
        if item == 3:
            assert second_is_there.wait(timeout=30)
        if item == 4:
            second_is_there.set()
        return item

    assert list(each(make, iter([1, 2, 3, 4, 5]))) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("bad", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("where", ["taking", "making"])
def test_what_goes_wrong_comes_behind_the_items_before_it(bad: int, where: str) -> None:
    def fail() -> int:
        raise ValueError("cut off")

    def items() -> Iterator[int]:
        for n in range(8):
            yield fail() if n == bad and where == "taking" else n

    seen: list[int] = []
    with pytest.raises(ValueError, match="cut off"):
        seen.extend(each(lambda n: fail() if n == bad and where == "making" else n, items()))

    assert seen == list(range(bad))
    assert not _readers()
