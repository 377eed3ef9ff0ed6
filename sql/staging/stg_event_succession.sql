-- One row per event that a later event emptied without erasing its text.
-- grain: event_id
-- source: the summaries of the events named. The AI Diffusion rule was set
-- aside by a press release and still stands in the CFR; the I/O test of
-- October 2022 was replaced by the update of October 2023; the statement of
-- December 2025 had no legal effect and became the section 232 duty of
-- January 2026.
with final as (
    select
        'US-2025-01-15' as event_id,
        'US-2025-05-13a' as superseded_by,
        'not_enforced' as outcome
    union all
    select
        'US-2022-10-07' as event_id,
        'US-2023-10-17' as superseded_by,
        'superseded' as outcome
    union all
    select
        'US-2025-12-08' as event_id,
        'US-2026-01-14' as superseded_by,
        'superseded' as outcome
)

select * from final
