"""The process that draws: a wish a line on standard input, its answer a line on output.

A wish is `drawing` or `picture` and a filled spec; a picture is answered in base64.
`flows.brief.studio` starts the process. It loads the converter before anything is asked of it, and
ends with its input, so also when the process that started it was killed. Writes nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from typing import TYPE_CHECKING

from flows.brief.charts import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO


def serve(wishes: Iterable[str], answers: TextIO) -> None:
    """Answer each wish in its order; what cannot be drawn, by null."""
    for line in wishes:
        wish = line.rstrip("\n")
        form, _, spec = wish.partition(" ")
        try:
            answer = _FORMS[form](spec)
        except Exception:  # the process that asked draws it itself, and finds out why
            answer = None
        answers.write(json.dumps([_name(wish), answer]) + "\n")
        answers.flush()


def understood(line: bytes, wish: str) -> str | None:
    """The answer in a line; None where the line is no answer to this wish, or cut short."""
    try:
        of, answer = json.loads(line)
    except (ValueError, TypeError):
        return None
    return answer if of == _name(wish) and isinstance(answer, str) else None


def main() -> None:
    """Warm up, then serve until the input ends."""
    render.warm_up()
    serve(sys.stdin, sys.stdout)


def _picture(spec: str) -> str:
    return base64.b64encode(render.to_png(render.compiled(spec))).decode()


def _name(wish: str) -> str:
    return hashlib.sha256(wish.encode()).hexdigest()


_FORMS: dict[str, Callable[[str], str]] = {"drawing": render.compiled, "picture": _picture}


if __name__ == "__main__":
    main()
