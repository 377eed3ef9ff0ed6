-- One row per symbol and day: a close that compares with every other of the
-- symbol, and the return since the exchange's session before.
-- grain: symbol, mic, traded_on
-- Bars as traded and bars restated for splits are one series once the recorded
-- actions are applied to each (int_price_restated): a day that only one of them
-- has is in it, and of a day's two int_price_basis says which stands.
-- Total-return bars are not used.
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

restated as (
    select * from int_price_restated
),

not_taken as (
    select * from int_price_basis
    where not is_taken
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
        coalesce(listing.calendar_mic, price.mic) as calendar_mic,
        coalesce(restated.restating_ratio, cast(1 as decimal(18, 8)))
            as restating_ratio,
        case
            when restated.restating_ratio is null then price.close
            else cast(
                price.close / nullif(restated.restating_ratio, 0)
                as decimal(28, 6)
            )
        end as close_comparable
    from price
    left join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
    left join restated
        on
            price.symbol = restated.symbol
            and price.mic = restated.mic
            and price.traded_on = restated.traded_on
            and price.adjustment = restated.adjustment
    left join not_taken
        on
            price.symbol = not_taken.symbol
            and price.mic = not_taken.mic
            and price.traded_on = not_taken.traded_on
            and price.adjustment = not_taken.adjustment
    where
        not_taken.symbol is null
        -- a product of ratios beyond all bounds: no bar compares by it
        and (restated.symbol is null or restated.restating_ratio is not null)
),

comparable as (
    select
        bar.*,
        exchange_session.session_no
    from bar
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
