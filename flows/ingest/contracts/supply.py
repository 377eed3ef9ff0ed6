"""Supply: what a chip computes in each format, and chips that somebody counted in a place."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from flows.ingest.contracts.record import Record, amount, day, identifier, name, one_of

FORMATS = ("FP64", "FP32", "TF32", "FP16", "FP8", "INT8", "INT4", "FP4")


class ChipFormat(Record):
    """What a chip computes in one number format; each dense rate enters the TPP."""

    chip_id = identifier(primary_key=True)
    format = one_of(FORMATS, primary_key=True, description="FP16 stands for BF16 too.")
    sparsity = one_of(
        ("dense", "sparse", "not_stated"), primary_key=True, description="As the source lists it."
    )
    rate_tops = amount(
        4, min_exclusive=0, max=10**8, nullable=False, description="10^12 operations a second."
    )
    input_bits = dy.Int64(
        nullable=True, min=1, max=128, description="Largest input of a multiplication, in bits."
    )
    pipe = one_of(("vector", "tensor"), nullable=True, description="Which unit has the rate.")


class SupplyCount(Record):
    """Chips that a publisher counts in a place over a period: no sales, and in no revenue."""

    publisher = name(primary_key=True, description="Who says so.")
    vendor = name(primary_key=True, description="As in `companies`.")
    chip_id = identifier(
        primary_key=True, description="As in `chips`; all, or unspecified where none is named."
    )
    place = name(primary_key=True, description="Where the chips or their owners are.")
    measure = name(primary_key=True, description="What is counted: owned, delivered, held, leased.")
    period_start = day(
        primary_key=True, description="First day; the last one again for a count as of a day."
    )
    period_end = day(primary_key=True, description="Last day of the period, included.")
    units = amount(0, min=0, max=10**11, description="Whole chips.")
    units_low = amount(0, min=0, max=10**11, description="Lower end of the publisher's range.")
    units_high = amount(0, min=0, max=10**11, description="Upper end of it.")
    h100e = amount(2, min=0, max=10**11, description="The same in H100-equivalents.")
    h100e_low = amount(2, min=0, max=10**11)
    h100e_high = amount(2, min=0, max=10**11)

    @dy.rule()
    def period_in_order(cls) -> pl.Expr:
        return cls.period_start.col <= cls.period_end.col

    @dy.rule()
    def says_something(cls) -> pl.Expr:
        return pl.any_horizontal(
            c.is_not_null()
            for c in (cls.units.col, cls.units_high.col, cls.h100e.col, cls.h100e_high.col)
        )

    @dy.rule()
    def ranges_in_order(cls) -> pl.Expr:
        return (cls.units_low.col <= cls.units_high.col).fill_null(True) & (
            cls.h100e_low.col <= cls.h100e_high.col
        ).fill_null(True)
