-- One row per disclosed revenue from China of a vendor, of a chip or of all it
-- sold on one basis, in dollars. Other regions have no row.
-- grain: vendor, chip_id, region, basis, segment, scope, period_start
-- Where a chip's sales in China and outside are both told for the same days,
-- their sum stands beside them as World.
with piece as (
    select * from int_sales_fiscal
    where
        metric = 'revenue'
        and value_type = 'reported'
        and customer = ''
        and (region like 'China%' or region = 'non-China')
),

piece_month as (
    select * from int_sales_fiscal_month
    where
        metric = 'revenue'
        and value_type = 'reported'
        and customer = ''
        and (region like 'China%' or region = 'non-China')
),

mark as (
    select * from stg_confidence
),

piece_usd as (
    select
        series_id,
        period_start,
        period_end,
        case when count(value_usd_low) = count(*) then sum(value_usd_low) end
            as usd_low,
        case
            when count(value_usd_high) = count(*) then sum(value_usd_high)
        end as usd_high
    from piece_month
    group by series_id, period_start, period_end
),

disclosed_piece as (
    select
        piece.vendor,
        piece.chip_id,
        piece.region,
        piece.basis,
        piece.segment,
        piece.scope,
        piece.fiscal_period,
        piece.period_kind,
        piece.period_start,
        piece.period_end,
        piece.days,
        piece.method,
        piece_usd.usd_low,
        piece_usd.usd_high,
        piece.source_id,
        mark.weakness
    from piece
    inner join piece_usd
        on
            piece.series_id = piece_usd.series_id
            and piece.period_start = piece_usd.period_start
            and piece.period_end = piece_usd.period_end
    inner join mark
        on piece.confidence = mark.confidence
),

everywhere as (
    -- where a chip's sales in China and outside are both told, their sum too
    select
        vendor,
        chip_id,
        'World' as region,
        basis,
        segment,
        scope,
        string_agg(distinct fiscal_period, ' / ' order by fiscal_period)
            as fiscal_period,
        period_kind,
        period_start,
        period_end,
        max(days) as days,
        'added' as method,
        case when count(usd_low) = 2 then sum(usd_low) end as usd_low,
        case when count(usd_high) = 2 then sum(usd_high) end as usd_high,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from disclosed_piece
    where
        chip_id <> 'all'
        and region in ('China', 'non-China')
    group by
        vendor, chip_id, basis, segment, scope, period_start, period_end,
        period_kind
    having count(*) = 2
),

disclosed as (
    select * from disclosed_piece
    where region <> 'non-China'
    union all
    select * from everywhere
),

final as (
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
        disclosed.days,
        disclosed.method,
        cast(disclosed.usd_low as decimal(20, 2)) as usd_low,
        cast(disclosed.usd_high as decimal(20, 2)) as usd_high,
        disclosed.source_id,
        mark.confidence
    from disclosed
    inner join mark
        on disclosed.weakness = mark.weakness
)

select * from final
