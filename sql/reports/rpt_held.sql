-- One row per figure that rows held back could move: what it is now, and
-- between what and what it would lie with any of them in; and one row per kind
-- and file of rows whose figure cannot be told.
-- grain: figure_key
-- A held row replaces the record of its key, or is added where there is none.
-- The range is that over every choice of the held rows. A text that is no day
-- or number, or a value that cannot be (a close of nought), tells nothing.
with held as (
    select * from rec_held
),

price as (
    select * from rec_prices
),

sale as (
    select * from rec_sales
),

share as (
    select * from rec_share_estimates
),

parameter_row as (
    select * from parameters
),

knowable as (
    -- names become parts of keys that a bar parts
    select
        held.kind,
        held.sale_id,
        replace(held.file_name, '|', '¦') as file_name,
        held.batch_id || ':' || cast(held.line as varchar) as row_key,
        replace(held.symbol, '|', '¦') as symbol,
        replace(held.mic, '|', '¦') as mic,
        replace(held.adjustment, '|', '¦') as adjustment,
        replace(held.currency, '|', '¦') as currency,
        replace(held.vendor, '|', '¦') as vendor,
        held.vendor as vendor_given,
        replace(held.segment, '|', '¦') as segment,
        replace(held.region, '|', '¦') as region,
        replace(held.basis, '|', '¦') as basis,
        replace(held.value_type, '|', '¦') as value_type,
        replace(held.publisher, '|', '¦') as publisher,
        replace(held.period, '|', '¦') as period,
        replace(held.scope, '|', '¦') as scope,
        replace(held.measure, '|', '¦') as measure,
        replace(held.statement_kind, '|', '¦') as statement_kind,
        try_cast(held.traded_on as date) as bar_on,
        try_cast(held.close as decimal(28, 6)) as held_close,
        try_cast(held.period_start as date) as first_on,
        try_cast(held.period_end as date) as last_on,
        try_cast(held.revenue as decimal(28, 6)) as held_revenue,
        try_cast(held.units as decimal(28, 6)) as held_units,
        try_cast(held.share_low_pct as decimal(28, 6)) as held_share_low,
        try_cast(held.share_high_pct as decimal(28, 6)) as held_share_high
    from held
    cross join parameter_row
    where
        coalesce(try_cast(held.published_on as date), parameter_row.as_of)
        <= parameter_row.as_of
),

bar as (
    select
        knowable.row_key,
        knowable.symbol || ':' || knowable.mic as subject,
        knowable.adjustment as series,
        knowable.bar_on,
        knowable.held_close,
        price.close as close_now,
        coalesce(price.currency, knowable.currency) as unit
    from knowable
    left join price
        on
            knowable.symbol = price.symbol
            and knowable.mic = price.mic
            and knowable.adjustment = price.adjustment
            and knowable.bar_on = price.traded_on
    where
        knowable.kind = 'prices'
        and knowable.symbol is not null
        and knowable.mic is not null
        and knowable.adjustment is not null
        and knowable.bar_on
        between date '1970-01-02' and date '2100-01-01'
        and knowable.held_close > 0
        and knowable.held_close <= 1000000000
),

bar_figure as (
    select
        'close' as measure,
        subject,
        series,
        cast(null as varchar) as period,
        bar_on as period_from,
        bar_on as period_to,
        max(unit) as unit,
        max(close_now) as now_low,
        max(close_now) as now_high,
        least(
            min(held_close), coalesce(max(close_now), min(held_close))
        ) as with_low,
        greatest(
            max(held_close), coalesce(max(close_now), max(held_close))
        ) as with_high,
        count(*) as row_count
    from bar
    group by subject, series, bar_on
),

sale_value as (
    select
        row_key,
        sale_id,
        vendor,
        vendor_given,
        segment,
        region,
        basis,
        value_type,
        first_on,
        last_on,
        'revenue' as measure,
        currency as unit,
        held_revenue as held_value
    from knowable
    where
        kind = 'sales'
        and abs(held_revenue) <= 1000000000000000
        and currency is not null
    union all
    select
        row_key,
        sale_id,
        vendor,
        vendor_given,
        segment,
        region,
        basis,
        value_type,
        first_on,
        last_on,
        'units' as measure,
        'units' as unit,
        held_units as held_value
    from knowable
    where kind = 'sales' and held_units between 0 and 1000000000000000
),

