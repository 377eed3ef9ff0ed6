-- One row per scenario input and fee instrument that bears on its chip: what it
-- takes of that price and volume on the as-of date, in three columns that
-- answer three questions and are never added.
-- grain: chip_id, price_case, volume_case, fee_id
-- In force: rate x base between its bounds. Announced: the same, of what is not
-- in force. Press formula: rate x revenue, whatever the base. The customs value
-- is not published: at most the sale price, at least the transfer price, or 0
-- where that is unknown. A base that nobody stated gives no amount (trap 7).
with input as (
    select * from int_scenario_input
),

fee as (
    select * from stg_fee
    where
        is_current
        and not is_exemption
),

fee_chip as (
    select * from int_fee_chip
),

parameter_row as (
    select * from parameters
),

bearing as (
    select
        fee_chip.chip_id,
        fee_chip.fee_id,
        fee_chip.valid_from,
        case
            when
                min(case when fee_chip.matched_by = 'named' then 0 else 1 end)
                = 0
                then 'named'
            else 'band'
        end as matched_by
    from fee_chip
    cross join parameter_row
    where
        fee_chip.applies_to is null
        or fee_chip.applies_to >= parameter_row.as_of
    group by fee_chip.chip_id, fee_chip.fee_id, fee_chip.valid_from
),

based as (
    select
        input.chip_id,
        input.price_case,
        input.volume_case,
        fee.fee_id,
        input.short_name,
        input.price_usd,
        input.units,
        cast(
            cast(input.price_usd as decimal(27, 2))
            * cast(input.units as decimal(10, 0)) as decimal(28, 2)
        ) as revenue_usd,
        -- least() passes over a null, and an unknown value would become P
        case
            when input.transfer_price_usd is not null
                then cast(
                    cast(
                        least(input.transfer_price_usd, input.price_usd)
                        as decimal(27, 2)
                    )
                    * cast(input.units as decimal(10, 0)) as decimal(28, 2)
                )
        end as transfer_value_usd,
        bearing.matched_by,
        fee.title,
        fee.title_zh,
        fee.instrument,
        fee.status,
        fee.announced_on,
        fee.effective_from,
        fee.last_valid_on,
        cast(fee.rate as decimal(9, 6)) as rate,
        fee.base,
        fee.base_text,
        fee.payer,
        fee.inclusion,
        fee.applies_to,
        fee.challenge,
        fee.challenge_zh,
        fee.source_id,
        fee.confidence
    from input
    inner join bearing
        on input.chip_id = bearing.chip_id
    inner join fee
        on
            bearing.fee_id = fee.fee_id
            and bearing.valid_from = fee.valid_from
),

bounded as (
    select
        *,
        cast(
            round(rate * cast(revenue_usd as decimal(28, 2)), 2)
            as decimal(28, 2)
        ) as press_formula_usd,
        case
            when base = 'seller_revenue' then revenue_usd
            when base = 'customs_value' then coalesce(transfer_value_usd, 0)
        end as base_low_usd,
        case
            when base in ('seller_revenue', 'customs_value') then revenue_usd
        end as base_high_usd
    from based
),

charged as (
    select
        *,
        cast(round(rate * base_low_usd, 2) as decimal(28, 2)) as fee_low_usd,
        cast(round(rate * base_high_usd, 2) as decimal(28, 2)) as fee_high_usd
    from bounded
),

final as (
    select
        chip_id,
        price_case,
        volume_case,
        fee_id,
        short_name,
        title,
        title_zh,
        instrument,
        status,
        announced_on,
        effective_from,
        last_valid_on,
        rate,
        base,
        base_text,
        payer,
        inclusion,
        matched_by,
        applies_to,
        cast(price_usd as decimal(18, 2)) as price_usd,
        cast(units as decimal(20, 0)) as units,
        revenue_usd,
        cast(base_low_usd as decimal(28, 2)) as base_low_usd,
        base_high_usd,
        case when status = 'in_force' then fee_low_usd end as in_force_low_usd,
        case when status = 'in_force' then fee_high_usd end
            as in_force_high_usd,
        case
            when status in ('announced', 'not_yet_in_force') then fee_low_usd
        end as announced_low_usd,
        case
            when status in ('announced', 'not_yet_in_force') then fee_high_usd
        end as announced_high_usd,
        press_formula_usd,
        case
            when base = 'seller_revenue' then 'base_is_revenue'
            when base <> 'customs_value' then 'base_not_stated'
            when transfer_value_usd is null
                then 'customs_value_between_zero_and_revenue'
            else 'customs_value_between_build_cost_and_revenue'
        end as assumption,
        challenge,
        challenge_zh,
        source_id,
        confidence
    from charged
)

select * from final
