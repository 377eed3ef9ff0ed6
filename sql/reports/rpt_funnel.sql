-- One row per briefed chip and stage: first and latest date, or not reached.
-- grain: chip_id, stage
-- The quantity is that of the latest record that gives a number of GPUs or
-- dollars (of customers only where there is no other); records of a stage
-- overlap (a cap, a customer count), so they are never added up.
with funnel_chip as (
    select * from stg_funnel_chip
),

chip as (
    select * from dim_chip
),

parameter_row as (
    select * from parameters
),

step as (
    select * from fct_export_funnel
),

mark as (
    select * from stg_confidence
),

stage as (
    select
        'eligible' as stage,
        cast(1 as bigint) as stage_no
    union all
    select
        'applied' as stage,
        cast(2 as bigint) as stage_no
    union all
    select
        'licensed' as stage,
        cast(3 as bigint) as stage_no
    union all
    select
        'china_permitted' as stage,
        cast(4 as bigint) as stage_no
    union all
    select
        'shipped' as stage,
        cast(5 as bigint) as stage_no
    union all
    select
        'revenue' as stage,
        cast(6 as bigint) as stage_no
),

ranked as (
    select
        step.*,
        row_number() over (
            partition by step.chip_id, step.stage
            order by step.reached_on desc
        ) as recency,
        row_number() over (
            partition by step.chip_id, step.stage
            order by
                case
                    when
                        step.quantity_low is null
                        and step.quantity_high is null
                        then 2
                    when step.quantity_unit = 'customer' then 1
                    else 0
                end,
                step.reached_on desc
        ) as quantity_recency,
        mark.weakness
    from step
    left join mark
        on step.confidence = mark.confidence
),

summary as (
    select
        chip_id,
        stage,
        count(*) as records,
        max(weakness) as weakness
    from ranked
    group by chip_id, stage
),

final as (
    select
        funnel_chip.chip_id,
        stage.stage,
        parameter_row.as_of,
        funnel_chip.chip_no,
        stage.stage_no,
        coalesce(chip.short_name, funnel_chip.chip_id) as short_name,
        coalesce(summary.records, 0) > 0 as is_reached,
        first_step.reached_on as first_reached_on,
        first_step.reached_precision as first_reached_precision,
        latest_step.reached_on as latest_reached_on,
        latest_step.reached_precision as latest_reached_precision,
        coalesce(summary.records, 0) as records,
        quantity_step.quantity_low,
        quantity_step.quantity_high,
        case
            when
                quantity_step.quantity_low is not null
                or quantity_step.quantity_high is not null
                then quantity_step.quantity_unit
        end as quantity_unit,
        case
            when
                quantity_step.quantity_low is not null
                or quantity_step.quantity_high is not null
                then quantity_step.reached_on
        end as quantity_on,
        case
            when
                quantity_step.quantity_low is not null
                or quantity_step.quantity_high is not null
                then quantity_step.reached_precision
        end as quantity_precision,
        first_step.detail as first_detail,
        first_step.detail_zh as first_detail_zh,
        latest_step.detail,
        latest_step.detail_zh,
        latest_step.note,
        latest_step.event_id,
        case
            when
                ';' || first_step.source_id || ';'
                like '%;' || latest_step.source_id || ';%'
                then first_step.source_id
            else first_step.source_id || ';' || latest_step.source_id
        end as source_id,
        mark.confidence
    from funnel_chip
    inner join chip
        on funnel_chip.chip_id = chip.chip_id
    cross join stage
    cross join parameter_row
    left join summary
        on
            funnel_chip.chip_id = summary.chip_id
            and stage.stage = summary.stage
    left join ranked as first_step
        on
            funnel_chip.chip_id = first_step.chip_id
            and stage.stage = first_step.stage
            and first_step.is_first
    left join ranked as latest_step
        on
            funnel_chip.chip_id = latest_step.chip_id
            and stage.stage = latest_step.stage
            and latest_step.recency = 1
    left join ranked as quantity_step
        on
            funnel_chip.chip_id = quantity_step.chip_id
            and stage.stage = quantity_step.stage
            and quantity_step.quantity_recency = 1
    left join mark
        on summary.weakness = mark.weakness
)

select * from final
