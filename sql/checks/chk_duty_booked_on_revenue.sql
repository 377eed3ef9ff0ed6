-- Offending rows: a duty on customs value whose lower bound is rate x revenue,
-- as the press books it, though nobody publishes the base (trap 7). Below a
-- thousand dollars rounding to the cent may bring the two together.
-- grain: fee_id, vendor, chip_id, month
with fee_month as (
    select * from fct_fee_month
),

final as (
    select
        fee_id,
        vendor,
        chip_id,
        month,
        fee_low_usd,
        press_formula_low_usd
    from fee_month
    where
        base = 'customs_value'
        and status = 'in_force'
        and revenue_low_usd >= 1000
        and fee_low_usd >= cast(rate * revenue_low_usd as decimal(28, 8))
)

select * from final
