"""On which basis prices are: as traded, restated for splits, or for dividends too.

Never taken on trust alone. Where a format does not say, the closes that the store holds do, of the
same days or of the days next to them, or the turnover beside the volume, or the file's own price
across a recorded split; where none can, the file is refused and the user says. Where a format does
say, the same evidence must not speak against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.known import Known
    from flows.ingest.readers.reading import Action

#: Providers round differently; beyond this two closes are two prices.
_SAME = 0.005
#: Beyond this a provider's later correction is not what it is.
_FAR = 0.05
#: Of so many days in common a few may differ; of fewer none may.
_FEWEST = 5
_MOST = 0.8
#: An action that moves a price by less is not told from a day's trading.
_TOLD = math.log(1.2)
#: A price that moves further from one session to the next is another price.
_LEAP = math.log(2)
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
_OTHER = (
    "Fetch the file anew, or say its --symbol; if a split is not on record, ingest it first as a"
    " record of kind corporate_actions."
)
_ASK = "Say which: --adjustment raw, split or total_return."


@dataclass(frozen=True)
class Stated:
    """What a file says of its basis. `basis` is None where it says nothing.

    `is_firm`: the format is of no other, so that silence of all evidence is enough. `otherwise` is
    what prices are taken as where nothing decides and no recorded action makes a difference.
    """

    basis: str | None
    is_firm: bool = True
    otherwise: str | None = None


@dataclass(frozen=True)
class _Evidence:
    """What one listing's bars show: `basis` that they are on, "" where both are the same prices,
    None where nothing is shown; `why` in words.
    """

    basis: str | None
    why: str = ""


def settle(
    one: pl.DataFrame,
    ragged: pl.DataFrame,
    stated: Stated,
    known: Known,
    name: str,
) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """The bars of one listing with their `adjustment`, those set apart that the evidence is
    against, and a sentence where the store or the file decided, else "".

    `one` has `day`, `as_close`, `as_amount` and `as_volume` in shares. Raises Refused where the
    basis cannot be told, or all the bars are on another.
    """
    symbol = one["symbol"][0]
    if one["is_index"][0]:
        overlap = _Overlap.of(one, known)
        _refuse_other_prices(overlap, "raw", symbol, name)
        one, ragged = _set_scaled_apart(one, ragged, overlap, "raw")
        return one.with_columns(pl.lit("raw").alias("adjustment")), ragged, ""
    overlap = _Overlap.of(one, known)
    crossed = _crossed(one, known)
    seen = _evidence(one, overlap, crossed, known, symbol, name)
    basis = stated.basis
    said = ""
    if basis is None:
        basis = _decided(one, stated, seen, overlap, known, symbol, name)
        said = f"The prices of {symbol} are {_WORDS[basis]}{seen.why and ': ' + seen.why}."
    elif seen.basis and not _is_same_side(basis, seen.basis) and not _is_mixed(crossed):
        raise Refused(
            f"The prices of {symbol} in {name} are {_WORDS[seen.basis]}, not {_WORDS[basis]}:"
            f" {seen.why}.",
            f"Say --adjustment {seen.basis}, or fetch the file anew.",
            kind="prices",
        )
    elif seen.basis is None and not stated.is_firm and _differ(one, known):
        raise Refused(
            f"{name} does not say whether its prices are as traded, {symbol} has an action on"
            " record since, and nothing in the file or the store shows it.",
            _ASK,
            kind="prices",
        )
    _refuse_other_prices(overlap, basis, symbol, name)
    one, ragged = _set_across_split_apart(one, ragged, crossed, basis)
    one, ragged = _set_scaled_apart(one, ragged, overlap, basis)
    return one.with_columns(pl.lit(basis).alias("adjustment")), ragged, said


def _is_same_side(basis: str, other: str) -> bool:
    return (basis == "raw") == (other == "raw")


def _is_mixed(crossed: list[tuple[Action, bool]]) -> bool:
    """Whether the file's own price shows the basis: its rows on the wrong side are parted then."""
    return bool(crossed)


