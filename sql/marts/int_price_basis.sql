-- One row per bar of a symbol that has bars on two bases, as traded and as
-- restated for splits: which of a day's two stands.
-- grain: symbol, mic, traded_on, adjustment
-- Restated by the recorded actions, the two are one series, and a day that only
-- one of them has is in it. Where a day has both: a bar that somebody has seen
-- before one that nobody has, then the one published later, then by the stated
-- precedence of sources, then the split bar.
-- They are one series only if they meet: most steps from a bar of one basis to
-- the next of the other, within ten days, are no jump, and all are in one
-- currency. Where an action is not on record, or not yet known on the day of
-- the view, they do not meet, and one basis stands: split, or raw where that
-- has more than twice the sessions.
with price as (
    select * from rec_prices
    where adjustment in ('raw', 'split')
),

listing as (
    select * from rec_listings
),

exchange_session as (
    select * from stg_session
),

source as (
    select * from rec_sources
),

restated as (
    select * from int_price_restated
),

on_two_bases as (
    select
        symbol,
        mic,
        min(currency) = max(currency) as is_of_one_currency
    from price
    group by symbol, mic
    having min(adjustment) < max(adjustment)
),

bar as (
    select
        price.symbol,
        price.mic,
        price.traded_on,
        price.adjustment,
        case price.adjustment when 'split' then 1 else 2 end as basis_no,
        price.published_on,
        price.source_id,
        price.batch_id,
        on_two_bases.is_of_one_currency,
        coalesce(restated.restating_ratio, cast(1 as decimal(18, 8)))
            as restating_ratio,
        cast(
            price.close
            / coalesce(nullif(restated.restating_ratio, 0), 1)
            as decimal(28, 6)
        ) as close_comparable,
        case
            when price.confidence in ('unverified', 'invented') then 1
            else 0
        end as unseen_no,
        coalesce(source.precedence, 1000) as precedence,
        exchange_session.session_no
    from price
    inner join on_two_bases
        on
            price.symbol = on_two_bases.symbol
            and price.mic = on_two_bases.mic
    left join restated
        on
            price.symbol = restated.symbol
            and price.mic = restated.mic
            and price.traded_on = restated.traded_on
            and price.adjustment = restated.adjustment
    left join source
        on split_part(price.source_id, ';', 1) = source.key
    left join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
    left join exchange_session
        on
            coalesce(listing.calendar_mic, price.mic) = exchange_session.mic
            and price.traded_on = exchange_session.session_on
    where restated.symbol is null or restated.restating_ratio is not null
),

beside as (
    select
        symbol,
        mic,
        traded_on,
        basis_no,
        close_comparable,
        lag(traded_on) over (
            partition by symbol, mic
            order by traded_on, basis_no
        ) as previous_on,
        lag(basis_no) over (
            partition by symbol, mic
            order by traded_on, basis_no
        ) as previous_basis_no,
        lag(close_comparable) over (
            partition by symbol, mic
            order by traded_on, basis_no
        ) as previous_close
    from bar
),

step as (
    -- the same close, or one that a share may move to in days
    select
        symbol,
        mic,
        greatest(close_comparable, previous_close)
        > least(close_comparable, previous_close)
        * case
            when traded_on = previous_on then 1.05
            else 1.40
        end as is_jump
    from beside
    where
        basis_no <> previous_basis_no
        and date_diff('day', previous_on, traded_on) <= 10
),

jumping as (
    select
        symbol,
        mic
    from step
    group by symbol, mic
    having sum(case when is_jump then 1 else 0 end) * 2 > count(*)
),

coverage as (
    -- years before the calendars begin do not weigh
    select
        symbol,
        mic,
        count(case when basis_no = 1 then session_no end) as split_sessions,
        count(case when basis_no = 2 then session_no end) as raw_sessions
    from bar
    group by symbol, mic
),

chosen as (
    select
        bar.*,
        bar.is_of_one_currency and jumping.symbol is null as is_joined,
        case
            when coverage.raw_sessions <= 2 * coverage.split_sessions then 1
            else 2
        end as alone_no
    from bar
    inner join coverage
        on
            bar.symbol = coverage.symbol
            and bar.mic = coverage.mic
    left join jumping
        on
            bar.symbol = jumping.symbol
            and bar.mic = jumping.mic
),

placed as (
    select
        *,
        row_number() over (
            partition by symbol, mic, traded_on
            order by
                case
                    when is_joined or basis_no = alone_no then 0
                    else 1
                end asc,
                unseen_no asc,
                published_on desc,
                precedence asc,
                basis_no asc
        ) as place
    from chosen
),

final as (
    select
        symbol,
        mic,
        traded_on,
        adjustment,
        is_joined,
        (is_joined or basis_no = alone_no) and place = 1 as is_taken,
        published_on,
        restating_ratio,
        close_comparable,
        source_id,
        batch_id
    from placed
)

select * from final
