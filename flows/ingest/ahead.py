"""What comes next is made while what is at hand is used: both cores are busy with one file."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items in their order, from the third on each made while the one before is in use.

    What making an item raises is raised where it would have come. Two are made at once where they
    are asked for: a small file starts no thread.
    """
    yield from islice(items, 2)
    first = next(items, None)
    if first is None:
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, thread_name_prefix="reading") as pool:
        coming = pool.submit(next, items, None)
        yield first
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
