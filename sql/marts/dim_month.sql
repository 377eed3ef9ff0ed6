-- One row per calendar month, with its quarter and its days.
-- grain: month
with calendar_day as (
    select * from stg_day
),

parameter_row as (
    select * from parameters
),

calendar_month as (
    select
        month,
        max(day_on) as month_end,
        count(*) as days_in_month
    from calendar_day
    group by month
),

quartered as (
    select
        *,
        make_date(
            cast(extract(year from month) as integer),
            cast(3 * quarter(month) - 2 as integer),
            1
        ) as quarter_start
    from calendar_month
),

final as (
    select
        quartered.month,
        quartered.month_end,
        quartered.days_in_month,
        quartered.quarter_start,
        max(quartered.month_end) over (
            partition by quartered.quarter_start
        ) as quarter_end,
        cast(
            sum(quartered.days_in_month) over (
                partition by quartered.quarter_start
            ) as bigint
        ) as days_in_quarter,
        cast(extract(year from quartered.month) as varchar)
        || 'Q'
        || cast(quarter(quartered.month) as varchar) as quarter_name,
        quartered.month_end <= parameter_row.as_of as is_over
    from quartered
    cross join parameter_row
)

select * from final
