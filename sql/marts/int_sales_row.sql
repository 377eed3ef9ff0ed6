-- One row per record of a period of several days and metric: whether it may
-- be counted, and since when it says what it says.
-- grain: sale_id, metric
-- A period whose figure was published later with another value is restated;
-- the versions of one record and the records of one period are one history.
with version as (
    select * from int_sales_version
),

told as (
    select
        series_id,
        period_start,
        period_end,
        published_on,
        value,
        value_low,
        value_high,
        row_number() over (
            partition by series_id, period_start, period_end
            order by published_on asc, sale_id desc
        ) as telling,
        lag(value) over (
            partition by series_id, period_start, period_end
            order by published_on asc, sale_id desc
        ) as before,
        lag(value_low) over (
            partition by series_id, period_start, period_end
            order by published_on asc, sale_id desc
        ) as before_low,
        lag(value_high) over (
            partition by series_id, period_start, period_end
            order by published_on asc, sale_id desc
        ) as before_high
    from version
),

change as (
    select
        series_id,
        period_start,
        period_end,
        published_on,
        before,
        row_number() over (
            partition by series_id, period_start, period_end
            order by telling desc
        ) as recency
    from told
    where
        telling > 1
        and (
            value is distinct from before
            or value_low is distinct from before_low
            or value_high is distinct from before_high
        )
),

first_told as (
    select
        series_id,
        period_start,
        period_end,
        published_on
    from told
    where telling = 1
),

series as (
    select
        *,
        row_number() over (
            partition by total_id, customer, period_start, period_end
            order by published_on desc, sale_id asc
        ) as recency
    from version
    where is_current
),

latest as (
    select * from series
    where recency = 1
),

crossing as (
    -- two periods that overlap without one holding the other: the longer one
    -- is set aside, of equal ones the older
    select
        case
            when one.days > other.days then one.sale_id
            when one.days < other.days then other.sale_id
            when one.published_on < other.published_on then one.sale_id
            else other.sale_id
        end as sale_id,
        one.metric
    from latest as one
    inner join latest as other
        on
            one.series_id = other.series_id
            and one.period_start < other.period_start
            and one.period_end >= other.period_start
            and one.period_end < other.period_end
),

set_aside as (
    select
        sale_id,
        metric
    from crossing
    group by sale_id, metric
),

inside_total as (
    -- rows of a customer beside rows of all customers of the same days
    select
        part.sale_id,
        part.metric
    from latest as part
    inner join latest as whole
        on
            part.total_id = whole.total_id
            and part.customer <> ''
            and whole.customer = ''
            and part.period_start <= whole.period_end
            and part.period_end >= whole.period_start
    group by part.sale_id, part.metric
),

final as (
    select
        series.sale_id,
        series.metric,
        series.series_id,
        series.vendor,
        series.chip_id,
        series.region,
        series.basis,
        series.segment,
        series.scope,
        series.value_type,
        series.estimator,
        series.customer,
        series.currency,
        series.fiscal_period,
        series.period_start,
        series.period_end,
        series.days,
        series.value,
        series.value_low,
        series.value_high,
        series.is_derived_by_source,
        case
            when series.recency > 1 then 'repeated'
            when set_aside.sale_id is not null then 'overlapping'
            when inside_total.sale_id is not null then 'part_of_total'
            else 'used'
        end as standing,
        first_told.published_on as first_published_on,
        case
            when change.published_on > first_told.published_on
                then change.published_on
        end as restated_on,
        case
            when change.published_on > first_told.published_on
                then change.before
        end as value_before,
        series.published_on,
        series.source_id,
        series.confidence,
        series.note
    from series
    inner join first_told
        on
            series.series_id = first_told.series_id
            and series.period_start = first_told.period_start
            and series.period_end = first_told.period_end
    left join change
        on
            series.series_id = change.series_id
            and series.period_start = change.period_start
            and series.period_end = change.period_end
            and change.recency = 1
    left join set_aside
        on
            series.sale_id = set_aside.sale_id
            and series.metric = set_aside.metric
    left join inside_total
        on
            series.sale_id = inside_total.sale_id
            and series.metric = inside_total.metric
)

select * from final
