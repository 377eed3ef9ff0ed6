-- One row per currency and calendar day: US dollars for one unit of it.
-- grain: currency, rate_on
-- A day without a quotation (weekend, holiday) takes the last one, up to
-- seven days old; later there is no row, and no amount is converted.
with quotation as (
    select * from rec_fx
),

calendar_day as (
    select * from stg_day
),

currency_reach as (
    select
        currency,
        min(rate_on) as first_on,
        max(rate_on) as last_on
    from quotation
    group by currency
),

currency_day as (
    select
        currency_reach.currency,
        calendar_day.day_on
    from currency_reach
    inner join calendar_day
        on
            currency_reach.first_on <= calendar_day.day_on
            and calendar_day.day_on
            <= cast(currency_reach.last_on + interval 7 day as date)
    where currency_reach.currency <> 'USD'
),

carried as (
    select
        currency_day.currency,
        currency_day.day_on,
        max(quotation.rate_on) over (
            partition by currency_day.currency
            order by currency_day.day_on
            rows between unbounded preceding and current row
        ) as quoted_on
    from currency_day
    left join quotation
        on
            currency_day.currency = quotation.currency
            and currency_day.day_on = quotation.rate_on
),

converted as (
    select
        carried.currency,
        carried.day_on as rate_on,
        quotation.usd_rate,
        carried.quoted_on,
        date_diff('day', carried.quoted_on, carried.day_on) as days_carried,
        quotation.derivation,
        quotation.source_id,
        quotation.confidence
    from carried
    inner join quotation
        on
            carried.currency = quotation.currency
            and carried.quoted_on = quotation.rate_on
    where date_diff('day', carried.quoted_on, carried.day_on) <= 7
),

dollar as (
    select
        'USD' as currency,
        day_on as rate_on,
        cast(1 as decimal(28, 10)) as usd_rate,
        day_on as quoted_on,
        cast(0 as bigint) as days_carried,
        'identity' as derivation,
        cast(null as varchar) as source_id,
        'seen-primary' as confidence
    from calendar_day
),

final as (
    select * from converted
    union all
    select * from dollar
)

select * from final