def _decided(
    one: pl.DataFrame,
    stated: Stated,
    seen: _Evidence,
    overlap: _Overlap,
    known: Known,
    symbol: str,
    name: str,
) -> str:
    """The basis of a file that states none. Raises Refused where nothing decides."""
    if seen.basis:
        return seen.basis
    if seen.basis == "":
        # no action lies between: both are the same prices, so they join what is stored
        has_split = overlap.days["has_split"].any() or known.closes["has_split"].any()
        return "split" if has_split else "raw"
    if stated.otherwise and not _differ(one, known) and overlap.days.height < _FEWEST:
        return stated.otherwise
    if overlap.days.height >= _FEWEST:
        _refuse_other_prices(overlap, "split", symbol, name)
        what = f"the closes of {symbol} in {name} agree with none that the store holds"
    else:
        what = (
            f"{name} does not say whether its prices are as traded or restated for splits, and the"
            f" store has too few closes of {symbol} to tell"
        )
    raise Refused(what[0].upper() + what[1:] + ".", _ASK, kind="prices")


def _differ(one: pl.DataFrame, known: Known) -> bool:
    """Whether as-traded and restated prices are apart on a day of the file."""
    ratio = one.select(known.ratio_since(pl.col("day")).alias("ratio"))["ratio"].drop_nulls()
    return bool((ratio.log().abs() >= _TOLD).any()) if known.actions else False


@dataclass(frozen=True)
class _Overlap:
    """The days that a file and the store have in common."""

    days: pl.DataFrame

    @classmethod
    def of(cls, one: pl.DataFrame, known: Known) -> _Overlap:
        return cls(
            one.filter(pl.col("as_close") > 0)
            .select("line", "traded_on", "as_close", "day")
            .join(known.closes, left_on="day", right_on="traded_on", how="inner")
        )

    def agreement(self, basis: str) -> float:
        """The part of them on which the closes are the same, 0 where there are none."""
        ratio = self.ratios(basis)
        return float(((ratio - 1).abs() <= _SAME).mean() or 0.0) if ratio.len() else 0.0  # type: ignore[arg-type]

    def ratios(self, basis: str) -> pl.Series:
        """The file's closes over the store's."""
        return (self.days["as_close"] / self.days[basis]).drop_nulls().drop_nans()

    def agrees(self, basis: str) -> bool:
        """Whether most of many days are the same, or all of few."""
        return self.agreement(basis) >= (_MOST if self.days.height >= _FEWEST else 1.0)


def _evidence(
    one: pl.DataFrame,
    overlap: _Overlap,
    crossed: list[tuple[Action, bool]],
    known: Known,
    symbol: str,
    name: str,
) -> _Evidence:
    agrees = [b for b in ("split", "raw") if overlap.agrees(b)]
    agrees = [b for b in agrees if all(jumps == (b == "raw") for _, jumps in crossed)]
    if agrees:
        why = f"so say the closes of {symbol} in the store"
        return _Evidence(agrees[0] if len(agrees) == 1 else "", why)
    if crossed and all(jumps for _, jumps in crossed):
        return _Evidence("raw", "its own price falls by the recorded split")
    turnover = _by_turnover(one, known)
    if turnover:
        return _Evidence(turnover, "so says the turnover, which is of prices as traded")
    if overlap.days.is_empty():
        return _by_neighbours(one, known, symbol, name)
    return _Evidence(None)


def _by_turnover(one: pl.DataFrame, known: Known) -> str | None:
    """Turnover over volume is the day's mean price as traded: it lies between low and high where
    these are as traded, and as far above as the recorded actions make it where they are restated.
    """
    if not known.actions:
        return None
    numbers = one.select(
        pl.col("low", "high").cast(pl.Float64, strict=False),
        (pl.col("as_amount") / pl.col("as_volume")).alias("mean"),
        known.ratio_since(pl.col("day")).alias("ratio"),
    ).filter(pl.col("mean").is_finite(), pl.col("ratio").log().abs() >= _TOLD)
    if numbers.height < min(3, one.height) or numbers.is_empty():
        return None
    for basis, times in (("raw", pl.lit(1.0)), ("split", pl.col("ratio"))):
        lies = pl.col("mean").is_between(
            pl.col("low") * times * (1 - _SAME), pl.col("high") * times * (1 + _SAME)
        )
        if float(numbers.select(lies.mean()).item() or 0) >= _MOST:
            return basis
    return None


