-- One row per event and listing: the first session of the listing's exchange
-- that closed after the event, and so could price it.
-- grain: event_id, symbol, mic
-- An event without a time of day is taken at noon of its own place (US 17:00
-- UTC, China 04:00 UTC), and says so. Events known to the month only have no
-- day and are left out.
with event as (
    select * from rec_events
),

listing as (
    select * from rec_listings
),

exchange_session as (
    select * from stg_session
),

timed as (
    select
        event_id,
        announced_on,
        announced_at,
        kind,
        case when announced_at is null then 'assumed_midday' else 'stated' end
            as timing,
        coalesce(
            announced_at,
            case
                when jurisdiction = 'CN'
                    then cast(announced_on as timestamp) + interval 4 hour
                else cast(announced_on as timestamp) + interval 17 hour
            end
        ) as happened_at,
        source_id,
        confidence
    from event
    where announced_precision = 'day'
),

final as (
    select
        timed.event_id,
        listing.symbol,
        listing.mic,
        listing.calendar_mic,
        timed.announced_on,
        timed.announced_at,
        timed.timing,
        timed.happened_at,
        exchange_session.session_on as event_day,
        exchange_session.session_no,
        exchange_session.close_at as event_day_close_at,
        timed.kind,
        timed.source_id,
        timed.confidence
    from timed
    cross join listing
    inner join exchange_session
        on
            listing.calendar_mic = exchange_session.mic
            and timed.happened_at < exchange_session.close_at
            and timed.happened_at >= exchange_session.previous_close_at
    where listing.security_type = 'equity'
)

select * from final
