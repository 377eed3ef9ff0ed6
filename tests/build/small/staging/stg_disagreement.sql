select record_key, other_source_id, taken_source_id, field, taken_value, other_value from rec_disagreements
