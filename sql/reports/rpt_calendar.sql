-- One row per thing that comes after the as-of date, or was due by then with
-- no outcome on record.
-- grain: item_kind, item_id
with event as (
    select * from stg_event_standing
),

rule as (
    select * from rec_rules
),

fee as (
    select * from rec_fees
),

parameter_row as (
    select * from parameters
),

event_item as (
    select
        'event' as item_kind,
        event_id as item_id,
        coalesce(due_on, effective_on) as due_on,
        case
            when due_on = announced_on then announced_precision
            else 'day'
        end as due_precision,
        status,
        kind as event_kind,
        jurisdiction,
        authority,
        title,
        title_zh,
        summary,
        summary_zh,
        source_id,
        confidence
    from event
    where status in ('scheduled', 'overdue')
    union all
    select
        'compliance' as item_kind,
        event_id as item_id,
        compliance_on as due_on,
        'day' as due_precision,
        'scheduled' as status,
        kind as event_kind,
        jurisdiction,
        authority,
        title,
        title_zh,
        summary,
        summary_zh,
        source_id,
        confidence
    from event
    where
        compliance_on > as_of
        and status in ('announced', 'effective', 'scheduled')
),

-- A rule has many tests and one start and end: the first test stands for it.
rule_day as (
    select
        rule.*,
        parameter_row.as_of,
        row_number() over (
            partition by rule.rule_id, rule.valid_from
            order by rule.alternative, rule.parameter, rule.operator
        ) as test_no
    from rule
    cross join parameter_row
),

rule_start as (
    select
        'rule_start' as item_kind,
        rule_id || '@' || cast(valid_from as varchar) as item_id,
        valid_from as due_on,
        instrument,
        source_id,
        confidence
    from rule_day
    where
        test_no = 1
        and valid_from > as_of
),

rule_end as (
    select
        'rule_end' as item_kind,
        rule_id || '@' || cast(valid_to as varchar) as item_id,
        valid_to as due_on,
        instrument,
        source_id,
        confidence
    from rule_day
    where
        test_no = 1
        and valid_from <= as_of
        and valid_to >= as_of
),

rule_item as (
    select * from rule_start
    union all
    select * from rule_end
),

fee_day as (
    select
        fee.*,
        parameter_row.as_of
    from fee
    cross join parameter_row
),

fee_item as (
    select
        'fee_start' as item_kind,
        fee_id || '@' || cast(effective_from as varchar) as item_id,
        effective_from as due_on,
        jurisdiction,
        title,
        title_zh,
        base_text,
        source_id,
        confidence
    from fee_day
    where effective_from > as_of
    union all
    select
        'fee_end' as item_kind,
        fee_id || '@' || cast(valid_to as varchar) as item_id,
        valid_to as due_on,
        jurisdiction,
        title,
        title_zh,
        base_text,
        source_id,
        confidence
    from fee_day
    where
        effective_from <= as_of
        and valid_to >= as_of
),

item as (
    select * from event_item
    union all
    select
        item_kind,
        item_id,
        due_on,
        'day' as due_precision,
        'scheduled' as status,
        cast(null as varchar) as event_kind,
        'US' as jurisdiction,
        cast(null as varchar) as authority,
        instrument as title,
        cast(null as varchar) as title_zh,
        cast(null as varchar) as summary,
        cast(null as varchar) as summary_zh,
        source_id,
        confidence
    from rule_item
    union all
    select
        item_kind,
        item_id,
        due_on,
        'day' as due_precision,
        'scheduled' as status,
        cast(null as varchar) as event_kind,
        jurisdiction,
        cast(null as varchar) as authority,
        title,
        title_zh,
        base_text as summary,
        cast(null as varchar) as summary_zh,
        source_id,
        confidence
    from fee_item
),

final as (
    select
        item.item_kind,
        item.item_id,
        parameter_row.as_of,
        row_number() over (
            order by
                case item.status when 'overdue' then 0 else 1 end,
                item.due_on,
                item.item_kind,
                item.item_id
        ) as item_no,
        item.due_on,
        item.due_precision,
        cast(
            date_diff('day', parameter_row.as_of, item.due_on) as bigint
        ) as days_until,
        item.status,
        case when item.status = 'overdue' then 'outcome_not_found' end
            as outcome,
        item.event_kind,
        item.jurisdiction,
        item.authority,
        item.title,
        item.title_zh,
        item.summary,
        item.summary_zh,
        item.source_id,
        item.confidence
    from item
    cross join parameter_row
)

select * from final
