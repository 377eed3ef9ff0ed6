-- One row per key figure that a reader sees first.
-- grain: figure_key
-- What is shown is chosen here and nowhere else: NVIDIA and the H200 are what
-- the rules of January 2026 are about; Cambricon is the listed Chinese vendor
-- of AI chips alone. Units and dollars stay two figures (trap 13); the latest
-- basis of China revenue is named and never spliced with the other (trap 9).
with chosen as (
    select
        'NVIDIA' as vendor,
        'nv-h200-sxm' as chip_id,
        'NVDA' as us_symbol,
        '688256' as cn_symbol
),

sales as (
    select * from int_sales_fiscal
    where
        metric = 'revenue'
        and value_type = 'reported'
        and currency = 'USD'
        and customer = ''
),

fee as (
    select * from stg_fee
    where
        is_current
        and not is_exemption
        and rate > 0
),

fee_chip as (
    select * from int_fee_chip
),

chip as (
    select * from dim_chip
),

share as (
    select * from fct_share
),

reaction as (
    select * from fct_event_return
),

briefed_event as (
    select * from stg_briefed_event
),

event as (
    select * from rec_events
),

parameter_row as (
    select * from parameters
),

china_revenue as (
    select
        sales.*,
        row_number() over (
            order by
                sales.period_end desc,
                case when sales.basis = 'customer_hq' then 0 else 1 end asc,
                case sales.scope
                    when 'company' then 0
                    when 'data_center' then 1
                    when 'ai_chips' then 2
                    else 3
                end asc,
                case when sales.region = 'China' then 0 else 1 end asc,
                sales.published_on desc,
                sales.source_id asc
        ) as recency
    from sales
    inner join chosen
        on sales.vendor = chosen.vendor
    where
        sales.chip_id = 'all'
        and sales.segment = 'Total'
        and sales.region like 'China%'
        and sales.period_kind = 'quarter'
        and sales.method <> 'restated'
        and sales.basis in ('customer_hq', 'billing')
),

chip_revenue as (
    select
        sales.*,
        chosen.vendor as chosen_vendor,
        row_number() over (
            order by
                sales.period_end desc,
                case sales.basis
                    when 'customer_hq' then 0
                    when 'billing' then 1
                    when 'shipment' then 2
                    else 3
                end asc,
                case when sales.region = 'China' then 0 else 1 end asc,
                sales.published_on desc,
                sales.source_id asc
        ) as recency
    from sales
    inner join chosen
        on sales.chip_id = chosen.chip_id
    where
        sales.region like 'China%'
        and sales.period_kind = 'quarter'
),

data_center as (
    select
        sales.vendor,
        sales.period_start,
        sales.period_end,
        max(sales.value) as value
    from sales
    where
        sales.segment = 'Data Center'
        and sales.region = 'World'
    group by sales.vendor, sales.period_start, sales.period_end
),

duty as (
    select
        fee.*,
        fee_chip.short_name,
        row_number() over (
            order by fee.in_force_from desc, fee.fee_id asc
        ) as recency
    from fee
    inner join fee_chip
        on
            fee.fee_id = fee_chip.fee_id
            and fee.valid_from = fee_chip.valid_from
    inner join chosen
        on fee_chip.chip_id = chosen.chip_id
    cross join parameter_row
    where
        fee.status = 'in_force'
        and fee_chip.applies_from <= parameter_row.as_of
        and (
            fee_chip.applies_to is null
            or fee_chip.applies_to >= parameter_row.as_of
        )
),

vendor_share as (
    select
        share.*,
        row_number() over (
            partition by share.measure
            order by
                share.period_end desc,
                case when share.kind = 'actual' then 0 else 1 end asc,
                case
                    when
                        share.confidence in (
                            'contested', 'unverified', 'invented'
                        )
                        then 1
                    else 0
                end asc,
                share.published_on desc,
                share.publisher asc,
                share.scope asc
        ) as recency
    from share
    inner join chosen
        on share.vendor = chosen.vendor
    where
        share.kind in ('actual', 'estimate')
        and share.measure in ('units', 'usd')
        and share.share_high_pct is not null
        and share.period_end is not null
),

