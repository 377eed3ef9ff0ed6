"""The record contracts: what a row of each kind must be before it is let in.

`KINDS` names every kind in the order in which a reader of the docs meets them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.contracts import alone as alone  # before any other imports dataframely
from flows.ingest.contracts.chips import Chip, ChipConflict, ChipPrice, ExportStage, ExportStatus
from flows.ingest.contracts.policy import Claim, Event, Fee, Rule
from flows.ingest.contracts.prices import Price
from flows.ingest.contracts.reference import (
    Company,
    CorporateAction,
    Disclosure,
    ExchangeRate,
    Listing,
    Session,
    ShareEstimate,
    Source,
)
from flows.ingest.contracts.sales import Sale
from flows.ingest.contracts.supply import ChipFormat, SupplyCount
from flows.ingest.version import CONTRACT_VERSION

__all__ = ["CONTRACT_VERSION", "KINDS", "key_of"]

if TYPE_CHECKING:
    from flows.ingest.contracts.record import Record

KINDS: dict[str, type[Record]] = {
    "chips": Chip,
    "prices": Price,
    "sales": Sale,
    "fees": Fee,
    "rules": Rule,
    "fx": ExchangeRate,
    "companies": Company,
    "listings": Listing,
    "sessions": Session,
    "events": Event,
    "export_status": ExportStatus,
    "export_stages": ExportStage,
    "chip_prices": ChipPrice,
    "chip_conflicts": ChipConflict,
    "chip_formats": ChipFormat,
    "supply_counts": SupplyCount,
    "share_estimates": ShareEstimate,
    "disclosures": Disclosure,
    "corporate_actions": CorporateAction,
    "claims": Claim,
    "sources": Source,
}


def key_of(kind: str) -> list[str]:
    """The columns that say which thing a record is of; versions of it differ in published_on."""
    return [c for c in KINDS[kind].primary_key() if c != "published_on"]


def version_of(kind: str) -> list[str]:
    """What a version of a record is told by, within its main source (`main_source`)."""
    return [*key_of(kind), "published_on"]
