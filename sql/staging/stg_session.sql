-- One row per exchange and trading session, numbered in order.
-- grain: mic, session_on
with session as (
    select * from rec_sessions
),

final as (
    select
        mic,
        session_on,
        open_at,
        close_at,
        lag(close_at) over (
            partition by mic
            order by session_on
        ) as previous_close_at,
        row_number() over (
            partition by mic
            order by session_on
        ) as session_no
    from session
)

select * from final
