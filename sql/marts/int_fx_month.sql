-- One row per currency and month: the average of the rates quoted in it.
-- grain: currency, month
-- source: IAS 21.40, an average rate for the period. The average is over days
-- with a quotation of their own; days carried over a weekend do not count.
with fx_day as (
    select * from stg_fx_day
),

confidence_rank as (
    select * from stg_confidence
),

calendar_month as (
    select * from dim_month
),

quoted as (
    select
        fx_day.currency,
        calendar_month.month,
        cast(fx_day.usd_rate as decimal(22, 10)) as usd_rate,
        fx_day.source_id,
        confidence_rank.weakness
    from fx_day
    inner join calendar_month
        on
            fx_day.rate_on >= calendar_month.month
            and fx_day.rate_on <= calendar_month.month_end
    inner join confidence_rank
        on fx_day.confidence = confidence_rank.confidence
    where fx_day.days_carried = 0
),

averaged as (
    select
        currency,
        month,
        cast(
            sum(usd_rate) / nullif(count(*), 0) as decimal(28, 10)
        ) as usd_rate,
        count(*) as quotation_count,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from quoted
    group by currency, month
),

final as (
    select
        averaged.currency,
        averaged.month,
        averaged.usd_rate,
        averaged.quotation_count,
        averaged.source_id,
        confidence_rank.confidence
    from averaged
    inner join confidence_rank
        on averaged.weakness = confidence_rank.weakness
)

select * from final
