-- One row per chip, price case, fee rate, fee base, share passed to the buyer
-- and volume: what the fee does to price, net revenue, margin and volume.
-- grain: chip_id, price_case, rate, base, pass_through, volume_case
-- source: closed forms. P price, c unit cost, r or t rate, phi pass-through:
--   revenue share: P' = P(1 + phi*r/(1 - r)); fee = r*P'; net = P' - fee
--   import duty on customs value V: fee = t*V; landed = P + phi*t*V;
--   net = P - (1 - phi)*t*V; in both, fee + net = the buyer's outlay.
--   Margin with the fee in cost of sales: (net - c) / outlay; with the fee
--   netted from revenue: (net - c) / net. Volume that brings the same gross
--   profit: (P - c) / (net - c). Price that holds the gross margin percentage
--   under a revenue share: c / (1 - r - m), m = 1 - c/P.
-- Every number comes from int_scenario_input and the rates of rec_fees. Two
-- DECIMAL(18) multiply within 18 digits: amounts are widened before.
with input as (
    select * from int_scenario_input
),

fee as (
    select * from rec_fees
),

parameter_row as (
    select * from parameters
),

rate as (
    select cast(rate as decimal(9, 6)) as rate
    from fee
    where
        rate > 0
        and rate < 1
    group by rate
),

pass_through as (
    select cast(0 as decimal(5, 4)) as pass_through
    union all
    select cast(0.5 as decimal(5, 4)) as pass_through
    union all
    select cast(1 as decimal(5, 4)) as pass_through
),

base as (
    select 'seller_revenue' as base
    union all
    select 'customs_value_at_price' as base
    union all
    select 'customs_value_at_transfer_price' as base
),

scheme as (
    select
        cast(0 as decimal(9, 6)) as rate,
        'none' as base,
        cast(0 as decimal(5, 4)) as pass_through
    union all
    select
        rate.rate,
        base.base,
        pass_through.pass_through
    from rate
    cross join base
    cross join pass_through
),

-- What stands behind a rate and base for the chip on the as-of date.
-- A rate that was announced without a base may be read on any.
fee_standing as (
    select
        input.chip_id,
        cast(fee.rate as decimal(9, 6)) as rate,
        fee.base,
        fee.fee_id,
        max(
            case
                when
                    fee.status = 'in_force'
                    and fee.effective_from <= parameter_row.as_of
                    and (
                        fee.valid_to is null
                        or fee.valid_to >= parameter_row.as_of
                    )
                    then 2
                when
                    fee.effective_from is null
                    and fee.announced_on <= parameter_row.as_of
                    and (
                        fee.valid_to is null
                        or fee.valid_to >= parameter_row.as_of
                    )
                    then 1
                else 0
            end
        ) as standing
    from input
    cross join parameter_row
    inner join fee
        on
            strpos(';' || input.fee_ids || ';', ';' || fee.fee_id || ';') > 0
    group by input.chip_id, fee.rate, fee.base, fee.fee_id
),

standing as (
    select
        *,
        row_number() over (
            partition by chip_id, rate, base
            order by standing desc, fee_id asc
        ) as standing_rank
    from fee_standing
    where standing > 0
),

priced as (
    select
        input.chip_id,
        input.price_case,
        input.volume_case,
        input.short_name,
        input.quoted_on,
        input.price_usd,
        input.unit_cost_usd,
        input.units,
        input.source_id,
        input.confidence,
        scheme.rate,
        scheme.base,
        scheme.pass_through,
        case
            when scheme.base = 'customs_value_at_price' then input.price_usd
            when scheme.base = 'customs_value_at_transfer_price'
                then input.transfer_price_usd
        end as customs_value_usd,
        case
            when scheme.base = 'seller_revenue'
                then input.price_usd + cast(
                    cast(input.price_usd as decimal(24, 2))
                    * (scheme.pass_through * scheme.rate)
                    / (1 - scheme.rate)
                    as decimal(18, 2)
                )
            else input.price_usd
        end as buyer_price_usd
    from input
    cross join scheme
),

charged as (
    select
        *,
        case
            when base = 'none' then cast(0 as decimal(18, 2))
            when base = 'seller_revenue'
                then cast(
                    round(rate * cast(buyer_price_usd as decimal(27, 2)), 2)
                    as decimal(18, 2)
                )
            else cast(
                round(rate * cast(customs_value_usd as decimal(27, 2)), 2)
                as decimal(18, 2)
            )
        end as fee_per_unit_usd
    from priced
),

landed as (
    select
        *,
        case
            when base = 'seller_revenue' then buyer_price_usd
            else buyer_price_usd + cast(
                round(
                    pass_through * cast(fee_per_unit_usd as decimal(27, 2)), 2
                )
                as decimal(18, 2)
            )
        end as landed_cost_usd
    from charged
),

netted as (
    select
        *,
        cast(landed_cost_usd - fee_per_unit_usd as decimal(18, 2))
            as net_revenue_per_unit_usd
    from landed
),

-- Gross profit per unit without the fee and with it; null where the cost is
-- unknown or where no volume can make up for the fee.
profitable as (
    select
        *,
        case
            when
                price_usd > unit_cost_usd
                and net_revenue_per_unit_usd > unit_cost_usd
                then cast(price_usd - unit_cost_usd as decimal(18, 2))
        end as profit_without_fee_usd,
        case
            when
                price_usd > unit_cost_usd
                and net_revenue_per_unit_usd > unit_cost_usd
                then cast(
                    net_revenue_per_unit_usd - unit_cost_usd as decimal(18, 2)
                )
        end as profit_with_fee_usd,
        -- a price beyond all money is none
        case
            when
                base in ('seller_revenue', 'none')
                and unit_cost_usd > cast(
                    cast(rate as decimal(28, 6)) * price_usd
                    as decimal(28, 8)
                )
                then try_cast(
                    unit_cost_usd
                    / (unit_cost_usd / nullif(price_usd, 0) - rate)
                    as decimal(18, 2)
                )
        end as hold_margin_price_usd
    from netted
),

