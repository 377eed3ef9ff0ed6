"""The bundled models with their unit tests, read once a test process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flows import assets
from flows.build.model import load_models

if TYPE_CHECKING:
    from flows.build.model import Model


@cache
def models() -> dict[str, Model]:
    """Every model by name; not to be changed."""
    return load_models(assets.asset("sql"))
