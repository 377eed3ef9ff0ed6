-- One row per month, source list and confidence of current sales: how many
-- they are and which days they reach.
-- grain: month, source_id, confidence
-- Sales are many: whatever is asked of all of them is counted here by month,
-- so that a day's records make their months again and not the history.
with final as (
    select
        cast(date_trunc('month', period_start) as date) as month,
        source_id,
        confidence,
        count(*) as record_count,
        min(period_start) as first_on,
        max(period_end) as last_on,
        max(published_on) as last_published_on
    from rec_sales
    group by
        cast(date_trunc('month', period_start) as date), source_id, confidence
)

select * from final
