"""On which basis prices are: as traded, restated for splits, or for dividends too.

Never taken on trust alone. Where a format does not say, the closes that the store holds do, or the
file's own price across a recorded split; where neither can, the file is refused and the user
says. Where a format does say, the same evidence must not speak against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.parse import day_of
from flows.ingest.readers.reading import CLOSES, Listing
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Action, Request

#: Providers round differently; beyond this two closes are two prices.
_SAME = 0.005
#: Beyond this a provider's later correction is not what it is.
_FAR = 0.05
#: Fewer days in common show nothing.
_FEWEST = 5
_MOST = 0.8
_WORDS = {
    "raw": "as traded",
    "split": "restated for splits",
    "total_return": "restated for splits and dividends",
}
_STALE = (
    "The row is on the basis before the split of {} ({} for 1), and the file's prices are to be"
    " restated for it: fetch the file anew, or say --adjustment raw if it is as traded throughout."
)
_RESTATED = (
    "The close is restated for the split of {} ({} for 1), and the file's prices are to be as"
    " traded: say --adjustment split."
)
_SCALED = "The close of {} is {} times that in the store, {}: it is in another unit."


@dataclass(frozen=True)
class _Overlap:
    """The days that a file and the store have in common."""

    days: pl.DataFrame

    def agreement(self, basis: str) -> float:
        """The part of them on which the closes are the same, 0 where there are none."""
        ratio = self.ratios(basis)
        return float(((ratio - 1).abs() <= _SAME).mean() or 0.0) if ratio.len() else 0.0  # type: ignore[arg-type]

    def ratios(self, basis: str) -> pl.Series:
        """The file's closes over the store's."""
        return (self.days["as_close"] / self.days[basis]).drop_nulls().drop_nans()


def settle(
    rows: pl.DataFrame, ragged: pl.DataFrame, stated: str | None, request: Request, name: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with their `adjustment`; those that the evidence is against are set apart.

    `stated` is what the format says, None where it says nothing; `--adjustment` goes before it.
    Raises Refused where the basis cannot be told, or a whole file is on another.
    """
    kept = []
    for one in rows.partition_by("symbol", "mic", maintain_order=True):
        symbol, mic, currency, is_index = one.select("symbol", "mic", "currency", "is_index").row(0)
        listing = Listing(symbol, mic, currency, is_index)
        basis = "raw" if is_index else request.adjustment or stated
        typed = one.with_columns(
            day_of(pl.col("traded_on")).alias("day"),
            pl.col("close").cast(pl.Float64, strict=False).alias("as_close"),
        )
        overlap = _overlap(typed, listing, request)
        crossed = _crossed(typed, listing, request) if not is_index else []
        basis = basis or _told(overlap, crossed, listing, name)
        _refuse_other_prices(overlap, basis, listing, name)
        typed, ragged = _set_across_split_apart(typed, ragged, crossed, basis)
        typed, ragged = _set_scaled_apart(typed, ragged, overlap, basis)
        kept.append(typed.select(*rows.columns).with_columns(pl.lit(basis).alias("adjustment")))
    if not kept:
        return rows.with_columns(pl.lit(None, pl.String).alias("adjustment")), ragged
    return pl.concat(kept).sort("line", maintain_order=True), ragged


def _overlap(one: pl.DataFrame, listing: Listing, request: Request) -> _Overlap:
    stored = request.market.closes(listing) if request.market else pl.DataFrame(schema=CLOSES)
    return _Overlap(
        one.filter(pl.col("as_close") > 0)
        .select("line", "traded_on", "as_close", "day")
        .join(stored, left_on="day", right_on="traded_on", how="inner")
    )


def _crossed(one: pl.DataFrame, listing: Listing, request: Request) -> list[tuple[Action, bool]]:
    """Each recorded split within the file, and whether the file's price jumps by it."""
    if request.market is None:
        return []
    by_day = one.filter(pl.col("as_close") > 0, pl.col("day").is_not_null()).sort("day")
    found = []
    for action in request.market.actions(listing):
        before = by_day.filter(pl.col("day") < action.ex_on)["as_close"]
        after = by_day.filter(pl.col("day") >= action.ex_on)["as_close"]
        if before.is_empty() or after.is_empty() or abs(math.log(action.ratio)) < math.log(1.2):
            continue
        moved = math.log(before[-1] / after[0])
        jumps = abs(moved - math.log(action.ratio)) < abs(moved)
        found.append((action, jumps))
    return found


