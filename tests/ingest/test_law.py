"""The law of the batch on dirt of all kinds: read = accepted + duplicate + quarantined."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.ingest.run import ingest
from warehouse import store
from warehouse.home import Home

HEADER = "currency,rate_on,usd_rate,derivation,published_on,source_id,confidence,note"

good = st.builds(
    lambda currency, day, rate: f"{currency},2025-12-{day:02},{rate},x,2025-12-31,T,derived,",
    st.sampled_from(["CNY", "HKD", "EUR"]),
    st.integers(1, 6),
    st.sampled_from(["0.14", "0.140", "7.1", "1"]),
)
bad = st.builds(
    lambda currency, day, rate, note: f"{currency},{day},{rate},x,2025-12-31,T,derived,{note}",
    st.sampled_from(["CNY", "cny", "", "X" * 400]),
    st.sampled_from(["2025-12-01", "1899-12-31", "31.12.2025", "", "2025-13-01"]),
    st.sampled_from(["0.14", "-1", "0", "1e40", "n/a", "1,5", '"0.14"', "0.14 USD", "\x00"]),
    st.sampled_from(["", '"a ""word"""', '"two\nlines"', '"open', 'a "b', "\t", "中文,"]),
)
broken = st.text(st.sampled_from('",\n;a1é中\x00 \r'), max_size=30)
end = st.sampled_from(["\n", "\r\n"])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(good, good, bad, broken), max_size=25), end, st.booleans())
@pytest.mark.trial
def test_every_row_that_was_read_is_somewhere_once(
    lines: list[str], line_end: str, mark: bool
) -> None:
    text = ("\ufeff" if mark else "") + line_end.join([HEADER, *lines])
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        file = Path(folder) / "fx.csv"
        file.write_bytes(text.encode())
        with store.open_warehouse(home) as con:
            first = ingest(con, home, [file]).files[0]
            file.write_bytes((text + line_end).encode())
            second = ingest(con, home, [file]).files[0]
            stored = con.execute("select count(*) from raw_fx").fetchall()[0][0]

        for report in (first, second):
            assert report.rows_read == (
                report.rows_accepted + report.rows_duplicate + report.rows_quarantined
            )
        if first.status == "refused":
            assert not any(line.strip('", \t\r\n\x1a') for line in lines)
            return
        assert stored == first.rows_accepted
        # an empty last line adds no row, and no row is new to the store
        assert second.rows_read == first.rows_read
        assert second.rows_accepted == 0
        held = home.quarantine_file("fx", first.batch_id)
        assert first.rows_quarantined == (pl.read_parquet(held).height if held.exists() else 0)
        if held.exists():
            rows = pl.read_parquet(held)
            assert rows.null_count().row(0) == (0,) * len(rows.columns)
            received = "\n".join(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))
            assert all(raw in received for raw in rows["raw"])
