-- One row per claim and definition: what the records give under it, whether
-- the claim holds so, and what that makes of the claim as a whole.
-- grain: claim_id, definition_id
-- A claim's own readings are its parts, and it needs them all: true if every
-- one holds, partly true if some do. Where none does, it is true only if
-- another definition is meant, if one holds; not verifiable where its own
-- reading cannot be computed; else false. What a definition is compared with is
-- the stated value, or a measure where the claim states no number.
with claim as (
    select * from rec_claims
),

measure as (
    select * from int_measure
),

source as (
    select * from rec_sources
),

confidence as (
    select * from stg_confidence
),

operand as (
    select
        claim.*,
        measure_a.value as measure_a_value,
        measure_a.unit as measure_a_unit,
        measure_a.what as measure_a_what,
        measure_a.source_id as measure_a_source_id,
        measure_b.value as measure_b_value,
        measure_b.unit as measure_b_unit,
        measure_b.what as measure_b_what,
        measure_b.source_id as measure_b_source_id,
        case
            when claim.bound_measure is null then claim.stated_low
            else try_cast(bound.value as decimal(28, 6))
        end as bound_low,
        bound.what as bound_what,
        bound.source_id as bound_source_id,
        greatest(
            coalesce(mark_a.weakness, 0),
            coalesce(mark_b.weakness, 0),
            coalesce(mark_bound.weakness, 0)
        ) as operand_weakness,
        case
            when
                claim.operation in ('value', 'difference')
                and claim.unit = 'percent'
                and measure_a.unit = 'fraction'
                then cast(100 as decimal(10, 4))
            when
                claim.operation in ('value', 'difference')
                and claim.unit in ('ratio', 'rate')
                and measure_a.unit = 'percent'
                then cast(0.01 as decimal(10, 4))
            when
                claim.operation in ('ratio', 'ratio_minus_one')
                and claim.unit = 'percent'
                then cast(100 as decimal(10, 4))
            else cast(1 as decimal(10, 4))
        end as into_unit
    from claim
    left join measure as measure_a
        on claim.measure_a = measure_a.measure_id
    left join measure as measure_b
        on claim.measure_b = measure_b.measure_id
    left join measure as bound
        on claim.bound_measure = bound.measure_id
    left join confidence as mark_a
        on measure_a.confidence = mark_a.confidence
    left join confidence as mark_b
        on measure_b.confidence = mark_b.confidence
    left join confidence as mark_bound
        on bound.confidence = mark_bound.confidence
),

computed as (
    select
        *,
        case
            when operation = 'value'
                then try_cast(
                    cast(measure_a_value as decimal(28, 8)) * into_unit
                    as decimal(28, 6)
                )
            when operation = 'difference'
                then try_cast(
                    cast(measure_a_value - measure_b_value as decimal(28, 8))
                    * into_unit
                    as decimal(28, 6)
                )
            when operation = 'product'
                then try_cast(
                    try_cast(measure_a_value as decimal(18, 6))
                    * try_cast(measure_b_value as decimal(20, 4))
                    as decimal(28, 6)
                )
            when operation = 'ratio'
                then try_cast(
                    into_unit * (measure_a_value / nullif(measure_b_value, 0))
                    as decimal(28, 6)
                )
            when operation = 'ratio_minus_one'
                then try_cast(
                    into_unit * (
                        (measure_a_value - measure_b_value)
                        / nullif(measure_b_value, 0)
                    )
                    as decimal(28, 6)
                )
        end as computed_value
    from operand
),

compared as (
    select
        *,
        case
            when computed_value is null then null
            when comparator = '>'
                then computed_value > bound_low - coalesce(tolerance, 0)
            when comparator = '>='
                then computed_value >= bound_low - coalesce(tolerance, 0)
            when comparator = '<'
                then computed_value < bound_low + coalesce(tolerance, 0)
            when comparator = '<='
                then computed_value <= bound_low + coalesce(tolerance, 0)
            when comparator = '='
                then
                    abs(computed_value - bound_low) <= coalesce(tolerance, 0)
            when comparator = 'between'
                then
                    computed_value >= bound_low - coalesce(tolerance, 0)
                    and computed_value <= stated_high + coalesce(tolerance, 0)
        end as is_met
    from computed
),

judged as (
    select
        *,
        case
            when is_met then 'holds'
            when not is_met then 'fails'
            else 'cannot_verify'
        end as verdict,
        case
            when is_met is not null then null
            when operation = 'unverifiable' then 'not_in_the_records'
            when measure_a is null or measure_a_value is null
                then 'measure_a_unknown'
            when
                operation in (
                    'ratio', 'ratio_minus_one', 'difference', 'product'
                )
                and measure_b_value is null
                then 'measure_b_unknown'
            when
                operation in ('ratio', 'ratio_minus_one')
                and measure_b_value = 0
                then 'measure_b_zero'
            when bound_measure is not null and bound_low is null
                then 'bound_unknown'
            when comparator is null or bound_low is null
                then 'nothing_stated_to_compare'
            else 'not_computable'
        end as reason
    from compared
),

