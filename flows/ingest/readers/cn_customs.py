"""Statistics of China's customs: trade by month, commodity and partner, refused by name.

They are trade flows, a kind that the store does not have yet; as sales they would be counted with
what vendors report. The bytes are kept, so that a version that has the kind can read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Plan, Reading, Request
    from flows.ingest.received import Received

_NEEDED = frozenset({"数据年月", "商品编码", "贸易伙伴名称"})
_VALUES = ("美元", "人民币")


class CnCustoms:
    """Knows the detailed download in Chinese."""

    name = "cncustoms"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """Whether month, commodity, partner and a value are there."""
        named = set(received.header)
        return received.form == "csv" and named >= _NEEDED and not named.isdisjoint(_VALUES)

    def plan(self, received: Received, request: Request) -> Plan:
        """Raises Refused, always."""
        if not self.recognises(received):
            raise Refused(
                f"{received.name} is no table of China's customs.", "Leave out --provider."
            )
        raise _refusal(received, self.name)

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """Raises Refused, always."""
        raise _refusal(received, self.name)


def _refusal(received: Received, provider: str) -> Refused:
    value = next(name for name in _VALUES if name in received.header)
    return Refused(
        f"{received.name} holds statistics of China's customs, trade by month and partner in"
        f" {value}: trade flows are no kind of records here yet, and no sales.",
        f"Nothing to do: its bytes are kept, and `chipbrief quarantine replay {received.name}`"
        " reads them once a version has the kind.",
        kind="unknown",
        provider=provider,
    )
