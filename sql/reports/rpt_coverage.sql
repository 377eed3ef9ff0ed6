-- One row per vendor, period and disclosed revenue that units were counted
-- for, or that is of one chip: what the two come to side by side.
-- grain: vendor, period_start, period_end, chip_id, region, basis, segment,
-- scope, units_region
with coverage as (
    select * from fct_coverage
    where
        units_region <> 'none'
        or chip_id <> 'all'
),

company as (
    select * from rec_companies
),

chip as (
    select * from rec_chips
),

final as (
    select
        coverage.vendor,
        coverage.period_start,
        coverage.period_end,
        coverage.chip_id,
        coverage.region,
        coverage.basis,
        coverage.segment,
        coverage.scope,
        coverage.units_region,
        company.vendor_zh,
        chip.short_name,
        coverage.fiscal_period,
        coverage.period_kind,
        coverage.top_down_usd_low,
        coverage.top_down_usd_high,
        coverage.top_down_method,
        coverage.chips_counted,
        coverage.units,
        coverage.units_low,
        coverage.units_high,
        coverage.region_match,
        coverage.price_usd_low,
        coverage.price_usd_high,
        coverage.bottom_up_usd_low,
        coverage.bottom_up_usd_high,
        coverage.coverage_low_pct,
        coverage.coverage_high_pct,
        coverage.implied_price_usd_low,
        coverage.implied_price_usd_high,
        coverage.implied_price_usd,
        coverage.standing,
        coverage.reason,
        coverage.source_id,
        coverage.confidence
    from coverage
    left join company
        on coverage.vendor = company.vendor
    left join chip
        on coverage.chip_id = chip.chip_id
)

select * from final
