-- One row per record of a period, metric and record of another voice that says
-- otherwise of that period under an id of its own, beyond rounding: both
-- values, and which of them counts.
-- grain: kind, record_key, field, other_record_key, other_source_id
-- A figure that is the other one rounded, and within a per cent of it, says
-- nothing else.
with sale as (
    select * from int_sales_row
),

arrival as (
    select
        sale_id,
        batch_id
    from rec_sales
    where period_start < period_end
),

paired as (
    select
        taken.sale_id,
        other.sale_id as other_sale_id,
        taken.metric,
        taken.published_on,
        split_part(taken.source_id, ';', 1) as taken_source_id,
        split_part(other.source_id, ';', 1) as other_source_id,
        taken.value,
        other.value as other_value,
        coalesce(
            cast(taken.value as varchar),
            coalesce(cast(taken.value_low as varchar), '') || '..'
            || coalesce(cast(taken.value_high as varchar), '')
        ) as taken_text,
        coalesce(
            cast(other.value as varchar),
            coalesce(cast(other.value_low as varchar), '') || '..'
            || coalesce(cast(other.value_high as varchar), '')
        ) as other_text,
        taken_arrival.batch_id as taken_batch_id,
        other_arrival.batch_id as other_batch_id,
        cast(taken.value as double) as taken_number,
        cast(other.value as double) as other_number
    from sale as other
    inner join sale as taken
        on
            other.against_sale_id = taken.sale_id
            and other.metric = taken.metric
    left join arrival as taken_arrival
        on taken.sale_id = taken_arrival.sale_id
    left join arrival as other_arrival
        on other.sale_id = other_arrival.sale_id
    where other.standing = 'disagreeing'
),

measured as (
    select
        *,
        100 * abs(other_number - taken_number)
        / coalesce(nullif(abs(taken_number), 0), abs(other_number))
            as apart_pct,
        other_number in (
            round(taken_number / 1, 0) * 1,
            round(taken_number / 1000, 0) * 1000,
            round(taken_number / 10000, 0) * 10000,
            round(taken_number / 100000, 0) * 100000,
            round(taken_number / 1000000, 0) * 1000000,
            round(taken_number / 10000000, 0) * 10000000,
            round(taken_number / 100000000, 0) * 100000000,
            round(taken_number / 1000000000, 0) * 1000000000
        )
        or taken_number in (
            round(other_number / 1, 0) * 1,
            round(other_number / 1000, 0) * 1000,
            round(other_number / 10000, 0) * 10000,
            round(other_number / 100000, 0) * 100000,
            round(other_number / 1000000, 0) * 1000000,
            round(other_number / 10000000, 0) * 10000000,
            round(other_number / 100000000, 0) * 100000000,
            round(other_number / 1000000000, 0) * 1000000000
        ) as is_rounded
    from paired
),

final as (
    select
        'sales' as kind,
        'sale_id=' || sale_id as record_key,
        'sale_id=' || other_sale_id as other_record_key,
        metric as field,
        published_on,
        taken_source_id,
        other_source_id,
        taken_text as taken_value,
        other_text as other_value,
        cast(
            case
                when apart_pct > 1000000000 then 1000000000
                else apart_pct
            end as decimal(18, 4)
        ) as difference_pct,
        taken_batch_id,
        other_batch_id
    from measured
    where
        apart_pct is null
        or apart_pct > 1
        or not is_rounded
)

select * from final
