"""The shape of each kind as the store keeps it: key, columns with DuckDB types, version."""

from __future__ import annotations

from functools import cache

import polars as pl

from flows.ingest.contracts import CONTRACT_VERSION, KINDS, key_of
from warehouse.records import KindShape


@cache
def shapes() -> dict[str, KindShape]:
    """Every kind's shape, in the order of `KINDS`; columns in the order of the contract."""
    return {
        kind: KindShape(
            key=key_of(kind),
            columns={name: duckdb_type(c.dtype) for name, c in schema.columns().items()},
            contract_version=CONTRACT_VERSION,
        )
        for kind, schema in KINDS.items()
    }


def duckdb_type(dtype: pl.DataType) -> str:
    """The DuckDB type that holds a contract's column exactly. Raises KeyError for any other."""
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    return {
        pl.String(): "VARCHAR",
        pl.Date(): "DATE",
        pl.Datetime("us"): "TIMESTAMP",
        pl.Boolean(): "BOOLEAN",
        pl.Int64(): "BIGINT",
    }[dtype]
