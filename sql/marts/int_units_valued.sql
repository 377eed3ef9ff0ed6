-- One row per vendor, chip (or all of them), region and period that somebody
-- counted: the units, and what they come to in dollars.
-- grain: vendor, of_chip, region, period_start, period_end
-- Units sold (estimates, or shipments on record) x dollar prices of one GPU or
-- card quoted in the period; shipments bring their own money. Two counts of
-- the same chip make a range and are never added; modules, servers and
-- rentals are no price of a GPU (trap 16).
with piece as (
    select * from int_sales_fiscal
    where
        metric = 'units'
        and value_type in ('reported', 'estimate')
        and customer = ''
),

disclosed as (
    select * from int_revenue_disclosed
),

revenue_month as (
    select * from fct_revenue_month
    where method = 'shipped'
),

calendar_month as (
    select * from dim_month
),

quote as (
    select * from fct_price_performance
    where
        price_kind = 'sale'
        and quote_unit in ('gpu', 'card')
        and price_per_gpu_usd_low is not null
),

mark as (
    select * from stg_confidence
),

unit_row as (
    select
        piece.vendor,
        piece.chip_id,
        piece.region,
        piece.period_start,
        piece.period_end,
        piece.value,
        piece.value_low,
        piece.value_high,
        cast(null as decimal(20, 2)) as usd_low,
        cast(null as decimal(20, 2)) as usd_high,
        piece.source_id,
        mark.weakness
    from piece
    inner join mark
        on piece.confidence = mark.confidence
),

own_period as (
    select
        vendor,
        period_start,
        period_end
    from disclosed
    group by vendor, period_start, period_end
),

shipped_part as (
    -- a month that a fiscal period cuts counts by its days; parts are decimals
    -- before they are added up, so that the order of rows does not show
    select
        own_period.vendor,
        revenue_month.chip_id,
        revenue_month.region,
        own_period.period_start,
        own_period.period_end,
        date_diff(
            'day',
            greatest(own_period.period_start, calendar_month.month),
            least(own_period.period_end, calendar_month.month_end)
        ) + 1 as days_inside,
        calendar_month.days_in_month,
        revenue_month.units,
        revenue_month.units_low,
        revenue_month.units_high,
        revenue_month.revenue_usd_low,
        revenue_month.revenue_usd_high,
        revenue_month.source_id,
        mark.weakness
    from own_period
    inner join revenue_month
        on own_period.vendor = revenue_month.vendor
    inner join calendar_month
        on
            revenue_month.month = calendar_month.month
            and own_period.period_end >= calendar_month.month
            and own_period.period_start <= calendar_month.month_end
    inner join mark
        on revenue_month.confidence = mark.confidence
),

shipped as (
    select
        vendor,
        chip_id,
        region,
        period_start,
        period_end,
        cast(
            sum(
                cast(
                    cast(units as decimal(18, 2)) * days_inside
                    / days_in_month as decimal(28, 6)
                )
            ) as decimal(28, 2)
        ) as value,
        cast(
            sum(
                cast(
                    cast(units_low as decimal(18, 2)) * days_inside
                    / days_in_month as decimal(28, 6)
                )
            ) as decimal(28, 2)
        ) as value_low,
        case
            when count(units_high) = count(*)
                then cast(
                    sum(
                        cast(
                            cast(units_high as decimal(18, 2)) * days_inside
                            / days_in_month as decimal(28, 6)
                        )
                    ) as decimal(28, 2)
                )
        end as value_high,
        cast(
            sum(
                cast(
                    revenue_usd_low * days_inside / days_in_month
                    as decimal(28, 6)
                )
            ) as decimal(20, 2)
        ) as usd_low,
        case
            when count(revenue_usd_high) = count(*)
                then cast(
                    sum(
                        cast(
                            revenue_usd_high * days_inside / days_in_month
                            as decimal(28, 6)
                        )
                    ) as decimal(20, 2)
                )
        end as usd_high,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from shipped_part
    group by
        vendor, chip_id, region, period_start, period_end
),

unit_count as (
    select * from unit_row
    union all
    select * from shipped
),

counted as (
    select
        vendor,
        chip_id,
        region,
        period_start,
        period_end,
        case
            when min(value) = max(value) and count(value) = count(*)
                then max(value)
        end as units,
        case when count(value_low) = count(*) then min(value_low) end
            as units_low,
        case when count(value_high) = count(*) then max(value_high) end
            as units_high,
        case when count(usd_low) = count(*) then min(usd_low) end as usd_low,
        case when count(usd_high) = count(*) then max(usd_high) end
            as usd_high,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from unit_count
    group by vendor, chip_id, region, period_start, period_end
),

quoted as (
    select
        quote.chip_id,
        quote.quoted_on,
        case quote.quoted_precision
            when 'month' then last_day(quote.quoted_on)
            when 'quarter'
                then cast(
                    date_trunc('quarter', quote.quoted_on)
                    + interval 3 month
                    - interval 1 day as date
                )
            when 'year'
                then make_date(
                    cast(extract(year from quote.quoted_on) as integer),
                    12,
                    31
                )
            else quote.quoted_on
        end as quoted_to,
        quote.price_per_gpu_usd_low,
        quote.price_per_gpu_usd_high,
        quote.source_id,
        mark.weakness
    from quote
    inner join mark
        on quote.confidence = mark.confidence
),

priced as (
    select
        counted.vendor,
        counted.chip_id,
        counted.region,
        counted.period_start,
        counted.period_end,
        min(quoted.price_per_gpu_usd_low) as price_low,
        max(quoted.price_per_gpu_usd_high) as price_high,
        string_agg(distinct quoted.source_id, ';' order by quoted.source_id)
            as source_id,
        max(quoted.weakness) as weakness
    from counted
    inner join quoted
        on
            counted.chip_id = quoted.chip_id
            and counted.period_start <= quoted.quoted_to
            and counted.period_end >= quoted.quoted_on
    group by
        counted.vendor, counted.chip_id, counted.region,
        counted.period_start, counted.period_end
),

