-- One row per dated step of a chip from eligible to revenue.
-- grain: chip_id, stage, reached_on
-- source: the six states that the press all calls approved, each with its own
-- date. Quantities are ranges as recorded and are never added up.
with step as (
    select * from rec_export_stages
),

parameter_row as (
    select * from parameters
),

chip as (
    select * from rec_chips
),

reached as (
    select
        step.chip_id,
        step.stage,
        step.reached_on,
        parameter_row.as_of,
        coalesce(chip.short_name, step.chip_id) as short_name,
        cast(
            case step.stage
                when 'eligible' then 1
                when 'applied' then 2
                when 'licensed' then 3
                when 'china_permitted' then 4
                when 'shipped' then 5
                when 'revenue' then 6
            end as bigint
        ) as stage_no,
        step.reached_precision,
        row_number() over (
            partition by step.chip_id, step.stage
            order by step.reached_on
        ) as step_no,
        step.quantity_low,
        step.quantity_high,
        step.quantity_unit,
        step.detail,
        step.detail_zh,
        step.note,
        step.event_id,
        step.source_id,
        step.confidence
    from step
    cross join parameter_row
    left join chip
        on step.chip_id = chip.chip_id
    where step.reached_on <= parameter_row.as_of
),

final as (
    select
        chip_id,
        stage,
        reached_on,
        as_of,
        short_name,
        stage_no,
        reached_precision,
        step_no,
        step_no = 1 as is_first,
        quantity_low,
        quantity_high,
        quantity_unit,
        detail,
        detail_zh,
        note,
        event_id,
        source_id,
        confidence
    from reached
)

select * from final
