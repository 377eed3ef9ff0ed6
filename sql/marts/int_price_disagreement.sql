-- One row per symbol and day of which a bar as traded and one restated for
-- splits say otherwise, once both are restated to one share count.
-- grain: kind, record_key, field, other_record_key, other_source_id
-- Rounding is half a cent, and a thousandth where a ratio was applied: recorded
-- ratios have few digits.
with bar as (
    select * from int_price_basis
),

paired as (
    select
        taken.symbol,
        taken.mic,
        taken.traded_on,
        taken.adjustment,
        taken.published_on,
        taken.close_comparable,
        taken.source_id,
        taken.batch_id,
        other.adjustment as other_adjustment,
        other.close_comparable as other_close,
        other.source_id as other_source_id,
        other.batch_id as other_batch_id,
        abs(other.close_comparable - taken.close_comparable) as apart,
        case
            when taken.restating_ratio = other.restating_ratio
                then least(
                    0.005, 0.005 * taken.close_comparable
                )
            else 0.005 + 0.001 * taken.close_comparable
        end as rounding
    from bar as taken
    inner join bar as other
        on
            taken.symbol = other.symbol
            and taken.mic = other.mic
            and taken.traded_on = other.traded_on
    where taken.is_taken and taken.adjustment <> other.adjustment
),

final as (
    select
        'prices' as kind,
        'symbol=' || symbol || '; mic=' || mic || '; traded_on='
        || cast(traded_on as varchar) || '; adjustment=' || adjustment
            as record_key,
        'symbol=' || symbol || '; mic=' || mic || '; traded_on='
        || cast(traded_on as varchar) || '; adjustment=' || other_adjustment
            as other_record_key,
        'close' as field,
        published_on,
        split_part(source_id, ';', 1) as taken_source_id,
        split_part(other_source_id, ';', 1) as other_source_id,
        cast(cast(close_comparable as decimal(28, 4)) as varchar)
            as taken_value,
        cast(cast(other_close as decimal(28, 4)) as varchar) as other_value,
        cast(
            least(
                cast(apart as double) * 100
                / nullif(cast(close_comparable as double), 0),
                1000000000000
            ) as decimal(18, 4)
        ) as difference_pct,
        batch_id as taken_batch_id,
        other_batch_id
    from paired
    where apart > rounding
)

select * from final
