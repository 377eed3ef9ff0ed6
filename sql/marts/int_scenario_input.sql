-- One row per chip, price case and volume: the inputs of the fee scenarios.
-- grain: chip_id, price_case, volume_case
-- Price: the low and the high end of the latest per-GPU dollar quote. Cost:
-- the build-cost estimate (low end), null where no record gives one. The
-- transfer price is not published: the build cost stands in as its floor.
-- `chipbrief fee` puts its own rows in place of these.
with quote as (
    select * from int_chip_quote
    where price_low_usd is not null
),

fee_chip as (
    select * from int_fee_chip
),

chip as (
    select * from rec_chips
),

volume as (
    select * from int_scenario_volume
),

confidence as (
    select * from stg_confidence
),

fee_of_chip as (
    select
        chip_id,
        fee_id
    from fee_chip
    group by chip_id, fee_id
),

fee_list as (
    select
        chip_id,
        string_agg(fee_id, ';' order by fee_id) as fee_ids
    from fee_of_chip
    group by chip_id
),

price_case as (
    select 'low' as price_case
    union all
    select 'high' as price_case
),

final as (
    select
        quote.chip_id,
        price_case.price_case,
        volume.volume_case,
        chip.short_name,
        case
            when price_case.price_case = 'low' then quote.price_low_usd
            else quote.price_high_usd
        end as price_usd,
        quote.quoted_on,
        quote.unit_cost_low_usd as unit_cost_usd,
        quote.unit_cost_low_usd as transfer_price_usd,
        volume.units,
        fee_list.fee_ids,
        case
            when quote.cost_source_id is null then quote.price_source_id
            else quote.price_source_id || ';' || quote.cost_source_id
        end as source_id,
        weakest.confidence
    from quote
    inner join fee_list
        on quote.chip_id = fee_list.chip_id
    inner join chip
        on quote.chip_id = chip.chip_id
    cross join price_case
    inner join volume
        on quote.chip_id = volume.chip_id
    left join confidence as price_mark
        on quote.price_confidence = price_mark.confidence
    left join confidence as cost_mark
        on quote.cost_confidence = cost_mark.confidence
    left join confidence as weakest
        on
            weakest.weakness = greatest(
                price_mark.weakness, coalesce(cost_mark.weakness, 0)
            )
)

select * from final
