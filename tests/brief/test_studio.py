"""The drawing process is a help and never a need, and nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.brief import charts, drawings, studio
from flows.brief.charts import render
from flows.brief.studio import Studio

if TYPE_CHECKING:
    from flows.brief.figures import Figures

SPEC = '{"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}'
OTHER = SPEC.replace("bar", "point")


@cache
def own(spec: str) -> str:
    return render.compiled(spec)


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the process is started on any machine that runs these tests."""
    monkeypatch.setattr(studio, "_cores", lambda: 2)


def played(script: str) -> Studio:
    """A studio whose process is another program."""
    return Studio([sys.executable, "-c", script])


def test_every_chart_is_the_same_whichever_process_draws_it(
    real_figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_here: list[str] = []
    monkeypatch.setattr(studio, "_drawn_here", lambda spec: drawn_here.append(spec) or own(spec))
    with Studio() as there:
        told = drawings.draw_all(real_figures, ["zh"], there)["zh"]
        from_there = {name: (d.svg, d.png) for name, d in told.items()}

    assert drawn_here == []
    for name in charts.NAMES:
        drawing = charts.draw(name, real_figures, "zh")
        png = drawing.png if name in drawings.MAILED else None
        assert from_there[name] == (drawing.svg, png)


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit(1)",
        "input(); raise SystemExit(1)",
        "print('what is this')",
        'import sys\nfor line in sys.stdin: print(\'["a stranger", "<svg/>"]\', flush=True)',
        "import sys; sys.stdin.readline(); print('[', end='', flush=True)",
        "import os; os.close(1); os.close(0)",
    ],
    ids=["dies at once", "dies when asked", "babbles", "answers another", "is cut short", "deaf"],
)
def test_what_the_process_does_not_answer_is_drawn_here(script: str) -> None:
    with played(script) as broken:
        wanted = [broken.draw(spec) for spec in (SPEC, OTHER)]
        found = [drawing() for drawing in wanted]

    assert found == [own(SPEC), own(OTHER)]


def test_a_picture_that_is_taken_back_or_not_answered_is_made_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(studio, "PATIENCE_SECONDS", 0.1)
    with played("import time; time.sleep(600)") as stuck:
        wanted = [stuck.picture(SPEC, lambda: own(SPEC)) for _ in range(6)]
        # nobody is told of the last while the first wait for an answer
        assert wanted[-1].take_back()
        found = [b64decode(picture()) for picture in reversed(wanted)]

    assert found == [render.to_png(own(SPEC))] * 6


def test_pictures_that_are_taken_back_leave_the_others_their_answers() -> None:
    with Studio() as there:
        drawings = [there.draw(SPEC), there.draw(OTHER)]
        pictures = [there.picture(spec, partial(own, spec)) for spec in [SPEC, OTHER] * 4]
        taken_back = [picture.take_back() for picture in pictures[::3]]
        found = [b64decode(picture()) for picture in pictures]

        assert any(taken_back)
        assert [drawing() for drawing in drawings] == [own(SPEC), own(OTHER)]
    assert found == [render.to_png(own(SPEC)), render.to_png(own(OTHER))] * 4


def test_a_process_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "PATIENCE_SECONDS", 0.1)
    with played("import time; time.sleep(600)") as stuck:
        wanted = [stuck.draw(spec) for spec in (SPEC, OTHER)]
        found = [drawing() for drawing in wanted]

    assert found == [own(SPEC), own(OTHER)]


def test_a_program_that_cannot_be_started_is_done_without() -> None:
    with Studio(["/no/such/program"]) as absent:
        assert absent.draw(SPEC)() == own(SPEC)


def test_a_spec_that_cannot_be_drawn_fails_here_and_says_why() -> None:
    wrong = '{"data": {"url": "http://127.0.0.1:9/rows.csv"}, "mark": "point"}'

    with Studio() as there:
        wanted = there.draw(wrong)
        good = there.draw(SPEC)
        with pytest.raises(ValueError, match=r"(?i)url"):
            wanted()
        assert good() == own(SPEC)


def test_on_one_core_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "_cores", lambda: 1)
    monkeypatch.setattr(subprocess, "Popen", None)

    with Studio() as alone:
        alone.wake()
        assert alone.draw(SPEC)() == own(SPEC)


def test_modules_where_the_user_stands_are_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(studio, "_drawn_here", lambda _: "drawn here")

    with Studio() as there:
        assert there.draw(SPEC)() == own(SPEC)


def test_the_process_ends_with_the_one_that_started_it_even_by_a_kill() -> None:
    script = (
        "from flows.brief import studio; studio._cores = lambda: 2\n"
        f"it = studio.Studio(); it.draw({SPEC!r})()\n"
        "print(it._process._running.pid, flush=True); input()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert _is_there(worker)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30

    while _is_there(worker) and time.monotonic() < until:
        time.sleep(0.02)

    assert not _is_there(worker)


def test_nothing_is_left_of_it_after_the_with() -> None:
    with Studio() as there:
        there.wake()
        process = there._process
        assert process is not None

    assert process._running.returncode is not None
    assert process._running.stdin is not None
    assert process._running.stdin.closed


def _is_there(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody has asked after does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.is_file() or ") Z " not in status.read_text()
