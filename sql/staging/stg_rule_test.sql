-- One row per test of a rule in force on the as-of date, with the part that
-- the rule plays: class_a, class_b, review_zone, duty_band_1, duty_band_2.
-- grain: rule_id, alternative, parameter, operator
with rule as (
    select * from rec_rules
),

parameter_row as (
    select * from parameters
),

in_force as (
    select rule.*
    from rule
    cross join parameter_row
    where
        rule.valid_from <= parameter_row.as_of
        and (
            rule.valid_to is null
            or rule.valid_to >= parameter_row.as_of
        )
),

newest as (
    select
        rule_id,
        max(valid_from) as valid_from
    from in_force
    group by rule_id
),

final as (
    select
        in_force.rule_id,
        in_force.alternative,
        in_force.parameter,
        in_force.operator,
        case
            when in_force.rule_id = '3A090-2022' then 'class_a'
            when in_force.rule_id = '3A090.a' then 'class_a'
            when in_force.rule_id = '3A090.b' then 'class_b'
            when in_force.rule_id = 'review_zone' then 'review_zone'
            when in_force.rule_id = 'duty_band_1' then 'duty_band_1'
            when in_force.rule_id = 'duty_band_2' then 'duty_band_2'
            else 'other'
        end as rule_role,
        in_force.valid_from,
        in_force.threshold,
        in_force.instrument,
        in_force.source_id,
        in_force.confidence
    from in_force
    inner join newest
        on
            in_force.rule_id = newest.rule_id
            and in_force.valid_from = newest.valid_from
)

select * from final
