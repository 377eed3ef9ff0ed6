"""Rows of the published copy for the terminal, and the chip that a person means by a name."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flows.near import near
from warehouse.errors import WrongUse
from warehouse.store import open_published

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    import duckdb

    from flows.settings import Settings


def rows(
    con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query, by column name."""
    found = con.execute(query, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def published(
    settings: Settings, as_of: dt.date | None, models: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published copy, or `models` made anew in memory as of another day."""
    if as_of is None:
        with open_published(settings.store) as con:
            yield con
        return
    from flows.build.what_if import what_if

    open_published(settings.store).close()
    with what_if(settings.store.published_file, as_of, models) as con:
        yield con


def find_chip(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The chip of an id, a short name, a model name or an alias, in any case.

    Raises WrongUse with the nearest names where there is none, or with all where there are
    several.
    """
    chips = rows(con, "select * from dim_chip order by chip_id")
    wanted = name.strip().casefold()
    names = {chip["chip_id"]: _names(chip) for chip in chips}
    for rank in range(3):
        found = [chip for chip in chips if wanted in names[chip["chip_id"]][rank]]
        if len(found) == 1:
            return found[0]
        if found:
            raise WrongUse(
                f"{name!r} could be {', '.join(chip['chip_id'] for chip in found)}.",
                "Name one of them by its id.",
            )
    if not chips:
        raise WrongUse("No chip was on record on that day.", "Name a later day with --as-of.")
    every = sorted({chip["short_name"] for chip in chips})
    shown = ", ".join(near(wanted, every)) or ", ".join(every[:8]) + ", …"
    raise WrongUse(f"No chip is called {name!r}.", f"Near it: {shown}.")


def _names(chip: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    aliases = {alias.strip() for alias in (chip["aliases"] or "").split(";")} - {""}
    return (
        {chip["chip_id"].casefold(), chip["short_name"].casefold()},
        {chip["model"].casefold()},
        {alias.casefold() for alias in aliases},
    )
