-- One row per vendor, period and disclosed revenue (or none): what units times
-- prices come to beside it, and how much of it they explain.
-- grain: vendor, period_start, period_end, chip_id, region, basis, segment,
-- scope, units_region
-- Revenue from China, and units sold there or worldwide: no other region.
-- Top down is revenue as filed, in the filer's own period; a year of units is
-- set against the periods that fill it, or against fiscal quarters cut by
-- days. A company's revenue holds more than AI chips (trap 12): coverage of it
-- is a part, never a check, and gives no price.
with mark as (
    select * from stg_confidence
),

revenue_disclosed as (
    select * from int_revenue_disclosed
),

units_valued as (
    select * from int_units_valued
),

piece_month as (
    select * from int_sales_fiscal_month
    where
        metric = 'revenue'
        and value_type = 'reported'
        and customer = ''
        and region like 'China%'
),

disclosed as (
    select
        revenue_disclosed.*,
        mark.weakness
    from revenue_disclosed
    inner join mark
        on revenue_disclosed.confidence = mark.confidence
),

bottom_up as (
    select
        units_valued.*,
        mark.weakness
    from units_valued
    inner join mark
        on units_valued.confidence = mark.confidence
    where
        units_valued.region like 'China%'
        or units_valued.region = 'World'
),

unit_period as (
    -- what counts of several regions call the period; its kind follows from
    -- its days
    select
        vendor,
        of_chip,
        period_start,
        period_end,
        string_agg(distinct fiscal_period, ' / ' order by fiscal_period)
            as fiscal_period,
        string_agg(distinct period_kind, ' / ' order by period_kind)
            as period_kind
    from bottom_up
    group by vendor, of_chip, period_start, period_end
),

tiled as (
    -- the filer's own periods that fill the period of the units
    select
        unit_period.vendor,
        unit_period.of_chip as chip_id,
        disclosed.region,
        disclosed.basis,
        disclosed.segment,
        disclosed.scope,
        unit_period.period_start,
        unit_period.period_end,
        unit_period.fiscal_period,
        unit_period.period_kind,
        case
            when count(*) = 1 then max(disclosed.method)
            else 'added'
        end as method,
        case
            when count(disclosed.usd_low) = count(*)
                then sum(disclosed.usd_low)
        end as usd_low,
        case
            when count(disclosed.usd_high) = count(*)
                then sum(disclosed.usd_high)
        end as usd_high,
        string_agg(
            distinct disclosed.source_id, ';'
            order by disclosed.source_id
        ) as source_id,
        max(disclosed.weakness) as weakness
    from unit_period
    inner join disclosed
        on
            unit_period.vendor = disclosed.vendor
            and unit_period.of_chip = disclosed.chip_id
            and disclosed.period_start
            between unit_period.period_start and unit_period.period_end
            and disclosed.period_end
            between unit_period.period_start and unit_period.period_end
    group by
        unit_period.vendor, unit_period.of_chip, disclosed.region,
        disclosed.basis, disclosed.segment, disclosed.scope,
        unit_period.period_start, unit_period.period_end,
        unit_period.fiscal_period, unit_period.period_kind
    having
        sum(disclosed.days)
        = date_diff('day', unit_period.period_start, unit_period.period_end)
        + 1
),

