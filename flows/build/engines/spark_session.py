"""A Spark session by the settings: on this machine, on a cluster, or through Spark Connect.

Starts Java and touches no file of the store; pyspark is imported once a session is asked for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.build.engines.transpile import DEFINE_WHOLE
from warehouse.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What the cells depend on. A cluster's own defaults do not count, and nobody may set these.
MEANING = {
    # an overflow or a wrong cast is an error, as in DuckDB, and no silent null
    "spark.sql.ansi.enabled": "true",
    # a product of DECIMALs keeps its scale; one that does not fit 38 digits is an error
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parquet.compression.codec": "zstd",
}

#: On one machine nobody watches Spark's own page, and no other machine has to find the driver.
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # threads that collect garbage beside the work take its cores, and so do those that compile:
    # what a build of few rows runs is not run often enough to pay for the second compiler
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC -XX:Tier4InvocationThreshold=250000"
    " -XX:Tier4MinInvocationThreshold=30000 -XX:Tier4CompileThreshold=750000"
    " -XX:Tier4BackEdgeThreshold=2000000",
    # without sums of its own beside each file, and a process to set the mode of each
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.sql.shuffle.partitions": "8",
    # every sort and every map of a task holds a page at least
    "spark.buffer.pageSize": "1m",
    # each plan is written out for the page that nobody watches
    "spark.sql.ui.explainMode": "simple",
}

#: For a model over few rows: one task and no shuffle, no Java written, compiled and thrown away,
#: no jobs to broadcast or to plan again. The cells are those of any other way.
FEW = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.subexpressionElimination.enabled": "false",
}

_QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}


@contextmanager
def session(master: str, conf: Mapping[str, str]) -> Iterator[Any]:
    """A session for as long as it is used; one that stood before is used and left standing.

    Raises WrongUse where pyspark or Java is missing, where `conf` sets what the cells depend
    on, or where Spark does not start.
    """
    _refuse(master, conf)
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    stood = SparkSession.getActiveSession()
    scratch = tempfile.TemporaryDirectory(prefix="chipbrief-spark-", ignore_cleanup_errors=True)
    try:
        spark = stood or _start(SparkSession.builder, master, conf, scratch.name)
        for name, value in MEANING.items():
            spark.conf.set(name, value)
        spark.sql(DEFINE_WHOLE)
    except (PySparkException, OSError) as error:
        scratch.cleanup()
        raise WrongUse(
            f"Spark did not start at {shown(master)}: {str(error).strip().splitlines()[0]}",
            "It needs Java 17 or 21 and, at a cluster, a master that answers; see docs/spark.md.",
        ) from error
    try:
        yield spark
    finally:
        if stood is None:
            spark.stop()
        scratch.cleanup()


@contextmanager
def settings(spark: Any, given: Mapping[str, str]) -> Iterator[None]:
    """Let a session have other settings for a while."""
    before = {name: spark.conf.get(name, None) for name in given}
    for name, value in given.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, value)


def shown(master: str) -> str:
    """The master's address without what follows it: a token of Spark Connect stands there."""
    return master.split(";", 1)[0]


def _start(builder: Any, master: str, conf: Mapping[str, str], scratch: str) -> Any:
    own: dict[str, str] = dict(_QUIET)
    if master.startswith("local"):
        # or Spark makes a folder in the working directory
        own |= {
            **LOCAL,
            "spark.driver.memory": f"{_gigabytes()}g",
            "spark.sql.warehouse.dir": scratch,
        }
    own |= conf
    if master.startswith("sc://"):
        builder = builder.remote(master)
    else:
        builder = builder.master(master).appName("chipbrief")
        for name, value in own.items():
            builder = builder.config(name, value)
    return builder.getOrCreate()


def _gigabytes() -> int:
    """What Java may take on one machine: a quarter of its memory, as Java itself would, 2 at least.

    With 2 the tables that each of two tasks keeps whole did not fit at ten million sales, now and
    then.
    """
    return max(2, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 32)


def _refuse(master: str, conf: Mapping[str, str]) -> None:
    for name in sorted(MEANING.keys() & conf.keys()):
        if conf[name] != MEANING[name]:
            raise WrongUse(
                f"{name} = {conf[name]} in [spark.conf] would change the figures.",
                f"Leave it out: builds need {MEANING[name]}.",
            )
    if find_spec("pyspark") is None:
        raise WrongUse(
            "The engine spark needs pyspark, which is not installed.",
            "Install it: pip install 'chipbrief[spark]'; or build with --engine duckdb.",
        )
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else shutil.which("java")
    if not master.startswith("sc://") and not (java and Path(java).exists()):
        raise WrongUse(
            "The engine spark needs Java 17 or 21, and there is none"
            + (f" in JAVA_HOME ({home})." if home else " on the PATH."),
            "Install it (Debian: openjdk-17-jre-headless), or build with --engine duckdb.",
        )
