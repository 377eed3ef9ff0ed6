-- One row per published share: who says that which vendor has how much of
-- which market, on which measure, and how concentrated that makes it.
-- grain: period, scope, measure, vendor, publisher, kind, published_on
-- source: Herfindahl-Hirschman index, the sum of squared shares in per cent
-- (US DOJ and FTC Merger Guidelines 2023, section 2.1). The unnamed rest is
-- between many firms of no size (low) and one firm (high).
with share as (
    select * from rec_share_estimates
),

company as (
    select * from rec_companies
),

bucketed as (
    select
        share.*,
        company.bucket is not null as is_vendor,
        case
            when share.vendor = 'domestic' then 'domestic'
            when share.vendor = 'imported' then 'foreign'
            when share.vendor = 'all' then 'total'
            when company.bucket in ('domestic', 'foreign', 'in_house')
                then company.bucket
            else 'unspecified'
        end as bucket
    from share
    left join company
        on share.vendor = company.vendor
),

named as (
    -- one table is one publication: two notes of a publisher are not added
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        source_id,
        count(*) as vendor_count,
        sum(cast(share_low_pct as decimal(9, 4))) as low_sum,
        sum(cast(share_high_pct as decimal(9, 4))) as high_sum,
        sum(
            cast(share_low_pct as decimal(9, 4))
            * cast(share_low_pct as decimal(9, 4))
        ) as low_squares,
        sum(
            cast(share_high_pct as decimal(9, 4))
            * cast(share_high_pct as decimal(9, 4))
        ) as high_squares
    from bucketed
    where
        is_vendor
        and share_low_pct is not null
        and share_high_pct is not null
    group by publisher, period, scope, measure, kind, source_id
),

concentration as (
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        source_id,
        vendor_count,
        cast(low_sum as decimal(18, 4)) as named_share_low_pct,
        cast(high_sum as decimal(18, 4)) as named_share_high_pct,
        case
            when vendor_count >= 2 and low_sum <= 100
                then cast(low_squares as decimal(18, 2))
        end as hhi_low,
        case
            when vendor_count >= 2 and low_sum <= 100
                then cast(
                    least(
                        high_squares
                        + cast(100 - low_sum as decimal(9, 4))
                        * cast(100 - low_sum as decimal(9, 4)),
                        cast(10000 as decimal(18, 2))
                    ) as decimal(18, 2)
                )
        end as hhi_high
    from named
),

repeated as (
    -- the same figure printed by another publisher later is no second witness
    select
        earlier.publisher,
        earlier.period,
        earlier.scope,
        earlier.measure,
        earlier.vendor,
        earlier.kind,
        string_agg(
            distinct later.publisher, ';'
            order by later.publisher
        ) as copies
    from share as earlier
    inner join share as later
        on
            earlier.period = later.period
            and earlier.vendor = later.vendor
            and earlier.measure = later.measure
            and earlier.share_low_pct = later.share_low_pct
            and earlier.share_high_pct = later.share_high_pct
            and earlier.publisher <> later.publisher
            and earlier.vendor <> 'all'
            and (
                earlier.published_on < later.published_on
                or (
                    earlier.published_on = later.published_on
                    and earlier.publisher < later.publisher
                )
            )
    group by
        earlier.publisher, earlier.period, earlier.scope, earlier.measure,
        earlier.vendor, earlier.kind
),

final as (
    select
        bucketed.period,
        bucketed.scope,
        bucketed.measure,
        bucketed.vendor,
        bucketed.publisher,
        bucketed.kind,
        bucketed.published_on,
        bucketed.published_precision,
        bucketed.period_start,
        bucketed.period_end,
        bucketed.bucket,
        bucketed.is_vendor,
        bucketed.share_low_pct,
        bucketed.share_high_pct,
        bucketed.value,
        bucketed.value_unit,
        concentration.vendor_count as named_vendor_count,
        concentration.named_share_low_pct,
        concentration.named_share_high_pct,
        concentration.hhi_low,
        concentration.hhi_high,
        repeated.copies,
        bucketed.note,
        bucketed.source_id,
        bucketed.confidence
    from bucketed
    left join concentration
        on
            bucketed.publisher = concentration.publisher
            and bucketed.period = concentration.period
            and bucketed.scope = concentration.scope
            and bucketed.measure = concentration.measure
            and bucketed.kind = concentration.kind
            and bucketed.source_id = concentration.source_id
    left join repeated
        on
            bucketed.publisher = repeated.publisher
            and bucketed.period = repeated.period
            and bucketed.scope = repeated.scope
            and bucketed.measure = repeated.measure
            and bucketed.vendor = repeated.vendor
            and bucketed.kind = repeated.kind
)

select * from final
