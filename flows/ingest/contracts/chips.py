"""Chips: spec sheets, what sources disagree on, prices seen, export status, funnel stages."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from flows.ingest.contracts.record import (
    CURRENCY,
    PRECISIONS,
    Record,
    amount,
    day,
    identifier,
    name,
    one_of,
    text,
)

QUOTE_UNITS = ("gpu", "card", "module_8", "server_8", "gpu_landed", "gpu_year_rental", "gpu_build",
               "gpu_hour_rental", "server_8_month_rental")  # fmt: skip
STAGES = ("eligible", "applied", "licensed", "china_permitted", "shipped", "revenue")

#: No server is dearer in any currency; a larger number is a slip of the unit.
DEAREST = 10**12


class Chip(Record):
    """A chip's spec sheet. Compute is dense; a sparse headline is kept apart, never compared."""

    chip_id = identifier(primary_key=True)
    vendor = name()
    vendor_country = dy.String(regex=r"^[A-Z]{2}$")
    model = name()
    short_name = name(description="What people type: H200, H20, MI325X.")
    aliases = text(description="Other names, parted by semicolons.")
    architecture = name(nullable=True)
    announced_on = day(nullable=True)
    announced_precision = one_of(PRECISIONS, nullable=True)
    process_node = name(nullable=True)
    foundry = name(nullable=True)
    die_area_mm2 = amount(2, min_exclusive=0, max=10**6)
    is_die_area_estimate = dy.Bool(nullable=True)
    memory_gb = amount(2, min_exclusive=0, max=10**8, description="Capacity, GB.")
    memory_type = name(nullable=True)
    memory_bandwidth_gbs = amount(2, min_exclusive=0, max=10**9, description="GB/s, decimal.")
    fp32_tflops = amount(3, min_exclusive=0, max=10**8, description="Non-tensor FP32.")
    fp16_dense_tflops = amount(
        3, min_exclusive=0, max=10**8, description="FP16 or BF16 tensor, dense."
    )
    fp8_dense_tflops = amount(3, min_exclusive=0, max=10**8)
    int8_dense_tops = amount(3, min_exclusive=0, max=10**8)
    fp4_dense_tflops = amount(3, min_exclusive=0, max=10**8)
    fp16_sparse_tflops = amount(3, min_exclusive=0, max=10**8)
    fp8_sparse_tflops = amount(3, min_exclusive=0, max=10**8)
    sparse_headline = text(description="The vendor's headline as printed, where it is sparse.")
    tdp_w = amount(1, min_exclusive=0, max=10**7, description="Board power, watts.")
    interconnect_gbs = amount(
        2,
        min_exclusive=0,
        max=10**9,
        description="Link between chips, as the source gives it, GB/s.",
    )
    interconnect_name = name(nullable=True)
    is_us_origin = dy.Bool(description="Whether the US duty and review zone can apply at all.")
    has_vendor_datasheet = dy.Bool(nullable=True)
    is_us_commercial_2026_01_15 = dy.Bool(
        nullable=True,
        description="Whether it was sold in the United States when 91 FR 1684 was printed, which "
        "review case by case asks. Blank: nobody said.",
    )
    china_status = text()

    @dy.rule()
    def sparse_is_twice_dense(cls) -> pl.Expr:
        """2:4 structured sparsity doubles the dense rate; a figure that does not is misfiled."""
        sparse = cls.fp8_sparse_tflops.col.cast(pl.Float64)
        dense = cls.fp8_dense_tflops.col.cast(pl.Float64)
        return ((sparse / dense - 2).abs() < 0.02).fill_null(True)


class ChipConflict(Record):
    """A field of a chip on which sources disagree, the values seen and what we make of them."""

    chip_id = identifier(primary_key=True)
    field = name(primary_key=True)
    values_seen = text(description="Parted by slashes, in `unit`.")
    unit = name(nullable=True)
    verdict = text()


class ChipPrice(Record):
    """A price seen for a chip, in its own unit: per GPU, 8-GPU module and server stay apart."""

    chip_id = identifier(primary_key=True)
    quoted_on = day(primary_key=True, description="First day of the month or year if imprecise.")
    quoted_precision = one_of(PRECISIONS)
    currency = dy.String(primary_key=True, regex=CURRENCY)
    quote_unit = one_of(QUOTE_UNITS, primary_key=True)
    channel = name(primary_key=True, description="Who quoted it, or at which step of trade.")
    gpus_per_unit = dy.Int64(min=1, max=1000, description="8 for a module or server of eight.")
    price_low = amount(
        2,
        min_exclusive=0,
        max=DEAREST,
        nullable=False,
        description="Of one `quote_unit`, in `currency`.",
    )
    price_high = amount(2, min_exclusive=0, max=DEAREST, nullable=False)

    @dy.rule()
    def known_when_quoted(cls) -> pl.Expr:
        return cls.published_on.col >= cls.quoted_on.col

    @dy.rule()
    def range_in_order(cls) -> pl.Expr:
        return cls.price_low.col <= cls.price_high.col


class ExportStatus(Record):
    """What the law of one side said of exporting a chip to China from a date on."""

    chip_id = identifier(primary_key=True)
    jurisdiction = one_of(("US", "CN"), primary_key=True)
    effective_from = day(primary_key=True)
    effective_from_precision = one_of(PRECISIONS)
    effective_to = day(nullable=True)
    status = one_of(
        (
            "free",
            "licence_presumption_of_denial",
            "licence_required_no_licences",
            "licence_granted",
            "licence_granted_low_uptake",
            "announced_not_effective",
            "case_by_case_eligible",
            "case_by_case_eligible_with_duty",
            "not_approved",
            "customs_block_reported",
            "conditional_case_by_case",
            "regulator_told_firms_to_stop",
            "licence_exception_nac_possible",
        ),
        primary_key=True,
    )
    basis = text()


class ExportStage(Record):
    """One dated step of a chip from eligible to revenue; the press calls all of them approved."""

    chip_id = identifier(primary_key=True)
    stage = one_of(STAGES, primary_key=True)
    reached_on = day(primary_key=True)
    reached_precision = one_of(PRECISIONS)
    quantity_low = amount(2, min=0, max=10**11)
    quantity_high = amount(2, min=0, max=10**11)
    quantity_unit = one_of(("gpu", "customer", "usd"), nullable=True)
    event_id = identifier(nullable=True)
    detail = text()
    detail_zh = text()

    @dy.rule()
    def quantity_range_in_order(cls) -> pl.Expr:
        return (cls.quantity_low.col <= cls.quantity_high.col).fill_null(True)

    @dy.rule()
    def customers_are_counted_in_thousands_at_most(cls) -> pl.Expr:
        most = pl.max_horizontal(cls.quantity_low.col, cls.quantity_high.col)
        return (cls.quantity_unit.col != "customer") | most.is_null() | (most <= 10**5)