def _by_neighbours(one: pl.DataFrame, known: Known, symbol: str, name: str) -> _Evidence:
    """By the step from or to the stored sessions next to the file's. Raises Refused where it is
    none that a price takes.
    """
    near = known.neighbours(one)
    if near.is_empty():
        return _Evidence(None)
    steps = near.select(
        (pl.col("as_close") / pl.col("split")).log().median().alias("split"),
        (pl.col("as_close") / (pl.col("raw") / pl.col("since"))).log().median().alias("raw"),
        pl.col("stored_on").first(),
    ).row(0, named=True)
    if steps["split"] is None or steps["raw"] is None:
        return _Evidence(None)
    nearer = min(("split", "raw"), key=lambda b: abs(steps[b]))
    other = "raw" if nearer == "split" else "split"
    why = f"so says the step to the stored session of {steps['stored_on']}"
    if abs(steps[nearer]) >= _LEAP:
        raise Refused(
            f"The closes of {symbol} in {name} are {math.exp(steps[nearer]):.4g} times that of the"
            f" stored session of {steps['stored_on']} next to them: another currency, unit or"
            " symbol, or a split that is not on record.",
            _OTHER,
            kind="prices",
        )
    if abs(steps["raw"] - steps["split"]) < _TOLD / 4:
        return _Evidence("", why)
    if abs(steps[nearer]) * 2 < abs(steps[other]):
        return _Evidence(nearer, why)
    return _Evidence(None)


def _crossed(one: pl.DataFrame, known: Known) -> list[tuple[Action, bool]]:
    """Each recorded split within the file, and whether the file's price jumps by it."""
    by_day = one.filter(pl.col("as_close") > 0, pl.col("day").is_not_null()).sort("day")
    found = []
    for action in known.actions:
        before = by_day.filter(pl.col("day") < action.ex_on)["as_close"]
        after = by_day.filter(pl.col("day") >= action.ex_on)["as_close"]
        if before.is_empty() or after.is_empty() or abs(math.log(action.ratio)) < _TOLD:
            continue
        moved = math.log(before[-1] / after[0])
        jumps = abs(moved - math.log(action.ratio)) < abs(moved)
        found.append((action, jumps))
    return found


def _refuse_other_prices(overlap: _Overlap, basis: str, symbol: str, name: str) -> None:
    """Raises Refused where the closes are far from the stored ones on most days in common."""
    ratio = overlap.ratios(basis)
    needed = _MOST if ratio.len() >= _FEWEST else 1.0
    if ratio.len() < 2 or float(((ratio - 1).abs() > _FAR).mean() or 0) < needed:  # type: ignore[arg-type]
        return
    for other in _WORDS:
        if other != basis and overlap.agrees(other):
            raise Refused(
                f"The prices in {name} are {_WORDS[other]}, not {_WORDS[basis]}: so say the closes"
                f" of {symbol} in the store.",
                f"Say --adjustment {other}, or fetch the file anew.",
                kind="prices",
            )
    middle = float(ratio.median() or 0)  # type: ignore[arg-type]
    spread = float(ratio.quantile(0.9) or 0) / float(ratio.quantile(0.1) or 1)
    if spread < 1 + 2 * _FAR:
        what = f"are {middle:.4g} times those of {symbol} in the store"
        cause = (
            "the prices are scaled"
            if _power_of_ten(middle)
            else "another currency, unit or adjustment"
        )
    else:
        what, cause = f"are not those of {symbol} in the store", "another symbol"
    raise Refused(
        f"The closes in {name} {what} on {ratio.len()} days: {cause}.",
        _OTHER,
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
    rows, ragged = set_apart(marked, ragged, pl.col("times").is_not_null(), "price_unit", reason)
    return rows.drop("stored", "times"), ragged


def _power_of_ten(ratio: float) -> bool:
    tens = math.log10(ratio) if ratio > 0 else 0.0
    return round(tens) != 0 and abs(tens - round(tens)) < 0.02
