-- Offending rows: a mainland A-share that moved more in a session than its
-- exchange allows. The returns of the events leave it out (int_price_step).
-- grain: symbol, mic, traded_on
with step as (
    select * from int_price_step
),

final as (
    select
        symbol,
        mic,
        traded_on,
        rule,
        previous_session_close,
        close_comparable
    from step
    where rule <> 'back_from_a_bar'
)

select * from final
