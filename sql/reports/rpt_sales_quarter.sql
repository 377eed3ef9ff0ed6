-- One row per China revenue series and calendar quarter: fiscal periods cut to
-- the calendar by days, so that vendors of different years stand side by side.
-- grain: vendor, chip_id, region, basis, segment, scope, quarter_start
-- Two bases are two series; a quarter that filings do not fill says so. A year
-- or half-year spread over its quarters tells nothing of any of them: left out.
with sales_quarter as (
    select * from fct_sales_quarter
    where
        value_type = 'reported'
        and region like 'China%'
        and basis <> 'shipment'
        and method <> 'allocated'
        and (
            revenue_usd is not null
            or revenue_usd_high is not null
            or method = 'restated'
        )
),

company as (
    select * from rec_companies
),

chip as (
    select * from rec_chips
),

final as (
    select
        sales_quarter.vendor,
        sales_quarter.chip_id,
        sales_quarter.region,
        sales_quarter.basis,
        sales_quarter.segment,
        sales_quarter.scope,
        sales_quarter.quarter_start,
        sales_quarter.quarter_name,
        company.vendor_zh,
        chip.short_name,
        sales_quarter.revenue_usd,
        sales_quarter.revenue_usd_low,
        sales_quarter.revenue_usd_high,
        sales_quarter.method,
        sales_quarter.alignment,
        sales_quarter.days_covered,
        sales_quarter.days_in_quarter,
        sales_quarter.is_complete,
        sales_quarter.source_id,
        sales_quarter.confidence
    from sales_quarter
    left join company
        on sales_quarter.vendor = company.vendor
    left join chip
        on sales_quarter.chip_id = chip.chip_id
)

select * from final
