-- One row per stretch of days that a series' records tell apart: a quarter
-- filed, or what is left of a longer filing once its filed parts are taken out.
-- grain: series_id, period_start, period_end
-- source: A-share interim reports are year-to-date (Q2 = H1 - Q1, Q3 = 9M - H1,
-- Q4 = FY - 9M, or the year less the quarters filed). A piece is had by
-- difference only where everything else of the longer period is filed; where
-- two gaps remain, what is left is spread over them by days: allocated. Where
-- one of the two was restated after the other was last published, they are of
-- two vintages: nothing is subtracted, the piece is blank and says restated.
with used_row as (
    select * from int_sales_row
    where standing = 'used'
),

confidence_rank as (
    select * from stg_confidence
),

ranked as (
    select
        used_row.*,
        used_row.sale_id || '|' || used_row.metric as row_id,
        confidence_rank.weakness
    from used_row
    inner join confidence_rank
        on used_row.confidence = confidence_rank.confidence
),

inside as (
    select
        whole.row_id,
        part.row_id as part_id
    from ranked as whole
    inner join ranked as part
        on
            whole.series_id = part.series_id
            and whole.period_start <= part.period_start
            and whole.period_end >= part.period_end
            and whole.days > part.days
),

deeper as (
    -- parts of a part: H1 is taken out of the year, not H1 and Q1
    select
        outer_pair.row_id,
        inner_pair.part_id
    from inside as outer_pair
    inner join inside as inner_pair
        on outer_pair.part_id = inner_pair.row_id
    group by outer_pair.row_id, inner_pair.part_id
),

direct_part as (
    select
        inside.row_id,
        ranked.period_start,
        ranked.period_end,
        ranked.days,
        ranked.value,
        ranked.value_low,
        ranked.value_high,
        ranked.fiscal_period,
        ranked.published_on,
        ranked.source_id,
        ranked.weakness,
        -- a part restated and the whole published again since are one vintage
        case
            when ranked.restated_on > whole.published_on
                then ranked.restated_on
            when
                whole.restated_on > ranked.published_on
                and not coalesce(
                    ranked.restated_on > whole.first_published_on, false
                )
                then whole.restated_on
        end as mixed_since
    from inside
    inner join ranked
        on inside.part_id = ranked.row_id
    inner join ranked as whole
        on inside.row_id = whole.row_id
    left join deeper
        on
            inside.row_id = deeper.row_id
            and inside.part_id = deeper.part_id
    where deeper.row_id is null
),

parts as (
    select
        row_id,
        count(*) as part_count,
        case when count(value) = count(*) then sum(value) end as value,
        case when count(value_low) = count(*) then sum(value_low) end
            as value_low,
        case when count(value_high) = count(*) then sum(value_high) end
            as value_high,
        string_agg(
            coalesce(fiscal_period, '?'), ' - '
            order by period_start
        ) as names,
        max(published_on) as published_on,
        max(mixed_since) as mixed_since,
        string_agg(distinct source_id, ';' order by source_id) as source_id,
        max(weakness) as weakness
    from direct_part
    group by row_id
),

block as (
    select
        row_id,
        period_start,
        period_end
    from direct_part
    union all
    select
        row_id,
        cast(period_start - interval 1 day as date) as period_start,
        cast(period_start - interval 1 day as date) as period_end
    from ranked
    union all
    select
        row_id,
        cast(period_end + interval 1 day as date) as period_start,
        cast(period_end + interval 1 day as date) as period_end
    from ranked
),

between_blocks as (
    select
        row_id,
        cast(
            lag(period_end) over (
                partition by row_id
                order by period_start
            ) + interval 1 day as date
        ) as gap_start,
        cast(period_start - interval 1 day as date) as gap_end
    from block
),

gap as (
    select
        row_id,
        gap_start,
        gap_end,
        date_diff('day', gap_start, gap_end) + 1 as gap_days
    from between_blocks
    where gap_start <= gap_end
),

