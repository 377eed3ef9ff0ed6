-- One row per publication and bucket: foreign, domestic, a cloud's own chips,
-- and the rest that it does not name.
-- grain: publisher, period, scope, measure, kind, source_id, bucket
-- One table is one publication: two notes of a publisher are not added.
-- A stated total wins over the sum of the vendors named. A stated domestic
-- total that leaves no room for the in-house chips named beside it (a point of
-- rounding left free) holds them: they are taken out. Copies make no row.
with share as (
    select * from fct_share
    where
        not is_copy
        and vendor <> 'all'
        and share_low_pct is not null
),

mark as (
    select * from stg_confidence
),

publication as (
    select
        share.publisher,
        share.period,
        share.scope,
        share.measure,
        share.kind,
        max(share.period_start) as period_start,
        max(share.period_end) as period_end,
        max(share.published_on) as published_on,
        -- the coarsest one
        case
        max(
            case share.published_precision
                when 'day' then 1
                when 'month' then 2
                when 'quarter' then 3
                when 'year' then 4
            end
        )
            when 1 then 'day'
            when 2 then 'month'
            when 3 then 'quarter'
            when 4 then 'year'
        end as published_precision,
        sum(case when share.vendor = 'domestic' then share.share_low_pct end)
            as stated_domestic_low,
        sum(case when share.vendor = 'domestic' then share.share_high_pct end)
            as stated_domestic_high,
        sum(case when share.vendor = 'imported' then share.share_low_pct end)
            as stated_foreign_low,
        sum(case when share.vendor = 'imported' then share.share_high_pct end)
            as stated_foreign_high,
        sum(
            case
                when share.is_vendor and share.bucket = 'domestic'
                    then share.share_low_pct
            end
        ) as named_domestic_low,
        sum(
            case
                when share.is_vendor and share.bucket = 'domestic'
                    then share.share_high_pct
            end
        ) as named_domestic_high,
        sum(
            case
                when share.is_vendor and share.bucket = 'foreign'
                    then share.share_low_pct
            end
        ) as named_foreign_low,
        sum(
            case
                when share.is_vendor and share.bucket = 'foreign'
                    then share.share_high_pct
            end
        ) as named_foreign_high,
        sum(
            case
                when share.is_vendor and share.bucket = 'in_house'
                    then share.share_low_pct
            end
        ) as in_house_low,
        sum(
            case
                when share.is_vendor and share.bucket = 'in_house'
                    then share.share_high_pct
            end
        ) as in_house_high,
        min(case when share.share_high_pct is null then 0 else 1 end)
            as has_every_high,
        max(share.hhi_low) as hhi_low,
        max(share.hhi_high) as hhi_high,
        share.source_id,
        max(mark.weakness) as weakness
    from share
    left join mark
        on share.confidence = mark.confidence
    group by
        share.publisher, share.period, share.scope, share.measure,
        share.kind, share.source_id
),

settled as (
    select
        *,
        coalesce(stated_foreign_low, named_foreign_low) as foreign_low,
        case
            when stated_foreign_low is null then named_foreign_high
            else stated_foreign_high
        end as foreign_high,
        stated_domestic_low is not null
        and in_house_low is not null
        and coalesce(stated_foreign_low, named_foreign_low, 0)
        + stated_domestic_low + in_house_low > 101 as holds_in_house
    from publication
),

parted as (
    select
        *,
        case
            when holds_in_house then stated_domestic_low - in_house_high
            when stated_domestic_low is null then named_domestic_low
            else stated_domestic_low
        end as domestic_low,
        case
            when holds_in_house then stated_domestic_high - in_house_low
            when stated_domestic_low is null then named_domestic_high
            else stated_domestic_high
        end as domestic_high
    from settled
),

bucket as (
    select
        *,
        'foreign' as bucket,
        1 as bucket_no,
        foreign_low as low,
        foreign_high as high,
        case
            when stated_foreign_low is not null then 'stated'
            when foreign_low is not null then 'named'
            else 'not_named'
        end as how
    from parted
    union all
    select
        *,
        'domestic' as bucket,
        2 as bucket_no,
        domestic_low as low,
        domestic_high as high,
        case
            when holds_in_house then 'stated_less_in_house'
            when stated_domestic_low is not null then 'stated'
            when domestic_low is not null then 'named'
            else 'not_named'
        end as how
    from parted
    union all
    select
        *,
        'in_house' as bucket,
        3 as bucket_no,
        in_house_low as low,
        in_house_high as high,
        case when in_house_low is null then 'not_named' else 'named' end
            as how
    from parted
    union all
    select
        *,
        'rest' as bucket,
        4 as bucket_no,
        case
            when has_every_high = 1
                then greatest(
                    100 - coalesce(foreign_high, 0)
                    - coalesce(domestic_high, 0) - coalesce(in_house_high, 0),
                    0
                )
        end as low,
        greatest(
            100 - coalesce(foreign_low, 0) - coalesce(domestic_low, 0)
            - coalesce(in_house_low, 0),
            0
        ) as high,
        'remainder' as how
    from parted
),

final as (
    select
        bucket.publisher,
        bucket.period,
        bucket.scope,
        bucket.measure,
        bucket.kind,
        bucket.source_id,
        bucket.bucket,
        cast(bucket.bucket_no as bigint) as bucket_no,
        bucket.period_start,
        bucket.period_end,
        cast(bucket.low as decimal(18, 4)) as bucket_low_pct,
        cast(bucket.high as decimal(18, 4)) as bucket_high_pct,
        bucket.how,
        bucket.hhi_low,
        bucket.hhi_high,
        bucket.published_on,
        bucket.published_precision,
        mark.confidence
    from bucket
    left join mark
        on bucket.weakness = mark.weakness
)

select * from final
