-- One row per chip and jurisdiction: the export status on the as-of date.
-- grain: chip_id, jurisdiction
-- An end date is used to pick the row and never shown: on the as-of date
-- nobody knew when a status still running would end. An imprecise end (a
-- month) may overlap the next row: the later start wins.
with status as (
    select * from rec_export_status
),

parameter_row as (
    select * from parameters
),

running as (
    select
        status.*,
        row_number() over (
            partition by status.chip_id, status.jurisdiction
            order by status.effective_from desc, status.status asc
        ) as recency
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
        status,
        effective_from,
        effective_from_precision,
        basis,
        source_id,
        confidence
    from running
    where recency = 1
)

select * from final