measured_gap as (
    select
        *,
        count(*) over (partition by row_id) as gap_count,
        cast(
            sum(gap_days) over (partition by row_id) as decimal(6, 0)
        ) as rest_days,
        cast(
            sum(gap_days) over (
                partition by row_id
                order by gap_start
                rows between unbounded preceding and current row
            ) as decimal(6, 0)
        ) as days_to_end
    from gap
),

rest as (
    select
        ranked.*,
        coalesce(parts.part_count, 0) as part_count,
        parts.names as part_names,
        parts.mixed_since,
        case
            when parts.row_id is null then ranked.value
            when parts.mixed_since is null
                then cast(ranked.value - parts.value as decimal(28, 2))
        end as rest_value,
        case
            when parts.row_id is null then ranked.value_low
            when parts.mixed_since is null
                then cast(
                    ranked.value_low - parts.value_high as decimal(28, 2)
                )
        end as rest_low,
        case
            when parts.row_id is null then ranked.value_high
            when parts.mixed_since is null
                then cast(
                    ranked.value_high - parts.value_low as decimal(28, 2)
                )
        end as rest_high,
        greatest(
            ranked.published_on,
            coalesce(parts.published_on, ranked.published_on)
        ) as known_on,
        case
            when
                parts.row_id is null
                or parts.source_id = ranked.source_id
                then ranked.source_id
            else ranked.source_id || ';' || parts.source_id
        end as all_sources,
        greatest(
            ranked.weakness,
            coalesce(parts.weakness, 1),
            case when parts.row_id is null then 1 else 3 end
        ) as all_weakness
    from ranked
    left join parts
        on ranked.row_id = parts.row_id
),

spread as (
    -- running totals rounded to the cent: the gaps add up to what is left
    select
        rest.*,
        measured_gap.gap_start,
        measured_gap.gap_end,
        measured_gap.gap_days,
        measured_gap.gap_count,
        case
            when measured_gap.days_to_end = measured_gap.rest_days
                then rest.rest_value
            else cast(
                round(
                    rest.rest_value * measured_gap.days_to_end
                    / nullif(measured_gap.rest_days, 0), 2
                ) as decimal(28, 2)
            )
        end as value_to_end,
        case
            when measured_gap.days_to_end = measured_gap.rest_days
                then rest.rest_low
            else cast(
                round(
                    rest.rest_low * measured_gap.days_to_end
                    / nullif(measured_gap.rest_days, 0), 2
                ) as decimal(28, 2)
            )
        end as low_to_end,
        case
            when measured_gap.days_to_end = measured_gap.rest_days
                then rest.rest_high
            else cast(
                round(
                    rest.rest_high * measured_gap.days_to_end
                    / nullif(measured_gap.rest_days, 0), 2
                ) as decimal(28, 2)
            )
        end as high_to_end
    from rest
    inner join measured_gap
        on rest.row_id = measured_gap.row_id
),

piece as (
    select
        *,
        cast(
            value_to_end - lag(value_to_end, 1, cast(0 as decimal(28, 2)))
                over (partition by row_id order by gap_start)
            as decimal(28, 2)
        ) as piece_value,
        cast(
            low_to_end - lag(low_to_end, 1, cast(0 as decimal(28, 2)))
                over (partition by row_id order by gap_start)
            as decimal(28, 2)
        ) as piece_low,
        cast(
            high_to_end - lag(high_to_end, 1, cast(0 as decimal(28, 2)))
                over (partition by row_id order by gap_start)
            as decimal(28, 2)
        ) as piece_high,
        -- quarters of the year before the piece, and up to its end
        cast(
            round(date_diff('day', period_start, gap_start) / 91.25, 0)
            as bigint
        ) as quarters_before,
        cast(
            round((date_diff('day', period_start, gap_end) + 1) / 91.25, 0)
            as bigint
        ) as quarters_to_end,
        regexp_replace(
            case
                when fiscal_period like 'FY____'
                    then replace(fiscal_period, 'FY', '')
                else fiscal_period
            end,
            '(H1|Q1-Q[234])$', ''
        ) as year_name
    from spread
),

