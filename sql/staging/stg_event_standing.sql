-- One row per policy event on record: where it stands on the as-of date.
-- grain: event_id
-- Announced, gazetted, effective, compliance and due are different days (trap
-- 8). A later event counts from its own effective day. An event recorded
-- before its own day, and a report that is due, are due items: once the day
-- has passed without a newer record they are overdue, outcome not found.
with event as (
    select * from rec_events
),

parameter_row as (
    select * from parameters
),

succession as (
    select * from stg_event_succession
),

due as (
    select
        event.*,
        parameter_row.as_of,
        case
            when event.kind = 'report_due' then event.effective_on
            when event.published_on < event.announced_on
                then event.announced_on
        end as due_on,
        later.event_id as superseded_by,
        coalesce(later.effective_on, later.announced_on) as superseded_on,
        case when later.event_id is not null then succession.outcome end
            as superseded_how
    from event
    cross join parameter_row
    left join succession
        on event.event_id = succession.event_id
    left join event as later
        on
            succession.superseded_by = later.event_id
            and coalesce(later.effective_on, later.announced_on)
            <= parameter_row.as_of
),

final as (
    select
        event_id,
        as_of,
        announced_on,
        announced_precision,
        gazetted_on,
        effective_on,
        compliance_on,
        due_on,
        jurisdiction,
        authority,
        kind,
        case
            when due_on > as_of then 'scheduled'
            when due_on <= as_of then 'overdue'
            when superseded_how is not null then superseded_how
            when effective_on is null then 'announced'
            when effective_on > as_of then 'scheduled'
            else 'effective'
        end as status,
        case
            when due_on is not null then due_on
            when superseded_how is not null then superseded_on
            when effective_on is null then announced_on
            when effective_on > as_of then announced_on
            else effective_on
        end as status_since,
        superseded_by,
        instrument,
        title,
        title_zh,
        summary,
        summary_zh,
        affected_chips,
        key_parameters,
        source_id,
        confidence
    from due
)

select * from final
