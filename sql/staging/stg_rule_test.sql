-- One row per test of a rule in force on the as-of date, with the part that
-- the rule plays: class_a, class_b, review_zone, duty_band or volume_cap. A
-- rule that a fee instrument names as its band is one, whatever it is called.
-- grain: rule_id, alternative, parameter, operator
with rule as (
    select * from rec_rules
),

parameter_row as (
    select * from parameters
),

fee as (
    select * from rec_fees
),

named_band as (
    select band_rule_id as rule_id
    from fee
    where band_rule_id is not null
    group by band_rule_id
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
            when
                in_force.parameter in ('units_per_customer', 'units_in_total')
                then 'volume_cap'
            when
                named_band.rule_id is not null
                or in_force.rule_id like 'duty_band_%'
                then 'duty_band'
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
    left join named_band
        on in_force.rule_id = named_band.rule_id
)

select * from final