by_claim as (
    select
        claim_id,
        count(*) as definitions,
        sum(case when verdict = 'holds' then 1 else 0 end)
            as definitions_holding,
        sum(case when verdict = 'fails' then 1 else 0 end)
            as definitions_failing,
        sum(case when verdict = 'cannot_verify' then 1 else 0 end)
            as definitions_unverified,
        sum(case when is_the_claims_own then 1 else 0 end) as own,
        sum(case when is_the_claims_own and verdict = 'holds' then 1 else 0 end)
            as own_holding,
        sum(
            case
                when is_the_claims_own and verdict = 'cannot_verify' then 1
                else 0
            end
        ) as own_unverified,
        sum(
            case
                when is_the_claims_own and verdict = 'fails' then 1 else 0
            end
        ) as own_failing,
        string_agg(
            case when verdict = 'holds' then definition_id end, '; '
            order by definition_id
        ) as true_definitions,
        string_agg(
            case
                when is_the_claims_own and verdict = 'holds'
                    then definition_id
            end, '; ' order by definition_id
        ) as own_holding_ids,
        string_agg(
            case
                when is_the_claims_own and verdict = 'fails'
                    then definition_id
            end, '; ' order by definition_id
        ) as own_failing_ids,
        string_agg(
            case
                when is_the_claims_own and verdict = 'cannot_verify'
                    then definition_id
            end, '; ' order by definition_id
        ) as own_unverified_ids
    from judged
    group by claim_id
),

decided as (
    select
        *,
        case
            when own > 0 and own_holding = own then 'true'
            when own = 0 and definitions_holding = definitions then 'true'
            when own_holding > 0 then 'partly_true'
            when definitions_holding > 0 then 'true_only_if'
            when own_failing > 0 then 'false'
            when own_unverified > 0 then 'cannot_verify'
            when definitions_unverified > 0 then 'cannot_verify'
            else 'false'
        end as claim_verdict
    from by_claim
),

-- The sources of the claim and of both operands, each once, in that order.
all_sources as (
    select
        claim_id,
        definition_id,
        source_id
        || coalesce(';' || measure_a_source_id, '')
        || coalesce(';' || measure_b_source_id, '')
        || coalesce(';' || bound_source_id, '') as source_list
    from judged
),

listed_source as (
    select
        all_sources.claim_id,
        all_sources.definition_id,
        source.key as source_key,
        strpos(
            ';' || all_sources.source_list || ';', ';' || source.key || ';'
        ) as position_in_list
    from all_sources
    inner join source
        on
            strpos(
                ';' || all_sources.source_list || ';', ';' || source.key || ';'
            )
            > 0
),

each_once as (
    select
        claim_id,
        definition_id,
        string_agg(source_key, ';' order by position_in_list) as source_id
    from listed_source
    group by claim_id, definition_id
),

final as (
    select
        judged.claim_id,
        judged.definition_id,
        judged.claim,
        judged.claim_zh,
        judged.quote_zh,
        decided.claim_verdict,
        decided.true_definitions,
        case
            when decided.claim_verdict = 'partly_true'
                then decided.own_holding_ids
        end as true_parts,
        case
            when decided.claim_verdict = 'partly_true'
                then decided.own_failing_ids
        end as false_parts,
        case
            when decided.claim_verdict = 'partly_true'
                then decided.own_unverified_ids
        end as unverified_parts,
        cast(decided.definitions_holding as bigint) as definitions_holding,
        cast(decided.definitions_failing as bigint) as definitions_failing,
        cast(decided.definitions_unverified as bigint)
            as definitions_unverified,
        judged.definition,
        judged.definition_zh,
        coalesce(judged.is_the_claims_own, false) as is_the_claims_own,
        judged.operation,
        judged.measure_a,
        judged.measure_a_what,
        judged.measure_a_value,
        judged.measure_a_unit,
        judged.measure_b,
        judged.measure_b_what,
        judged.measure_b_value,
        judged.measure_b_unit,
        judged.computed_value,
        judged.comparator,
        judged.bound_low as stated_low,
        judged.stated_high,
        judged.bound_measure,
        judged.bound_what,
        judged.tolerance,
        judged.unit,
        judged.verdict,
        judged.reason,
        judged.reading,
        judged.reading_zh,
        judged.note,
        coalesce(each_once.source_id, judged.source_id) as source_id,
        case
            when judged.computed_value is null then 'unverified'
            else confidence.confidence
        end as confidence
    from judged
    inner join decided
        on judged.claim_id = decided.claim_id
    left join each_once
        on
            judged.claim_id = each_once.claim_id
            and judged.definition_id = each_once.definition_id
    left join confidence
        on judged.operand_weakness = confidence.weakness
)

select * from final
