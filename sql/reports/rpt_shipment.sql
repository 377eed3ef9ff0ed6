-- One row per series of shipments and calendar quarter: what stands on the
-- basis shipment, each sale on its day.
-- grain: vendor, chip_id, region, segment, scope, quarter_start
-- A basis of its own: never added to what a vendor files, and no total of
-- anything unless the records are all of them.
with revenue_month as (
    select * from fct_revenue_month
    where
        basis = 'shipment'
        and value_type = 'reported'
),

calendar_month as (
    select * from dim_month
),

company as (
    select * from rec_companies
),

chip as (
    select * from rec_chips
),

mark as (
    select * from stg_confidence
),

placed as (
    select
        revenue_month.*,
        calendar_month.quarter_start,
        calendar_month.quarter_name,
        mark.weakness
    from revenue_month
    inner join calendar_month
        on revenue_month.month = calendar_month.month
    inner join mark
        on revenue_month.confidence = mark.confidence
),

summed as (
    select
        vendor,
        chip_id,
        region,
        segment,
        scope,
        quarter_start,
        quarter_name,
        min(period_from) as first_on,
        max(period_to) as last_on,
        sum(record_count) as record_count,
        case when count(units) = count(*) then sum(units) end as units,
        sum(units_low) as units_low,
        case when count(units_high) = count(*) then sum(units_high) end
            as units_high,
        case when count(revenue_usd) = count(*) then sum(revenue_usd) end
            as revenue_usd,
        sum(revenue_usd_low) as revenue_usd_low,
        case
            when count(revenue_usd_high) = count(*) then sum(revenue_usd_high)
        end as revenue_usd_high,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from placed
    group by
        vendor, chip_id, region, segment, scope, quarter_start, quarter_name
),

final as (
    select
        summed.vendor,
        summed.chip_id,
        summed.region,
        summed.segment,
        summed.scope,
        summed.quarter_start,
        summed.quarter_name,
        company.vendor_zh,
        chip.short_name,
        summed.first_on,
        summed.last_on,
        cast(summed.record_count as bigint) as record_count,
        cast(summed.units as decimal(28, 2)) as units,
        cast(summed.units_low as decimal(28, 2)) as units_low,
        cast(summed.units_high as decimal(28, 2)) as units_high,
        cast(summed.revenue_usd as decimal(20, 2)) as revenue_usd,
        cast(summed.revenue_usd_low as decimal(20, 2)) as revenue_usd_low,
        cast(summed.revenue_usd_high as decimal(20, 2)) as revenue_usd_high,
        summed.source_id,
        mark.confidence
    from summed
    inner join mark
        on summed.weakness = mark.weakness
    left join company
        on summed.vendor = company.vendor
    left join chip
        on summed.chip_id = chip.chip_id
)

select * from final
