select month, max(rate) as rate from rec_rates group by month
