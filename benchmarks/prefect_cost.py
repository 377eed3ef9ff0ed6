"""What Prefect costs: a run in which nothing changed, directly and as a flow.

    python -m benchmarks.prefect_cost [--runs N]

A Prefect server is started on loopback in a profile of its own; the flow runs in a process of its
own, as a worker would start it.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import page
from benchmarks.process import Contender, race, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Measure, print, and write the section `prefect` of the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.prefect_cost", description=__doc__)
    words.add_argument("--runs", type=int, default=5)
    runs = words.parse_args().runs
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as variables:
        root, bin_ = Path(folder), Path(sys.executable).parent
        program, log = [str(bin_ / "chipbrief"), "--home", str(root / "home")], root / "log.txt"
        race([Contender("prepare", [*program, "run"])], 0, log)
        variables["CHIPBRIEF_HOME"] = str(root / "home")
        flow = "from flows.flow import briefing; briefing()"
        contenders = [
            Contender("`chipbrief run`", [*program, "run"]),
            Contender("the flow `briefing`", [sys.executable, "-c", flow], variables=variables),
            Contender(
                "importing Prefect alone", [sys.executable, "-c", "from prefect import flow"],
                variables=variables,
            ),
        ]  # fmt: skip
        race(contenders, runs, log)
        cost = contenders[1].median - contenders[0].median
        page.write(
            "prefect",
            f"Medians of {runs} alternating runs. Prefect costs {cost:.2f} s a run.\n\n"
            + table(contenders),
        )


@contextmanager
def _server(root: Path) -> Iterator[dict[str, str]]:
    """A running server; gives the variables that lead to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    variables = {
        "PREFECT_HOME": str(root / "prefect"),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    words = [str(Path(sys.executable).with_name("prefect")), "server", "start", "--port", str(port)]
    with (root / "server.txt").open("wb") as out:
        server = subprocess.Popen(
            words, stdout=out, stderr=out, env={**os.environ, **variables, "PREFECT_API_URL": ""}
        )
        try:
            _wait(f"{api}/health", server, root / "server.txt")
            yield variables
        finally:
            server.terminate()
            server.wait()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the Prefect server did not answer:\n{log.read_text()}")


if __name__ == "__main__":
    main()
