-- One row per event whose market reaction the briefing shows.
-- grain: event_id
-- Named: the rules, letters and statements that changed what could be sold to
-- China. Beside them, whatever of these kinds was announced in the last
-- quarter before the as-of date, so that the page does not grow old.
with event as (
    select * from rec_events
),

parameter_row as (
    select * from parameters
),

named as (
    select 'US-2025-01-15' as event_id -- AI Diffusion rule
    union all
    select 'US-2025-04-09' as event_id -- H20 needs a licence
    union all
    select 'US-2025-05-13a' as event_id -- Diffusion rule not enforced
    union all
    select 'US-2025-07-14' as event_id -- H20 sales to resume
    union all
    select 'US-2025-08-11' as event_id -- 15 per cent arrangement
    union all
    select 'US-2025-12-08' as event_id -- H200 and 25 per cent
    union all
    select 'US-2026-01-13' as event_id -- case-by-case review
    union all
    select 'US-2026-01-14' as event_id -- section 232 duty
),

final as (
    select
        event.event_id,
        case when named.event_id is null then 'recent' else 'named' end
            as chosen_as
    from event
    cross join parameter_row
    left join named
        on event.event_id = named.event_id
    where
        event.announced_precision = 'day'
        and event.announced_on <= parameter_row.as_of
        and (
            named.event_id is not null
            or (
                event.kind in ('rule', 'letter', 'statement')
                and event.announced_on
                > cast(parameter_row.as_of - interval 3 month as date)
            )
        )
)

select * from final
