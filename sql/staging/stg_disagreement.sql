-- One row per record, field and source that says otherwise of it than the
-- source that is taken: both values, how far apart, and which of them counts.
-- grain: kind, record_key, field, other_record_key, other_source_id
-- Which one counts was decided where each of these was found; this only tells.
-- Whatever else finds two sources at odds adds a part of these columns.
with same_record as (
    select * from rec_disagreements
),

other_basis as (
    select * from int_price_disagreement
),

other_id as (
    select * from int_sales_disagreement
),

final as (
    select
        kind,
        record_key,
        other_record_key,
        field,
        published_on,
        taken_source_id,
        other_source_id,
        taken_value,
        other_value,
        difference_pct,
        taken_batch_id,
        other_batch_id
    from same_record
    union all
    select
        kind,
        record_key,
        other_record_key,
        field,
        published_on,
        taken_source_id,
        other_source_id,
        taken_value,
        other_value,
        difference_pct,
        taken_batch_id,
        other_batch_id
    from other_basis
    union all
    select
        kind,
        record_key,
        other_record_key,
        field,
        published_on,
        taken_source_id,
        other_source_id,
        taken_value,
        other_value,
        difference_pct,
        taken_batch_id,
        other_batch_id
    from other_id
)

select * from final
