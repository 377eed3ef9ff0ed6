-- One row per chip and side for which two statuses begin on the same day and
-- both run on the as-of date, so that the record says two things of the law.
-- grain: chip_id, jurisdiction, effective_from
with status as (
    select * from rec_export_status
),

parameter_row as (
    select * from parameters
),

running as (
    select status.*
    from status
    cross join parameter_row
    where
        status.effective_from <= parameter_row.as_of
        and (
            status.effective_to is null
            or status.effective_to >= parameter_row.as_of
        )
),

final as (
    select
        chip_id,
        jurisdiction,
        effective_from,
        count(*) as statuses
    from running
    group by chip_id, jurisdiction, effective_from
    having count(*) > 1
)

select * from final