cut as (
    -- whole calendar months of fiscal periods that cross their edges
    select
        unit_period.vendor,
        unit_period.of_chip as chip_id,
        piece_month.region,
        piece_month.basis,
        piece_month.segment,
        piece_month.scope,
        unit_period.period_start,
        unit_period.period_end,
        unit_period.fiscal_period,
        unit_period.period_kind,
        'by_days' as method,
        case
            when count(piece_month.value_usd_low) = count(*)
                then sum(piece_month.value_usd_low)
        end as usd_low,
        case
            when count(piece_month.value_usd_high) = count(*)
                then sum(piece_month.value_usd_high)
        end as usd_high,
        string_agg(
            distinct piece_month.source_id, ';'
            order by piece_month.source_id
        ) as source_id,
        max(greatest(piece_month.weakness, 3)) as weakness
    from unit_period
    inner join piece_month
        on
            unit_period.vendor = piece_month.vendor
            and unit_period.of_chip = piece_month.chip_id
            and piece_month.month
            between unit_period.period_start and unit_period.period_end
    where
        extract(day from unit_period.period_start) = 1
        and last_day(unit_period.period_end) = unit_period.period_end
    group by
        unit_period.vendor, unit_period.of_chip, piece_month.region,
        piece_month.basis, piece_month.segment, piece_month.scope,
        unit_period.period_start, unit_period.period_end,
        unit_period.fiscal_period, unit_period.period_kind
    having
        sum(piece_month.days)
        = date_diff('day', unit_period.period_start, unit_period.period_end)
        + 1
),

top_down as (
    select * from tiled
    union all
    select cut.* from cut
    left join tiled
        on
            cut.vendor = tiled.vendor
            and cut.chip_id = tiled.chip_id
            and cut.region = tiled.region
            and cut.basis = tiled.basis
            and cut.segment = tiled.segment
            and cut.scope = tiled.scope
            and cut.period_start = tiled.period_start
            and cut.period_end = tiled.period_end
    where tiled.vendor is null
    union all
    -- disclosed, and nobody has counted
    select
        disclosed.vendor,
        disclosed.chip_id,
        disclosed.region,
        disclosed.basis,
        disclosed.segment,
        disclosed.scope,
        disclosed.period_start,
        disclosed.period_end,
        disclosed.fiscal_period,
        disclosed.period_kind,
        disclosed.method,
        disclosed.usd_low,
        disclosed.usd_high,
        disclosed.source_id,
        disclosed.weakness
    from disclosed
    left join unit_period
        on
            disclosed.vendor = unit_period.vendor
            and disclosed.chip_id = unit_period.of_chip
            and disclosed.period_start = unit_period.period_start
            and disclosed.period_end = unit_period.period_end
    where unit_period.vendor is null
),

paired as (
    select
        coalesce(top_down.vendor, bottom_up.vendor) as vendor,
        coalesce(top_down.period_start, bottom_up.period_start)
            as period_start,
        coalesce(top_down.period_end, bottom_up.period_end) as period_end,
        coalesce(top_down.chip_id, bottom_up.of_chip) as chip_id,
        coalesce(top_down.region, 'none') as region,
        coalesce(top_down.basis, 'none') as basis,
        coalesce(top_down.segment, 'none') as segment,
        coalesce(top_down.scope, 'none') as scope,
        coalesce(bottom_up.region, 'none') as units_region,
        coalesce(top_down.fiscal_period, bottom_up.fiscal_period)
            as fiscal_period,
        coalesce(top_down.period_kind, bottom_up.period_kind) as period_kind,
        top_down.method,
        top_down.usd_low as top_low,
        top_down.usd_high as top_high,
        bottom_up.chips_counted,
        bottom_up.units,
        bottom_up.units_low,
        bottom_up.units_high,
        bottom_up.price_low,
        bottom_up.price_high,
        bottom_up.usd_low as bottom_low,
        bottom_up.usd_high as bottom_high,
        case
            when top_down.source_id is null then bottom_up.source_id
            when bottom_up.source_id is null then top_down.source_id
            else top_down.source_id || ';' || bottom_up.source_id
        end as source_id,
        greatest(
            coalesce(top_down.weakness, 1), coalesce(bottom_up.weakness, 1)
        ) as weakness
    from top_down
    full outer join bottom_up
        on
            top_down.vendor = bottom_up.vendor
            and top_down.chip_id = bottom_up.of_chip
            and top_down.period_start = bottom_up.period_start
            and top_down.period_end = bottom_up.period_end
            and (
                bottom_up.region in (top_down.region, 'World')
                or (
                    top_down.region like 'China%'
                    and bottom_up.region like 'China%'
                )
            )
),

