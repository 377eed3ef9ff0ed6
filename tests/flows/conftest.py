"""A real Prefect server and worker on loopback, in a home of their own, gone after the tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
SETTINGS = """
title = "Chips"
sender = "Chip briefing <briefing@example.org>"

[[audiences]]
name = "Desk"
periods = ["weekly"]
recipients = ["ann@readers.example"]

[[audiences]]
name = "研究组"
language = "zh"
periods = ["weekly"]
recipients = ["li@readers.example"]
"""


@dataclass(frozen=True)
class Prefect:
    """The server's address, and the environment of everything that talks to it."""

    api: str
    env: dict[str, str]
    home: Path
    logs: Path

    def run(self, *command: str, seconds: float = 240, stdin: str = "", **env: str) -> str:
        """Run a command to its end and return all that it printed; fails where it fails."""
        program = PREFECT if command[0] == "prefect" else command[0]
        done = subprocess.run(
            [program, *command[1:]], cwd=ROOT, env=self.env | env, timeout=seconds, check=False,
            capture_output=True, text=True, input=stdin,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{said}\n{self.logged()}"
        return said

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST to the server's API."""
        request = urllib.request.Request(  # noqa: S310  our own loopback address
            f"{self.api}/{path}",
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def logged(self) -> str:
        """What server and worker said so far."""
        return "\n".join(path.read_text() for path in sorted(self.logs.glob("*.log")))


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    root = tmp_path_factory.mktemp("prefect")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = root / "chipbrief.toml"
    config.write_text(SETTINGS, "utf-8")
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "CHIPBRIEF_"))}
    env = outside | {
        "PREFECT_HOME": str(root / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "CHIPBRIEF_HOME": str(root / "chipbrief"),
        "CHIPBRIEF_CONFIG": str(config),
        "CHIPBRIEF_NOW": "2026-11-23T12:15:00+00:00",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *command: str) -> None:
        with (root / f"{name}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )  # fmt: skip

    served = Prefect(env["PREFECT_API_URL"], env, root / "chipbrief", root)
    try:
        start("server", PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port))
        _wait_for(served, started[0])
        served.run("prefect", "work-pool", "create", "chipbrief", "--type", "process")
        start("worker", PREFECT, "worker", "start", "--pool", "chipbrief", "--limit", "1")
        yield served
    finally:
        for process in reversed(started):
            _end(process)
        _sweep(env["PREFECT_HOME"])


def _wait_for(served: Prefect, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{served.api}/health", timeout=2).close()  # noqa: S310
            return
        assert process.poll() is None, served.logged()
        time.sleep(0.25)
    pytest.fail(f"the Prefect server did not come up:\n{served.logged()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end; after a while end all of its group."""
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _sweep(prefect_home: str) -> None:
    """End what a worker left behind: processes whose environment names this test's own home."""
    mark = f"PREFECT_HOME={prefect_home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
