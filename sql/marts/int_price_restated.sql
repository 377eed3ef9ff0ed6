-- One row per bar that a later split or bonus issue restates: the product of
-- the ratios that its close is divided by.
-- grain: symbol, mic, traded_on, adjustment
-- A raw bar is restated by every action after its day. A split bar has in it
-- what was in force when it was fetched: at the moment it was loaded, and by
-- the last bar of its batch where that is later; actions since then are still
-- to be applied. Dividends are left in.
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

action as (
    -- in force from the opening of its day, or from midnight where no session
    -- of that day is on record
    select
        action.symbol,
        action.mic,
        action.ex_on,
        action.price_ratio,
        coalesce(exchange_session.open_at, cast(action.ex_on as timestamp))
            as in_force_at
    from rec_corporate_actions as action
    left join listing
        on
            action.symbol = listing.symbol
            and action.mic = listing.mic
    left join exchange_session
        on
            coalesce(listing.calendar_mic, action.mic) = exchange_session.mic
            and action.ex_on = exchange_session.session_on
    where action.action <> 'dividend'
),

acted_on as (
    select
        symbol,
        mic
    from action
    group by symbol, mic
),

bar as (
    select
        price.symbol,
        price.mic,
        price.traded_on,
        price.adjustment,
        price.batch_id,
        price.recorded_at
    from price
    inner join acted_on
        on
            price.symbol = acted_on.symbol
            and price.mic = acted_on.mic
),

fetched as (
    select
        symbol,
        mic,
        batch_id,
        max(traded_on) as last_on,
        max(recorded_at) as loaded_at
    from bar
    where adjustment = 'split'
    group by symbol, mic, batch_id
),

restating as (
    -- a product by logarithms, kept as decimals
    select
        bar.symbol,
        bar.mic,
        bar.traded_on,
        bar.adjustment,
        sum(
            cast(
                ln(cast(action.price_ratio as double)) as decimal(28, 18)
            )
        ) as log_ratio
    from bar
    inner join action
        on
            bar.symbol = action.symbol
            and bar.mic = action.mic
            and bar.traded_on < action.ex_on
    left join fetched
        on
            bar.symbol = fetched.symbol
            and bar.mic = fetched.mic
            and bar.batch_id = fetched.batch_id
    where
        bar.adjustment = 'raw'
        or (
            fetched.loaded_at < action.in_force_at
            and fetched.last_on < action.ex_on
        )
    group by bar.symbol, bar.mic, bar.traded_on, bar.adjustment
),

final as (
    select
        symbol,
        mic,
        traded_on,
        adjustment,
        -- beyond these bounds the ratio has too few digits, or none
        case
            when log_ratio between -9 and 18
                then cast(exp(cast(log_ratio as double)) as decimal(18, 8))
        end as restating_ratio
    from restating
)

select * from final
