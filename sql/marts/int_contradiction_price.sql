-- One row per bar that breaks the price limit of its exchange: it is in no
-- figure, or no return is taken over the step to it.
-- grain: kind, record_key, rule, batch_id, line
with step as (
    select * from int_price_step
    where rule <> 'back_from_a_bar'
),

price as (
    select * from rec_prices
),

final as (
    select
        'prices' as kind,
        'symbol=' || step.symbol || '; mic=' || step.mic || '; traded_on='
        || cast(step.traded_on as varchar) || '; adjustment=' || step.adjustment
            as record_key,
        step.rule,
        cast(step.previous_session_close as varchar) || ' / '
        || cast(step.close_comparable as varchar) as detail,
        cast(null as varchar) as against_key,
        price.batch_id,
        price.line,
        price.published_on,
        price.source_id
    from step
    inner join price
        on
            step.symbol = price.symbol
            and step.mic = price.mic
            and step.traded_on = price.traded_on
            and step.adjustment = price.adjustment
)

select * from final