final as (
    select
        profitable.chip_id,
        profitable.price_case,
        profitable.rate,
        profitable.base,
        profitable.pass_through,
        profitable.volume_case,
        profitable.short_name,
        case
            when profitable.base = 'none' then 'no_fee'
            when standing.standing = 2 then 'in_force'
            when standing.standing = 1 then 'announced'
            when unstated.standing = 1 then 'announced_base_unstated'
            else 'hypothetical'
        end as instrument_status,
        case
            when profitable.base <> 'none'
                then coalesce(standing.fee_id, unstated.fee_id)
        end as fee_id,
        cast(profitable.price_usd as decimal(18, 2)) as price_usd,
        profitable.quoted_on,
        cast(profitable.unit_cost_usd as decimal(18, 2)) as unit_cost_usd,
        cast(profitable.customs_value_usd as decimal(18, 2))
            as customs_value_usd,
        cast(profitable.buyer_price_usd as decimal(18, 2)) as buyer_price_usd,
        profitable.fee_per_unit_usd,
        cast(profitable.landed_cost_usd as decimal(18, 2)) as landed_cost_usd,
        cast(
            100 * (profitable.landed_cost_usd - profitable.price_usd)
            / nullif(profitable.price_usd, 0)
            as decimal(18, 4)
        ) as landed_change_pct,
        cast(
            100 * profitable.fee_per_unit_usd / nullif(profitable.price_usd, 0)
            as decimal(18, 4)
        ) as fee_share_of_price_pct,
        cast(
            100 * profitable.fee_per_unit_usd
            / nullif(profitable.landed_cost_usd, 0)
            as decimal(18, 4)
        ) as fee_share_of_outlay_pct,
        profitable.net_revenue_per_unit_usd,
        cast(
            100 * (profitable.price_usd - profitable.unit_cost_usd)
            / nullif(profitable.price_usd, 0)
            as decimal(18, 4)
        ) as margin_before_fee_pct,
        cast(
            100
            * (profitable.net_revenue_per_unit_usd - profitable.unit_cost_usd)
            / nullif(profitable.landed_cost_usd, 0)
            as decimal(18, 4)
        ) as gross_margin_pct,
        cast(
            100
            * (profitable.net_revenue_per_unit_usd - profitable.unit_cost_usd)
            / nullif(profitable.net_revenue_per_unit_usd, 0)
            as decimal(18, 4)
        ) as net_margin_pct,
        profitable.hold_margin_price_usd,
        case
            when profitable.hold_margin_price_usd is not null then null
            when profitable.base not in ('seller_revenue', 'none')
                then 'base_is_not_revenue'
            when profitable.unit_cost_usd is null then 'unit_cost_unknown'
            else 'no_price_holds_the_margin'
        end as hold_margin_reason,
        cast(
            profitable.profit_without_fee_usd
            / nullif(profitable.profit_with_fee_usd, 0)
            as decimal(18, 4)
        ) as break_even_multiple,
        cast(profitable.units as decimal(20, 0)) as units,
        cast(
            ceil(
                cast(
                    cast(profitable.profit_without_fee_usd as decimal(27, 2))
                    * cast(profitable.units as decimal(10, 0))
                    / nullif(profitable.profit_with_fee_usd, 0)
                    as decimal(28, 6)
                )
            ) as decimal(20, 0)
        ) as break_even_units,
        cast(
            cast(profitable.fee_per_unit_usd as decimal(27, 2))
            * cast(profitable.units as decimal(10, 0))
            as decimal(28, 2)
        ) as fee_total_usd,
        cast(
            cast(profitable.net_revenue_per_unit_usd as decimal(27, 2))
            * cast(profitable.units as decimal(10, 0))
            as decimal(28, 2)
        ) as net_revenue_total_usd,
        cast(
            cast(profitable.landed_cost_usd as decimal(27, 2))
            * cast(profitable.units as decimal(10, 0))
            as decimal(28, 2)
        ) as landed_total_usd,
        case
            when profitable.base = 'none' then 'no fee: net = P'
            when profitable.base = 'seller_revenue'
                then 'P'' = P(1 + φ·r/(1 − r)); fee = r·P''; net = P'' − fee'
            when profitable.base = 'customs_value_at_price'
                then 'V = P; fee = t·V; landed = P + φ·fee; net = landed − fee'
            else
                'V = transfer price; fee = t·V; net = P − (1 − φ)·fee'
        end as formula,
        case
            when
                profitable.base = 'customs_value_at_transfer_price'
                and profitable.customs_value_usd is null
                then 'transfer_price_unknown'
            when profitable.unit_cost_usd is null then 'unit_cost_unknown'
            when profitable.profit_with_fee_usd is null
                then 'cannot_break_even'
        end as reason,
        profitable.source_id,
        profitable.confidence
    from profitable
    left join standing
        on
            profitable.chip_id = standing.chip_id
            and profitable.rate = standing.rate
            and standing.standing_rank = 1
            and (
                profitable.base = standing.base
                or (
                    standing.base = 'customs_value'
                    and profitable.base like 'customs_value_at_%'
                )
            )
    left join standing as unstated
        on
            profitable.chip_id = unstated.chip_id
            and profitable.rate = unstated.rate
            and unstated.standing_rank = 1
            and unstated.base = 'unspecified'
)

select * from final
