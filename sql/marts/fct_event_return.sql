-- One row per event, listing and window: raw and abnormal return.
-- grain: event_id, symbol, mic, window_name
-- source: MacKinlay (1997). CAR = sum of (r - alpha - beta * r_benchmark). Its
-- standard error holds the residual variance and the error of estimating
-- alpha and beta: var = s2 * (L + L*L/n + (sum x - L*mean x)**2 / Sxx), the
-- variance of a sum of L out-of-sample OLS predictions. Under 60 sessions to
-- estimate from, the benchmark's own return is subtracted and nothing is
-- said of significance: market_adjusted.
with event_day as (
    select * from int_event_day
),

event_bar as (
    select * from int_event_bar
),

estimate as (
    select * from int_event_estimate
),

price_reach as (
    select
        symbol,
        mic,
        min(traded_on) as first_on,
        max(traded_on) as last_on
    from int_price_comparable
    where is_session
    group by symbol, mic
),

exchange_session as (
    select * from stg_session
),

confidence_rank as (
    select * from stg_confidence
),

event_window as (
    select
        '[0]' as window_name,
        0 as first_offset,
        0 as last_offset
    union all
    select
        '[-1,+1]' as window_name,
        -1 as first_offset,
        1 as last_offset
    union all
    select
        '[0,+5]' as window_name,
        0 as first_offset,
        5 as last_offset
),

asked as (
    select
        event_day.*,
        event_window.window_name,
        event_window.first_offset,
        event_window.last_offset,
        event_window.last_offset - event_window.first_offset + 1
            as window_length,
        price_reach.first_on,
        price_reach.last_on,
        opening.session_on as window_from,
        closing.session_on as window_to
    from event_day
    cross join event_window
    inner join price_reach
        on
            event_day.symbol = price_reach.symbol
            and event_day.mic = price_reach.mic
    left join exchange_session as opening
        on
            event_day.calendar_mic = opening.mic
            and event_day.session_no + event_window.first_offset
            = opening.session_no
    left join exchange_session as closing
        on
            event_day.calendar_mic = closing.mic
            and event_day.session_no + event_window.last_offset
            = closing.session_no
),

summed as (
    select
        asked.event_id,
        asked.symbol,
        asked.mic,
        asked.window_name,
        count(event_bar.return_1d) as return_count,
        count(
            case
                when event_bar.return_1d is not null
                    then event_bar.benchmark_return_1d
            end
        ) as pair_count,
        max(case when event_bar.is_beyond_limit then 1 else 0 end)
            as beyond_limit,
        sum(event_bar.return_1d) as return_sum,
        sum(event_bar.benchmark_return_1d) as benchmark_sum,
        max(
            case
                when event_bar.offset_no = asked.first_offset
                    then event_bar.previous_session_close
            end
        ) as close_before,
        max(
            case
                when event_bar.offset_no = asked.last_offset
                    then event_bar.close_comparable
            end
        ) as close_after,
        max(
            case
                when event_bar.offset_no = asked.first_offset
                    then event_bar.benchmark_previous_close
            end
        ) as benchmark_before,
        max(
            case
                when event_bar.offset_no = asked.last_offset
                    then event_bar.benchmark_close
            end
        ) as benchmark_after,
        max(event_bar.benchmark_symbol) as benchmark_symbol,
        string_agg(
            distinct event_bar.source_id, ';' order by event_bar.source_id
        ) as price_source_id,
        max(
            greatest(
                price_rank.weakness,
                coalesce(benchmark_rank.weakness, price_rank.weakness)
            )
        ) as price_weakness
    from asked
    left join event_bar
        on
            asked.event_id = event_bar.event_id
            and asked.symbol = event_bar.symbol
            and asked.mic = event_bar.mic
            and event_bar.offset_no
            between asked.first_offset and asked.last_offset
    left join confidence_rank as price_rank
        on event_bar.confidence = price_rank.confidence
    left join confidence_rank as benchmark_rank
        on event_bar.benchmark_confidence = benchmark_rank.confidence
    group by asked.event_id, asked.symbol, asked.mic, asked.window_name
),

