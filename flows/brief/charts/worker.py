"""The process that draws: a filled spec a line on standard input, its drawing a line on output.

`flows.brief.studio` starts it. It loads the converter before anything is asked of it, and ends
with its input, so also when the process that started it was killed. Writes nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING

from flows.brief.charts import render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO


def serve(specs: Iterable[str], answers: TextIO) -> None:
    """Answer each spec in its order; what cannot be drawn, by null."""
    for line in specs:
        spec = line.rstrip("\n")
        try:
            drawing = render.compiled(spec)
        except Exception:  # the process that asked draws it itself, and finds out why
            drawing = None
        answers.write(json.dumps([_name(spec), drawing]) + "\n")
        answers.flush()


def understood(answer: bytes, spec: str) -> str | None:
    """The drawing in an answer; None where the line is no answer to this spec, or cut short."""
    try:
        of, drawing = json.loads(answer)
    except (ValueError, TypeError):
        return None
    return drawing if of == _name(spec) and isinstance(drawing, str) else None


def main() -> None:
    """Warm up, then serve until the input ends."""
    render.warm_up()
    serve(sys.stdin, sys.stdout)


def _name(spec: str) -> str:
    return hashlib.sha256(spec.encode()).hexdigest()


if __name__ == "__main__":
    main()
