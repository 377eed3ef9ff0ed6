-- One row per fee instrument, chip and month with revenue known.
-- grain: fee_id, vendor, chip_id, month
with fee_month as (
    select * from fct_fee_month
),

fee as (
    select * from stg_fee
    where is_current
),

chip as (
    select * from rec_chips
),

final as (
    select
        fee_month.fee_id,
        fee_month.vendor,
        fee_month.chip_id,
        fee_month.month,
        fee.title,
        fee.title_zh,
        chip.short_name,
        fee_month.status,
        cast(100 * fee_month.rate as decimal(9, 4)) as rate_pct,
        fee_month.revenue_low_usd,
        fee_month.revenue_high_usd,
        cast(fee_month.fee_low_usd as decimal(20, 2))
            as fee_low_usd,
        cast(fee_month.fee_high_usd as decimal(20, 2))
            as fee_high_usd,
        cast(fee_month.announced_low_usd as decimal(20, 2))
            as announced_low_usd,
        cast(fee_month.announced_high_usd as decimal(20, 2))
            as announced_high_usd,
        cast(fee_month.press_formula_low_usd as decimal(20, 2))
            as press_formula_low_usd,
        cast(fee_month.press_formula_high_usd as decimal(20, 2))
            as press_formula_high_usd,
        fee_month.assumption,
        fee_month.source_id,
        fee_month.confidence
    from fee_month
    inner join fee
        on fee_month.fee_id = fee.fee_id
    left join chip
        on fee_month.chip_id = chip.chip_id
)

select * from final
