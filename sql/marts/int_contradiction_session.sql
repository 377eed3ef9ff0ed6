-- One row per session that is left out of its exchange's calendar, since its
-- close contradicts the other sessions.
-- grain: kind, record_key, rule, batch_id, line
with session as (
    select * from rec_sessions
),

in_order as (
    select * from stg_session
),

final as (
    select
        'sessions' as kind,
        'mic=' || session.mic || '; session_on='
        || cast(session.session_on as varchar) as record_key,
        'session_out_of_order' as rule,
        cast(session.close_at as varchar) as detail,
        cast(null as varchar) as against_key,
        session.batch_id,
        session.line,
        session.published_on,
        session.source_id
    from session
    left join in_order
        on
            session.mic = in_order.mic
            and session.session_on = in_order.session_on
    where in_order.mic is null
)

select * from final
