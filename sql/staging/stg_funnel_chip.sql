-- One row per chip whose way from eligible to revenue the briefing follows.
-- grain: chip_id
-- Every chip for which a dated step is on record by the as-of date: a chip
-- newly licensed is a new record and no change here. H200, which carries the
-- rules of January 2026, and H20 come first, then by chip.
with step as (
    select * from rec_export_stages
),

parameter_row as (
    select * from parameters
),

followed as (
    select step.chip_id
    from step
    cross join parameter_row
    where step.reached_on <= parameter_row.as_of
    group by step.chip_id
),

final as (
    select
        row_number() over (
            order by
                case chip_id
                    when 'nv-h200-sxm' then 1
                    when 'nv-h20-96' then 2
                    else 3
                end,
                chip_id
        ) as chip_no,
        chip_id
    from followed
)

select * from final
