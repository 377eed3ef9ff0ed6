-- One row per mainland A-share and session whose close lies further from the
-- session before than the exchange lets a share move: no return is taken over
-- it. Which bar is wrong is told by the session after it.
-- grain: symbol, mic, traded_on
-- source: daily limits of the SSE and SZSE, 20 % on STAR and ChiNext, 10 % on
-- the main boards; none in the first five sessions of a listing (trap 20).
-- A bar is in no figure where the next session is back at the level before it,
-- or while there is none; where the next session stays at the new level an
-- action is missing, and only the step is no return.
with price as (
    select * from int_price_comparable
    where is_session and mic in ('XSHG', 'XSHE')
),

listing as (
    select * from rec_listings
    where security_type = 'equity'
),

placed as (
    select
        price.symbol,
        price.mic,
        price.traded_on,
        price.adjustment,
        price.session_no,
        price.close_comparable,
        price.previous_session_close,
        cast(
            price.close_comparable
            / nullif(price.previous_session_close, 0) as double
        ) as ratio,
        lead(price.session_no) over (
            partition by price.symbol, price.mic
            order by price.session_no
        ) as next_session_no,
        lead(price.close_comparable) over (
            partition by price.symbol, price.mic
            order by price.session_no
        ) as next_close,
        min(price.session_no) over (
            partition by price.symbol, price.mic
        ) as first_session_no
    from price
    inner join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
),

beyond as (
    select
        *,
        next_session_no is null
        or (
            next_session_no = session_no + 1
            and next_close / nullif(previous_session_close, 0)
            between 0.62 and 1.47
            and (
                next_close / nullif(close_comparable, 0) > 1.21
                or next_close / nullif(close_comparable, 0) < 0.79
            )
        ) as is_alone
    from placed
    where
        (ratio > 1.21 or ratio < 0.79)
        and session_no - first_session_no >= 5
),

ruled as (
    select
        beyond.*,
        case
            when coalesce(before.is_alone, false) then 'back_from_a_bar'
            when beyond.is_alone then 'bar_beyond_price_limit'
            else 'step_beyond_price_limit'
        end as rule
    from beyond
    left join beyond as before
        on
            beyond.symbol = before.symbol
            and beyond.mic = before.mic
            and beyond.session_no = before.session_no + 1
),

final as (
    select
        symbol,
        mic,
        traded_on,
        adjustment,
        rule,
        previous_session_close,
        close_comparable
    from ruled
)

select * from final
