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

doubtful_piece as (
    select
        vendor,
        chip_id,
        region,
        basis,
        segment,
        scope,
        period_start,
        period_end
    from int_sales_fiscal
    where
        doubt is not null
        and metric = 'revenue'
        and value_type = 'reported'
),

doubtful as (
    -- quarters that days of such a piece fall into
    select
        sales_quarter.vendor,
        sales_quarter.chip_id,
        sales_quarter.region,
        sales_quarter.basis,
        sales_quarter.segment,
        sales_quarter.scope,
        sales_quarter.quarter_start
    from sales_quarter
    inner join doubtful_piece
        on
            sales_quarter.vendor = doubtful_piece.vendor
            and sales_quarter.chip_id = doubtful_piece.chip_id
            and sales_quarter.region = doubtful_piece.region
            and sales_quarter.basis = doubtful_piece.basis
            and sales_quarter.segment = doubtful_piece.segment
            and sales_quarter.scope = doubtful_piece.scope
            and sales_quarter.quarter_start <= doubtful_piece.period_end
            and doubtful_piece.period_start
            < cast(sales_quarter.quarter_start + interval 3 month as date)
    group by
        sales_quarter.vendor,
        sales_quarter.chip_id,
        sales_quarter.region,
        sales_quarter.basis,
        sales_quarter.segment,
        sales_quarter.scope,
        sales_quarter.quarter_start
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
        case when doubtful.vendor is not null then 'negative_difference' end
            as doubt,
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
    left join doubtful
        on
            sales_quarter.vendor = doubtful.vendor
            and sales_quarter.chip_id = doubtful.chip_id
            and sales_quarter.region = doubtful.region
            and sales_quarter.basis = doubtful.basis
            and sales_quarter.segment = doubtful.segment
            and sales_quarter.scope = doubtful.scope
            and sales_quarter.quarter_start = doubtful.quarter_start
)

select * from final
