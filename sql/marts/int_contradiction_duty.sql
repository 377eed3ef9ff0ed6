-- One row per duty in force that names a band without any threshold in force:
-- no chip can fall in it, and it is in no figure.
-- grain: kind, record_key, rule, batch_id, line
with duty as (
    select * from stg_duty_in_force
),

fee as (
    select * from rec_fees
),

known as (
    select rule_id
    from stg_rule_test
    group by rule_id
),

final as (
    select
        'fees' as kind,
        'fee_id=' || fee.fee_id || '; valid_from='
        || cast(fee.valid_from as varchar) as record_key,
        'band_without_thresholds' as rule,
        fee.band_rule_id as detail,
        cast(null as varchar) as against_key,
        fee.batch_id,
        fee.line,
        fee.published_on,
        fee.source_id
    from duty
    inner join fee
        on
            duty.fee_id = fee.fee_id
            and duty.rule_id = fee.band_rule_id
    left join known
        on duty.rule_id = known.rule_id
    where known.rule_id is null
)

select * from final
