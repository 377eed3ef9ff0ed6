-- One row per event, listing and session from 130 before the event day to 5
-- after: the return of the listing and of its benchmark in that session.
-- grain: event_id, symbol, mic, offset_no
-- Over a step beyond a price limit no return is taken (int_price_step).
with event_day as (
    select * from int_event_day
),

comparable as (
    select * from int_price_comparable
    where is_session
),

step as (
    select * from int_price_step
),

price as (
    select
        comparable.symbol,
        comparable.mic,
        comparable.traded_on,
        comparable.session_no,
        comparable.close_comparable,
        comparable.source_id,
        comparable.confidence,
        step.symbol is not null as is_beyond_limit,
        case
            when step.symbol is null then comparable.previous_session_close
        end as previous_session_close,
        case when step.symbol is null then comparable.return_1d end as return_1d
    from comparable
    left join step
        on
            comparable.symbol = step.symbol
            and comparable.mic = step.mic
            and comparable.traded_on = step.traded_on
),

listing as (
    select * from rec_listings
),

ranked_benchmark as (
    -- an index kept under several markets: the listing's own, then the one of
    -- its calendar
    select
        listing.symbol,
        listing.mic,
        index_listing.symbol as benchmark_symbol,
        index_listing.mic as benchmark_mic,
        row_number() over (
            partition by listing.symbol, listing.mic
            order by
                case
                    when index_listing.mic = listing.mic then 0
                    when index_listing.calendar_mic = listing.calendar_mic
                        then 1
                    else 2
                end asc,
                index_listing.mic asc
        ) as benchmark_no
    from listing
    inner join listing as index_listing
        on
            listing.benchmark_symbol = index_listing.symbol
            and index_listing.security_type = 'index'
),

benchmark as (
    select
        symbol,
        mic,
        benchmark_symbol,
        benchmark_mic
    from ranked_benchmark
    where benchmark_no = 1
),

final as (
    select
        event_day.event_id,
        event_day.symbol,
        event_day.mic,
        price.session_no - event_day.session_no as offset_no,
        price.traded_on,
        price.close_comparable,
        price.previous_session_close,
        price.return_1d,
        price.is_beyond_limit,
        benchmark.benchmark_symbol,
        benchmark_price.close_comparable as benchmark_close,
        benchmark_price.previous_session_close as benchmark_previous_close,
        benchmark_price.return_1d as benchmark_return_1d,
        price.source_id,
        price.confidence,
        benchmark_price.confidence as benchmark_confidence
    from event_day
    inner join price
        on
            event_day.symbol = price.symbol
            and event_day.mic = price.mic
            and price.session_no
            between event_day.session_no - 130 and event_day.session_no + 5
    left join benchmark
        on
            event_day.symbol = benchmark.symbol
            and event_day.mic = benchmark.mic
    left join price as benchmark_price
        on
            benchmark.benchmark_symbol = benchmark_price.symbol
            and benchmark.benchmark_mic = benchmark_price.mic
            and price.traded_on = benchmark_price.traded_on
)

select * from final
