"""Lines of a table of bars that are no bars: where it was downloaded, a dividend between two days.

They are left out and said in the report. What may be a cut or broken row stays one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import Table

if TYPE_CHECKING:
    from flows.ingest.received import Received

#: One cell of words: no row of a table was ever cut to that.
_WORDS = re.compile(r'^["\s#*]*[^\W\d_]')
_DATED = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_ACTION = r"(?i)[,;\t\"]\s*[0-9.:/ for-]*\s*(dividend|stock split|split|capital gain)s?\b"
_ACTION_CELL = r"(?i)^[0-9.:/ for-]*\s*(dividend|stock split|split|capital gain)s?\b"


def left_out(table: Table, received: Received) -> tuple[Table, list[str]]:
    """The table without such lines, and what is said of them."""
    said = []
    footers = _footers(table, received.separator)
    if footers:
        texts = table.raw.filter(pl.col("line").is_in(footers))["raw"].to_list()
        shown = " ".join(text.strip(' "#,;') for text in texts)
        said.append(f"Left out at the end: {shown[:160]}.")
    actions = _actions(table)
    if actions:
        said.append(f"{len(actions)} line(s) of dividends or splits are no bars and were left out.")
    lines = [*footers, *actions]
    if not lines:
        return table, said
    is_other = ~pl.col("line").is_in(lines)
    return (
        Table(
            table.rows.filter(is_other), table.ragged.filter(is_other), table.raw.filter(is_other)
        ),
        said,
    )


def _footers(table: Table, separator: str) -> list[int]:
    """Lines at the end that have one cell, and words in it."""
    found = []
    for line, raw in table.raw.sort("line", descending=True).iter_rows():
        if not _is_footer(raw, separator):
            break
        found.append(line)
    return sorted(found)


def _is_footer(text: str, separator: str) -> bool:
    bare = text.strip().rstrip(separator).strip()
    if not bare:
        return False
    quoted = bare.startswith('"') and bare.endswith('"') and '"' not in bare[1:-1]
    is_one_cell = quoted or separator not in bare
    return is_one_cell and bool(_WORDS.match(bare)) and not _DATED.match(bare.strip('"# '))


def _actions(table: Table) -> list[int]:
    """Lines of the table or beside it whose second cell is `0.01 Dividend`."""
    texts = [name for name in table.rows.columns if name != "line"]
    if len(texts) < 2:
        return []
    of_rows = table.rows.filter(
        pl.any_horizontal(pl.col(name).str.contains(_ACTION_CELL) for name in texts[1:])
    )["line"]
    ragged = table.raw.filter(pl.col("line").is_in(table.ragged["line"].implode()))
    of_ragged = ragged.filter(pl.col("raw").str.contains(_ACTION))["line"]
    return [*of_rows, *of_ragged]
