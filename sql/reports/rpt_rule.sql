-- One row per test of a rule in force on the as-of date: the lines that the
-- scatter of performance against bandwidth draws.
-- grain: rule_id, alternative, parameter, operator
with rule_test as (
    select * from stg_rule_test
),

parameter_row as (
    select * from parameters
),

final as (
    select
        rule_test.rule_id,
        rule_test.alternative,
        rule_test.parameter,
        rule_test.operator,
        parameter_row.as_of,
        case
            when rule_test.rule_role = 'duty_band' then rule_test.rule_id
            else rule_test.rule_role
        end as rule_role,
        rule_test.valid_from,
        rule_test.threshold,
        rule_test.instrument,
        rule_test.source_id,
        rule_test.confidence
    from rule_test
    cross join parameter_row
)

select * from final
