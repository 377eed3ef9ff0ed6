-- One row per chip and test of a rule in force: value, threshold, distance.
-- grain: chip_id, rule_id, alternative, parameter, operator
-- source: distance is (value - threshold) / threshold. A test of performance
-- density is decided as TPP against threshold x die area, so that no rounded
-- quotient can cross a bound. Bounds written < or > are strict.
with chip as (
    select * from rec_chips
),

chip_tpp as (
    select * from int_chip_tpp
),

rule_test as (
    select * from stg_rule_test
    where rule_role <> 'volume_cap'
),

paired as (
    select
        chip.chip_id,
        chip.is_us_origin,
        rule_test.rule_id,
        rule_test.alternative,
        rule_test.parameter,
        rule_test.operator,
        rule_test.rule_role,
        rule_test.valid_from,
        rule_test.threshold,
        case rule_test.parameter
            when 'tpp' then cast(chip_tpp.tpp as decimal(28, 4))
            when 'performance_density'
                then cast(chip_tpp.performance_density as decimal(28, 4))
            when 'memory_bandwidth_gbs'
                then cast(chip.memory_bandwidth_gbs as decimal(28, 4))
            when 'interconnect_gbs'
                then cast(chip.interconnect_gbs as decimal(28, 4))
        end as value,
        cast(chip_tpp.tpp as decimal(18, 3)) as chip_tpp_value,
        case
            when rule_test.parameter <> 'performance_density' then null
            when chip.die_area_mm2 is null then null
            else cast(chip_tpp.tpp as decimal(28, 6))
        end as exact_tpp,
        cast(
            cast(rule_test.threshold as decimal(28, 4))
            * cast(chip.die_area_mm2 as decimal(28, 2)) as decimal(28, 6)
        ) as exact_bound
    from chip
    inner join chip_tpp
        on chip.chip_id = chip_tpp.chip_id
    cross join rule_test
),

sided as (
    select
        *,
        case
            when parameter = 'performance_density' then exact_tpp
            else cast(value as decimal(28, 6))
        end as left_side,
        case
            when parameter = 'performance_density' then exact_bound
            else cast(threshold as decimal(28, 6))
        end as right_side
    from paired
),

measured as (
    select
        *,
        case operator
            when '>=' then left_side >= right_side
            when '>' then left_side > right_side
            when '<' then left_side < right_side
            when '<=' then left_side <= right_side
        end as is_met,
        cast(
            cast(left_side - right_side as decimal(28, 6))
            * cast(100 as decimal(3, 0))
            / nullif(right_side, 0) as decimal(18, 4)
        ) as distance_pct
    from sided
),

final as (
    select
        chip_id,
        rule_id,
        alternative,
        parameter,
        operator,
        rule_role,
        valid_from,
        cast(value as decimal(28, 4)) as value,
        threshold,
        distance_pct,
        is_met,
        abs(distance_pct) <= 1 as is_within_1pct,
        coalesce(
            is_us_origin or rule_role in ('class_a', 'class_b'), false
        ) as is_binding,
        case
            when parameter = 'performance_density' and exact_bound is null
                then cast(
                    chip_tpp_value / nullif(threshold, 0) as decimal(18, 2)
                )
        end as die_area_bound_mm2
    from measured
)

select * from final
