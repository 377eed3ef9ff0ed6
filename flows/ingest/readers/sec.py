"""Company facts of the SEC (data.sec.gov, `companyfacts/CIK….json`): revenue by period, as filed.

What a period is is told by its days, never by `fy` and `fp`, which are those of the filing that
repeats it. The source has no geography: every row is the company's total in the world.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ingest.readers.reading import Plan
from flows.ingest.readers.records import RAGGED, RAW, id_of, reading_of
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.ingest.readers.reading import Reading, Request
    from flows.ingest.received import Received

_KEYS = frozenset({"cik", "entityName", "facts"})
#: Revenue by taxonomy; of concepts that state one period in one filing the first counts.
_REVENUE = (
    ("us-gaap", "Revenues"),
    ("us-gaap", "RevenueFromContractWithCustomerExcludingAssessedTax"),
    ("us-gaap", "SalesRevenueNet"),
    ("ifrs-full", "Revenue"),
)
#: Days of a quarter of 12 to 14 weeks, and of two, three and four quarters.
_QUARTERS = {1: (80, 100), 2: (170, 190), 3: (260, 285), 4: (350, 380)}
_NAMES = {"ADVANCED MICRO DEVICES": "AMD", "INTEL": "Intel", "BROADCOM": "Broadcom"}
_FORM = re.compile(r",?\s+(CORP|CORPORATION|INC|CO|LTD|PLC|N\.?V\.?|/[A-Z]{2,3}/?|COM)\.?$")
_COLUMNS = (
    "sale_id", "vendor", "segment", "region", "basis", "scope", "fiscal_period", "period_start",
    "period_end", "revenue", "currency", "value_type", "published_basis", "published_on",
    "source_id", "confidence", "note",
)  # fmt: skip


class Sec:
    """Reads one company's facts."""

    name = "sec"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """Whether it is an object of a company and its facts."""
        return received.form in ("json", "ndjson") and set(received.header) >= _KEYS

    def plan(self, received: Received, request: Request) -> Plan:
        """Sales. Raises Refused where it is no company's facts."""
        if request.kind not in (None, "sales"):
            raise Refused(f"{received.name} holds sales, not {request.kind}.", "Leave out --kind.")
        if not self.recognises(received):
            raise Refused(
                f"{received.name} is no file of company facts: it lacks cik, entityName or facts.",
                "Fetch companyfacts/CIK##########.json of data.sec.gov, or leave out --provider.",
                kind="sales",
            )
        return Plan(
            "sales",
            self.name,
            assumed=(
                "Revenue of the whole company in the world: this source has no regions.",
                "A period is a quarter, or accumulated, by its days.",
            ),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One row a period and filing. Raises Refused where no revenue is in it."""
        try:
            told = json.loads(received.path.read_bytes(), parse_float=str, parse_int=str)
            facts = list(_facts(told["facts"]))
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise Refused(
                f"{received.name} cannot be read as company facts: {str(error)[:80]}.",
                "Fetch it again.",
                kind="sales",
            ) from None
        if not facts:
            raise Refused(
                f"{received.name} states no revenue under {', '.join(c for _, c in _REVENUE)}.",
                "Write the figures as a table of our own columns (docs/records.md, sales).",
                kind="sales",
            )
        rows, odd, raw = [], [], []
        year_ends = [end for start, end, _, _ in facts if _quarters(start, end) == 4]
        for number, (start, end, currency, fact) in enumerate(facts, start=1):
            raw.append((number, json.dumps(fact, ensure_ascii=False)))
            quarters = _quarters(start, end)
            if quarters is None:
                days = (end - start).days + 1
                told_so = f"A period of {days} days is neither a quarter nor accumulated ones."
                odd.append((number, "period_of_no_quarters", told_so))
                continue
            period = _period(end, quarters, max(year_ends, default=None))
            rows.append(_sale(told, start, end, currency, fact, quarters, period, number))
        return reading_of(
            rows,
            _COLUMNS,
            pl.DataFrame(odd, schema=RAGGED, orient="row"),
            pl.DataFrame(raw, schema=RAW, orient="row"),
        )


def _facts(by_taxonomy: dict[str, Any]) -> Iterator[tuple[dt.date, dt.date, str, dict[str, Any]]]:
    seen: set[tuple[str, ...]] = set()
    for taxonomy, concept in _REVENUE:
        units = by_taxonomy.get(taxonomy, {}).get(concept, {}).get("units", {})
        for currency, facts in units.items():
            for fact in facts:
                version = (currency, fact["start"], fact["end"], fact["filed"])
                if version in seen:
                    continue
                seen.add(version)
                start, end = (dt.date.fromisoformat(fact[key]) for key in ("start", "end"))
                yield start, end, currency, fact


def _quarters(start: dt.date, end: dt.date) -> int | None:
    days = (end - start).days + 1
    return next((n for n, (least, most) in _QUARTERS.items() if least <= days <= most), None)


def _period(end: dt.date, quarters: int, year_end: dt.date | None) -> str | None:
    """FY26Q2, FY26H1, FY26 9M or FY26, where the end of a fiscal year is known."""
    if year_end is None:
        return None
    left = (_next_year_end(end, year_end) - end).days
    last = 4 - round(left / 91.3)
    year = f"FY{_next_year_end(end, year_end).year % 100:02}"
    if quarters == 1:
        return f"{year}Q{last}"
    return {2: f"{year}H1", 3: f"{year} 9M", 4: year}[quarters] if last == quarters else None


def _next_year_end(day: dt.date, year_end: dt.date) -> dt.date:
    """The end of the fiscal year that a day is in; years of whole weeks end within a week of it."""
    month, of_month = year_end.month, min(year_end.day, 28)
    year = day.year
    while dt.date(year, month, of_month) < day - dt.timedelta(10):
        year += 1
    return dt.date(year, month, of_month)


def _sale(
    told: dict[str, Any],
    start: dt.date,
    end: dt.date,
    currency: str,
    fact: dict[str, Any],
    quarters: int,
    period: str | None,
    line: int,
) -> dict[str, str | int | None]:
    cik, accession = int(told["cik"]), str(fact["accn"])
    folder = f"{cik}/{accession.replace('-', '')}"
    return {
        "sale_id": id_of("sec", str(cik), currency, start.isoformat(), end.isoformat()),
        "vendor": _vendor(str(told["entityName"])),
        "segment": "Total",
        "region": "World",
        "basis": "unspecified",
        "scope": "company",
        "fiscal_period": period,
        "period_start": start.isoformat(),
        "period_end": end.isoformat(),
        "revenue": str(fact["val"]),
        "currency": currency,
        "value_type": "reported" if quarters == 1 else "ytd",
        "published_basis": "stated",
        "published_on": str(fact["filed"]),
        # filings of one company are one voice
        "source_id": f"SEC-CIK{cik:010};{accession}",
        "confidence": "seen-primary",
        "note": f"Form {fact.get('form', '?')}, https://www.sec.gov/Archives/edgar/data/{folder}/",
        "line": line,
    }


def _vendor(stated: str) -> str:
    """NVIDIA CORP to NVIDIA: the name without the form of company."""
    bare = stated.strip()
    while (found := _FORM.search(bare.upper())) is not None:
        bare = bare[: found.start()].strip()
    return _NAMES.get(bare.upper(), bare)
