-- One row per record of a period of several days and metric: which series it
-- is of, and whether it may be counted. Shipments (one day) are not here.
-- grain: sale_id, metric
-- A series is everything that must be equal before two amounts may be
-- subtracted: estimates also by who estimates. Filed rows (reported, ytd,
-- derived by the source) are one series; estimates are never mixed with them.
with sale as (
    select * from rec_sales
),

spoken as (
    select
        sale_id,
        vendor,
        coalesce(chip_id, 'all') as chip_id,
        region,
        basis,
        segment,
        scope,
        coalesce(customer, '') as customer,
        fiscal_period,
        period_start,
        period_end,
        date_diff('day', period_start, period_end) + 1 as days,
        case
            when value_type in ('estimate', 'forecast') then value_type
            else 'reported'
        end as value_type,
        case
            when value_type in ('estimate', 'forecast') then source_id
            else ''
        end as estimator,
        value_type = 'derived' as is_derived_by_source,
        units,
        units_low,
        units_high,
        revenue,
        revenue_low,
        revenue_high,
        currency,
        published_on,
        source_id,
        confidence,
        note
    from sale
    where period_start < period_end
),

metric_row as (
    select
        *,
        'revenue' as metric,
        coalesce(currency, '') as money,
        cast(revenue as decimal(28, 2)) as value,
        cast(coalesce(revenue_low, revenue) as decimal(28, 2)) as value_low,
        cast(coalesce(revenue_high, revenue) as decimal(28, 2)) as value_high
    from spoken
    where
        revenue is not null
        or revenue_low is not null
        or revenue_high is not null
    union all
    select
        *,
        'units' as metric,
        '' as money,
        cast(units as decimal(28, 2)) as value,
        cast(coalesce(units_low, units) as decimal(28, 2)) as value_low,
        cast(coalesce(units_high, units) as decimal(28, 2)) as value_high
    from spoken
    where
        units is not null
        or units_low is not null
        or units_high is not null
),

total_series as (
    select
        *,
        vendor || '|' || chip_id || '|' || region || '|' || basis
        || '|' || segment || '|' || scope || '|' || value_type
        || '|' || estimator || '|' || metric || '|' || money as total_id
    from metric_row
),

series as (
    select
        *,
        total_id || '|' || customer as series_id,
        row_number() over (
            partition by total_id, customer, period_start, period_end
            order by published_on desc, sale_id asc
        ) as recency
    from total_series
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
        series.money as currency,
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
        series.published_on,
        series.source_id,
        series.confidence,
        series.note
    from series
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
