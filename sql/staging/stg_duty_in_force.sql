-- One row per duty band with a duty in force on the as-of date: its rate.
-- grain: rule_id
-- A fee instrument that names a band rule and is in force; its base is the
-- customs value at US entry, never revenue (trap 7).
with fee as (
    select * from stg_fee
),

ranked as (
    select
        fee.*,
        row_number() over (
            partition by fee.band_rule_id
            order by fee.valid_from desc, fee.fee_id asc
        ) as recency
    from fee
    where
        fee.band_rule_id is not null
        and not fee.is_exemption
        and fee.is_current
        and fee.status = 'in_force'
),

final as (
    select
        band_rule_id as rule_id,
        fee_id,
        rate,
        base,
        in_force_from as effective_from,
        source_id,
        confidence
    from ranked
    where recency = 1
)

select * from final
