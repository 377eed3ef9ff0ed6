-- One row per bar set aside because the two bases of its symbol are no one
-- series, or because no recorded ratio can restate it.
-- grain: kind, record_key, rule, batch_id, line
-- The way out is a corporate action on record, or the row's withdrawal.
with price as (
    select * from rec_prices
    where adjustment in ('raw', 'split')
),

basis as (
    select * from int_price_basis
    where
        not is_joined
        and not is_taken
),

beyond as (
    select * from int_price_restated
    where restating_ratio is null
),

left_out as (
    select
        symbol,
        mic,
        traded_on,
        adjustment,
        'bases_do_not_meet' as rule
    from basis
    union all
    select
        symbol,
        mic,
        traded_on,
        adjustment,
        'ratio_beyond_bounds' as rule
    from beyond
),

final as (
    select
        'prices' as kind,
        'symbol=' || price.symbol || '; mic=' || price.mic || '; traded_on='
        || cast(price.traded_on as varchar) || '; adjustment='
        || price.adjustment as record_key,
        left_out.rule,
        'close ' || cast(price.close as varchar) || ' ' || price.currency
            as detail,
        cast(null as varchar) as against_key,
        price.batch_id,
        price.line,
        price.published_on,
        price.source_id
    from left_out
    inner join price
        on
            left_out.symbol = price.symbol
            and left_out.mic = price.mic
            and left_out.traded_on = price.traded_on
            and left_out.adjustment = price.adjustment
)

select * from final
