-- One row per briefed pair of chips and measure, each with its definition.
-- grain: chip_id, other_chip_id, measure
-- A measure that neither spec sheet fills is left out.
with pair as (
    select * from stg_briefed_pair
),

comparison as (
    select * from fct_chip_comparison
),

chip as (
    select * from dim_chip
),

final as (
    select
        comparison.chip_id,
        comparison.other_chip_id,
        comparison.measure,
        chip.as_of,
        pair.pair_no,
        comparison.measure_no,
        chip.short_name as chip_name,
        other_chip.short_name as other_chip_name,
        comparison.value,
        comparison.other_value,
        comparison.unit,
        comparison.ratio,
        comparison.change_pct,
        comparison.is_like_for_like,
        comparison.definition,
        comparison.missing,
        comparison.source_id,
        comparison.confidence
    from pair
    inner join comparison
        on
            pair.chip_id = comparison.chip_id
            and pair.other_chip_id = comparison.other_chip_id
    inner join chip
        on comparison.chip_id = chip.chip_id
    inner join chip as other_chip
        on comparison.other_chip_id = other_chip.chip_id
    where
        comparison.missing is null
        or comparison.missing <> 'both_unknown'
)

select * from final