move as (
    select
        reaction.symbol,
        reaction.event_day,
        reaction.raw_return_pct,
        reaction.benchmark_symbol,
        reaction.benchmark_return_pct,
        reaction.timing,
        reaction.source_id,
        reaction.confidence,
        event.title,
        event.title_zh,
        case
            when reaction.symbol = chosen.us_symbol then 'market_move_us'
            else 'market_move_cn'
        end as figure_key,
        row_number() over (
            partition by reaction.symbol
            order by reaction.event_day desc, reaction.event_id desc
        ) as recency
    from reaction
    inner join chosen
        on reaction.symbol in (chosen.us_symbol, chosen.cn_symbol)
    inner join briefed_event
        on reaction.event_id = briefed_event.event_id
    inner join event
        on reaction.event_id = event.event_id
    where
        reaction.window_name = '[0]'
        and reaction.raw_return_pct is not null
),

dated_event as (
    select
        event_id,
        title,
        title_zh,
        announced_on as due_on,
        source_id,
        confidence
    from event
    where announced_precision = 'day'
    union all
    select
        event_id,
        title,
        title_zh,
        effective_on as due_on,
        source_id,
        confidence
    from event
    where effective_on is not null
    union all
    select
        event_id,
        title,
        title_zh,
        compliance_on as due_on,
        source_id,
        confidence
    from event
    where compliance_on is not null
),

next_event as (
    select
        dated_event.*,
        row_number() over (
            order by dated_event.due_on, dated_event.event_id
        ) as nearness
    from dated_event
    cross join parameter_row
    where dated_event.due_on > parameter_row.as_of
),

