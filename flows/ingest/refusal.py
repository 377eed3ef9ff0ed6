"""The error by which a reader says that it cannot tell any row of a file."""

from __future__ import annotations

from warehouse.errors import Trouble


class Refused(Trouble):
    """A whole file is refused. Its bytes are kept; the other files go on.

    `kind` and `provider` are given where they were known before the file was refused.
    """

    exit_code = 4

    def __init__(self, what: str, way_out: str = "", *, kind: str = "", provider: str = "") -> None:
        super().__init__(what, way_out)
        self.kind = kind
        self.provider = provider
