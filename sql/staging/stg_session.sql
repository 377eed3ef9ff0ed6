-- One row per exchange and trading session, numbered in order.
-- grain: mic, session_on
-- A session whose close is not on the day of UTC on which the exchange's other
-- sessions close, or not after every close before it, is left out and told in
-- int_contradiction_session.
with session as (
    select * from rec_sessions
),

placed as (
    select
        mic,
        session_on,
        open_at,
        close_at,
        date_diff('day', session_on, cast(close_at as date)) as days_later
    from session
),

usual as (
    select
        mic,
        sum(days_later) as days_in_all,
        count(*) as session_count
    from placed
    group by mic
),

ordered as (
    select
        placed.mic,
        placed.session_on,
        placed.open_at,
        placed.close_at,
        max(placed.close_at) over (
            partition by placed.mic
            order by placed.session_on
            rows between unbounded preceding and 1 preceding
        ) as latest_close_before
    from placed
    inner join usual
        on placed.mic = usual.mic
    where
        -- within three quarters of a day: a clock that is put back may move a
        -- close over midnight
        4 * abs(
            placed.days_later * usual.session_count - usual.days_in_all
        ) <= 3 * usual.session_count
),

in_order as (
    select
        mic,
        session_on,
        open_at,
        close_at
    from ordered
    where latest_close_before is null or close_at > latest_close_before
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
    from in_order
)

select * from final
