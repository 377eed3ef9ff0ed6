-- One row per kind of record, source list and confidence: how many current
-- records bear them.
-- grain: kind, source_id, confidence
with sales_mark as (
    select * from stg_sales_mark
),

final as (
    select
        'chips' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_chips
    group by source_id, confidence
    union all
    select
        'prices' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_prices
    group by source_id, confidence
    union all
    select
        'sales' as kind,
        source_id,
        confidence,
        cast(sum(record_count) as bigint) as record_count,
        max(last_published_on) as last_published_on
    from sales_mark
    group by source_id, confidence
    union all
    select
        'fees' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_fees
    group by source_id, confidence
    union all
    select
        'rules' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_rules
    group by source_id, confidence
    union all
    select
        'fx' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_fx
    group by source_id, confidence
    union all
    select
        'companies' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_companies
    group by source_id, confidence
    union all
    select
        'listings' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_listings
    group by source_id, confidence
    union all
    select
        'sessions' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_sessions
    group by source_id, confidence
    union all
    select
        'events' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_events
    group by source_id, confidence
    union all
    select
        'export_status' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_export_status
    group by source_id, confidence
    union all
    select
        'export_stages' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_export_stages
    group by source_id, confidence
    union all
    select
        'chip_prices' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_chip_prices
    group by source_id, confidence
    union all
    select
        'chip_conflicts' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_chip_conflicts
    group by source_id, confidence
    union all
    select
        'chip_formats' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_chip_formats
    group by source_id, confidence
    union all
    select
        'supply_counts' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_supply_counts
    group by source_id, confidence
    union all
    select
        'share_estimates' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_share_estimates
    group by source_id, confidence
    union all
    select
        'disclosures' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_disclosures
    group by source_id, confidence
    union all
    select
        'corporate_actions' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_corporate_actions
    group by source_id, confidence
    union all
    select
        'claims' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_claims
    group by source_id, confidence
    union all
    select
        'sources' as kind,
        source_id,
        confidence,
        count(*) as record_count,
        max(published_on) as last_published_on
    from rec_sources
    group by source_id, confidence
)

select * from final
