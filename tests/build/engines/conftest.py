"""One Spark on this machine for all tests that carry the marker `spark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.build.engines.spark_session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

MASTER = "local[2]"

#: A few rows a table: what Spark prepares for millions costs more than it saves here. No setting
#: touches a cell; those of which cells depend are the engine's own.
SMALL = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.subexpressionElimination.enabled": "false",
    "spark.shuffle.compress": "false",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """The session that every build of these tests finds standing."""
    with session(MASTER, SMALL) as opened:
        yield opened
