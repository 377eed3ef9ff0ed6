-- One row per symbol and day: a close that compares with every other of the
-- symbol, and the return since the exchange's session before.
-- grain: symbol, mic, traded_on
-- One basis per symbol over its whole history: split-restated bars, or raw bars
-- divided by the ratio of every later split or bonus issue (dividends are left
-- in). Split wins where both cover the history; raw where it holds more than
-- twice the sessions, so that one file of recent days does not take the rest
-- away. Total-return bars are not used.
with price as (
    select * from rec_prices
),

listing as (
    select * from rec_listings
),

exchange_session as (
    select * from stg_session
),

action as (
    select * from rec_corporate_actions
    where action <> 'dividend'
),

coverage as (
    -- years before the calendars begin do not weigh
    select
        price.symbol,
        price.mic,
        max(case when price.adjustment = 'split' then 1 else 0 end) = 1
            as has_split,
        count(
            case
                when price.adjustment = 'split'
                    then exchange_session.session_no
            end
        ) as split_sessions,
        count(
            case
                when price.adjustment = 'raw'
                    then exchange_session.session_no
            end
        ) as raw_sessions
    from price
    left join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
    left join exchange_session
        on
            coalesce(listing.calendar_mic, price.mic) = exchange_session.mic
            and price.traded_on = exchange_session.session_on
    where price.adjustment in ('raw', 'split')
    group by price.symbol, price.mic
),

basis as (
    select
        symbol,
        mic,
        case
            when has_split and raw_sessions <= 2 * split_sessions
                then 'split'
            else 'raw'
        end as adjustment
    from coverage
),

bar as (
    select
        price.symbol,
        price.mic,
        price.traded_on,
        price.adjustment,
        price.close,
        price.currency,
        price.source_id,
        price.confidence,
        coalesce(listing.calendar_mic, price.mic) as calendar_mic
    from price
    inner join basis
        on
            price.symbol = basis.symbol
            and price.mic = basis.mic
            and price.adjustment = basis.adjustment
    left join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
),

restating as (
    -- product of the later ratios, by logarithms kept as decimals
    select
        bar.symbol,
        bar.mic,
        bar.traded_on,
        cast(
            exp(
                cast(
                    sum(
                        cast(
                            ln(cast(action.price_ratio as double))
                            as decimal(28, 18)
                        )
                    ) as double
                )
            ) as decimal(18, 8)
        ) as restating_ratio
    from bar
    inner join action
        on
            bar.symbol = action.symbol
            and bar.mic = action.mic
            and bar.traded_on < action.ex_on
    where bar.adjustment = 'raw'
    group by bar.symbol, bar.mic, bar.traded_on
),

comparable as (
    select
        bar.*,
        coalesce(restating.restating_ratio, cast(1 as decimal(18, 8)))
            as restating_ratio,
        case
            when restating.restating_ratio is null then bar.close
            else cast(
                bar.close / nullif(restating.restating_ratio, 0)
                as decimal(28, 6)
            )
        end as close_comparable,
        exchange_session.session_no
    from bar
    left join restating
        on
            bar.symbol = restating.symbol
            and bar.mic = restating.mic
            and bar.traded_on = restating.traded_on
    left join exchange_session
        on
            bar.calendar_mic = exchange_session.mic
            and bar.traded_on = exchange_session.session_on
),

in_session as (
    -- a bar on a day without a session is no bar: a copied holiday, a slip
    select
        symbol,
        mic,
        traded_on,
        lag(traded_on) over (
            partition by symbol, mic
            order by traded_on
        ) as previous_traded_on,
        lag(close_comparable) over (
            partition by symbol, mic
            order by traded_on
        ) as previous_close,
        session_no - lag(session_no) over (
            partition by symbol, mic
            order by traded_on
        ) - 1 as sessions_missed
    from comparable
    where session_no is not null
),

final as (
    select
        comparable.symbol,
        comparable.mic,
        comparable.traded_on,
        comparable.calendar_mic,
        comparable.session_no,
        comparable.session_no is not null as is_session,
        comparable.adjustment,
        comparable.close,
        comparable.restating_ratio,
        comparable.close_comparable,
        comparable.currency,
        in_session.previous_traded_on,
        in_session.sessions_missed,
        in_session.sessions_missed = 0 as is_consecutive,
        case
            when in_session.sessions_missed = 0
                then in_session.previous_close
        end as previous_session_close,
        case
            -- a fiftyfold in one session is a slip, and would not fit
            when
                in_session.sessions_missed = 0
                and comparable.close_comparable
                < 50 * cast(in_session.previous_close as decimal(28, 6))
                then cast(
                    comparable.close_comparable
                    / nullif(in_session.previous_close, 0) - 1
                    as decimal(12, 10)
                )
        end as return_1d,
        comparable.source_id,
        comparable.confidence
    from comparable
    left join in_session
        on
            comparable.symbol = in_session.symbol
            and comparable.mic = in_session.mic
            and comparable.traded_on = in_session.traded_on
)

select * from final
