-- One row per calendar day that a record, a rate or the as-of date can need.
-- grain: day_on
-- Made from digits, not from a series function, so that it runs on any engine.
with digit as (
    select cast(ten_digits.n as bigint) as n
    from (
        values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
    ) as ten_digits (n)
),

sales_mark as (
    select * from stg_sales_mark
),

parameter_row as (
    select * from parameters
),

reach as (
    select
        min(first_on) as first_on,
        max(last_on) as last_on
    from sales_mark
    union all
    select
        min(rate_on) as first_on,
        max(rate_on) as last_on
    from rec_fx
    union all
    select
        as_of as first_on,
        as_of as last_on
    from parameter_row
),

bounds as (
    select
        min(first_on) as first_on,
        max(last_on) as last_on
    from reach
),

numbered_year as (
    select 1970 + 100 * hundred.n + 10 * ten.n + one.n as year_no
    from digit as one
    cross join digit as ten
    cross join digit as hundred
    where hundred.n <= 1
),

calendar_year as (
    select numbered_year.year_no
    from numbered_year
    cross join bounds
    where
        numbered_year.year_no
        between extract(year from bounds.first_on)
        and extract(year from bounds.last_on)
),

calendar_month as (
    select
        make_date(
            cast(calendar_year.year_no as integer),
            cast(10 * ten.n + one.n as integer),
            1
        ) as month
    from calendar_year
    cross join digit as one
    cross join digit as ten
    where 10 * ten.n + one.n between 1 and 12
),

needed_month as (
    select calendar_month.month
    from calendar_month
    cross join bounds
    where
        last_day(calendar_month.month) >= bounds.first_on
        and calendar_month.month <= bounds.last_on
),

final as (
    select
        make_date(
            cast(extract(year from needed_month.month) as integer),
            cast(extract(month from needed_month.month) as integer),
            cast(10 * ten.n + one.n as integer)
        ) as day_on,
        needed_month.month
    from needed_month
    cross join digit as one
    cross join digit as ten
    where
        10 * ten.n + one.n
        between 1 and extract(day from last_day(needed_month.month))
)

select * from final
