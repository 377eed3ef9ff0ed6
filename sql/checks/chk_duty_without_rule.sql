-- One row per duty in force that names a band without any threshold in force:
-- no chip could fall in it, and the duty would vanish in silence.
-- grain: rule_id
with duty as (
    select * from stg_duty_in_force
),

rule_test as (
    select * from stg_rule_test
),

known as (
    select rule_id
    from rule_test
    group by rule_id
),

final as (
    select
        duty.rule_id,
        duty.fee_id
    from duty
    left join known
        on duty.rule_id = known.rule_id
    where known.rule_id is null
)

select * from final
