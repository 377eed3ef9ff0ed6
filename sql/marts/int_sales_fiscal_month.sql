-- One row per piece of a series and calendar month: its share by days, in the
-- currency filed and in dollars at the month's average rate.
-- grain: series_id, period_start, period_end, month
-- source: IAS 21.40 for the average rate. Running totals are rounded to the
-- cent, so that the months add up to the piece exactly.
with piece as (
    select * from int_sales_fiscal
),

calendar_month as (
    select * from dim_month
),

fx_month as (
    select * from int_fx_month
),

confidence_rank as (
    select * from stg_confidence
),

own_month as (
    select
        *,
        cast(date_trunc('month', period_start) as date) as first_month,
        cast(date_trunc('month', period_end) as date) as last_month
    from piece
),

placed as (
    -- a period inside one month needs no calendar
    select
        own_month.*,
        own_month.first_month as month,
        own_month.days as days_to_end,
        own_month.days as days_in_part
    from own_month
    where own_month.first_month = own_month.last_month
    union all
    select
        own_month.*,
        calendar_month.month,
        date_diff(
            'day',
            own_month.period_start,
            least(own_month.period_end, calendar_month.month_end)
        ) + 1 as days_to_end,
        date_diff(
            'day',
            greatest(own_month.period_start, calendar_month.month),
            least(own_month.period_end, calendar_month.month_end)
        ) + 1 as days_in_part
    from own_month
    inner join calendar_month
        on
            own_month.first_month <= calendar_month.month
            and own_month.last_month >= calendar_month.month
    where own_month.first_month < own_month.last_month
),

running as (
    select
        *,
        case
            when days_to_end = days then value
            else cast(
                round(
                    value * cast(days_to_end as decimal(6, 0))
                    / nullif(days, 0), 2
                ) as decimal(28, 2)
            )
        end as value_to_end,
        case
            when days_to_end = days then value_low
            else cast(
                round(
                    value_low * cast(days_to_end as decimal(6, 0))
                    / nullif(days, 0), 2
                ) as decimal(28, 2)
            )
        end as low_to_end,
        case
            when days_to_end = days then value_high
            else cast(
                round(
                    value_high * cast(days_to_end as decimal(6, 0))
                    / nullif(days, 0), 2
                ) as decimal(28, 2)
            )
        end as high_to_end
    from placed
),

allocated as (
    select
        *,
        cast(
            value_to_end - lag(value_to_end, 1, cast(0 as decimal(28, 2)))
                over (
                    partition by series_id, period_start, period_end
                    order by month
                )
            as decimal(28, 2)
        ) as month_value,
        cast(
            low_to_end - lag(low_to_end, 1, cast(0 as decimal(28, 2)))
                over (
                    partition by series_id, period_start, period_end
                    order by month
                )
            as decimal(28, 2)
        ) as month_low,
        cast(
            high_to_end - lag(high_to_end, 1, cast(0 as decimal(28, 2)))
                over (
                    partition by series_id, period_start, period_end
                    order by month
                )
            as decimal(28, 2)
        ) as month_high
    from running
),

rated as (
    select
        allocated.*,
        case
            when allocated.metric = 'units' then null
            when allocated.currency = 'USD' then cast(1 as decimal(18, 10))
            else cast(fx_month.usd_rate as decimal(18, 10))
        end as fx_rate,
        case
            when allocated.metric = 'units' then 'no_money'
            when allocated.currency = 'USD' then 'none_needed'
            when fx_month.usd_rate is null then 'no_rate'
            else 'month_average'
        end as fx_method,
        case
            when allocated.currency <> 'USD' then fx_month.source_id
        end as fx_source_id,
        greatest(
            own_rank.weakness,
            case
                when allocated.currency in ('USD', '') then 1
                else coalesce(fx_rank.weakness, 1)
            end
        ) as weakness
    from allocated
    inner join confidence_rank as own_rank
        on allocated.confidence = own_rank.confidence
    left join fx_month
        on
            allocated.currency = fx_month.currency
            and allocated.month = fx_month.month
            and allocated.currency <> 'USD'
    left join confidence_rank as fx_rank
        on fx_month.confidence = fx_rank.confidence
),

final as (
    select
        series_id,
        period_start,
        period_end,
        month,
        metric,
        vendor,
        chip_id,
        region,
        basis,
        segment,
        scope,
        value_type,
        estimator,
        customer,
        currency,
        days_in_part as days,
        month_value as value,
        month_low as value_low,
        month_high as value_high,
        cast(
            round(cast(month_value as decimal(20, 2)) * fx_rate, 2)
            as decimal(20, 2)
        ) as value_usd,
        cast(
            round(cast(month_low as decimal(20, 2)) * fx_rate, 2)
            as decimal(20, 2)
        ) as value_usd_low,
        cast(
            round(cast(month_high as decimal(20, 2)) * fx_rate, 2)
            as decimal(20, 2)
        ) as value_usd_high,
        fx_rate,
        fx_method,
        fx_source_id,
        case
            when method in ('restated', 'estimate', 'forecast') then method
            when days > 100 then 'allocated'
            else method
        end as method,
        source_id,
        weakness
    from rated
)

select * from final