sale_told as (
    select
        sale_value.*,
        coalesce(sale_value.segment, '') as segment_named,
        coalesce(sale_value.region, '') as region_named,
        coalesce(sale_value.basis, '') as basis_named,
        coalesce(sale_value.value_type, '') as value_type_named,
        sale_value.held_value - coalesce(
            case sale_value.measure
                when 'units' then cast(sale.units as decimal(28, 6))
                else cast(sale.revenue as decimal(28, 6))
            end, 0
        ) as moved
    from sale_value
    left join sale
        on sale_value.sale_id = sale.sale_id
    where
        sale_value.vendor is not null
        and sale_value.first_on
        between date '1970-01-02' and date '2100-01-01'
        and sale_value.last_on
        between date '1970-01-02' and date '2100-01-01'
        and sale_value.last_on >= sale_value.first_on
),

-- of several held rows with one id only one can come in
sale_moved as (
    select
        vendor,
        segment_named,
        region_named,
        basis_named,
        value_type_named,
        first_on,
        last_on,
        measure,
        unit,
        least(min(moved), 0) as moved_low,
        greatest(max(moved), 0) as moved_high,
        count(*) as row_count
    from sale_told
    group by
        coalesce(sale_id, row_key),
        vendor,
        segment_named,
        region_named,
        basis_named,
        value_type_named,
        first_on,
        last_on,
        measure,
        unit
),

sale_asked as (
    select distinct
        vendor_given,
        first_on,
        last_on
    from sale_told
),

sale_beside as (
    select
        replace(sale.vendor, '|', '¦') as vendor,
        replace(sale.segment, '|', '¦') as segment,
        replace(sale.region, '|', '¦') as region,
        sale.basis,
        sale.value_type,
        sale.period_start,
        sale.period_end,
        sale.revenue,
        sale.units,
        sale.currency
    from sale
    inner join sale_asked
        on
            sale.vendor = sale_asked.vendor_given
            and sale.period_start = sale_asked.first_on
            and sale.period_end = sale_asked.last_on
),

sale_now as (
    select
        vendor,
        segment,
        region,
        basis,
        value_type,
        period_start,
        period_end,
        'revenue' as measure,
        currency as unit,
        cast(sum(revenue) as decimal(32, 6)) as value_now
    from sale_beside
    where revenue is not null
    group by
        vendor,
        segment,
        region,
        basis,
        value_type,
        period_start,
        period_end,
        currency
    union all
    select
        vendor,
        segment,
        region,
        basis,
        value_type,
        period_start,
        period_end,
        'units' as measure,
        'units' as unit,
        cast(sum(units) as decimal(32, 6)) as value_now
    from sale_beside
    where units is not null
    group by
        vendor, segment, region, basis, value_type, period_start, period_end
),

sale_figure as (
    select
        sale_moved.measure,
        sale_moved.vendor as subject,
        sale_moved.segment_named || '|' || sale_moved.region_named || '|'
        || sale_moved.basis_named || '|' || sale_moved.value_type_named
            as series,
        cast(null as varchar) as period,
        sale_moved.first_on as period_from,
        sale_moved.last_on as period_to,
        sale_moved.unit,
        max(sale_now.value_now) as now_low,
        max(sale_now.value_now) as now_high,
        coalesce(max(sale_now.value_now), 0) + sum(sale_moved.moved_low)
            as with_low,
        coalesce(max(sale_now.value_now), 0) + sum(sale_moved.moved_high)
            as with_high,
        sum(sale_moved.row_count) as row_count
    from sale_moved
    left join sale_now
        on
            sale_moved.vendor = sale_now.vendor
            and sale_moved.segment_named = sale_now.segment
            and sale_moved.region_named = sale_now.region
            and sale_moved.basis_named = sale_now.basis
            and sale_moved.value_type_named = sale_now.value_type
            and sale_moved.first_on = sale_now.period_start
            and sale_moved.last_on = sale_now.period_end
            and sale_moved.measure = sale_now.measure
            and sale_moved.unit = sale_now.unit
    group by
        sale_moved.measure,
        sale_moved.vendor,
        sale_moved.segment_named,
        sale_moved.region_named,
        sale_moved.basis_named,
        sale_moved.value_type_named,
        sale_moved.first_on,
        sale_moved.last_on,
        sale_moved.unit
),

