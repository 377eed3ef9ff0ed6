-- One row per chip, price case, base, rate and share passed to the buyer: what
-- the fee does per GPU, with its total at three volumes.
-- grain: chip_id, price_case, base, rate_pct, pass_through_pct
with scenario as (
    select * from fct_fee_scenario
),

total as (
    select
        chip_id,
        price_case,
        rate,
        base,
        pass_through,
        max(case when volume_case = 'licensed_to_date' then units end)
            as licensed_units,
        max(case when volume_case = 'licensed_to_date' then fee_total_usd end)
            as fee_total_licensed_usd,
        max(case when volume_case = 'ten_customers' then units end)
            as ten_customer_units,
        max(case when volume_case = 'ten_customers' then fee_total_usd end)
            as fee_total_ten_customers_usd,
        max(case when volume_case = 'rule_ceiling' then units end)
            as ceiling_units,
        max(case when volume_case = 'rule_ceiling' then fee_total_usd end)
            as fee_total_ceiling_usd
    from scenario
    group by chip_id, price_case, rate, base, pass_through
),

-- How precisely the day of the quote is known; the coarsest where several
-- quotes of a price (not of a cost) share it.
quote_day as (
    select
        chip_id,
        quoted_on,
        max(
            case quoted_precision
                when 'day' then 1
                when 'month' then 2
                when 'quarter' then 3
                else 4
            end
        ) as coarseness
    from rec_chip_prices
    where quote_unit in ('gpu', 'card')
    group by chip_id, quoted_on
),

per_unit as (
    select * from scenario
    where volume_case = 'none'
),

final as (
    select
        per_unit.chip_id,
        per_unit.price_case,
        per_unit.base,
        cast(100 * per_unit.rate as decimal(9, 4)) as rate_pct,
        cast(100 * per_unit.pass_through as decimal(9, 4))
            as pass_through_pct,
        row_number() over (
            partition by per_unit.chip_id, per_unit.price_case
            order by
                per_unit.rate,
                case
                    when per_unit.base = 'none' then 0
                    when per_unit.base = 'customs_value_at_price' then 1
                    when per_unit.base = 'customs_value_at_transfer_price'
                        then 2
                    else 3
                end,
                per_unit.pass_through
        ) as scenario_no,
        per_unit.short_name,
        per_unit.instrument_status,
        per_unit.price_usd,
        per_unit.quoted_on,
        case quote_day.coarseness
            when 1 then 'day'
            when 2 then 'month'
            when 3 then 'quarter'
            when 4 then 'year'
        end as quoted_precision,
        per_unit.unit_cost_usd,
        per_unit.customs_value_usd,
        per_unit.buyer_price_usd,
        per_unit.landed_cost_usd,
        per_unit.landed_change_pct,
        per_unit.fee_per_unit_usd,
        per_unit.fee_share_of_price_pct,
        per_unit.fee_share_of_outlay_pct,
        per_unit.net_revenue_per_unit_usd,
        per_unit.gross_margin_pct,
        per_unit.net_margin_pct,
        per_unit.break_even_multiple,
        total.licensed_units,
        total.fee_total_licensed_usd,
        total.ten_customer_units,
        total.fee_total_ten_customers_usd,
        total.ceiling_units,
        total.fee_total_ceiling_usd,
        per_unit.formula,
        per_unit.source_id,
        per_unit.confidence
    from per_unit
    inner join total
        on
            per_unit.chip_id = total.chip_id
            and per_unit.price_case = total.price_case
            and per_unit.rate = total.rate
            and per_unit.base = total.base
            and per_unit.pass_through = total.pass_through
    left join quote_day
        on
            per_unit.chip_id = quote_day.chip_id
            and per_unit.quoted_on = quote_day.quoted_on
)

select * from final
