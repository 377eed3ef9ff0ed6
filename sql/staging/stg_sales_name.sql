-- One row per month and set of names that current sales use: vendor, chip,
-- segment, region, currency and sources; how many sales use it.
-- grain: month, vendor, chip_id, segment, region, currency, source_id
-- Counted by month for the same reason as stg_sales_mark: sales are many, and a
-- day's records make their months again and not the history.
with final as (
    select
        cast(date_trunc('month', period_start) as date) as month,
        vendor,
        coalesce(chip_id, '') as chip_id,
        segment,
        region,
        coalesce(currency, '') as currency,
        source_id,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_sales
    group by
        cast(date_trunc('month', period_start) as date),
        vendor,
        coalesce(chip_id, ''),
        segment,
        region,
        coalesce(currency, ''),
        source_id
)

select * from final
