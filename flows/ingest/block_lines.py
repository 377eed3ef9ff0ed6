"""The lines of a block of text, parted only as far as they are asked for."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from flows.ingest.survey import QUOTE, RETURN, Survey, survey

#: Where more lines than this have quotes, to part all of them is cheaper than to look for each.
_FEW = 2_000
_SCHEMA = {"line": pl.Int64, "raw": pl.String}


def lines_of(data: bytes, first_line: int) -> pl.DataFrame:
    """`line` and `raw` of each line; the first has the number `first_line`."""
    lines = pl.read_lines(data, name="raw", row_index_name="line", row_index_offset=first_line)
    return lines.select(pl.col("line").cast(pl.Int64), "raw")


class BlockLines:
    """The first `size` bytes of `data`, which is UTF-8, all of them if that is not given: whole
    lines, `first` and `last` being the numbers of two of them. `looked` is a survey of `data`, made
    if it is asked for and not given.
    """

    def __init__(
        self,
        data: bytes,
        first: int,
        last: int,
        size: int | None = None,
        looked: Survey | None = None,
    ) -> None:
        self.data = data
        self.first = first
        self.last = last
        self.size = len(data) if size is None else size
        #: Where the lines begin that have been found.
        self._starts: dict[int, int] = {}
        self._looked = looked

    @property
    def survey(self) -> Survey:
        """What a look at all of `data` tells."""
        if self._looked is None:
            self._looked = survey(self.data)
        return self._looked

    @property
    def height(self) -> int:
        """How many there are."""
        return self.last - self.first + 1

    @cached_property
    def with_lf(self) -> bytes:
        """All of `data`, each line ended by a line feed alone."""
        return self.data.replace(b"\r\n", b"\n") if RETURN in self.survey.holds else self.data

    @cached_property
    def has_lone_return(self) -> bool:
        """Whether there is a carriage return that ends no line."""
        return RETURN in self.survey.holds and RETURN in self.with_lf

    @cached_property
    def all(self) -> pl.DataFrame:
        """`line` and `raw` of each."""
        return lines_of(self.data, self.first).head(self.height)

    @cached_property
    def quoted(self) -> pl.DataFrame:
        """`line` and `raw` of those with a quote."""
        found: list[tuple[int, str]] = []
        quote = self.data.find(QUOTE, 0, self.size)
        while quote >= 0:
            if len(found) == _FEW:
                return self.all.filter(pl.col("raw").str.contains('"', literal=True))
            start = self.data.rfind(b"\n", 0, quote) + 1
            line = self.first + self.survey.ends_before(self.data, start)
            self._starts[line] = start
            found.append((line, self.text(line, line)))
            end = self.data.find(b"\n", quote)
            quote = self.data.find(QUOTE, end, self.size) if end >= 0 else -1
        return pl.DataFrame(found, schema=_SCHEMA, orient="row")

    def before(self, line: int) -> BlockLines:
        """Those before a line, which is quick to tell of one with a quote or near the end."""
        start = self._starts.get(line)
        if start is None:
            start = self.size - self.data.endswith(b"\n", 0, self.size)
            for _ in range(self.last - line + 1):
                start = self.data.rfind(b"\n", 0, start)
            start += 1
        before = BlockLines(self.data, self.first, line - 1, start, self._looked)
        before.quoted = self.quoted.filter(pl.col("line") < line)
        before._starts = self._starts
        return before

    def text(self, first: int, last: int) -> str:
        """The text from a line with a quote to another, both included, with line feeds between."""
        start = self._starts.get(first)
        if start is None:
            return "\n".join(self.all["raw"].slice(first - self.first, last - first + 1))
        end = start
        for _ in range(last - first + 1):
            end = self.data.find(b"\n", end) + 1 or len(self.data) + 1
        lines = self.data[start : end - 1].split(b"\n")
        return "\n".join(line.removesuffix(b"\r").decode() for line in lines)
