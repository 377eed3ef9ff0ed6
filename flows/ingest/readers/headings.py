"""Names of columns as providers write them, parted into the bare name and the unit it states.

`成交量(手)`, `成交量（股）`, `Volume (000s)`, `Vol [lots]` and `volume_lots` are all the volume;
what one of it stands for is in the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BRACKETED = re.compile(r"^(.*?)\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]$")
_WORDS = r"lots?|shares|手|万手|股|千股|万股|百万股|亿股|'?000s?|thousands?|millions?|mln|mn"
_PARTED = re.compile(
    rf"^((?:total )?vol(?:ume)?\.?|成交量|总手|成交数量)[\s_,/-]+(?:in\s+)?({_WORDS})$",
    re.IGNORECASE,
)

#: Shares in a lot of the mainland's exchanges.
LOT = 100
#: Shares for one of a volume in each unit.
VOLUMES = {
    **dict.fromkeys(("手", "lot", "lots", "board lots", "round lots"), LOT),
    **dict.fromkeys(("股", "share", "shares", "股数"), 1),
    **dict.fromkeys(("000", "000s", "'000", "'000s", "k", "thousand", "thousands", "千", "千股",
                     "thousand shares", "thousands of shares"), 10**3),
    **dict.fromkeys(("万", "万股"), 10**4),
    **dict.fromkeys(("m", "mn", "mln", "mio", "million", "millions", "百万", "百万股", "万手",
                     "million shares", "millions of shares"), 10**6),
    **dict.fromkeys(("亿", "亿股"), 10**8),
}  # fmt: skip
LOTS = frozenset({"手", "lot", "lots", "board lots", "round lots", "万手"})
#: Whole money for one of a turnover in each unit.
MONEY = {
    **dict.fromkeys(("元", "人民币", "cny", "rmb", "yuan", "usd", "us$", "$", "美元", "hkd", "hk$",
                     "港元", "港币"), 1),
    **dict.fromkeys(("千元", "千", "000s", "000", "k", "thousands"), 10**3),
    **dict.fromkeys(("万元", "万"), 10**4),
    **dict.fromkeys(("百万元", "百万", "m", "mn", "mln", "millions"), 10**6),
    **dict.fromkeys(("亿元", "亿"), 10**8),
}  # fmt: skip
#: Currencies that a price may be stated in; 元 is of whatever market the listing trades in.
CURRENCIES = {
    **dict.fromkeys(("cny", "rmb", "人民币", "yuan"), "CNY"),
    **dict.fromkeys(("usd", "us$", "美元"), "USD"),
    **dict.fromkeys(("hkd", "hk$", "港元", "港币"), "HKD"),
    "twd": "TWD", "nt$": "TWD", "jpy": "JPY", "eur": "EUR", "€": "EUR", "gbp": "GBP", "$": "USD",
}  # fmt: skip
_LIKE_A_VOLUME = re.compile(r"vol|成交量|成交股|成交数|总手|shares.?traded|qty|quantity", re.I)


@dataclass(frozen=True)
class Heading:
    """`bare` in lower case, without the marks of footnotes; `unit` in lower case, "" for none."""

    bare: str
    unit: str


def heading(column: str) -> Heading:
    """The name and the unit of a column as stated."""
    stated = column.strip()
    parts = _BRACKETED.match(stated) or _PARTED.match(stated)
    bare, unit = (parts[1], parts[2]) if parts else (stated, "")
    return Heading(bare.strip().rstrip("*").strip().lower(), unit.strip().lower())


def is_like_a_volume(column: str) -> bool:
    """Whether a column may be a volume by its name."""
    return _LIKE_A_VOLUME.search(column) is not None
