-- One row per published share of the Chinese market, with its measure.
-- grain: period, scope, measure, publisher, kind, vendor
with share as (
    select * from fct_share
),

company as (
    select * from rec_companies
),

final as (
    select
        share.period,
        share.scope,
        share.measure,
        share.publisher,
        share.kind,
        share.vendor,
        company.vendor_zh,
        share.bucket,
        share.is_vendor,
        share.period_start,
        share.period_end,
        share.share_low_pct,
        share.share_high_pct,
        share.value,
        share.value_unit,
        share.named_share_low_pct as named_share_pct,
        share.hhi_low,
        share.hhi_high,
        share.is_copy,
        share.copy_of,
        share.copies,
        share.witness_count,
        share.published_on,
        share.published_precision,
        share.note,
        share.source_id,
        share.confidence
    from share
    left join company
        on share.vendor = company.vendor
)

select * from final
