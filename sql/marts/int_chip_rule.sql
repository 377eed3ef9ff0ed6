-- One row per chip and rule in force: met, not met, or undecided and why.
-- grain: chip_id, rule_id
-- All tests of an alternative are needed; any alternative is enough. A test
-- that fails settles its alternative even where another value is unknown.
with edge as (
    select * from int_chip_edge
),

alternative as (
    select
        chip_id,
        rule_id,
        rule_role,
        alternative,
        min(valid_from) as valid_from,
        max(case when is_met is null then 1 else 0 end) as has_unknown,
        max(case when not is_met then 1 else 0 end) as has_failure
    from edge
    group by chip_id, rule_id, rule_role, alternative
),

decided as (
    select
        *,
        case
            when has_failure = 1 then 'fails'
            when has_unknown = 1 then 'unknown'
            else 'met'
        end as outcome
    from alternative
),

by_rule as (
    select
        chip_id,
        rule_id,
        rule_role,
        min(valid_from) as valid_from,
        max(case when outcome = 'met' then 1 else 0 end) as any_met,
        max(case when outcome = 'unknown' then 1 else 0 end) as any_unknown,
        min(
            case when outcome = 'met' then alternative end
        ) as alternative_met
    from decided
    group by chip_id, rule_id, rule_role
),

undecided_parameter as (
    select
        edge.chip_id,
        edge.rule_id,
        edge.parameter
    from edge
    inner join decided
        on
            edge.chip_id = decided.chip_id
            and edge.rule_id = decided.rule_id
            and edge.alternative = decided.alternative
    where
        decided.outcome = 'unknown'
        and edge.is_met is null
    group by edge.chip_id, edge.rule_id, edge.parameter
),

missing as (
    select
        chip_id,
        rule_id,
        string_agg(parameter, ';' order by parameter) as missing_parameters
    from undecided_parameter
    group by chip_id, rule_id
),

-- The figures of the spec sheet behind the parameters that are unknown.
undecided_input as (
    select
        edge.chip_id,
        edge.rule_id,
        case
            when edge.parameter = 'tpp' then 'dense_rates'
            when
                edge.parameter = 'performance_density'
                and edge.die_area_bound_mm2 is not null
                then 'die_area_mm2'
            when edge.parameter = 'performance_density' then 'dense_rates'
            else edge.parameter
        end as input
    from edge
    inner join undecided_parameter
        on
            edge.chip_id = undecided_parameter.chip_id
            and edge.rule_id = undecided_parameter.rule_id
            and edge.parameter = undecided_parameter.parameter
    where edge.is_met is null
),

undecided_input_once as (
    select
        chip_id,
        rule_id,
        input
    from undecided_input
    group by chip_id, rule_id, input
),

missing_input as (
    select
        chip_id,
        rule_id,
        string_agg(input, ';' order by input) as missing_inputs
    from undecided_input_once
    group by chip_id, rule_id
),

failed_parameter as (
    select
        chip_id,
        rule_id,
        parameter
    from edge
    where not is_met
    group by chip_id, rule_id, parameter
),

failed as (
    select
        chip_id,
        rule_id,
        string_agg(parameter, ';' order by parameter) as failed_parameters
    from failed_parameter
    group by chip_id, rule_id
),

final as (
    select
        by_rule.chip_id,
        by_rule.rule_id,
        by_rule.rule_role,
        by_rule.valid_from,
        case
            when by_rule.any_met = 1 then true
            when by_rule.any_unknown = 1 then cast(null as boolean)
            else false
        end as is_met,
        case
            when by_rule.any_met = 1 then 'met'
            when by_rule.any_unknown = 1 then 'unknown'
            else 'not_met'
        end as reason,
        by_rule.alternative_met,
        case
            when by_rule.any_met = 0 and by_rule.any_unknown = 1
                then missing.missing_parameters
        end as missing_parameters,
        case
            when by_rule.any_met = 0 and by_rule.any_unknown = 1
                then missing_input.missing_inputs
        end as missing_inputs,
        case
            when by_rule.any_met = 0 and by_rule.any_unknown = 0
                then failed.failed_parameters
        end as failed_parameters
    from by_rule
    left join missing
        on
            by_rule.chip_id = missing.chip_id
            and by_rule.rule_id = missing.rule_id
    left join missing_input
        on
            by_rule.chip_id = missing_input.chip_id
            and by_rule.rule_id = missing_input.rule_id
    left join failed
        on
            by_rule.chip_id = failed.chip_id
            and by_rule.rule_id = failed.rule_id
)

select * from final
