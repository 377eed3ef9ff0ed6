-- One row per policy event announced by the as-of date, newest first, and per
-- rule and fee instrument in force on it.
-- grain: item_kind, item_id
with event as (
    select * from stg_event_standing
),

rule_test as (
    select * from stg_rule_test
),

fee as (
    select * from stg_fee
),

parameter_row as (
    select * from parameters
),

mark as (
    select * from stg_confidence
),

rule_summary as (
    select
        rule_test.rule_id,
        rule_test.valid_from,
        string_agg(
            distinct rule_test.instrument, '; ' order by rule_test.instrument
        ) as instrument,
        string_agg(
            distinct rule_test.source_id, ';' order by rule_test.source_id
        ) as source_id,
        max(mark.weakness) as weakness
    from rule_test
    left join mark
        on rule_test.confidence = mark.confidence
    group by rule_test.rule_id, rule_test.valid_from
),

event_item as (
    select
        'event' as item_kind,
        event_id as item_id,
        announced_on,
        announced_precision,
        gazetted_on,
        effective_on,
        compliance_on,
        jurisdiction,
        authority,
        kind as event_kind,
        status,
        status_since,
        superseded_by,
        instrument,
        title,
        title_zh,
        summary,
        summary_zh,
        affected_chips,
        key_parameters,
        source_id,
        confidence
    from event
    where announced_on <= as_of
),

rule_item as (
    select
        'rule' as item_kind,
        rule_summary.rule_id as item_id,
        cast(null as date) as announced_on,
        cast(null as varchar) as announced_precision,
        cast(null as date) as gazetted_on,
        rule_summary.valid_from as effective_on,
        cast(null as date) as compliance_on,
        'US' as jurisdiction,
        cast(null as varchar) as authority,
        cast(null as varchar) as event_kind,
        'in_force' as status,
        rule_summary.valid_from as status_since,
        cast(null as varchar) as superseded_by,
        rule_summary.instrument,
        rule_summary.instrument as title,
        cast(null as varchar) as title_zh,
        cast(null as varchar) as summary,
        cast(null as varchar) as summary_zh,
        cast(null as varchar) as affected_chips,
        cast(null as varchar) as key_parameters,
        rule_summary.source_id,
        mark.confidence
    from rule_summary
    left join mark
        on rule_summary.weakness = mark.weakness
),

fee_item as (
    select
        'fee' as item_kind,
        fee_id as item_id,
        announced_on,
        'day' as announced_precision,
        cast(null as date) as gazetted_on,
        effective_from as effective_on,
        cast(null as date) as compliance_on,
        jurisdiction,
        cast(null as varchar) as authority,
        cast(null as varchar) as event_kind,
        status,
        in_force_from as status_since,
        cast(null as varchar) as superseded_by,
        instrument,
        title,
        title_zh,
        base_text as summary,
        cast(null as varchar) as summary_zh,
        applies_to as affected_chips,
        cast(null as varchar) as key_parameters,
        source_id,
        confidence
    from fee
    where
        is_current
        and not coalesce(is_exemption, false)
        and status = 'in_force'
),

item as (
    select * from event_item
    union all
    select * from rule_item
    union all
    select * from fee_item
),

final as (
    select
        item.item_kind,
        item.item_id,
        parameter_row.as_of,
        row_number() over (
            partition by item.item_kind
            order by
                coalesce(item.announced_on, item.effective_on) desc,
                item.item_id asc
        ) as item_no,
        item.announced_on,
        item.announced_precision,
        item.gazetted_on,
        item.effective_on,
        item.compliance_on,
        cast(
            date_diff('day', item.announced_on, item.effective_on) as bigint
        ) as days_to_effect,
        item.jurisdiction,
        item.authority,
        item.event_kind,
        item.status,
        item.status_since,
        item.superseded_by,
        item.instrument,
        item.title,
        item.title_zh,
        item.summary,
        item.summary_zh,
        item.affected_chips,
        item.key_parameters,
        item.source_id,
        item.confidence
    from item
    cross join parameter_row
)

select * from final