valued as (
    select
        counted.vendor,
        counted.chip_id,
        counted.region,
        counted.period_start,
        counted.period_end,
        counted.units,
        counted.units_low,
        counted.units_high,
        case when counted.usd_low is null then priced.price_low end
            as price_low,
        case when counted.usd_low is null then priced.price_high end
            as price_high,
        coalesce(
            counted.usd_low,
            cast(
                cast(counted.units_low as decimal(28, 2))
                * cast(priced.price_low as decimal(14, 2)) as decimal(20, 2)
            )
        ) as usd_low,
        coalesce(
            counted.usd_high,
            cast(
                cast(counted.units_high as decimal(28, 2))
                * cast(priced.price_high as decimal(14, 2)) as decimal(20, 2)
            )
        ) as usd_high,
        case
            when counted.usd_low is not null or priced.source_id is null
                then counted.source_id
            else counted.source_id || ';' || priced.source_id
        end as source_id,
        greatest(counted.weakness, coalesce(priced.weakness, 1)) as weakness
    from counted
    left join priced
        on
            counted.vendor = priced.vendor
            and counted.chip_id = priced.chip_id
            and counted.region = priced.region
            and counted.period_start = priced.period_start
            and counted.period_end = priced.period_end
),

all_chips as (
    -- against a company's revenue: its chips together, or its own total where
    -- no chip is counted by itself
    select
        vendor,
        region,
        period_start,
        period_end,
        case when count(units) = count(*) then sum(units) end as units,
        case when count(units_low) = count(*) then sum(units_low) end
            as units_low,
        case when count(units_high) = count(*) then sum(units_high) end
            as units_high,
        case when count(*) = 1 then max(price_low) end as price_low,
        case when count(*) = 1 then max(price_high) end as price_high,
        case when count(usd_low) = count(*) then sum(usd_low) end as usd_low,
        case when count(usd_high) = count(*) then sum(usd_high) end
            as usd_high,
        string_agg(chip_id, ';' order by chip_id) as chips_counted,
        string_agg(source_id, ';' order by chip_id) as source_id,
        max(weakness) as weakness
    from valued
    where chip_id <> 'all'
    group by vendor, region, period_start, period_end
),

bottom_up as (
    select
        vendor,
        chip_id as of_chip,
        region,
        period_start,
        period_end,
        units,
        units_low,
        units_high,
        price_low,
        price_high,
        usd_low,
        usd_high,
        chip_id as chips_counted,
        source_id,
        weakness
    from valued
    where chip_id <> 'all'
    union all
    select
        vendor,
        'all' as of_chip,
        region,
        period_start,
        period_end,
        units,
        units_low,
        units_high,
        price_low,
        price_high,
        usd_low,
        usd_high,
        chips_counted,
        source_id,
        weakness
    from all_chips
    union all
    select
        valued.vendor,
        'all' as of_chip,
        valued.region,
        valued.period_start,
        valued.period_end,
        valued.units,
        valued.units_low,
        valued.units_high,
        valued.price_low,
        valued.price_high,
        valued.usd_low,
        valued.usd_high,
        'all' as chips_counted,
        valued.source_id,
        valued.weakness
    from valued
    left join all_chips
        on
            valued.vendor = all_chips.vendor
            and valued.region = all_chips.region
            and valued.period_start = all_chips.period_start
            and valued.period_end = all_chips.period_end
    where
        valued.chip_id = 'all'
        and all_chips.vendor is null
),

period_said as (
    select
        vendor,
        period_start,
        period_end,
        fiscal_period,
        period_kind,
        case when fiscal_period not like 'CY%' then fiscal_period end
            as own_name
    from disclosed
    union all
    select
        vendor,
        period_start,
        period_end,
        fiscal_period,
        period_kind,
        case when fiscal_period not like 'CY%' then fiscal_period end
            as own_name
    from piece
),

period_name as (
    -- the filer's own name of a period before that of a calendar year
    select
        vendor,
        period_start,
        period_end,
        coalesce(
            string_agg(distinct own_name, ' / ' order by own_name),
            string_agg(distinct fiscal_period, ' / ' order by fiscal_period)
        ) as fiscal_period,
        string_agg(distinct period_kind, ' / ' order by period_kind)
            as period_kind
    from period_said
    group by vendor, period_start, period_end
),

final as (
    select
        bottom_up.vendor,
        bottom_up.of_chip,
        bottom_up.region,
        bottom_up.period_start,
        bottom_up.period_end,
        period_name.fiscal_period,
        period_name.period_kind,
        bottom_up.chips_counted,
        cast(bottom_up.units as decimal(28, 2)) as units,
        cast(bottom_up.units_low as decimal(28, 2)) as units_low,
        cast(bottom_up.units_high as decimal(28, 2)) as units_high,
        cast(bottom_up.price_low as decimal(18, 2)) as price_low,
        cast(bottom_up.price_high as decimal(18, 2)) as price_high,
        cast(bottom_up.usd_low as decimal(20, 2)) as usd_low,
        cast(bottom_up.usd_high as decimal(20, 2)) as usd_high,
        bottom_up.source_id,
        mark.confidence
    from bottom_up
    inner join mark
        on bottom_up.weakness = mark.weakness
    inner join period_name
        on
            bottom_up.vendor = period_name.vendor
            and bottom_up.period_start = period_name.period_start
            and bottom_up.period_end = period_name.period_end
)

select * from final
