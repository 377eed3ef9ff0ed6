-- One row per briefed event, listing of a chip vendor and window.
-- grain: event_id, symbol, mic, window_name
with briefed as (
    select * from stg_briefed_event
),

event_return as (
    select * from fct_event_return
),

event_day as (
    select * from int_event_day
),

event as (
    select * from rec_events
),

listing as (
    select * from rec_listings
),

company as (
    select * from rec_companies
),

shown as (
    select
        event_return.*,
        listing.vendor
    from event_return
    inner join briefed
        on event_return.event_id = briefed.event_id
    inner join listing
        on
            event_return.symbol = listing.symbol
            and event_return.mic = listing.mic
    where
        listing.vendor is not null
        and coalesce(event_return.reason, '') <> 'not_listed_yet'
),

confounding as (
    -- other briefed events that fall into the same window
    select
        shown.event_id,
        shown.symbol,
        shown.mic,
        shown.window_name,
        string_agg(event_day.event_id, ';' order by event_day.event_id)
            as confounded_by
    from shown
    inner join event_day
        on
            shown.symbol = event_day.symbol
            and shown.mic = event_day.mic
            and shown.event_id <> event_day.event_id
            and event_day.event_day
            between shown.window_from and shown.window_to
    inner join briefed
        on event_day.event_id = briefed.event_id
    group by shown.event_id, shown.symbol, shown.mic, shown.window_name
),

beside as (
    -- whatever else on record the same sessions had to price
    select
        shown.event_id,
        shown.symbol,
        shown.mic,
        shown.window_name,
        count(*) as other_events
    from shown
    inner join event_day
        on
            shown.symbol = event_day.symbol
            and shown.mic = event_day.mic
            and shown.event_id <> event_day.event_id
            and event_day.event_day
            between shown.window_from and shown.window_to
    group by shown.event_id, shown.symbol, shown.mic, shown.window_name
),

final as (
    select
        shown.event_id,
        shown.symbol,
        shown.mic,
        shown.window_name,
        event.title as event_title,
        event.title_zh as event_title_zh,
        event.kind as event_kind,
        event.jurisdiction,
        event.announced_on,
        event.announced_at,
        shown.timing,
        shown.event_day,
        shown.vendor,
        company.vendor_zh,
        shown.raw_return_pct,
        shown.benchmark_symbol,
        shown.benchmark_return_pct,
        shown.abnormal_return_pct,
        shown.method,
        shown.alpha_pct,
        shown.beta,
        shown.standard_error_pct,
        shown.t_stat,
        shown.observations,
        shown.estimation_from,
        shown.estimation_to,
        shown.is_complete,
        shown.reason,
        confounding.confounded_by,
        coalesce(beside.other_events, 0) as other_events,
        shown.source_id,
        shown.confidence
    from shown
    inner join event
        on shown.event_id = event.event_id
    left join company
        on shown.vendor = company.vendor
    left join confounding
        on
            shown.event_id = confounding.event_id
            and shown.symbol = confounding.symbol
            and shown.mic = confounding.mic
            and shown.window_name = confounding.window_name
    left join beside
        on
            shown.event_id = beside.event_id
            and shown.symbol = beside.symbol
            and shown.mic = beside.mic
            and shown.window_name = beside.window_name
)

select * from final
