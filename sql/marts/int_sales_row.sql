-- One row per record of a period of several days and metric: whether it may
-- be counted, and since when it says what it says.
-- grain: sale_id, metric
-- A period's figure that one voice published again later with another value
-- is restated: the versions of its records and its records of one period are
-- one history. What another voice says of the period is a disagreement.
with version as (
    select * from int_sales_version
),

overlap as (
    select * from int_sales_overlap
),

told as (
    select
        series_id,
        voice_id,
        is_unseen,
        period_start,
        period_end,
        published_on,
        value,
        value_low,
        value_high,
        row_number() over (
            partition by
                series_id, voice_id, is_unseen, period_start, period_end
            order by
                published_on asc,
                precedence desc,
                weakness desc,
                sale_id desc
        ) as telling
    from version
),

change as (
    select
        later.series_id,
        later.voice_id,
        later.is_unseen,
        later.period_start,
        later.period_end,
        later.published_on,
        earlier.value as before,
        row_number() over (
            partition by
                later.series_id,
                later.voice_id,
                later.is_unseen,
                later.period_start,
                later.period_end
            order by later.telling desc
        ) as recency
    from told as later
    inner join told as earlier
        on
            later.series_id = earlier.series_id
            and later.voice_id is not distinct from earlier.voice_id
            and later.is_unseen is not distinct from earlier.is_unseen
            and later.period_start = earlier.period_start
            and later.period_end = earlier.period_end
            and later.telling = earlier.telling + 1
    where
        later.value is distinct from earlier.value
        or later.value_low is distinct from earlier.value_low
        or later.value_high is distinct from earlier.value_high
),

first_told as (
    select
        series_id,
        voice_id,
        is_unseen,
        period_start,
        period_end,
        published_on
    from told
    where telling = 1
),

series as (
    select * from version
    where is_current
),

latest as (
    select * from series
    where place = 1
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
    left join overlap
        on
            whole.sale_id = overlap.sale_id
            and whole.metric = overlap.metric
    where overlap.sale_id is null
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
            when
                series.place > 1
                and series.currency <> latest.currency
                then 'other_currency'
            when
                series.place > 1
                and (
                    series.value is distinct from latest.value
                    or series.value_low is distinct from latest.value_low
                    or series.value_high is distinct from latest.value_high
                )
                then case
                    when series.voice_id <> latest.voice_id
                        then 'disagreeing'
                    when
                        series.published_on = latest.published_on
                        and series.is_unseen = latest.is_unseen
                        then 'contradicted'
                    else 'repeated'
                end
            when series.place > 1 then 'repeated'
            when overlap.sale_id is not null then overlap.reason
            when inside_total.sale_id is not null then 'part_of_total'
            else 'used'
        end as standing,
        coalesce(
            overlap.against_sale_id,
            case when series.place > 1 then latest.sale_id end
        ) as against_sale_id,
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
            and series.voice_id is not distinct from first_told.voice_id
            and series.is_unseen is not distinct from first_told.is_unseen
            and series.period_start = first_told.period_start
            and series.period_end = first_told.period_end
    left join change
        on
            series.series_id = change.series_id
            and series.voice_id is not distinct from change.voice_id
            and series.is_unseen is not distinct from change.is_unseen
            and series.period_start = change.period_start
            and series.period_end = change.period_end
            and change.recency = 1
    left join overlap
        on
            series.sale_id = overlap.sale_id
            and series.metric = overlap.metric
    inner join latest
        on
            series.total_id = latest.total_id
            and series.customer = latest.customer
            and series.period_start = latest.period_start
            and series.period_end = latest.period_end
    left join inside_total
        on
            series.sale_id = inside_total.sale_id
            and series.metric = inside_total.metric
)

select * from final
