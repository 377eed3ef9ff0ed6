"""One Spark on this machine for all tests that carry the marker `spark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.build.engines.spark_session import FEW, session

if TYPE_CHECKING:
    from collections.abc import Iterator

MASTER = "local[2]"

#: Of each test that computes on it, as `pytestmark`.
ON_SPARK = [
    pytest.mark.spark,
    pytest.mark.usefixtures("spark"),
    pytest.mark.xdist_group("spark"),
    # pyspark's own tests, which it imports, warn of the pandas that another package brought
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

#: A few rows a table: what Spark prepares for millions costs more than it saves here. No setting
#: touches a cell; those of which cells depend are the engine's own.
SMALL = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    **FEW,
    "spark.shuffle.compress": "false",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """The session that every build of these tests finds standing."""
    with session(MASTER, SMALL) as opened:
        yield opened
