-- One row per comparison whose mirror says something else: must be empty.
-- grain: chip_id, other_chip_id, measure
with comparison as (
    select * from fct_chip_comparison
),

final as (
    select
        comparison.chip_id,
        comparison.other_chip_id,
        comparison.measure,
        comparison.value,
        mirror.other_value as mirrored_value
    from comparison
    left join comparison as mirror
        on
            comparison.chip_id = mirror.other_chip_id
            and comparison.other_chip_id = mirror.chip_id
            and comparison.measure = mirror.measure
    where
        comparison.is_like_for_like
        and comparison.value is distinct from mirror.other_value
)

select * from final
