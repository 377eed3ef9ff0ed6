-- One row per calendar month, with its quarter and its days.
-- grain: month
with calendar_day as (
    select * from stg_day
),

parameter_row as (
    select * from parameters
),

calendar_month as (
    select month
    from calendar_day
    group by month
),

quartered as (
    select
        month,
        last_day(month) as month_end,
        make_date(
            cast(extract(year from month) as integer),
            cast(3 * quarter(month) - 2 as integer),
            1
        ) as quarter_start,
        last_day(
            make_date(
                cast(extract(year from month) as integer),
                cast(3 * quarter(month) as integer),
                1
            )
        ) as quarter_end
    from calendar_month
),

final as (
    select
        quartered.month,
        quartered.month_end,
        date_diff('day', quartered.month, quartered.month_end) + 1
            as days_in_month,
        quartered.quarter_start,
        quartered.quarter_end,
        date_diff('day', quartered.quarter_start, quartered.quarter_end) + 1
            as days_in_quarter,
        cast(extract(year from quartered.month) as varchar)
        || 'Q'
        || cast(quarter(quartered.month) as varchar) as quarter_name,
        quartered.month_end <= parameter_row.as_of as is_over
    from quartered
    cross join parameter_row
)

select * from final
