-- One row per chip: its latest per-GPU price in dollars and its build cost.
-- grain: chip_id
-- Only quotes of one bare GPU or card count: 8-GPU modules, servers, landed
-- prices (duty inside) and rentals are other goods (trap 16). Quotes of the
-- same latest day are one range.
with quote as (
    select * from rec_chip_prices
    where currency = 'USD'
),

confidence as (
    select * from stg_confidence
),

weighed as (
    select
        quote.*,
        confidence.weakness,
        case
            when quote.quote_unit = 'gpu_build' then 'cost'
            else 'price'
        end as quote_of,
        max(quote.quoted_on) over (
            partition by
                quote.chip_id,
                case
                    when quote.quote_unit = 'gpu_build' then 'cost'
                    else 'price'
                end
        ) as latest_on
    from quote
    inner join confidence
        on quote.confidence = confidence.confidence
    where quote.quote_unit in ('gpu', 'card', 'gpu_build')
),

latest as (
    select
        chip_id,
        quote_of,
        quoted_on,
        min(price_low) as low_usd,
        max(price_high) as high_usd,
        max(weakness) as weakness
    from weighed
    where quoted_on = latest_on
    group by chip_id, quote_of, quoted_on
),

quote_source as (
    select
        chip_id,
        quote_of,
        source_id
    from weighed
    where quoted_on = latest_on
    group by chip_id, quote_of, source_id
),

latest_source as (
    select
        chip_id,
        quote_of,
        string_agg(source_id, ';' order by source_id) as source_id
    from quote_source
    group by chip_id, quote_of
),

price as (
    select
        latest.chip_id,
        latest.quoted_on,
        latest.low_usd,
        latest.high_usd,
        latest.weakness,
        latest_source.source_id
    from latest
    inner join latest_source
        on
            latest.chip_id = latest_source.chip_id
            and latest.quote_of = latest_source.quote_of
    where latest.quote_of = 'price'
),

cost as (
    select
        latest.chip_id,
        latest.quoted_on,
        latest.low_usd,
        latest.high_usd,
        latest.weakness,
        latest_source.source_id
    from latest
    inner join latest_source
        on
            latest.chip_id = latest_source.chip_id
            and latest.quote_of = latest_source.quote_of
    where latest.quote_of = 'cost'
),

final as (
    select
        coalesce(price.chip_id, cost.chip_id) as chip_id,
        price.quoted_on,
        cast(price.low_usd as decimal(18, 2)) as price_low_usd,
        cast(price.high_usd as decimal(18, 2)) as price_high_usd,
        price.source_id as price_source_id,
        price_mark.confidence as price_confidence,
        cost.quoted_on as cost_quoted_on,
        cast(cost.low_usd as decimal(18, 2)) as unit_cost_low_usd,
        cast(cost.high_usd as decimal(18, 2)) as unit_cost_high_usd,
        cost.source_id as cost_source_id,
        cost_mark.confidence as cost_confidence
    from price
    full outer join cost
        on price.chip_id = cost.chip_id
    left join confidence as price_mark
        on price.weakness = price_mark.weakness
    left join confidence as cost_mark
        on cost.weakness = cost_mark.weakness
)

select * from final
