"""dataframely, imported alone: without SQLAlchemy, which it takes in wherever that is installed.

Contracts are never written as tables of SQLAlchemy's, Prefect brings it to every machine of ours,
and importing it takes longer than all else that ingest imports but Polars.
"""

from __future__ import annotations

import sys

_UNUSED = "sqlalchemy"

if _UNUSED in sys.modules:
    import dataframely as dy
else:
    # None stands for a package that is not installed
    sys.modules[_UNUSED] = None  # type: ignore[assignment]
    try:
        import dataframely as dy
    finally:
        del sys.modules[_UNUSED]

__all__ = ["dy"]
