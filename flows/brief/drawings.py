"""All charts of an edition, each drawn once per language.

The converter holds Python's lock, so threads do not help: the first language is drawn here, the
others meanwhile by a process of their own, `python -m flows.brief.drawings`, which reads a
data.json and writes the drawings as JSON. A PNG is made for the charts of the mail alone.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.brief.charts import Drawing
    from flows.brief.figures import Figures

    Drawn = dict[str, Drawing]


@contextmanager
def drawing(
    figures: Figures, languages: Sequence[str], with_png: Sequence[str]
) -> Iterator[Callable[[str], Drawn]]:
    """Begin to draw; gives a function that waits for the charts of a language, by name.

    `with_png` names the charts that a mail needs too. Where the other process fails, its
    languages are drawn here, and what was wrong is raised here.
    """
    first, *others = languages
    if not others:
        yield lambda language: draw(figures, language, with_png)
        return
    helper = _helper(others, with_png)
    with ThreadPoolExecutor(max_workers=1) as waiting:
        answer = waiting.submit(helper.communicate, figures.to_json())

        def drawn(language: str) -> Drawn:
            if language != first:
                data, _ = answer.result()
                if helper.returncode == 0:
                    return _unpacked(data)[language]
            return draw(figures, language, with_png)

        try:
            yield drawn
        finally:
            helper.kill()


def draw(figures: Figures, language: str, with_png: Sequence[str]) -> Drawn:
    """Every chart of one language, in this process."""
    from flows.brief import charts

    made = {}
    for name in charts.NAMES:
        drawn = charts.draw_svg(name, figures, language)
        if name in with_png and not drawn.is_empty:
            drawn = replace(drawn, png=charts.draw_png(name, figures, language).png)
        made[name] = drawn
    return made


def _helper(languages: Sequence[str], with_png: Sequence[str]) -> subprocess.Popen[bytes]:
    """This module as a process that finds its imports where this one does."""
    return subprocess.Popen(  # noqa: S603  our own module, its arguments are ours
        [sys.executable, "-m", "flows.brief.drawings", ",".join(languages), ",".join(with_png)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


def _packed(drawn: dict[str, Drawn]) -> bytes:
    plain = {
        language: {
            name: [d.svg, d.png and base64.b64encode(d.png).decode(), d.alt, d.is_empty]
            for name, d in charts.items()
        }
        for language, charts in drawn.items()
    }
    return json.dumps(plain).encode()


def _unpacked(data: bytes) -> dict[str, Drawn]:
    from flows.brief.charts import Drawing

    return {
        language: {
            name: Drawing(svg, png and base64.b64decode(png), alt, is_empty)
            for name, (svg, png, alt, is_empty) in charts.items()
        }
        for language, charts in json.loads(data).items()
    }


def main() -> None:
    """Draw the languages named on the command line from the data.json on standard input."""
    from flows.brief import figures as reading

    languages, with_png = (given.split(",") for given in sys.argv[1:3])
    figures = reading.from_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_packed({code: draw(figures, code, with_png) for code in languages}))


if __name__ == "__main__":
    main()
