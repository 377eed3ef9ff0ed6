"""Epoch AI's table of machine-learning hardware: chips, in operations and bytes a second.

Each row becomes a chip under an id of Epoch's own, beside the chips on record, so that no field of
a curated chip goes blank. Its rates are dense, as Epoch states them; the day it is known is the day
on which Epoch last changed the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.ingest.lines import read_table
from flows.ingest.readers.exact import scaled
from flows.ingest.readers.reading import Plan
from flows.ingest.readers.records import id_of, reading_of
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Reading, Request
    from flows.ingest.received import Received

SOURCE = "EPOCH-HW"
_NEEDED = frozenset({"Hardware name", "Manufacturer", "Last modified"})
_FP16 = "Tensor-FP16/BF16 performance (FLOP/s)"
#: Their column, ours, and the power of ten between them.
_SCALED = (
    (_FP16, "fp16_dense_tflops", -12),
    ("FP8 performance (FLOP/s)", "fp8_dense_tflops", -12),
    ("FP4 performance (FLOP/s)", "fp4_dense_tflops", -12),
    ("INT8 performance (OP/s)", "int8_dense_tops", -12),
    ("FP32 (single precision) performance (FLOP/s)", "fp32_tflops", -12),
    ("Memory (bytes)", "memory_gb", -9),
    ("Memory bandwidth (byte/s)", "memory_bandwidth_gbs", -9),
    ("TDP (W)", "tdp_w", 0),
    ("Die Size (mm^2)", "die_area_mm2", 0),
)
_COUNTRIES = {
    **dict.fromkeys(
        ("NVIDIA", "AMD", "Intel", "Google", "Amazon AWS", "Amazon", "Microsoft", "Meta AI", "Meta",
         "Cerebras", "Groq", "IBM", "Tesla", "SambaNova", "Qualcomm"), "US"
    ),
    **dict.fromkeys(
        ("Huawei", "Cambricon", "Hygon", "Baidu", "Alibaba", "Biren", "Moore Threads", "MetaX",
         "Enflame", "Iluvatar CoreX", "T-Head"), "CN"
    ),
    "Graphcore": "GB",
}  # fmt: skip
_COLUMNS = (
    "chip_id", "vendor", "vendor_country", "model", "short_name", "process_node", "foundry",
    "is_us_origin", "published_on", "source_id", "confidence", "note",
    *(ours for _, ours, _ in _SCALED),
)  # fmt: skip


class Epoch:
    """Reads `ml_hardware.csv` and cuts of it."""

    name = "epoch"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """Whether the columns that name a chip and one of its rates are there."""
        named = set(received.header)
        return received.form == "csv" and named >= _NEEDED and not named.isdisjoint(_rates())

    def plan(self, received: Received, request: Request) -> Plan:
        """Chips. Raises Refused where a column that they need is missing."""
        if request.kind not in (None, "chips"):
            raise Refused(f"{received.name} holds chips, not {request.kind}.", "Leave out --kind.")
        missing = sorted(_NEEDED - set(received.header))
        if missing or received.form != "csv":
            raise Refused(
                f"{received.name} is no table of Epoch AI's hardware: it lacks"
                f" {', '.join(missing) or 'the form of a CSV'}.",
                "Download ml_hardware.csv anew, or leave out --provider.",
                kind="chips",
            )
        return Plan(
            "chips",
            self.name,
            assumed=(
                "Rates are dense. A chip is known from the day its row was last changed.",
                "Its id begins with epoch-: it stands beside the chips on record.",
            ),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One chip a row."""
        table = read_table(received)
        rows = [_chip(row) for row in table.rows.iter_rows(named=True)]
        return reading_of(rows, _COLUMNS, table.ragged, table.raw)


def _rates() -> set[str]:
    return {theirs for theirs, _, power in _SCALED if power == -12}


def _chip(row: dict[str, str | None]) -> dict[str, str | int | None]:
    model, vendor = row["Hardware name"] or "", row["Manufacturer"] or ""
    country = _COUNTRIES.get(vendor)
    size = scaled(row.get("Process size (nm)"), 0)
    short = model.removeprefix(vendor).strip() or model
    link = row.get("Link to datasheet")
    note = " ".join(part for part in (row.get("Notes"), link) if part)
    return {
        "chip_id": id_of("epoch", model) if model else None,
        "vendor": vendor or None,
        "vendor_country": country,
        "model": model or None,
        "short_name": f"Epoch {short}" if model else None,
        "process_node": f"{size} nm" if size else None,
        "foundry": row.get("Foundry"),
        "is_us_origin": None if country is None else str(country == "US").lower(),
        "published_on": (row["Last modified"] or "")[:10] or None,
        "source_id": SOURCE,
        "confidence": "seen-secondary",
        "note": note or None,
        "line": int(row["line"] or 0),
        **{ours: scaled(row.get(theirs), power) for theirs, ours, power in _SCALED},
    }
