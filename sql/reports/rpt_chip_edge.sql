-- One row per chip and threshold that it stands within 1% of: all of them, not
-- the nearest alone.
-- grain: chip_id, rule_id, alternative, parameter, operator
with edge as (
    select * from int_chip_edge
),

chip as (
    select * from dim_chip
),

final as (
    select
        edge.chip_id,
        edge.rule_id,
        edge.alternative,
        edge.parameter,
        edge.operator,
        chip.short_name,
        edge.value,
        edge.threshold,
        edge.distance_pct,
        edge.is_met,
        chip.source_id,
        chip.confidence
    from edge
    inner join chip
        on edge.chip_id = chip.chip_id
    where
        edge.is_within_1pct
        and edge.is_binding
)

select * from final