judged as (
    select
        asked.*,
        summed.return_count,
        summed.return_sum,
        summed.benchmark_sum,
        summed.close_before,
        summed.close_after,
        summed.benchmark_before,
        summed.benchmark_after,
        summed.benchmark_symbol,
        summed.price_source_id,
        summed.price_weakness,
        summed.return_count = asked.window_length as is_priced,
        case
            when asked.window_from < asked.first_on then 'not_listed_yet'
            when asked.window_to is null or asked.window_to > asked.last_on
                then 'prices_end'
            when summed.beyond_limit = 1 then 'beyond_price_limit'
            when
                summed.return_count < asked.window_length
                and asked.window_from = asked.first_on
                then 'no_close_before'
            when summed.return_count < asked.window_length
                then 'bar_missing'
            when summed.benchmark_symbol is null then 'no_benchmark'
            when summed.pair_count < asked.window_length
                then 'benchmark_missing'
        end as gap_reason,
        estimate.observations,
        estimate.estimation_from,
        estimate.estimation_to,
        estimate.alpha,
        estimate.beta,
        estimate.residual_variance,
        estimate.benchmark_mean,
        estimate.benchmark_squares
    from asked
    inner join summed
        on
            asked.event_id = summed.event_id
            and asked.symbol = summed.symbol
            and asked.mic = summed.mic
            and asked.window_name = summed.window_name
    left join estimate
        on
            asked.event_id = estimate.event_id
            and asked.symbol = estimate.symbol
            and asked.mic = estimate.mic
),

chosen as (
    select
        *,
        case
            when gap_reason is not null then 'none'
            when beta is null then 'market_adjusted'
            else 'market_model'
        end as method
    from judged
),

computed as (
    select
        *,
        case
            when method = 'market_model'
                then
                    cast(return_sum as double)
                    - window_length * cast(alpha as double)
                    - cast(beta as double) * cast(benchmark_sum as double)
            when method = 'market_adjusted'
                then
                    cast(return_sum as double) - cast(benchmark_sum as double)
        end as abnormal_return,
        case
            when method = 'market_model' and residual_variance > 0
                then sqrt(
                    cast(residual_variance as double) * (
                        window_length
                        + cast(window_length as double) * window_length
                        / observations
                        + (
                            cast(benchmark_sum as double)
                            - window_length * cast(benchmark_mean as double)
                        ) * (
                            cast(benchmark_sum as double)
                            - window_length * cast(benchmark_mean as double)
                        ) / cast(benchmark_squares as double)
                    )
                )
        end as standard_error
    from chosen
),

final as (
    select
        computed.event_id,
        computed.symbol,
        computed.mic,
        computed.window_name,
        computed.event_day,
        computed.timing,
        computed.window_from,
        computed.window_to,
        cast(
            case
                when
                    computed.is_priced
                    then (
                        computed.close_after
                        / nullif(computed.close_before, 0) - 1
                    ) * 100
            end as decimal(18, 6)
        ) as raw_return_pct,
        computed.benchmark_symbol,
        cast(
            case
                when
                    computed.method <> 'none'
                    then (
                        computed.benchmark_after
                        / nullif(computed.benchmark_before, 0) - 1
                    ) * 100
            end as decimal(18, 6)
        ) as benchmark_return_pct,
        cast(computed.abnormal_return * 100 as decimal(18, 6))
            as abnormal_return_pct,
        computed.method,
        cast(
            case
                when computed.method = 'market_model'
                    then computed.alpha * 100
            end as decimal(18, 8)
        ) as alpha_pct,
        cast(
            case when computed.method = 'market_model' then computed.beta end
            as decimal(18, 8)
        ) as beta,
        cast(computed.standard_error * 100 as decimal(18, 6))
            as standard_error_pct,
        cast(
            case
                when computed.standard_error > 1e-9
                    then computed.abnormal_return / computed.standard_error
            end as decimal(18, 6)
        ) as t_stat,
        case when computed.method <> 'none' then computed.estimation_from end
            as estimation_from,
        case when computed.method <> 'none' then computed.estimation_to end
            as estimation_to,
        coalesce(computed.observations, 0) as observations,
        computed.method <> 'none' as is_complete,
        coalesce(
            computed.gap_reason,
            case
                when computed.method = 'market_adjusted'
                    then 'too_few_sessions'
            end
        ) as reason,
        case
            when computed.price_source_id is null then computed.source_id
            else computed.source_id || ';' || computed.price_source_id
        end as source_id,
        weakest.confidence
    from computed
    inner join confidence_rank as event_rank
        on computed.confidence = event_rank.confidence
    inner join confidence_rank as weakest
        on
            greatest(
                event_rank.weakness,
                coalesce(computed.price_weakness, event_rank.weakness)
            ) = weakest.weakness
)

select * from final
