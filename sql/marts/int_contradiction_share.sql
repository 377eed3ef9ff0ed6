-- One row per share of a table whose named vendors have over 100 per cent in
-- all, a point for rounding left free: the table is in no figure.
-- grain: kind, record_key, rule, batch_id, line
with share as (
    select * from rec_share_estimates
    where share_low_pct is not null and share_high_pct is not null
),

company as (
    select * from rec_companies
    where bucket is not null
),

named as (
    select share.*
    from share
    inner join company
        on share.vendor = company.vendor
),

beyond as (
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        source_id,
        sum(share_low_pct) as low_sum
    from named
    group by publisher, period, scope, measure, kind, source_id
    having sum(share_low_pct) > 101
),

final as (
    select
        'share_estimates' as kind,
        'publisher=' || named.publisher || '; period=' || named.period
        || '; scope=' || named.scope || '; measure=' || named.measure
        || '; vendor=' || named.vendor || '; kind=' || named.kind as record_key,
        'shares_over_hundred' as rule,
        cast(named.share_low_pct as varchar) || ' / '
        || cast(beyond.low_sum as varchar) as detail,
        cast(null as varchar) as against_key,
        named.batch_id,
        named.line,
        named.published_on,
        named.source_id
    from named
    inner join beyond
        on
            named.publisher = beyond.publisher
            and named.period = beyond.period
            and named.scope = beyond.scope
            and named.measure = beyond.measure
            and named.kind = beyond.kind
            and named.source_id = beyond.source_id
)

select * from final
