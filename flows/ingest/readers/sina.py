"""Daily bars of Sina Finance, as packages save them: date,open,high,low,close,volume.

As traded, volume in shares. The columns are those of other tables in lower case: the file's name
or `--provider sina` says whose they are, else the store tells the basis.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from flows.ingest.readers.bars import PRICES, DailyBars
from flows.ingest.readers.headings import heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.ingest.received import Received


class Sina(DailyBars):
    """Reads one symbol's daily bars; the symbol is told by `--symbol` or the file's name."""

    name = "sina"
    source = "PX-SINA"
    basis = "raw"
    is_basis_firm = False
    known: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("date", *PRICES, "volume", "amount")}, "day": "date",
    }  # fmt: skip

    def recognises(self, received: Received) -> bool:
        """A plain table in a file that is named for it."""
        bare = {heading(name).bare for name in received.header}
        is_table = received.form in ("csv", "parquet")
        named = re.search(r"(^|[^a-z])sina([^a-z]|$)", PurePath(received.name).name.lower())
        return is_table and {"date", *PRICES} <= bare and named is not None
