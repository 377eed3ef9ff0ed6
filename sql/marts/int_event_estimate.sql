-- One row per event and listing: the market model before the event.
-- grain: event_id, symbol, mic
-- source: MacKinlay, Event Studies in Economics and Finance, JEL 35 (1997),
-- eq. 3 to 7: ordinary least squares of the listing's return on the
-- benchmark's over 120 sessions that end 11 sessions before the event day.
-- Sums are exact (decimal); only the last formulas are floating point.
with event_bar as (
    select * from int_event_bar
),

summed as (
    select
        event_id,
        symbol,
        mic,
        count(*) as observations,
        min(traded_on) as estimation_from,
        max(traded_on) as estimation_to,
        sum(return_1d) as sum_y,
        sum(benchmark_return_1d) as sum_x,
        sum(cast(return_1d as decimal(28, 10)) * return_1d) as sum_yy,
        sum(
            cast(benchmark_return_1d as decimal(28, 10)) * benchmark_return_1d
        ) as sum_xx,
        sum(
            cast(return_1d as decimal(28, 10)) * benchmark_return_1d
        ) as sum_xy
    from event_bar
    where
        offset_no between -130 and -11
        and return_1d is not null
        and benchmark_return_1d is not null
    group by event_id, symbol, mic
),

centred as (
    select
        *,
        cast(sum_xx as double)
        - cast(sum_x as double) * cast(sum_x as double) / observations
            as centred_xx,
        cast(sum_yy as double)
        - cast(sum_y as double) * cast(sum_y as double) / observations
            as centred_yy,
        cast(sum_xy as double)
        - cast(sum_x as double) * cast(sum_y as double) / observations
            as centred_xy
    from summed
),

fitted as (
    select
        *,
        case
            when observations >= 60 and centred_xx > 1e-12
                then centred_xy / centred_xx
        end as slope
    from centred
),

final as (
    select
        event_id,
        symbol,
        mic,
        observations,
        estimation_from,
        estimation_to,
        try_cast(slope as decimal(18, 12)) as beta,
        try_cast(
            (
                cast(sum_y as double) - slope * cast(sum_x as double)
            ) / observations as decimal(18, 14)
        ) as alpha,
        try_cast(
            case
                when centred_yy - slope * centred_xy > 0
                    then
                        (centred_yy - slope * centred_xy)
                        / (observations - 2)
            end as decimal(24, 18)
        ) as residual_variance,
        try_cast(cast(sum_x as double) / observations as decimal(18, 14))
            as benchmark_mean,
        try_cast(centred_xx as decimal(24, 18)) as benchmark_squares
    from fitted
)

select * from final
