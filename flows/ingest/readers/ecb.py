"""Reference rates of the European Central Bank: one row a day, one column a currency, per euro; or
one row a day and currency, as its data portal writes them (series EXR, in SDMX's columns).

Each cell becomes a record in US dollars: the cross of the dollar's rate and the currency's.
`N/A` means that no rate was set that day and is no row. Days on which TARGET is shut are absent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.lines import Table, column_names, read_table
from flows.ingest.readers.days import iso
from flows.ingest.readers.reading import Plan, Reading
from flows.ingest.readers.whole_bars import set_apart
from flows.ingest.refusal import Refused

if TYPE_CHECKING:
    from flows.ingest.readers.reading import Request
    from flows.ingest.received import Received

SOURCE = "ECB"
_CROSS = "Cross of two ECB reference rates: USD per EUR / {} per EUR"
_NOT_SET = ("N/A", "-")
_CODE = re.compile(r"[A-Z]{3}")
_PER_EURO = "Every rate is in units of the currency per euro."
#: The columns of the data portal.
_SDMX = {"CURRENCY", "CURRENCY_DENOM", "TIME_PERIOD", "OBS_VALUE"}
_A_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NOT_DAILY = "{} is no day: the rate is of another interval. Fetch the daily series (EXR.D)."
_NOT_PER_EURO = "The rate is per {}, and rates of this source are per euro."


class Ecb:
    """Reads the wide table `eurofxref-hist.csv`, cuts of it, and `eurofxref.csv` of one day."""

    name = "ecb"
    needs_listings = False

    def recognises(self, received: Received) -> bool:
        """A date, the dollar, and nothing but currency codes after it."""
        if received.form != "csv":
            return False
        if set(received.header) >= _SDMX:
            return True
        if received.header[0] != "Date":
            return False
        codes = [column for column in received.header[1:] if column]
        return "USD" in codes and all(_CODE.fullmatch(code) for code in codes)

    def plan(self, received: Received, request: Request) -> Plan:
        """Rates of the euro, to be turned into dollars for one unit of each currency."""
        if request.kind not in (None, "fx"):
            raise Refused(f"{received.name} holds rates, not {request.kind}.", "Leave out --kind.")
        if set(received.header) >= _SDMX:
            return Plan("fx", self.name, assumed=(_PER_EURO,))
        missing = [column for column in ("Date", "USD") if column not in received.header]
        if missing or received.form != "csv":
            raise Refused(
                f"{received.name} is no table of ECB rates: it lacks {', '.join(missing)}.",
                "The columns are Date, USD and other currency codes.",
                kind="fx",
            )
        return Plan("fx", self.name, assumed=(_PER_EURO,))

    def read(self, received: Received, plan: Plan, request: Request) -> Reading:
        """One record a day and currency that has a rate, the euro among them."""
        table = read_table(received)
        if set(received.header) >= _SDMX:
            table = _wide(table, received.name)
            codes = [name for name in table.rows.columns if _CODE.fullmatch(name)]
            return _reading(table, codes)
        codes = [name for name in column_names(received.header) if _CODE.fullmatch(name)]
        return _reading(table, codes)


def _reading(table: Table, codes: list[str]) -> Reading:
    """Records of a table of days by currencies, per euro."""
    days = table.rows.with_columns(iso(pl.col("Date"))).with_columns(
        pl.when(~pl.col(code).is_in(_NOT_SET)).then(code) for code in codes
    )
    dollars = days.filter(pl.col("is_dollar")) if "is_dollar" in days.columns else days
    euro = dollars.filter(pl.col("USD").is_not_null()).select(
        "Date",
        "line",
        pl.lit("EUR").alias("currency"),
        pl.col("USD").alias("usd_rate"),
        pl.lit("ECB reference rate, USD per EUR").alias("derivation"),
        pl.lit("seen-primary").alias("confidence"),
    )
    others = [code for code in codes if code != "USD"]
    crosses = (
        days.unpivot(
            others, index=["Date", "line", "USD"], variable_name="currency", value_name="rate"
        )
        .filter(pl.col("rate").is_not_null())
        .select(
            "Date",
            "line",
            "currency",
            _cross(pl.col("USD"), pl.col("rate")).alias("usd_rate"),
            pl.format(_CROSS, "currency").alias("derivation"),
            pl.lit("derived").alias("confidence"),
        )
    )
    rows = pl.concat([euro, crosses]).sort("line", maintain_order=True)
    return Reading(
        rows.select(
            pl.col("Date").alias("rate_on"),
            pl.col("Date").alias("published_on"),
            "currency",
            "usd_rate",
            "derivation",
            pl.lit(SOURCE).alias("source_id"),
            "confidence",
            "line",
        ),
        table.ragged,
        table.raw,
    )


def _wide(table: Table, name: str) -> Table:
    """The rows of the data portal as one row a day, each currency on the line of its own rate.

    Rows of another interval, or per another currency, are ragged. Raises Refused without a dollar.
    """
    rows, ragged = set_apart(
        table.rows, table.ragged, ~pl.col("TIME_PERIOD").str.contains(_A_DAY), "not_daily",
        pl.format(_NOT_DAILY, "TIME_PERIOD"),
    )  # fmt: skip
    rows, ragged = set_apart(
        rows, ragged, pl.col("CURRENCY_DENOM") != "EUR", "not_per_euro",
        pl.format(_NOT_PER_EURO, "CURRENCY_DENOM"),
    )  # fmt: skip
    dollars = rows.filter(pl.col("CURRENCY") == "USD").select(
        "TIME_PERIOD", pl.col("OBS_VALUE").alias("USD")
    )
    if dollars.is_empty():
        raise Refused(
            f"{name} has no rate of the dollar, by which the others are turned into dollars.",
            "Fetch EXR.D.USD+CNY+….EUR.SP00.A.",
            kind="fx",
        )
    rows, ragged = set_apart(
        rows, ragged, rows_are_repeated(), "conflicting_rows",
        pl.lit("The file has two rates of one day and currency: which of them holds is not known."),
    )  # fmt: skip
    dollars = dollars.unique("TIME_PERIOD", keep="first", maintain_order=True)
    days = rows.join(dollars, on="TIME_PERIOD", how="left", maintain_order="left")
    codes = [code for code in rows["CURRENCY"].drop_nulls().unique().sort() if code != "USD"]
    own = pl.col("CURRENCY") == "USD"
    wide = days.select(
        pl.col("TIME_PERIOD").alias("Date"), pl.col("USD"), "line", own.alias("is_dollar"),
        *(pl.when(pl.col("CURRENCY") == code).then("OBS_VALUE").alias(code) for code in codes),
    )  # fmt: skip
    return Table(wide, ragged, table.raw)


def rows_are_repeated() -> pl.Expr:
    """Whether a day and currency stands twice with different rates."""
    return pl.col("OBS_VALUE").n_unique().over("TIME_PERIOD", "CURRENCY") > 1


def _cross(dollars: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Dollars per euro over units per euro, to 10 decimals, half to even.

    A rate that is no number above zero is handed on as it is, for the contract to refuse; a day
    without a dollar rate gives an empty one.
    """
    above = dollars.cast(pl.Decimal(38, 20), strict=False)
    below = rate.cast(pl.Decimal(38, 20), strict=False)
    quotient = pl.when(below > 0).then(above / below).cast(pl.Decimal(28, 10)).cast(pl.String)
    return pl.when(below > 0).then(pl.coalesce(quotient, dollars)).otherwise(rate)
