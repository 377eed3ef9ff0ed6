-- One row per record that is in no figure because records contradict each
-- other: what it is, by which rule it is left out, its file and line.
-- grain: kind, record_key, rule, batch_id, line
-- A model per topic; each states its rule. What two sources say otherwise of
-- one thing is a disagreement (stg_disagreement) and not here.
with basis as (
    select * from int_contradiction_basis
),

duty as (
    select * from int_contradiction_duty
),

price as (
    select * from int_contradiction_price
),

sale as (
    select * from int_contradiction_sales
),

share as (
    select * from int_contradiction_share
),

session as (
    select * from int_contradiction_session
),

status as (
    select * from int_contradiction_status
),

told as (
    select * from basis
    union all
    select * from duty
    union all
    select * from price
    union all
    select * from sale
    union all
    select * from share
    union all
    select * from session
    union all
    select * from status
),

final as (
    select
        kind,
        record_key,
        rule,
        detail,
        against_key,
        batch_id,
        line,
        published_on,
        source_id
    from told
)

select * from final
