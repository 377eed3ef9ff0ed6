"""The shapes of the record kinds as the store knows them, read from the contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ingest.contracts import CONTRACT_VERSION, KINDS, key_of
from warehouse.records import KindShape

if TYPE_CHECKING:
    from polars.datatypes import DataType


def shapes() -> dict[str, KindShape]:
    """Key, columns with DuckDB types and contract version of every kind."""
    return {
        kind: KindShape(
            key=key_of(kind),
            columns={
                name: duckdb_type(type_) for name, type_ in contract.create_empty().schema.items()
            },
            contract_version=CONTRACT_VERSION,
        )
        for kind, contract in KINDS.items()
    }


def duckdb_type(type_: DataType) -> str:
    """The DuckDB name of a contract's column type."""
    if isinstance(type_, pl.Decimal):
        return f"DECIMAL({type_.precision},{type_.scale})"
    names = {
        pl.String: "VARCHAR",
        pl.Date: "DATE",
        pl.Datetime: "TIMESTAMP",
        pl.Boolean: "BOOLEAN",
        pl.Int64: "BIGINT",
    }
    return names[type_.base_type()]
