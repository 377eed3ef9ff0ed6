-- One row per published table whose named vendors have over 100 per cent in
-- all, a point for rounding left free: must be empty.
-- grain: publisher, period, scope, measure, kind
with share as (
    select * from fct_share
),

final as (
    select
        publisher,
        period,
        scope,
        measure,
        kind,
        max(named_share_low_pct) as named_share_low_pct
    from share
    where named_share_low_pct > 101
    group by publisher, period, scope, measure, kind
)

select * from final
