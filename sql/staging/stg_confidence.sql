-- One row per confidence mark: how weak it is, 1 being the surest.
-- grain: confidence
with final as (
    select
        'seen-primary' as confidence,
        cast(1 as bigint) as weakness
    union all
    select
        'seen-secondary' as confidence,
        cast(2 as bigint) as weakness
    union all
    select
        'derived' as confidence,
        cast(3 as bigint) as weakness
    union all
    select
        'seen-estimate' as confidence,
        cast(4 as bigint) as weakness
    union all
    select
        'contested' as confidence,
        cast(5 as bigint) as weakness
    union all
    select
        'unverified' as confidence,
        cast(6 as bigint) as weakness
    union all
    select
        'invented' as confidence,
        cast(7 as bigint) as weakness
)

select * from final
