-- One row per record and source that says otherwise of it than the source that
-- is taken, on the same day: both values, and which of them counts.
-- grain: kind, record_key, other_source_id
-- The rule of precedence is that of the current versions; this only tells.
with disagreement as (
    select * from rec_disagreements
),

final as (
    select
        kind,
        record_key,
        other_source_id,
        published_on,
        taken_source_id,
        taken_batch_id,
        other_batch_id,
        differing
    from disagreement
)

select * from final
