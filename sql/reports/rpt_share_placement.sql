-- One row per claimed share and share that somebody published of the same
-- vendor: below, inside or above the claim, on which basis.
-- grain: claim_publisher, claim_period, vendor, publisher, period, scope,
-- measure, kind
-- A claim without a basis is held against every basis, and is judged on none:
-- that is the reader's to choose. Copies make no row on either side.
with share as (
    select * from fct_share
    where not is_copy
),

company as (
    select * from rec_companies
),

mark as (
    select * from stg_confidence
),

claim as (
    select
        publisher,
        period,
        vendor,
        share_low_pct,
        share_high_pct,
        coalesce(share_high_pct, cast(100 as decimal(28, 4))) as reach_pct,
        published_on,
        source_id,
        confidence
    from share
    where
        kind = 'claim'
        and share_low_pct is not null
),

published as (
    select * from share
    where
        kind <> 'claim'
        and share_low_pct is not null
),

final as (
    select
        claim.publisher as claim_publisher,
        claim.period as claim_period,
        claim.vendor,
        published.publisher,
        published.period,
        published.scope,
        published.measure,
        published.kind,
        company.vendor_zh,
        claim.share_low_pct as claim_low_pct,
        claim.share_high_pct as claim_high_pct,
        claim.published_on as claimed_on,
        published.share_low_pct,
        published.share_high_pct,
        published.period_start,
        published.period_end,
        case
            when published.share_low_pct > claim.reach_pct then 'above'
            when published.share_high_pct < claim.share_low_pct then 'below'
            when
                published.share_low_pct >= claim.share_low_pct
                and published.share_high_pct <= claim.reach_pct
                then 'inside'
            when published.share_high_pct is null then 'open'
            else 'overlaps'
        end as placement,
        published.copies,
        published.published_on,
        published.published_precision,
        published.source_id || ';' || claim.source_id as source_id,
        weakest.confidence
    from claim
    inner join published
        on claim.vendor = published.vendor
    left join company
        on claim.vendor = company.vendor
    left join mark as claim_mark
        on claim.confidence = claim_mark.confidence
    left join mark as published_mark
        on published.confidence = published_mark.confidence
    left join mark as weakest
        on
            greatest(claim_mark.weakness, published_mark.weakness)
            = weakest.weakness
)

select * from final
