"""Each rule of the transpiler gives DuckDB's cells on values that are hard to round."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from flows.build.engines.spark_tables import SparkTables, types
from warehouse.store import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

COLUMNS = {
    "id": "BIGINT",
    "x": "DOUBLE",
    "m": "DECIMAL(18,4)",
    "big": "DECIMAL(28,2)",
    "n": "BIGINT",
    "d": "DATE",
    "a": "VARCHAR",
}
TEXTS = [
    "12.345",
    " 7 ",
    "1e3",
    "1 000",
    "",
    "0.005",
    "-0.005",
    "H200；昇腾910C",
    "FY2027H1",
    "a;b",
    "a;1.5",
]

CELLS = [
    *(f"cast(x as decimal(38, {scale}))" for scale in (0, 2, 4, 6, 10)),
    "cast(x as bigint)",
    "try_cast(x as decimal(9, 4))",
    "round(x, 0)",
    "round(x, 2)",
    "ceil(x)",
    "m / n",
    "cast(m / n as decimal(18, 6))",
    "cast(big * n / nullif(m, 0) as decimal(38, 8))",
    "cast(m as bigint)",
    "cast(m as decimal(18, 2))",
    "cast(-m as decimal(18, 1))",
    "round(m, 1)",
    "cast(m as double)",
    "cast(big * cast(m as decimal(9, 4)) as decimal(38, 2))",
    "cast(m as varchar)",
    "cast(d as varchar)",
    "try_cast(a as decimal(10, 2))",
    "cast(d - interval 3 month as date)",
    "d + interval 1 day",
    "cast(date_trunc('week', d) as date)",
    "date_trunc('quarter', d) + interval 3 month - interval 1 day",
    "last_day(d)",
    "extract(year from d) * 10000 + month(d) * 100 + day(d)",
    "date_diff('day', d, date '2026-11-22')",
    "quarter(d)",
    "length(a)",
    "strpos(a, '9')",
    "split_part(a, ';', 2)",
    "lower(a) || '·' || replace(a, 'H', 'h')",
    "regexp_replace(a, '(H1|Q[1-4])$', '')",
    "try_cast(split_part(a, ';', 2) as decimal(9, 3))",
    "case when contains(a, ';') then split_part(a, ';', 1) else a end",
    "concat_ws('|', a, cast(d as varchar), cast(null as varchar), nullif(a, ''))",
    "a like '%;_'",
    "greatest(n, null, 3)",
    "row_number() over (partition by n order by x, id)",
    "lag(m) over (order by id)",
]
OVER_ROWS = """
select
    n,
    count(*) as rows_held,
    count(*) filter (where m > 0) as above,
    sum(m) as total,
    cast(sum(big) / count(*) as decimal(28, 6)) as mean,
    string_agg(a, ';' order by id desc) as texts,
    string_agg(distinct a, ';' order by a) as each_once,
    string_agg(distinct case when m > 0 then a end, '|' order by case when m > 0 then a end)
        as some_once,
    string_agg(distinct case when m > 99999999 then a end, ';'
        order by case when m > 99999999 then a end) as none_once,
    string_agg(case when m > 99999999 then a end, ';' order by id) as none_at_all,
    min(d) as first_on,
    max(a) as last_text
from t
group by n
"""


def _rows() -> Iterator[list[str]]:
    drawn = random.Random(20261124)  # noqa: S311  the same values in every run
    hard = [0.0, 0.5, 1.5, 2.5, -0.5, 0.285, 1.005, 1.285, 0.125, -2.675, 1e15 + 0.5, 8388608.5]
    for number in range(400):
        size = 10.0 ** drawn.randint(-4, 11)
        x = hard[number] if number < len(hard) else drawn.uniform(-1, 1) * size
        yield [
            str(number),
            repr(x if number % 3 else round(x * 8) / 8),
            f"{drawn.randint(-(10**8), 10**8) / 10**4:.4f}",
            f"{drawn.randint(-(10**12), 10**12) / 100:.2f}",
            str(drawn.choice([-3, 1, 2, 7, 9])),
            f"{drawn.randint(1970, 2026)}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}",
            TEXTS[number % len(TEXTS)],
        ]


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:") as con:
        body = ", ".join(f'"{name}" {type_}' for name, type_ in COLUMNS.items())
        con.execute(f"create table t ({body})")
        con.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?)", list(_rows()))
        yield con


@pytest.fixture(scope="module")
def tables(spark: Any) -> SparkTables:
    held = SparkTables(spark)
    held.rows("t", list(_rows()), COLUMNS)
    return held


def test_every_rule_gives_duckdbs_cells_and_types(
    store: duckdb.DuckDBPyConnection, tables: SparkTables
) -> None:
    cells = ", ".join(f"{cell} as c{number}" for number, cell in enumerate(CELLS))
    asked = f"select id, {cells} from t order by id"

    there = store.execute(asked).fetchall()
    here = tables.execute(asked).fetchall()

    for number, cell in enumerate(CELLS, start=1):
        pairs = [(t[number], h[number]) for t, h in zip(there, here, strict=True)]
        # a DOUBLE's minus zero is zero to both engines, and no mart holds a DOUBLE
        assert [p for p in pairs if p[0] != p[1] or type(p[0]) is not type(p[1])] == [], cell


def test_rows_are_taken_together_as_in_duckdb(
    store: duckdb.DuckDBPyConnection, tables: SparkTables
) -> None:
    asked = f"select * from ({OVER_ROWS}) as made order by n"

    assert tables.execute(asked).fetchall() == store.execute(asked).fetchall()


def test_a_cell_too_large_for_its_decimal_is_an_error_and_no_null(tables: SparkTables) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(PySparkException, match=r"NUMERIC_VALUE_OUT_OF_RANGE|OVERFLOW"):
        tables.execute("select cast(big as decimal(4, 2)) as r from t")


def test_the_columns_of_a_frame_are_told_in_duckdbs_words(tables: SparkTables) -> None:
    assert types(tables.query("select * from t")) == COLUMNS
