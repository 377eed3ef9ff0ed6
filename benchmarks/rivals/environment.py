"""A virtual environment of a rival, made once and kept under the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import duckdb

#: dbt-core 1.11: newer source distributions fetch a binary. Both on DuckDB where the rival allows:
#: dbt gets our version of it, SQLMesh brings an older one.
DBT = ("dbt-core~=1.11.0", "dbt-duckdb~=1.11.0", f"duckdb=={duckdb.__version__}")
SQLMESH = ("sqlmesh~=0.236.0",)


def environment(requirements: tuple[str, ...]) -> Path:
    """The `bin` folder of an environment that holds the requirements, made where there is none."""
    name = hashlib.sha256(repr((requirements, sys.version)).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "chipbrief-benchmarks" / name
    ready = folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq"]
        subprocess.run([*pip, "--disable-pip-version-check", *requirements], check=True)
        compiled = [str(folder / "bin" / "python"), "-m", "compileall", "-q", str(folder / "lib")]
        # packages carry files for other Pythons that do not compile, which is no reason to stop
        subprocess.run(compiled, check=False, stdout=subprocess.DEVNULL)
        ready.touch()
    return folder / "bin"


def version(folder: Path, package: str) -> str:
    """The version of a package in an environment."""
    asked = f"import importlib.metadata as m; print(m.version({package!r}))"
    told = subprocess.run(
        [str(folder / "python"), "-c", asked], check=True, capture_output=True, text=True
    )
    return told.stdout.strip()
