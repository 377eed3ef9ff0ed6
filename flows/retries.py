"""What is tried again, and after which wait: a task of Prefect, and a fetch from a server.

Only what passes by itself: another run that holds the lock, a server that is busy or gone for a
moment. Imports nothing of Prefect's; the `flow.py` files hand these to their tasks.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from warehouse.errors import LockHeld

if TYPE_CHECKING:
    from collections.abc import Callable

#: Waits before the second, third and fourth try of a stage that writes the warehouse.
DELAYS_SECONDS = [30.0, 120.0, 300.0]

#: The longest wait between two tries of a fetch, also where the server asks for a longer one.
LONGEST_SECONDS = 60.0

_FIRST_SECONDS = 0.5


def may_pass(*errors: type[Exception]) -> Callable[[Any, Any, Any], bool]:
    """A retry condition: true where the task failed on a held lock or one of `errors`."""

    def condition(_task: Any, _run: Any, state: Any) -> bool:
        return isinstance(state.data, (LockHeld, *errors))

    return condition


def wait_before(retry: int, asked: float | None = None) -> float:
    """Seconds to wait before the first, second, … retry of a fetch.

    Twice as long each time, of which a random half to whole, so that many clients of a server
    that was down do not come back at once; what the server asked for, where it did.
    """
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_SECONDS)
    whole = min(_FIRST_SECONDS * 2.0 ** (retry - 1), LONGEST_SECONDS)
    return whole * random.uniform(0.5, 1.0)  # noqa: S311  no secret hangs on it
