"""Tables of sales as companies and analysts keep them in Chinese: 厂商, 季度, 地区, 收入(亿元).

Units stand in the header or behind each value: 31.2 under 收入(亿元), 31.2亿元, 3万台. What a
column does not state is not guessed: an amount without a currency is quarantined. A day of
publication that the sheet does not give is the deadline by which companies of the mainland must
have filed, and that is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.ingest.lines import column_names, read_table
from flows.ingest.readers.exact import POWERS, scaled
from flows.ingest.readers.periods_zh import deadline_of, period_of
from flows.ingest.readers.reading import Plan
from flows.ingest.readers.records import id_of, reading_of
from flows.ingest.refusal import Refused
from flows.ingest.report import Finding

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Reading, Request
    from flows.ingest.received import Received

SOURCE = "SHEET"
_MEANINGS = {
    "vendor": ("厂商", "公司", "企业", "供应商", "品牌", "公司名称", "厂家"),
    "period": ("季度", "期间", "报告期", "周期", "时期", "财季", "年度"),
    "region": ("地区", "区域", "市场", "国家/地区"),
    "customer": ("客户", "客户名称"),
    "segment": ("业务", "分部", "产品线", "业务板块"),
    "revenue": ("收入", "营收", "营业收入", "销售额", "销售收入", "总收入"),
    "units": ("销量", "出货量", "数量", "销售量"),
    "published_on": ("发布日期", "披露日期", "公告日期", "公布日期"),
}
_BY_NAME = {name: ours for ours, names in _MEANINGS.items() for name in names}
_HEADER = re.compile(r"(?P<name>[^(（\[【]+?)\s*(?:[(（\[【](?P<unit>[^)）\]】]*)[)）\]】])?")
_MONEY = {"元": "CNY", "人民币": "CNY", "人民币元": "CNY", "美元": "USD", "港元": "HKD",
          "港币": "HKD", "日元": "JPY", "欧元": "EUR", "新台币": "TWD"}  # fmt: skip
_PIECES = ("台", "颗", "片", "张", "块", "个", "套", "枚", "件")
_UNIT = re.compile("^(?P<power>" + "|".join(sorted(filter(None, POWERS), key=len, reverse=True))
                   + ")?(?P<what>.*)$")  # fmt: skip
_VALUE = re.compile(r"^(?P<number>[-+]?[0-9.,，eE]+)\s*(?P<unit>[^0-9\s]*)$")
_REGIONS = {"中国": "China", "中国大陆": "China", "全球": "World", "世界": "World", "合计": "World",
            "中国(含香港)": "China incl. HK", "中国含香港": "China incl. HK",
            "海外": "non-China", "境外": "non-China", "境内": "China", "国内": "China"}  # fmt: skip
_VENDORS = {"寒武纪": "Cambricon", "海光信息": "Hygon", "海光": "Hygon", "英伟达": "NVIDIA",
            "超威": "AMD", "英特尔": "Intel", "华为": "Huawei", "沐曦": "MetaX",
            "沐曦股份": "MetaX", "摩尔线程": "Moore Threads"}  # fmt: skip
_COLUMNS = (
    "sale_id", "vendor", "segment", "customer", "region", "basis", "scope", "fiscal_period",
    "period_start", "period_end", "units", "revenue", "currency", "value_type", "published_basis",
    "published_on", "source_id", "confidence", "note",
)  # fmt: skip


class SheetZh:
    """Reads such a table as CSV, or as a sheet of a workbook."""

    name = "saleszh"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """Whether it says who sold in which period, and how much."""
        named = set(_columns(received).values())
        return (
            received.form == "csv"
            and {"vendor", "period"} <= named
            and bool(named & {"revenue", "units"})
        )

    def plan(self, received: Received, request: Request) -> Plan:
        """Sales. Raises Refused where a column that they need is missing."""
        if request.kind not in (None, "sales"):
            raise Refused(f"{received.name} holds sales, not {request.kind}.", "Leave out --kind.")
        if not self.recognises(received):
            raise Refused(
                f"{received.name} is no table of sales in Chinese: its columns are"
                f" {', '.join(received.header)[:200]}.",
                "It needs 厂商, 季度 and 收入(亿元) or 出货量(万台), or our own columns"
                " (docs/records.md, sales).",
                kind="sales",
            )
        known = _columns(received)
        unread = [c for c in received.header if c and c not in known]
        if len(set(known.values())) < len(known):
            raise Refused(
                f"{received.name} has two columns of one meaning: {', '.join(known)[:200]}.",
                "Drop one of them.",
                kind="sales",
            )
        has_day = "published_on" in known.values()
        when = () if has_day else ("No day of publication: the filing deadline of the period.",)
        return Plan(
            "sales",
            self.name,
            assumed=("Amounts in the units of header and cell; 元 is CNY.", *when),
            findings=tuple(Finding("unknown_column", 1, None, column) for column in unread),
        )

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One row of sales a row."""
        table = read_table(received)
        named = dict(zip(received.header, column_names(received.header), strict=True))
        places = {ours: (named[theirs], theirs) for theirs, ours in _columns(received).items()}
        rows = [_sale(row, places) for row in table.rows.iter_rows(named=True)]
        return reading_of(rows, _COLUMNS, table.ragged, table.raw)


