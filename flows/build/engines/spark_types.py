"""DuckDB's types in Spark's words and back; knows no more types than the store holds."""

from __future__ import annotations

import re

from warehouse.errors import WrongUse

_TO_SPARK = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "INTEGER": "int",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "TIMESTAMP": "timestamp_ntz",
}
_TO_DUCKDB = {spark: duckdb for duckdb, spark in _TO_SPARK.items()}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.IGNORECASE)


def spark_type(duckdb_type: str) -> str:
    """The Spark type that holds a DuckDB type exactly. Raises WrongUse where none is known."""
    if found := _DECIMAL.fullmatch(duckdb_type):
        return f"decimal({found[1]},{found[2]})"
    try:
        return _TO_SPARK[duckdb_type.upper()]
    except KeyError:
        raise WrongUse(f"{duckdb_type} is a type that no column on Spark has.") from None


def duckdb_type(spark_type: str) -> str:
    """The DuckDB name of a Spark type (its `simpleString`); unknown ones in capitals."""
    if found := _DECIMAL.fullmatch(spark_type):
        return f"DECIMAL({found[1]},{found[2]})"
    return _TO_DUCKDB.get(spark_type, spark_type.upper())


def holds_all_of(wide: str, narrow: str) -> bool:
    """Whether every value of DuckDB type `narrow` is one of `wide`, digit for digit."""
    if (wide, narrow) == ("BIGINT", "INTEGER"):
        return True
    to, from_ = _DECIMAL.fullmatch(wide), _DECIMAL.fullmatch(narrow)
    return bool(to and from_ and to[2] == from_[2] and int(to[1]) >= int(from_[1]))


def columns_ddl(columns: dict[str, str]) -> str:
    """A schema in Spark's words from column names and DuckDB types."""
    return ", ".join(f"`{name}` {spark_type(type_)}" for name, type_ in columns.items())
