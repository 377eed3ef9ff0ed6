"""What DuckDB may use: memory and threads, as the settings say, for every connection there is.

Readers, questions and the writer open connections in many places; the limits are the process's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Of this machine's memory (or of what its container is allowed): the rest is for Polars.
MEMORY = "60%"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
          "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}  # fmt: skip
_SIZE = re.compile(r"([0-9.]+) ?([KMGT]?i?)B(?:ytes)?|([0-9]+) ?bytes")


@dataclass
class _Limits:
    memory: str = MEMORY
    threads: int | None = None


_limits = _Limits()


def hold(memory: str | None, threads: int | None) -> None:
    """From here on every connection has these limits; the usual ones where none are given."""
    _limits.memory, _limits.threads = memory or MEMORY, threads


def config() -> dict[str, str | int]:
    """The limits as settings of DuckDB's."""
    threads = {} if _limits.threads is None else {"threads": _limits.threads}
    return {"memory_limit": _limits.memory, **threads}


def bytes_of(size: str) -> int:
    """The bytes that a size stands for, as DuckDB writes it: `381.4 MiB`, `8GB`, `0 bytes`."""
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        raise ValueError(f"not a size: {size!r}")
    if match[3]:
        return int(match[3])
    return int(float(match[1]) * _UNITS[match[2]])
