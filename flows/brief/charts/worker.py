"""The process that draws: a chart a line on standard input, its drawing a line on standard output.

`flows.brief.studio` starts it. It loads the converter before anything is asked of it, and ends
with its input, so also when the process that started it was killed. Writes nothing else.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TextIO


def draw(asked: dict[str, Any]) -> dict[str, Any]:
    """One chart as asked for: `spec`, `title`, `alt`, and whether `with_png`."""
    from flows.brief.charts import render

    svg = render.to_svg(asked["spec"], asked["title"], asked["alt"])
    png = render.to_png(asked["spec"]) if asked["with_png"] else None
    return {"svg": svg, "png": None if png is None else b64encode(png).decode()}


def serve(lines: TextIO, answers: TextIO) -> None:
    """Answer each line in its order. What cannot be drawn is answered by null."""
    for line in lines:
        try:
            answer = draw(json.loads(line))
        except Exception:  # the asking process draws it itself, and finds out why
            answer = None
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    """Warm up, then serve until the input ends."""
    from flows.brief.charts import render

    render.warm_up()
    try:
        serve(sys.stdin, sys.stdout)
    except BrokenPipeError:
        sys.stdout = None  # type: ignore[assignment]  nobody is left to read what is unwritten


if __name__ == "__main__":
    main()
