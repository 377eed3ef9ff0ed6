select vendor, month from fct_month where units > 100000
