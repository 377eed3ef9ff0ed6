-- One row per record of sales that is left out of every figure because it
-- contradicts another: of one voice and day with another value, of the same
-- days in another currency, of days that cross another period, or unseen and
-- of days of a period that somebody has seen.
-- grain: kind, record_key, rule, batch_id, line
-- Which of the two counts is decided in int_sales_version (the same days) and
-- int_sales_overlap (days that overlap). What two voices say otherwise of one
-- period is a disagreement and not here.
with sale as (
    select * from int_sales_row
),

arrival as (
    select
        sale_id,
        batch_id,
        line
    from rec_sales
    where period_start < period_end
),

left_out as (
    select
        *,
        case standing
            when 'overlapping' then 'periods_cross'
            when 'unseen' then 'unseen_beside_seen'
            when 'other_currency' then 'second_currency'
            else 'one_voice_two_values'
        end as rule
    from sale
    where
        standing in (
            'overlapping', 'other_currency', 'contradicted', 'unseen'
        )
),

against as (
    select
        left_out.*,
        left_out.metric || ' '
        || cast(left_out.period_start as varchar) || '..'
        || cast(left_out.period_end as varchar) || ' '
        || coalesce(
            cast(left_out.value as varchar),
            coalesce(cast(left_out.value_low as varchar), '') || '..'
            || coalesce(cast(left_out.value_high as varchar), '')
        )
        || case
            when left_out.currency = '' then ''
            else ' ' || left_out.currency
        end
        || coalesce(
            ' / '
            || cast(sale.period_start as varchar) || '..'
            || cast(sale.period_end as varchar) || ' '
            || coalesce(
                cast(sale.value as varchar),
                coalesce(cast(sale.value_low as varchar), '') || '..'
                || coalesce(cast(sale.value_high as varchar), '')
            )
            || case
                when sale.currency = '' then '' else ' ' || sale.currency
            end, ''
        ) as said
    from left_out
    left join sale
        on
            left_out.against_sale_id = sale.sale_id
            and left_out.metric = sale.metric
),

final as (
    select
        'sales' as kind,
        'sale_id=' || against.sale_id as record_key,
        against.rule,
        string_agg(against.said, '; ' order by against.metric) as detail,
        string_agg(
            distinct 'sale_id=' || against.against_sale_id, '; '
            order by 'sale_id=' || against.against_sale_id
        ) as against_key,
        arrival.batch_id,
        arrival.line,
        against.published_on,
        against.source_id
    from against
    inner join arrival
        on against.sale_id = arrival.sale_id
    group by
        against.sale_id, against.rule, against.published_on,
        against.source_id, arrival.batch_id, arrival.line
)

select * from final
