"""What comes next is made while what is at hand is used: both cores are busy with one file."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

Item = TypeVar("Item")
Made = TypeVar("Made")

#: Items of which something is made at once.
_AT_ONCE = 2


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


def each(make: Callable[[Item], Made], items: Iterator[Item]) -> Iterator[Made]:
    """What is made of each item, in their order, from the third on of two at once.

    What taking or making one raises is raised where it would have come.
    """
    yield from map(make, islice(items, 2))
    first = next(items, None)
    if first is None:
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="reading") as pool:
        coming: deque[Future[Made]] = deque([pool.submit(make, first)])
        raised = None
        while coming:
            try:
                item = next(items, None) if raised is None else None
            except Exception as error:  # raised below, behind what came before
                raised, item = error, None
            if item is not None:
                coming.append(pool.submit(make, item))
            if item is None or len(coming) > _AT_ONCE:
                yield coming.popleft().result()
        if raised:
            raise raised