figure as (
    select
        'china_revenue' as figure_key,
        1 as figure_no,
        vendor as subject,
        value,
        case when value is null then value_low end as value_low,
        case when value is null then value_high end as value_high,
        'USD' as unit,
        fiscal_period as text,
        fiscal_period as text_zh,
        period_start as period_from,
        period_end as period_to,
        basis,
        cast(null as varchar) as publisher,
        method as status,
        cast(null as decimal(28, 4)) as other_value,
        cast(null as varchar) as other_unit,
        cast(null as varchar) as other_subject,
        source_id,
        confidence
    from china_revenue
    where recency = 1
    union all
    select
        'h200_china_revenue' as figure_key,
        2 as figure_no,
        chip.short_name as subject,
        chip_revenue.value,
        case
            when chip_revenue.value is null then chip_revenue.value_low
        end as value_low,
        case
            when chip_revenue.value is null then chip_revenue.value_high
        end as value_high,
        'USD' as unit,
        chip_revenue.fiscal_period as text,
        chip_revenue.fiscal_period as text_zh,
        chip_revenue.period_start as period_from,
        chip_revenue.period_end as period_to,
        case
            when
                chip_revenue.value is null
                and chip_revenue.value_high * 100 = data_center.value
                then 'below_one_percent_bound'
            else chip_revenue.basis
        end as basis,
        cast(null as varchar) as publisher,
        chip_revenue.method as status,
        cast(null as decimal(28, 4)) as other_value,
        cast(null as varchar) as other_unit,
        cast(null as varchar) as other_subject,
        chip_revenue.source_id,
        chip_revenue.confidence
    from chip_revenue
    inner join chip
        on chip_revenue.chip_id = chip.chip_id
    left join data_center
        on
            chip_revenue.vendor = data_center.vendor
            and chip_revenue.period_start = data_center.period_start
            and chip_revenue.period_end = data_center.period_end
    where chip_revenue.recency = 1
    union all
    select
        'duty_in_force' as figure_key,
        3 as figure_no,
        short_name as subject,
        100 * rate as value,
        null as value_low,
        null as value_high,
        'percent' as unit,
        title as text,
        title_zh as text_zh,
        in_force_from as period_from,
        in_force_to as period_to,
        base as basis,
        cast(null as varchar) as publisher,
        status,
        cast(null as decimal(28, 4)) as other_value,
        cast(null as varchar) as other_unit,
        cast(null as varchar) as other_subject,
        source_id,
        confidence
    from duty
    where recency = 1
    union all
    select
        'h200_tpp' as figure_key,
        4 as figure_no,
        chip.short_name as subject,
        chip.tpp as value,
        null as value_low,
        null as value_high,
        'TPP' as unit,
        cast(null as varchar) as text,
        cast(null as varchar) as text_zh,
        cast(null as date) as period_from,
        chip.as_of as period_to,
        case
            when chip.duty_reason = 'inside_band' then chip.duty_band
            when chip.duty_reason = 'outside_bands' then 'outside_bands'
            else chip.duty_reason
        end as basis,
        cast(null as varchar) as publisher,
        chip.duty_reason as status,
        chip.memory_bandwidth_gbs as other_value,
        'GB/s' as other_unit,
        chip.short_name as other_subject,
        chip.source_id,
        chip.confidence
    from chip
    inner join chosen
        on chip.chip_id = chosen.chip_id
    where chip.tpp is not null
    union all
    select
        'share_' || measure as figure_key,
        case when measure = 'units' then 5 else 6 end as figure_no,
        vendor as subject,
        case when share_low_pct = share_high_pct then share_high_pct end
            as value,
        case when share_low_pct = share_high_pct then null else share_low_pct
        end as value_low,
        case when share_low_pct = share_high_pct then null else share_high_pct
        end as value_high,
        'percent' as unit,
        period as text,
        period as text_zh,
        period_start as period_from,
        period_end as period_to,
        measure as basis,
        publisher,
        kind as status,
        cast(null as decimal(28, 4)) as other_value,
        cast(null as varchar) as other_unit,
        cast(null as varchar) as other_subject,
        source_id,
        confidence
    from vendor_share
    where recency = 1
    union all
    select
        figure_key,
        case when figure_key = 'market_move_us' then 7 else 8 end as figure_no,
        symbol as subject,
        raw_return_pct as value,
        null as value_low,
        null as value_high,
        'percent' as unit,
        title as text,
        title_zh as text_zh,
        cast(null as date) as period_from,
        event_day as period_to,
        'close_since_event' as basis,
        cast(null as varchar) as publisher,
        timing as status,
        benchmark_return_pct as other_value,
        'percent' as other_unit,
        benchmark_symbol as other_subject,
        source_id,
        confidence
    from move
    where recency = 1
    union all
    select
        'next_event' as figure_key,
        9 as figure_no,
        event_id as subject,
        null as value,
        null as value_low,
        null as value_high,
        'date' as unit,
        title as text,
        title_zh as text_zh,
        cast(null as date) as period_from,
        due_on as period_to,
        'due' as basis,
        cast(null as varchar) as publisher,
        'scheduled' as status,
        cast(null as decimal(28, 4)) as other_value,
        cast(null as varchar) as other_unit,
        cast(null as varchar) as other_subject,
        source_id,
        confidence
    from next_event
    where nearness = 1
),

final as (
    select
        figure.figure_key,
        cast(figure.figure_no as bigint) as figure_no,
        figure.subject,
        cast(figure.value as decimal(28, 4)) as value,
        cast(figure.value_low as decimal(28, 4)) as value_low,
        cast(figure.value_high as decimal(28, 4)) as value_high,
        figure.unit,
        figure.text,
        figure.text_zh,
        figure.period_from,
        figure.period_to,
        figure.basis,
        china_revenue.scope,
        figure.publisher,
        figure.status,
        cast(figure.other_value as decimal(28, 4)) as other_value,
        figure.other_unit,
        figure.other_subject,
        figure.source_id,
        figure.confidence
    from figure
    left join china_revenue
        on
            figure.figure_key = 'china_revenue'
            and china_revenue.recency = 1
)

select * from final
