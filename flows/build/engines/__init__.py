"""Other engines that build the same models from the same SQL: Apache Spark.

DuckDB is no module here: it is the store itself, and `flows/build/run.py` asks it directly.
"""