share_told as (
    select
        row_key,
        vendor,
        publisher,
        period,
        coalesce(scope, '') as scope_named,
        coalesce(measure, '') as measure_named,
        coalesce(statement_kind, '') as kind_named,
        coalesce(held_share_low, held_share_high) as held_low,
        coalesce(held_share_high, held_share_low) as held_high
    from knowable
    where
        kind = 'share_estimates'
        and vendor is not null
        and publisher is not null
        and period is not null
        and coalesce(held_share_low, held_share_high) between 0 and 100
        and coalesce(held_share_high, held_share_low) between 0 and 100
        -- a range upside down tells nothing
        and coalesce(held_share_low, held_share_high)
        <= coalesce(held_share_high, held_share_low)
),

share_figure as (
    select
        'share' as measure,
        share_told.vendor as subject,
        share_told.publisher || '|' || share_told.scope_named || '|'
        || share_told.measure_named || '|' || share_told.kind_named as series,
        share_told.period,
        cast(null as date) as period_from,
        cast(null as date) as period_to,
        '%' as unit,
        max(share.share_low_pct) as now_low,
        max(share.share_high_pct) as now_high,
        least(
            min(share_told.held_low),
            coalesce(max(share.share_low_pct), min(share_told.held_low))
        ) as with_low,
        greatest(
            max(share_told.held_high),
            coalesce(max(share.share_high_pct), max(share_told.held_high))
        ) as with_high,
        count(*) as row_count
    from share_told
    left join share
        on
            share_told.publisher = replace(share.publisher, '|', '¦')
            and share_told.period = replace(share.period, '|', '¦')
            and share_told.scope_named = replace(share.scope, '|', '¦')
            and share_told.measure_named = share.measure
            and share_told.kind_named = share.kind
            and share_told.vendor = replace(share.vendor, '|', '¦')
    group by
        share_told.vendor,
        share_told.publisher,
        share_told.period,
        share_told.scope_named,
        share_told.measure_named,
        share_told.kind_named
),

told as (
    select row_key from bar
    union
    select row_key from sale_told
    union
    select row_key from share_told
),

untold_figure as (
    select
        'untold' as measure,
        knowable.kind as subject,
        knowable.file_name as series,
        cast(null as varchar) as period,
        cast(null as date) as period_from,
        cast(null as date) as period_to,
        cast(null as varchar) as unit,
        cast(null as decimal(28, 6)) as now_low,
        cast(null as decimal(28, 6)) as now_high,
        cast(null as decimal(28, 6)) as with_low,
        cast(null as decimal(28, 6)) as with_high,
        count(*) as row_count
    from knowable
    left join told
        on knowable.row_key = told.row_key
    where told.row_key is null
    group by knowable.kind, knowable.file_name
),

figure as (
    select * from bar_figure
    union all
    select * from sale_figure
    union all
    select * from share_figure
    union all
    select * from untold_figure
),

sized as (
    select
        concat_ws(
            '|',
            measure,
            subject,
            series,
            period,
            cast(period_from as varchar),
            cast(period_to as varchar),
            unit
        ) as figure_key,
        *,
        case
            when now_high > 0
                then cast(
                    least(
                        100 * cast(
                            greatest(with_high - now_high, now_low - with_low)
                            as double
                        ) / cast(now_high as double),
                        1000000000
                    ) as decimal(18, 2)
                )
        end as move_pct
    from figure
),

numbered as (
    select
        *,
        row_number() over (
            order by
                case when measure = 'untold' then 1 else 0 end,
                case when move_pct is null then 0 else 1 end,
                move_pct desc,
                figure_key asc
        ) as impact_no
    from sized
),

final as (
    select
        figure_key,
        impact_no,
        measure,
        subject,
        series,
        period,
        period_from,
        period_to,
        unit,
        cast(now_low as decimal(28, 6)) as now_low,
        cast(now_high as decimal(28, 6)) as now_high,
        cast(with_low as decimal(28, 6)) as with_low,
        cast(with_high as decimal(28, 6)) as with_high,
        move_pct,
        cast(row_count as bigint) as row_count
    from numbered
    where impact_no <= 500 or measure = 'untold'
)

select * from final
