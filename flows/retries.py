"""When a task of Prefect is tried again: for what passes by itself, another run above all.

Imports nothing of Prefect's; the `flow.py` files hand these to their tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from warehouse.errors import LockHeld

if TYPE_CHECKING:
    from collections.abc import Callable

#: Waits before the second, third and fourth try of a stage that writes the warehouse.
DELAYS_SECONDS = [30.0, 120.0, 300.0]


def may_pass(*errors: type[Exception]) -> Callable[[Any, Any, Any], bool]:
    """A retry condition: true where the task failed on a held lock or one of `errors`."""

    def condition(_task: Any, _run: Any, state: Any) -> bool:
        return isinstance(state.data, (LockHeld, *errors))

    return condition
