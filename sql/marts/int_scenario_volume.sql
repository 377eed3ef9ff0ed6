-- One row per chip and volume case: how many GPUs a fee is worked out on.
-- grain: chip_id, volume_case
-- None; at most licensed to date (the units of licences recorded in units, and
-- the cap per customer times the customers of the others); the cap times ten
-- customers, a round supposition; the cap on the total. The caps are records of
-- rules with a day from which they held, and they bind what is licensed case by
-- case: chips of US origin in class 3A090 inside the review zone.
with chip as (
    select * from rec_chips
),

chip_rule as (
    select * from int_chip_rule
),

rule_test as (
    select * from stg_rule_test
),

stage as (
    select * from rec_export_stages
),

parameter_row as (
    select * from parameters
),

reviewed as (
    select chip_rule.chip_id
    from chip_rule
    inner join chip
        on chip_rule.chip_id = chip.chip_id
    where
        chip.is_us_origin
        and chip_rule.reason = 'met'
        and chip_rule.rule_role in ('class_a', 'class_b', 'review_zone')
    group by chip_rule.chip_id
    having
        max(case when chip_rule.rule_role = 'review_zone' then 1 else 0 end) = 1
        and min(
            case when chip_rule.rule_role = 'review_zone' then 1 else 0 end
        ) = 0
),

cap as (
    select
        min(
            case
                when parameter = 'units_per_customer'
                    then cast(threshold as decimal(18, 0))
            end
        ) as units_per_customer,
        min(
            case
                when parameter = 'units_in_total'
                    then cast(threshold as decimal(18, 0))
            end
        ) as units_in_total
    from rule_test
    where rule_role = 'volume_cap'
),

licensed as (
    select
        stage.chip_id,
        sum(
            case
                when stage.quantity_unit = 'customer'
                    then coalesce(stage.quantity_high, stage.quantity_low)
            end
        ) as customers,
        sum(
            case
                when stage.quantity_unit = 'gpu'
                    then coalesce(stage.quantity_high, stage.quantity_low)
            end
        ) as units
    from stage
    cross join parameter_row
    where
        stage.stage = 'licensed'
        and stage.reached_on <= parameter_row.as_of
    group by stage.chip_id
),

capped as (
    select
        chip.chip_id,
        case when reviewed.chip_id is not null then cap.units_per_customer end
            as units_per_customer,
        case when reviewed.chip_id is not null then cap.units_in_total end
            as units_in_total,
        cast(licensed.customers as decimal(12, 0)) as customers,
        cast(licensed.units as decimal(18, 0)) as units
    from chip
    cross join cap
    left join reviewed
        on chip.chip_id = reviewed.chip_id
    left join licensed
        on chip.chip_id = licensed.chip_id
),

volume_case as (
    select 'none' as volume_case
    union all
    select 'licensed_to_date' as volume_case
    union all
    select 'ten_customers' as volume_case
    union all
    select 'rule_ceiling' as volume_case
),

final as (
    select
        capped.chip_id,
        volume_case.volume_case,
        cast(
            case
                when volume_case.volume_case = 'none' then 0
                when
                    volume_case.volume_case = 'licensed_to_date'
                    and capped.customers is null
                    then capped.units
                when volume_case.volume_case = 'licensed_to_date'
                    then
                        coalesce(capped.units, 0)
                        + cast(
                            capped.units_per_customer as decimal(20, 0)
                        ) * capped.customers
                when volume_case.volume_case = 'ten_customers'
                    then cast(10 as decimal(20, 0)) * capped.units_per_customer
                else capped.units_in_total
            end as decimal(20, 0)
        ) as units
    from capped
    cross join volume_case
)

select * from final
