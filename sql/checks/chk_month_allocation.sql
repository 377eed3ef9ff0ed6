-- One row per stretch of a series whose months do not add up to it, to the
-- cent: must be empty.
-- grain: series_id, period_start, period_end
with piece as (
    select * from int_sales_fiscal
),

piece_month as (
    select * from int_sales_fiscal_month
),

summed as (
    select
        series_id,
        period_start,
        period_end,
        cast(sum(days) as bigint) as days,
        cast(sum(value) as decimal(28, 2)) as value,
        cast(sum(value_low) as decimal(28, 2)) as value_low,
        cast(sum(value_high) as decimal(28, 2)) as value_high
    from piece_month
    group by series_id, period_start, period_end
),

final as (
    select
        piece.series_id,
        piece.period_start,
        piece.period_end,
        piece.value,
        summed.value as value_in_months,
        piece.days,
        summed.days as days_in_months
    from piece
    left join summed
        on
            piece.series_id = summed.series_id
            and piece.period_start = summed.period_start
            and piece.period_end = summed.period_end
    where
        summed.days is null
        or piece.days <> summed.days
        or piece.value is distinct from summed.value
        or piece.value_low is distinct from summed.value_low
        or piece.value_high is distinct from summed.value_high
)

select * from final
