-- Offending rows: money taken by an instrument in a month before any day on
-- which a record says it was in force, or by one that never was (traps 7, 8).
-- grain: fee_id, vendor, chip_id, month
with fee_month as (
    select * from fct_fee_month
),

first_effect as (
    select
        fee_id,
        min(effective_from) as first_effective_on
    from rec_fees
    group by fee_id
),

final as (
    select
        fee_month.fee_id,
        fee_month.vendor,
        fee_month.chip_id,
        fee_month.month,
        first_effect.first_effective_on
    from fee_month
    left join first_effect
        on fee_month.fee_id = first_effect.fee_id
    where
        coalesce(fee_month.fee_high_usd, fee_month.fee_low_usd) is not null
        and (
            first_effect.first_effective_on is null
            or first_effect.first_effective_on > last_day(fee_month.month)
        )
)

select * from final
