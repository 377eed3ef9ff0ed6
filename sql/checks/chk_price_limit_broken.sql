-- One row per mainland A-share that moved more in a session than its exchange
-- allows: a corporate action that nobody recorded. Must be empty.
-- grain: symbol, mic, traded_on
-- source: daily limits of the SSE and SZSE, 20 % on STAR and ChiNext, 10 % on
-- the main boards; none in the first five sessions of a listing (trap 20).
-- The way out: record the split or bonus issue among corporate_actions.
with price as (
    select * from int_price_comparable
    where is_session
),

listing as (
    select * from rec_listings
    where security_type = 'equity'
),

first_bar as (
    select
        symbol,
        mic,
        min(session_no) as first_session_no
    from price
    group by symbol, mic
),

final as (
    select
        price.symbol,
        price.mic,
        price.traded_on,
        price.return_1d,
        price.previous_session_close,
        price.close_comparable
    from price
    inner join listing
        on
            price.symbol = listing.symbol
            and price.mic = listing.mic
    inner join first_bar
        on
            price.symbol = first_bar.symbol
            and price.mic = first_bar.mic
    where
        price.mic in ('XSHG', 'XSHE')
        and abs(price.return_1d) > 0.21
        and price.session_no - first_bar.first_session_no >= 5
)

select * from final
