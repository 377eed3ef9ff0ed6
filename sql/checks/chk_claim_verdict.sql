-- Offending rows: a verdict on a claim that its definitions do not bear out.
-- grain: claim_id
with claim as (
    select * from fct_claim
),

by_claim as (
    select
        claim_id,
        min(claim_verdict) as lowest_verdict,
        max(claim_verdict) as highest_verdict,
        max(case when verdict = 'holds' then 1 else 0 end) as any_holds,
        max(
            case when is_the_claims_own and verdict = 'holds' then 1 else 0 end
        ) as own_holds,
        max(
            case
                when is_the_claims_own and verdict <> 'holds' then 1 else 0
            end
        ) as own_does_not_hold
    from claim
    group by claim_id
),

final as (
    select
        claim_id,
        lowest_verdict,
        highest_verdict
    from by_claim
    where
        lowest_verdict <> highest_verdict
        or (highest_verdict = 'true' and own_does_not_hold = 1)
        or (highest_verdict in ('true', 'true_only_if') and any_holds = 0)
        or (highest_verdict = 'true_only_if' and own_holds = 1)
        or (
            highest_verdict = 'partly_true'
            and (own_holds = 0 or own_does_not_hold = 0)
        )
        or (highest_verdict in ('false', 'cannot_verify') and any_holds = 1)
)

select * from final
