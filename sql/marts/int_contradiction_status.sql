-- One row per export status that begins on the day of another of the same chip
-- and side: the one published last counts, then the stricter.
-- grain: kind, record_key, rule, batch_id, line
with status as (
    select * from rec_export_status
),

counting as (
    select * from stg_export_status
),

parameter_row as (
    select * from parameters
),

final as (
    select
        'export_status' as kind,
        'chip_id=' || status.chip_id || '; jurisdiction='
        || status.jurisdiction || '; effective_from='
        || cast(status.effective_from as varchar) || '; status='
        || status.status as record_key,
        'two_statuses_from_one_day' as rule,
        status.status || ' / ' || counting.status as detail,
        'chip_id=' || counting.chip_id || '; jurisdiction='
        || counting.jurisdiction || '; effective_from='
        || cast(counting.effective_from as varchar) || '; status='
        || counting.status as against_key,
        status.batch_id,
        status.line,
        status.published_on,
        status.source_id
    from status
    inner join counting
        on
            status.chip_id = counting.chip_id
            and status.jurisdiction = counting.jurisdiction
            and status.effective_from = counting.effective_from
            and status.status <> counting.status
    cross join parameter_row
    where
        status.effective_to is null
        or status.effective_to >= parameter_row.as_of
)

select * from final
