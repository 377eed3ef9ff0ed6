select record_key, other_source_id, taken_source_id, differing from rec_disagreements
