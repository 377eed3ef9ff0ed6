"""Vega-Lite specs: read from `templates/charts`, and filled by name.

A spec holds no figure, no word and no colour. A string `$colour.ROLE`, `$text.NAME` or
`$value.NAME` is replaced by what the chart module gives under that name; `{"name": N}` under
`data` is filled from the plot's rows. Reads templates; writes nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.assets import asset
from flows.brief.charts.lettering import unlettered
from flows.brief.charts.palette import FONT, LIGHT

if TYPE_CHECKING:
    from flows.brief.charts.plot import Plot


def fill(name: str, plot: Plot) -> str:
    """The spec of a chart as canonical JSON, ready to be drawn.

    Raises KeyError where the spec asks for a name that the plot does not give.
    """
    names: dict[str, Any] = {f"$colour.{role}": colour for role, colour in LIGHT.items()}
    names["$font"] = FONT
    names |= {f"$text.{key}": text for key, text in plot.texts.items()}
    names |= {f"$value.{key}": value for key, value in plot.values.items()}
    spec = _filled(read(name), names)
    spec["config"] = _filled(read("_config"), names)
    spec["datasets"] = {name: [dict(row) for row in rows] for name, rows in plot.data.items()}
    if plot.views is not None:
        spec["vconcat"] = [view for view in spec["vconcat"] if view["name"] in plot.views]
    unlettered(spec)
    return json.dumps(spec, ensure_ascii=False, sort_keys=True, default=_plain)


def read(name: str) -> dict[str, Any]:
    """The spec as it stands in the template."""
    return json.loads(_text(name))  # type: ignore[no-any-return]


@functools.cache
def _text(name: str) -> str:
    suffix = ".json" if name.startswith("_") else ".vl.json"
    return (asset("templates") / "charts" / f"{name}{suffix}").read_text(encoding="utf-8")


def _filled(node: Any, names: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, names) for value in node]
    if isinstance(node, str) and node.startswith("$"):
        return names[node]
    return node


def _plain(value: Any) -> float | str:
    """A coordinate as JSON holds it: a place on paper needs no more digits than a float has."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be drawn")
