-- One row per symbol and week of the last two years: the week's last close,
-- 100 being the first one shown.
-- grain: symbol, mic, traded_on
-- A bar beyond its exchange's price limit is left out, and what lies before a
-- step beyond it too: an action that compares the two is missing.
with comparable as (
    select * from int_price_comparable
    where is_session
),

step as (
    select * from int_price_step
),

slip as (
    select * from step
    where rule = 'bar_beyond_price_limit'
),

new_level as (
    select
        symbol,
        mic,
        max(traded_on) as traded_on
    from step
    where rule = 'step_beyond_price_limit'
    group by symbol, mic
),

price as (
    select comparable.*
    from comparable
    left join slip
        on
            comparable.symbol = slip.symbol
            and comparable.mic = slip.mic
            and comparable.traded_on = slip.traded_on
    left join new_level
        on
            comparable.symbol = new_level.symbol
            and comparable.mic = new_level.mic
    where
        slip.symbol is null
        and (
            new_level.symbol is null
            or comparable.traded_on >= new_level.traded_on
        )
),

listing as (
    select * from rec_listings
),

parameter_row as (
    select * from parameters
),

recent as (
    select
        price.*,
        listing.title,
        listing.title_zh,
        listing.vendor,
        listing.security_type,
        row_number() over (
            partition by
                price.symbol, price.mic, date_trunc('week', price.traded_on)
            order by price.traded_on desc
        ) as place_in_week
    from price
    inner join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
    cross join parameter_row
    where
        price.traded_on <= parameter_row.as_of
        and price.traded_on
        > cast(parameter_row.as_of - interval 24 month as date)
        and (listing.vendor is not null or listing.security_type = 'index')
),

weekly as (
    select
        *,
        first_value(traded_on) over (
            partition by symbol, mic
            order by traded_on
        ) as rebased_on,
        first_value(close_comparable) over (
            partition by symbol, mic
            order by traded_on
        ) as rebased_close,
        lag(traded_on) over (
            partition by symbol, mic
            order by traded_on
        ) as previous_on
    from recent
    where place_in_week = 1
),

final as (
    select
        symbol,
        mic,
        traded_on,
        title,
        title_zh,
        vendor,
        security_type,
        currency,
        close_comparable,
        try_cast(
            close_comparable * 100 / nullif(rebased_close, 0)
            as decimal(18, 4)
        ) as index_100,
        rebased_on,
        coalesce(date_diff('day', previous_on, traded_on) > 14, false)
            as is_gap_before,
        source_id,
        confidence
    from weekly
)

select * from final
