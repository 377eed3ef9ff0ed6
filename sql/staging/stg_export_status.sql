-- One row per chip and jurisdiction: the export status on the as-of date.
-- grain: chip_id, jurisdiction
-- An end date is used to pick the row and never shown: on the as-of date
-- nobody knew when a status still running would end. An imprecise end (a
-- month) may overlap the next row: the later start wins. Of two that start on
-- one day the one published later, then the stricter.
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
            order by
                status.effective_from desc,
                status.published_on desc,
                case status.status
                    when 'regulator_told_firms_to_stop' then 1
                    when 'customs_block_reported' then 2
                    when 'not_approved' then 3
                    when 'licence_presumption_of_denial' then 4
                    when 'licence_required_no_licences' then 5
                    when 'announced_not_effective' then 6
                    when 'conditional_case_by_case' then 7
                    when 'case_by_case_eligible_with_duty' then 8
                    when 'case_by_case_eligible' then 9
                    when 'licence_granted_low_uptake' then 10
                    when 'licence_granted' then 11
                    when 'free' then 12
                    else 13
                end asc
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