def _columns(received: Received) -> dict[str, str]:
    """Their columns of a known meaning, by ours."""
    found = {}
    for column in received.header:
        match = _HEADER.fullmatch(column)
        if match and match["name"].strip() in _BY_NAME:
            found[column] = _BY_NAME[match["name"].strip()]
    return found


def _sale(
    row: dict[str, str | None], places: dict[str, tuple[str, str]]
) -> dict[str, str | int | None]:
    def stated(ours: str) -> str | None:
        return row[places[ours][0]] if ours in places else None

    def unit(ours: str) -> str:
        match = _HEADER.fullmatch(places[ours][1]) if ours in places else None
        return (match["unit"] or "") if match else ""

    vendor, text = stated("vendor") or "", stated("period") or ""
    period = period_of(text)
    start, end = (period.start.isoformat(), period.end.isoformat()) if period else (text, text)
    region = stated("region")
    revenue, what = _amount(stated("revenue"), unit("revenue"))
    units, pieces = _amount(stated("units"), unit("units"))
    if units is not None and pieces not in (*_PIECES, ""):
        units = stated("units")
    published = stated("published_on")
    where = _REGIONS.get(region or "", region or "World")
    customer, segment = stated("customer"), stated("segment") or "Total"
    name = _VENDORS.get(vendor, vendor)
    return {
        "sale_id": _id(name, segment, customer or "", where, start, end),
        "vendor": name or None,
        "segment": segment,
        "customer": customer,
        "region": where,
        "basis": "unspecified",
        "scope": "company" if segment == "Total" else "product",
        "fiscal_period": period.name if period else text or None,
        "period_start": start or None,
        "period_end": end or None,
        "units": units,
        "revenue": revenue,
        "currency": _MONEY.get(what),
        "value_type": "ytd" if period and period.is_accumulated else "reported",
        "published_basis": "stated" if published else "filing_deadline",
        "published_on": published or (deadline_of(period).isoformat() if period else None),
        "source_id": SOURCE,
        "confidence": "unverified",
        "note": None,
        "line": int(row["line"] or 0),
    }


def _amount(stated: str | None, of_header: str) -> tuple[str | None, str]:
    """A number in units of one, and what it counts: `31.2` under 亿元 is 3120000000 of 元.

    A unit behind the value goes before that of the header.
    """
    if stated is None:
        return None, ""
    match = _VALUE.fullmatch(stated.strip())
    if not match:
        return stated, ""
    unit = match["unit"] or of_header
    found = _UNIT.fullmatch(unit.strip().removeprefix("单位").lstrip(":： "))
    power = POWERS[found["power"] or ""] if found else 0
    what = (found["what"] if found else "") or ""
    if match["unit"] and not what and of_header:
        # 31.2亿 under 收入(元): the header says of what
        inner = _UNIT.fullmatch(of_header.strip())
        what = (inner["what"] if inner else "") or ""
    return scaled(match["number"], power), what


def _id(*parts: str) -> str | None:
    """An id of letters that an id may have; a name in Chinese by its code points."""
    plain = "-".join(
        "".join(c if c.isascii() else f"u{ord(c):x}" for c in part) for part in parts if part
    )
    return id_of("sheet", plain) if parts[0] else None
