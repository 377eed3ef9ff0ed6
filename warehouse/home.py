"""The folders of one chipbrief home and the names of the files in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Everything that a run writes lies below `root`; nothing outside it is touched."""

    root: Path

    @property
    def originals(self) -> Path:
        """Received bytes, one file a content: never changed, never deleted."""
        return self.root / "landing" / "originals"

    @property
    def spool(self) -> Path:
        """What is being fetched; each file goes when it has been read."""
        return self.root / ".spool"

    @property
    def manifests(self) -> Path:
        """One JSON a batch: what it was read from and how many rows went where."""
        return self.root / "landing" / "batches"

    def landing_file(self, kind: str, batch_id: str) -> Path:
        """Accepted rows of a batch, immutable."""
        return self.root / "landing" / kind / f"{batch_id}.parquet"

    def quarantine_file(self, kind: str, batch_id: str) -> Path:
        """Refused rows of a batch with rule, reason, file, line and raw text."""
        return self.root / "quarantine" / kind / f"{batch_id}.parquet"

    @property
    def decisions(self) -> Path:
        """Decisions of people, a file each: dismissed from quarantine, restored."""
        return self.root / "decisions"

    @property
    def spark(self) -> Path:
        """Marts as Spark wrote them, `<model>/<fingerprint>/*.parquet`; made again if missing."""
        return self.root / "spark"

    @property
    def warehouse_file(self) -> Path:
        """The DuckDB file of the one writer."""
        return self.root / "warehouse.duckdb"

    @property
    def spill(self) -> Path:
        """What a query of the writer needs beyond its memory; empty between runs."""
        return self.root / "spill"

    @property
    def published_file(self) -> Path:
        """The DuckDB file that readers open; swapped whole by rename."""
        return self.root / "published.duckdb"

    @property
    def published_before(self) -> Path:
        """The last few published files, by build."""
        return self.root / "published"

    @property
    def briefings(self) -> Path:
        """Editions and their archive index: plain files that never expire."""
        return self.root / "briefings"

    @property
    def outbox(self) -> Path:
        """Messages and what became of each."""
        return self.root / "outbox"

    @property
    def standing_file(self) -> Path:
        """What the ledgers said after the last run, for readers."""
        return self.root / "standing.json"

    @property
    def lock_file(self) -> Path:
        """Held by the writer for as long as it runs."""
        return self.root / ".writer.lock"
