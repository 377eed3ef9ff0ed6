"""What an audit looks at and what it finds: the words in which every stage says what is wrong.

Pure values; the looking is done where the thing is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was written: where it is, what is wrong, the way out."""

    where: str
    what: str
    way_out: str


@dataclass
class Audit:
    """One promise, how many things were looked at for it, and what does not keep it.

    `note` says why something was not looked at, where that is so.
    """

    name: str
    promise: str
    looked_at: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    note: str = ""

    def flaw(self, where: object, what: str, way_out: str) -> None:
        """Note a flaw."""
        self.flaws.append(Flaw(str(where), what, way_out))