def _told(
    overlap: _Overlap, crossed: list[tuple[Action, bool]], listing: Listing, name: str
) -> str:
    """The basis that the evidence is for. Raises Refused where it is for none, or for several."""
    agrees = [b for b in ("split", "raw") if overlap.agreement(b) >= _MOST]
    agrees = [b for b in agrees if all(jumps == (b == "raw") for _, jumps in crossed)]
    if len(overlap.days) >= _FEWEST and agrees:
        if len(agrees) == 1:
            return agrees[0]
        # no split lies between: both are the same prices, so they join what is stored
        return "split" if overlap.days["has_split"].any() else "raw"
    if crossed and all(jumps for _, jumps in crossed):
        return "raw"
    if len(overlap.days) >= _FEWEST:
        _refuse_other_prices(overlap, "split", listing, name)
        what = f"the closes of {listing.symbol} in {name} agree with none that the store holds"
    else:
        what = (
            f"{name} does not say whether its prices are as traded or restated for splits, and the"
            f" store has too few closes of {listing.symbol} to tell"
        )
    raise Refused(
        what[0].upper() + what[1:] + ".",
        "Say which: --adjustment raw, split or total_return.",
        kind="prices",
    )


def _refuse_other_prices(overlap: _Overlap, basis: str, listing: Listing, name: str) -> None:
    """Raises Refused where the closes are far from the stored ones on most days in common."""
    ratio = overlap.ratios(basis)
    if ratio.len() < _FEWEST or float(((ratio - 1).abs() > _FAR).mean() or 0) < _MOST:  # type: ignore[arg-type]
        return
    for other in _WORDS:
        if other != basis and overlap.agreement(other) >= _MOST:
            raise Refused(
                f"The prices in {name} are {_WORDS[other]}, not {_WORDS[basis]}: so say the closes"
                f" of {listing.symbol} in the store.",
                f"Say --adjustment {other}, or fetch the file anew.",
                kind="prices",
            )
    middle = float(ratio.median() or 0)  # type: ignore[arg-type]
    spread = float(ratio.quantile(0.9) or 0) / float(ratio.quantile(0.1) or 1)
    if spread < 1 + 2 * _FAR:
        what = f"are {middle:.4g} times those of {listing.symbol} in the store"
        cause = (
            "the prices are scaled"
            if _power_of_ten(middle)
            else "another currency, unit or adjustment"
        )
    else:
        what, cause = f"are not those of {listing.symbol} in the store", "another symbol"
    raise Refused(
        f"The closes in {name} {what} on {ratio.len()} days: {cause}.",
        "Fetch the file anew; say its --symbol or --adjustment if that is what is wrong.",
        kind="prices",
    )


def _set_across_split_apart(
    one: pl.DataFrame, ragged: pl.DataFrame, crossed: list[tuple[Action, bool]], basis: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    for action, jumps in crossed:
        if jumps == (basis == "raw"):
            continue
        rule, words = ("stale_split_basis", _STALE) if jumps else ("not_as_traded", _RESTATED)
        one, ragged = set_apart(
            one,
            ragged,
            (pl.col("day") < action.ex_on).fill_null(value=False),
            rule,
            pl.lit(words.format(action.ex_on, f"{action.ratio:g}"), pl.String),
        )
    return one, ragged


def _set_scaled_apart(
    one: pl.DataFrame, ragged: pl.DataFrame, overlap: _Overlap, basis: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part single rows whose close is a power of ten times the stored one."""
    tens = (pl.col("as_close") / pl.col(basis)).log(10)
    scaled = overlap.days.filter(
        ((tens - tens.round(0)).abs() < 0.02) & (tens.round(0).abs() >= 1)
    ).select("line", pl.col(basis).alias("stored"), (10 ** tens.round(0)).alias("times"))
    marked = one.join(scaled, on="line", how="left", maintain_order="left")
    reason = pl.format(_SCALED, "traded_on", "times", "stored")
    return set_apart(marked, ragged, pl.col("times").is_not_null(), "price_unit", reason)


def _power_of_ten(ratio: float) -> bool:
    tens = math.log10(ratio) if ratio > 0 else 0.0
    return round(tens) != 0 and abs(tens - round(tens)) < 0.02
