"""Schedule: periods, which editions are due, the timetable, and serving it under Prefect.

`periods`, `due` and `timetable` are pure; only `serve` imports Prefect, when it is called.
"""