named as (
    select
        *,
        case
            when part_count = 0 then fiscal_period
            when
                days < 160
                or year_name like '%H2'
                or year_name like '%Q%'
                or quarters_to_end > 4
                then null
            when quarters_to_end = quarters_before + 1
                then year_name || 'Q' || cast(quarters_to_end as varchar)
            when quarters_before = 0 and quarters_to_end = 2
                then year_name || 'H1'
            when quarters_before = 2 and quarters_to_end = 4
                then year_name || 'H2'
            when quarters_to_end > quarters_before
                then
                    year_name
                    || 'Q' || cast(quarters_before + 1 as varchar)
                    || '-Q' || cast(quarters_to_end as varchar)
        end as piece_name
    from piece
),

tiled as (
    -- longer filings whose parts are all filed: do the two agree?
    select
        rest.series_id,
        rest.period_start,
        rest.period_end,
        rest.days,
        rest.fiscal_period,
        rest.rest_value
    from rest
    left join measured_gap
        on rest.row_id = measured_gap.row_id
    where
        rest.part_count > 0
        and rest.mixed_since is null
        and measured_gap.row_id is null
),

compared as (
    select
        named.row_id,
        named.gap_start,
        tiled.rest_value,
        tiled.fiscal_period,
        row_number() over (
            partition by named.row_id, named.gap_start
            order by tiled.days desc, tiled.period_start asc
        ) as nearness
    from named
    inner join tiled
        on
            named.series_id = tiled.series_id
            and named.gap_start >= tiled.period_start
            and named.gap_end <= tiled.period_end
),

final as (
    select
        named.series_id,
        named.gap_start as period_start,
        named.gap_end as period_end,
        named.metric,
        named.vendor,
        named.chip_id,
        named.region,
        named.basis,
        named.segment,
        named.scope,
        named.value_type,
        named.estimator,
        named.customer,
        named.currency,
        named.piece_name as fiscal_period,
        case
            when named.gap_days <= 45 then 'month_or_less'
            when named.gap_days between 80 and 100 then 'quarter'
            when named.gap_days between 170 and 195 then 'half'
            when named.gap_days between 260 and 285 then 'nine_months'
            when named.gap_days between 350 and 380 then 'year'
            else 'other'
        end as period_kind,
        named.gap_days as days,
        named.piece_value as value,
        named.piece_low as value_low,
        named.piece_high as value_high,
        case
            when named.mixed_since is not null then 'restated'
            when named.value_type <> 'reported' then named.value_type
            when named.gap_count > 1 then 'allocated'
            when named.part_count > 0 then 'differenced'
            when named.is_derived_by_source then 'derived_by_source'
            else 'filed'
        end as method,
        case
            when named.part_count > 0
                then
                    coalesce(named.fiscal_period, '?')
                    || ' - ' || named.part_names
        end as derivation,
        case
            when named.part_count = 0 then named.restated_on
            else named.mixed_since
        end as restated_on,
        case when named.part_count = 0 then named.value_before end
            as value_before,
        case
            when
                named.part_count > 0
                and coalesce(named.piece_high, named.piece_value) < 0
                then 'negative_difference'
            when named.part_count > 0 and named.piece_low > named.piece_high
                then 'bounds_cross'
        end as doubt,
        compared.rest_value as disagreement,
        compared.fiscal_period as disagreement_with,
        named.sale_id,
        named.note,
        named.known_on as published_on,
        named.all_sources as source_id,
        confidence_rank.confidence
    from named
    inner join confidence_rank
        on named.all_weakness = confidence_rank.weakness
    left join compared
        on
            named.row_id = compared.row_id
            and named.gap_start = compared.gap_start
            and compared.nearness = 1
)

select * from final
