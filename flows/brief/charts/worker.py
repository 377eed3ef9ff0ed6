"""The process that draws: a filled spec a line on standard input, its drawing a line on output.

`flows.brief.studio` starts it. It loads the converter before anything is asked of it, and ends
with its input, so also when the process that started it was killed. Writes nothing else.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from flows.brief.charts import render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO


def serve(specs: Iterable[str], answers: TextIO) -> None:
    """Answer each spec in its order, by a JSON text; what cannot be drawn, by null."""
    for spec in specs:
        try:
            drawing = render.compiled(spec)
        except Exception:  # the process that asked draws it itself, and finds out why
            drawing = None
        answers.write(json.dumps(drawing) + "\n")
        answers.flush()


def main() -> None:
    """Warm up, then serve until the input ends."""
    render.warm_up()
    serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
