-- One row per version of a record of a period of several days and metric:
-- which series it is of, what it said then, and whether it is the one in use.
-- Shipments (one day) are not here.
-- grain: sale_id, metric, published_on
-- A series is everything that must be equal before two amounts may be
-- subtracted: estimates also by who estimates. Filed rows (reported, ytd,
-- derived by the source) are one series; estimates are never mixed with them.
-- Versions published on one day are slips mended on the way in: the one
-- recorded last stands, as in rec_sales.
with version as (
    select * from rec_sales_versions
),

sale as (
    select * from rec_sales
),

spread as (
    select
        *,
        row_number() over (
            partition by sale_id, published_on
            order by batch_no desc, line desc
        ) as recording
    from version
    where period_start < period_end
),

in_use as (
    select
        sale_id,
        published_on
    from sale
    where period_start < period_end
),

spoken as (
    select
        spread.sale_id,
        spread.published_on,
        in_use.sale_id is not null as is_current,
        spread.vendor,
        coalesce(spread.chip_id, 'all') as chip_id,
        spread.region,
        spread.basis,
        spread.segment,
        spread.scope,
        coalesce(spread.customer, '') as customer,
        spread.fiscal_period,
        spread.period_start,
        spread.period_end,
        date_diff('day', spread.period_start, spread.period_end) + 1 as days,
        case
            when spread.value_type in ('estimate', 'forecast')
                then spread.value_type
            else 'reported'
        end as value_type,
        case
            when spread.value_type in ('estimate', 'forecast')
                then spread.source_id
            else ''
        end as estimator,
        spread.value_type = 'derived' as is_derived_by_source,
        spread.units,
        spread.units_low,
        spread.units_high,
        spread.revenue,
        spread.revenue_low,
        spread.revenue_high,
        spread.currency as money,
        spread.source_id,
        spread.confidence,
        spread.note
    from spread
    left join in_use
        on
            spread.sale_id = in_use.sale_id
            and spread.published_on = in_use.published_on
    where spread.recording = 1
),

metric_row as (
    select
        *,
        'revenue' as metric,
        coalesce(money, '') as currency,
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
        '' as currency,
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
        || '|' || estimator || '|' || metric || '|' || currency as total_id
    from metric_row
),

final as (
    select
        sale_id,
        metric,
        published_on,
        is_current,
        total_id || '|' || customer as series_id,
        total_id,
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
        fiscal_period,
        period_start,
        period_end,
        days,
        value,
        value_low,
        value_high,
        is_derived_by_source,
        source_id,
        confidence,
        note
    from total_series
)

select * from final
