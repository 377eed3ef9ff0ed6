"""Event returns of the build are those that numpy makes of the price files by itself.

Reads the bundled seeds with the csv module and repeats the study with `numpy.linalg.lstsq`; only
the answers come from the models.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from flows import assets
from warehouse.home import Home
from warehouse.store import open_published

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = {"[0]": (0, 0), "[-1,+1]": (-1, 1), "[0,+5]": (0, 5)}
BENCHMARK = {"XSHG": ("CSI300", "XSHG"), "XNAS": ("SPX", "XNYS"), "XNYS": ("SPX", "XNYS")}
CLOSE_TO = 1e-6
AS_OF = "2026-11-22"
KNOWN_ON_9_DECEMBER = {
    "NVDA": -0.31,
    "688256": 1.28,
    "688795": 5.73,
    "688041": -0.72,
}


def _rows(name: str) -> list[dict[str, str]]:
    folder = assets.seeds()
    files = sorted(folder.glob(f"{name}.csv")) + sorted(folder.glob(f"{name}_*.csv"))
    rows = []
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows += list(csv.DictReader(opened))
    return rows


@pytest.fixture(scope="module")
def sessions() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows("sessions"):
        found[row["mic"]].append(row["session_on"])
    return {mic: sorted(days) for mic, days in found.items()}


@pytest.fixture(scope="module")
def returns(sessions: dict[str, list[str]]) -> dict[tuple[str, str], dict[str, float]]:
    """Return by listing and day, over consecutive sessions only, bonus issues taken out."""
    closes: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    raw = set()
    for row in _rows("prices"):
        closes[row["symbol"], row["mic"]][row["traded_on"]] = float(row["close"])
        if row["adjustment"] == "raw":
            raw.add((row["symbol"], row["mic"]))
    for action in _rows("corporate_actions"):
        listing = (action["symbol"], action["mic"])
        for day in closes[listing] if listing in raw else ():
            if day < action["ex_on"]:
                closes[listing][day] /= float(action["price_ratio"])
    made = {}
    for (symbol, mic), of_day in closes.items():
        days = sessions[mic]
        made[symbol, mic] = {
            day: of_day[day] / of_day[before] - 1
            for before, day in itertools.pairwise(days)
            if before in of_day and day in of_day
        }
    return made


def _study(
    own: dict[str, float], index: dict[str, float], days: list[str], at: int, window: str
) -> dict[str, float | None]:
    first, last = WINDOWS[window]
    inside = days[at + first : at + last + 1]
    y = np.array([own[d] for d in inside])
    x = np.array([index[d] for d in inside])
    before = [d for d in days[max(0, at - 130) : at - 10] if d in own and d in index]
    raw = float(np.prod(1 + y) - 1)
    index_move = float(np.prod(1 + x) - 1)
    if len(before) < 60:
        car = float((y - x).sum())
        return {"raw": raw, "index": index_move, "car": car, "n": len(before),
                "alpha": None, "beta": None, "se": None, "t": None}  # fmt: skip
    design = np.column_stack([np.ones(len(before)), [index[d] for d in before]])
    target = np.array([own[d] for d in before])
    (alpha, beta), residual, *_ = np.linalg.lstsq(design, target, rcond=None)
    variance = float(residual[0]) / (len(before) - 2)
    asked = np.array([len(inside), x.sum()])
    error = asked @ np.linalg.inv(design.T @ design) @ asked
    se = float(np.sqrt(variance * (len(inside) + error)))
    car = float((y - alpha - beta * x).sum())
    return {"raw": raw, "index": index_move, "car": car, "n": len(before),
            "alpha": float(alpha), "beta": float(beta), "se": se, "t": car / se}  # fmt: skip


def _near(built: object, own: float | None, scale: float) -> bool:
    if own is None or built is None:
        return own is None and built is None
    return abs(float(str(built)) / scale - own) < CLOSE_TO


def test_every_event_return_is_what_numpy_makes_of_the_same_prices(
    briefed_home: Path,
    sessions: dict[str, list[str]],
    returns: dict[tuple[str, str], dict[str, float]],
) -> None:
    with open_published(Home(briefed_home)) as con:
        built = con.execute(
            "select event_id, symbol, mic, window_name, event_day, is_complete, raw_return_pct,"
            " abnormal_return_pct, beta, standard_error_pct, t_stat, benchmark_return_pct,"
            " alpha_pct, observations, method from fct_event_return"
        ).fetchall()
    wrong = []
    methods = set()
    for event, symbol, mic, window, day, is_complete, raw, car, beta, se, t, *more in built:
        moved, alpha, count, method = more
        # a listing without a benchmark has no abnormal return
        own, index = returns[symbol, mic], returns[BENCHMARK[mic]] if mic in BENCHMARK else {}
        days = sessions[mic]
        at = days.index(day.isoformat())
        first, last = WINDOWS[window]
        inside = days[at + first : at + last + 1]
        if is_complete != all(d in own and d in index for d in inside):
            wrong.append((event, symbol, window, "is_complete"))
        if not is_complete:
            continue
        study = _study(own, index, days, at, window)
        methods.add(method)
        same = (
            _near(raw, study["raw"], 100)
            and _near(car, study["car"], 100)
            and _near(moved, study["index"], 100)
            and _near(alpha, study["alpha"], 100)
            and _near(beta, study["beta"], 1)
            and count == study["n"]
            and (method == "market_model") == (study["beta"] is not None)
            and _near(se, study["se"], 100)
            and (t is None) == (study["t"] is None)
            and (t is None or abs(float(t) - study["t"]) < 1e-4)
        )
        if not same:
            wrong.append((event, symbol, window, raw, car, beta, se, t, study))

    assert not wrong, wrong[:5]
    assert methods == {"market_model", "market_adjusted"}
    assert sum(row[5] for row in built) > 200


def test_every_event_of_a_known_day_is_priced_by_every_listing_on_the_day_its_clock_says(
    briefed_home: Path,
) -> None:
    """Which session could price an event, by the close of each exchange and nothing else."""
    closes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows("sessions"):
        closes[row["mic"]].append((row["close_at"], row["session_on"]))
    equities = [r for r in _rows("listings") if r["security_type"] == "equity"]
    events = {r["event_id"]: r for r in _rows("events") if r["published_on"] <= AS_OF}
    expected = {}
    for event in events.values():
        if event["announced_precision"] != "day":
            continue
        noon = "04:00:00" if event["jurisdiction"] == "CN" else "17:00:00"
        at = event["announced_at"] or f"{event['announced_on']} {noon}"
        for listing in equities:
            mic = listing["calendar_mic"]
            later = [day for close, day in sorted(closes[mic]) if close > at]
            if later and len(later) < len(closes[mic]):
                for window in WINDOWS:
                    expected[event["event_id"], listing["symbol"], listing["mic"], window] = later[
                        0
                    ]

    with open_published(Home(briefed_home)) as con:
        built = con.execute(
            "select event_id, symbol, mic, window_name, event_day from fct_event_return"
        ).fetchall()
        priced = {row[:2] for row in con.execute("select distinct symbol, mic from "
                                                 "fct_event_return").fetchall()}  # fmt: skip
    expected = {key: day for key, day in expected.items() if key[1:3] in priced}

    assert {tuple(row[:4]): row[4].isoformat() for row in built} == expected


def test_trap_15_news_after_the_close_is_priced_a_session_later_and_never_on_its_own_day(
    briefed_home: Path,
) -> None:
    with open_published(Home(briefed_home)) as con:
        days = dict(
            con.execute(
                "select event_id, event_day from fct_event_return where symbol = 'NVDA' and"
                " window_name = '[0]' and event_id in ('US-2025-04-09', 'US-2025-07-14')"
            ).fetchall()
        )
        timing = con.execute(
            "select distinct timing from int_event_day where event_id = 'US-2025-04-09'"
        ).fetchall()

    assert days["US-2025-04-09"] == dt.date(2025, 4, 16)
    assert days["US-2025-07-14"] == dt.date(2025, 7, 15)
    assert timing == [("stated",)]


def test_the_statement_of_8_december_2025_is_priced_on_the_9th_in_both_markets(
    briefed_home: Path,
) -> None:
    with open_published(Home(briefed_home)) as con:
        built = con.execute(
            "select symbol, event_day, raw_return_pct, method, reason from fct_event_return"
            " where event_id = 'US-2025-12-08' and window_name = '[0]'"
        ).fetchall()
    of_symbol = {row[0]: row[1:] for row in built}

    for symbol, percent in KNOWN_ON_9_DECEMBER.items():
        day, raw, _, _ = of_symbol[symbol]
        assert day == dt.date(2025, 12, 9)
        assert round(float(raw), 2) == percent
    assert of_symbol["688795"][2:] == ("market_adjusted", "too_few_sessions")
    assert of_symbol["688802"][1:] == (None, "none", "not_listed_yet")