-- a chip counted for a company's total is no second count without disclosure
asked as (
    select
        *,
        chip_id = 'all'
        and region = 'none'
        and chips_counted <> 'all' as is_repeat
    from paired
),

reasoned as (
    select
        *,
        scope in ('ai_chips', 'product') and top_high > 0 as is_of_chips,
        case
            when region = 'none' then 'no_disclosure'
            when units_region = 'none' then 'no_units'
            when method = 'restated' then 'restated'
            when top_low is null and top_high is null then 'no_dollars'
            when bottom_low is null and chips_counted = 'all'
                then 'units_not_by_chip'
            when bottom_low is null and bottom_high is null then 'no_price'
            when top_high = 0 then 'disclosed_zero'
        end as reason
    from asked
    where not is_repeat
),

final as (
    select
        reasoned.vendor,
        reasoned.period_start,
        reasoned.period_end,
        reasoned.chip_id,
        reasoned.region,
        reasoned.basis,
        reasoned.segment,
        reasoned.scope,
        reasoned.units_region,
        reasoned.fiscal_period,
        reasoned.period_kind,
        cast(reasoned.top_low as decimal(20, 2)) as top_down_usd_low,
        cast(reasoned.top_high as decimal(20, 2)) as top_down_usd_high,
        reasoned.method as top_down_method,
        reasoned.chips_counted,
        cast(reasoned.units as decimal(28, 2)) as units,
        cast(reasoned.units_low as decimal(28, 2)) as units_low,
        cast(reasoned.units_high as decimal(28, 2)) as units_high,
        case
            when reasoned.units_region = 'none' or reasoned.region = 'none'
                then null
            when reasoned.units_region = reasoned.region then 'same'
            when reasoned.units_region = 'World' then 'units_worldwide'
            else 'hong_kong_differs'
        end as region_match,
        cast(reasoned.price_low as decimal(18, 2)) as price_usd_low,
        cast(reasoned.price_high as decimal(18, 2)) as price_usd_high,
        cast(reasoned.bottom_low as decimal(20, 2)) as bottom_up_usd_low,
        cast(reasoned.bottom_high as decimal(20, 2)) as bottom_up_usd_high,
        cast(
            case
                when reasoned.reason is null
                    then
                        cast(reasoned.bottom_low as double) * 100
                        / nullif(cast(reasoned.top_high as double), 0)
            end as decimal(18, 4)
        ) as coverage_low_pct,
        cast(
            case
                when reasoned.reason is null
                    then
                        cast(reasoned.bottom_high as double) * 100
                        / nullif(cast(reasoned.top_low as double), 0)
            end as decimal(18, 4)
        ) as coverage_high_pct,
        -- what a unit would have brought: the disclosed amount over the count
        cast(
            case
                when reasoned.is_of_chips
                    then
                        cast(reasoned.top_low as double)
                        / nullif(cast(reasoned.units_high as double), 0)
            end as decimal(18, 2)
        ) as implied_price_usd_low,
        cast(
            case
                when reasoned.is_of_chips
                    then
                        cast(reasoned.top_high as double)
                        / nullif(cast(reasoned.units_low as double), 0)
            end as decimal(18, 2)
        ) as implied_price_usd_high,
        case
            when
                reasoned.is_of_chips
                and reasoned.top_low = reasoned.top_high
                then cast(
                    cast(reasoned.top_high as double)
                    / nullif(cast(reasoned.units as double), 0)
                    as decimal(18, 2)
                )
        end as implied_price_usd,
        case
            when reasoned.reason is not null then null
            when reasoned.bottom_low > reasoned.top_high then 'above'
            when reasoned.bottom_high < reasoned.top_low then 'below'
            else 'inside'
        end as standing,
        reasoned.reason,
        reasoned.source_id,
        mark.confidence
    from reasoned
    inner join mark
        on reasoned.weakness = mark.weakness
)

select * from final
