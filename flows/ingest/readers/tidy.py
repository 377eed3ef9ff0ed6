"""Our own format: CSV, NDJSON or Parquet whose columns are those of a record contract.

The kind is told from the columns: all that a kind requires are there, and of one kind only.
Columns that no contract knows are named in a finding and not stored.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flows.ingest.contracts import KINDS
from flows.ingest.readers.near_columns import Nearest, nearest, required, to_kind
from flows.ingest.readers.reading import Plan, Stream
from flows.ingest.readers.tidy_csv import csv_pieces, csv_raw
from flows.ingest.readers.tidy_marks import marks_of, with_marks
from flows.ingest.readers.tidy_objects import object_pieces, object_raw
from flows.ingest.readers.tidy_parquet import parquet_pieces, parquet_raw
from flows.ingest.refusal import Refused
from flows.ingest.report import Finding

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received


class Tidy:
    """Reads records that are already in the shape of a contract."""

    name = "tidy"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """Whether the columns are of some kind, or of several."""
        return bool(_kinds_of(set(received.header)))

    def plan(self, received: Received, request: Request) -> Plan:
        """Tell the kind. Raises Refused, naming the columns that are missing."""
        named = set(received.header)
        if request.kind is not None:
            kind = request.kind
            if not required(kind) <= named:
                raise _lacking(received, to_kind(kind, received.header))
        else:
            kind = self._kind(received)
        unknown = [column for column in received.header if column and column not in _known(kind)]
        findings = [Finding("unknown_column", 1, None, column) for column in unknown]
        # what is said of a table decides what it holds, as if it were another
        said = " ".join(word for word in (request.decimal, request.date_order) if word)
        return Plan(kind, self.name, said, findings=tuple(findings))

    def _kind(self, received: Received) -> str:
        named = set(received.header)
        kinds = _kinds_of(named)
        if len(kinds) == 1:
            return kinds[0]
        if kinds:
            raise Refused(
                f"{received.name} may be of several kinds: {', '.join(kinds)}.",
                f"Say which: --kind {kinds[0]}.",
            )
        near = nearest(received.header, received.name)
        if not near.is_near:
            raise Refused(
                f"{received.name} is of no known kind or provider; its columns are "
                f"{_listed(received.header)}.",
                "docs/records.md names the columns of each kind; --kind and --provider say which.",
            )
        raise _lacking(received, near)

    def read(self, received: Received, plan: Plan, request: Request) -> Stream:
        """One record a row, a line or an object."""
        types = KINDS[plan.kind].columns()
        wanted = {name: types[name].dtype for name in received.header if name in _known(plan.kind)}
        if received.form == "csv":
            stream = Stream(
                lambda: csv_pieces(received, wanted), lambda lines: csv_raw(received, lines)
            )
            marks = marks_of(wanted, request.decimal, request.date_order)
            return with_marks(stream, marks, wanted, received, plan.kind)
        if received.form == "ndjson":
            # an object may leave out what is empty: the first one need not name every column
            return Stream(
                lambda: object_pieces(received, sorted(_known(plan.kind))),
                lambda lines: object_raw(received, lines),
            )
        return Stream(
            lambda: parquet_pieces(received, wanted), lambda lines: parquet_raw(received, lines)
        )


@cache
def _known(kind: str) -> frozenset[str]:
    return frozenset(KINDS[kind].column_names()) - {"line"}


def _kinds_of(named: set[str]) -> list[str]:
    return [kind for kind in KINDS if required(kind) <= named]


def _lacking(received: Received, near: Nearest) -> Refused:
    columns = "column" if len(near.missing) == 1 else "columns"
    return Refused(
        f"{received.name} looks like {near.kind} and lacks the {columns} {near.lacks}; its columns"
        f" are {_listed(received.header)}.",
        "Rename or add what is missing (docs/records.md has each column); if the file is of another"
        " kind, say which with --kind.",
        kind=near.kind,
        provider="tidy",
    )


def _listed(header: tuple[str, ...]) -> str:
    shown = ", ".join(column[:40] for column in header[:12])
    return shown if len(header) <= 12 else f"{shown} and {len(header) - 12} more"
