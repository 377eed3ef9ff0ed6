-- One row per version of a record of a period of several days, metric, day and
-- source: which series it is of, what it said then, whether it is in use, and
-- its place among the records of the same days.
-- Shipments (one day) are not here.
-- grain: sale_id, metric, published_on, main_source_id
-- A series is everything that must be equal before two amounts may be
-- subtracted: estimates also by who estimates. Filed rows (reported, ytd,
-- derived by the source) are one series; estimates are never mixed with them.
-- Which version counts is decided in rec_sales. What one source says of a
-- record twice on one day is a slip mended on the way in: the last one stands.
with version as (
    select * from rec_sales_versions
),

sale as (
    select * from rec_sales
),

source as (
    select * from stg_source
),

mark as (
    select * from stg_confidence
),

spelling as (
    select * from int_sales_spelling
),

spread as (
    select
        *,
        split_part(source_id, ';', 1) as main_source_id,
        row_number() over (
            partition by sale_id, published_on, split_part(source_id, ';', 1)
            order by batch_no desc, line desc
        ) as recording
    from version
    where period_start < period_end
),

in_use as (
    select
        sale_id,
        published_on,
        batch_no,
        line
    from sale
    where period_start < period_end
),

named as (
    select
        spread.*,
        coalesce(vendor_name.spelling, spread.vendor) as called_vendor,
        coalesce(region_name.spelling, spread.region) as called_region,
        coalesce(segment_name.spelling, spread.segment) as called_segment,
        coalesce(source.voice_id, spread.main_source_id) as voice_id,
        coalesce(source.precedence, 1000) as precedence,
        coalesce(mark.weakness, 7) as weakness,
        in_use.sale_id is not null as is_current
    from spread
    left join in_use
        on
            spread.sale_id = in_use.sale_id
            and spread.published_on = in_use.published_on
            and spread.batch_no is not distinct from in_use.batch_no
            and spread.line is not distinct from in_use.line
    left join source
        on spread.main_source_id = source.source_id
    left join mark
        on spread.confidence = mark.confidence
    left join spelling as vendor_name
        on
            spread.vendor = vendor_name.written
            and vendor_name.field = 'vendor'
    left join spelling as region_name
        on
            spread.region = region_name.written
            and region_name.field = 'region'
    left join spelling as segment_name
        on
            spread.segment = segment_name.written
            and segment_name.field = 'segment'
    where spread.recording = 1
),

spoken as (
    select
        sale_id,
        published_on,
        main_source_id,
        is_current,
        called_vendor as vendor,
        coalesce(chip_id, 'all') as chip_id,
        called_region as region,
        basis,
        called_segment as segment,
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
            when value_type in ('estimate', 'forecast') then voice_id
            else ''
        end as estimator,
        value_type = 'derived' as is_derived_by_source,
        units,
        units_low,
        units_high,
        revenue,
        revenue_low,
        revenue_high,
        currency as money,
        voice_id,
        precedence,
        weakness,
        confidence in ('unverified', 'invented') as is_unseen,
        source_id,
        confidence,
        note
    from named
),

metric_row as (
    -- an end that lies on the wrong side of the point is the point
    select
        *,
        'revenue' as metric,
        coalesce(money, '') as currency,
        cast(revenue as decimal(28, 2)) as value,
        cast(least(revenue_low, revenue) as decimal(28, 2)) as value_low,
        cast(greatest(revenue_high, revenue) as decimal(28, 2)) as value_high
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
        cast(least(units_low, units) as decimal(28, 2)) as value_low,
        cast(greatest(units_high, units) as decimal(28, 2)) as value_high
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
        || '|' || estimator || '|' || metric as total_id
    from metric_row
),

-- The records of the same days: of one voice the one published last, as it
-- restates the others; of these last words the one that somebody has seen, of
-- the better precedence, the surer, in the currency that more records of the
-- series have, published first. The id decides where nothing else does.
worded as (
    select
        *,
        row_number() over (
            partition by
                total_id, currency, customer, period_start, period_end,
                voice_id, is_current
            order by
                is_unseen asc,
                published_on desc,
                precedence asc,
                weakness asc,
                sale_id asc
        ) as word,
        count(*) over (
            partition by total_id, currency, customer, is_current
        ) as currency_count
    from total_series
),

placed as (
    select
        *,
        row_number() over (
            partition by
                total_id, customer, period_start, period_end, is_current
            order by
                case when word = 1 then 0 else 1 end asc,
                is_unseen asc,
                precedence asc,
                weakness asc,
                currency_count desc,
                published_on asc,
                sale_id asc
        ) as place
    from worded
),

final as (
    select
        sale_id,
        metric,
        published_on,
        main_source_id,
        is_current,
        case when is_current then place end as place,
        total_id || '|' || currency || '|' || customer as series_id,
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
        voice_id,
        precedence,
        weakness,
        is_unseen,
        currency_count,
        source_id,
        confidence,
        note
    from placed
)

select * from final
