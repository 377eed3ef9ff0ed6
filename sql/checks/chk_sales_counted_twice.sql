-- One row per day-overlap of two stretches of one series: must be empty.
-- grain: series_id, period_start, other_start
with piece as (
    select * from int_sales_fiscal
),

final as (
    select
        one.series_id,
        one.period_start,
        one.period_end,
        other.period_start as other_start,
        other.period_end as other_end
    from piece as one
    inner join piece as other
        on
            one.series_id = other.series_id
            and one.period_start < other.period_start
            and one.period_end >= other.period_start
)

select * from final
