-- One row per claim and definition, in page order.
-- grain: claim_id, definition_id
with claim as (
    select * from fct_claim
),

final as (
    select
        claim_id,
        definition_id,
        dense_rank() over (
            order by length(claim_id), claim_id
        ) as claim_no,
        row_number() over (
            partition by claim_id
            order by
                case when is_the_claims_own then 0 else 1 end,
                definition_id
        ) as definition_no,
        claim,
        claim_zh,
        quote_zh,
        claim_verdict,
        true_definitions,
        true_parts,
        false_parts,
        unverified_parts,
        definitions_holding,
        definitions_failing,
        definitions_unverified,
        definition,
        definition_zh,
        is_the_claims_own,
        operation,
        measure_a,
        measure_a_what,
        measure_a_value,
        measure_a_unit,
        measure_b,
        measure_b_what,
        measure_b_value,
        measure_b_unit,
        computed_value,
        comparator,
        stated_low,
        stated_high,
        bound_measure,
        bound_what,
        tolerance,
        unit,
        verdict,
        reason,
        reading,
        reading_zh,
        note,
        source_id,
        confidence
    from claim
)

select * from final
