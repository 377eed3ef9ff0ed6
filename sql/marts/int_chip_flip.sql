-- One row per chip, other figure and rule on which that figure changes the
-- answer: what the rule says of the recorded figures, and what of the other.
-- grain: chip_id, variant_id, rule_id
-- The tests are those of int_chip_edge: strict where written < or >, density as
-- TPP against threshold x die area. The review zone and the duty bands bind
-- chips of US origin only.
with chip as (
    select * from rec_chips
),

variant as (
    select * from int_chip_variant
),

rule_test as (
    select * from stg_rule_test
    where rule_role <> 'volume_cap'
),

edge as (
    select * from int_chip_edge
),

chip_rule as (
    select * from int_chip_rule
),

sided as (
    select
        variant.chip_id,
        variant.variant_id,
        rule_test.rule_id,
        rule_test.rule_role,
        rule_test.alternative,
        rule_test.parameter,
        rule_test.operator,
        rule_test.threshold,
        case rule_test.parameter
            when 'tpp' then cast(variant.tpp as decimal(28, 6))
            when 'performance_density'
                then cast(variant.tpp as decimal(28, 6))
            when 'memory_bandwidth_gbs'
                then cast(variant.memory_bandwidth_gbs as decimal(28, 6))
            when 'interconnect_gbs'
                then cast(variant.interconnect_gbs as decimal(28, 6))
        end as left_side,
        case
            when rule_test.parameter = 'performance_density'
                then cast(
                    cast(rule_test.threshold as decimal(28, 4))
                    * cast(variant.die_area_mm2 as decimal(28, 2))
                    as decimal(28, 6)
                )
            else cast(rule_test.threshold as decimal(28, 6))
        end as right_side
    from variant
    inner join chip
        on variant.chip_id = chip.chip_id
    cross join rule_test
    where
        chip.is_us_origin
        or rule_test.rule_role in ('class_a', 'class_b')
),

tested as (
    select
        *,
        case operator
            when '>=' then left_side >= right_side
            when '>' then left_side > right_side
            when '<' then left_side < right_side
            when '<=' then left_side <= right_side
        end as is_met
    from sided
),

alternative as (
    select
        chip_id,
        variant_id,
        rule_id,
        rule_role,
        alternative,
        case
            when max(case when not is_met then 1 else 0 end) = 1 then 0
            when max(case when is_met is null then 1 else 0 end) = 1 then 1
            else 2
        end as outcome
    from tested
    group by chip_id, variant_id, rule_id, rule_role, alternative
),

outcome as (
    select
        chip_id,
        variant_id,
        rule_id,
        rule_role,
        case max(outcome)
            when 2 then 'met'
            when 1 then 'unknown'
            else 'not_met'
        end as reason
    from alternative
    group by chip_id, variant_id, rule_id, rule_role
),

flipped as (
    select
        outcome.*,
        chip_rule.reason as recorded_reason
    from outcome
    inner join chip_rule
        on
            outcome.chip_id = chip_rule.chip_id
            and outcome.rule_id = chip_rule.rule_id
    where outcome.reason <> chip_rule.reason
),

-- The first test that the other figure decides otherwise, one that settles the
-- new answer before one that does not.
changed_test as (
    select
        tested.chip_id,
        tested.variant_id,
        tested.rule_id,
        tested.parameter,
        tested.operator,
        tested.threshold,
        row_number() over (
            partition by tested.chip_id, tested.variant_id, tested.rule_id
            order by
                case
                    when flipped.reason = 'not_met' and not tested.is_met
                        then 0
                    when flipped.reason = 'met' and tested.is_met then 0
                    else 1
                end,
                tested.alternative,
                tested.parameter,
                tested.operator
        ) as test_no
    from tested
    inner join flipped
        on
            tested.chip_id = flipped.chip_id
            and tested.variant_id = flipped.variant_id
            and tested.rule_id = flipped.rule_id
    inner join edge
        on
            tested.chip_id = edge.chip_id
            and tested.rule_id = edge.rule_id
            and tested.alternative = edge.alternative
            and tested.parameter = edge.parameter
            and tested.operator = edge.operator
    where
        coalesce(cast(tested.is_met as integer), -1)
        <> coalesce(cast(edge.is_met as integer), -1)
),

final as (
    select
        flipped.chip_id,
        flipped.variant_id,
        flipped.rule_id,
        flipped.rule_role,
        flipped.recorded_reason,
        flipped.reason,
        changed_test.parameter,
        changed_test.operator,
        changed_test.threshold,
        variant.variant_kind,
        variant.field,
        variant.figures,
        variant.value,
        variant.recorded_value,
        variant.tpp,
        variant.memory_bandwidth_gbs,
        variant.verdict,
        coalesce(variant.source_id, chip.source_id) as source_id,
        case
            when variant.variant_kind = 'contested' then 'contested'
            else 'derived'
        end as confidence
    from flipped
    inner join variant
        on
            flipped.chip_id = variant.chip_id
            and flipped.variant_id = variant.variant_id
    inner join chip
        on flipped.chip_id = chip.chip_id
    left join changed_test
        on
            flipped.chip_id = changed_test.chip_id
            and flipped.variant_id = changed_test.variant_id
            and flipped.rule_id = changed_test.rule_id
            and changed_test.test_no = 1
)

select * from final
