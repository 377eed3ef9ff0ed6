select sale_id, units, period_start, period_end from rec_sales where period_start < period_end
